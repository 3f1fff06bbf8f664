# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The plan: for every key an action with its reason, decided before anything is touched.

Pure. `planner.py` feeds `decide` with what it asks for; check mode prints the Plan, and a run executes the same object.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import struct
from bisect import insort
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.multipart import part_size
from ansible_collections.stowage.s3.plugins.module_utils._sync import compare
from ansible_collections.stowage.s3.plugins.module_utils._sync.attributes import NOTHING_ASKED
from ansible_collections.stowage.s3.plugins.module_utils._sync.compare import Ask, Facts, Verdict
from ansible_collections.stowage.s3.plugins.module_utils._sync.compress import repack
from ansible_collections.stowage.s3.plugins.module_utils._sync.digests import RACY_SECONDS
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import (
    Action,
    Direction,
    Entry,
    Problem,
    Row,
    Verb,
)
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import Job, copy_part_size
from ansible_collections.stowage.s3.plugins.module_utils._sync.spool import Spool

ARCHIVED = {"GLACIER", "DEEP_ARCHIVE"}  # classes that cannot be read before a restore; GLACIER_IR can
TIERED = "INTELLIGENT_TIERING"  # its archive tiers cannot be read either, and only a HEAD tells of them
RESTORE_DAYS = 7
DEFAULT_MAX_DELETE = 50  # percent, above DEFAULT_GRACE deletions
DEFAULT_GRACE = 10
SHOWN_PROBLEMS = 100


class Decided(NamedTuple):
    """What `decide` says of one key: the action, what to remember at once, whether content was compared."""

    action: Action
    remember: Row | None = None
    proven: bool = True


@dataclass
class Plan:
    """Everything that a run will do, and what was found on the way.

    transfers, replacing (transfers that take the place of what is to be deleted), deletions: in key order.
    remember, forget: for the state cache, whatever is executed. problems: the first by key; problem_count: all.
    marked: directories with deletions below them that stay even when empty, as the source has markers for them.
    """

    transfers: Spool[Action] = field(default_factory=Spool)
    replacing: Spool[Action] = field(default_factory=Spool)
    deletions: Spool[Action] = field(default_factory=Spool)
    remember: Spool[Row] = field(default_factory=Spool)
    forget: Spool[str] = field(default_factory=Spool)
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0
    counts: Counter[Verb] = field(default_factory=Counter)
    sizes: Counter[Verb] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    ignored: Counter[str] = field(default_factory=Counter)
    unproven: int = 0
    withheld: int = 0
    stale: list[str] = field(default_factory=list)
    marked: set[str] = field(default_factory=set)
    refusal: str = ""
    source_entries: int = 0
    target_entries: int = 0

    def actions(self) -> Iterator[Action]:
        """All actions in the order of their execution."""
        yield from self.transfers
        yield from self.replacing
        yield from self.deletions

    def __len__(self) -> int:
        return len(self.transfers) + len(self.replacing) + len(self.deletions)

    def problem(self, problem: Problem) -> None:
        """Record a key that cannot be synced."""
        self.problem_count += 1
        # They arrive in any order; the first by key are kept, so that a check and a run show the same.
        insort(self.problems, problem)
        del self.problems[SHOWN_PROBLEMS:]

    def count(self, action: Action) -> None:
        """Count an action in the summary."""
        self.counts[action.verb] += 1
        self.sizes[action.verb] += action.size

    def close(self) -> None:
        """Give disk space back."""
        for spool in (self.transfers, self.replacing, self.deletions, self.remember, self.forget):
            spool.close()


def decide(job: Job, source: Entry, target: Entry | None, row: Row | None, facts: Facts, now: float) -> Decided | Ask:
    """What happens to a key that the source has; pure.

    now: seconds since the epoch when the listing began, to tell stamps that can be trusted.
    """
    transfer = job.direction.value
    proven = True
    if target is None:
        reason = "new"
    else:
        verdict = _judge(job, source, target, row, facts)
        if isinstance(verdict, Ask):
            return verdict
        reason, proven = verdict
        if reason == "same":
            return _same(job, source, target, row, facts, now, proven)
    if not job.look_only and not source.restored and source.storage_class in (*ARCHIVED, TIERED):
        state = "restoring" if source.restored is False else _restore_state(facts)
        if isinstance(state, Ask):
            return state
        if state != "restored":
            return _archived(job, source, target, state)
    return Decided(Action(transfer, source.key, source.size, reason, source, target), None, proven)


