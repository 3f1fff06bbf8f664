# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What transitions cost, from the plan alone: no request is made for it.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._classes.plan import ClassPlan, requests
from ansible_collections.stowage.s3.plugins.module_utils._classes.task import Task
from ansible_collections.stowage.s3.plugins.module_utils._cost.changes import Changes
from ansible_collections.stowage.s3.plugins.module_utils._cost.choose import COPY
from ansible_collections.stowage.s3.plugins.module_utils._cost.forecast import Forecast, forecast
from ansible_collections.stowage.s3.plugins.module_utils._cost.ledger import early_byte_days
from ansible_collections.stowage.s3.plugins.module_utils._cost.options import horizon
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import prices
from ansible_collections.stowage.s3.plugins.module_utils._cost.where import elsewhere, region_of
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Verb, there

_SAID = (
    "LastModified becomes the time of the copy: lifecycle rules by age count from then.",
    "Requests to KMS are not reckoned, as which objects KMS encrypts is not asked for.",
)


def of_transitions(task: Task, plan: ClassPlan, params: Mapping[str, Any]) -> Forecast:
    """The forecast of a plan. Raises StowageError."""
    bucket = task.side.s3
    return forecast(
        changes_of(task, plan),
        prices(region_of(bucket), params["prices"]),
        horizon(params["horizon_months"]),
        [*(_SAID if plan.moves else ()), *elsewhere(bucket)],
    )


def changes_of(task: Task, plan: ClassPlan) -> Changes:
    """A plan as what moves, and what is asked for."""
    changes, planning = Changes(COPY), Counter(plan.plan.requests)
    for action in plan.plan.actions():
        entry, asked = there(action.target), requests(task, action)
        planning.subtract(asked)
        here, size = entry.storage_class, action.size
        changes.asked(asked, read=here, written=action.storage_class)
        if action.verb is Verb.RESTORE:
            restore = there(task.restore)
            changes.restored(here, size, restore.tier, restore.days)
            continue
        changes.retrieved(here, size)
        # What is replaced stays, and so does its minimum.
        stays = task.facts.versioned and not task.delete_replaced
        early = 0 if stays else early_byte_days(here, size, task.moment.now - entry.modified)
        changes.moved.add((here, action.storage_class), size, early=early)
        if stays:
            changes.staying.add(here, size)
    changes.asked(+planning)
    return changes
