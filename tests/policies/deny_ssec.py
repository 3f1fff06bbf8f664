# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from policies.case import Case, Request

CASES = (
    Case(
        {},
        (
            Request("an upload", True, "s3:PutObject"),
            Request(
                "an upload with a key",
                False,
                "s3:PutObject",
                context={"s3:x-amz-server-side-encryption-customer-algorithm": "AES256"},
            ),
        ),
    ),
)
