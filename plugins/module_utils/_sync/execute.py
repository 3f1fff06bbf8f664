# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Executing a plan: transfers side by side, deletions last, and none after a failure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable
from itertools import takewhile

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.stats import tallied
from ansible_collections.stowage.s3.plugins.module_utils._sync.attempt import Done, Result, explain
from ansible_collections.stowage.s3.plugins.module_utils._sync.backup import backup_place
from ansible_collections.stowage.s3.plugins.module_utils._sync.cache import Cache
from ansible_collections.stowage.s3.plugins.module_utils._sync.disk import Disk
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Action, Direction, Verb, there
from ansible_collections.stowage.s3.plugins.module_utils._sync.guards import Guards
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import Job
from ansible_collections.stowage.s3.plugins.module_utils._sync.keeper import Keeper, NotBackedUp
from ansible_collections.stowage.s3.plugins.module_utils._sync.outcome import Outcome
from ansible_collections.stowage.s3.plugins.module_utils._sync.parts import Parts
from ansible_collections.stowage.s3.plugins.module_utils._sync.plan import Plan
from ansible_collections.stowage.s3.plugins.module_utils._sync.records import Log
from ansible_collections.stowage.s3.plugins.module_utils._sync.report import Progress
from ansible_collections.stowage.s3.plugins.module_utils._sync.spool import Spool
from ansible_collections.stowage.s3.plugins.module_utils._sync.transfer import Transfers
from ansible_collections.stowage.s3.plugins.module_utils._sync.uploads import Uploads
from ansible_collections.stowage.s3.plugins.module_utils._sync.workers import Work, Workers
from ansible_collections.stowage.s3.plugins.module_utils._threads import Pool

DELETE_BATCH = 1_000
LOOKED_AT = 50  # deletions a batch where each takes a look before: one after the other, so many batches side by side


_Work = Work[list[Result]]


