# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Which storage class an object should have: the first rule all of whose conditions hold. Pure.

A new condition is a function here, a line in CONDITIONS, and an option of the same name.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._cost.classes import CLASSES
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Entry
from ansible_collections.stowage.s3.plugins.module_utils._sync.filters import Matcher
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import parse_size

DAY = 86_400  # seconds


@dataclass(frozen=True)
class Moment:
    """When rules are asked. now: seconds since the epoch.

    read: when an object was read last, by its key, or since when it is known not to have been; None: it is not known.
    """

    now: float
    read: Callable[[str], float | None] | None = None


# Whether an object fulfils it, at a moment.
Condition = Callable[[Entry, Moment], bool]


@dataclass(frozen=True)
class Rule:
    """One rule: its place in the option, as errors name it, what has to hold, and the class that follows."""

    where: str
    conditions: tuple[Condition, ...]
    storage_class: str

    def holds(self, entry: Entry, moment: Moment) -> bool:
        """Whether all conditions do."""
        return all(condition(entry, moment) for condition in self.conditions)


@dataclass(frozen=True)
class Rules:
    """All of them, in order."""

    rules: tuple[Rule, ...]

    def of(self, entry: Entry, moment: Moment) -> Rule | None:
        """The first that holds."""
        for rule in self.rules:
            if rule.holds(entry, moment):
                return rule
        return None

    def undone_by(self, entry: Entry, rule: Rule, moment: Moment) -> Rule | None:
        """The rule that would move an object again once this one has moved it: it then counts as new."""
        other = self.of(entry._replace(storage_class=rule.storage_class, modified=moment.now), moment)
        return other if other is not None and other.storage_class != rule.storage_class else None


def _match(where: str, globs: Sequence[str]) -> Condition:
    matcher = Matcher(where, globs)
    return lambda entry, _moment: matcher.matches(entry.key)


def _min_size(where: str, text: str) -> Condition:
    size = parse_size(where, text)
    return lambda entry, _moment: entry.size >= size


def _max_size(where: str, text: str) -> Condition:
    size = parse_size(where, text)
    return lambda entry, _moment: entry.size <= size


def _min_age(where: str, days: float) -> Condition:
    seconds = _days(where, days)
    return lambda entry, moment: moment.now - entry.modified >= seconds


def _max_age(where: str, days: float) -> Condition:
    seconds = _days(where, days)
    return lambda entry, moment: moment.now - entry.modified <= seconds


def _min_idle(where: str, days: float) -> Condition:
    seconds = _days(where, days)
    return lambda entry, moment: _idle(entry, moment) >= seconds


def _max_idle(where: str, days: float) -> Condition:
    seconds = _days(where, days)
    return lambda entry, moment: _idle(entry, moment) < seconds


def _idle(entry: Entry, moment: Moment) -> float:
    """For how many seconds an object is known to have been neither read nor written; -1 where it is not known."""
    read = moment.read(entry.key) if moment.read is not None else None
    return -1.0 if read is None else moment.now - max(read, entry.modified)


def _from(_where: str, names: Sequence[str]) -> Condition:
    classes = frozenset(names)
    return lambda entry, _moment: entry.storage_class in classes


# Cheap ones first: they are asked in this order.
CONDITIONS: Mapping[str, Callable[[str, Any], Condition]] = {
    "min_size": _min_size,
    "max_size": _max_size,
    "min_age_days": _min_age,
    "max_age_days": _max_age,
    "from": _from,
    "match": _match,
    "min_idle_days": _min_idle,
    "max_idle_days": _max_idle,
}
# The same in the form of an argument specification.
RULE_SPEC: dict[str, dict[str, Any]] = {
    "match": {"type": "list", "elements": "str"},
    "min_size": {"type": "str"},
    "max_size": {"type": "str"},
    "min_age_days": {"type": "float"},
    "max_age_days": {"type": "float"},
    "min_idle_days": {"type": "float"},
    "max_idle_days": {"type": "float"},
    "from": {"type": "list", "elements": "str", "choices": list(CLASSES)},
    "storage_class": {"type": "str", "required": True},
}


def rules_of(params: Mapping[str, Any]) -> Rules:
    """The options `rules` and `storage_class` of a module; raises StowageError."""
    given, everything = params["rules"], params["storage_class"]
    if (given is None) == (everything is None):
        raise StowageError(
            f"rules and storage_class are {'not given' if given is None else 'both given'}. Give storage_class for all"
            " objects, or rules that tell by size, age and key."
        )
    if given is None:
        return Rules((Rule("storage_class", (), _class("storage_class", everything)),))
    return Rules(tuple(_rule(f"rules[{number}]", rule) for number, rule in enumerate(given)))


def most_idle(params: Mapping[str, Any]) -> float:
    """The most days without a read that a rule asks for; 0 if none does."""
    return max(
        (float(rule[name] or 0) for rule in params["rules"] or () for name in ("min_idle_days", "max_idle_days")),
        default=0.0,
    )


def _rule(where: str, rule: Mapping[str, Any]) -> Rule:
    conditions = tuple(
        make(f"{where}.{name}", rule[name]) for name, make in CONDITIONS.items() if rule[name] is not None
    )
    _check_order(where, "size", rule["min_size"], rule["max_size"], lambda text: parse_size(where, text))
    for what in ("age_days", "idle_days"):
        _check_order(where, what, rule[f"min_{what}"], rule[f"max_{what}"], float)
    return Rule(where, conditions, _class(f"{where}.storage_class", rule["storage_class"]))


def _check_order(where: str, what: str, least: Any, most: Any, value: Callable[[Any], float]) -> None:
    if least is not None and most is not None and value(least) > value(most):
        raise StowageError(
            f"{where}: min_{what} is {least}, and max_{what} {most}, so it holds for nothing. Give a range upwards."
        )


def _days(where: str, days: float) -> float:
    # Not "< 0", which is false of what is no number.
    if not 0 <= days < 100_000:
        raise StowageError(f"{where}: {days} is given; allowed is a number of days from 0 on.")
    return days * DAY


def _class(where: str, name: str) -> str:
    if name not in CLASSES:
        raise StowageError(
            f"{where}: {name!r} is no storage class that objects of a bucket can be moved to. Give one of"
            f" {', '.join(CLASSES)}."
        )
    return name
