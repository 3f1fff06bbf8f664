# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Money: additive, monotonic, never negative, and what staying in a class costs is never undercut by a worse choice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal, localcontext

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._cost.bill import bill, estimate, money, usd
from ansible_collections.stowage.s3.plugins.module_utils._cost.choose import (
    COPY,
    LIFECYCLE,
    Alike,
    choice,
    choices,
    kept,
    moved,
)
from ansible_collections.stowage.s3.plugins.module_utils._cost.classes import CLASSES, TIERS
from ansible_collections.stowage.s3.plugins.module_utils._cost.groups import Groups
from ansible_collections.stowage.s3.plugins.module_utils._cost.ledger import Ledger, billed_bytes, early_byte_days
from ansible_collections.stowage.s3.plugins.module_utils._cost.meter import EXACT, GB, KINDS, Meter
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import METERS, Prices, prices
from hypothesis import given
from hypothesis import strategies as st

KB = 1 << 10
TB_IN_GB = 1024
PRICES = prices("us-east-1", cache_dir="/nonexistent")
# One price each, so that sums do not depend on what else there is.
FLAT = Prices(
    "us-east-1",
    PRICES.dated,
    {meter: rate.__class__(rate.tiers[-1:], rate.source) for meter, rate in PRICES.rates.items()},
    "flat",
)


@pytest.fixture(autouse=True)
def exactly() -> Iterator[None]:
    """Sums of tests are not rounded, either."""
    with localcontext(EXACT):
        yield


names = st.sampled_from(list(CLASSES))
sizes = st.integers(0, 1 << 42)
objects = st.lists(st.tuples(names, sizes), max_size=30)
meters = st.sampled_from(METERS)
usages = st.dictionaries(meters, st.integers(0, 1 << 60).map(Decimal), max_size=6)


def held(of: Iterable[tuple[str, int]]) -> Ledger:
    ledger = Ledger()
    for name, size in of:
        ledger.keep(name, size)
    return ledger


@given(objects, objects)
def test_disjoint_sets_add_up(some: list[tuple[str, int]], others: list[tuple[str, int]]) -> None:
    one, other, both = (estimate(held(each), FLAT).monthly.usd for each in (some, others, [*some, *others]))
    assert one + other == both


@given(objects)
def test_ledgers_add_up(some: list[tuple[str, int]]) -> None:
    total = Ledger()
    for each in some:
        total.add(held([each]))
    assert total.monthly == held(some).monthly


@given(names, sizes, sizes)
def test_a_larger_object_never_costs_less(name: str, size: int, more: int) -> None:
    small, large = (estimate(held([(name, each)]), PRICES).monthly.usd for each in (size, size + more))
    if name == "INTELLIGENT_TIERING":
        large += Decimal("0.0000025") if size >= 128 * KB else 0  # the fee begins with a size, and only adds
    assert small <= large


@given(usages)
def test_a_cost_is_never_negative(usage: dict[Meter, Decimal]) -> None:
    assert all(item.usd is not None and item.usd >= 0 for item in bill(usage, PRICES).items)


@given(usages)
def test_less_is_worth_what_more_costs(usage: dict[Meter, Decimal]) -> None:
    less = {meter: -quantity for meter, quantity in usage.items()}
    assert bill(less, PRICES).usd == -bill(usage, PRICES).usd


@given(objects)
def test_groups_are_billed_as_each_object_is(some: list[tuple[str, int]]) -> None:
    groups: Groups[str] = Groups()
    for name, size in some:
        groups.add(name, size)
    grouped = Ledger()
    for name, least, group in groups:
        grouped.keep_sum(name, objects=group.objects, size=group.size, least=least)
    assert grouped.monthly == held(some).monthly
    assert grouped.rows() == held(some).rows()


def test_every_meter_has_a_price() -> None:
    assert not [meter for meter in METERS if PRICES.rate(meter) is None]
    assert {meter.kind for meter in METERS} == set(KINDS)


def test_what_has_no_price_is_told_and_not_taken_for_free() -> None:
    none = Prices("x", PRICES.dated, {}, "none")
    found = bill({Meter("kms"): Decimal(5)}, none)
    assert found.unpriced == ["kms"] and found.items[0].usd is None
    assert found.items[0].text == "5 requests (kms): no price is known"


