# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The decision for one key: its verb, its reason, and what the state cache may learn from it."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Head
from ansible_collections.stowage.s3.plugins.module_utils._sync.attributes import Attributes
from ansible_collections.stowage.s3.plugins.module_utils._sync.compare import Ask, Facts
from ansible_collections.stowage.s3.plugins.module_utils._sync.digests import Hashed
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import (
    Action,
    Direction,
    Entry,
    Problem,
    Row,
    Verb,
    stamp,
)
from ansible_collections.stowage.s3.plugins.module_utils._sync.filters import Filters
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import Job, Side
from ansible_collections.stowage.s3.plugins.module_utils._sync.plan import (
    Archived,
    Plan,
    backup_of,
    decide,
    forecast,
)

NOW = 10_000.0
UP, DOWN, ACROSS = Direction.UP, Direction.DOWN, Direction.ACROSS


def job(direction: Direction, rules: list[dict[str, Any]] | None = None, **options: Any) -> Job:
    settings: dict[str, Any] = {
        "compare": "content", "delete": False, "max_delete": None, "allow_empty_source": False, "symlinks": "follow",
        "archived": "fail", "unicode_form": "", "concurrency": 1, "multipart_threshold": 8 << 20, "fsync": False,
        "filters": Filters(), "attributes": Attributes(rules or []), "source": Side("source"),
        "target": Side("target"), **options,
    }  # fmt: skip
    return Job(direction=direction, **settings)


def status(modified: float = 1000.0, changed: float = 1000.0, size: int = 5, inode: int = 7) -> bytes:
    times = {"st_mtime_ns": int(modified * 1e9), "st_ctime_ns": int(changed * 1e9)}
    return stamp(os.stat_result((0o100644, inode, 1, 1, 0, 0, size, 0, int(modified), int(changed)), times))


def file(**changes: Any) -> Entry:
    return Entry("k", 5, 1000.0, stamp=status())._replace(**changes)


def remote(etag: str = "e1", **changes: Any) -> Entry:
    return Entry("k", 5, 1000.0, etag, "STANDARD")._replace(**changes)


def head(**changes: Any) -> Head:
    values: dict[str, Any] = {
        "size": 5, "modified": 1000.0, "etag": "e1", "storage_class": "STANDARD", "content_type": "", "headers": {},
        "metadata": {}, "checksums": {}, "checksum_type": "", "encryption": "", "encryption_key_id": "", "restore": "",
        "archive_status": "", "parts": 0, "version_id": "", **changes,
    }  # fmt: skip
    return Head(**values)


KNOWN = Row("k", status(), b"d" * 32, b"", "e1", True, True)


@pytest.mark.parametrize(
    ("direction", "source", "verb"),
    [(UP, file(), Verb.UPLOAD), (DOWN, remote(), Verb.DOWNLOAD), (ACROSS, remote(), Verb.COPY)],
)
@pytest.mark.parametrize("compare", ["content", "time", "size", "existence"])
def test_what_only_the_source_has_is_transferred(direction: Direction, source: Entry, verb: Verb, compare: str) -> None:
    decided = decide(job(direction, compare=compare), source, None, None, Facts(), NOW)
    assert decided == (Action(verb, "k", 5, "new", source, None), None, True)


@pytest.mark.parametrize(
    ("compare", "source", "target", "reason"),
    [
        ("time", {"modified": 1001.0}, {}, "newer"),
        ("time", {"size": 6}, {}, "size"),
        ("time", {}, {"modified": 2000.0}, "same"),
        ("size", {"modified": 2000.0}, {}, "same"),
        ("size", {"size": 6}, {}, "size"),
        ("existence", {"size": 6, "modified": 2000.0}, {}, "same"),
        ("content", {"size": 4}, {}, "size"),
    ],
)
def test_each_comparison_gives_its_reason(
    compare: str, source: dict[str, Any], target: dict[str, Any], reason: str
) -> None:
    decided = decide(job(UP, compare=compare), file(**source), remote(**target), None, Facts(), NOW)
    assert not isinstance(decided, Ask)
    assert decided.action.verb is (Verb.SKIP if reason == "same" else Verb.UPLOAD)
    assert decided.action.reason == reason and decided.remember is None


