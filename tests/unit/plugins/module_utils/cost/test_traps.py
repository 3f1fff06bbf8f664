# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Each trap has a plan that steps into it, and one beside it that does not."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._cost.changes import Changes
from ansible_collections.stowage.s3.plugins.module_utils._cost.choose import COPY
from ansible_collections.stowage.s3.plugins.module_utils._cost.forecast import forecast
from ansible_collections.stowage.s3.plugins.module_utils._cost.ledger import early_byte_days
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import prices
from ansible_collections.stowage.s3.plugins.module_utils._cost.traps import TRAPS, traps

KB, MB, GB = 1 << 10, 1 << 20, 1 << 30
PRICES = prices("us-east-1", cache_dir="/nonexistent")
YEAR = Decimal(12)


def changes(
    *,
    added: tuple[str, int] | None = None,
    removed: tuple[str, int, float] | None = None,
    moved: tuple[str, str, int, float] | None = None,
    stays: tuple[str, int] | None = None,
    kms: int = 0,
    count: int = 1000,
) -> Changes:
    """So many objects of a size come, go (after so many days) or move (after so many days)."""
    found = Changes(COPY)
    if added:
        found.added.add(*added, count=count)
    if removed:
        name, size, days = removed
        found.removed.add(name, size, early=early_byte_days(name, size, days * 86400), count=count)
    if moved:
        source, target, size, days = moved
        found.moved.add((source, target), size, early=early_byte_days(source, size, days * 86400), count=count)
    if stays:
        found.staying.add(*stays, count=count)
    found.kms = kms
    return found


CASES: dict[str, tuple[Changes, Changes, str]] = {
    # name: steps into it, does not, USD
    "small_objects": (
        changes(added=("STANDARD_IA", 64 * KB)),
        changes(added=("STANDARD_IA", 128 * KB)),
        f"{1000 * 64 * KB / GB * 0.0125:.6f}",
    ),
    "archive_overhead": (
        changes(added=("GLACIER", 64 * KB)),
        changes(added=("GLACIER", 128 * KB)),
        f"{1000 * (32 * KB * 0.0036 + 8 * KB * 0.023) / GB:.6f}",
    ),
    "unmonitored": (
        changes(added=("INTELLIGENT_TIERING", 128 * KB - 1)),
        changes(added=("INTELLIGENT_TIERING", 128 * KB)),
        "",
    ),
    "early_deletion": (
        changes(removed=("GLACIER_IR", MB, 30)),
        changes(removed=("GLACIER_IR", MB, 90)),
        f"{1000 * MB / GB * 0.004 * 2:.6f}",
    ),
    "never_pays_back": (
        changes(moved=("STANDARD", "STANDARD_IA", 64 * KB, 0)),
        changes(moved=("STANDARD", "STANDARD_IA", MB, 0)),
        # The request, the look before it, and a month's storage more, twelve times.
        f"{0.01 + 0.0004 + 12 * 1000 * (128 * 0.0125 - 64 * 0.023) * KB / GB:.6f}",
    ),
    "kept_versions": (
        changes(stays=("GLACIER_IR", MB)),
        changes(moved=("GLACIER_IR", "STANDARD", MB, 99)),
        f"{1000 * MB / GB * 0.004:.6f}",
    ),
    "dearer_class": (
        changes(added=("DEEP_ARCHIVE", 16 * KB)),
        changes(added=("DEEP_ARCHIVE", MB)),
        f"{0.05 - 0.005 + 12 * 1000 * (48 * 0.00099 + 8 * 0.023 - 16 * 0.023) * KB / GB:.6f}",
    ),
    "kms_requests": (changes(kms=1_000_000), changes(), f"{98 * 0.03:.6f}"),
}


def names(found: Changes) -> list[str]:
    return [each.name for each in traps(found, PRICES, YEAR)]


@pytest.mark.parametrize("name", CASES)
def test_a_plan_steps_into_it(name: str) -> None:
    into, beside, amount = CASES[name]
    found = next(each for each in traps(into, PRICES, YEAR) if each.name == name)
    assert (f"{found.usd:.6f}" if found.usd is not None else "") == amount
    assert name not in names(beside)
    told = found.public()
    assert told["name"] == name and told["text"].endswith(".")
    if name != "kms_requests":
        groups = [group for found in (into.added, into.removed, into.moved, into.staying) for *_key, group in found]
        assert (told["objects"], told["bytes"]) == (1000, sum(group.size for group in groups))


