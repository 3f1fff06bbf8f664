# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Which class is cheapest: what staying costs, what a move costs, and when it has paid back. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext

from ansible_collections.stowage.s3.plugins.module_utils._cost.bill import ZERO, estimate
from ansible_collections.stowage.s3.plugins.module_utils._cost.classes import MONITORED_BYTES, leads_down
from ansible_collections.stowage.s3.plugins.module_utils._cost.ledger import MONTH_DAYS, Ledger, rules_of
from ansible_collections.stowage.s3.plugins.module_utils._cost.meter import EXACT, Meter
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import Prices

COPY, LIFECYCLE = "copy", "lifecycle"
TIERED = "INTELLIGENT_TIERING"
# What an object that nobody waits for is restored by.
RESTORE_TIER = "standard"


@dataclass(frozen=True)
class Alike:
    """Objects that are billed alike: all in one class, and all on one side of every limit of size.

    size: bytes of all of them. least: bytes of the smallest that is possible among them. early: byte-days that are due
    if they leave their class now. reads: GET requests a month of all of them. read_bytes: bytes that those read.
    """

    storage_class: str
    objects: int
    size: int
    least: int = 0
    early: int = 0
    reads: int = 0
    read_bytes: int = 0


@dataclass(frozen=True)
class Choice:
    """A class for such objects.

    monthly_usd: what they cost there. one_off_usd: what it costs to bring them there. horizon_usd: both, over the time
    that was asked for. break_even_days: when the move has paid for itself; None if it never does, 0 for staying.
    """

    storage_class: str
    by: str
    monthly_usd: Decimal
    one_off_usd: Decimal
    horizon_usd: Decimal
    break_even_days: int | None


def kept(alike: Alike, storage_class: str) -> Ledger:
    """A month of them in a class, with what is read of them."""
    ledger, rules = Ledger(), rules_of(storage_class)
    if storage_class == TIERED and alike.least >= MONITORED_BYTES:
        for tier, (objects, size) in _tiers(alike).items():
            ledger.keep_sum(TIERED, objects=objects, size=size, least=alike.least, tier=tier)
    else:
        ledger.keep_sum(storage_class, objects=alike.objects, size=alike.size, least=alike.least)
    if alike.reads:
        ledger.each_month(Meter("get", storage_class), alike.reads)
        if rules.archived:
            ledger.each_month(Meter("restore", storage_class, RESTORE_TIER), alike.reads)
            ledger.each_month(Meter("retrieval", storage_class, RESTORE_TIER), alike.read_bytes)
        elif rules.retrieval:
            ledger.each_month(Meter("retrieval", storage_class), alike.read_bytes)
    return ledger


def moved(alike: Alike, storage_class: str, by: str) -> Ledger:
    """What it takes to bring them into a class: requests, what is read for it, and the rest of a minimum."""
    ledger, rules = Ledger(), rules_of(alike.storage_class)
    if by == LIFECYCLE:
        ledger.once(Meter("transition", storage_class), alike.objects)
    else:
        ledger.write(storage_class, alike.objects)
        # The copy asks for the headers first, so that all of them are kept.
        ledger.read(alike.storage_class, alike.size, alike.objects)
        if rules.archived:
            ledger.once(Meter("restore", alike.storage_class, RESTORE_TIER), alike.objects)
            ledger.once(Meter("retrieval", alike.storage_class, RESTORE_TIER), alike.size)
    if alike.early:
        ledger.early(alike.storage_class, alike.early)
    settle(ledger, alike, storage_class)
    return ledger


def _tiers(alike: Alike) -> dict[str, tuple[int, int]]:
    """Objects and bytes by tier, once INTELLIGENT_TIERING has known them for a while.

    An object goes down after 30 and after 90 days without a read, and up with the next one. Reads are taken to come at
    random, as many to each object: of those with a rate of r a month a part of exp(-r) was not read for a month.
    """
    rate = alike.reads / alike.objects if alike.objects else 0.0
    month, quarter = math.exp(-rate), math.exp(-3 * rate)
    idle, long = ((round(alike.objects * share), round(alike.size * share)) for share in (month, quarter))
    return {
        "frequent": (alike.objects - idle[0], alike.size - idle[1]),
        "infrequent": (idle[0] - long[0], idle[1] - long[1]),
        "archive_instant": long,
    }


