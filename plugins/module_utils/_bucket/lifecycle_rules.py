# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What S3 refuses of a lifecycle rule, and what of one costs more than it saves. Pure: from a rule's values alone.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from ansible_collections.stowage.s3.plugins.module_utils._bucket import filters
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Remark
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Values
from ansible_collections.stowage.s3.plugins.module_utils._cost import classes

CLASSES = tuple(each.name for each in classes.CLASSES.values() if each.order)
ACTIONS = (
    "expiration",
    "transitions",
    "noncurrent_expiration",
    "noncurrent_transitions",
    "abort_incomplete_multipart_days",
)
SIZES = ("size_greater_than", "size_less_than")
NARROWING = ("tags", *SIZES)  # what unfinished uploads and delete markers do not have
FLOOR = 131072  # bytes: what smaller objects of the cheaper classes are billed as

_INFREQUENT = {"STANDARD_IA", "ONEZONE_IA"}
_ARCHIVES = {"GLACIER", "DEEP_ARCHIVE"}
_WAIT = 30  # days before the infrequent classes, and in them before the archives
_BILLED = {each.name: each.min_days for each in classes.CLASSES.values() if each.min_days}
_LONGEST_ID, _MOST_VERSIONS = 255, 100


@dataclass(frozen=True)
class Step:
    """Something that happens to objects at an age or a date. day: as a number, for comparisons."""

    path: str
    what: str  # the class, or "expiration"
    day: int
    dated: bool

    def __str__(self) -> str:
        when = f"on {datetime.date.fromordinal(self.day)}" if self.dated else f"after {self.day} days"
        return f"{self.what} {when}"


def refused(rule: Values, path: str) -> Iterator[Remark]:
    """What S3 does not take."""
    for rules in REFUSALS.values():
        yield from rules(rule, path)


def _named(rule: Values, path: str) -> Iterator[Remark]:
    if not 1 <= len(rule.get("id", "")) <= _LONGEST_ID:
        yield Remark(
            f"{path}.id",
            f"it has {len(rule.get('id', ''))} characters; S3 keeps 1 to {_LONGEST_ID}.",
            "Choose another id.",
        )


def _idle(rule: Values, path: str) -> Iterator[Remark]:
    if not any(name in rule for name in ACTIONS):
        yield Remark(path, "it does nothing, and S3 keeps no such rule.", f"Give one of {', '.join(ACTIONS)}.")


def _ordered(rule: Values, path: str) -> Iterator[Remark]:
    if not any(_moments(rule, path)):  # only then have all of them a day
        yield from _order(_current(rule, path))
        yield from _order(_noncurrent(rule, path))


def _sizes(rule: Values, path: str) -> Iterator[Remark]:
    above, below = rule.get("size_greater_than"), rule.get("size_less_than")
    if above is not None and above < 0:
        yield Remark(f"{path}.size_greater_than", f"{above} is no size.", "Give bytes, 0 or more.")
    if below is not None and below < 1:
        yield Remark(f"{path}.size_less_than", f"no object has less than {below} bytes.", "Give bytes, 1 or more.")
    if above is not None and below is not None and above >= below:
        yield Remark(
            f"{path}.size_less_than",
            f"no object has more than {above} and less than {below} bytes.",
            "It has to be above size_greater_than.",
        )


def _narrowed(rule: Values, path: str) -> Iterator[Remark]:
    by = [name for name in NARROWING if name in rule]
    whole = {
        "abort_incomplete_multipart_days": "abort_incomplete_multipart_days" in rule,
        "expiration.expired_object_delete_marker": _marker(rule),
    }
    for name in (name for name, given in whole.items() if given and by):
        yield Remark(
            f"{path}.{name}",
            f"S3 does not take it in a rule that is limited by {' and '.join(by)}.",
            "Give it a rule of its own, with a prefix or for the whole bucket.",
        )


def _marker(rule: Values) -> bool:
    return bool(rule.get("expiration", {}).get("expired_object_delete_marker"))