def test_one_of_a_thing_is_said_as_such() -> None:
    found = [
        *(changes(added=(name, 1), count=1) for name in ("STANDARD_IA", "INTELLIGENT_TIERING", "DEEP_ARCHIVE")),
        changes(removed=("GLACIER_IR", 1, 30), count=1),
        changes(moved=("STANDARD", "STANDARD_IA", 1, 0), count=1),
        changes(stays=("GLACIER_IR", 1), count=1, kms=1),
    ]
    told = [trap for each in found for trap in traps(each, PRICES, Decimal(1))]
    assert {trap.name for trap in told} == {*CASES}
    for trap in told:
        assert not re.search(r"\b1 (objects|versions|requests|bytes|months)\b", trap.text), trap.text
        assert re.search(r"\b1 (object|version|request)\b", trap.text), trap.text


def test_what_nobody_reads_is_not_dearer_where_it_gets_cheaper_by_itself() -> None:
    assert names(changes(added=("INTELLIGENT_TIERING", MB))) == []
    # A month is too short for it to get cheaper.
    found = traps(changes(added=("INTELLIGENT_TIERING", MB)), PRICES, Decimal(1))
    assert [each.name for each in found] == ["dearer_class"]


def test_every_trap_has_a_case() -> None:
    assert [find.__name__.removeprefix("_") for find in TRAPS] == list(CASES)


def test_a_plan_of_nothing_steps_into_none() -> None:
    assert not traps(changes(), PRICES, YEAR)


def test_leaving_early_is_told_of_moves_too() -> None:
    assert "early_deletion" in names(changes(moved=("STANDARD_IA", "GLACIER_IR", MB, 10)))
    assert "early_deletion" not in names(changes(moved=("STANDARD_IA", "GLACIER_IR", MB, 31)))


@pytest.mark.parametrize("months", [1, 12, 120])
def test_a_longer_time_lets_more_pay_back(months: int) -> None:
    found = traps(changes(moved=("STANDARD", "GLACIER_IR", 100 * KB, 0)), PRICES, Decimal(months))
    assert ("never_pays_back" in [each.name for each in found]) == (months < 12)


def test_the_forecast_of_a_move() -> None:
    told = changes(moved=("STANDARD", "STANDARD_IA", MB, 0))
    told.asked({"head": 1000}, read="STANDARD")
    for _each in range(1000):
        told.asked({"copy": 1}, written="STANDARD_IA")
    told.asked({"list": 1})
    found = forecast(told, PRICES, YEAR, ["so it is"]).public()
    assert found["requests"] == {"copy": 1000, "head": 1000, "list": 1}
    assert found["storage"] == [
        {"storage_class": "STANDARD", "objects": -1000, "bytes": -1000 * MB},
        {"storage_class": "STANDARD_IA", "objects": 1000, "bytes": 1000 * MB},
    ]
    assert found["one_off_usd"] == pytest.approx(0.01 + 0.0004 + 0.000005, abs=1e-6)
    assert found["monthly_usd"] == pytest.approx(1000 * MB / GB * (0.0125 - 0.023), abs=1e-6)
    assert found["horizon_usd"] == pytest.approx(found["one_off_usd"] + 12 * found["monthly_usd"], abs=2e-6)
    assert found["assumptions"] == ["so it is"] and not found["traps"] and not found["unpriced"]


@pytest.mark.parametrize(("count", "sign"), [(1000, "+"), (-1000, "-")])
def test_a_forecast_for_people(count: int, sign: str) -> None:
    told = changes(added=("STANDARD", GB), count=count)
    told.asked({"put": 1})
    less = sign.strip("+")
    assert forecast(told, PRICES, YEAR).lines() == [
        f"forecast: $0.000005 once, {sign}$23.00 a month (prices of us-east-1, {PRICES.dated})",
        "    $0.000005  1 request (STANDARD put) at $0.005 per 1,000 requests",
        f"    {less}$23.00 a month  {less}1,000 GB-months of STANDARD storage at $0.023 per GB-month",
    ]


