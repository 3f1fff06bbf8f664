# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Between AWS's nesting and the options, there and back again."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._bucket import filters
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.analytics import ANALYTICS
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.inventory import INVENTORY
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.lifecycle import LIFECYCLE
from generated import steady
from hypothesis import given
from hypothesis import strategies as st

STEADY = steady(40)
TEXT = st.text(min_size=1, max_size=4)
TAGS = st.lists(st.fixed_dictionaries({"Key": TEXT, "Value": st.text(max_size=4)}), min_size=1, max_size=3)
CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        "Prefix": TEXT,
        "Tags": TAGS,
        "ObjectSizeGreaterThan": st.integers(0, 9),
        "AccessPointArn": TEXT,
        "Another": TEXT,
    },
)


@STEADY
@given(CONDITIONS)
def test_nesting_loses_nothing(conditions: dict[str, Any]) -> None:
    document = {"Id": "x", **({"Filter": conditions} if conditions else {})}
    assert filters.unnested(filters.nested(document)) == document


@STEADY
@given(CONDITIONS)
def test_one_condition_stands_alone_and_more_are_inside_of_and(conditions: dict[str, Any]) -> None:
    nested = filters.nested({"Filter": conditions}).get("Filter", {})
    count = len(conditions) + max(len(conditions.get("Tags", [])) - 1, 0)
    assert ("And" in nested) == (count > 1)
    assert len(nested) == min(count, 1)
    assert "Tags" not in nested


@pytest.mark.parametrize("found", [{}, {"Filter": {}}, {"Filter": {"And": {}}}])
def test_no_condition_is_no_filter(found: dict[str, Any]) -> None:
    assert filters.unnested(found) == {}


def test_what_no_option_speaks_of_survives() -> None:
    rule = {"ID": "r", "Status": "Enabled", "Filter": {"Tag": {"Key": "k", "Value": "v"}}, "Future": 1}
    document = LIFECYCLE.document({"Rules": [rule], "ResponseMetadata": {}})
    assert LIFECYCLE.arguments(document) == {"LifecycleConfiguration": {"Rules": [rule]}}


@pytest.mark.parametrize(
    "encryption", [None, {"SSES3": {}}, {"SSEKMS": {"KeyId": "k", "Future": 1}}, {"Future": {"A": "b"}}]
)
def test_encryption_of_an_inventory_there_and_back(encryption: dict[str, Any] | None) -> None:
    bucket = {"Bucket": "arn:aws:s3:::lists", **({"Encryption": encryption} if encryption else {})}
    configuration = {"Id": "x", "Destination": {"S3BucketDestination": bucket}}
    assert INVENTORY.arguments(INVENTORY.document(configuration)) == configuration


def test_an_analysis_without_a_destination_is_one() -> None:
    assert ANALYTICS.arguments({"Id": "x"}) == {"Id": "x", "StorageClassAnalysis": {}}
