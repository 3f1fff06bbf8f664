# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is recommended for prefixes: never what costs more, and rules that mean just those objects."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._cost.choose import COPY, LIFECYCLE
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import prices
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.access_logs import Access
from ansible_collections.stowage.s3.plugins.module_utils._cost.recommend import (
    CANDIDATES,
    Known,
    Recommendation,
    Survey,
    recommended,
    total,
)
from ansible_collections.stowage.s3.plugins.module_utils._sync.filters import Filters
from hypothesis import given
from hypothesis import strategies as st

KB, MB, GB = 1 << 10, 1 << 20, 1 << 30
DAY = 86400
NOW = 1_000 * DAY
PRICES = prices("us-east-1", cache_dir="/nonexistent")
YEAR = Decimal(12)
Object = tuple[str, int, str, float]


def survey(objects: Iterable[Object], depth: int = 0, known: Known | None = None) -> Survey:
    found = Survey(depth, NOW, known or Known())
    for each in objects:
        found.add(*each)
    return found


def advice(objects: Iterable[Object], **more: Any) -> list[Recommendation]:
    depth, known = more.pop("depth", 0), more.pop("known", None)
    arguments = {"candidates": CANDIDATES, "months": YEAR, "prices": PRICES, **more}
    return recommended(survey(objects, depth, known).alikes(), **arguments)


def test_old_large_objects_go_to_what_is_cheapest_and_can_be_read() -> None:
    (found,) = advice([("a/x", GB, "STANDARD", 0.0)] * 100)
    told = found.public(90)
    assert (told["from"], told["to"], told["by"], told["objects"], told["bytes"]) == (
        "STANDARD", "GLACIER_IR", "lifecycle", 100, 100 * GB,
    )  # fmt: skip
    assert told["saving_usd"] == pytest.approx(12 * (100 * 0.023 - 100 * 0.004) - 100 * 0.02 / 1000)
    assert told["break_even_days"] == 1
    assert told["rule"] == {
        "id": "recommended-glacier-ir-all-1073741824",
        "transitions": [{"days": 0, "storage_class": "GLACIER_IR"}],
        "size_greater_than": GB - 1,
        "size_less_than": 2 * GB,
    }


def test_small_ones_stay() -> None:
    assert not advice([("a", 16 * KB, "STANDARD", 0.0)] * 1000)


def test_archives_only_where_they_are_named() -> None:
    objects = [("a", GB, "STANDARD", 0.0)]
    assert advice(objects)[0].move.storage_class == "GLACIER_IR"
    assert advice(objects, candidates=[*CANDIDATES, "DEEP_ARCHIVE"])[0].move.storage_class == "DEEP_ARCHIVE"


def test_what_is_read_often_stays_or_comes_back() -> None:
    known = Known(per_month=30.0)
    assert not advice([("a", MB, "STANDARD", 0.0)] * 100, known=known, candidates=["STANDARD_IA", "GLACIER_IR"])
    (back,) = advice([("a", MB, "GLACIER_IR", 0.0)] * 100, known=known)
    assert back.move.storage_class in ("STANDARD", "INTELLIGENT_TIERING") and back.move.by == COPY


def test_sizes_side_by_side_make_one_rule() -> None:
    found = advice([("a", size, "STANDARD", 0.0) for size in (300 * KB, 700 * KB, MB, 5 * MB) for _each in range(50)])
    assert [(each.least, each.most) for each in found] == [(256 * KB, 2 * MB - 1), (4 * MB, 8 * MB - 1)] or len(
        found
    ) == 1


def test_by_prefix_and_the_largest_saving_first() -> None:
    found = advice(
        [("logs/a", MB, "STANDARD", 0.0), ("data/b", GB, "STANDARD", 0.0), ("top", GB, "STANDARD", 0.0)], depth=1
    )
    assert [each.of.prefix for each in found] in (["data/", "", "logs/"], ["", "data/", "logs/"])
    rules = {each.of.prefix: each.public(90)["rule"] for each in found}
    assert rules["data/"]["prefix"] == "data/"
    # What stands beside the prefixes cannot be told by one.
    assert rules[""] == {}
    assert total(found) == sum(each.saving for each in found)


@pytest.mark.parametrize(
    ("prefix", "key", "other"), [("a*/", "a*/x", "ab/x"), ("[q]/", "[q]/x", "q/x"), ("a/", "a/b/c", "ab")]
)
def test_a_rule_means_its_prefix(prefix: str, key: str, other: str) -> None:
    known = Known(of=lambda _key: None, days=90)
    (found,) = advice([(key, GB, "STANDARD", 0.0)], depth=1, known=known)
    assert found.of.prefix == prefix
    filters = Filters(found.public(90)["rule"]["match"], (), "")
    assert filters.takes(key) and not filters.takes(other)


def test_with_logs_only_what_is_not_read_goes() -> None:
    reads = {"hot": Access(NOW - DAY, 9000, 9000 * MB)}
    known = Known(of=reads.get, days=90)
    found = advice(
        [(key, MB, "STANDARD", 0.0) for key in ("hot", "cold", "colder")], known=known, candidates=["GLACIER_IR"]
    )
    assert [(each.objects, each.of.quiet, each.move.by) for each in found] == [(2, True, COPY)]
    assert found[0].public(90)["rule"]["min_idle_days"] == 90


def test_where_there_is_versioning_only_a_lifecycle_rule_is_recommended() -> None:
    objects = [("a", GB, "STANDARD", 0.0), ("b", GB, "GLACIER_IR", 0.0)]
    assert {each.move.by for each in advice(objects, ways=[LIFECYCLE], candidates=["GLACIER", "STANDARD"])} == {
        LIFECYCLE
    }


def test_what_would_be_due_for_a_minimum_is_reckoned() -> None:
    new, old = (
        advice([("a", MB, "STANDARD_IA", NOW - days * DAY)] * 9, candidates=["GLACIER_IR"])[0] for days in (0, 30)
    )
    assert new.move.one_off_usd - old.move.one_off_usd == pytest.approx(Decimal(9) * MB / GB * Decimal("0.0125"))


objects = st.lists(
    st.tuples(
        st.text("ab/", max_size=5),
        st.integers(0, 1 << 34),
        st.sampled_from(["STANDARD", "STANDARD_IA", "GLACIER_IR", "GLACIER", "INTELLIGENT_TIERING"]),
        st.floats(0, NOW),
    ),
    max_size=20,
)


@given(objects, st.integers(0, 3), st.integers(1, 60).map(Decimal), st.floats(0, 40), st.booleans())
def test_nothing_costs_more_than_to_stay(
    found: list[Object], depth: int, months: Decimal, rate: float, versioned: bool
) -> None:
    ways = (LIFECYCLE,) if versioned else (COPY, LIFECYCLE)
    for each in advice(found, depth=depth, months=months, known=Known(per_month=rate), ways=ways):
        assert each.saving > 0 and each.move.by in ways
        assert each.objects and each.move.storage_class != each.of.storage_class
        told = each.public(90)
        assert told["saving_usd"] >= 0
