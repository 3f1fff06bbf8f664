# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Records are kept for years in cold classes, and never expire earlier.

A lifecycle rule keeps nobody from deleting: that is what object lock is for, with the bucket's option `object_lock`
and the policy template `object_lock_guard`. This is the other half: what the years cost, and what happens after them.
Records, and versions that were replaced, move to `STANDARD_IA` after 30 days and to `GLACIER` after 90. With `years`
they are deleted after so many years of 366 days, so never too early. Deleting a record makes it a replaced version,
which stays as long again, since no version may be short of its years. Where object lock keeps each version for them,
`noncurrent_days: 1` is enough: S3 deletes no version before its lock ends.

Danger: with `years`, what has gone cannot be brought back. Rules of
your own for the same objects may delete them earlier; templates that would are refused.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.kinds import YEARS
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.pieces import (
    ABOVE,
    NONCURRENT,
    PREFIX_NEEDED,
    WITH_TAGS,
    ended,
    moved,
    rule,
    tiers,
    where,
)
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Rule, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter


def _rules(values: Values) -> list[Rule]:
    last = values["years"] * 366 if values["years"] else None
    replaced = values["noncurrent_days"]
    moves = moved(values["tiers"], {} if replaced else values["tiers"], values)
    return [rule("compliance", **where(values), **moves, **ended(last, replaced or last))]


COMPLIANCE = Template(
    "compliance",
    __doc__,
    _rules,
    parameters=(
        PREFIX_NEEDED,
        WITH_TAGS,
        Parameter("years", YEARS, "Years after which records are deleted. Default: never."),
        replace(
            NONCURRENT, text="Days after which replaced versions are deleted, which then do not move. Default: `years`."
        ),
        tiers({"STANDARD_IA": 30, "GLACIER": 90}),
        ABOVE,
    ),
    keeps=True,
)