@pytest.mark.parametrize(
    ("name", "size", "billed"),
    [
        ("STANDARD", 1, 1),
        ("STANDARD", 0, 0),
        ("STANDARD_IA", 1, 128 * KB),
        ("STANDARD_IA", 128 * KB + 1, 128 * KB + 1),
        ("ONEZONE_IA", 0, 128 * KB),
        ("GLACIER_IR", 5, 128 * KB),
        ("GLACIER", 5, 32 * KB + 5),
        ("DEEP_ARCHIVE", 0, 32 * KB),
        ("INTELLIGENT_TIERING", 5, 5),
        ("EXPRESS_ONEZONE", 5, 5),
    ],
)
def test_what_an_object_is_billed_for(name: str, size: int, billed: int) -> None:
    assert billed_bytes(name, size) == billed
    detail = "frequent" if name == "INTELLIGENT_TIERING" else ""
    assert held([(name, size)]).monthly.get(Meter("storage", name, detail), 0) == billed


def test_an_archive_bills_names_as_standard() -> None:
    assert held([("GLACIER", 1), ("DEEP_ARCHIVE", 1)]).monthly[Meter("storage", "STANDARD")] == 16 * KB


def test_only_large_objects_are_monitored() -> None:
    found = held([("INTELLIGENT_TIERING", 128 * KB - 1), ("INTELLIGENT_TIERING", 128 * KB)]).monthly
    assert found[Meter("monitoring", "INTELLIGENT_TIERING")] == 1


@pytest.mark.parametrize(
    ("name", "days", "left"),
    [
        ("STANDARD", 0, 0),
        ("STANDARD_IA", 0, 30),
        ("STANDARD_IA", 29.9, 1),
        ("STANDARD_IA", 30, 0),
        ("GLACIER_IR", 60, 30),
        ("GLACIER", 89, 1),
        ("DEEP_ARCHIVE", 0, 180),
        ("DEEP_ARCHIVE", -3, 180),
        ("INTELLIGENT_TIERING", 0, 0),
    ],
)
def test_days_that_a_minimum_has_left(name: str, days: float, left: int) -> None:
    size = 1 << 20
    assert early_byte_days(name, size, days * 86400) == billed_bytes(name, size) * left


def test_what_leaves_early_is_billed_as_if_it_stayed() -> None:
    ledger = Ledger()
    ledger.early("GLACIER", GB * 60)
    found = estimate(ledger, PRICES).once
    assert found.usd == 2 * Decimal("0.0036")


def test_the_parts_of_an_archives_upload_are_standards_but_the_last_request() -> None:
    ledger = Ledger()
    ledger.parts("DEEP_ARCHIVE", 12)
    ledger.parts("STANDARD_IA", 5)
    assert ledger.single == {
        Meter("put", "DEEP_ARCHIVE"): 1,
        Meter("put", "STANDARD"): 11,
        Meter("put", "STANDARD_IA"): 5,
    }


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "$0.00"),
        ("1234.567", "$1,234.57"),
        ("-2.5", "-$2.50"),
        ("0.05", "$0.0500"),
        ("0.000012", "$0.000012"),
        ("-0.0000004", "-$0.0000004"),
    ],
)
def test_money_for_people(amount: str, shown: str) -> None:
    assert money(Decimal(amount)) == shown
    assert usd(Decimal(amount)) == pytest.approx(float(amount), abs=1e-6)


