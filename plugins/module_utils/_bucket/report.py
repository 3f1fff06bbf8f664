# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a plan looks like to the user: diff, values, the way back, the permissions. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect
from ansible_collections.stowage.s3.plugins.module_utils._bucket.plan import Change, Plan, Wanted, view
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Document, Values

CREATED, GONE = {"state": "present"}, {"state": "absent"}


def values_after(aspects: Iterable[Aspect], wanted: Wanted, present: Mapping[str, Document], plan: Plan) -> Values:
    """The options that the task spoke of, as they are when the plan is done."""
    documents = {**present, **{change.aspect.name: change.new for change in plan.changes}}
    spoken = [aspect for aspect in aspects if wanted.speaks_of(aspect)]
    return {name: value for aspect in spoken for name, value in view(aspect, documents[aspect.name]).items()}


def diff(plan: Plan, place: str, *, created: bool = False) -> dict[str, Any]:
    """Ansible's diff: the options that change, before and after."""
    before, after = changed_values(plan)
    return {
        "before": GONE if created else before,
        "after": {**CREATED, **after} if created else after,
        "before_header": place,
        "after_header": place,
    }


def changed_values(plan: Plan) -> tuple[Values, Values]:
    """The values of the options that change, before and after."""
    before: Values = {}
    after: Values = {}
    for change in plan.changes:
        old, new = view(change.aspect, change.old), view(change.aspect, change.new)
        names = sorted(name for name in old if old[name] != new[name])
        before.update({name: old[name] for name in names})
        after.update({name: new[name] for name in names})
    return before, after


def rollback(plan: Plan) -> Values:
    """The options that put back what was there. Every part is said, as what is not said stays."""
    found = {name: value for change in plan.changes for name, value in _undone(change).items()}
    final = {remark.option for remark in plan.irreversible}
    return {option: value for option, value in found.items() if option not in final}


def _undone(change: Change) -> Values:
    found: Values = {}
    before, after = view(change.aspect, change.old), view(change.aspect, change.new)
    for each in change.aspect.options:
        value = before[each.name]
        if value == after[each.name]:
            continue
        if each.of and not each.many and value:
            parts = [part for part in each.of if part.name in value or part.name in after[each.name]]
            value = {part.name: value.get(part.name, part.empty) for part in parts}
        found[each.name] = value
    return found


def permissions(aspects: Sequence[Aspect], *, writing: bool) -> list[str]:
    """The IAM actions that it takes to read aspects, and to write them."""
    found = {name for each in aspects for name in each.permissions.read}
    return sorted(found | ({name for each in aspects for name in each.permissions.write} if writing else set()))
