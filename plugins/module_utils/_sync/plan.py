# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The plan: for every key an action with its reason, decided before anything is touched.

`decide` is pure. `make_plan` feeds it: it pairs the listings, fetches the evidence that a decision asks for (several at
once, in order), and closes with what only the whole plan can tell: conflicts of names, and the deletion valve. Check
mode prints what it returns, and a run executes the same object.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import os
import struct
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._errors import NotFound, StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.multipart import part_size
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Head
from ansible_collections.stowage.s3.plugins.module_utils._sync import compare
from ansible_collections.stowage.s3.plugins.module_utils._sync.attributes import NOTHING_ASKED
from ansible_collections.stowage.s3.plugins.module_utils._sync.compare import Ask, Facts, Verdict
from ansible_collections.stowage.s3.plugins.module_utils._sync.digests import RACY_SECONDS, hash_file
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import (
    Action,
    Direction,
    Entry,
    Problem,
    Row,
    Verb,
    stamp,
)
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import Job, Side, copy_part_size
from ansible_collections.stowage.s3.plugins.module_utils._sync.listing import (
    MAX_KEY,
    Findings,
    Walk,
    normalised,
    objects,
    one_object,
)
from ansible_collections.stowage.s3.plugins.module_utils._sync.pairing import pair, with_rows
from ansible_collections.stowage.s3.plugins.module_utils._sync.placement import Placement, unusable
from ansible_collections.stowage.s3.plugins.module_utils._sync.spool import Spool

ARCHIVED = {"GLACIER", "DEEP_ARCHIVE"}  # classes that cannot be read before a restore; GLACIER_IR can
RESTORE_DAYS = 7
DEFAULT_MAX_DELETE = 50  # percent, above DEFAULT_GRACE deletions
DEFAULT_GRACE = 10
WINDOW = 512  # undecided pairs at once: bounds memory where decisions wait for answers
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
    remember, forget: for the state cache, whatever is executed. problems: the first ones; problem_count: all.
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
        if len(self.problems) < SHOWN_PROBLEMS:
            self.problems.append(problem)

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
    if not job.look_only and source.storage_class in ARCHIVED and not source.restored:
        state = "restoring" if source.restored is False else _restore_state(facts)
        if isinstance(state, Ask):
            return state
        if state != "restored":
            return _archived(job, source, target, state)
    return Decided(Action(transfer, source.key, source.size, reason, source, target), None, proven)


def _judge(job: Job, source: Entry, target: Entry, row: Row | None, facts: Facts) -> Verdict | Ask:
    if job.compare == "time":
        return compare.by_time(source, target)
    if job.compare == "size":
        return compare.by_size(source, target)
    if job.compare == "existence":
        return compare.by_existence(source, target)
    if job.direction is Direction.ACROSS:
        return compare.two_objects(source, target, row, facts)
    file, remote = (source, target) if job.direction is Direction.UP else (target, source)
    return compare.file_and_object(file, remote, job.direction, row, facts)


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
        etag = facts.target_head.etag if facts.target_head else target.etag
        stamp = facts.source_head.etag if facts.source_head else source.etag
        return Row(source.key, stamp.encode(), b"", attributes, etag, True, proven)
    file, remote = (source, target) if job.direction is Direction.UP else (target, source)
    head = facts.target_head if job.direction is Direction.UP else facts.source_head
    etag = head.etag if head else remote.etag
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
    if not restore:
        return "archived"
    return "restoring" if 'ongoing-request="true"' in restore else "restored"


_ARCHIVED = (
    "It is archived ({}) and cannot be read before a restore. Set archived to restore (which asks S3 for a copy"
    " that can be"
    " read) or to skip."
)


class Archived(StowageError):
    """An archived object that the run may not leave out."""


