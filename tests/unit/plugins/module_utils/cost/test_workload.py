# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Rows of a workload: what they mean, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.stowage.s3.plugins.filter.s3_cost import s3_cost
from ansible_collections.stowage.s3.plugins.module_utils._cost.bill import estimate
from ansible_collections.stowage.s3.plugins.module_utils._cost.holdings import Holdings
from ansible_collections.stowage.s3.plugins.module_utils._cost.meter import Meter
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import prices
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.stored import Stored
from ansible_collections.stowage.s3.plugins.module_utils._cost.workload import ledger_of
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from hypothesis import given
from hypothesis import strategies as st

KB, GB = 1 << 10, 1 << 30
TIERED = "INTELLIGENT_TIERING"
ROWS: list[tuple[dict[str, Any], dict[Meter, int], dict[Meter, int]]] = [
    # a row, what it is each month, and once
    ({"bytes": "2G"}, {Meter("storage", "STANDARD"): 2 * GB}, {}),
    (
        {"storage_class": "STANDARD_IA", "objects": 10, "bytes": "10K"},
        {Meter("storage", "STANDARD_IA"): 1280 * KB},
        {},
    ),
    (
        {"storage_class": TIERED, "tier": "archive", "objects": 2, "bytes": "2M"},
        {
            Meter("storage", TIERED, "archive"): (2048 + 64) * KB,
            Meter("storage", "STANDARD"): 16 * KB,
            Meter("monitoring", TIERED): 2,
        },
        {},
    ),
    ({"put_requests": 5, "get_requests": 7}, {Meter("put", "STANDARD"): 5, Meter("get", "STANDARD"): 7}, {}),
    ({"transitions": 5, "storage_class": "GLACIER", "when": "once"}, {}, {Meter("transition", "GLACIER"): 5}),
    ({"retrieved_bytes": "1K"}, {}, {}),
    ({"storage_class": "GLACIER_IR", "retrieved_bytes": "1K"}, {Meter("retrieval", "GLACIER_IR"): KB}, {}),
    (
        {"storage_class": "GLACIER", "retrieved_bytes": "1K", "restore_requests": 3, "when": "once"},
        {},
        {Meter("retrieval", "GLACIER", "standard"): KB, Meter("restore", "GLACIER", "standard"): 3},
    ),
    (
        {"storage_class": "DEEP_ARCHIVE", "retrieved_bytes": "1K", "restore_requests": 3, "restore_tier": "bulk"},
        {Meter("retrieval", "DEEP_ARCHIVE", "bulk"): KB, Meter("restore", "DEEP_ARCHIVE", "bulk"): 3},
        {},
    ),
    (
        {"storage_class": "GLACIER_IR", "objects": 2, "bytes": 2 * GB, "early_days": 60},
        {},
        {Meter("early_deletion", "GLACIER_IR"): 4 * GB},
    ),
    (
        {"kms_requests": 3, "internet_bytes": "1 GiB", "region_bytes": 5.0, "tags": "12"},
        {
            Meter("kms"): 3,
            Meter("transfer", detail="internet"): GB,
            Meter("transfer", detail="region"): 5,
            Meter("tags"): 12,
        },
        {},
    ),
]


