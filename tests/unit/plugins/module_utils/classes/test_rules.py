# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which class an object gets, and that no set of rules moves one back and forth."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._classes.rules import (
    CONDITIONS,
    DAY,
    RULE_SPEC,
    Moment,
    rules_of,
)
from ansible_collections.stowage.s3.plugins.module_utils._cost.classes import CLASSES
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Entry
from hypothesis import given
from hypothesis import strategies as st

NOW = 1_000 * DAY
AT = Moment(NOW)
NONE = dict.fromkeys(CONDITIONS)


def rule(storage_class: str = "GLACIER_IR", **conditions: Any) -> dict[str, Any]:
    return {**NONE, "storage_class": storage_class, **conditions}


def holds(entry: Entry, **conditions: Any) -> bool:
    rules = rules_of({"rules": [rule(**conditions)], "storage_class": None})
    return rules.of(entry, AT) is not None


def aged(days: float, size: int = 10, key: str = "a/b.mp4") -> Entry:
    return Entry(key, size, NOW - days * DAY, "etag", "STANDARD")


def test_every_condition_is_an_option() -> None:
    assert {*CONDITIONS, "storage_class"} == RULE_SPEC.keys()


@pytest.mark.parametrize(
    ("conditions", "inside", "outside"),
    [
        ({"min_size": "1K"}, aged(0, 1024), aged(0, 1023)),
        ({"max_size": "1K"}, aged(0, 1024), aged(0, 1025)),
        ({"min_age_days": 30}, aged(30), aged(29.999)),
        ({"max_age_days": 30}, aged(30), aged(30.001)),
        ({"min_age_days": 0.5}, aged(0.5), aged(0.4)),
        ({"match": ["*.mp4"]}, aged(0), aged(0, key="a/b.mp3")),
        ({"match": ["/a/", "x"]}, aged(0), aged(0, key="b/a/c")),
        ({"min_size": "1", "max_age_days": 1, "match": ["*"]}, aged(1), aged(2)),
    ],
)
def test_conditions(conditions: dict[str, Any], inside: Entry, outside: Entry) -> None:
    assert holds(inside, **conditions) and not holds(outside, **conditions)


def test_a_rule_without_conditions_holds_for_all_and_the_first_that_holds_counts() -> None:
    rules = rules_of({"rules": [rule("GLACIER", min_size="5"), rule("STANDARD")], "storage_class": None})
    found = [rules.of(aged(0, size), AT) for size in (4, 5)]
    assert [one.storage_class for one in found if one] == ["STANDARD", "GLACIER"]


_DAYS = st.one_of(st.none(), st.integers(0, 100))


@given(
    st.lists(st.tuples(_DAYS, _DAYS, st.sampled_from(sorted(CLASSES))), max_size=4),
    st.integers(0, 200),
    st.sampled_from(sorted(CLASSES)),
)
def test_what_is_not_refused_is_stable(
    given_rules: list[tuple[int | None, int | None, str]], age: int, now_in: str
) -> None:
    """After the copy an object is new, in its class; the next run has nothing to do with it."""
    asked = [
        rule(name, min_age_days=least, max_age_days=most)
        for least, most, name in given_rules
        if least is None or most is None or least <= most
    ]
    rules = rules_of({"rules": asked, "storage_class": None})
    entry = aged(age)._replace(storage_class=now_in)
    found = rules.of(entry, AT)
    if found is None or found.storage_class == now_in or rules.undone_by(entry, found, AT) is not None:
        return
    # Whenever that is, as long as no age is reached meanwhile.
    moved = entry._replace(storage_class=found.storage_class, modified=NOW)
    after = rules.of(moved, AT)
    assert after is None or after.storage_class == found.storage_class