def _numbers(rule: Values, path: str) -> Iterator[Remark]:
    """Counts of days and versions."""
    days = rule.get("abort_incomplete_multipart_days")
    if days is not None:
        yield from _at_least(1, days, f"{path}.abort_incomplete_multipart_days")
    for one, own in _noncurrent_parts(rule, path):
        yield from _at_least(0 if "storage_class" in one else 1, one["days"], f"{own}.days")
        kept = one.get("newer_versions")
        if kept is not None and not 1 <= kept <= _MOST_VERSIONS:
            yield Remark(
                f"{own}.newer_versions",
                f"{kept} is out of bounds.",
                f"S3 keeps 1 to {_MOST_VERSIONS}; leave it out to keep none.",
            )


def _noncurrent_parts(rule: Values, path: str) -> list[tuple[Values, str]]:
    parts = [(one, _path(path, "noncurrent_transitions", one)) for one in rule.get("noncurrent_transitions", [])]
    if "noncurrent_expiration" in rule:
        parts.append((rule["noncurrent_expiration"], f"{path}.noncurrent_expiration"))
    return parts


def _at_least(least: int, days: int, path: str) -> Iterator[Remark]:
    if days < least:
        yield Remark(path, f"{days} is too few.", f"S3 takes {least} or more.")


def _path(path: str, name: str, transition: Values) -> str:
    return f"{path}.{name}[{transition['storage_class']!r}]"


def _moments(rule: Values, path: str) -> Iterator[Remark]:
    """When things happen to current versions: each after days or at a date, and all of a rule in the same way."""
    parts = [(one, _path(path, "transitions", one)) for one in rule.get("transitions", [])]
    expiration = rule.get("expiration", {})
    if _marker(rule):
        if "days" in expiration or "date" in expiration:
            yield Remark(
                f"{path}.expiration",
                "S3 does not take expired_object_delete_marker beside days or date.",
                "An expiration by days or date removes such markers anyway; leave the other out, or write two rules.",
            )
    elif expiration:
        parts.append((expiration, f"{path}.expiration"))
    for one, own in parts:
        yield from _moment(one, own)
    if len({"days" in one for one, _own in parts}) > 1:
        yield Remark(path, "it mixes days and dates, which S3 does not take.", "Use one of them, or write two rules.")


def _moment(one: Values, path: str) -> Iterator[Remark]:
    if ("days" in one) == ("date" in one):
        yield Remark(path, "it takes days or date, and not both.", "Give one.")
    elif "days" in one:
        yield from _at_least(0 if "storage_class" in one else 1, one["days"], f"{path}.days")
    elif "T" in one["date"]:
        yield Remark(
            f"{path}.date", f"S3 takes midnight UTC, not {one['date']}.", f"Write {one['date'].partition('T')[0]}."
        )


def _step(one: Values, path: str, what: str) -> Step:
    if "days" in one:
        return Step(path, what, one["days"], dated=False)
    return Step(path, what, datetime.date.fromisoformat(one["date"]).toordinal(), dated=True)


def _current(rule: Values, path: str) -> list[Step]:
    return _steps(rule, path, "transitions", "expiration")


def _noncurrent(rule: Values, path: str) -> list[Step]:
    return _steps(rule, path, "noncurrent_transitions", "noncurrent_expiration")


def _steps(rule: Values, path: str, transitions: str, expiration: str) -> list[Step]:
    """In the order of their days; of one day the colder class and the expiration are last."""
    steps = [_step(one, _path(path, transitions, one), one["storage_class"]) for one in rule.get(transitions, [])]
    end = rule.get(expiration, {})
    if "days" in end or "date" in end:
        steps.append(_step(end, f"{path}.{expiration}", "expiration"))
    return sorted(steps, key=lambda step: (step.day, [*CLASSES, "expiration"].index(step.what)))


