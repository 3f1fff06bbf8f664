# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Checks of lifecycle documents, in the options' form or AWS's. They ask what the aspect asks before it writes. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Remark
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.lifecycle import (
    LIFECYCLE,
    MINIMUM_ABSENT,
    MINIMUM_OPTION,
)
from ansible_collections.stowage.s3.plugins.module_utils._bucket.keyed import MOST, path_of
from ansible_collections.stowage.s3.plugins.module_utils._bucket.lifecycle_rules import (
    ACTIONS,
    COSTS,
    NARROWING,
    REFUSALS,
)
from ansible_collections.stowage.s3.plugins.module_utils._bucket.plan import asked as asked_of
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import (
    Document,
    Values,
    argument_spec,
    expand,
    flatten,
    repeated,
)
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._policy.check import (
    LIFECYCLE as KIND,
)
from ansible_collections.stowage.s3.plugins.module_utils._policy.check import (
    S3_GUIDE,
    Check,
    Finding,
    Flaw,
    Severity,
    asked,
)

_RULES = LIFECYCLE.options[0]
_FORMS = f"Give a list of rules, a dict with lifecycle and {MINIMUM_OPTION}, or AWS's form, a dict with Rules."
Validate = Callable[[Document], list[str]]  # what AWS's model of the API says of a document


@dataclass(frozen=True)
class Subject:
    """A lifecycle in the options' form; sound: the rules that S3 would take."""

    rules: tuple[Values, ...]
    minimum: str
    sound: tuple[Values, ...] = ()


def findings(document: Any, validate: Validate) -> list[Finding]:
    """Everything that speaks against a lifecycle."""
    try:
        values = _values(document, validate)
    except ValueError as error:
        return [Finding(FORM.id, FORM.severity, "lifecycle", str(error), _FORMS)]
    rules = tuple(values.get("lifecycle", ()))
    sound = tuple(each for each in rules if not any(any(refuses(each, "")) for refuses in REFUSALS.values()))
    return list(asked(CHECKS, KIND, Subject(rules, values.get(MINIMUM_OPTION, MINIMUM_ABSENT), sound)))


def _values(document: Any, validate: Validate) -> Values:
    """The options' values. Raises ValueError: it is no lifecycle."""
    if isinstance(document, dict) and "LifecycleConfiguration" in document:
        configuration = document["LifecycleConfiguration"]
        rest = {name: value for name, value in document.items() if name != "LifecycleConfiguration"}
        document = {**configuration, **rest} if isinstance(configuration, dict) else configuration
    if isinstance(document, list):
        return _checked({"lifecycle": document})
    if isinstance(document, dict) and document.keys() & {"lifecycle", MINIMUM_OPTION}:
        return _checked(document)
    if isinstance(document, dict) and "Rules" in document:
        document = {name: value for name, value in document.items() if name != "ResponseMetadata"}
        wrong = [*validate(document), *_misspelt(document["Rules"])]
        if wrong:
            raise ValueError(" ".join(wrong))
        named = [{"ID": f"Rules[{place}]", **rule} for place, rule in enumerate(document["Rules"])]  # as S3 would
        return _checked(flatten(LIFECYCLE.options, LIFECYCLE.document({**document, "Rules": named})))
    raise ValueError("it is no lifecycle.")


def _checked(values: Values) -> Values:
    """Values that Ansible would let through. Raises ValueError."""
    result = ArgumentSpecValidator(argument_spec(LIFECYCLE.options)).validate(values)
    if result.error_messages:
        raise ValueError(". ".join(result.error_messages) + ".")
    try:
        values = asked_of([LIFECYCLE], result.validated_parameters).values
        return flatten(LIFECYCLE.options, expand(LIFECYCLE.options, values, {}))
    except StowageError as error:
        raise ValueError(str(error)) from error


def _misspelt(rules: Any) -> Iterator[str]:
    for place, rule in enumerate(rules if isinstance(rules, list) else ()):
        status = rule.get("Status") if isinstance(rule, dict) else ""
        if isinstance(status, str) and status and status not in ("Enabled", "Disabled"):
            yield f"Rules[{place}].Status is {status!r}: AWS takes Enabled or Disabled."


def _flaws(remarks: Iterator[Remark]) -> Iterator[Flaw]:
    yield from (Flaw(each.option, each.problem, each.remedy) for each in remarks)