class Execution:
    """One run of one plan."""

    def __init__(
        self,
        job: Job,
        plan: Plan,
        cache: Cache | None,
        progress: Progress,
        log: Log,
        uploads: Uploads | None,
        backups: Uploads | None,
    ) -> None:
        """`uploads`, `backups`: where the uploads by parts that are under way are written down, of either place."""
        self._uploads, self._backups = uploads, backups
        self._job, self._plan, self._cache, self._progress, self._log = job, plan, cache, progress, log
        self._disk = Disk(job.target.path, fsync=job.fsync) if job.direction is Direction.DOWN else None
        self._guards = Guards(job)
        # What the guards remark is a part of what came of the run.
        self._outcome = Outcome(remarks=self._guards.remarks)
        self._bytes = 0
        self._deleted = 0
        self._stopped = False

    def run(self) -> Outcome:
        """Do all actions of the plan. One failed key stops no other; a failure withholds the deletions."""
        job, plan, outcome = self._job, self._plan, self._outcome
        with (
            Pool(max_workers=job.concurrency, thread_name_prefix="part") as parts,
            Workers[list[Result]](job.gate, job.bulk) as workers,
        ):
            by_parts = Parts(parts, self._uploads)
            keeper = Keeper(job, Parts(parts, self._backups)) if job.backup is not None else None
            if keeper is not None and self._disk is not None:
                self._disk = Disk(job.target.path, fsync=job.fsync, back_up=keeper.keep_file)
                keeper = None  # nothing here goes but through the disk
            transfers = Transfers(job, by_parts, self._disk, self._guards)
            workers.run((_transfer(transfers, action, keeper) for action in plan.transfers), self._take_all)
            failed_before = bool(outcome.failed or plan.problem_count)
            room = _Room(plan, self._disk) if len(plan.replacing) and not failed_before else None
            if room is not None:
                workers.run(
                    (_transfer(transfers, action, keeper, room.maker(action)) for action in plan.replacing),
                    self._take_all,
                )
            elif len(plan.replacing):
                for action in plan.replacing:
                    outcome.fail(
                        action, "Not done: it takes the place of what is to be deleted, and something failed before."
                    )
            if outcome.failed or plan.problem_count:
                outcome.withheld = len(plan.deletions)
            elif len(plan.deletions):
                self._progress.update(stage="delete")
                replaced = room.replaced if room else set()
                if keeper is None:
                    bare = (Result(action, None, "", 0.0) for action in plan.deletions)
                    workers.run(self._deletions(bare, replaced), self._take_all)
                else:
                    with contextlib.closing(self._kept(workers, keeper)) as kept:
                        if not outcome.failed:
                            workers.run(self._deletions(kept, replaced), self._take_all)
                outcome.withheld = len(plan.deletions) - self._deleted
                if self._disk is not None:
                    self._disk.prune({_directory(action) for action in plan.deletions}, plan.marked)
        return outcome

    def _take_all(self, results: list[Result]) -> None:
        for result in results:
            self._take(result)

    def _take(self, result: Result) -> None:
        """Main thread: count, remember, log."""
        action, done, error, seconds, tally, kept = result
        outcome = self._outcome
        self._deleted += action.verb is Verb.DELETE
        if error:
            outcome.fail(action, error)
        else:
            outcome.done += 1
            self._bytes += action.size
            outcome.unverified += not all(one.verified for one in (done, kept) if one is not None)
            if self._cache is not None:
                if action.verb is Verb.DELETE:
                    self._cache.drop(action.key)
                elif done is not None and done.row is not None:
                    self._cache.put(done.row)
        self._log.write(
            action,
            error=error,
            seconds=seconds,
            tally=tally,
            done=done,
            replaced=_version_replaced(action, done, kept),
            backup=backup_place(self._job, action),
        )
        self._progress.update(
            done=outcome.done + outcome.failed, failed=outcome.failed, bytes=self._bytes, key=action.key
        )

    def _kept(self, workers: Workers[list[Result]], keeper: Keeper) -> Spool[Result]:
        """Back up all objects that are to be deleted: before the first goes, as no deletion follows a failure."""
        kept: Spool[Result] = Spool()

        def take(results: list[Result]) -> None:
            for result in results:
                if result.error:
                    self._take(result)
                else:
                    kept.append(result)

        wanted = takewhile(lambda _action: not self._outcome.failed, self._plan.deletions)
        workers.run((_backup(keeper, action) for action in wanted), take)
        return kept

    def _deletions(self, kept: Iterable[Result], replaced: set[str]) -> Iterable[_Work]:
        batch: list[Result] = []
        size = LOOKED_AT if self._job.applying else DELETE_BATCH
        for one in kept:
            batch.append(one)
            if len(batch) == size:
                yield self._delete(batch, replaced)
                batch = []
        if batch:
            yield self._delete(batch, replaced)

    def _delete(self, batch: list[Result], replaced: set[str]) -> _Work:
        if self._disk is not None:
            return _blocking(lambda: self._delete_files([one.action for one in batch], replaced))
        markers: dict[str, str] | None = {} if self._log.names_versions(len(batch)) else None
        return _blocking(lambda: self._delete_objects(batch, markers))

    def _delete_objects(self, batch: list[Result], markers: dict[str, str] | None) -> list[Result]:
        side = self._job.target
        started = time.monotonic()
        keys = [side.remote_key(one.action.target or one.action.key) for one in batch]
        try:
            refused = {
                one.key: f"{one.code}: {one.message}" if one.code else one.message
                for one in self._guards.delete([one.action for one in batch], markers)
            }
            unknown = refused.keys() - set(keys)
            # Which of them did not go cannot be told, so none is taken for gone.
            error = f"S3 refused to delete {sorted(unknown)}, which nobody asked for." if unknown else ""
        except StowageError as problem:
            refused, error = {}, str(problem)
        seconds = (time.monotonic() - started) / len(batch)
        versions = markers or {}
        return [
            one._replace(
                done=Done(version_id=versions.get(key, "")),
                error=error or refused.get(key, ""),
                seconds=one.seconds + seconds,
            )
            for one, key in zip(batch, keys, strict=True)
        ]

    def _delete_files(self, batch: list[Action], replaced: set[str]) -> list[Result]:
        disk = there(self._disk)
        results = []
        for action in batch:
            if self._stopped:
                break  # what could not be backed up stays, and so does all that comes after it
            started, error = time.monotonic(), ""
            with tallied() as tally:
                if action.key not in replaced:
                    try:
                        self._guards.still_extra(action)
                        disk.delete(there(action.target))
                    except (StowageError, OSError) as problem:
                        error = explain(problem)
                        self._stopped = self._stopped or isinstance(problem, NotBackedUp)
            results.append(Result(action, None, error, time.monotonic() - started, tally))
        return results


