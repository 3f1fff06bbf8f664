# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from policies.case import ADMIN, ANONYMOUS, VPCE, Case, Request, everybody_may

CASES = (
    Case(
        {"cidrs": ["203.0.113.0/24", "2001:db8::/32"], "vpce_ids": [VPCE], "exempt_principals": [ADMIN]},
        (
            Request("from the network", True, context={"aws:SourceIp": "203.0.113.7"}),
            Request("from the network of version 6", True, context={"aws:SourceIp": "2001:db8::7"}),
            Request("from elsewhere", False, context={"aws:SourceIp": "198.51.100.7"}),
            Request("about the bucket", False, "s3:PutBucketPolicy", None, context={"aws:SourceIp": "198.51.100.7"}),
            Request("from elsewhere of version 6", False, context={"aws:SourceIp": "2001:db9::7"}),
            Request("from elsewhere, exempt", True, who=ADMIN, context={"aws:SourceIp": "198.51.100.7"}),
            Request("through the endpoint", True, context={"aws:SourceVpce": VPCE, "aws:SourceIp": None}),
            Request("through another one", False, context={"aws:SourceVpce": "vpce-0fed", "aws:SourceIp": None}),
            Request("by a service for somebody", True, context={"aws:ViaAWSService": "true", "aws:SourceIp": None}),
            Request("by a service", True, "s3:PutObject", who="logging.s3.amazonaws.com"),
            Request("without an account", False, who=ANONYMOUS, context={"aws:SourceIp": "198.51.100.7"}),
        ),
        beside=(everybody_may("s3:GetObject"), {**everybody_may("s3:PutObject"), "Sid": "Logs"}),
    ),
    Case(
        {"cidrs": "203.0.113.7", "exempt_principals": []},
        (
            Request("from the address", True, context={"aws:SourceIp": "203.0.113.7"}),
            Request("from its neighbour", False, context={"aws:SourceIp": "203.0.113.8"}),
            Request("through an endpoint", False, context={"aws:SourceVpce": VPCE, "aws:SourceIp": None}),
        ),
    ),
)
