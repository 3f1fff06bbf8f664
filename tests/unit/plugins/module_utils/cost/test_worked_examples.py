# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The worked examples agree with themselves: by fractions, without the code that they are to prove."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._cost import price_table
from ansible_collections.stowage.s3.plugins.module_utils._cost.meter import KINDS, Meter
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import METERS, Rate, rates
from worked_examples import EXAMPLES, Example

each = pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])


def units(meter: Meter, quantity: Decimal) -> Fraction:
    return Fraction(quantity) / KINDS[meter.kind].per


def amount(rate: Rate, quantity: Fraction) -> Fraction:
    paid, begin = Fraction(0), Fraction(0)
    for tier in rate.tiers:
        end = quantity if tier.up_to is None else min(quantity, Fraction(tier.up_to))
        paid += max(Fraction(0), end - begin) * Fraction(tier.usd)
        begin = end
    return paid


def rounded(exact: Fraction, printed: str) -> str:
    """As they round it: to the places that they print."""
    places = len(printed.partition(".")[2])
    return f"{Decimal(exact.numerator) / Decimal(exact.denominator):.{places}f}"


@each
def test_the_prices_are_rows_of_the_meters_used(example: Example) -> None:
    assert rates(example.prices, "prices", "").keys() == example.usage.keys() == example.expected.keys()


@each
def test_usage_by_prices_is_what_is_expected(example: Example) -> None:
    found = rates(example.prices, "prices", "")
    for meter, quantity in example.usage.items():
        paid = amount(found[meter], units(meter, quantity))
        assert abs(paid - Fraction(example.expected[meter])) < Fraction(1, 10**20), meter


@each
def test_what_is_expected_is_what_was_printed(example: Example) -> None:
    assert {meter: rounded(Fraction(example.expected[meter]), text) for meter, text in example.printed.items()} == (
        example.printed
    )
    for meter, text in example.quantities.items():
        assert rounded(units(meter, example.usage[meter]), text) == text


@each
def test_what_is_stored_fills_the_usage(example: Example) -> None:
    """Without minimum, overhead and early deletion, byte by byte; with them, no less than that."""
    if not example.held:
        return
    bare = sum(Fraction(held.size * held.count * held.days, held.month) for held in example.held)
    used = sum(Fraction(used) for meter, used in example.usage.items() if meter.kind == "storage")
    special = any(held.storage_class not in ("STANDARD", "INTELLIGENT_TIERING") for held in example.held)
    assert used > bare - Fraction(1, 10**6) if special else abs(used - bare) < Fraction(1, 10**6)


def test_all_kinds_and_most_meters_have_an_example() -> None:
    used = {meter for example in EXAMPLES for meter in example.usage}
    assert {meter.kind for meter in METERS} - {meter.kind for meter in used} == {"tags"}
    assert used <= set(METERS)


def test_the_table_has_the_prices_of_the_latest_examples() -> None:
    """What infracost has by a price list is in the table."""
    table = rates(price_table.rows("us-east-1"), "table", "")
    found = [rates(example.prices, "", "") for example in EXAMPLES if example.name.startswith("infracost")]
    assert {meter: rate.tiers[0].usd for each in found for meter, rate in each.items()} == {
        meter: table[meter].tiers[0].usd for each in found for meter in each
    }


def test_names_are_unlike() -> None:
    assert len({example.name for example in EXAMPLES}) == len(EXAMPLES)
