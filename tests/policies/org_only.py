# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from policies.case import (
    ANONYMOUS,
    ORG,
    OTHER_ORG,
    PARTNER,
    PARTNER_ROLE,
    STRANGER_ROLE,
    Case,
    Request,
    everybody_may,
)

CASES = (
    Case(
        {"org_id": ORG, "accounts": [PARTNER]},
        (
            Request("of the organisation", True, context={"aws:PrincipalOrgID": ORG}),
            Request("of another one", False, who=STRANGER_ROLE, context={"aws:PrincipalOrgID": OTHER_ORG}),
            Request("of another one, about the bucket", False, "s3:ListBucket", None, STRANGER_ROLE),
            Request("of none", False, who=STRANGER_ROLE),
            Request("of another one, named", True, who=PARTNER_ROLE, context={"aws:PrincipalOrgID": OTHER_ORG}),
            Request("without an account", False, who=ANONYMOUS),
            Request("by a service", True, who="logging.s3.amazonaws.com"),
        ),
        beside=(everybody_may("s3:GetObject", "s3:ListBucket"),),
    ),
    Case(
        {"org_id": ORG},
        (Request("of another one", False, who=PARTNER_ROLE, context={"aws:PrincipalOrgID": OTHER_ORG}),),
        beside=(everybody_may("s3:GetObject"),),
    ),
)
