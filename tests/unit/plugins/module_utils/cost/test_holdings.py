# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a bucket holds: by prefix, class and state, and what of it costs for nothing."""

from __future__ import annotations

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._cost import holdings as room
from ansible_collections.stowage.s3.plugins.module_utils._cost.holdings import OTHERS, Holdings, Prefixes
from ansible_collections.stowage.s3.plugins.module_utils._cost.meter import Meter
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import prices
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.stored import NONCURRENT, UPLOAD, Stored

KB, MB, GB = 1 << 10, 1 << 20, 1 << 30
PRICES = prices("us-east-1", cache_dir="/nonexistent")


def holding(*stored: Stored, depth: int = 0) -> Holdings:
    found = Holdings(depth)
    found.read(stored)
    return found


@pytest.mark.parametrize(
    ("depth", "keys"),
    [
        (0, {"a": "", "x/b": ""}),
        (1, {"a": "", "x/b": "x/", "x/y/c": "x/", "/d": "/", "x/": "x/"}),
        (2, {"a": "", "x/b": "x/", "x/y/c": "x/y/", "x/y/z/d": "x/y/", "//e": "//"}),
    ],
)
def test_the_prefix_of_a_key(depth: int, keys: dict[str, str]) -> None:
    prefixes = Prefixes(depth)
    assert {key: prefixes.of(key) for key in keys} == keys


def test_too_many_prefixes_are_not_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_PREFIXES", 2)
    prefixes = Prefixes(1)
    assert [prefixes.of(key) for key in ("a/1", "b/1", "c/1", "a/2", "d/1")] == ["a/", "b/", OTHERS, "a/", OTHERS]


def test_rows_by_class_tier_and_state_and_by_prefix() -> None:
    found = holding(
        Stored("a/1", GB, "", 0.0),
        Stored("a/2", GB, "STANDARD", 0.0, NONCURRENT),
        Stored("b/3", 2 * GB, "INTELLIGENT_TIERING", 0.0, tier="archive_instant"),
        depth=1,
    )
    row = {"tier": "", "objects": 1, "bytes": GB, "monthly_usd": 0.023}
    assert found.storage(PRICES) == [
        {
            "storage_class": "INTELLIGENT_TIERING", "tier": "archive_instant", "state": "current", "objects": 1,
            "bytes": 2 * GB, "monthly_usd": pytest.approx(0.008003, abs=1e-6),
        },
        {"storage_class": "STANDARD", "state": "current", **row},
        {"storage_class": "STANDARD", "state": "noncurrent", **row},
    ]  # fmt: skip
    assert [(each["prefix"], each["objects"], each["bytes"]) for each in found.prefixes(PRICES)] == [
        ("a/", 2, 2 * GB), ("b/", 1, 2 * GB),
    ]  # fmt: skip
    assert holding(Stored("a/1", 1, "", 0.0)).prefixes(PRICES) == []


def test_unfinished_uploads_have_neither_a_least_size_nor_an_index() -> None:
    found = holding(
        Stored("a", 5 * MB, "GLACIER", 0.0, UPLOAD),  # waits in STANDARD
        Stored("b", KB, "STANDARD_IA", 0.0, UPLOAD),
    )
    assert found.ledger().monthly == {Meter("storage", "STANDARD"): 5 * MB, Meter("storage", "STANDARD_IA"): KB}
    (trap,) = found.traps(PRICES)
    assert (trap.name, trap.objects, trap.size) == ("unfinished_uploads", 2, 5 * MB + KB)
    assert trap.text.startswith("Unfinished uploads cost $0.000112 a month: 2 uploads (5,243,904 bytes), which no")


def test_what_costs_for_nothing() -> None:
    found = holding(
        Stored("a", KB, "STANDARD_IA", 0.0),
        Stored("b", KB, "GLACIER", 0.0),
        Stored("c", KB, "INTELLIGENT_TIERING", 0.0),
        Stored("d", MB, "STANDARD", 0.0, NONCURRENT),
    )
    assert [(each.name, each.objects, each.when) for each in found.traps(PRICES)] == [
        ("small_objects", 1, "monthly"),
        ("archive_overhead", 1, "monthly"),
        ("unmonitored", 1, ""),
        ("noncurrent_versions", 1, "monthly"),
    ]
    assert found.traps(PRICES)[-1].text.startswith("Noncurrent versions cost $0.000022 a month: 1 version (1,048,576 ")


def test_rows_of_usage_part_at_the_limit_of_size() -> None:
    found = holding(*(Stored(f"{size}", size, "STANDARD_IA", 0.0) for size in (1, 128 * KB - 1, 128 * KB, MB)))
    rows = [(each["objects"], each["bytes"]) for each in found.usage()]
    assert rows == [(2, 128 * KB), (2, 128 * KB + MB)]
    assert found.ledger().monthly == {Meter("storage", "STANDARD_IA"): 3 * 128 * KB + MB}


def test_a_bucket_without_anything() -> None:
    found = holding(depth=1)
    assert found.ledger().monthly == {} and found.traps(PRICES) == []
    assert found.storage(PRICES) == found.prefixes(PRICES) == found.usage() == []