def _archived(job: Job, source: Entry, target: Entry | None, state: str) -> Decided:
    if job.archived == "skip" or (job.archived == "restore" and state == "restoring"):
        return Decided(Action(Verb.SKIP, source.key, source.size, state, source, target))
    if job.archived == "restore":
        return Decided(Action(Verb.UPDATE, source.key, source.size, "restore", source, target))
    raise Archived(_ARCHIVED.format(source.storage_class))


class _Evidence:
    """Fetches what a decision asks for. One for a run, used by several threads."""

    def __init__(self, job: Job, requests: Counter[str]) -> None:
        self._job, self._requests, self._lock = job, requests, threading.Lock()

    def _count(self, kind: str) -> None:
        with self._lock:
            self._requests[kind] += 1

    def fetch(self, ask: Ask, source: Entry, target: Entry | None, facts: Facts) -> None:
        """Raises StowageError, OSError."""
        job = self._job
        if ask.what == "hash":
            self._hash(ask, source, target, facts)
        elif ask.what == "head":
            if job.direction is not Direction.UP and facts.source_head is None:
                facts.source_head = self._head(job.source, source)
            if job.direction is not Direction.DOWN and facts.target_head is None and target is not None:
                facts.target_head = self._head(job.target, target)
        elif ask.what == "source_head":
            facts.source_head = self._head(job.source, source)
        elif ask.what == "target_head":
            assert target is not None
            facts.target_head = self._head(job.target, target)
        elif ask.what == "part":
            side, entry = (job.target, target) if job.direction is Direction.UP else (job.source, source)
            assert entry is not None
            facts.part_size = self._first_part(side, entry)
        elif ask.what == "tags":
            assert target is not None and job.target.bucket is not None
            self._count("tags")
            facts.tags = job.target.bucket.tags(job.target.remote_key(target))

    def _hash(self, ask: Ask, source: Entry, target: Entry | None, facts: Facts) -> None:
        job = self._job
        up = job.direction is Direction.UP
        side, entry = (job.source, source) if up else (job.target, target)
        assert entry is not None
        algorithms = set(ask.algorithms) | (set(facts.hashed.digests) if facts.hashed else set())
        facts.hashed = hash_file(side.local_path(entry), algorithms, follow=up and job.symlinks == "follow")

    def _head(self, side: Side, entry: Entry) -> Head:
        assert side.bucket is not None
        self._count("head")
        return side.bucket.head(side.remote_key(entry))

    def _first_part(self, side: Side, entry: Entry) -> int:
        assert side.bucket is not None
        self._count("head")
        try:
            return side.bucket.head(side.remote_key(entry), part=1).size
        except StowageError:
            return 0  # a server that knows no parts: no evidence then


