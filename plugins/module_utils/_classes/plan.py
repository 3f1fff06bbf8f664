# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What happens to each object: a transition, a restore, or nothing. Pure.

The plan is the sync's, with two verbs of its own. Of each action `target` is the object as it was listed, and
`storage_class` what it gets: all that a forecast needs.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._classes.rules import Rule
from ansible_collections.stowage.s3.plugins.module_utils._classes.task import Task
from ansible_collections.stowage.s3.plugins.module_utils._cost.classes import RESTORE_TIERS
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Head
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Action, Entry, Verb, there
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import copy_part_size
from ansible_collections.stowage.s3.plugins.module_utils._sync.plan import ARCHIVED, TIERED, Plan

# Reasons of actions.
RULE, RESTORED = "rule", "restored"
SAME, NO_RULE, RESTORING = "same", "no rule", "restoring"
STATES = ("restored", "restoring", "archived")
# Archive tiers of INTELLIGENT_TIERING, by the class that is restored in the same way.
_TIERS = {"ARCHIVE_ACCESS": "GLACIER", "DEEP_ARCHIVE_ACCESS": "DEEP_ARCHIVE"}

KEY_OF_ITS_OWN = (
    "S3 answers 400 to a HEAD, as it does where an object is encrypted with a key of its writer's (SSE-C) that every"
    " request has to bring. It stays as it is. Whoever has the key can copy it, or exclude it."
)


class Undone(StowageError):
    """Rules that would move an object back and forth."""


class Decided(NamedTuple):
    """What happens to an object, in this order, and in which state it is if it is an archived one."""

    actions: tuple[Action, ...]
    state: str = ""


@dataclass
class ClassPlan:
    """A plan, and what is counted of it besides. moves: objects and bytes by the classes from and to."""

    plan: Plan = field(default_factory=Plan)
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    moved: Counter[tuple[str, str]] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)

    def take(self, task: Task, decided: Decided) -> None:
        """Add what was decided of an object."""
        self.states[decided.state] += bool(decided.state)
        for action in decided.actions:
            self.plan.count(action)
            if action.verb is Verb.SKIP:
                continue
            self.plan.requests.update(requests(task, action))
            self.plan.transfers.append(action)
            if action.verb is Verb.TRANSITION:
                way = (there(action.target).storage_class, action.storage_class)
                self.moves[way] += 1
                self.moved[way] += action.size


def needs_head(task: Task, entry: Entry) -> bool:
    """Whether a listing leaves it open if an object can be read."""
    if entry.storage_class == TIERED:
        return True
    # AWS tells of restores in listings, as it is asked to; of others that is not known.
    return entry.storage_class in ARCHIVED and entry.restored is None and not task.side.s3.aws


def decide(task: Task, entry: Entry, rule: Rule, head: Head | None) -> Decided:
    """What happens to an object whose rule asks for another class than it has.

    `head`: where `needs_head`. Raises StowageError for what cannot be done, Undone if the rules contradict themselves.
    """
    other = task.rules.undone_by(entry, rule, task.moment)
    if other is not None:
        raise Undone(
            f"{rule.where} moves {entry.key!r} to {rule.storage_class}. Its LastModified is then the time of the copy,"
            f" so that in the next run {other.where} would move it to {other.storage_class}. Give {other.where} a"
            " min_age_days, the same class, or other keys."
        )
    state = _state(entry, head)
    move = Action(Verb.TRANSITION, entry.key, entry.size, RULE, entry, entry, None, rule.storage_class)
    if state in ("", "restored"):
        return Decided((move,), state)
    if task.restore is None:
        raise StowageError(_ARCHIVED[state].format(entry.storage_class))
    later = move._replace(reason=RESTORED)
    if state == "restoring":
        return Decided((later if task.restore.wait else move._replace(verb=Verb.SKIP, reason=RESTORING),), state)
    _check_tier(task.restore.tier, entry, head)
    ask = move._replace(verb=Verb.RESTORE, reason="archived")
    return Decided((ask, later) if task.restore.wait else (ask,), state)


def _state(entry: Entry, head: Head | None) -> str:
    """One of STATES; "" for an object that can be read like any other."""
    if entry.storage_class not in (*ARCHIVED, TIERED):
        return ""
    if head is None:
        return "archived" if entry.restored is None else "restored" if entry.restored else "restoring"
    if entry.storage_class == TIERED and not head.archive_status:
        return ""
    return restore_state(head)


def restore_state(head: Head) -> str:
    """One of STATES, of an archived object."""
    if head.storage_class == TIERED and not head.archive_status:
        return "restored"
    if not head.restore:
        return "archived"
    return "restoring" if 'ongoing-request="true"' in head.restore else "restored"


_ARCHIVED = {
    "archived": "It is archived ({}), and has to be read to get another class. Give restore, which asks S3 for a copy"
    " that can be read. From GLACIER to DEEP_ARCHIVE a lifecycle rule moves objects without that.",
    "restoring": "It is archived ({}), and its restore is under way. Run it again once that is done, or give restore"
    " with wait set to true.",
}


def _check_tier(tier: str, entry: Entry, head: Head | None) -> None:
    kind = _TIERS.get(head.archive_status, "") if head is not None else ""
    allowed = RESTORE_TIERS.get(kind or entry.storage_class, ())
    if allowed and tier not in allowed:
        raise StowageError(
            f"restore.tier is {tier}, which S3 does not have for {kind or entry.storage_class}. Give one of"
            f" {', '.join(allowed)}, or leave such objects to a run of its own."
        )


def requests(task: Task, action: Action) -> dict[str, int]:
    """The requests that an action takes, by kind, without retries, and without those that wait for a restore."""
    if action.verb is Verb.RESTORE:
        return {"restore": 1}
    counts = Counter({"head": 1, "copy": 1})
    if action.size > task.job.largest_copy:
        # What a copy by parts does not carry by itself is read before it, and compared after.
        counts = Counter({"head": 2, "tags": 2, "copy": -(-action.size // copy_part_size(action.size)) + 2})
    counts["acl"] += bool(task.facts.owner)
    counts["lock"] += 2 * task.facts.locks
    if task.facts.versioned and task.delete_replaced:
        counts.update({"head": 1, "delete": 1})
    return dict(+counts)
