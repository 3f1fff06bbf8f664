# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whoever deletes has shown a second factor a short time ago.

With MFA, a login takes a one-time code besides the password. `aws:MultiFactorAuthAge` tells how many seconds ago that
was, and is missing if it never was. This is another thing than `mfa_delete`, which takes a code with every single
deletion, and the root user.

Danger: machines have no second factor, so a sync that deletes gets 403 unless its role is exempt. Lifecycle rules go
on deleting, as no policy is asked for them.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.kinds import PREFIX
from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import EXEMPT, NO_SERVICE, but_for, deny
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import choice, number
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter

AGE = "aws:MultiFactorAuthAge"
_ACTIONS = {
    "delete": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
    "all": ["s3:*"],
}


def _statements(place: Place, values: Values) -> list[Statement]:
    actions, objects = _ACTIONS[values["actions"]], place.objects(values["prefix"])
    whoever = but_for(values["exempt_principals"])
    long_ago = {"NumericGreaterThan": {AGE: str(values["max_age"])}}
    return [
        deny("StowageMfaRequired", actions, objects, {"Null": {AGE: "true"}}, whoever, NO_SERVICE),
        deny("StowageMfaRequiredAge", actions, objects, long_ago, whoever),
    ]


MFA_REQUIRED = Template(
    "mfa_required",
    __doc__,
    _statements,
    parameters=(
        Parameter(
            "actions", choice(*_ACTIONS), "What takes it: deleting, or everything with objects.", default="delete"
        ),
        Parameter("max_age", number(60, 129600), "How many seconds ago it may have been.", default=3600),
        Parameter("prefix", PREFIX, "Only below it. It ends at a slash.", default=""),
        EXEMPT,
    ),
)
