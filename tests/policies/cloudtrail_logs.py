# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from policies.case import FULL_CONTROL, ORG, OWN, STRANGER, Case, Request

TRAIL, KEY = f"arn:aws:cloudtrail:eu-central-1:{OWN}:trail/example", f"AWSLogs/{OWN}/CloudTrail/log.json.gz"
OURS, WHO = {**FULL_CONTROL, "aws:SourceArn": TRAIL}, "cloudtrail.amazonaws.com"
OTHERS = {**OURS, "aws:SourceArn": f"arn:aws:cloudtrail:eu-central-1:{STRANGER}:trail/example"}
CASES = (
    Case(
        {"trail_arns": [TRAIL]},
        (
            Request("asks for the ACL", True, "s3:GetBucketAcl", None, WHO, {"aws:SourceArn": TRAIL}),
            Request("asks for others", False, "s3:GetBucketAcl", None, WHO, OTHERS),
            Request("delivers", True, "s3:PutObject", KEY, WHO, OURS),
            Request("keeps it for itself", False, "s3:PutObject", KEY, WHO, {"aws:SourceArn": TRAIL}),
            Request("delivers for others", False, "s3:PutObject", KEY, WHO, OTHERS),
            Request("delivers without a word", False, "s3:PutObject", KEY, WHO, FULL_CONTROL),
            Request("delivers an organisation's", False, "s3:PutObject", f"AWSLogs/{ORG}/x", WHO, OURS),
        ),
    ),
    Case(
        {"trail_arns": [TRAIL], "prefix": "trails", "org_id": ORG},
        (
            Request("delivers", True, "s3:PutObject", f"trails/{KEY}", WHO, OURS),
            Request("delivers an organisation's", True, "s3:PutObject", f"trails/AWSLogs/{ORG}/x", WHO, OURS),
            Request("delivers elsewhere", False, "s3:PutObject", KEY, WHO, OURS),
        ),
    ),
)
