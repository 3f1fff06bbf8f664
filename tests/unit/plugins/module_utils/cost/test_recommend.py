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
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.metrics import Requested
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
        "id": "recommended-standard-to-glacier-ir-1073741824-all",
        "transitions": [{"days": 0, "storage_class": "GLACIER_IR"}],
        "size_greater_than": GB - 1,
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
    (found,) = advice([("a", size, "STANDARD", 0.0) for size in (300 * KB, 700 * KB, MB, 5 * MB)])
    assert (found.least, found.most, found.objects) == (256 * KB, None, 4)


def test_a_rule_ends_where_a_size_begins_that_stays() -> None:
    """What is read often stays, between smaller and larger objects that are read seldom."""
    reads = {"b": Access(NOW, 9000, 9000 * MB)}
    known = Known(of=lambda key: reads.get(key, Access(NOW, 1, 1)), days=90)
    sizes = {"a": 300 * KB, "b": MB, "c": 5 * MB}
    found = advice(
        [(key, size, "STANDARD", 0.0) for key, size in sizes.items()], known=known, candidates=["GLACIER_IR"]
    )
    assert sorted((each.least, each.most) for each in found) == [(256 * KB, MB - 1), (4 * MB, None)]
    small, large = sorted((each.public(90)["rule"] for each in found), key=lambda rule: rule["size_greater_than"])
    assert (small["size_less_than"], large.get("size_less_than")) == (MB, None)


@pytest.mark.parametrize(
    ("here", "there", "days"),
    [("STANDARD", "GLACIER_IR", 0), ("STANDARD", "STANDARD_IA", 30), ("STANDARD_IA", "GLACIER_IR", 30)],
)
def test_a_lifecycle_rule_waits_for_the_end_of_a_minimum(here: str, there: str, days: int) -> None:
    (found,) = advice([("a", GB, here, 0.0)], candidates=[there])
    assert found.public(90)["rule"]["transitions"] == [{"days": days, "storage_class": there}]


def test_each_lifecycle_rule_has_an_id_of_its_own() -> None:
    names = ("STANDARD", "STANDARD_IA", "INTELLIGENT_TIERING")
    deep = "/".join("x" * 200 for _part in range(4)) + "/"
    objects = [(f"{deep}{folder}/k", GB, name, 0.0) for folder in "ab" for name in names]
    found = advice(objects, candidates=["GLACIER_IR"], depth=5)
    ids = [each.public(90, "above/")["rule"]["id"] for each in found]
    assert len(found) == 6 and len(set(ids)) == 6 and all(len(each) <= 255 for each in ids)


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


@given(st.text("a*?[]!\\ü .", min_size=1, max_size=4), st.text("a*/b", min_size=1, max_size=4))
def test_a_rule_means_its_prefix(part: str, rest: str) -> None:
    known = Known(of=lambda _key: None, days=90)
    key = f"{part}/{rest}"
    (found,) = advice([(key, GB, "STANDARD", 0.0)], depth=1, known=known)
    assert found.of.prefix == f"{part}/"
    rule = found.public(90)["rule"]
    if part in (".", ".."):
        assert rule == {}
        return
    filters = Filters(rule["match"], (), "")
    assert filters.takes(key) and filters.takes(f"{part}/x/y")
    assert not filters.takes(f"x{part}/{rest}") and not filters.takes(f"{part}x") and not filters.takes(f"x/{key}")


def test_a_folder_without_a_name_has_no_rule() -> None:
    known = Known(of=lambda _key: None, days=90)
    for key, depth in (("/x", 1), ("a//x", 2)):
        (found,) = advice([(key, GB, "STANDARD", 0.0)], depth=depth, known=known)
        assert found.move.by == COPY and found.public(90)["rule"] == {}