@pytest.mark.parametrize(("row", "monthly", "once"), ROWS)
def test_what_a_row_means(row: dict[str, Any], monthly: dict[Meter, int], once: dict[Meter, int]) -> None:
    found = ledger_of([row])
    assert found.monthly == monthly
    assert found.single == once


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("STANDARD", "usage: 'STANDARD' is no list. Give a list of rows such as {"),
        (["STANDARD"], "usage[0]: 'STANDARD' is no row. Give one such as {"),
        ([{}, {"size": 5}], "usage[1]: there is no size. A row may have storage_class, tier,"),
        ([{"storage_class": "COLD"}], "usage[0].storage_class: 'COLD' is given, and not allowed here. Give one of"),
        ([{"tier": "frequent"}], "usage[0].tier: 'frequent' is given, and not allowed here. Leave it out."),
        ([{"objects": -1}], "usage[0].objects: -1 is no number that can be meant. Give a whole one,"),
        ([{"bytes": "9000000P"}], "usage[0].bytes: '9000000P' is no number that can be meant."),
        ([{"objects": "9" * 5000}], "usage[0].objects: '999"),
        ([{"objects": True}], "usage[0].objects: True is no number that can be meant."),
        ([{"bytes": "1.5G"}], "usage[0].bytes: '1.5G' is no number that can be meant."),
        ([{"storage_class": "GLACIER", "bytes": "1G"}], "usage[0]: bytes are given, and no objects. In GLACIER each"),
        ([{"early_days": 5}], "usage[0].early_days: STANDARD has no minimum of days. Leave it out."),
        ([{"restore_requests": 5}], "usage[0].restore_requests: nothing of STANDARD has to be restored. Leave it out."),
        (
            [{"storage_class": "DEEP_ARCHIVE", "restore_requests": 5, "restore_tier": "expedited"}],
            "usage[0].restore_tier: 'expedited' is given, and not allowed here. Give one of standard, bulk.",
        ),
        ([{"when": "daily"}], "usage[0].when: 'daily' is given, and not allowed here. Give one of monthly, once."),
    ],
)  # fmt: skip
def test_what_is_refused(rows: Any, said: str) -> None:
    with pytest.raises(StowageError) as caught:
        ledger_of(rows)
    assert str(caught.value).startswith(said)
    with pytest.raises(AnsibleFilterError) as told:
        s3_cost(rows)
    assert str(told.value).startswith(f"s3_cost: {said}")


def test_the_filter_takes_one_row_and_own_prices() -> None:
    row = {"bytes": "100G", "internet_bytes": "1T"}
    found = s3_cost(row, prices=[{"kind": "transfer", "detail": "internet", "usd": "0.01"}], horizon_months=2)
    assert found["monthly_usd"] == pytest.approx(2.3 + 10.24)
    assert found["horizon_usd"] == pytest.approx(2 * found["monthly_usd"])
    assert found["prices"]["region"] == "us-east-1"
    assert [item["source"] for item in found["items"] if item["kind"] == "transfer"] == ["given by the task"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"horizon_months": 0}, "horizon_months: 0 is given; allowed is more than 0, up to 1200."),
        ({"horizon_months": "long"}, "horizon_months: long is given; allowed is more than 0, up to 1200."),
        ({"horizon_months": float("nan")}, "horizon_months: nan is given; allowed is more than 0, up to 1200."),
        ({"prices": [{"kind": "storage"}]}, "prices[0]"),
    ],
)
def test_what_the_filter_refuses(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        s3_cost([{"bytes": 1}], **arguments)
    assert said in str(caught.value)


PRICES = prices("us-east-1", cache_dir="/nonexistent")
stored = st.builds(
    Stored,
    st.text("ab/", max_size=6),
    st.integers(0, 1 << 30),
    st.sampled_from(["STANDARD", "STANDARD_IA", "GLACIER_IR", "GLACIER", TIERED]),
    st.just(0.0),
    st.sampled_from(["current", "noncurrent"]),
    st.just(""),
    st.just(""),
    st.just(0.0),
)


@given(st.lists(stored, max_size=20), st.integers(0, 3))
def test_what_is_found_costs_the_same_as_its_rows(objects: list[Stored], depth: int) -> None:
    holdings = Holdings(depth)
    holdings.read(objects)
    again = ledger_of(holdings.usage()).monthly
    for meter, quantity in holdings.ledger().monthly.items():
        assert again[meter] == quantity
    whole = float(estimate(holdings.ledger(), PRICES).monthly.usd)
    if depth:
        assert sum(row["monthly_usd"] for row in holdings.prefixes(PRICES)) == pytest.approx(whole, abs=1e-5)
    assert sum(row["monthly_usd"] for row in holdings.storage(PRICES)) == pytest.approx(whole, abs=1e-5)
