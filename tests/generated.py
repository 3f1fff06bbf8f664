# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Values of a bucket's options, for properties: whatever fits the argument spec, and what the courses say."""

from __future__ import annotations

import datetime
import functools
import importlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import (
    DATE,
    FLAG,
    NUMBER,
    STATUS,
    SWITCH,
    TAGS,
    TEXT,
    Document,
    Field,
    Kind,
    Values,
    cleaned,
    is_empty,
)
from ansible_collections.stowage.s3.plugins.module_utils._bucket.table import ASPECTS
from hypothesis import Phase, settings
from hypothesis import strategies as st

_MIDNIGHT = "T00:00:00Z"
_TEXTS = st.text("abzAZ09-_./:é", min_size=1, max_size=12)
_DAYS = st.dates(datetime.date(2000, 1, 1), datetime.date(2100, 1, 1)).map(str)
_KINDS: dict[Kind, st.SearchStrategy[Any]] = {
    TEXT: _TEXTS,
    STATUS: _TEXTS.map(str.lower),
    NUMBER: st.integers(1, 40000),
    FLAG: st.booleans(),
    SWITCH: st.booleans(),
    DATE: st.builds(str.__add__, _DAYS, st.sampled_from(["", _MIDNIGHT, "T01:02:03Z"])),
    TAGS: st.dictionaries(_TEXTS, _TEXTS, min_size=1, max_size=3),
}
_STATEMENTS = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Principal": st.sampled_from(["*", {"AWS": "111122223333"}, {"AWS": ["111122223333", "444455556666"]}]),
        "Action": st.sampled_from(["s3:GetObject", ["s3:GetObject", "s3:PutObject"]]),
        "Resource": st.just("arn:aws:s3:::b/*"),
    },
    optional={
        "Sid": st.text("abz09", min_size=1, max_size=3),
        "Condition": st.just({"Bool": {"aws:SecureTransport": "false"}}),
    },
)
_POLICIES = st.fixed_dictionaries(
    {
        "Version": st.just("2012-10-17"),
        "Statement": st.lists(_STATEMENTS, min_size=1, max_size=3, unique_by=lambda each: each.get("Sid")),
    }
)
# Of kinds that an aspect has for itself, by their type for Ansible; others are taken from its courses.
_TYPES = {"bool": st.booleans(), "int": st.integers(1, 40000), "json": _POLICIES}


def steady(examples: int) -> settings:
    """The same examples each time. No phase explains failures: that costs more than it tells."""
    return settings(
        derandomize=True, max_examples=examples, deadline=None, phases=(Phase.explicit, Phase.generate, Phase.shrink)
    )


def data(aspect: Aspect) -> ModuleType:
    """The file of an aspect in `tests/aspects/`."""
    return importlib.import_module(f"aspects.{aspect.name}")


def known(aspect: Aspect) -> list[Values]:
    """What the courses say of an aspect."""
    steps = [step.options for course in data(aspect).COURSES for step in course.steps]
    return [values for values in (cleaned(aspect.options, options) for options in steps) if values]


def values(aspect: Aspect) -> st.SearchStrategy[Values]:
    """Any values of an aspect's options that Ansible lets through, as a plan gets them."""
    return _values_of(aspect.name)


@functools.cache
def _values_of(name: str) -> st.SearchStrategy[Values]:
    aspect = next(each for each in ASPECTS if each.name == name)
    drawn = _values(aspect.options, {}, known(aspect)).map(lambda given: cleaned(aspect.options, given))
    return st.one_of(drawn, st.sampled_from(known(aspect)))


def _values(fields: Sequence[Field], spec: Mapping[str, Any], examples: list[Values]) -> st.SearchStrategy[Values]:
    parts = {each.name: _value(each, examples) for each in fields}
    always = {each.name for each in fields if each.required or "default" in each.spec}
    rivals, needed = spec.get("mutually_exclusive", ()), spec.get("required_one_of", ())

    def allowed(given: Values) -> Values:
        losers = {name for group in rivals for name in [name for name in group if name in given][1:]}
        return {name: value for name, value in given.items() if name not in losers}

    def having(names: set[str]) -> st.SearchStrategy[Values]:
        return st.fixed_dictionaries(
            {name: part for name, part in parts.items() if name in names},
            optional={name: part for name, part in parts.items() if name not in names},
        )

    least = [always.union(chosen) for chosen in itertools.product(*needed)]
    maybe = [name for name in parts if name not in always.union(*needed)]
    if not maybe:
        return st.one_of(*map(having, least)).map(allowed)
    # Some members AWS has in one place if they are alone, and in another if they are not. All of them: half the time.
    few = [st.fixed_dictionaries({name: parts[name] for name in (*names, more)}) for names in least for more in maybe]
    return st.one_of(st.one_of(*map(having, least)).map(allowed), st.one_of(*few).map(allowed))


def _value(each: Field, examples: list[Values]) -> st.SearchStrategy[Any]:
    one = _one(each, examples)
    if not each.many:
        return one
    unique = (lambda item: item.get(each.key)) if each.key else (str if not each.of else None)
    return st.lists(one, min_size=1, max_size=3, unique_by=unique)


def _one(each: Field, examples: list[Values]) -> st.SearchStrategy[Any]:
    if each.of:
        return _values(each.of, each.spec, examples)
    if each.choices:
        return st.sampled_from([choice for choice in each.choices if choice != each.empty])
    if each.kind in _KINDS:
        return _KINDS[each.kind]
    if each.kind.type in _TYPES:
        return _TYPES[each.kind.type]
    return st.sampled_from([*_said(each.name, examples)])


def _said(name: str, value: Any) -> Iterator[Any]:
    """All that is said of an option, at any depth."""
    if isinstance(value, list):
        for item in value:
            yield from _said(name, item)
    elif isinstance(value, dict):
        if value.get(name):
            yield value[name]
        for item in value.values():
            yield from _said(name, item)


def canon(fields: Sequence[Field], given: Values) -> Values:
    """Values as they are read back: without what says nothing, or what nobody is told."""
    found = {}
    for each in fields:
        value = given.get(each.name)
        if value is None or each.write_only:
            continue
        value = [_canon(each, item) for item in value] if each.many else _canon(each, value)
        if value != each.absent and not is_empty(each, value):
            found[each.name] = value
    return found


def _canon(each: Field, value: Any) -> Any:
    if each.of:
        return canon(each.of, value)
    if each.kind is DATE:
        moment = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)
        return f"{moment.astimezone(datetime.timezone.utc):%Y-%m-%dT%H:%M:%SZ}".removesuffix(_MIDNIGHT)
    # An own kind has an own form, into which it brings what the task says.
    return value if each.kind in _KINDS else each.kind.flatten(each.kind.expand(value))


def part(document: Document, each: Field) -> Any:
    """AWS's form of a field."""
    found: Any = document
    for name in each.path:
        found = found.get(name, {})
    return found
