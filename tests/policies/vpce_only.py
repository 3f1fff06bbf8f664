# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from policies.case import ADMIN, ANONYMOUS, VPCE, Case, Request, everybody_may

OTHER = "vpce-0fedcba9876543210"
CASES = (
    Case(
        {"vpce_ids": [VPCE], "exempt_principals": [ADMIN]},
        (
            Request("through the endpoint", True, context={"aws:SourceVpce": VPCE, "aws:SourceIp": None}),
            Request("through another one", False, context={"aws:SourceVpce": OTHER, "aws:SourceIp": None}),
            Request("from the internet", False),
            Request("from the internet, about the bucket", False, "s3:PutBucketPolicy", None),
            Request("from the internet, exempt", True, "s3:PutBucketPolicy", None, ADMIN),
            Request("by a service for somebody", True, context={"aws:ViaAWSService": "true"}),
            Request("by a service", True, "s3:PutObject", who="logging.s3.amazonaws.com"),
            Request("without an account", False, who=ANONYMOUS),
        ),
        beside=(everybody_may("s3:GetObject"), {**everybody_may("s3:PutObject"), "Sid": "Logs"}),
    ),
    Case({"vpce_ids": [VPCE, OTHER], "exempt_principals": []}, (Request("the admin", False, who=ADMIN),)),
)
