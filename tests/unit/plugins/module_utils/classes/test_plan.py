# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What happens to one object, and the requests that it takes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._classes.plan import decide, needs_head, requests
from ansible_collections.stowage.s3.plugins.module_utils._classes.rules import CONDITIONS, Moment, rules_of
from ansible_collections.stowage.s3.plugins.module_utils._classes.task import Facts, Restore, Task, job_of
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3 import headers as header
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Head
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Entry, there
from ansible_collections.stowage.s3.plugins.module_utils._sync.filters import Filters
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import Side

AT = Moment(1e9)
GIB = 1 << 30
ASK, WAIT = Restore("standard", 7, wait=False, timeout=60.0), Restore("standard", 7, wait=True, timeout=60.0)
MOVED, HELD_BACK = [("transition", "rule")], [("skip", "restoring")]


def task(restore: Restore | None = None, **changes: Any) -> Task:
    rule = {**dict.fromkeys(CONDITIONS), "storage_class": "STANDARD_IA"}
    rules = rules_of({"rules": [rule], "storage_class": None})
    facts = Facts(versioned=False, mfa_delete=False, owner="", locks=False)
    return replace(Task(job_of(Side("s3://b/"), Filters(), 1), rules, restore, facts, False, AT), **changes)


def entry(storage_class: str = "STANDARD", *, size: int = 5, restored: bool | None = None) -> Entry:
    return Entry("k", size, 0.0, "e", storage_class, restored=restored)


def head(restore: str = "", archive_status: str = "", storage_class: str = "GLACIER") -> Head:
    told = {"x-amz-restore": restore, "x-amz-archive-status": archive_status, "x-amz-storage-class": storage_class}
    return header.head({name: value for name, value in told.items() if value})


def decided(what: Task, listed: Entry, found: Head | None = None) -> list[tuple[str, str]]:
    actions = decide(what, listed, there(what.rules.of(listed, AT)), found).actions
    assert all(one.target == listed and one.storage_class == "STANDARD_IA" for one in actions)
    return [(one.verb.value, one.reason) for one in actions]


@pytest.mark.parametrize(
    ("listed", "found", "without", "asked", "waiting"),
    [
        (entry(), None, MOVED, MOVED, MOVED),
        (entry("GLACIER_IR"), None, MOVED, MOVED, MOVED),
        (entry("GLACIER", restored=True), None, MOVED, MOVED, MOVED),
        (entry("GLACIER"), head('ongoing-request="false"'), MOVED, MOVED, MOVED),
        (entry("GLACIER", restored=False), None, None, HELD_BACK, [("transition", "restored")]),
        (entry("GLACIER"), head('ongoing-request="true"'), None, HELD_BACK, [("transition", "restored")]),
        (
            entry("DEEP_ARCHIVE"), None, None, [("restore", "archived")],
            [("restore", "archived"), ("transition", "restored")],
        ),
        (entry("INTELLIGENT_TIERING"), head(storage_class="INTELLIGENT_TIERING"), MOVED, MOVED, MOVED),
        (
            entry("INTELLIGENT_TIERING"), head("", "ARCHIVE_ACCESS", "INTELLIGENT_TIERING"), None,
            [("restore", "archived")], [("restore", "archived"), ("transition", "restored")],
        ),
    ],
)  # fmt: skip
def test_decisions(
    listed: Entry,
    found: Head | None,
    without: list[tuple[str, str]] | None,
    asked: list[tuple[str, str]],
    waiting: list[tuple[str, str]],
) -> None:
    if without is None:
        with pytest.raises(StowageError, match="archived"):
            decided(task(), listed, found)
    else:
        assert decided(task(), listed, found) == without
    assert decided(task(ASK), listed, found) == asked
    assert decided(task(WAIT), listed, found) == waiting


class Bucket:
    """As far as `needs_head` looks at it."""

    def __init__(self, aws: bool) -> None:
        self.aws = aws


@pytest.mark.parametrize(
    ("listed", "aws", "needed"),
    [
        (entry(), True, False),
        (entry("GLACIER"), True, False),
        (entry("GLACIER"), False, True),
        (entry("GLACIER", restored=True), False, False),
        (entry("DEEP_ARCHIVE", restored=False), False, False),
        (entry("INTELLIGENT_TIERING"), True, True),
        (entry("GLACIER_IR"), False, False),
    ],
)
def test_aws_tells_of_restores_in_its_listing(listed: Entry, aws: bool, needed: bool) -> None:
    side: Any = Side("s3://b/", Bucket(aws))  # type: ignore[arg-type]
    assert needs_head(task(job=job_of(side, Filters(), 1)), listed) is needed


def cost(size: int = 5, *, delete: bool = False, **facts: Any) -> dict[str, int]:
    there_is = replace(task().facts, **facts)
    what = task(facts=there_is, delete_replaced=delete)
    (action,) = decide(what, entry(size=size), there(what.rules.of(entry(), AT)), None).actions
    return requests(what, action)


def test_requests() -> None:
    assert cost() == {"head": 1, "copy": 1}
    assert cost(5 * GIB) == {"head": 1, "copy": 1}
    assert cost(5 * GIB + 1) == {"head": 2, "tags": 2, "copy": 21 + 2}
    assert cost(owner="me", locks=True) == {"head": 1, "copy": 1, "acl": 1, "lock": 2}
    assert cost(delete=True) == {"head": 1, "copy": 1}
    assert cost(delete=True, versioned=True) == {"head": 2, "copy": 1, "delete": 1}