def test_nothing_is_a_forecast_too() -> None:
    assert forecast(changes(), PRICES, YEAR).lines() == [
        f"forecast: $0.00 once, $0.00 a month (prices of us-east-1, {PRICES.dated})"
    ]


def test_what_stays_beside_its_copy_goes_on_to_cost() -> None:
    moved = changes(moved=("STANDARD", "GLACIER_IR", MB, 99), stays=("STANDARD", MB))
    found = forecast(moved, PRICES, YEAR)
    assert found.storage == [{"storage_class": "GLACIER_IR", "objects": 1000, "bytes": 1000 * MB}]
    assert float(found.estimate.monthly.usd) == pytest.approx(1000 * MB / GB * 0.004)


def test_what_comes_into_intelligent_tiering_is_said_to_be_priced_in_two_ways() -> None:
    for told in (changes(added=("INTELLIGENT_TIERING", MB)), changes(moved=("STANDARD", "INTELLIGENT_TIERING", MB, 0))):
        assert [each[:12] for each in forecast(told, PRICES, YEAR, ["so it is"]).assumptions] == [
            "so it is",
            "monthly_usd ",
        ]
    assert not forecast(changes(removed=("INTELLIGENT_TIERING", MB, 0)), PRICES, YEAR).assumptions


def test_when_a_move_has_paid_back() -> None:
    told = changes(moved=("STANDARD", "STANDARD_IA", MB, 0))
    told.moved.add(("STANDARD", "GLACIER"), 8 * KB)
    told.moved.add(("GLACIER", "GLACIER"), MB)
    found = forecast(told, PRICES, YEAR)
    never, move = found.public()["moves"]
    saving = 1000 * MB / GB * (0.023 - 0.0125)
    assert move == {
        "from": "STANDARD",
        "to": "STANDARD_IA",
        "objects": 1000,
        "bytes": 1000 * MB,
        "monthly_usd": pytest.approx(1000 * MB / GB * 0.023, abs=1e-6),
        "monthly_usd_then": pytest.approx(1000 * MB / GB * 0.0125, abs=1e-6),
        "one_off_usd": pytest.approx(0.0104),
        "break_even_days": math.ceil(0.0104 * 30 / saving),
    }
    assert never["break_even_days"] is None
    assert [line for line in found.lines() if line.startswith("  = ")] == [
        "  = STANDARD -> GLACIER never pays back",
        "  = STANDARD -> STANDARD_IA has paid back after 31 days",
    ]


MAKES: list[tuple[str, Callable[[Changes], None], dict[str, float]]] = [
    ("a put by parts", lambda told: told.asked({"put": 12}, written="GLACIER"), {"put": 0.011 * 0.005 + 0.00003}),
    ("a get", lambda told: told.asked({"get": 1}, read="GLACIER_IR"), {"get": 0.00001}),
    ("what is read", lambda told: told.retrieved("STANDARD_IA", GB), {"retrieval": 0.01}),
    ("an archive is not read but restored", lambda told: told.retrieved("GLACIER", GB), {}),
    ("tags are read", lambda told: told.asked({"tags": 1}, read="STANDARD"), {"get": 0.0000004}),
    ("deletions", lambda told: told.asked({"delete": 5}), {}),
    (
        "a restore",
        lambda told: told.restored("DEEP_ARCHIVE", GB, "bulk", 3),
        {"restore": 0.000025, "retrieval": 0.0025, "storage": 0.0023},
    ),
    ("a restore that makes no copy", lambda told: told.restored("INTELLIGENT_TIERING", GB, "expedited", 3), {
        "restore": 0.01, "retrieval": 0.03,
    }),
    ("a transition", lambda told: told.transitions("GLACIER", 1000), {"transition": 0.03}),
]  # fmt: skip


@pytest.mark.parametrize(("make", "amounts"), [each[1:] for each in MAKES], ids=[each[0] for each in MAKES])
def test_what_is_done_once(make: Callable[[Changes], None], amounts: dict[str, float]) -> None:
    told = Changes(COPY)
    make(told)
    sums: dict[str, Decimal] = {}
    for item in forecast(told, PRICES, YEAR).estimate.once.items:
        sums[item.meter.kind] = sums.get(item.meter.kind, Decimal(0)) + (item.usd or 0)
    assert {kind: float(amount) for kind, amount in sums.items()} == pytest.approx(amounts)