def _refused(name: str) -> Callable[[Subject], Iterator[Flaw]]:
    def find(subject: Subject) -> Iterator[Flaw]:
        for rule in subject.rules:
            yield from _flaws(REFUSALS[name](rule, path_of("lifecycle", rule)))

    return find


def _costly(name: str) -> Callable[[Subject], Iterator[Flaw]]:
    def find(subject: Subject) -> Iterator[Flaw]:
        for rule in subject.sound:
            if rule.get("status") == "enabled":
                yield from _flaws(COSTS[name](rule, path_of("lifecycle", rule), subject.minimum))

    return find


def _too_many(subject: Subject) -> Iterator[Flaw]:
    if len(subject.rules) > MOST:
        yield Flaw(
            "lifecycle", f"there are {len(subject.rules)} rules; S3 keeps {MOST}.", "Join those that can be one."
        )


def _none(subject: Subject) -> Iterator[Flaw]:
    if not subject.rules:
        yield Flaw(
            "lifecycle", "there is no rule, and S3 keeps no such lifecycle.", "Give one, or remove the lifecycle."
        )


def _repeated(subject: Subject) -> Iterator[Flaw]:
    for path, shared in repeated(_RULES, list(subject.rules), "lifecycle"):
        yield Flaw(path, f"{shared} is there twice.", "Join the two, or change one.")


def _overlap(subject: Subject) -> Iterator[Flaw]:
    enabled = [each for each in subject.sound if each.get("status") == "enabled" and not {*NARROWING} & each.keys()]
    for one, other in combinations(enabled, 2):
        shared = [name for name in ACTIONS if name in one and name in other]
        short, long = sorted((one.get("prefix", ""), other.get("prefix", "")), key=len)
        if shared and long.startswith(short):
            yield Flaw(
                f"{path_of('lifecycle', other)}.{shared[0]}",
                f"{one['id']!r} has {' and '.join(shared)} too, for some of the same objects: what is earlier or"
                " cheaper happens.",
                "Give them prefixes that do not meet, if that is not meant.",
            )


def _check(name: str, severity: Severity, meaning: str, find: Any, page: str = "intro-lifecycle-rules") -> Check:
    return Check(f"lifecycle_{name}", severity, (KIND,), meaning, S3_GUIDE.format(page), find)


def _nothing(_subject: Subject) -> Iterator[Flaw]:
    """What it is about is found before there are rules to ask."""
    return iter(())


_LIMITS, _CONFLICTS = "lifecycle-expire-general-considerations", "lifecycle-conflicts"
_CLASSES = "lifecycle-transition-general-considerations"
FORM = _check("form", Severity.ERROR, "It has a form that neither the options nor AWS take.", _nothing)
CHECKS: tuple[Check, ...] = (
    FORM,
    _check("rules", Severity.ERROR, "There is no rule.", _none),
    _check("count", Severity.ERROR, f"There are more than {MOST} rules.", _too_many),
    _check("repeated", Severity.ERROR, "Two rules, or two transitions of one, have the same name.", _repeated),
    _check("id", Severity.ERROR, "An id is empty or too long.", _refused("id")),
    _check("action", Severity.ERROR, "A rule does nothing.", _refused("action")),
    _check("filter", Severity.ERROR, "No object has such a prefix or tag.", _refused("filter")),
    _check("sizes", Severity.ERROR, "No object has such a size.", _refused("sizes")),
    _check(
        "narrowed",
        Severity.ERROR,
        "Unfinished uploads or delete markers are removed by tags or size, which they do not have.",
        _refused("narrowed"),
    ),
    _check("numbers", Severity.ERROR, "A number of days or versions is out of bounds.", _refused("numbers")),
    _check(
        "moments",
        Severity.ERROR,
        "Days and a date, neither, or both in one rule; a date that is not midnight UTC; removal of delete markers"
        " beside an expiration.",
        _refused("moments"),
    ),
    _check(
        "order",
        Severity.ERROR,
        "Transitions before their time, back to a warmer class, or after the expiration.",
        _refused("order"),
        _CLASSES,
    ),
    _check("sweeping", Severity.WARNING, "Every object of the bucket expires.", _costly("sweeping"), _LIMITS),
    _check(
        "early", Severity.WARNING, "Objects leave a class before the days that are billed.", _costly("early"), _CLASSES
    ),
    _check("small", Severity.WARNING, "Small objects are moved, which costs more.", _costly("small"), _CLASSES),
    _check("overlap", Severity.NOTICE, "Two rules do the same to the same objects.", _overlap, _CONFLICTS),
)
