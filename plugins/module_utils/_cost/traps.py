# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a change costs more than one would think: each trap is a function, and TRAPS lists them. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._cost.bill import (
    ZERO,
    bill,
    counted,
    estimate,
    money,
    usd,
)
from ansible_collections.stowage.s3.plugins.module_utils._cost.changes import Changes
from ansible_collections.stowage.s3.plugins.module_utils._cost.choose import Alike, choice, kept, settle
from ansible_collections.stowage.s3.plugins.module_utils._cost.classes import (
    INDEX_BYTES,
    KB,
    MONITORED_BYTES,
    NAME_BYTES,
)
from ansible_collections.stowage.s3.plugins.module_utils._cost.groups import Sum
from ansible_collections.stowage.s3.plugins.module_utils._cost.ledger import DEFAULT_CLASS, MONTH_DAYS, Ledger, rules_of
from ansible_collections.stowage.s3.plugins.module_utils._cost.meter import Meter
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import Prices


@dataclass(frozen=True)
class Trap:
    """One trap that a plan steps into.

    objects, size (bytes): of how much. usd: what it costs, None if that cannot be told; when: monthly or once.
    """

    name: str
    storage_class: str
    objects: int
    size: int
    usd: Decimal | None
    when: str
    text: str

    def public(self) -> dict[str, Any]:
        """The form of results."""
        return {
            "name": self.name,
            "storage_class": self.storage_class,
            "objects": self.objects,
            "bytes": self.size,
            "usd": None if self.usd is None else usd(self.usd),
            "when": self.when,
            "text": self.text,
        }


def traps(changes: Changes, prices: Prices, months: Decimal) -> list[Trap]:
    """Those that a change steps into, over a time; in the order of TRAPS."""
    return [each for find in TRAPS for each in find(changes, prices, months)]


def _written(changes: Changes) -> Iterator[tuple[str, int, Sum]]:
    """What is in a class afterwards, and was not before."""
    yield from changes.added
    for (_source, target), least, group in changes.moved:
        yield target, least, group


def _by_class(found: Iterator[tuple[str, Sum, Decimal]]) -> Iterator[tuple[str, int, int, Decimal]]:
    """By class: objects, bytes, and the sum of the third."""
    sums: dict[str, list[Any]] = defaultdict(lambda: [0, 0, ZERO])
    for name, group, amount in found:
        sums[name][0] += group.objects
        sums[name][1] += group.size
        sums[name][2] += amount
    for name, (objects, size, amount) in sorted(sums.items()):
        yield name, objects, size, amount


def _small_objects(changes: Changes, prices: Prices, _months: Decimal) -> Iterator[Trap]:
    """Smaller than what the class bills at least."""

    def found() -> Iterator[tuple[str, Sum, Decimal]]:
        for name, least, group in _written(changes):
            rules = rules_of(name)
            if least < rules.min_bytes:
                more = Decimal(rules.min_bytes * group.objects - group.size)
                yield name, group, bill({Meter("storage", name): more}, prices).usd

    for name, objects, size, amount in _by_class(found()):
        least = rules_of(name).min_bytes // KB
        yield Trap(
            "small_objects",
            name,
            objects,
            size,
            amount,
            "monthly",
            f"Objects below {least} KB are billed as {least} KB each in {name}: {money(amount)} a month for nothing,"
            f" for {counted(objects, 'object')}. Leave small ones in STANDARD.",
        )


def _archive_overhead(changes: Changes, prices: Prices, _months: Decimal) -> Iterator[Trap]:
    """So small that the index of an archive weighs."""

    def found() -> Iterator[tuple[str, Sum, Decimal]]:
        for name, least, group in _written(changes):
            if rules_of(name).overhead and least < MONITORED_BYTES:
                index, names = Decimal(INDEX_BYTES * group.objects), Decimal(NAME_BYTES * group.objects)
                yield (
                    name,
                    group,
                    bill({Meter("storage", name): index, Meter("storage", DEFAULT_CLASS): names}, prices).usd,
                )

    for name, objects, size, amount in _by_class(found()):
        yield Trap(
            "archive_overhead",
            name,
            objects,
            size,
            amount,
            "monthly",
            f"Each object in {name} gets 40 KB of index, 8 KB of it at the price of STANDARD: {money(amount)} a month"
            f" for {counted(objects, 'object')} below 128 KB. Pack small ones together, or leave them in STANDARD.",
        )


def _unmonitored(changes: Changes, _prices: Prices, _months: Decimal) -> Iterator[Trap]:
    """Too small for INTELLIGENT_TIERING to move."""

    def found() -> Iterator[tuple[str, Sum, Decimal]]:
        for name, least, group in _written(changes):
            if name == "INTELLIGENT_TIERING" and least < MONITORED_BYTES:
                yield name, group, ZERO

    for name, objects, size, _amount in _by_class(found()):
        yield Trap(
            "unmonitored",
            name,
            objects,
            size,
            None,
            "",
            f"{name} never moves objects below 128 KB to a cheaper tier, so that it saves nothing for"
            f" {counted(objects, 'object')}. Leave small ones in STANDARD.",
        )


