# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""From objects and requests to quantities: what is kept, what is moved, what is asked for. Pure.

Everything that costs is counted here and nowhere else, whoever asks: a plan's forecast, a bucket's bill, a comparison
of classes. A ledger is as large as there are storage classes, whatever the number of objects, and sums of ledgers are
exact: all of it is integers until it is read.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._cost.classes import (
    CLASSES,
    INDEX_BYTES,
    MONITORED_BYTES,
    NAME_BYTES,
    StorageClass,
)
from ansible_collections.stowage.s3.plugins.module_utils._cost.meter import Meter

MONTH_DAYS = 30  # of a minimum duration: 30, 90 and 180 days are billed as 1, 3 and 6 months
DEFAULT_CLASS = "STANDARD"
_TIERED = "INTELLIGENT_TIERING"
_ARCHIVE_TIERS = ("archive", "deep_archive")
_OTHER = StorageClass("", 0)


def rules_of(storage_class: str) -> StorageClass:
    """The rules of a class; one that AWS does not have in general purpose buckets has none."""
    return CLASSES.get(storage_class, _OTHER)


def billed_bytes(storage_class: str, size: int, tier: str = "") -> int:
    """The bytes that an object is billed for in its class: its size, the class's least, or with the archive's index."""
    rules = rules_of(storage_class)
    if rules.overhead or tier in _ARCHIVE_TIERS:
        return size + INDEX_BYTES
    return max(size, rules.min_bytes)


def early_byte_days(storage_class: str, size: int, age_seconds: float) -> int:
    """The byte-days that are due if an object of this age leaves its class now: the days that its minimum has left."""
    left = rules_of(storage_class).min_days - max(0, int(age_seconds // 86400))
    return billed_bytes(storage_class, size) * left if left > 0 else 0


class Ledger:
    """Quantities by meter: `monthly`, of what is kept, and `once`, of what is done.

    kept: objects and bytes by class, as they are; what is taken away counts negative.
    """

    def __init__(self) -> None:
        self._monthly: Counter[Meter] = Counter()
        self._once: Counter[Meter] = Counter()
        self._early: Counter[str] = Counter()  # byte-days by class
        self._days: Counter[str] = Counter()  # byte-days by class, of what is there for some days
        self.kept: dict[str, list[int]] = {}

    # What is there

    def keep(self, storage_class: str, size: int, count: int = 1, tier: str = "") -> None:
        """`count` objects of `size` bytes each are there from now on; negative, they are so no longer.

        tier: of an object in INTELLIGENT_TIERING, where it is known; else it is billed as frequently used.
        """
        self.keep_sum(storage_class, objects=count, size=size * count, least=size, tier=tier)

    def keep_sum(self, storage_class: str, *, objects: int, size: int, least: int, tier: str = "") -> None:
        """The same of many that are billed alike (groups.py). size: of all; least: what none is smaller than."""
        if storage_class == _TIERED and least >= MONITORED_BYTES:
            self._monthly[Meter("monitoring", _TIERED)] += objects
        rules, billed = rules_of(storage_class), size
        if rules.overhead or tier in _ARCHIVE_TIERS:
            billed += INDEX_BYTES * objects
            self._monthly[Meter("storage", DEFAULT_CLASS)] += NAME_BYTES * objects
        elif least < rules.min_bytes:
            billed = rules.min_bytes * objects
        self._keep(storage_class, tier, objects, size, billed)

    def keep_parts(self, storage_class: str, *, uploads: int, size: int) -> None:
        """The parts of unfinished uploads, which have neither a least size nor an index."""
        self._keep(storage_class, "", uploads, size, size)

    def _keep(self, storage_class: str, tier: str, objects: int, size: int, billed: int) -> None:
        kept = self.kept.setdefault(storage_class, [0, 0])
        kept[0] += objects
        kept[1] += size
        detail = (tier or "frequent") if storage_class == _TIERED else ""
        self._monthly[Meter("storage", storage_class, detail)] += billed

    def early(self, storage_class: str, byte_days: int) -> None:
        """Byte-days of a minimum that are due all the same."""
        self._early[storage_class] += byte_days

    # What is done

    def once(self, meter: Meter, quantity: int) -> None:
        """A quantity that is billed once, in base units."""
        self._once[meter] += quantity

    def for_days(self, storage_class: str, size: int, days: int) -> None:
        """Bytes are kept for some days."""
        self._days[storage_class] += size * days

    def each_month(self, meter: Meter, quantity: int) -> None:
        """A quantity that is billed month after month, in base units."""
        self._monthly[meter] += quantity

    def write(self, storage_class: str, count: int = 1) -> None:
        """PUT, COPY and POST requests, priced by the class that is written."""
        self._once[Meter("put", storage_class or DEFAULT_CLASS)] += count

    def parts(self, storage_class: str, count: int) -> None:
        """A multipart upload of `count` requests, its beginning and end among them.

        An archive's parts wait in STANDARD, at its price, and only the last request is the archive's.
        """
        if rules_of(storage_class).archived:
            self.write(DEFAULT_CLASS, count - 1)
            self.write(storage_class)
        else:
            self.write(storage_class, count)

    def read(self, storage_class: str, size: int = 0, count: int = 1) -> None:
        """GET requests, and in all `size` bytes with them, which some classes bill."""
        storage_class = storage_class or DEFAULT_CLASS
        self._once[Meter("get", storage_class)] += count
        self.retrieve(storage_class, size)

    def retrieve(self, storage_class: str, size: int) -> None:
        """Bytes read from a class that bills them; an archive bills its restores instead."""
        rules = rules_of(storage_class)
        if size and rules.retrieval and not rules.archived:
            self._once[Meter("retrieval", storage_class)] += size

    # Reading it

    def add(self, other: Ledger) -> None:
        """All that another ledger has, too."""
        self._monthly.update(other._monthly)
        self._once.update(other._once)
        self._early.update(other._early)
        self._days.update(other._days)
        for name, (objects, size) in other.kept.items():
            kept = self.kept.setdefault(name, [0, 0])
            kept[0] += objects
            kept[1] += size

    def tell(self, storage_class: str, size: int) -> None:
        """Bytes that are kept, and billed by what `each_month` was told."""
        self.kept.setdefault(storage_class, [0, 0])[1] += size

    def rows(self) -> list[dict[str, Any]]:
        """What is kept, as results tell it."""
        return [
            {"storage_class": name, "objects": objects, "bytes": size}
            for name, (objects, size) in sorted(self.kept.items())
            if objects or size
        ]

    @property
    def monthly(self) -> dict[Meter, Decimal]:
        """What a month of it is billed by: byte-months, object-months."""
        return _read(self._monthly)

    @property
    def single(self) -> dict[Meter, Decimal]:
        """What is billed once."""
        found = _read(self._once)
        for name, byte_days in sorted(self._days.items()):
            found[Meter("storage", name)] = Decimal(byte_days) / MONTH_DAYS
        for name, byte_days in sorted(self._early.items()):
            if byte_days:
                found[Meter("early_deletion", name)] = Decimal(byte_days) / MONTH_DAYS
        return found


def _read(counted: Mapping[Meter, int]) -> dict[Meter, Decimal]:
    return {meter: Decimal(quantity) for meter, quantity in sorted(counted.items()) if quantity}