def _judge(job: Job, source: Entry, target: Entry, row: Row | None, facts: Facts) -> Verdict | Ask:
    if job.compare == "existence":
        return compare.by_existence(source, target)
    if job.compare in ("time", "size"):
        return _by_listing(job, source, target, facts)
    if job.direction is Direction.ACROSS:
        return compare.two_objects(source, target, row, facts)
    file, remote = (source, target) if job.direction is Direction.UP else (target, source)
    return compare.file_and_object(file, remote, job.direction, row, facts)


def _by_listing(job: Job, source: Entry, target: Entry, facts: Facts) -> Verdict | Ask:
    """By size or time, of the content: the listing shows what is stored of it."""
    if job.direction is Direction.UP and job.attributes.asked(source.key).compress:
        shown = compare.unpacked(source, target, facts.target_head, ruled=True)
        if isinstance(shown, Ask):
            return shown
        target = shown
    elif job.direction is Direction.DOWN:
        shown = compare.unpacked(target, source, facts.source_head, ruled=False)
        if isinstance(shown, Ask):
            return shown
        source = shown
    return compare.by_time(source, target) if job.compare == "time" else compare.by_size(source, target)


def _same(
    job: Job, source: Entry, target: Entry, row: Row | None, facts: Facts, now: float, proven: bool
) -> Decided | Ask:
    skip = Action(Verb.SKIP, source.key, source.size, "same", source, target)
    if job.compare != "content":
        return Decided(skip)
    asked = NOTHING_ASKED
    if job.direction is not Direction.DOWN:
        asked = job.attributes.asked(source.key)
        differ = compare.attributes_differ(source.key, asked, row, target, facts)
        if isinstance(differ, Ask):
            return differ
        if job.direction is Direction.UP and facts.target_head is not None and repack(asked, facts.target_head):
            return Decided(Action(Verb.UPLOAD, source.key, source.size, "attributes", source, target), None, proven)
        if differ:
            if target.storage_class in ARCHIVED and not target.restored and not job.look_only:
                # To change it, S3 would have to read it.
                if job.archived == "fail":
                    raise Archived(_ARCHIVED.format(target.storage_class))
                return Decided(skip._replace(reason="archived"), None, proven)
            known = _known(job, source, target, row, facts, asked.digest, now, proven)
            return Decided(
                Action(Verb.UPDATE, source.key, source.size, "attributes", source, target, known), None, proven
            )
    known = _known(job, source, target, row, facts, asked.digest, now, proven)
    return Decided(skip, None if known == row else known, proven)


def _known(
    job: Job,
    source: Entry,
    target: Entry,
    row: Row | None,
    facts: Facts,
    attributes: bytes,
    now: float,
    proven: bool,
) -> Row:
    """The row that says: these two are the same."""
    if job.direction is Direction.ACROSS:
        return Row(source.key, source.etag.encode(), b"", attributes, target.etag, True, proven)
    file, remote = (source, target) if job.direction is Direction.UP else (target, source)
    etag = remote.etag
    if facts.hashed is not None:
        return Row(
            source.key, facts.hashed.stamp, facts.hashed.digests["sha256"], attributes, etag, facts.hashed.clean, proven
        )
    if row is not None and row.stamp == file.stamp:
        return row._replace(attributes=attributes, etag=etag, proven=proven)
    # Sameness by time: nothing was hashed, so there is no digest to remember.
    return Row(source.key, file.stamp, b"", attributes, etag, _stamp_is_clean(file.stamp, now), proven)


def _stamp_is_clean(stamp: bytes, now: float) -> bool:
    mtime, ctime = struct.unpack("<QQQqq", stamp)[3:]
    return bool(max(mtime, ctime) < (now - RACY_SECONDS) * 1e9)


def _restore_state(facts: Facts) -> str | Ask:
    if facts.source_head is None:
        return Ask("source_head")
    restore = facts.source_head.restore
    if facts.source_head.storage_class == TIERED and not facts.source_head.archive_status:
        return "restored"
    if not restore:
        return "archived"
    return "restoring" if 'ongoing-request="true"' in restore else "restored"


