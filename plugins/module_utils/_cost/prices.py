# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What each meter costs: the task's own prices, before those of a refreshed price list, before the table's.

All three are rows of one shape: {kind, storage_class, detail, usd | tiers: [{up_to, usd}], source}.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._cost import price_cache, price_table
from ansible_collections.stowage.s3.plugins.module_utils._cost.classes import CLASSES, RESTORE_TIERS, TIERS
from ansible_collections.stowage.s3.plugins.module_utils._cost.listed import LISTED
from ansible_collections.stowage.s3.plugins.module_utils._cost.meter import KINDS, Meter
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError

STALE_DAYS = 180
MOST = 10**12  # of a price, or of the end of a tier
HOW_TO_REFRESH = "Refresh them from AWS's price list (cost_info with refresh: true), or give your own by prices"
_FIELDS = ("kind", "storage_class", "detail", "usd", "tiers", "source")
_TIER_FIELDS = ("up_to", "usd")
_UNVERIFIED = "unverified"


class Tier(NamedTuple):
    """up_to: where it ends, in the kind's priced units of an account's month; None: nowhere. usd: of one such unit."""

    up_to: Decimal | None
    usd: Decimal


@dataclass(frozen=True)
class Rate:
    """What one meter costs. source: where the figures are from, "unverified: ..." if nobody vouches for them."""

    tiers: tuple[Tier, ...]
    source: str

    @property
    def verified(self) -> bool:
        """Whether somebody vouches for the figures."""
        return not self.source.startswith(_UNVERIFIED)


@dataclass(frozen=True)
class Prices:
    """The rates of one region. dated: when they were taken; origin: from where, in words; notes: what is amiss."""

    region: str
    dated: datetime.date
    rates: Mapping[Meter, Rate]
    origin: str
    notes: tuple[str, ...] = ()

    def rate(self, meter: Meter) -> Rate | None:
        """What a meter costs; None if no price is known, which is not the same as free."""
        return self.rates.get(meter)

    def warnings(self, today: datetime.date) -> list[str]:
        """What somebody who trusts an amount has to know of the prices behind it."""
        warned = list(self.notes)
        age = (today - self.dated).days
        if age > STALE_DAYS:
            warned.append(
                f"The prices are those of {self.dated} ({self.origin}), {age} days old, and may have changed."
                f" {HOW_TO_REFRESH}."
            )
        return warned


def _meters() -> Iterator[Meter]:
    for name, each in CLASSES.items():
        tiered = name == "INTELLIGENT_TIERING"
        yield from (Meter("storage", name, tier) for tier in (TIERS if tiered else ("",)))
        yield Meter("put", name)
        yield Meter("get", name)
        if each.order:
            yield Meter("transition", name)
        # Of INTELLIGENT_TIERING, its archive tiers have to be restored.
        restored = RESTORE_TIERS["GLACIER"] if tiered else RESTORE_TIERS.get(name, ())
        if not each.archived:
            yield Meter("retrieval", name)
        for tier in restored:
            yield Meter("retrieval", name, tier)
            yield Meter("restore", name, tier)
        if each.min_days:
            yield Meter("early_deletion", name)
    yield Meter("monitoring", "INTELLIGENT_TIERING")
    yield Meter("kms")
    yield Meter("transfer", detail="internet")
    yield Meter("transfer", detail="region")
    yield Meter("tags")


# Everything that can have a price.
METERS = tuple(_meters())


def prices(
    region: str,
    given: Sequence[Mapping[str, Any]] | None = None,
    cache_dir: str | None = None,
) -> Prices:
    """The prices of a region. given: the task's rows; cache_dir: where refreshed prices are, None for the usual place.

    Raises StowageError for rows that cannot be meant.
    """
    own = rates(given or (), "prices", "given by the task")
    found, notes = _of_table(region)
    dated, origin = price_table.DATED, f"the table of {price_table.DATED}"
    cached, told = price_cache.read(region, cache_dir)
    if cached is not None and cached.dated >= dated:
        try:
            newer = rates(cached.rows, "rows", cached.origin)
        except StowageError as error:
            told.append(price_cache.not_used(cached.path, region, error))
        else:
            dated, origin, notes = cached.dated, cached.origin, _wanting(cached.origin, region, {**newer, **own})
            found |= newer
    return Prices(region, dated, {**found, **own}, origin, (*told, *notes))


def _wanting(origin: str, region: str, newer: Mapping[Meter, Rate]) -> list[str]:
    """What a price list could have told and did not."""
    missing = [str(meter) for meter in METERS if meter in LISTED and meter not in newer]
    return [f"{origin} has no price of {', '.join(missing)} in {region}: the table's are used."] if missing else []


def _of_table(region: str) -> tuple[dict[Meter, Rate], list[str]]:
    """The table's rates, and a warning if none of them is the region's own."""
    base = rates(price_table.rows(price_table.BASE), "price_table", "")
    if region == price_table.BASE:
        return base, []
    theirs = {
        meter: Rate(
            rate.tiers, f"{_UNVERIFIED}: price of {price_table.BASE}, for want of {region}'s own ({rate.source})"
        )
        for meter, rate in base.items()
    }
    own = rates(price_table.rows(region), "price_table", "")
    if own:
        return theirs | own, []
    return theirs, [
        f"No prices of region {region} are at hand: those of {price_table.BASE} are used, unverified. {HOW_TO_REFRESH}."
    ]


