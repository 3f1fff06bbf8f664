# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Logs get cheaper with their age, and then go.

Logs are read in their first weeks and kept for an audit that may come. By default they move to `STANDARD_IA` after 30
days and to `GLACIER` after 90, where reading takes a restore of hours, and are deleted after a year. Logs below 1 MiB
stay where they are: each would cost more to archive than it saves in months. To move those, join them before they are
written.

Danger: everything below `prefix` is deleted when its time comes. Laws may ask for longer than a year.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.pieces import (
    ABOVE,
    EXPIRATION,
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
    ends = ended(values["expiration_days"], values["noncurrent_days"])
    return [rule("logs", **where(values), **moved(values["tiers"], sizes=values), **ends)]


LOGS = Template(
    "logs",
    __doc__,
    _rules,
    parameters=(
        PREFIX_NEEDED,
        WITH_TAGS,
        tiers({"STANDARD_IA": 30, "GLACIER": 90}),
        replace(EXPIRATION, text="Days after which they are deleted.", default=365),
        NONCURRENT,
        ABOVE,
    ),
)