class Planner:
    """One planning: from listings to a Plan."""

    def __init__(self, job: Job, progress: Callable[[int], None]) -> None:
        self.job, self.plan = job, Plan()
        self._now = time.time()
        self._progress = progress
        self._evidence = _Evidence(job, self.plan.requests)
        self._source, self._target = Findings(), Findings()
        self._placement = Placement(job.target.path) if job.direction is Direction.DOWN else None
        self._blocked: dict[str, list[Action]] = {}  # blocker's key → transfers that want its place
        self._blocked_count = 0
        self._ancestors: list[str] = []

    def make(self, rows: Iterable[Row]) -> Plan:
        """Look at both sides and decide. Raises StowageError where a side cannot be listed."""
        job, plan = self.job, self.plan
        pairs = pair(
            self._list(job.source, self._source, source=True), self._list(job.target, self._target, source=False)
        )
        known = (row for row in rows if job.filters.takes(row.key))
        with ThreadPoolExecutor(max_workers=job.concurrency, thread_name_prefix="check") as pool:
            for decided in self._decided(with_rows(pairs, known, self._orphan), pool):
                self._place(decided)
        self._settle()
        plan.source_entries, plan.target_entries = self._source.entries, self._target.entries
        plan.ignored = self._source.ignored + self._target.ignored
        plan.stale = self._target.stale
        # Evidence arrives in any order; what is shown should not.
        plan.problems.sort()
        return plan

    # Listing

    def _list(self, side: Side, findings: Findings, *, source: bool) -> Iterator[Entry]:
        job = self.job
        verb = job.direction.value if source else Verb.DELETE
        if side.bucket is not None:
            if side.only:
                return one_object(side.bucket, side.prefix, side.only, findings, self.plan.requests)
            entries = objects(side.bucket, side.prefix, job.filters, findings, self.plan.requests)
        elif side.only:
            return self._one_file(side, findings)
        elif not source and not os.path.lexists(side.path):
            return iter(())
        else:
            links = job.symlinks if source else "target"
            entries = Walk(
                side.path, job.filters, findings, lambda key, error: self._problem(key, verb, error), links=links
            ).entries()
        if job.unicode_form:
            entries = normalised(entries, job.unicode_form, findings, self.plan.problem, verb.value)
        return entries

    def _one_file(self, side: Side, findings: Findings) -> Iterator[Entry]:
        status = os.stat(side.path)
        findings.entries += 1
        yield Entry(side.only, status.st_size, status.st_mtime_ns / 1e9, stamp=stamp(status))

    def _orphan(self, row: Row) -> None:
        if not self._source.protects(row.key) and not self._target.protects(row.key):
            self.plan.forget.append(row.key)

    def _problem(self, key: str, verb: Verb, error: str) -> None:
        self.plan.problem(Problem(key, verb.value, error))

    # Deciding

    def _decided(
        self, triples: Iterable[tuple[Entry | None, Entry | None, Row | None]], pool: ThreadPoolExecutor
    ) -> Iterator[Decided]:
        """Decisions in key order; those that need evidence are worked on side by side."""
        window: deque[Decided | Future[Decided | Problem]] = deque()
        done = 0
        for source, target, row in triples:
            done += 1
            if not done % 1000:
                self._progress(done)
            decision = self._at_once(source, target, row, pool)
            if decision is None:
                continue
            if not window and isinstance(decision, Decided):
                yield decision
                continue
            window.append(decision)
            while window and (len(window) >= WINDOW or not isinstance(window[0], Future) or window[0].done()):
                ready = self._wait(window.popleft())
                if ready is not None:
                    yield ready
        while window:
            ready = self._wait(window.popleft())
            if ready is not None:
                yield ready
        self._progress(done)

    def _wait(self, decision: Decided | Future[Decided | Problem]) -> Decided | None:
        result = decision.result() if isinstance(decision, Future) else decision
        if isinstance(result, Problem):
            self.plan.problem(result)
            return None
        return result

    def _at_once(
        self, source: Entry | None, target: Entry | None, row: Row | None, pool: ThreadPoolExecutor
    ) -> Decided | Future[Decided | Problem] | None:
        job = self.job
        if source is None:
            assert target is not None
            if not job.delete or self._source.protects(target.key):
                return None
            if job.direction is Direction.UP and target.key.endswith("/") and self._stands_for_directory(target):
                return None
            return Decided(Action(Verb.DELETE, target.key, target.size, "extra", None, target))
        if job.direction is Direction.DOWN and not self._usable(source):
            return None
        if len(job.target.remote_key(source.key).encode()) > MAX_KEY and job.target.bucket is not None:
            self._problem(
                source.key,
                job.direction.value,
                f"Its key would have more than the {MAX_KEY} bytes that S3 allows. Shorten the path, or exclude it.",
            )
            return None
        facts = Facts()
        try:
            decision = decide(job, source, target, row, facts, self._now)
        except Archived as error:
            self._problem(source.key, job.direction.value, str(error))
            return None
        if isinstance(decision, Ask):
            return pool.submit(self._with_evidence, decision, source, target, row, facts)
        return decision

    def _stands_for_directory(self, marker: Entry) -> bool:
        """Whether a marker's directory is there; it stays, even when no file is in it."""
        return os.path.isdir(self.job.source.local_path(marker).rstrip("/"))

    def _with_evidence(
        self, ask: Ask, source: Entry, target: Entry | None, row: Row | None, facts: Facts
    ) -> Decided | Problem:
        job = self.job
        try:
            while True:
                self._evidence.fetch(ask, source, target, facts)
                if facts.hashed is not None:
                    # The file as it was hashed, not as it was listed, is what is compared.
                    source, target = self._refreshed(source, target, facts)
                decision = decide(job, source, target, row, facts, self._now)
                if not isinstance(decision, Ask):
                    return decision
                ask = decision
        except NotFound:
            error = "It was deleted while the sync looked at it. Run the sync again."
        except StowageError as problem:
            error = str(problem)
        except OSError as problem:
            error = f"It cannot be read: {problem.strerror}. Grant read permission, or exclude it."
        return Problem(source.key, job.direction.value.value, error)

    def _refreshed(self, source: Entry, target: Entry | None, facts: Facts) -> tuple[Entry, Entry | None]:
        assert facts.hashed is not None
        hashed = facts.hashed
        size, modified, mark = hashed.size, hashed.mtime_ns / 1e9, hashed.stamp
        if self.job.direction is Direction.UP:
            return source._replace(size=size, modified=modified, stamp=mark), target
        assert target is not None
        return source, target._replace(size=size, modified=modified, stamp=mark)

    def _usable(self, source: Entry) -> bool:
        """Whether a key can be a file name here, and no other key of the source wants the same place."""
        why = unusable(source.key)
        if not why and source.key.endswith("/") and source.size:
            why = "Its key ends in '/', as a directory marker's, but it has content. Rename the object, or exclude it."
        key = source.key.rstrip("/")
        while self._ancestors and not key.startswith(self._ancestors[-1]):
            self._ancestors.pop()
        if not why and not source.key.endswith("/"):
            # Every earlier key that this one begins with is on the stack, as keys come sorted.
            above = [one for one in self._ancestors if key.startswith(one + "/")]
            if above:
                why = (
                    f"{above[0]!r} is an object as well, and a file cannot be a directory. Rename one of them, or"
                    " exclude"
                    " one."
                )
            else:
                self._ancestors.append(key)
        assert self._placement is not None
        if not why and self._placement.collides(key):
            why = (
                "Another key differs from it in upper and lower case alone, and this file system takes them for one"
                " name."
                " Rename one of them, or exclude one."
            )
        if why:
            self._problem(source.key, self.job.direction.value, why)
        return not why

    # Placing

    def _place(self, decided: Decided) -> None:
        plan, job = self.plan, self.job
        action = decided.action
        if not decided.proven:
            plan.unproven += 1
        if decided.remember is not None:
            plan.remember.append(decided.remember)
        if action.verb is Verb.DELETE:
            plan.deletions.append(action)
            return
        if action.verb is Verb.DOWNLOAD and (action.target is None or action.key.endswith("/")):
            if not self._free(action):
                return
        elif action.verb is Verb.UPLOAD:
            assert action.source is not None
            if not os.access(job.source.local_path(action.source), os.R_OK):
                self._problem(
                    action.key,
                    Verb.UPLOAD,
                    "It cannot be read: Permission denied. Grant read permission, or exclude it.",
                )
                return
        self._take(action)

    def _take(self, action: Action) -> None:
        self.plan.count(action)
        if action.verb is not Verb.SKIP:
            self.plan.requests.update(forecast(self.job, action))
            self.plan.transfers.append(action)

    def _free(self, action: Action) -> bool:
        """Whether a new file's place is free; notes a conflict that a planned deletion may solve."""
        assert self._placement is not None
        place = self._placement.look(action.key)
        marker = action.key.endswith("/")
        if place.kind == "free":
            return True
        if place.kind == "directory" and marker:
            self.plan.count(action._replace(verb=Verb.SKIP, reason="same"))
            return False
        if place.kind in ("directory", "below_file") or (place.kind == "file" and marker):
            blocker = place.text or action.key.rstrip("/")
            self._blocked_count += 1
            self._blocked.setdefault(blocker + ("/" if place.kind == "directory" else ""), []).append(action)
            return False
        if place.kind == "refused":
            self._problem(action.key, Verb.DOWNLOAD, place.text)
        else:
            self._problem(
                action.key,
                Verb.DOWNLOAD,
                "A file is in its place that was not there when the directory was listed, or that differs from it"
                " in upper"
                " and lower case alone. Run the sync again, or rename one of the two.",
            )
        return False

    # What only the whole plan can tell

    def _settle(self) -> None:
        plan, job = self.plan, self.job
        if self._blocked:
            self._settle_conflicts()
        if plan.problem_count and len(plan.deletions) and not job.look_only:
            plan.withheld = len(plan.deletions)
            plan.deletions.close()
        for action in plan.deletions:
            plan.count(action)
        if len(plan.deletions):
            plan.requests["delete"] += _delete_requests(job, len(plan.deletions))
        if job.delete:
            plan.refusal = self._valve()

    def _settle_conflicts(self) -> None:
        """A file in the way of a directory, or the reverse: replaced if its own deletion is planned, else a failure."""
        plan, job = self.plan, self.job
        planned: Counter[str] = Counter()
        if job.delete and not plan.problem_count:
            for deletion in plan.deletions:
                if deletion.key in self._blocked:
                    planned[deletion.key] += 1
                at = deletion.key.find("/")
                while at >= 0:
                    if deletion.key[: at + 1] in self._blocked:
                        planned[deletion.key[: at + 1]] += 1
                    at = deletion.key.find("/", at + 1)
        solved: list[Action] = []
        for blocker, actions in self._blocked.items():
            wanted = _files_below(job.target.local_path(blocker)) if blocker.endswith("/") else 1
            if job.delete and not plan.problem_count and planned[blocker] == wanted:
                solved += actions
                continue
            what = "A directory is" if blocker.endswith("/") else f"The file {blocker!r} is"
            why = (
                "deletions are withheld after a failure"
                if job.delete and plan.problem_count
                else "not all in it is to be deleted (something is excluded, skipped or still wanted)"
                if job.delete
                else "delete is false"
            )
            for action in actions:
                self._problem(
                    action.key,
                    Verb.DOWNLOAD,
                    f"{what} in its place, and {why}. Set delete to true, remove it yourself, or exclude the key.",
                )
        if plan.problem_count and solved:
            # A failure withholds all deletions, and with them what was to take their place.
            for action in solved:
                self._problem(
                    action.key,
                    Verb.DOWNLOAD,
                    "It would take the place of what is to be deleted, and deletions are withheld after a failure."
                    " Mend the"
                    " other failures first.",
                )
            return
        for action in sorted(solved):
            plan.count(action)
            plan.requests.update(forecast(job, action))
            plan.replacing.append(action)

    def _valve(self) -> str:
        """Why the deletions of this plan must not happen; "" if they may."""
        plan, job = self.plan, self.job
        count, of = len(plan.deletions) + plan.withheld, self._target.entries
        if count and not self._source.entries and not job.allow_empty_source:
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


def forecast(job: Job, action: Action) -> dict[str, int]:
    """The requests that an action takes, by kind, without retries."""
    size = action.size
    if action.verb is Verb.UPLOAD:
        if size <= job.multipart_threshold:
            return {"put": 1}
        return {"put": -(-size // part_size(size)) + 2}
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


def _delete_requests(job: Job, count: int) -> int:
    return -(-count // 1000) if job.target.bucket is not None else 0


def _files_below(path: str) -> int:
    """How many things that are no directories lie below a directory; links are counted, not followed."""
    return sum(
        len(files) + sum(os.path.islink(f"{top}/{name}") for name in folders) for top, folders, files in os.walk(path)
    )