def rates(rows: Sequence[Mapping[str, Any]], where: str, source: str) -> dict[Meter, Rate]:
    """Rows as rates; a later row of a meter replaces an earlier one. source: of rows that have none.

    Raises StowageError, which names `where` and the row.
    """
    if isinstance(rows, (str, bytes)) or not isinstance(rows, Sequence):
        raise StowageError(f"{where}: {rows!r} is not a list. Give a list of rows such as {_EXAMPLE}.")
    found: dict[Meter, Rate] = {}
    for index, row in enumerate(rows):
        meter, rate = _parsed(row, f"{where}[{index}]", source)
        found[meter] = rate
    return found


_EXAMPLE = "{kind: storage, storage_class: STANDARD, usd: 0.023}"


def _parsed(row: Any, where: str, source: str) -> tuple[Meter, Rate]:
    if not isinstance(row, Mapping):
        raise StowageError(f"{where}: {row!r} is not a row. Give one such as {_EXAMPLE}.")
    _known_fields(row, _FIELDS, where)
    meter = _meter(row, where)
    told = row.get("source")
    return meter, Rate(_tiers(row, where), str(told) if told else source)


def _known_fields(row: Mapping[str, Any], fields: tuple[str, ...], where: str) -> None:
    unknown = sorted(str(name) for name in row if name not in fields)
    if unknown:
        raise StowageError(f"{where}: unknown {', '.join(unknown)}. A row may have {', '.join(fields)}.")


def _meter(row: Mapping[str, Any], where: str) -> Meter:
    meter = Meter(*(str(row.get(name) or "") for name in ("kind", "storage_class", "detail")))
    if meter in METERS:
        return meter
    of_kind = [each for each in METERS if each.kind == meter.kind]
    if not of_kind:
        raise StowageError(f"{where}.kind: {row.get('kind')!r} is not a kind. Give one of {', '.join(KINDS)}.")
    classes = list(dict.fromkeys(each.storage_class for each in of_kind))
    if meter.storage_class not in classes:
        raise StowageError(
            f"{where}.storage_class: {meter.storage_class!r} does not fit kind {meter.kind}. {_give(classes)}."
        )
    details = [each.detail for each in of_kind if each.storage_class == meter.storage_class]
    of = f" of {meter.storage_class}" if meter.storage_class else ""
    raise StowageError(f"{where}.detail: {meter.detail!r} does not fit kind {meter.kind}{of}. {_give(details)}.")


def _give(words: Sequence[str]) -> str:
    named = ", ".join(word for word in words if word)
    if not named:
        return "Leave it out"
    return f"Give one of {named}" + (", or leave it out" if "" in words else "")


def _tiers(row: Mapping[str, Any], where: str) -> tuple[Tier, ...]:
    usd, steps = row.get("usd"), row.get("tiers")
    if (usd is None) == (steps is None):
        given = "both" if usd is not None else "neither"
        raise StowageError(f"{where}: {given} of usd and tiers is given. Give usd for one price, tiers for several.")
    if steps is None:
        return (Tier(None, _number(usd, f"{where}.usd")),)
    if isinstance(steps, (str, bytes)) or not isinstance(steps, Sequence) or not steps:
        raise StowageError(f"{where}.tiers: {steps!r} is not a list. Give one such as {_TIERS_EXAMPLE}.")
    tiers = tuple(_tier(step, f"{where}.tiers[{index}]") for index, step in enumerate(steps))
    ends = [tier.up_to for tier in tiers]
    bounds = [end for end in ends if end is not None]
    if ends[-1] is not None or len(bounds) != len(ends) - 1 or any(a >= b for a, b in itertools.pairwise(bounds)):
        raise StowageError(
            f"{where}.tiers: up_to is {', '.join('not given' if end is None else str(end) for end in ends)}."
            f" Let each be larger than the one before, and give the last tier none, as in {_TIERS_EXAMPLE}."
        )
    return tiers


_TIERS_EXAMPLE = "[{up_to: 51200, usd: 0.023}, {usd: 0.022}]"


def _tier(step: Any, where: str) -> Tier:
    if not isinstance(step, Mapping):
        raise StowageError(f"{where}: {step!r} is not a tier. Give tiers such as {_TIERS_EXAMPLE}.")
    _known_fields(step, _TIER_FIELDS, where)
    end = step.get("up_to")
    return Tier(None if end is None else _number(end, f"{where}.up_to"), _number(step.get("usd"), f"{where}.usd"))


def _number(value: Any, where: str) -> Decimal:
    try:
        if isinstance(value, (str, int, float, Decimal)) and not isinstance(value, bool):
            number = Decimal(str(value).strip())
            if 0 <= number <= MOST:
                return number
    except InvalidOperation:
        pass
    raise StowageError(f"{where}: {value!r} is not a price. Give a number from 0 to {MOST:,}, such as 0.023.")