def settle(ledger: Ledger, alike: Alike, storage_class: str) -> None:
    """What it costs more until then: all begin as frequently used, and none is down two tiers before 90 days."""
    if storage_class != TIERED or alike.least < MONITORED_BYTES:
        return
    found = {tier: size for tier, (_objects, size) in _tiers(alike).items()}
    infrequent, long = found["infrequent"], found["archive_instant"]
    for tier, byte_months in (
        ("frequent", infrequent + long),
        ("infrequent", 2 * long - infrequent),
        ("archive_instant", -3 * long),
    ):
        ledger.once(Meter("storage", TIERED, tier), byte_months)


def choice(alike: Alike, storage_class: str, by: str, months: Decimal, prices: Prices) -> Choice:
    """What a class costs them over a time."""
    with localcontext(EXACT):
        here = _monthly(alike, alike.storage_class, prices)
        if storage_class == alike.storage_class:
            return _stay(alike, here, months)
        return _move(alike, storage_class, by, here, _monthly(alike, storage_class, prices), months, prices)


def choices(alike: Alike, candidates: Iterable[str], months: Decimal, prices: Prices) -> list[Choice]:
    """Staying, and each candidate by each way that there is, the cheapest over the time first; staying wins a draw."""
    with localcontext(EXACT):
        here = _monthly(alike, alike.storage_class, prices)
        found = [_stay(alike, here, months)]
        for name in candidates:
            if name == alike.storage_class:
                continue
            there = _monthly(alike, name, prices)
            for by in (COPY, LIFECYCLE) if leads_down(alike.storage_class, name) else (COPY,):
                found.append(_move(alike, name, by, here, there, months, prices))
        return sorted(found, key=lambda each: each.horizon_usd)


def _monthly(alike: Alike, storage_class: str, prices: Prices) -> Decimal:
    return estimate(kept(alike, storage_class), prices).monthly.usd


def _stay(alike: Alike, here: Decimal, months: Decimal) -> Choice:
    return Choice(alike.storage_class, "", here, ZERO, here * months, 0)


def _move(
    alike: Alike, storage_class: str, by: str, here: Decimal, there: Decimal, months: Decimal, prices: Prices
) -> Choice:
    """here, there: USD a month of staying, and of being in the class."""
    once = estimate(moved(alike, storage_class, by), prices).once.usd
    days = days_of(once, here - there) if here > there else None
    # Whoever counts on a shorter time pays the class's minimum all the same.
    longer = Decimal(rules_of(storage_class).min_days) / MONTH_DAYS - months
    rest = estimate(_stored(alike, storage_class), prices).monthly.usd * longer if longer > 0 else ZERO
    return Choice(storage_class, by, there, once, once + there * months + rest, days)


def together(one: Choice, other: Choice) -> Choice:
    """The same for more objects of the same class and way: the whole has paid back when the slowest have."""
    with localcontext(EXACT):
        days = [each.break_even_days for each in (one, other)]
        return Choice(
            one.storage_class,
            one.by,
            one.monthly_usd + other.monthly_usd,
            one.one_off_usd + other.one_off_usd,
            one.horizon_usd + other.horizon_usd,
            None if None in days else max(each for each in days if each is not None),
        )


def _stored(alike: Alike, storage_class: str) -> Ledger:
    """A month of storage alone."""
    return kept(Alike(alike.storage_class, alike.objects, alike.size, alike.least), storage_class)


def days_of(due: Decimal, saving: Decimal) -> int:
    """Days until what is saved each month has paid what is due once, USD both."""
    whole, rest = divmod(due * MONTH_DAYS, saving)
    return int(whole) + (rest > 0)
