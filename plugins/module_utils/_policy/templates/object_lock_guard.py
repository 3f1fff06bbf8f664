# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Nobody gets around object lock, and no lock is longer or shorter than meant.

Object lock keeps versions from being deleted before their time. In the mode `GOVERNANCE` a permission gets around it,
a legal hold is released by another one, and the retention of new objects can be changed by a third. These are what is
denied. `COMPLIANCE` yields to nobody, so that a mistake of years costs years of storage: hence `max_days`.

Danger: nobody but the exempt can then delete what was locked by mistake.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import EXEMPT, but_for, deny
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import number
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter

LEFT = "s3:object-lock-remaining-retention-days"
_LOCKS = ["s3:PutObject", "s3:PutObjectRetention"]
_DAYS = number(1, 36500)


def _statements(place: Place, values: Values) -> list[Statement]:
    whoever = but_for(values["exempt_principals"])
    released = {"StringEquals": {"s3:object-lock-legal-hold": "OFF"}}
    around = ["s3:BypassGovernanceRetention", "s3:PutBucketObjectLockConfiguration"]
    found = [
        deny("StowageObjectLockGuard", around, place.whole, whoever),
        deny("StowageObjectLockGuardHold", "s3:PutObjectLegalHold", place.objects(), released, whoever),
    ]
    if values["max_days"]:
        longer = {"NumericGreaterThan": {LEFT: str(values["max_days"])}}
        found.append(deny("StowageObjectLockGuardLongest", _LOCKS, place.objects(), longer))
    if values["min_days"]:
        shorter = {"NumericLessThan": {LEFT: str(values["min_days"])}}
        found.append(deny("StowageObjectLockGuardShortest", _LOCKS, place.objects(), shorter))
    return found


OBJECT_LOCK_GUARD = Template(
    "object_lock_guard",
    __doc__,
    _statements,
    parameters=(
        Parameter("max_days", _DAYS, "The longest retention that may be asked for, for everybody."),
        Parameter("min_days", _DAYS, "The shortest."),
        EXEMPT,
    ),
)
