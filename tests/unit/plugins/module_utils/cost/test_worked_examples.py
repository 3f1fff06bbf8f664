# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The worked examples agree with themselves, by fractions; and the calculator agrees with them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._cost import price_table
from ansible_collections.stowage.s3.plugins.module_utils._cost.bill import bill
from ansible_collections.stowage.s3.plugins.module_utils._cost.ledger import Ledger, early_byte_days
from ansible_collections.stowage.s3.plugins.module_utils._cost.meter import KINDS, Meter
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import METERS, Prices, Rate, rates
from worked_examples import EXAMPLES, Example, Held

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
def test_the_bill_is_what_is_expected(example: Example) -> None:
    prices = Prices("us-east-1", price_table.DATED, rates(example.prices, "prices", ""), "the example")
    found = bill(example.usage, prices)
    assert not found.unpriced
    assert {item.meter for item in found.items} == example.expected.keys()
    for item in found.items:
        assert item.usd is not None
        assert abs(item.usd - example.expected[item.meter]) < Decimal("1e-18")
        if text := example.printed.get(item.meter):
            assert rounded(Fraction(item.usd), text) == text
    assert abs(found.usd - example.total) < Decimal("1e-18")


def months(held: Held) -> dict[Meter, Fraction]:
    """What the objects are billed by, for their part of the month; and for what their minimum has left."""
    ledger = Ledger()
    ledger.keep(held.storage_class, held.size, held.count, held.tier)
    if held.deleted:
        due = early_byte_days(held.storage_class, held.size, held.days * 86400)
        ledger.early(held.storage_class, due * held.count)
    while_there = {meter: Fraction(used) * held.days / held.month for meter, used in ledger.monthly.items()}
    return {**while_there, **{meter: Fraction(used) for meter, used in ledger.single.items()}}


@each
def test_what_is_stored_makes_the_usage(example: Example) -> None:
    if not example.held:
        return
    found: dict[Meter, Fraction] = {}
    for held in example.held:
        for meter, used in months(held).items():
            found[meter] = found.get(meter, Fraction(0)) + used
    assert found.keys() == example.usage.keys()
    for meter, used in found.items():
        assert abs(used - Fraction(example.usage[meter])) < Fraction(1, 10**6), meter


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