def test_the_rules_of_what_is_read_and_of_what_is_not_leave_each_other_alone() -> None:
    reads = {"read": Access(NOW, 1, MB)}
    known = Known(of=reads.get, days=90)
    objects = [(key, MB, "STANDARD", 0.0) for key in ("read", "quiet")]
    found = advice(objects, known=known, candidates=["GLACIER_IR"])
    rules = {each.of.quiet: (each.move.by, each.public(90)["rule"]) for each in found}
    about = {"from": ["STANDARD"], "storage_class": "GLACIER_IR", "min_size": str(MB)}
    assert rules == {
        True: (COPY, {**about, "min_idle_days": 90}),
        False: (COPY, {**about, "max_idle_days": 90}),
    }


def test_what_was_written_lately_is_not_called_unread() -> None:
    known = Known(of=lambda _key: None, days=90)
    for age, quiet in ((89.9, False), (90, True)):
        (found,) = advice([("a", GB, "STANDARD", NOW - age * DAY)], known=known)
        assert found.of.quiet is quiet


def test_lifecycle_rules_alone_do_not_tell_what_is_read() -> None:
    reads = {"read": Access(NOW, 1, MB)}
    known = Known(of=reads.get, days=90, apart=False)
    objects = [(key, MB, "STANDARD", 0.0) for key in ("read", "quiet")]
    (found,) = advice(objects, known=known, candidates=["GLACIER_IR"], ways=[LIFECYCLE])
    assert (found.objects, found.of.quiet, found.move.by) == (2, False, LIFECYCLE)


def test_with_logs_only_what_is_not_read_goes() -> None:
    reads = {"hot": Access(NOW - DAY, 9000, 9000 * MB)}
    known = Known(of=reads.get, days=90)
    found = advice(
        [(key, MB, "STANDARD", 0.0) for key in ("hot", "cold", "colder")], known=known, candidates=["GLACIER_IR"]
    )
    assert [(each.objects, each.of.quiet, each.move.by) for each in found] == [(2, True, COPY)]
    assert found[0].public(90)["rule"]["min_idle_days"] == 90


def test_of_a_measured_prefix_each_object_is_read_as_often_as_the_others() -> None:
    metrics = {"logs/": Requested(60, 600 * MB, 20), "dead/": Requested(0, 0, 0), "cold/": Requested(0, 0, 3)}

    def prefix_of(key: str) -> str | None:
        return next((each for each in metrics if key.startswith(each)), None)

    known = Known(prefix_of=prefix_of, by_prefix=metrics, days=60, per_month=7.0)
    keys = ("logs/a", "logs/b", "logs/large", "dead/a", "cold/a", "other/a", "other/b")
    objects = [(key, 4 * MB if key == "logs/large" else MB, "STANDARD", 0.0) for key in keys]
    found = {
        (of.prefix, alike.least): (of.quiet, alike.objects, alike.reads, alike.read_bytes)
        for of, alike in survey(objects, 1, known).alikes()
    }
    assert found == {
        # In half of the time 30 requests, of three objects.
        ("logs/", MB): (False, 2, 20, 200 * MB),
        ("logs/", 4 * MB): (False, 1, 10, 100 * MB),
        ("cold/", MB): (True, 1, 0, 0),
        # Of these nothing is known but what is assumed: of dead/ there was no request, and perhaps nobody counted.
        ("dead/", MB): (False, 1, 7, 7 * MB),
        ("other/", MB): (False, 2, 14, 14 * MB),
    }
    together = [alike for of, alike in survey(objects, 0, known).alikes() if not of.quiet and alike.least == MB]
    assert [(each.objects, each.reads, each.read_bytes) for each in together] == [(5, 41, 221 * MB)]


def test_reads_of_logs_are_those_of_a_month() -> None:
    reads = {"a": Access(NOW, 90, 90 * KB), "b": Access(NOW, 3, 9 * KB)}
    known = Known(of=reads.get, days=90)
    objects = [(key, MB, "STANDARD", 0.0) for key in "abc"]
    found = {of.quiet: alike for of, alike in survey(objects, 0, known).alikes()}
    assert (found[False].objects, found[False].reads, found[False].read_bytes) == (2, 31, 33 * KB)
    assert (found[True].objects, found[True].reads, found[True].read_bytes) == (1, 0, 0)


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