def test_what_is_known_already_is_not_written_again() -> None:
    decided = decide(job(UP), file(), remote(), KNOWN, Facts(), NOW)
    assert not isinstance(decided, Ask)
    assert decided.action.verb is Verb.SKIP and decided.remember is None


def test_a_hash_is_remembered_with_the_stamp_it_was_made_at() -> None:
    for clean in (True, False):
        hashed = Hashed({"sha256": b"d" * 32}, status(inode=8), clean, 5, 0)
        decided = decide(job(UP), file(stamp=status(inode=8)), remote(), KNOWN, Facts(hashed=hashed), NOW)
        assert not isinstance(decided, Ask)
        assert decided.remember == KNOWN._replace(stamp=status(inode=8), clean=clean)


@pytest.mark.parametrize("direction", [UP, DOWN])
def test_sameness_by_time_is_remembered_as_unproven_and_without_a_digest(direction: Direction) -> None:
    for changed, clean in ((1000.0, True), (NOW - 1, False), (NOW + 3600, False)):
        local, object_ = file(stamp=status(changed=changed)), remote("opaque")
        facts = Facts(source_head=head(etag="opaque"), target_head=head(etag="opaque"))
        source, target = (local, object_) if direction is UP else (object_, local)
        decided = decide(job(direction), source, target, None, facts, NOW)
        assert not isinstance(decided, Ask)
        assert decided.action.verb is Verb.SKIP and not decided.proven
        assert decided.remember == Row("k", local.stamp, b"", b"", "opaque", clean, False)
        again = decide(job(direction), source, target, decided.remember, Facts(), NOW)
        # A stamp that can be trusted answers without a request, and is still not a proof.
        assert isinstance(again, Ask) is not clean
        assert isinstance(again, Ask) or (again.action.verb is Verb.SKIP and not again.proven)


def test_between_buckets_both_etags_are_remembered() -> None:
    facts = Facts(
        source_head=head(etag="s", checksums={"crc32": "AAAA"}), target_head=head(etag="t", checksums={"crc32": "AAAA"})
    )
    decided = decide(job(ACROSS), remote("s"), remote("t"), None, facts, NOW)
    assert not isinstance(decided, Ask)
    assert decided.remember == Row("k", b"s", b"", b"", "t", True, True)


def test_changed_rules_on_the_same_content_are_an_update_of_attributes() -> None:
    rules = [{"match": ["k"], "cache_control": "no-cache"}]
    task = job(UP, rules)
    assert decide(task, file(), remote(), KNOWN, Facts(), NOW) == Ask("target_head")
    decided = decide(task, file(), remote(), KNOWN, Facts(target_head=head()), NOW)
    assert not isinstance(decided, Ask)
    assert (decided.action.verb, decided.action.reason) == (Verb.UPDATE, "attributes")
    assert decided.remember is None, "what is not done yet is not known yet"
    assert decided.action.row == KNOWN._replace(attributes=task.attributes.asked("k").digest)
    done = decide(task, file(), remote(), decided.action.row, Facts(), NOW)
    assert not isinstance(done, Ask) and done.action.verb is Verb.SKIP
    # The way down has nobody to ask for attributes.
    down = decide(job(DOWN, rules), remote(), file(), KNOWN, Facts(), NOW)
    assert not isinstance(down, Ask) and down.action.verb is Verb.SKIP


@pytest.mark.parametrize(
    ("archived", "restored", "restore", "expected"),
    [
        ("skip", None, "", (Verb.SKIP, "archived")),
        ("skip", False, "", (Verb.SKIP, "restoring")),
        ("restore", None, "", (Verb.UPDATE, "restore")),
        ("restore", None, 'ongoing-request="true"', (Verb.SKIP, "restoring")),
        ("restore", None, 'ongoing-request="false", expiry-date="x"', (Verb.DOWNLOAD, "new")),
        ("fail", True, "", (Verb.DOWNLOAD, "new")),
    ],
)
@pytest.mark.parametrize("storage_class", ["GLACIER", "DEEP_ARCHIVE"])
def test_archived_objects_are_planned_as_what_will_happen(
    archived: str, restored: bool | None, restore: str, expected: tuple[Verb, str], storage_class: str
) -> None:
    source = remote(storage_class=storage_class, restored=restored)
    task = job(DOWN, archived=archived)
    if restored is None:
        assert decide(task, source, None, None, Facts(), NOW) == Ask("source_head")
    decided = decide(task, source, None, None, Facts(source_head=head(restore=restore)), NOW)
    assert not isinstance(decided, Ask)
    assert (decided.action.verb, decided.action.reason) == expected