_ARCHIVED = (
    "It is archived ({}) and cannot be read before a restore. Set archived to restore (which asks S3 for a copy"
    " that can be read) or to skip."
)


class Archived(StowageError):
    """An archived object that the run may not leave out."""


def _archived(job: Job, source: Entry, target: Entry | None, state: str) -> Decided:
    if job.archived == "skip" or (job.archived == "restore" and state == "restoring"):
        return Decided(Action(Verb.SKIP, source.key, source.size, state, source, target))
    if job.archived == "restore":
        return Decided(Action(Verb.UPDATE, source.key, source.size, "restore", source, target))
    raise Archived(_ARCHIVED.format(source.storage_class))


def backup_of(job: Job, action: Action) -> Action | None:
    """The transfer that keeps what an action replaces or deletes, as `job.backup` makes it; None if nothing goes."""
    target = action.target
    if job.backup is None or target is None or action.verb is Verb.SKIP or action.reason == "restore":
        return None
    if action.verb is Verb.DOWNLOAD and action.key.endswith("/"):
        return None  # a directory is made, or is there
    return Action(job.backup.direction.value, target.name or target.key, target.size, "backup", target)


def forecast(job: Job, action: Action) -> dict[str, int]:
    """The requests that an action takes, that of its backup included, by kind, without retries."""
    requests = requests_of(job, action)
    kept = backup_of(job, action)
    # From directory to directory none is sent.
    if kept is not None and job.backup is not None and not (job.backup.source.path and job.backup.target.path):
        for kind, count in requests_of(job.backup, kept).items():
            requests[kind] = requests.get(kind, 0) + count
    return requests


def puts(size: int, threshold: int) -> int:
    """The requests of an upload: one, or above the threshold one for each part and two around them. Sizes in bytes."""
    return 1 if size <= threshold else -(-size // part_size(size)) + 2


def requests_of(job: Job, action: Action) -> dict[str, int]:
    """The requests of an action alone, by kind."""
    size = action.size
    if action.verb is Verb.UPLOAD:
        return {"put": puts(size, job.multipart_threshold)}
    if action.verb is Verb.DOWNLOAD:
        if action.key.endswith("/"):
            return {}
        if size <= job.multipart_threshold:
            return {"get": 1}
        return {"head": 1, "get": -(-size // part_size(size))}
    if action.verb is Verb.COPY:
        if size > job.largest_copy:
            return {"head": 1, "tags": 1, "copy": -(-size // copy_part_size(size)) + 2}
        return {"copy": 1, "head": 1} if job.attributes.needs_head(action.key) else {"copy": 1}
    if action.verb is Verb.UPDATE:
        if action.reason == "restore":
            return {"restore": 1}
        if size > job.largest_copy:
            return {"head": 1, "tags": 1, "copy": -(-size // copy_part_size(size)) + 2}
        return {"head": 1, "copy": 1}
    return {}


def valve(job: Job, count: int, source_entries: int, of: int) -> str:
    """Why `count` deletions of the `of` keys in the destination must not happen; "" if they may."""
    if count and not source_entries and not job.allow_empty_source:
        return (
            f"source {job.source.text!r} has no file that the filters take, and delete is true: {count} keys of the"
            " destination would go. Nothing was changed. Check the source and the filters; if it is meant, set"
            " allow_empty_source to true."
        )
    if job.max_delete is None:
        tripped = count > DEFAULT_GRACE and count * 100 > DEFAULT_MAX_DELETE * of
        limit = f"{DEFAULT_MAX_DELETE}% (the default, applied above {DEFAULT_GRACE} deletions)"
    elif job.max_delete.endswith("%"):
        tripped, limit = count * 100 > int(job.max_delete[:-1]) * of, job.max_delete
    else:
        tripped, limit = count > int(job.max_delete), job.max_delete
    if not tripped:
        return ""
    return (
        f"{count} of the {of} keys in {job.target.text!r} would be deleted, and max_delete is {limit}. Nothing was"
        " changed. Look at the plan in this result; if it is meant, raise max_delete."
    )
