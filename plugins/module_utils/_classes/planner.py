# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Making a plan: list the objects, and ask of those of which a listing does not tell whether they can be read.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future

from ansible_collections.stowage.s3.plugins.module_utils._classes.plan import (
    KEY_OF_ITS_OWN,
    NO_RULE,
    SAME,
    ClassPlan,
    Decided,
    Undone,
    decide,
    needs_head,
)
from ansible_collections.stowage.s3.plugins.module_utils._classes.rules import Rule
from ansible_collections.stowage.s3.plugins.module_utils._classes.task import Task
from ansible_collections.stowage.s3.plugins.module_utils._errors import NotFound, S3Error, StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Head
from ansible_collections.stowage.s3.plugins.module_utils._sync.ahead import Ahead
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Entry, Problem, Verb
from ansible_collections.stowage.s3.plugins.module_utils._sync.listing import Findings, objects
from ansible_collections.stowage.s3.plugins.module_utils._threads import Pool, in_order

WINDOW = 512  # objects at once that wait for an answer: bounds memory


class Planner:
    """One planning."""

    def __init__(self, task: Task, progress: Callable[[int], None]) -> None:
        self._task, self._progress = task, progress
        self._plan, self._findings = ClassPlan(), Findings()
        self._heads, self._lock = 0, threading.Lock()

    def make(self) -> ClassPlan:
        """Look and decide. Raises StowageError where nothing can be listed."""
        task, found = self._task, self._findings
        plan, side = self._plan.plan, task.side
        with (
            contextlib.closing(Ahead(objects(side.s3, side.prefix, task.job.filters, found), overflow=False)) as listed,
            Pool(max_workers=task.job.concurrency, thread_name_prefix="check") as pool,
        ):
            results: Iterator[Decided | Problem] = in_order(self._begun(listed, pool), WINDOW)
            for result in results:
                if isinstance(result, Problem):
                    plan.problem(result)
                else:
                    self._plan.take(task, result)
        plan.requests.update(found.requests)
        plan.requests["head"] += self._heads
        plan.source_entries = found.entries
        return self._plan

    def _begun(
        self, listed: Iterable[Entry], pool: Executor
    ) -> Iterator[Decided | Problem | Future[Decided | Problem]]:
        task, plan = self._task, self._plan.plan
        done = 0
        for entry in listed:
            done += 1
            if not done % 1000:
                self._progress(done)
            rule = task.rules.of(entry, task.moment)
            if rule is None or rule.storage_class == entry.storage_class:
                plan.counts[Verb.SKIP] += 1
                plan.sizes[Verb.SKIP] += entry.size
                plan.ignored[NO_RULE if rule is None else SAME] += 1
            elif needs_head(task, entry):
                yield pool.submit(self._with_head, entry, rule)
            else:
                yield self._decided(entry, rule)
        self._progress(done)

    def _with_head(self, entry: Entry, rule: Rule) -> Decided | Problem:
        side = self._task.side
        with self._lock:
            self._heads += 1
        try:
            head = side.s3.head(side.remote_key(entry))
        except NotFound:
            return _problem(entry, "It was deleted while this looked at it. Run it again.")
        except StowageError as error:
            its_own = isinstance(error, S3Error) and error.status == 400
            return _problem(entry, KEY_OF_ITS_OWN if its_own else str(error))
        return self._decided(entry, rule, head)

    def _decided(self, entry: Entry, rule: Rule, head: Head | None = None) -> Decided | Problem:
        try:
            return decide(self._task, entry, rule, head)
        except Undone:
            raise
        except StowageError as error:
            return _problem(entry, str(error))


def _problem(entry: Entry, error: str) -> Problem:
    return Problem(entry.key, Verb.TRANSITION.value, error)
