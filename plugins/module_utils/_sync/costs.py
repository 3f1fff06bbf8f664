# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a sync's plan costs, from the plan alone: no request is made for it.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._cost.changes import Changes
from ansible_collections.stowage.s3.plugins.module_utils._cost.choose import COPY, RESTORE_TIER
from ansible_collections.stowage.s3.plugins.module_utils._cost.forecast import Forecast, forecast
from ansible_collections.stowage.s3.plugins.module_utils._cost.ledger import DEFAULT_CLASS, early_byte_days
from ansible_collections.stowage.s3.plugins.module_utils._cost.options import horizon
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import prices
from ansible_collections.stowage.s3.plugins.module_utils._cost.where import elsewhere, region_of
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Action, Entry, Verb, there
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import Job, Side
from ansible_collections.stowage.s3.plugins.module_utils._sync.plan import (
    RESTORE_DAYS,
    Plan,
    backup_of,
    requests_of,
)


def of_sync(
    job: Job, plan: Plan, given: Sequence[Mapping[str, Any]] | None, horizon_months: float, now: float
) -> Forecast:
    """The forecast of a sync. given: the task's own prices; now: seconds since the epoch. Raises StowageError."""
    bucket = there(job.target.bucket or job.source.bucket)
    changes = changes_of(job, plan, now)
    return forecast(
        changes,
        prices(region_of(bucket), given),
        horizon(horizon_months),
        [*_assumptions(job, plan, changes), *elsewhere(bucket)],
    )


def changes_of(job: Job, plan: Plan, now: float) -> Changes:
    """A plan as what comes and goes. `now`: seconds since the epoch, for the age of what goes."""
    changes = Changes(COPY)
    planning = Counter(plan.requests)
    for action in plan.actions():
        requests = requests_of(job, action)
        planning.subtract(requests)
        _one(changes, job, action, requests, now)
        kept = backup_of(job, action)
        if kept is not None and job.backup is not None and (job.backup.source.bucket or job.backup.target.bucket):
            requests = requests_of(job.backup, kept)
            planning.subtract(requests)
            _one(changes, job.backup, kept, requests, now)
    # What is left is what planning took, and the requests that delete many.
    changes.asked(+planning)
    return changes


def _one(changes: Changes, job: Job, action: Action, requests: Mapping[str, int], now: float) -> None:
    source, target, verb = action.source, action.target, action.verb
    read = _class(source) if job.source.bucket is not None else DEFAULT_CLASS
    if verb is Verb.DOWNLOAD:
        changes.asked(requests, read=read)
        changes.retrieved(read, action.size)
        changes.transferred("internet", action.size)
    elif verb is Verb.DELETE:
        changes.asked(requests)
        _gone(changes, job.target, target, now)
    elif action.reason == "restore":
        changes.asked(requests, read=read)
        changes.restored(read, action.size, RESTORE_TIER, RESTORE_DAYS)
    elif verb is Verb.UPDATE:
        here = _class(target)
        written = job.attributes.asked(action.key).headers.get("x-amz-storage-class", here)
        changes.asked(requests, read=here, written=written)
        changes.retrieved(here, action.size)
        changes.moved.add((here, written), action.size, early=_early(there(target), now))
        changes.kms += job.attributes.by_kms
    else:
        written = job.attributes.storage_class(action.key)
        changes.asked(requests, read=read, written=written)
        if verb is Verb.COPY:
            changes.retrieved(read, action.size)
            if _apart(job):
                changes.transferred("region", action.size)
        changes.added.add(written, action.size)
        _gone(changes, job.target, target, now)
        changes.kms += job.attributes.by_kms


def _apart(job: Job) -> bool:
    """Whether copies go from one region to another."""
    source, target = job.source.bucket, job.target.bucket
    return source is not None and target is not None and region_of(source) != region_of(target)


def _gone(changes: Changes, side: Side, target: Entry | None, now: float) -> None:
    if target is not None and side.bucket is not None:
        changes.removed.add(_class(target), target.size, early=_early(target, now))


def _class(entry: Entry | None) -> str:
    return (entry.storage_class if entry is not None else "") or DEFAULT_CLASS


def _early(entry: Entry, now: float) -> int:
    return early_byte_days(_class(entry), entry.size, now - entry.modified)


def _assumptions(job: Job, plan: Plan, changes: Changes) -> list[str]:
    found = []
    if changes.removed:
        found.append(
            "The destination is taken to have no versioning: with it, what is replaced or deleted stays as a noncurrent"
            " version, and goes on to cost."
        )
    if plan.counts[Verb.DOWNLOAD]:
        found.append("Downloads are priced as to the internet. Within AWS's region of the bucket they cost nothing.")
    for each, what in ((job, "Copies"), (job.backup, "Backups")):
        if each is not None and _apart(each):
            found.append(
                f"{what} go from {region_of(there(each.source.bucket))} to {region_of(there(each.target.bucket))}:"
                f" what leaves a region is priced as from {region_of(there(job.target.bucket or job.source.bucket))}."
            )
    if any(side.bucket is not None and side.bucket.requester_pays for side in (job.source, job.target)):
        found.append("With requester_pays this account pays for requests and transfers, the bucket's for storage.")
    if job.target.bucket is not None and not job.attributes.encryption_said:
        found.append("Requests to KMS are not reckoned, as whether the bucket encrypts by KMS was not asked.")
    return found
