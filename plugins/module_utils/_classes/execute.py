# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Executing a plan: one object of each class first, then all side by side, and at last those that were waited for.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._classes.plan import RESTORED, RULE, ClassPlan
from ansible_collections.stowage.s3.plugins.module_utils._classes.task import Task
from ansible_collections.stowage.s3.plugins.module_utils._classes.transition import Transitions
from ansible_collections.stowage.s3.plugins.module_utils._errors import S3Error, StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.stats import tallied
from ansible_collections.stowage.s3.plugins.module_utils._sync.attempt import Done, Result
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Action, Verb, there
from ansible_collections.stowage.s3.plugins.module_utils._sync.outcome import Outcome
from ansible_collections.stowage.s3.plugins.module_utils._sync.parts import Parts
from ansible_collections.stowage.s3.plugins.module_utils._sync.records import Log
from ansible_collections.stowage.s3.plugins.module_utils._sync.report import Progress
from ansible_collections.stowage.s3.plugins.module_utils._sync.spool import Spool
from ansible_collections.stowage.s3.plugins.module_utils._sync.uploads import Uploads
from ansible_collections.stowage.s3.plugins.module_utils._sync.workers import Work, Workers
from ansible_collections.stowage.s3.plugins.module_utils._threads import Pool

# How an endpoint says that it does not have a class at all.
_NO_CLASS = ("InvalidStorageClass", "NotImplemented", "StorageClassNotSupported")
# Seconds between two looks at an object that is being restored: a part of the time that has passed, within bounds.
FIRST_LOOK, LAST_LOOK, PART = 5.0, 300.0, 0.1

_LATE = "It was not restored within the {:g} s of restore.wait_timeout. Run it again later, which waits for it again."


class _Tried(NamedTuple):
    """What came of an action; `refused`: the endpoint does not have the class at all."""

    result: Result
    refused: bool = False


class Execution:
    """One run of one plan."""

    def __init__(self, task: Task, plan: ClassPlan, progress: Progress, log: Log, uploads: Uploads) -> None:
        self._task, self._plan, self._progress, self._log, self._uploads = task, plan, progress, log, uploads
        self._outcome = Outcome()
        self._bytes = 0
        self._refused: set[str] = set()  # classes that the endpoint does not have
        self._lost: set[str] = set()  # keys that could not be restored

    def run(self) -> tuple[Outcome, Counter[str]]:
        """Do all actions; what came of them, and of the versions that were replaced. One failed key stops no other."""
        job = self._task.job
        with (
            Pool(max_workers=job.concurrency, thread_name_prefix="part") as parts,
            Workers[list[_Tried]](job.gate, job.bulk) as workers,
        ):
            transitions = Transitions(self._task, Parts(parts, self._uploads))

            def do(actions: Iterable[Action]) -> None:
                works = (_work(transitions, action, transitions.run) for action in actions)
                workers.run(works, self._take_all)

            # A class that the endpoint does not have is found out with one object, not with all of them.
            first = _first_of_each_class(self._plan.plan.transfers)
            do(first.values())
            do(action for action in self._wanted() if action.reason != RESTORED and action.key not in first)
            self._await_restored(workers, transitions)
        self._outcome.remarks += transitions.remarks
        return self._outcome, transitions.replaced

    def _wanted(self) -> Iterator[Action]:
        for action in self._plan.plan.transfers:
            if action.storage_class not in self._refused and action.key not in self._lost:
                yield action

    # Restores

    def _await_restored(self, workers: Workers[list[_Tried]], transitions: Transitions) -> None:
        """Look again and again, and move what can be read by then."""
        waiting: Spool[Action] = Spool()
        for action in self._wanted():
            if action.reason == RESTORED:
                waiting.append(action)
        began = time.monotonic()
        while len(waiting):
            still: Spool[Action] = Spool()
            works = (_work(transitions, action, partial(_once_ready, transitions)) for action in waiting)
            workers.run(works, partial(self._take_ready, still))
            waiting.close()
            waiting = still
            passed = time.monotonic() - began
            left = there(self._task.restore).timeout - passed
            if left <= 0:
                break
            if len(waiting):
                self._progress.update(stage="restoring")
                time.sleep(min(left, LAST_LOOK, max(FIRST_LOOK, passed * PART)))
        for action in waiting:
            late = _LATE.format(there(self._task.restore).timeout)
            self._take(_Tried(Result(action, None, late, 0.0)))
        waiting.close()

    def _take_ready(self, still: Spool[Action], results: list[_Tried]) -> None:
        for tried in results:
            if tried.result.done is None and not tried.result.error:
                still.append(tried.result.action)
            else:
                self._take(tried)

    # What came of it

    def _take_all(self, results: list[_Tried]) -> None:
        for tried in results:
            self._take(tried)

    def _take(self, tried: _Tried) -> None:
        """Main thread: count, log."""
        action, done, error, seconds, tally, _kept = tried.result
        outcome = self._outcome
        if error:
            if tried.refused:
                self._refused.add(action.storage_class)
                error += self._not_tried(action.storage_class)
            if action.verb is Verb.RESTORE:
                self._lost.add(action.key)
            outcome.fail(action, error)
        else:
            outcome.done += 1
            self._bytes += action.size
        replaced = done.source_version_id if done is not None else ""
        self._log.write(action, error=error, seconds=seconds, tally=tally, done=done, replaced=replaced)
        self._progress.update(
            done=outcome.done + outcome.failed, failed=outcome.failed, bytes=self._bytes, key=action.key
        )

    def _not_tried(self, storage_class: str) -> str:
        others = sum(count for (_from, to), count in self._plan.moves.items() if to == storage_class) - 1
        return f" The {others} other objects that were to get {storage_class} were not tried." if others else ""


def _first_of_each_class(actions: Iterable[Action]) -> dict[str, Action]:
    """By their keys."""
    found: dict[str, Action] = {}
    for action in actions:
        if action.reason == RULE:
            found.setdefault(action.storage_class, action)
    return {action.key: action for action in found.values()}


async def _once_ready(transitions: Transitions, action: Action) -> Done | None:
    return await transitions.run(action) if await transitions.ready(action) else None


def _work(
    transitions: Transitions, action: Action, do: Callable[[Action], Coroutine[Any, Any, Done | None]]
) -> Work[list[_Tried]]:
    async def work() -> list[_Tried]:
        started = time.monotonic()
        done, refused = None, False
        with tallied() as tally:
            try:
                done, error = await do(action), ""
            except StowageError as problem:
                error = str(problem)
                refused = isinstance(problem, S3Error) and problem.code in _NO_CLASS
        return [_Tried(Result(action, done, error, time.monotonic() - started, tally), refused)]

    return Work(work, transitions.small(action))
