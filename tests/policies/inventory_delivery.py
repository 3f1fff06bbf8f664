# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from policies.case import FULL_CONTROL, OWN, STRANGER, Case, Request

WHO = "s3.amazonaws.com"
FROM = {"aws:SourceAccount": OWN, "aws:SourceArn": "arn:aws:s3:::example-site"}
OURS = {**FROM, **FULL_CONTROL}
OTHER, OTHERS = {"aws:SourceArn": "arn:aws:s3:::example-other"}, {"aws:SourceAccount": STRANGER}
CASES = (
    Case(
        {"source_buckets": ["example-site"], "accounts": [OWN], "prefix": "lists"},
        (
            Request("delivers", True, "s3:PutObject", "lists/a", WHO, OURS),
            Request("delivers elsewhere", False, "s3:PutObject", "a", WHO, OURS),
            Request("delivers for others", False, "s3:PutObject", "lists/a", WHO, {**OURS, **OTHERS}),
            Request("delivers of another bucket", False, "s3:PutObject", "lists/a", WHO, {**OURS, **OTHER}),
            Request("keeps it for itself", False, "s3:PutObject", "lists/a", WHO, FROM),
        ),
        about_key=(
            Request("writes", True, "kms:GenerateDataKey", who=WHO, context=FROM),
            Request("writes for others", False, "kms:GenerateDataKey", who=WHO, context={**FROM, **OTHERS}),
            Request("writes of another bucket", False, "kms:GenerateDataKey", who=WHO, context={**FROM, **OTHER}),
        ),
    ),
)
