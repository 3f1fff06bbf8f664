# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Backups move to cold classes, and versions of them that were replaced or deleted stay for a while.

For a bucket with versioning, into which backups are written under the same names or are rotated by the tool that
writes them. By default they are in `STANDARD_IA` after 30 days and in `GLACIER` after 90. A version that was replaced
or deleted, by mistake or by somebody who means harm, stays for 90 days. Without `expiration_days` no current backup is
ever deleted.

Danger: reading from `GLACIER` takes a restore of hours: a restore of everything has to be able to wait, or give
`tiers: {GLACIER_IR: 0}`.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.pieces import (
    ABOVE,
    EXPIRATION,
    NEWER,
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


def _rules(values: Values) -> list[Rule]:
    moves = moved(values["tiers"], values["noncurrent_tiers"], values)
    ends = ended(values["expiration_days"], values["noncurrent_days"], values["newer_versions"])
    return [rule("backups", **where(values), **moves, **ends)]


BACKUPS = Template(
    "backups",
    __doc__,
    _rules,
    parameters=(
        PREFIX_NEEDED,
        WITH_TAGS,
        tiers({"STANDARD_IA": 30, "GLACIER": 90}),
        tiers({}, "noncurrent_tiers", "The same for replaced versions, by the days since they were replaced."),
        EXPIRATION,
        replace(NONCURRENT, text="Days after which versions are deleted that were replaced or deleted.", default=90),
        NEWER,
        ABOVE,
    ),
)
