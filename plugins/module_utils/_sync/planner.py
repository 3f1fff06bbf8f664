# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Making a plan: pair the listings, fetch the evidence that decisions ask for, close with what only the whole can tell.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future

from ansible_collections.stowage.s3.plugins.module_utils._errors import NotFound, StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Head
from ansible_collections.stowage.s3.plugins.module_utils._sync.ahead import Ahead
from ansible_collections.stowage.s3.plugins.module_utils._sync.backup import Keepable
from ansible_collections.stowage.s3.plugins.module_utils._sync.compare import Ask, Facts, known_same
from ansible_collections.stowage.s3.plugins.module_utils._sync.digests import Hashed, hash_file
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import (
    Action,
    Direction,
    Entry,
    Problem,
    Row,
    Verb,
    stamp,
    there,
)
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import Job, Side
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
from ansible_collections.stowage.s3.plugins.module_utils._sync.plan import (
    Archived,
    Decided,
    Plan,
    decide,
    forecast,
    valve,
)
from ansible_collections.stowage.s3.plugins.module_utils._threads import Pool, in_order

WINDOW = 512  # undecided pairs at once: bounds memory where decisions wait for answers


class _Evidence:
    """Fetches what a decision asks for. One for a run, used by several threads."""

    def __init__(self, job: Job) -> None:
        self._job, self._lock = job, threading.Lock()
        self.requests: Counter[str] = Counter()

    def _count(self, kind: str) -> None:
        with self._lock:
            self.requests[kind] += 1

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
            facts.target_head = self._head(job.target, there(target))
        elif ask.what == "part":
            side, entry = (job.target, target) if job.direction is Direction.UP else (job.source, source)
            facts.part_size = self._first_part(side, there(entry))
        elif ask.what == "tags":
            self._count("tags")
            facts.tags = job.target.s3.tags(job.target.remote_key(there(target)))

    def _hash(self, ask: Ask, source: Entry, target: Entry | None, facts: Facts) -> None:
        job = self._job
        up = job.direction is Direction.UP
        side, entry = (job.source, source) if up else (job.target, there(target))
        algorithms = set(ask.algorithms) | (set(facts.hashed.digests) if facts.hashed else set())
        facts.hashed = hash_file(side.local_path(entry), algorithms, follow=up and job.symlinks == "follow")

    def _head(self, side: Side, entry: Entry) -> Head:
        self._count("head")
        return side.s3.head(side.remote_key(entry))

    def _first_part(self, side: Side, entry: Entry) -> int:
        self._count("head")
        try:
            return side.s3.head(side.remote_key(entry), part=1).size
        except StowageError:
            return 0  # a server that knows no parts: no evidence then


