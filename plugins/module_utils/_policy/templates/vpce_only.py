# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Nothing goes in or out but through these VPC endpoints.

A VPC endpoint leads from a network of your own in AWS (a VPC) to S3 without the internet. Requests through it carry
its id, `aws:SourceVpce`.

Danger: whoever comes from elsewhere gets 403, the console of AWS in your browser and this task included: name roles
that stay free of it. Services of AWS are not kept out, nor what they do in the name of a person, as Athena does: who
may use those, may read through them.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.kinds import ENDPOINT
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
    outside = not_from(values["vpce_ids"])
    whoever = but_for(values["exempt_principals"])
    return [deny("StowageVpceOnly", "s3:*", place.whole, outside, whoever, NO_SERVICE, NOT_VIA_SERVICE)]


VPCE_ONLY = Template(
    "vpce_only",
    __doc__,
    _statements,
    parameters=(
        Parameter("vpce_ids", ENDPOINT, "The endpoints.", many=True, required=True),
        EXEMPT_OR_NOBODY,
    ),
)
