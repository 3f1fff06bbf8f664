# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The forecast of a plan: requests, bytes by class, money, and the traps that it steps into. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._cost.bill import (
    ZERO,
    Estimate,
    counted,
    estimate,
    lines,
    money,
    usd,
)
from ansible_collections.stowage.s3.plugins.module_utils._cost.changes import Changes
from ansible_collections.stowage.s3.plugins.module_utils._cost.choose import TIERED, Alike, choice, days_of
from ansible_collections.stowage.s3.plugins.module_utils._cost.meter import EXACT
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import Prices
from ansible_collections.stowage.s3.plugins.module_utils._cost.traps import Trap, traps


@dataclass(frozen=True)
class Move:
    """Objects that go from a class to another, what a month of them costs in either, and what it costs to move them."""

    source: str
    target: str
    objects: int
    size: int
    before_usd: Decimal
    after_usd: Decimal
    one_off_usd: Decimal

    @property
    def break_even_days(self) -> int | None:
        """When the move of all of them has paid for itself; None if it never does."""
        with localcontext(EXACT):
            saving = self.before_usd - self.after_usd
            return days_of(self.one_off_usd, saving) if saving > 0 else None

    def public(self) -> dict[str, Any]:
        """The form of results."""
        return {
            "from": self.source,
            "to": self.target,
            "objects": self.objects,
            "bytes": self.size,
            "monthly_usd": usd(self.before_usd),
            "monthly_usd_then": usd(self.after_usd),
            "one_off_usd": usd(self.one_off_usd),
            "break_even_days": self.break_even_days,
        }

    def line(self) -> str:
        """For people."""
        days = self.break_even_days
        paid = "never pays back" if days is None else f"has paid back after {counted(days, 'day')}"
        return f"{self.source} -> {self.target} {paid}"


@dataclass(frozen=True)
class Forecast:
    """assumptions: sentences on what could not be known."""

    requests: dict[str, int]
    storage: list[dict[str, Any]]
    estimate: Estimate
    moves: list[Move]
    traps: list[Trap]
    months: Decimal
    prices: Prices
    assumptions: tuple[str, ...] = ()

    def public(self) -> dict[str, Any]:
        """The form of results."""
        return {
            "requests": self.requests,
            "storage": self.storage,
            **self.estimate.public(self.months),
            "moves": [each.public() for each in self.moves],
            "traps": [each.public() for each in self.traps],
            "assumptions": list(self.assumptions),
            "prices": told(self.prices),
        }

    def lines(self) -> list[str]:
        """For people, below the plan."""
        monthly, once = self.estimate.monthly, self.estimate.once
        sign = "+" if monthly.usd > 0 else ""
        shown = [
            f"forecast: {money(once.usd)} once, {sign}{money(monthly.usd)} a month"
            f" (prices of {self.prices.region}, {self.prices.dated})"
        ]
        shown += [f"    {line}" for line in (*lines(once.items), *lines(monthly.items, " a month"))]
        shown += [f"  = {each.line()}" for each in self.moves]
        return [*shown, *(f"  ! {each.text}" for each in self.traps)]


_TIERED_SAID = (
    "monthly_usd takes what comes into INTELLIGENT_TIERING for frequently read, as all of it is at first. moves and"
    " traps take it for what nobody reads, as it is after 90 days."
)


def forecast(changes: Changes, prices: Prices, months: Decimal, assumptions: Sequence[str] = ()) -> Forecast:
    """What a plan costs. `months`: over which a move has to pay back."""
    ledger = changes.ledger()
    written = {
        *(name for name, _least, _group in changes.added),
        *(to for (_from, to), _least, _group in changes.moved),
    }
    tiered = [_TIERED_SAID] if TIERED in written else []
    return Forecast(
        dict(sorted((+changes.requests).items())),
        ledger.rows(),
        estimate(ledger, prices),
        moves(changes, prices, months),
        traps(changes, prices, months),
        months,
        prices,
        (*assumptions, *tiered),
    )


def moves(changes: Changes, prices: Prices, months: Decimal) -> list[Move]:
    """What goes from a class to another one, by both."""
    found: dict[tuple[str, str], Move] = {}
    for (source, target), least, group in changes.moved:
        if source == target:
            continue
        alike = Alike(source, group.objects, group.size, least, group.early)
        stay, move = choice(alike, source, "", months, prices), choice(alike, target, changes.by, months, prices)
        one = found.get((source, target), Move(source, target, 0, 0, ZERO, ZERO, ZERO))
        with localcontext(EXACT):
            found[source, target] = Move(
                source,
                target,
                one.objects + group.objects,
                one.size + group.size,
                one.before_usd + stay.monthly_usd,
                one.after_usd + move.monthly_usd,
                one.one_off_usd + move.one_off_usd,
            )
    return [found[way] for way in sorted(found)]


def told(prices: Prices) -> dict[str, str]:
    """Which prices were used, for results."""
    return {"region": prices.region, "dated": prices.dated.isoformat(), "origin": prices.origin}


def not_aws(region: str) -> str:
    """What to know of prices where the endpoint is not AWS's."""
    return f"The endpoint is not AWS's. The prices are what AWS takes in {region}."