class Planner:
    """One planning: from listings to a Plan."""

    def __init__(self, job: Job, progress: Callable[[int], None]) -> None:
        self.job, self.plan = job, Plan()
        self._now = time.time()
        self._progress = progress
        self._evidence = _Evidence(job)
        self._lock = threading.Lock()
        self._source, self._target = Findings(job.unicode_form), Findings(job.unicode_form)
        self._down = job.direction is Direction.DOWN
        self._placement = Placement(job.target.path) if self._down else None
        self._keepable = Keepable(job) if job.backup is not None else None
        self._skipped = self._skipped_bytes = 0
        self._splits: Sequence[str] = ()
        self._blocked: dict[str, list[Action]] = {}  # blocker's key → transfers that want its place
        self._ancestors: list[str] = []
        self._markers: list[str] = []  # of the directories above the present key

    def make(self, rows: Iterable[Row], splits: Sequence[str] = ()) -> Plan:
        """Look at both sides and decide. Raises StowageError where a side cannot be listed.

        `splits`: keys in order, see `listing.objects`.
        """
        job, plan = self.job, self.plan
        # In another form the keys of a listing stand in another order.
        self._splits = () if job.unicode_form else splits
        # A listing that is sorted as one gives nothing before its end: meanwhile a walk of the other side goes on.
        unsorted = not self._splits and any(
            side.bucket is not None and not side.bucket.ordered for side in (job.source, job.target)
        )
        known = (row for row in rows if job.filters.takes(row.key))
        with (
            contextlib.closing(Ahead(self._list(job.source, self._source, source=True), overflow=unsorted)) as source,
            contextlib.closing(Ahead(self._list(job.target, self._target, source=False), overflow=unsorted)) as target,
            Pool(max_workers=job.concurrency, thread_name_prefix="check") as pool,
        ):
            for decided in self._decided(with_rows(pair(source, target), known, self._orphan), pool):
                self._place(decided)
        plan.requests.update(self._source.requests + self._target.requests + self._evidence.requests)
        plan.counts[Verb.SKIP] += self._skipped
        plan.sizes[Verb.SKIP] += self._skipped_bytes
        self._settle()
        plan.source_entries, plan.target_entries = self._source.entries, self._target.entries
        plan.ignored = self._source.ignored + self._target.ignored
        plan.stale = self._target.stale
        return plan

    # Listing

    def _list(self, side: Side, findings: Findings, *, source: bool) -> Iterator[Entry]:
        job = self.job
        verb = job.direction.value if source else Verb.DELETE
        if side.bucket is not None:
            if side.only:
                if not job.filters.takes(side.only):
                    return iter(())
                return one_object(side.bucket, side.prefix, side.only, findings)
            entries = objects(side.bucket, side.prefix, job.filters, findings, self._splits)
        elif side.only:
            return self._one_file(side, findings) if job.filters.takes(side.only) else iter(())
        elif not source and not os.path.lexists(side.path):
            return iter(())
        else:
            links = job.symlinks if source else "target"
            entries = Walk(
                side.path, job.filters, findings, lambda key, error: self._problem(key, verb, error), links=links
            ).entries()
        if job.unicode_form:
            entries = normalised(entries, job.unicode_form, findings, self._report, verb.value)
        return entries

    def _one_file(self, side: Side, findings: Findings) -> Iterator[Entry]:
        status = os.stat(side.path)
        findings.entries += 1
        yield Entry(side.only, status.st_size, status.st_mtime_ns / 1e9, stamp=stamp(status))

    def _orphan(self, row: Row) -> None:
        if not self._source.protects(row.key) and not self._target.protects(row.key):
            self.plan.forget.append(row.key)

    def _problem(self, key: str, verb: Verb, error: str) -> None:
        self._report(Problem(key, verb.value, error))

    def _report(self, problem: Problem) -> None:
        # Both listings and the decisions come here, each in a thread of its own.
        with self._lock:
            self.plan.problem(problem)

    # Deciding

    def _decided(
        self, triples: Iterable[tuple[Entry | None, Entry | None, Row | None]], pool: Executor
    ) -> Iterator[Decided]:
        """Decisions in key order; those that need evidence are worked on side by side."""
        results: Iterator[Decided | Problem] = in_order(self._begun(triples, pool), WINDOW)
        for result in results:
            if isinstance(result, Problem):
                self._report(result)
            else:
                yield result

    def _begun(
        self, triples: Iterable[tuple[Entry | None, Entry | None, Row | None]], pool: Executor
    ) -> Iterator[Decided | Problem | Future[Decided | Problem]]:
        done = 0
        for source, target, row in triples:
            done += 1
            if not done % 1000:
                self._progress(done)
            decision = self._at_once(source, target, row, pool)
            if decision is not None:
                yield decision
        self._progress(done)

    def _at_once(
        self, source: Entry | None, target: Entry | None, row: Row | None, pool: Executor
    ) -> Decided | Future[Decided | Problem] | None:
        job = self.job
        if source is None:
            target = there(target)
            if not job.delete or self._source.protects(target.key):
                return None
            if job.direction is Direction.UP and target.key.endswith("/") and self._stands_for_directory(target):
                return None
            while self._markers and not target.key.startswith(self._markers[-1]):
                self._markers.pop()
            self.plan.marked.update(marker[:-1] for marker in self._markers)
            return Decided(Action(Verb.DELETE, target.key, target.size, "extra", None, target))
        if self._down and source.key.endswith("/"):
            while self._markers and not source.key.startswith(self._markers[-1]):
                self._markers.pop()
            self._markers.append(source.key)
        if self._down and not self._usable(source):
            return None
        if target is not None and row is not None and known_same(source, target, row, down=self._down):
            asked = b"" if self._down else job.attributes.asked(source.key).digest
            if row.attributes == asked:
                # What `decide` would say, without the objects that it makes: nearly all keys of nearly all runs.
                self._skipped += 1
                self._skipped_bytes += source.size
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
                source, target = self._refreshed(source, target, facts)
                decision = decide(job, source, target, row, facts, self._now)
                if not isinstance(decision, Ask):
                    return decision
                ask = decision
        except NotFound:
            return self._failed(source, "It was deleted while the sync looked at it. Run the sync again.")
        except StowageError as error:
            return self._failed(source, str(error))
        except OSError as error:
            return self._failed(source, f"It cannot be read: {error.strerror}. Grant read permission, or exclude it.")

    def _failed(self, source: Entry, error: str) -> Problem:
        return Problem(source.key, self.job.direction.value.value, error)

    def _refreshed(self, source: Entry, target: Entry | None, facts: Facts) -> tuple[Entry, Entry | None]:
        """Both sides as the evidence shows them, not as they were listed: what is compared is what is remembered."""
        up = self.job.direction is Direction.UP
        source = _as_evident(source, facts.source_head, facts.hashed if up else None)
        if target is not None:
            target = _as_evident(target, facts.target_head, None if up else facts.hashed)
        return source, target

    def _usable(self, source: Entry) -> bool:
        """Whether a key can be a file name here, and no other key of the source wants the same place."""
        why = unusable(source.key)
        if not why and source.key.endswith("/") and source.size:
            why = "Its key ends in '/', as a directory marker's, but it has content. Rename the object, or exclude it."
        key = source.key.rstrip("/")
        while self._ancestors and not key.startswith(self._ancestors[-1]):
            self._ancestors.pop()
        if not why:
            # Every earlier key that this one begins with is on the stack, as keys come sorted.
            above = [one for one in self._ancestors if source.key.startswith(one + "/")]
            if above:
                why = (
                    f"{above[0]!r} is an object as well, and a file cannot be a directory. Rename one of them, or"
                    " exclude one."
                )
            elif not source.key.endswith("/"):
                self._ancestors.append(key)
        if not why and there(self._placement).collides(key):
            why = (
                "Another key differs from it in upper and lower case alone, and this file system takes them for one"
                " name. Rename one of them, or exclude one."
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
        why = self._keepable.why_not(action) if self._keepable is not None else ""
        if why:
            self._problem(action.key, action.verb, why)
            return
        if action.verb is Verb.DELETE:
            plan.deletions.append(action)
            return
        if action.verb is Verb.DOWNLOAD:
            if (action.target is None or action.key.endswith("/")) and not self._free(action):
                return
            why = there(self._placement).closed((action.target.name if action.target else "") or action.key)
            if why:
                self._problem(action.key, Verb.DOWNLOAD, why)
                return
        elif action.verb is Verb.UPLOAD:
            path = job.source.local_path(there(action.source))
            if not os.access(path, os.R_OK) and os.path.exists(path):
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
        place = there(self._placement).look(action.key)
        marker = action.key.endswith("/")
        if place.kind == "free":
            return True
        if place.kind == "directory" and marker:
            self.plan.count(action._replace(verb=Verb.SKIP, reason="same"))
            return False
        if place.kind in ("directory", "below_file") or (place.kind == "file" and marker):
            blocker = place.text or action.key.rstrip("/")
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
            plan.requests.update(forecast(job, action))
        if len(plan.deletions):
            plan.requests["delete"] += _delete_requests(job, len(plan.deletions))
        if job.delete:
            planned = len(plan.deletions) + plan.withheld
            plan.refusal = valve(job, planned, self._source.entries, self._target.entries)

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


def _delete_requests(job: Job, count: int) -> int:
    return -(-count // 1000) if job.target.bucket is not None else 0


def _files_below(path: str) -> int:
    """How many things that are no directories lie below a directory; links are counted, not followed."""
    return sum(
        len(files) + sum(os.path.islink(f"{top}/{name}") for name in folders) for top, folders, files in os.walk(path)
    )


def _as_evident(entry: Entry, head: Head | None, hashed: Hashed | None) -> Entry:
    if hashed is not None:
        return entry._replace(size=hashed.size, modified=hashed.mtime_ns / 1e9, stamp=hashed.stamp)
    if head is not None and head.etag and head.etag != entry.etag:
        return entry._replace(size=head.size, modified=head.modified, etag=head.etag)
    return entry
