# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What lifecycle rules cost and save, once they have moved and ended all that they are for. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._cost.changes import Changes
from ansible_collections.stowage.s3.plugins.module_utils._cost.choose import LIFECYCLE, Alike, choice
from ansible_collections.stowage.s3.plugins.module_utils._cost.classes import TRANSITION_BYTES, leads_down
from ansible_collections.stowage.s3.plugins.module_utils._cost.forecast import Forecast, forecast
from ansible_collections.stowage.s3.plugins.module_utils._cost.groups import Sum
from ansible_collections.stowage.s3.plugins.module_utils._cost.ledger import (
    MONTH_DAYS,
    early_byte_days,
    rules_of,
)
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import Prices
from ansible_collections.stowage.s3.plugins.module_utils._cost.workload import rows_alike

Rule = Mapping[str, Any]
# What is reckoned with where nobody says what the bucket holds.
SAMPLE = ({"storage_class": "STANDARD", "objects": 1_000, "bytes": 1_000 << 20},)
_SAMPLE_SAID = (
    "What the bucket holds was not asked. This is for 1,000 objects of 1 MiB in STANDARD: give others by"
    " lifecycle_usage, such as the usage that cost_info returns."
)
_ALL_SAID = "Every rule is reckoned for all of lifecycle_usage, whatever its prefix and tags are."
_REST_SAID = "What rules do to noncurrent versions and unfinished uploads is not reckoned."
_REST = ("noncurrent_transitions", "noncurrent_expiration", "abort_incomplete_multipart_days")
_DAY = 86400


@dataclass(frozen=True)
class Stage:
    """A class, and the days of an object's age from which it is in it, and up to which (None: for good)."""

    storage_class: str
    start: int
    end: int | None


def of_lifecycle(
    rules: Sequence[Rule],
    usage: Sequence[Mapping[str, Any]] | None,
    prices: Prices,
    months: Decimal,
    today: date,
    minimum: str = "",
    assumptions: Sequence[str] = (),
) -> Forecast:
    """The forecast of rules, in the form of the option `lifecycle`. usage: rows of a workload.

    minimum: the option `transition_default_minimum_object_size`. Raises StowageError for bad rows.
    """
    told = [_SAMPLE_SAID if usage is None else _ALL_SAID]
    told += [_REST_SAID] if any(rule.get(name) for rule in rules for name in _REST) else []
    alikes = rows_alike(SAMPLE if usage is None else usage, "lifecycle_usage")
    changes = Changes(LIFECYCLE)
    for scope in _scopes(rules):
        for alike in alikes:
            size = alike.size // max(alike.objects, 1)
            _apply(changes, stages(_together(scope, size, today, minimum), alike.storage_class, today), alike, size)
    return forecast(changes, prices, months, [*told, *assumptions])


def stages(rule: Rule, storage_class: str, today: date) -> list[Stage]:
    """Where an object of a class that is written today is, over the days of its life; pure of sizes."""
    moves = [(_days(each, today), str(each["storage_class"])) for each in rule.get("transitions") or ()]
    ends = _end(rule, today)
    found, here, since = [], storage_class, 0
    for days, target in sorted(moves, key=lambda move: (move[0], rules_of(move[1]).order)):
        if ends is not None and days >= ends:
            break
        if not leads_down(here, target):
            continue
        found.append(Stage(here, since, days))
        here, since = target, days
    return [*found, Stage(here, since, ends)]


def _scopes(rules: Sequence[Rule]) -> Iterable[list[Rule]]:
    """The rules in force; those of one prefix and the same tags are for the same objects, and stand together."""
    found: dict[tuple[Any, ...], list[Rule]] = {}
    for rule in rules:
        if _enabled(rule):
            tags = sorted((rule.get("tags") or {}).items())
            found.setdefault((rule.get("prefix") or "", *tags), []).append(rule)
    return found.values()