@pytest.mark.parametrize(
    ("meter", "quantity", "text"),
    [
        (Meter("put", "STANDARD"), 1, "1 request (STANDARD put) at $0.005 per 1,000 requests"),
        (Meter("put", "STANDARD"), 2, "2 requests (STANDARD put) at $0.005 per 1,000 requests"),
        (Meter("storage", "GLACIER"), GB, "1 GB-month of GLACIER storage at $0.0036 per GB-month"),
        (Meter("storage", "GLACIER"), GB // 2, "0.5 GB-months of GLACIER storage at $0.0036 per GB-month"),
        (Meter("transfer", "", "region"), GB, "1 GB of region transfer at $0.02 per GB"),
        (Meter("tags"), 1, "1 tag-month (tags) at $0.0065 per 10,000 tag-months"),
    ],
)
def test_a_line_says_how_it_comes_about(meter: Meter, quantity: int, text: str) -> None:
    assert bill({meter: Decimal(quantity)}, PRICES).items[0].text == text


def test_what_is_done_once_is_paid_once_and_the_rest_each_month() -> None:
    ledger = Ledger()
    ledger.keep("STANDARD", 100 * GB)
    ledger.write("STANDARD", 1000)
    told = estimate(ledger, PRICES).public(Decimal(6))
    assert (told["monthly_usd"], told["one_off_usd"], told["horizon_usd"]) == (2.3, 0.005, 6 * 2.3 + 0.005)
    assert [each["when"] for each in told["items"]] == ["monthly", "once"]


def test_amounts_of_any_size_are_told() -> None:
    ledger = Ledger()
    ledger.keep("STANDARD", 10**40)
    told = estimate(ledger, PRICES).public(Decimal(1200))
    assert told["monthly_usd"] == pytest.approx(10**40 / GB * 0.021)
    assert told["items"][0]["quantity"] == pytest.approx(10**40 / GB)


# Choosing

alikes = st.builds(
    lambda name, bits, count, part, early, reads: Alike(
        name,
        count,
        size=(least := (1 << bits >> 1)) * count + int(part * count * max(least - 1, 0)),
        least=least,
        early=early if CLASSES[name].min_days else 0,
        reads=reads,
        read_bytes=reads * least,
    ),
    names,
    st.integers(0, 40),
    st.integers(1, 10**6),
    st.floats(0, 1),
    st.integers(0, 10**15),
    st.integers(0, 10**6),
)
horizons = st.integers(1, 120).map(Decimal)


@given(alikes, st.lists(names, unique=True), horizons)
def test_what_is_recommended_never_costs_more_than_staying(alike: Alike, others: list[str], months: Decimal) -> None:
    found = choices(alike, others, months, PRICES)
    stay = next(each for each in found if each.storage_class == alike.storage_class)
    assert found[0].horizon_usd <= stay.horizon_usd
    assert stay.one_off_usd == 0 and stay.break_even_days == 0
    if found[0].horizon_usd == stay.horizon_usd:
        assert found[0] == stay


@given(alikes, names, horizons)
def test_at_its_break_even_a_move_has_paid_and_a_day_before_it_has_not(
    alike: Alike, name: str, months: Decimal
) -> None:
    stay, there = (choice(alike, each, COPY, months, PRICES) for each in (alike.storage_class, name))
    days = there.break_even_days
    with localcontext(EXACT):
        saved, due = stay.monthly_usd - there.monthly_usd, there.one_off_usd * 30
        if days is None:
            assert saved <= 0 and name != alike.storage_class
        else:
            assert due <= saved * days
            assert days == 0 or due > saved * (days - 1)


def test_a_move_out_of_an_archive_pays_for_its_restore() -> None:
    alike = Alike("DEEP_ARCHIVE", 1000, 1000 * GB, GB)
    found = choice(alike, "STANDARD", COPY, Decimal(12), PRICES)
    # PUT, the look before it, the restore's request, and its bytes.
    once = 0.005 + 0.0004 + 0.10 + 1000 * 0.02
    assert float(found.one_off_usd) == pytest.approx(once)
    assert float(found.horizon_usd) == pytest.approx(once + 12 * 1000 * 0.023)


def test_a_short_time_pays_for_the_minimum_all_the_same() -> None:
    alike = Alike("STANDARD", 1, GB, GB, reads=10, read_bytes=GB)
    month, quarter = (choice(alike, "GLACIER_IR", COPY, Decimal(months), PRICES) for months in (1, 3))
    reads = Decimal("0.03") + 10 * Decimal("0.00001")
    with localcontext(EXACT):
        assert month.horizon_usd == month.one_off_usd + 3 * Decimal("0.004") + reads
        assert quarter.horizon_usd == quarter.one_off_usd + 3 * (Decimal("0.004") + reads)


def test_a_tiered_object_is_watched_whatever_its_tier() -> None:
    alike = Alike("STANDARD", 1000, 1000 * GB, GB, reads=500)
    meters = kept(alike, "INTELLIGENT_TIERING").monthly
    assert meters[Meter("monitoring", "INTELLIGENT_TIERING")] == 1000
    tiers = [meters[Meter("storage", "INTELLIGENT_TIERING", tier)] for tier in TIERS[:3]]
    assert sum(tiers) == 1000 * GB
    # One of two is read in a month; exp(-1/2) of them are not, and exp(-3/2) are not in three.
    assert [float(each / GB) for each in tiers] == pytest.approx([393.469, 383.4, 223.13], abs=0.01)
    small = Alike("STANDARD", 1000, 1000 * KB, KB)
    assert kept(small, "INTELLIGENT_TIERING").monthly == {
        Meter("storage", "INTELLIGENT_TIERING", "frequent"): 1000 * KB
    }


def test_a_tiered_object_begins_as_a_frequent_one() -> None:
    """The tiers of later are those of a month, whose first three are as dear as they are."""
    tiers = [Meter("storage", "INTELLIGENT_TIERING", tier) for tier in TIERS[:3]]
    for reads in (0, 500):
        alike = Alike("STANDARD", 1000, 1000 * 128 * KB, 128 * KB, reads=reads)
        later = kept(alike, "INTELLIGENT_TIERING").monthly
        more = moved(alike, "INTELLIGENT_TIERING", LIFECYCLE).single
        frequent, infrequent, instant = (more.get(tier, Decimal(0)) for tier in tiers)
        assert frequent + infrequent + instant == 0
        # In the first month all are frequent, and for three none is further down than infrequent.
        assert frequent == sum(later.get(tier, Decimal(0)) for tier in tiers[1:])
        assert instant == -3 * later[tiers[2]] and later[tiers[2]] > 0


def test_a_lifecycle_rule_only_goes_down() -> None:
    """As "Supported lifecycle transitions" in the S3 user guide has it."""
    ways = {
        "STANDARD": "STANDARD_IA INTELLIGENT_TIERING ONEZONE_IA GLACIER_IR GLACIER DEEP_ARCHIVE",
        "STANDARD_IA": "INTELLIGENT_TIERING ONEZONE_IA GLACIER_IR GLACIER DEEP_ARCHIVE",
        "INTELLIGENT_TIERING": "ONEZONE_IA GLACIER_IR GLACIER DEEP_ARCHIVE",
        "ONEZONE_IA": "GLACIER DEEP_ARCHIVE",
        "GLACIER_IR": "GLACIER DEEP_ARCHIVE",
        "GLACIER": "DEEP_ARCHIVE",
        "DEEP_ARCHIVE": "",
        "EXPRESS_ONEZONE": "",
    }
    for source, targets in ways.items():
        found = choices(Alike(source, 1, GB, GB), CLASSES, Decimal(12), PRICES)
        assert {each.storage_class for each in found if each.by == LIFECYCLE} == set(targets.split()), source


def test_a_copy_goes_up_as_well() -> None:
    ways = {
        (each.storage_class, each.by) for each in choices(Alike("GLACIER_IR", 1, GB, GB), CLASSES, Decimal(12), PRICES)
    }
    assert ("GLACIER", LIFECYCLE) in ways and ("STANDARD", LIFECYCLE) not in ways and ("STANDARD", COPY) in ways


def test_small_objects_are_not_recommended_for_an_archive() -> None:
    small = Alike("STANDARD", 10**6, 10**6 * 4 * KB, 4 * KB)
    assert choices(small, CLASSES, Decimal(12), PRICES)[0].storage_class == "STANDARD"
    large = Alike("STANDARD", 1000, 1000 * GB, GB)
    assert choices(large, CLASSES, Decimal(12), PRICES)[0].storage_class == "DEEP_ARCHIVE"


def test_reading_makes_a_cold_class_dear() -> None:
    often = Alike("STANDARD", 1000, 1000 * GB, GB, reads=30_000, read_bytes=30_000 * GB)
    assert choices(often, CLASSES, Decimal(12), PRICES)[0].storage_class in ("STANDARD", "INTELLIGENT_TIERING")
