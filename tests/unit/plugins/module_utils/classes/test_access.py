# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules that go by what was read, and what is known of it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._classes.access import Known, check_access, check_known
from ansible_collections.stowage.s3.plugins.module_utils._classes.rules import (
    CONDITIONS,
    DAY,
    Moment,
    most_idle,
    rules_of,
)
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.metrics import Requested
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Entry

NOW = 1_000.0 * DAY
NONE = dict.fromkeys(CONDITIONS)


def params(**conditions: Any) -> dict[str, Any]:
    return {"rules": [{**NONE, "storage_class": "GLACIER_IR", **conditions}], "storage_class": None}


def holds(read: float | None, written: float = 500, **conditions: Any) -> bool:
    """Whether a rule holds for what was read and written so many days ago."""
    moment = Moment(NOW, lambda _key: None if read is None else NOW - read * DAY)
    entry = Entry("k", 1, NOW - written * DAY, "", "STANDARD")
    return rules_of(params(**conditions)).of(entry, moment) is not None


@pytest.mark.parametrize(
    ("read", "written", "idle"),
    [(31, 500, True), (30, 500, True), (29.9, 500, False), (31, 29.9, False), (31, 30, True), (None, 500, False)],
)
def test_what_was_neither_read_nor_written_is_idle(read: float | None, written: float, idle: bool) -> None:
    assert holds(read, written, min_idle_days=30) is idle
    # Rules with one and the other never mean the same object.
    assert holds(read, written, max_idle_days=30) is not idle


def test_nothing_is_idle_where_nothing_tells_of_reads() -> None:
    entry = Entry("k", 1, 0.0, "", "STANDARD")
    assert rules_of(params(min_idle_days=0)).of(entry, Moment(NOW)) is None


def test_the_longest_of_all_rules_has_to_be_known() -> None:
    assert most_idle(params()) == most_idle({"rules": None}) == 0
    assert most_idle({"rules": [*params(min_idle_days=3)["rules"], *params(max_idle_days=5)["rules"]]}) == 5


def test_a_range_downwards_is_refused() -> None:
    with pytest.raises(StowageError, match="min_idle_days is 5, and max_idle_days 3, so it holds for nothing"):
        rules_of(params(min_idle_days=5, max_idle_days=3))


ASKED = {"access_logs": None, "access_metrics": False, "access_days": 90}


@pytest.mark.parametrize(
    ("given", "days", "words"),
    [
        ({"access_logs": "x", "access_metrics": True}, 0, "both given"),
        ({"access_days": 0}, 0, "access_days: 0 is given"),
        ({"access_days": 3651}, 0, "access_days: 3651 is given"),
        ({}, 1, "nothing is given that tells of reads"),
        ({"access_logs": "x"}, 90.5, "A rule goes by 90.5 idle days, and access_days is 90"),
    ],
)
def test_options_that_do_not_go_together(given: dict[str, Any], days: float, words: str) -> None:
    with pytest.raises(StowageError, match=words):
        check_access({**ASKED, **given}, days)


def test_as_many_days_as_are_looked_back_can_be_asked_for() -> None:
    for now in (NOW, 1_795_000_000.123456, 1_795_000_000.987654):
        check_access({**ASKED, "access_metrics": True}, 90)
        check_known(Known(now - 90 * DAY), 90, now)
        with pytest.raises(StowageError, match="the access logs begin on"):
            check_known(Known(now - 90 * DAY + 1), 90, now)


def test_metrics_tell_of_the_longest_prefix_and_of_nothing_else() -> None:
    metrics = {
        "logs/": Requested(5, 5, 9), "logs/old/": Requested(0, 0, 9), "dead/": Requested(0, 0, 0),
    }  # fmt: skip
    known = Known(NOW - 90 * DAY, None, metrics)
    assert known.read("logs/old/x") == NOW - 90 * DAY
    assert known.read("logs/x") is None  # read, and which of them is not known
    assert known.read("dead/x") is None  # nobody may have counted
    assert known.read("other") is None
