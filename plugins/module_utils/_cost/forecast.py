# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The forecast of a plan: requests, bytes by class, money, and the traps that it steps into. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._cost.bill import Estimate, estimate, lines, money
from ansible_collections.stowage.s3.plugins.module_utils._cost.changes import Changes
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import Prices
from ansible_collections.stowage.s3.plugins.module_utils._cost.traps import Trap, traps


@dataclass(frozen=True)
class Forecast:
    """assumptions: sentences on what could not be known."""

    requests: dict[str, int]
    storage: list[dict[str, Any]]
    estimate: Estimate
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
        return [*shown, *(f"  ! {each.text}" for each in self.traps)]


def forecast(changes: Changes, prices: Prices, months: Decimal, assumptions: Sequence[str] = ()) -> Forecast:
    """What a plan costs. `months`: over which a move has to pay back."""
    ledger = changes.ledger()
    return Forecast(
        dict(sorted((+changes.requests).items())),
        ledger.rows(),
        estimate(ledger, prices),
        traps(changes, prices, months),
        months,
        prices,
        tuple(assumptions),
    )


def told(prices: Prices) -> dict[str, str]:
    """Which prices were used, for results."""
    return {"region": prices.region, "dated": prices.dated.isoformat(), "origin": prices.origin}


def not_aws(region: str) -> str:
    """What to know of prices where the endpoint is not AWS's."""
    return f"The endpoint is not AWS's. The prices are what AWS takes in {region}."
