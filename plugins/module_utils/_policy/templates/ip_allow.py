# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Nothing goes in or out but from these addresses.

`aws:SourceIp` is the public address from which a request reaches AWS. Requests through a VPC endpoint have none that
counts: those are let in by the endpoint's id.

Danger: whoever comes from elsewhere gets 403, this task included: name roles that stay free of it. Services of AWS
are not kept out, nor what they do in the name of a person. Private addresses (10.0.0.0/8 and the like) never reach
AWS as such.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.kinds import ENDPOINT, NETWORK
from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import (
    EXEMPT_OR_NOBODY,
    NO_SERVICE,
    NOT_VIA_SERVICE,
    but_for,
    deny,
    not_from,
)
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter


def _statements(place: Place, values: Values) -> list[Statement]:
    outside = {"NotIpAddress": {"aws:SourceIp": values["cidrs"]}}
    through = not_from(values["vpce_ids"])
    whoever = but_for(values["exempt_principals"])
    return [deny("StowageIpAllow", "s3:*", place.whole, outside, through, whoever, NO_SERVICE, NOT_VIA_SERVICE)]


IP_ALLOW = Template(
    "ip_allow",
    __doc__,
    _statements,
    parameters=(
        Parameter(
            "cidrs",
            NETWORK,
            "The networks; a single address is a network of length 32, or 128.",
            many=True,
            required=True,
        ),
        Parameter("vpce_ids", ENDPOINT, "VPC endpoints whose requests are let in as well.", many=True, default=()),
        EXEMPT_OR_NOBODY,
    ),
)
