# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Values of a bucket's options, for properties: whatever fits the argument spec, and what the courses say."""

from __future__ import annotations

import datetime
import importlib
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
    is_empty,
)
from hypothesis import strategies as st

_TEXTS = st.text("abzAZ09-_./:é", min_size=1, max_size=12)
_KINDS: dict[Kind, st.SearchStrategy[Any]] = {
    TEXT: _TEXTS,
    STATUS: _TEXTS.map(str.lower),
    NUMBER: st.integers(1, 40000),
    FLAG: st.booleans(),
    SWITCH: st.booleans(),
    DATE: st.dates(datetime.date(2000, 1, 1), datetime.date(2100, 1, 1)).map(str),
    TAGS: st.dictionaries(_TEXTS, _TEXTS, min_size=1, max_size=3),
}
# Of kinds that an aspect has for itself, by their type for Ansible; others are taken from its courses.
_TYPES = {"bool": st.booleans(), "int": st.integers(1, 40000)}


def data(aspect: Aspect) -> ModuleType:
    """The file of an aspect in `tests/aspects/`."""
    return importlib.import_module(f"aspects.{aspect.name}")


def known(aspect: Aspect) -> list[Values]:
    """What the courses say of an aspect."""
    names = {each.name for each in aspect.options}
    steps = [step.options for course in data(aspect).COURSES for step in course.steps]
    said = [{name: value for name, value in options.items() if name in names} for options in steps]
    return [values for values in said if values]


def values(aspect: Aspect) -> st.SearchStrategy[Values]:
    """Any values of an aspect's options that Ansible lets through."""
    return st.one_of(_values(aspect.options, {}, known(aspect)), st.sampled_from(known(aspect)))


@st.composite
def _values(draw: st.DrawFn, fields: Sequence[Field], spec: Mapping[str, Any], examples: list[Values]) -> Values:
    always = {each.name: _value(each, examples) for each in fields if each.required or "default" in each.spec}
    maybe = {each.name: _value(each, examples) for each in fields if each.name not in always}
    given: Values = draw(st.fixed_dictionaries(always, optional=maybe))
    for group in spec.get("mutually_exclusive", ()):
        for name in [name for name in group if name in given][1:]:
            del given[name]
    for group in spec.get("required_one_of", ()):
        if not any(name in given for name in group):
            name = draw(st.sampled_from(sorted(group)))
            given[name] = draw(maybe[name])
    return given


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
    # An own kind has an own form, into which it brings what the task says.
    return value if each.kind in _KINDS else each.kind.flatten(each.kind.expand(value))


def part(document: Document, each: Field) -> Any:
    """AWS's form of a field."""
    found: Any = document
    for name in each.path:
        found = found.get(name, {})
    return found
