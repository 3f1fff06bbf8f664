# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from policies.case import (
    ADMIN,
    ANONYMOUS,
    ORG,
    OTHER_ORG,
    OWN,
    PARTNER,
    PARTNER_ROLE,
    STRANGER,
    STRANGER_ROLE,
    VPC,
    VPCE,
    Case,
    Request,
    everybody_may,
)

US = {"aws:PrincipalOrgID": ORG}
THEM = {"aws:PrincipalOrgID": OTHER_ORG}
HERE, AWAY = {"aws:SourceIp": "203.0.113.7"}, {"aws:SourceIp": "198.51.100.7"}
LOGS = "logging.s3.amazonaws.com"
CASES = (
    Case(
        {
            "org_id": ORG,
            "accounts": [PARTNER],
            "cidrs": ["203.0.113.0/24"],
            "vpc_ids": [VPC],
            "exempt_principals": [ADMIN],
        },
        (
            Request("ours, from here", True, context={**US, **HERE}),
            Request("ours, from our VPC", True, context={**US, "aws:SourceVpc": VPC, "aws:SourceIp": None}),
            Request("ours, from elsewhere", False, context={**US, **AWAY}),
            Request("ours, from elsewhere, about the bucket", False, "s3:ListBucket", None, context={**US, **AWAY}),
            Request(
                "others, from here, about the bucket", False, "s3:ListBucket", None, STRANGER_ROLE, {**THEM, **HERE}
            ),
            Request(
                "a service for a stranger, about the bucket",
                False,
                "s3:ListBucket",
                None,
                LOGS,
                {"aws:SourceAccount": STRANGER},
            ),
            Request("ours, from elsewhere, exempt", True, who=ADMIN, context={**US, **AWAY}),
            Request("ours, by a service", True, context={**US, "aws:ViaAWSService": "true"}),
            Request(
                "a service-linked role of ours",
                True,
                who=f"arn:aws:iam::{OWN}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
                context={**US, **AWAY},
            ),
            Request("others, from here", False, who=STRANGER_ROLE, context={**THEM, **HERE}),
            Request("a partner, from elsewhere", True, who=PARTNER_ROLE, context={**THEM, **AWAY}),
            Request("without an account, from here", False, who=ANONYMOUS, context=HERE),
            Request(
                "a service for us", True, who=LOGS, context={"aws:SourceAccount": OWN, "aws:SourceOrgID": ORG, **AWAY}
            ),
            Request("a service for a partner", True, who=LOGS, context={"aws:SourceAccount": PARTNER}),
            Request("a service for a stranger", False, who=LOGS, context={"aws:SourceAccount": STRANGER}),
            Request("ours, with another source", True, context={**US, **HERE, "aws:SourceAccount": STRANGER}),
            Request("a service for nobody", True, who=LOGS),
        ),
        beside=(everybody_may("s3:GetObject", "s3:ListBucket"),),
    ),
    Case(
        {"org_id": ORG, "vpce_ids": [VPCE]},
        (
            Request("through the endpoint", True, context={**US, "aws:SourceVpce": VPCE, "aws:SourceIp": None}),
            Request("from elsewhere", False, context=US),
            Request("a service for a stranger", False, who=LOGS, context={"aws:SourceAccount": STRANGER}),
        ),
        beside=(everybody_may("s3:GetObject"),),
    ),
)
