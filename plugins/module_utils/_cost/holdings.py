# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a bucket holds, summed up by what it is billed by: by prefix, class, tier and state. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._cost.bill import counted, estimate, money, usd
from ansible_collections.stowage.s3.plugins.module_utils._cost.changes import Changes
from ansible_collections.stowage.s3.plugins.module_utils._cost.choose import COPY
from ansible_collections.stowage.s3.plugins.module_utils._cost.classes import MONITORED_BYTES
from ansible_collections.stowage.s3.plugins.module_utils._cost.groups import Groups, Sum
from ansible_collections.stowage.s3.plugins.module_utils._cost.ledger import DEFAULT_CLASS, Ledger, rules_of
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import Prices
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.stored import NONCURRENT, UPLOAD, Stored
from ansible_collections.stowage.s3.plugins.module_utils._cost.traps import KEPT, Trap

MOST_PREFIXES = 10_000
MOST_DEPTH = 20
OTHERS = "(others)"


class Held(NamedTuple):
    """What makes a sum of its own."""

    prefix: str
    storage_class: str
    tier: str
    state: str


class Prefixes:
    """Which prefix a key counts for."""

    def __init__(self, depth: int) -> None:
        """`depth`: how many parts of a key, up to their "/", make a prefix of its own; more than MOST_PREFIXES are not
        told apart.
        """
        self.depth = depth
        self._known: set[str] = set()

    def of(self, key: str) -> str:
        """The prefix of a key."""
        if not self.depth:
            return ""
        at = -1
        for _part in range(self.depth):
            following = key.find("/", at + 1)
            if following < 0:
                break
            at = following
        prefix = key[: at + 1]
        if prefix not in self._known:
            if len(self._known) >= MOST_PREFIXES:
                return OTHERS
            self._known.add(prefix)
        return prefix


class Holdings:
    """The sums of all that was read."""

    def __init__(self, depth: int = 0) -> None:
        """`depth`: see Prefixes."""
        self._prefixes = Prefixes(depth)
        self.groups: Groups[Held] = Groups()

    def read(self, stored: Iterable[Stored]) -> None:
        """Add all of them."""
        for each in stored:
            # The parts of an archive's upload wait in STANDARD.
            waits = each.state == UPLOAD and rules_of(each.storage_class).archived
            name = DEFAULT_CLASS if waits else each.storage_class or DEFAULT_CLASS
            self.groups.add(Held(self._prefixes.of(each.key), name, each.tier, each.state), each.size)

    def ledger(self) -> Ledger:
        """What it is billed by each month."""
        return _ledger(self.groups)

    def storage(self, prices: Prices) -> list[dict[str, Any]]:
        """A row for each class, tier and state: objects, bytes, and what a month of them costs."""
        rows: dict[tuple[str, str, str], list[tuple[Held, int, Sum]]] = {}
        for held, least, group in self.groups:
            rows.setdefault((held.storage_class, held.tier, held.state), []).append((held, least, group))
        return [
            {
                "storage_class": name,
                "tier": tier,
                "state": state,
                **_counted(groups),
                "monthly_usd": usd(estimate(_ledger(groups), prices).monthly.usd),
            }
            for (name, tier, state), groups in sorted(rows.items())
        ]

    def prefixes(self, prices: Prices) -> list[dict[str, Any]]:
        """The same by prefix, the dearest first; none without a depth."""
        if not self._prefixes.depth:
            return []
        rows: dict[str, list[tuple[Held, int, Sum]]] = {}
        for held, least, group in self.groups:
            rows.setdefault(held.prefix, []).append((held, least, group))
        found = [
            {"prefix": prefix, **_counted(groups), "monthly_usd": usd(estimate(_ledger(groups), prices).monthly.usd)}
            for prefix, groups in rows.items()
        ]
        return sorted(found, key=lambda row: (-row["monthly_usd"], row["prefix"]))

    def usage(self) -> list[dict[str, Any]]:
        """As rows of a workload."""
        return usage_of(self.groups)

    def traps(self, prices: Prices) -> list[Trap]:
        """What costs for nothing."""
        changes = Changes(COPY)
        for held, least, group in self.groups:
            if held.state != UPLOAD:
                changes.added.add_sum(held.storage_class, least, group)
        found = [each for find in KEPT for each in find(changes, prices, Decimal(1))]
        for state, name, one, text in (
            (NONCURRENT, "noncurrent_versions", "version", _NONCURRENT),
            (UPLOAD, "unfinished_uploads", "upload", _UPLOADS),
        ):
            groups = [entry for entry in self.groups if entry[0].state == state]
            if groups:
                objects, size = _counted(groups).values()
                amount = estimate(_ledger(groups), prices).monthly.usd
                told = text.format(objects=counted(objects, one), bytes=counted(size, "byte"), money=money(amount))
                found.append(Trap(name, "", objects, size, amount, "monthly", told))
        return found


_NONCURRENT = (
    "Noncurrent versions cost {money} a month: {objects} ({bytes}). A lifecycle rule can end them"
    " (noncurrent_expiration)."
)
_UPLOADS = (
    "Unfinished uploads cost {money} a month: {objects} ({bytes}), which no listing of objects shows. A lifecycle rule"
    " can end them (abort_incomplete_multipart_days)."
)


def _ledger(groups: Iterable[tuple[Held, int, Sum]]) -> Ledger:
    ledger = Ledger()
    for held, least, group in groups:
        if held.state == UPLOAD:
            # Parts have neither a least size nor an index.
            ledger.keep_parts(held.storage_class, uploads=group.objects, size=group.size)
        else:
            ledger.keep_sum(held.storage_class, objects=group.objects, size=group.size, least=least, tier=held.tier)
    return ledger


def usage_of(groups: Iterable[tuple[Held, int, Sum]]) -> list[dict[str, Any]]:
    """As rows of a workload (workload.py): one on each side of the limit of size, so that they cost the same."""
    return [
        {
            "storage_class": held.storage_class,
            **({"tier": held.tier} if held.tier else {}),
            "objects": group.objects,
            "bytes": group.size,
        }
        for held, group in _merged(groups)
    ]


def _counted(groups: Iterable[tuple[Held, int, Sum]]) -> dict[str, int]:
    objects = size = 0
    for _held, _least, group in groups:
        objects += group.objects
        size += group.size
    return {"objects": objects, "bytes": size}


def _merged(groups: Iterable[tuple[Held, int, Sum]]) -> Iterator[tuple[Held, Sum]]:
    """Sums without prefix and state, one for each side of the limit of size that their class has."""
    sums: dict[tuple[Held, bool], Sum] = {}
    for held, least, group in groups:
        found = sums.setdefault((held._replace(prefix="", state=""), least >= MONITORED_BYTES), Sum())
        found.objects += group.objects
        found.size += group.size
    for held, large in sorted(sums):
        yield held, sums[held, large]
