# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""From quantities and prices to money, each line explained. Pure, and decimal: cents are not lost on the way.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._cost.ledger import Ledger
from ansible_collections.stowage.s3.plugins.module_utils._cost.meter import EXACT, GB, KINDS, Meter, Usage
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import Prices, Rate

ZERO = Decimal(0)
_CENT = Decimal("0.000001")  # what results are rounded to, in USD: a request costs less than a cent


@dataclass(frozen=True)
class Item:
    """One line of a bill.

    quantity: in the unit of the price (KINDS). usd: None where no price is known. text: how it comes about.
    """

    meter: Meter
    quantity: Decimal
    usd: Decimal | None
    text: str
    source: str

    def public(self, when: str) -> dict[str, Any]:
        """The form of results; `when` is monthly or once."""
        return {
            "when": when,
            "kind": self.meter.kind,
            "storage_class": self.meter.storage_class,
            "detail": self.meter.detail,
            "quantity": _rounded(self.quantity),
            "unit": KINDS[self.meter.kind].unit,
            "usd": None if self.usd is None else usd(self.usd),
            "text": self.text,
            "source": self.source,
        }


@dataclass(frozen=True)
class Bill:
    """The lines, by meter."""

    items: tuple[Item, ...]

    @property
    def usd(self) -> Decimal:
        """The sum of what has a price."""
        with localcontext(EXACT):
            return sum((each.usd for each in self.items if each.usd is not None), ZERO)

    @property
    def unpriced(self) -> list[str]:
        """The meters that have no price, so that the sum lacks them."""
        return [str(each.meter) for each in self.items if each.usd is None]


@dataclass(frozen=True)
class Estimate:
    """What a ledger costs: each month, and once."""

    monthly: Bill
    once: Bill

    def over(self, months: Decimal) -> Decimal:
        """USD over a time, whatever is kept being kept all of it."""
        with localcontext(EXACT):
            return self.once.usd + self.monthly.usd * months

    def public(self, months: Decimal) -> dict[str, Any]:
        """The form of results."""
        return {
            "monthly_usd": usd(self.monthly.usd),
            "one_off_usd": usd(self.once.usd),
            "horizon_months": float(months),
            "horizon_usd": usd(self.over(months)),
            "items": [
                each.public(when)
                for when, bill_ in (("monthly", self.monthly), ("once", self.once))
                for each in bill_.items
            ],
            "unpriced": [*self.monthly.unpriced, *self.once.unpriced],
        }


def usd(amount: Decimal) -> float:
    """For results: a number that YAML and Jinja can compare, to a millionth."""
    return _rounded(amount)


def _rounded(number: Decimal) -> float:
    # The precision of Python's own context ends at 22 digits before the point.
    return float(number.quantize(_CENT, ROUND_HALF_EVEN, EXACT))


def money(amount: Decimal) -> str:
    """For people: $1,234.56, and as many digits as it takes where it is less than a cent."""
    size = abs(amount)
    digits = 2 if size >= 1 or not size else 4 if size >= Decimal("0.01") else max(6, -size.adjusted())
    return f"{'-' if amount < 0 else ''}${size:,.{digits}f}"


def estimate(ledger: Ledger, prices: Prices) -> Estimate:
    """Price a ledger."""
    return Estimate(bill(ledger.monthly, prices), bill(ledger.single, prices))


def bill(usage: Usage, prices: Prices) -> Bill:
    """Price quantities, each from its first tier on, as what the rest of the account has is not known."""
    with localcontext(EXACT):
        return Bill(tuple(_item(meter, usage[meter], prices) for meter in sorted(usage)))


def _item(meter: Meter, quantity: Decimal, prices: Prices) -> Item:
    kind, rate = KINDS[meter.kind], prices.rate(meter)
    units = quantity / kind.per
    if rate is None:
        return Item(meter, units, None, f"{amount_of(meter, quantity)}: no price is known", "")
    # Less of something is worth what so much of it costs.
    cost = _cost(rate, units) if units > 0 else -_cost(rate, -units)
    return Item(meter, units, cost, f"{amount_of(meter, quantity)} {_at(rate, abs(units), kind.unit)}", rate.source)


def amount_of(meter: Meter, quantity: Decimal) -> str:
    """`1.5 GB-months of STANDARD storage`, `200 requests (STANDARD put)` and the like; the quantity in base units."""
    kind = KINDS[meter.kind]
    what = " ".join(part for part in (meter.storage_class, meter.detail, meter.kind.replace("_", " ")) if part)
    if kind.per != GB:
        return f"{counted(quantity, kind.base.removesuffix('s'))} ({what})"
    if "month" not in kind.unit:
        return f"{_shown(quantity / GB)} {kind.unit} of {what}"
    return f"{counted(quantity / GB, kind.unit)} of {what}"


def counted(number: Decimal | int, one: str) -> str:
    """`1 object`, `2,000 objects`."""
    shown = _shown(Decimal(number))
    return f"{shown} {one}{'' if shown == '1' else 's'}"


def _shown(number: Decimal) -> str:
    digits = 6 if abs(number) < 1 else 3
    return f"{number:,.{digits}f}".rstrip("0").rstrip(".") or "0"


def _at(rate: Rate, reached: Decimal, unit: str) -> str:
    texts, start = [], ZERO
    for tier in rate.tiers:
        texts.append(f"${tier.usd.normalize():f}" + (f" above {start:,f}" if start else ""))
        if tier.up_to is None or reached <= tier.up_to:
            break
        start = tier.up_to
    return f"at {', '.join(texts)} per {unit}"


def _cost(rate: Rate, units: Decimal) -> Decimal:
    """USD of the first `units` of a month; what is beyond the last tier is priced as the last."""
    total, start = ZERO, ZERO
    for number, tier in enumerate(rate.tiers):
        last = tier.up_to is None or number == len(rate.tiers) - 1
        end = units if last or tier.up_to is None else min(units, tier.up_to)
        if end > start:
            total += (end - start) * tier.usd
            start = end
    return total


def lines(items: Sequence[Item], each_time: str = "") -> list[str]:
    """A bill for people, the dearest first; `each_time` says how often."""
    priced = sorted((each for each in items if each.usd), key=lambda each: -abs(each.usd or ZERO))
    return [f"{money(each.usd or ZERO)}{each_time}  {each.text}" for each in priced]
