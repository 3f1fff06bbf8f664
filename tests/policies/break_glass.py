# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from policies.case import ADMIN, OWN, Case, Request

CASES = (
    Case(
        {"principals": [ADMIN, f"arn:aws:iam::{OWN}:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Break_*"]},
        (
            Request("changes it", False, "s3:PutBucketPolicy", None),
            Request("removes it", False, "s3:DeleteBucketPolicy", None),
            Request("reads it", True, "s3:GetBucketPolicy", None),
            Request("uploads", True, "s3:PutObject"),
            Request("changes it, the admin", True, "s3:PutBucketPolicy", None, ADMIN),
            Request("removes it, the admin", True, "s3:DeleteBucketPolicy", None, ADMIN),
            Request(
                "changes it, a permission set",
                True,
                "s3:PutBucketPolicy",
                None,
                f"arn:aws:iam::{OWN}:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Break_0123456789abcdef",
            ),
        ),
    ),
)
