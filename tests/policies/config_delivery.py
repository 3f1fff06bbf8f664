# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from policies.case import FULL_CONTROL, OWN, PARTNER, STRANGER, Case, Request

WHO, KEY = "config.amazonaws.com", f"config/AWSLogs/{OWN}/Config/eu-central-1/history.json.gz"
OURS, OTHERS = {"aws:SourceAccount": OWN}, {"aws:SourceAccount": STRANGER}
KEY_OF_PARTNER, PARTNERS = KEY.replace(OWN, PARTNER), {"aws:SourceAccount": PARTNER}
CASES = (
    Case(
        {"accounts": [OWN, PARTNER], "prefix": "config"},
        (
            Request("asks for the ACL", True, "s3:GetBucketAcl", None, WHO, OURS),
            Request("asks whether it is there", True, "s3:ListBucket", None, WHO, OURS),
            Request("asks for others", False, "s3:ListBucket", None, WHO, OTHERS),
            Request("delivers", True, "s3:PutObject", KEY, WHO, {**OURS, **FULL_CONTROL}),
            Request("delivers another's", True, "s3:PutObject", KEY_OF_PARTNER, WHO, {**PARTNERS, **FULL_CONTROL}),
            Request("delivers for others", False, "s3:PutObject", KEY, WHO, {**OTHERS, **FULL_CONTROL}),
            Request("keeps it for itself", False, "s3:PutObject", KEY, WHO, OURS),
            Request("reads", False, key=KEY, who=WHO, context=OURS),
        ),
        about_key=(
            Request("writes", True, "kms:GenerateDataKey", who=WHO, context=OURS),
            Request("puts parts together", True, "kms:Decrypt", who=WHO, context=OURS),
            Request("writes for others", False, "kms:GenerateDataKey", who=WHO, context=OTHERS),
        ),
    ),
)