def test_an_archived_object_fails_unless_told_otherwise() -> None:
    with pytest.raises(Archived, match="GLACIER"):
        decide(job(DOWN), remote(storage_class="GLACIER"), None, None, Facts(source_head=head()), NOW)
    same = decide(job(DOWN), remote(storage_class="GLACIER"), file(), KNOWN, Facts(), NOW)
    assert not isinstance(same, Ask) and same.action.verb is Verb.SKIP, "what need not be read may stay archived"


@pytest.mark.parametrize(
    ("direction", "action", "expected"),
    [
        (UP, Action(Verb.UPLOAD, "k", 8 << 20, "new"), {"put": 1}),
        (UP, Action(Verb.UPLOAD, "k", 0, "new"), {"put": 1}),
        (DOWN, Action(Verb.DOWNLOAD, "k", 8 << 20, "new"), {"get": 1}),
        (DOWN, Action(Verb.DOWNLOAD, "k/", 0, "new"), {}),
        (ACROSS, Action(Verb.COPY, "k", 5, "new"), {"copy": 1}),
        (ACROSS, Action(Verb.COPY, "k", 600 << 20, "new"), {"head": 1, "tags": 1, "copy": 5}),
        (UP, Action(Verb.UPDATE, "k", 5, "attributes"), {"head": 1, "copy": 1}),
        (DOWN, Action(Verb.UPDATE, "k", 5, "restore"), {"restore": 1}),
    ],
)
def test_the_requests_of_an_action_are_foretold(direction: Direction, action: Action, expected: dict[str, int]) -> None:
    assert forecast(job(direction, largest_copy=512 << 20), action) == expected


@pytest.mark.parametrize(
    ("direction", "target", "backup", "expected"),
    [
        (UP, Side("t"), Side("b"), {"put": 1, "copy": 1}),
        (UP, Side("t"), Side("b", path="/b"), {"put": 1, "get": 1}),
        (ACROSS, Side("t"), Side("b"), {"copy": 2}),
        (DOWN, Side("t", path="/t"), Side("b"), {"get": 1, "put": 1}),
        (DOWN, Side("t", path="/t"), Side("b", path="/b"), {"get": 1}),
    ],
)
def test_a_backup_is_forecast_with_what_it_is_of(
    direction: Direction, target: Side, backup: Side, expected: dict[str, int]
) -> None:
    task = job(direction, target=target)
    way = UP if target.path else DOWN if backup.path else ACROSS
    task = replace(task, backup=replace(task, direction=way, source=target, target=backup))
    source = remote() if direction is not UP else file()
    there = file(name="K") if target.path else remote(name="K")
    assert forecast(task, Action(direction.value, "k", 5, "content", source, there)) == expected
    # Nothing is lost by what is new, left alone or made readable.
    for action in (
        Action(direction.value, "k", 5, "new", source, None),
        Action(Verb.SKIP, "k", 5, "same", source, there),
        Action(Verb.UPDATE, "k", 5, "restore", source, there),
    ):
        assert backup_of(task, action) is None
        assert forecast(task, action) == forecast(job(direction), action)
    kept = backup_of(task, Action(Verb.DELETE, "k", 5, "extra", None, there))
    # The name that it has, not the one by which it is compared.
    assert kept == Action(way.value, "K", 5, "backup", there)
    large = there._replace(size=1 << 30)
    parts = forecast(job(way, source=target, target=backup), Action(way.value, "K", 1 << 30, "backup", large))
    extra = forecast(task, Action(Verb.DELETE, "k", 1 << 30, "extra", None, large))
    assert extra == ({} if target.path and backup.path else parts)


def test_without_backup_to_nothing_is_kept() -> None:
    assert backup_of(job(UP), Action(Verb.UPLOAD, "k", 5, "content", file(), remote())) is None


def test_a_plan_counts_all_problems_and_keeps_the_first() -> None:
    plan = Plan()
    for number in range(150):
        plan.problem(Problem(f"k{number}", "upload", "why"))
    assert plan.problem_count == 150 and len(plan.problems) == 100
    plan.close()
