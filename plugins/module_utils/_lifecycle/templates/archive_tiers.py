# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Objects move to colder storage classes as they age, and stay.

A *storage class* is a tariff: the colder, the cheaper to keep and the dearer to read. By default objects go to
`STANDARD_IA` after 30 days, to `GLACIER_IR` after 90, both read at once, and to `DEEP_ARCHIVE` after a year, where a
restore takes up to 48 hours. Nothing is deleted. With `noncurrent_tiers` versions that were replaced move as well, by
the days since then.

Danger: reading costs by the byte in every colder class, and each class bills a least stay (30, 90 and 180 days).

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.pieces import (
    ABOVE,
    BELOW,
    PREFIX,
    WITH_TAGS,
    moved,
    rule,
    tiers,
    where,
)
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Rule, Template, Values


def _rules(values: Values) -> list[Rule]:
    moves = moved(values["tiers"], values["noncurrent_tiers"], values)
    return [rule("archive-tiers", **where(values), **moves)]


ARCHIVE_TIERS = Template(
    "archive_tiers",
    __doc__,
    _rules,
    parameters=(
        PREFIX,
        WITH_TAGS,
        tiers({"STANDARD_IA": 30, "GLACIER_IR": 90, "DEEP_ARCHIVE": 365}),
        tiers({}, "noncurrent_tiers", "The same for replaced versions, by the days since they were replaced."),
        ABOVE,
        BELOW,
    ),
)