class _Room:
    """Removes what stands in the way of transfers: files that the plan deletes anyway, and their directories."""

    def __init__(self, plan: Plan, disk: Disk | None) -> None:
        self._disk, self._lock = there(disk), threading.Lock()
        self._above: set[str] = set()
        self._below: dict[str, list[Action]] = {}
        self.replaced: set[str] = set()
        for action in plan.replacing:
            self._below.setdefault(action.key.rstrip("/") + "/", [])
            self._above.update(_above(action.key))
        self._files: dict[str, Action] = {}
        for deletion in plan.deletions:
            if deletion.key in self._above or deletion.key + "/" in self._below:
                self._files[deletion.key] = deletion
            for directory in _above(deletion.key):
                if directory + "/" in self._below:
                    self._below[directory + "/"].append(deletion)

    def maker(self, action: Action) -> Callable[[], None]:
        """What to call when the new content is there."""
        return lambda: self._make(action)

    def _make(self, action: Action) -> None:
        with self._lock:
            key = action.key.rstrip("/")
            for blocker in (*_above(key), key):
                deletion = self._files.pop(blocker, None)
                if deletion is not None and deletion.target is not None:
                    self._disk.delete(deletion.target)
                    self.replaced.add(deletion.key)
            below = self._below.pop(key + "/", [])
            for deletion in below:
                if deletion.target is not None and deletion.key not in self.replaced:
                    self._disk.delete(deletion.target)
                    self.replaced.add(deletion.key)
            if below or not action.key.endswith("/"):
                self._disk.clear(key)


def _transfer(
    transfers: Transfers, action: Action, keeper: Keeper | None, make_room: Callable[[], None] | None = None
) -> _Work:
    async def work() -> list[Result]:
        started = time.monotonic()
        done = kept = None
        with tallied() as tally:
            try:
                kept = await keeper.keep_object(action) if keeper is not None else None
                done, error = await transfers.run(action, make_room), ""
            except (StowageError, OSError) as problem:
                error = explain(problem)
        return [Result(action, done, error, time.monotonic() - started, tally, kept)]

    # To make room may take long, and a backup of what goes: requests that would wait in this thread for each other.
    return Work(work, make_room is None and transfers.small(action))


def _backup(keeper: Keeper, action: Action) -> _Work:
    async def work() -> list[Result]:
        started = time.monotonic()
        kept, error = None, ""
        with tallied() as tally:
            try:
                kept = await keeper.keep_object(action)
            except StowageError as problem:
                error = str(problem)
        return [Result(action, None, error, time.monotonic() - started, tally, kept)]

    return Work(work)


def _blocking(call: Callable[[], list[Result]]) -> _Work:
    async def work() -> list[Result]:
        return call()

    return Work(work)


def _version_replaced(action: Action, done: Done | None, kept: Done | None) -> str:
    """The version id of the object that was in an action's place, where S3 told it."""
    if kept is not None:
        return kept.source_version_id
    # An update is a copy of the object onto itself.
    return done.source_version_id if done is not None and action.verb is Verb.UPDATE else ""


def _above(key: str) -> list[str]:
    parts = key.rstrip("/").split("/")[:-1]
    return ["/".join(parts[: number + 1]) for number in range(len(parts))]


def _directory(action: Action) -> str:
    return (action.target.name or action.key if action.target else action.key).rpartition("/")[0]
