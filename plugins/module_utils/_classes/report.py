# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a run tells: summary, states and diff. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._classes.plan import NO_RULE, SAME, STATES, ClassPlan
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Action, Verb, there
from ansible_collections.stowage.s3.plugins.module_utils._sync.report import (
    counted,
    grouped,
    human,
    one_line,
    prepared,
)

_VERBS = (Verb.TRANSITION, Verb.RESTORE, Verb.SKIP)
_DOING = {Verb.RESTORE: "restore", Verb.TRANSITION: "transition"}


def summary(plan: ClassPlan) -> dict[str, Any]:
    """What was decided: counts and bytes by verb and by class, requests by kind, and why the rest is left."""
    left = plan.plan.ignored
    return {
        **counted(plan.plan, _VERBS),
        "by_class": [
            {"from": before, "to": after, "count": count, "bytes": plan.moved[before, after]}
            for (before, after), count in sorted(plan.moves.items())
        ],
        "left": {"same": left[SAME], "no_rule": left[NO_RULE]},
    }


def states(plan: ClassPlan) -> dict[str, int]:
    """How many archived objects were met in each state."""
    return {name: plan.states[name] for name in STATES}


def diff(plan: ClassPlan, place: str, limit: int, costs: Sequence[str]) -> dict[str, str]:
    """The plan as Ansible's `--diff` shows it; `costs`: what is said of a plan that is not empty."""
    lines = list(grouped(plan.plan, _DOING, _line, limit))
    return prepared([place, *lines, *costs] if lines else [])


def _line(action: Action) -> str:
    before = there(action.target).storage_class
    way = f"{before} -> {action.storage_class}" if action.verb is Verb.TRANSITION else before
    return f"~ {one_line(action.key)}  ({way}, {human(action.size)})"
