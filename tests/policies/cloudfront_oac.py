# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from policies.case import ANONYMOUS, OWN, STRANGER, Case, Request

OURS = f"arn:aws:cloudfront::{OWN}:distribution/EDFDVBD632BHDS5"
FOR_US = {"aws:SourceArn": OURS}
FOR_OTHERS = {"aws:SourceArn": f"arn:aws:cloudfront::{STRANGER}:distribution/EDFDVBD632BHDS6"}
CLOUDFRONT = "cloudfront.amazonaws.com"
CASES = (
    Case(
        {"distribution_arns": [OURS], "prefix": "public/"},
        (
            Request("reads", True, key="public/a", who=CLOUDFRONT, context=FOR_US),
            Request("reads beside it", False, key="a", who=CLOUDFRONT, context=FOR_US),
            Request("reads for others", False, key="public/a", who=CLOUDFRONT, context=FOR_OTHERS),
            Request("lists", False, "s3:ListBucket", None, CLOUDFRONT, FOR_US),
            Request("writes", False, "s3:PutObject", "public/a", CLOUDFRONT, FOR_US),
            Request("a visitor reads from the bucket", False, key="public/a", who=ANONYMOUS),
        ),
        about_key=(
            Request("reads", True, "kms:Decrypt", who=CLOUDFRONT, context=FOR_US),
            Request("reads for others", False, "kms:Decrypt", who=CLOUDFRONT, context=FOR_OTHERS),
        ),
    ),
    Case(
        {"distribution_arns": [OURS], "list": True},
        (
            Request("reads", True, who=CLOUDFRONT, context=FOR_US),
            Request("lists", True, "s3:ListBucket", None, CLOUDFRONT, FOR_US),
            Request("lists for others", False, "s3:ListBucket", None, CLOUDFRONT, FOR_OTHERS),
        ),
    ),
)
