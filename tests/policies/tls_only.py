# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from policies.case import ANONYMOUS, Case, Request, everybody_may

PLAIN = {"aws:SecureTransport": "false", "s3:TlsVersion": None}
CASES = (
    Case(
        {},
        (
            Request("over TLS", True),
            Request("over HTTP", False, context=PLAIN),
            Request("about the bucket, over HTTP", False, "s3:PutBucketPolicy", None, context=PLAIN),
            Request("without an account, over TLS", True, who=ANONYMOUS),
            Request("without an account, over HTTP", False, who=ANONYMOUS, context=PLAIN),
        ),
        beside=(everybody_may("s3:GetObject"),),
    ),
)
