# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Carrying out a plan, and what comes of it: the actions if there are any, and what a run without any does as well.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._s3.stats import Stats
from ansible_collections.stowage.s3.plugins.module_utils._sync.cache import Cache
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Action, Problem
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import Job
from ansible_collections.stowage.s3.plugins.module_utils._sync.plan import SHOWN_PROBLEMS, Plan
from ansible_collections.stowage.s3.plugins.module_utils._sync.records import Log
from ansible_collections.stowage.s3.plugins.module_utils._sync.report import Progress
from ansible_collections.stowage.s3.plugins.module_utils._sync.uploads import Uploads


@dataclass
class Outcome:
    """What a run did: actions done, failed ones (the first of them in `failures`), downloads without proof; `remarks`
    are for the user.
    """

    done: int = 0
    failed: int = 0
    unverified: int = 0
    withheld: int = 0
    failures: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """The counts alone."""
        return {name: getattr(self, name) for name in ("done", "failed", "unverified", "withheld")}

    def fail(self, action: Action, error: str) -> None:
        """Count a failure."""
        self.failed += 1
        if len(self.failures) < SHOWN_PROBLEMS:
            self.failures.append(Problem(action.key, action.verb.value, error))


def together(plan: Plan, done: Outcome) -> Outcome:
    """What planning and doing found, as one."""
    return Outcome(
        done.done,
        plan.problem_count + done.failed,
        done.unverified,
        plan.withheld + done.withheld,
        # Threads fail in any order; what is shown should not.
        sorted([*plan.problems, *done.failures]),
    )


def measured(outcome: Outcome, stats: Stats, duration: float) -> dict[str, Any]:
    """What results tell of a run besides what was decided. `duration`: in seconds."""
    duration = max(duration, 0.001)
    return {
        "failed": outcome.failed,
        "unverified": outcome.unverified,
        "retries": stats.retries,
        "duration": round(duration, 3),
        "bytes_sent": stats.bytes_sent,
        "bytes_received": stats.bytes_received,
        "bytes_per_second": round((stats.bytes_sent + stats.bytes_received) / duration),
        "objects_per_second": round(outcome.done / duration, 1),
        "latency": stats.latency(),
    }


def carry_out(
    job: Job,
    plan: Plan,
    cache: Cache | None,
    progress: Progress,
    log: Log,
    uploads: Uploads | None,
    backups: Uploads | None,
) -> Outcome:
    """Do what a plan says.

    `uploads`, `backups`: where the uploads by parts that are under way are written down, of either place.
    """
    if cache is not None:
        _remember(plan, cache)
    for path in plan.stale:
        with contextlib.suppress(OSError):
            os.unlink(path)
    progress.update(stage="transfer", total=len(plan), bytes_total=sum(plan.sizes.values()))
    outcome = Outcome()
    if len(plan):
        # Most runs find nothing to do; what moves objects is much code, and on a host it is compiled for each run.
        from ansible_collections.stowage.s3.plugins.module_utils._sync.execute import Execution

        outcome = Execution(job, plan, cache, progress, log, uploads, backups).run()
    if uploads is not None:
        # A key that the filters do not take does not exist for this run: another may go on with its upload.
        uploads.abort_rest(lambda key: job.filters.takes(key.removeprefix(job.target.prefix)))
    if backups is not None:
        backups.abort_rest(lambda _key: True)
    progress.update(stage="done")
    return outcome


def _remember(plan: Plan, cache: Cache) -> None:
    for row in plan.remember:
        cache.put(row)
    for key in plan.forget:
        cache.drop(key)
    cache.flush()