def _early_deletion(changes: Changes, prices: Prices, _months: Decimal) -> Iterator[Trap]:
    """Replaced, deleted or moved before the class's minimum is over."""

    def found() -> Iterator[tuple[str, Sum, Decimal]]:
        leaving = [
            *((name, group) for name, _least, group in changes.removed),
            *((source, group) for (source, _target), _least, group in changes.moved),
        ]
        for name, group in leaving:
            if group.early:
                rest = Decimal(group.early) / MONTH_DAYS
                yield name, group, bill({Meter("early_deletion", name): rest}, prices).usd

    for name, objects, size, amount in _by_class(found()):
        yield Trap(
            "early_deletion",
            name,
            objects,
            size,
            amount,
            "once",
            f"What leaves {name} before {rules_of(name).min_days} days are over is billed for the rest of them:"
            f" {money(amount)} for up to {counted(objects, 'object')}. Wait until they are over, or accept it.",
        )


def _never_pays_back(changes: Changes, prices: Prices, months: Decimal) -> Iterator[Trap]:
    """Moved for more than it saves."""

    def found() -> Iterator[tuple[str, Sum, Decimal]]:
        for (source, target), least, group in changes.moved:
            alike = Alike(source, group.objects, group.size, least, group.early)
            there = choice(alike, target, changes.by, months, prices)
            stay = choice(alike, source, "", months, prices)
            if there.horizon_usd > stay.horizon_usd:
                yield target, group, there.horizon_usd - stay.horizon_usd

    for name, objects, size, amount in _by_class(found()):
        yield Trap(
            "never_pays_back",
            name,
            objects,
            size,
            amount,
            "horizon",
            f"To move {counted(objects, 'object')} ({counted(size, 'byte')}) to {name} costs more than it saves within"
            f" {counted(months, 'month')}: {money(amount)} more than to move nothing. Move larger ones alone.",
        )


def _kept_versions(changes: Changes, prices: Prices, _months: Decimal) -> Iterator[Trap]:
    """Moved where there is versioning: what is replaced stays, in its old class."""

    def found() -> Iterator[tuple[str, Sum, Decimal]]:
        for name, least, group in changes.staying:
            ledger = Ledger()
            ledger.keep_sum(name, objects=group.objects, size=group.size, least=least)
            yield name, group, estimate(ledger, prices).monthly.usd

    for name, objects, size, amount in _by_class(found()):
        yield Trap(
            "kept_versions",
            name,
            objects,
            size,
            amount,
            "monthly",
            f"The bucket has versioning, so that what is replaced stays in {name} beside its copy:"
            f" {counted(objects, 'version')} ({counted(size, 'byte')}) for {money(amount)} a month. Set"
            " replaced_versions to delete, or take a lifecycle rule, which makes no versions.",
        )


def _dearer_class(changes: Changes, prices: Prices, months: Decimal) -> Iterator[Trap]:
    """Written into a class in which they cost more than in STANDARD."""

    def found() -> Iterator[tuple[str, Sum, Decimal]]:
        for name, least, group in changes.added:
            if name == DEFAULT_CLASS:
                continue
            here, standard = (_new(each, least, group, prices, months) for each in (name, DEFAULT_CLASS))
            if here > standard:
                yield name, group, here - standard

    for name, objects, size, amount in _by_class(found()):
        yield Trap(
            "dearer_class",
            name,
            objects,
            size,
            amount,
            "horizon",
            f"To keep {counted(objects, 'object')} ({counted(size, 'byte')}) in {name} costs {money(amount)} more"
            f" within {counted(months, 'month')} than in STANDARD. Write such to STANDARD, by a rule of their own.",
        )


def _new(name: str, least: int, group: Sum, prices: Prices, months: Decimal) -> Decimal:
    alike = Alike(name, group.objects, group.size, least)
    ledger = kept(alike, name)
    ledger.write(name, group.objects)
    settle(ledger, alike, name)
    return estimate(ledger, prices).over(months)


def _kms_requests(changes: Changes, prices: Prices, _months: Decimal) -> Iterator[Trap]:
    """One request to KMS for each object."""
    if changes.kms:
        amount = bill({Meter("kms"): Decimal(changes.kms)}, prices).usd
        yield Trap(
            "kms_requests",
            "",
            changes.kms,
            0,
            amount,
            "once",
            f"Encryption by KMS takes up to {counted(changes.kms, 'request')} to it, {money(amount)}; reading takes as"
            " many. A bucket key makes them few.",
        )


_Find = Callable[[Changes, Prices, Decimal], Iterator[Trap]]
# What is a trap also where it has been stepped into.
KEPT: tuple[_Find, ...] = (_small_objects, _archive_overhead, _unmonitored)
TRAPS: tuple[_Find, ...] = (
    *KEPT,
    _early_deletion,
    _never_pays_back,
    _kept_versions,
    _dearer_class,
    _kms_requests,
)
