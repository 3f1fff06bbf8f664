# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from policies.case import Case, Request

CASES = (
    Case(
        {},
        (
            Request("1.3", True, context={"s3:TlsVersion": "1.3"}),
            Request("1.2", True, context={"s3:TlsVersion": "1.2"}),
            Request("1.1", False, context={"s3:TlsVersion": "1.1"}),
            Request("over HTTP", True, context={"aws:SecureTransport": "false", "s3:TlsVersion": None}),
        ),
    ),
    Case(
        {"version": "1.3"},
        (
            Request("1.3", True, context={"s3:TlsVersion": "1.3"}),
            Request("1.2", False, "s3:ListBucket", None, context={"s3:TlsVersion": "1.2"}),
        ),
    ),
)
