# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What lifecycle rules cost: where objects are on each day of their life, and what that saves."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._cost.choose import LIFECYCLE, Alike, choice
from ansible_collections.stowage.s3.plugins.module_utils._cost.lifecycle import (
    Stage,
    break_even_bytes,
    break_evens,
    of_lifecycle,
    stages,
)
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import prices

KB, MB, GB = 1 << 10, 1 << 20, 1 << 30
TODAY = date(2026, 11, 1)
YEAR = Decimal(12)
PRICES = prices("us-east-1", cache_dir="/nonexistent")
IA = {"days": 30, "storage_class": "STANDARD_IA"}
ARCHIVE = {"days": 90, "storage_class": "GLACIER"}


def cost(*rules: dict[str, Any], usage: Any = None, minimum: str = "") -> dict[str, Any]:
    return of_lifecycle(rules, usage, PRICES, YEAR, TODAY, minimum).public()


@pytest.mark.parametrize(
    ("rule", "where"),
    [
        ({}, [("STANDARD", 0, None)]),
        ({"transitions": [IA]}, [("STANDARD", 0, 30), ("STANDARD_IA", 30, None)]),
        (
            {"transitions": [ARCHIVE, IA], "expiration": {"days": 365}},
            [("STANDARD", 0, 30), ("STANDARD_IA", 30, 90), ("GLACIER", 90, 365)],
        ),
        ({"transitions": [ARCHIVE], "expiration": {"days": 60}}, [("STANDARD", 0, 60)]),
        (
            {"transitions": [{"date": "2026-11-11", "storage_class": "GLACIER"}]},
            [("STANDARD", 0, 10), ("GLACIER", 10, None)],
        ),
        ({"expiration": {"date": "2026-10-01"}}, [("STANDARD", 0, 0)]),
        ({"expiration": {"expired_object_delete_marker": True}}, [("STANDARD", 0, None)]),
    ],
)  # fmt: skip
def test_where_an_object_is(rule: dict[str, Any], where: list[tuple[str, int, int | None]]) -> None:
    assert stages(rule, "STANDARD", TODAY) == [Stage(*each) for each in where]


def test_nothing_goes_up_the_waterfall() -> None:
    assert stages({"transitions": [IA]}, "GLACIER", TODAY) == [Stage("GLACIER", 0, None)]
    # AWS has no such way, whatever stands in between.
    instant = {"transitions": [{"days": 3, "storage_class": "GLACIER_IR"}]}
    assert stages(instant, "ONEZONE_IA", TODAY) == [Stage("ONEZONE_IA", 0, None)]


def test_two_transitions_and_an_end() -> None:
    usage = [{"objects": 1000, "bytes": 1000 * MB}]
    found = cost({"id": "a", "transitions": [IA, ARCHIVE], "expiration": {"days": 120}}, usage=usage)
    assert found["requests"] == {"transition": 2000}
    assert found["one_off_usd"] == pytest.approx(
        0.01 + 0.03 + 1000 * (MB + 32 * KB) / GB * 0.0036 * 2,
        abs=2e-6,  # 60 of 90 days are left
    )
    assert found["storage"] == [{"storage_class": "STANDARD", "objects": -1000, "bytes": -1000 * MB}]
    assert found["monthly_usd"] == pytest.approx(-1000 * MB / GB * 0.023, abs=1e-6)
    assert [each["name"] for each in found["traps"]] == ["early_deletion"]


def test_rules_for_the_same_objects_are_reckoned_together() -> None:
    """As templates make them, which move what is large and delete everything."""
    usage = [{"objects": 1000, "bytes": 1000 * MB}, {"objects": 1000, "bytes": 1000 * KB}]
    moving = {"id": "a", "prefix": "x/", "size_greater_than": 128 * KB, "transitions": [IA, ARCHIVE]}
    ending = {"id": "b", "prefix": "x/", "expiration": {"days": 365}}
    found = cost(moving, ending, {"id": "c", "prefix": "x/", "expiration": {"days": 400}}, usage=usage)
    assert found["storage"] == [{"storage_class": "STANDARD", "objects": -2000, "bytes": -1000 * (MB + KB)}]
    assert found["requests"] == {"transition": 2000} and found["traps"] == []
    # The later one goes up, which S3 does not do.
    colder = {"id": "d", "prefix": "x/", "transitions": [{"days": 0, "storage_class": "GLACIER"}]}
    assert cost(colder, moving, usage=usage)["requests"] == {"transition": 1000}
    for other in ({"prefix": "y/"}, {"tags": {"a": "b"}}):
        assert cost(moving, {**ending, **other}, usage=usage[:1])["storage"][1]["objects"] == -2000