def _together(rules: Sequence[Rule], size: int, today: date, minimum: str) -> Rule:
    """What rules do to an object of a size, as one rule: all their moves, and the earliest end."""
    fitting = [rule for rule in rules if fits(rule, size)]
    moves = [
        each
        for rule in fitting
        for each in rule.get("transitions") or ()
        if _moves(rule, size, each["storage_class"], minimum)
    ]
    ends = [end for end in (_end(rule, today) for rule in fitting) if end is not None]
    return {"transitions": moves, **({"expiration": {"days": min(ends)}} if ends else {})}


def _apply(changes: Changes, course: Sequence[Stage], alike: Alike, size: int) -> None:
    for here, after in pairwise(course):
        changes.transitions(after.storage_class, alike.objects)
        changes.moved.add_sum((here.storage_class, after.storage_class), alike.least, _sum(alike, _early(here, size)))
    last = course[-1]
    if last.end is not None:
        changes.removed.add_sum(last.storage_class, alike.least, _sum(alike, _early(last, size)))


def _early(stage: Stage, size: int) -> int:
    """The byte-days that are due when an object of a size leaves."""
    return early_byte_days(stage.storage_class, size, ((stage.end or 0) - stage.start) * _DAY)


def fits(rule: Rule, size: int) -> bool:
    """Whether an object's size is one that a rule is for."""
    least, most = rule.get("size_greater_than"), rule.get("size_less_than")
    return (least is None or size > least) and (most is None or size < most)


def _moves(rule: Rule, size: int, storage_class: str, minimum: str) -> bool:
    """By default nothing below 128 KB is moved; a size in the rule sets that aside."""
    if rule.get("size_greater_than") is not None or rule.get("size_less_than") is not None:
        return True
    if minimum == "varies_by_storage_class" and rules_of(storage_class).archived:
        return True
    return size >= TRANSITION_BYTES


def _days(when: Mapping[str, Any], today: date) -> int:
    if when.get("days") is not None:
        return int(when["days"])
    return max(0, (date.fromisoformat(str(when["date"])[:10]) - today).days)


def _end(rule: Rule, today: date) -> int | None:
    expiration = rule.get("expiration") or {}
    if expiration.get("days") is None and not expiration.get("date"):
        return None
    return _days(expiration, today)


def _sum(alike: Alike, early: int) -> Sum:
    found = Sum()
    found.objects, found.size, found.early = alike.objects, alike.size, early * alike.objects
    return found


def break_even_bytes(source: str, target: str, months: Decimal, prices: Prices, by: str = LIFECYCLE) -> int | None:
    """The least size in bytes from which on a move pays back within a time; None if none below 8 TB does."""

    def pays(size: int) -> bool:
        alike = Alike(source, 1, size, size)
        moved, stay = (choice(alike, name, by if name == target else "", months, prices) for name in (target, source))
        return moved.horizon_usd < stay.horizon_usd

    enough = next((1 << shift for shift in range(44) if pays(1 << shift)), None)
    if enough is None:
        return None
    short = enough // 2
    while enough - short > 1:
        middle = (enough + short) // 2
        short, enough = (short, middle) if pays(middle) else (middle, enough)
    return enough


def break_evens(rules: Iterable[Rule], prices: Prices, months: Decimal, today: date) -> Iterator[dict[str, Any]]:
    """For each transition of rules: from which size on it pays back within the time that is left for it."""
    for rule in rules:
        if not _enabled(rule):
            continue
        end = _end(rule, today)
        lasts = months if end is None else min(months, Decimal(end) / MONTH_DAYS)
        for each in rule.get("transitions") or ():
            left = lasts - Decimal(_days(each, today)) / MONTH_DAYS
            least = break_even_bytes("STANDARD", each["storage_class"], left, prices) if left > 0 else None
            yield {"id": rule.get("id") or "", "storage_class": each["storage_class"], "bytes": least}


def _enabled(rule: Rule) -> bool:
    return bool(rule.get("status", "enabled") == "enabled")