def _order(steps: Sequence[Step]) -> Iterator[Remark]:
    for step in steps:
        if step.what in _INFREQUENT and not step.dated and step.day < _WAIT:
            yield Remark(
                f"{step.path}.days",
                f"S3 moves nothing to {step.what} before {_WAIT} days, and {step.day} are given.",
                f"Give {_WAIT} or more, or take INTELLIGENT_TIERING or GLACIER_IR, which have no such limit.",
            )
    for earlier, later in pairwise(steps):
        if earlier.what == "expiration" or (later.what == "expiration" and later.day == earlier.day):
            ends, moves = (earlier, later) if earlier.what == "expiration" else (later, earlier)
            yield Remark(ends.path, f"{ends} is not later than {moves}.", "Let objects expire later, or not be moved.")
        elif later.what != "expiration" and not _follows(earlier, later):
            yield Remark(
                later.path,
                f"S3 does not move objects to {later} if they are to be in {earlier}.",
                f"From warm to cold the classes are {', '.join(CLASSES)}; each needs a later day than the one before.",
            )
    for earlier, later in combinations(steps, 2):
        if earlier.what in _INFREQUENT and later.what in _ARCHIVES and 0 < later.day - earlier.day < _WAIT:
            yield Remark(
                later.path,
                f"S3 keeps objects {_WAIT} days in {earlier.what} before {later.what}, and here it is"
                f" {later.day - earlier.day}.",
                "Move them later, or straight to the archive.",
            )


def _follows(earlier: Step, later: Step) -> bool:
    return later.day > earlier.day and classes.leads_down(earlier.what, later.what)


# By subject: what S3 does not take of a rule.
REFUSALS: Mapping[str, Callable[[Values, str], Iterator[Remark]]] = {
    "id": _named,
    "action": _idle,
    "filter": filters.refused,
    "sizes": _sizes,
    "narrowed": _narrowed,
    "numbers": _numbers,
    "moments": _moments,
    "order": _ordered,
}


def costly(rule: Values, path: str, minimum: str) -> Iterator[Remark]:
    """What is dear or dangerous of a rule that S3 takes. minimum: transition_default_minimum_object_size."""
    for rules in COSTS.values():
        yield from rules(rule, path, minimum)


def _sweeping(rule: Values, path: str, _minimum: str) -> Iterator[Remark]:
    if {"days", "date"} & set(rule.get("expiration", {})) and not any(name in rule for name in ("prefix", *NARROWING)):
        yield Remark(
            f"{path}.expiration",
            "it is for every object of the bucket, and what has expired cannot be brought back without versioning.",
            "If that is not meant, give a prefix or tags.",
        )


def _both(rule: Values, path: str) -> tuple[list[Step], list[Step]]:
    return _current(rule, path), _noncurrent(rule, path)


def _early(rule: Values, path: str, _minimum: str) -> Iterator[Remark]:
    for earlier, later in (pair for steps in _both(rule, path) for pair in pairwise(steps)):
        stay, billed = later.day - earlier.day, _BILLED.get(earlier.what, 0)
        if stay < billed:
            yield Remark(
                later.path,
                f"objects leave {earlier.what} after {stay} days, and {billed} are billed.",
                "Let them stay longer, or leave that class out.",
            )


def _small(rule: Values, path: str, minimum: str) -> Iterator[Remark]:
    """By default S3 moves no object below 128 KiB. A size in the rule takes the place of that."""
    sized = any(name in rule for name in SIZES)
    if rule.get("size_greater_than", 0) >= FLOOR - 1:
        return
    for step in (step for steps in _both(rule, path) for step in steps):
        if step.what in _BILLED and (sized or (minimum == "varies_by_storage_class" and step.what in _ARCHIVES)):
            yield Remark(
                step.path,
                f"objects below 128 KiB are moved too: each costs a request, and is billed with more than its size in"
                f" {step.what}.",
                f"Set size_greater_than to {FLOOR}, if they are many.",
            )


COSTS: Mapping[str, Callable[[Values, str, str], Iterator[Remark]]] = {
    "sweeping": _sweeping,
    "early": _early,
    "small": _small,
}