def test_without_usage_a_sample_is_said_to_be_one() -> None:
    found = cost({"id": "a", "transitions": [IA]})
    assert found["requests"] == {"transition": 1000}
    assert found["assumptions"][0].startswith("What the bucket holds was not asked. This is for 1,000 objects of 1 MiB")


@pytest.mark.parametrize(
    ("rule", "minimum", "size", "moved"),
    [
        ({}, "", 127 * KB, 0),
        ({}, "", 128 * KB, 1),
        ({"size_greater_than": 5}, "", 6, 1),
        ({"size_greater_than": 6}, "", 6, 0),
        ({"size_less_than": 6}, "", 6, 0),
        ({"size_less_than": 7}, "", 6, 1),
        ({"status": "disabled"}, "", GB, 0),
        ({}, "varies_by_storage_class", KB, 1),
    ],
)
def test_which_objects_a_rule_moves(rule: dict[str, Any], minimum: str, size: int, moved: int) -> None:
    usage = [{"objects": 1, "bytes": size}]
    found = cost({"id": "a", "transitions": [ARCHIVE], **rule}, usage=usage, minimum=minimum)
    assert found["requests"].get("transition", 0) == moved


def test_a_move_of_small_objects_is_told_never_to_pay_back() -> None:
    usage = [{"objects": 1000, "bytes": 1000 * 8 * KB}]
    found = cost({"id": "a", "transitions": [ARCHIVE], "size_greater_than": 1}, usage=usage)
    assert "never_pays_back" in [each["name"] for each in found["traps"]]


@pytest.mark.parametrize(
    "target", ["STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"]
)
def test_from_its_break_even_on_a_move_pays_and_a_byte_below_it_does_not(target: str) -> None:
    least = break_even_bytes("STANDARD", target, YEAR, PRICES)
    assert least is not None
    for size, pays in ((least, True), (least - 1, False)):
        alike = Alike("STANDARD", 1, size, size)
        stay, move = (choice(alike, name, LIFECYCLE, YEAR, PRICES) for name in ("STANDARD", target))
        assert (move.horizon_usd < stay.horizon_usd) is pays


def test_a_move_that_never_pays_has_no_break_even() -> None:
    assert break_even_bytes("GLACIER_IR", "STANDARD_IA", YEAR, PRICES) is None


def test_a_later_move_has_less_time_to_pay_back() -> None:
    rule = {"id": "a", "transitions": [{"days": days, "storage_class": "GLACIER"} for days in (0, 180, 400)]}
    early, late, never = (each["bytes"] for each in break_evens([rule], PRICES, YEAR, TODAY))
    assert early < late and never is None


def test_what_expires_has_less_time_to_pay_back() -> None:
    rule = {"id": "a", "transitions": [{"days": 30, "storage_class": "GLACIER_IR"}]}
    (kept,), (short,), (never,) = (
        list(break_evens([{**rule, **more}], PRICES, YEAR, TODAY))
        for more in ({}, {"expiration": {"days": 200}}, {"expiration": {"days": 30}})
    )
    assert kept["bytes"] < short["bytes"] and never["bytes"] is None
    dated = {"id": "a", "transitions": [{"date": "2027-10-28", "storage_class": "GLACIER_IR"}]}
    assert next(break_evens([dated], PRICES, YEAR, TODAY))["bytes"] is None
    assert list(break_evens([{**rule, "status": "disabled"}], PRICES, YEAR, TODAY)) == []


@pytest.mark.parametrize("more", [{"noncurrent_expiration": {"days": 3}}, {"abort_incomplete_multipart_days": 7}])
def test_what_is_not_reckoned_is_said(more: dict[str, Any]) -> None:
    said = "What rules do to noncurrent versions and unfinished uploads is not reckoned."
    assert said in cost({"id": "a", **more})["assumptions"]
    assert said not in cost({"id": "a", "transitions": [IA]})["assumptions"]
