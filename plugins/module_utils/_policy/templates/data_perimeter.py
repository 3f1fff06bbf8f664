# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Only known identities, from known networks, and services only on behalf of the organisation.

Three `Deny` that AWS calls a data perimeter: one for who (`aws:PrincipalOrgID`), one for from where (`aws:SourceIp`,
`aws:SourceVpc`, `aws:SourceVpce`), and one for services of AWS that were sent by strangers (`aws:SourceOrgID`). A
credential that leaked is useless outside, and an insider's copy job outside fails. It gives nobody anything: who
comes in still needs to be allowed.

Danger: the sum of `org_only`, `ip_allow` and `vpce_only`: partners, browsers at home and this task get 403 unless
they are named, and a wrong `org_id` shuts out the bucket's own account. What services do in the name of a person, and
service-linked roles, are let through. `PutBucketNotification` can still name a queue outside.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.kinds import ENDPOINT, NETWORK, VPC
from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import (
    EXEMPT,
    NO_SERVICE,
    NOT_VIA_SERVICE,
    Condition,
    but_for,
    deny,
    not_from,
)
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.org_only import ACCOUNTS, ORG_ID, strangers
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter

NAME = "StowageDataPerimeter"


def _outside(values: Values) -> list[Condition]:
    found: list[Condition] = [not_from(values["vpce_ids"])]
    if values["vpc_ids"]:
        found.append({"StringNotEquals": {"aws:SourceVpc": values["vpc_ids"]}})
    if values["accounts"]:
        found.append({"StringNotEquals": {"aws:PrincipalAccount": values["accounts"]}})
    if values["cidrs"]:
        found.append({"NotIpAddress": {"aws:SourceIp": values["cidrs"]}})
    return found


def _sent_by_strangers(values: Values) -> list[Condition]:
    # Some calls of services are on behalf of nobody.
    found: list[Condition] = [
        {"Bool": {"aws:PrincipalIsAWSService": "true"}},
        {"Null": {"aws:SourceAccount": "false"}},
        {"StringNotEquals": {"aws:SourceOrgID": values["org_id"]}},
    ]
    return [*found, {"StringNotEquals": {"aws:SourceAccount": values["accounts"]}}] if values["accounts"] else found


def _statements(place: Place, values: Values) -> list[Statement]:
    linked = f"arn:{place.partition}:iam::*:role/aws-service-role/*"
    whoever = but_for([*values["exempt_principals"], linked])
    return [
        strangers(f"{NAME}Identity", place, values),
        deny(f"{NAME}Network", "s3:*", place.whole, *_outside(values), whoever, NO_SERVICE, NOT_VIA_SERVICE),
        deny(f"{NAME}Services", "s3:*", place.whole, *_sent_by_strangers(values)),
    ]


DATA_PERIMETER = Template(
    "data_perimeter",
    __doc__,
    _statements,
    parameters=(
        ORG_ID,
        ACCOUNTS,
        Parameter("cidrs", NETWORK, "Networks, by their public addresses.", many=True, default=()),
        Parameter("vpc_ids", VPC, "VPCs.", many=True, default=()),
        Parameter("vpce_ids", ENDPOINT, "VPC endpoints.", many=True, default=()),
        EXEMPT,
    ),
    one_of=("cidrs", "vpc_ids", "vpce_ids"),
)
