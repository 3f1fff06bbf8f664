# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Between the options' words and AWS's, for all aspects: back and forth, and what nobody speaks of stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.cors import CORS
from ansible_collections.stowage.s3.plugins.module_utils._bucket.plan import Wanted, decide
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import (
    Document,
    Field,
    Values,
    expand,
    flatten,
)
from ansible_collections.stowage.s3.plugins.module_utils._bucket.table import ASPECTS
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from generated import canon, part, steady, values
from hypothesis import given
from hypothesis import strategies as st

STRANGER = "Stranger"  # a member that AWS may add tomorrow
STEADY = steady(15)
aspects = pytest.mark.parametrize("aspect", ASPECTS, ids=lambda aspect: aspect.name)


def mark(fields: Sequence[Field], document: Document) -> None:
    """A stranger wherever AWS's form has parts that are known."""
    document[STRANGER] = "kept"
    for each in fields:
        found = part(document, each)
        if each.of and found and not each.many:
            mark(each.of, found)
        elif each.key and found:
            for item in found:
                mark(each.of, item)


def lost(fields: Sequence[Field], before: Values, after: Values, document: Document, place: str) -> Iterator[str]:
    """Where a stranger has gone, of what was there before and still is."""
    if document.get(STRANGER) != "kept":
        yield place
    for each in fields:
        old, new, found = before.get(each.name), after.get(each.name), part(document, each)
        if not each.of or not old or not new:
            continue
        if not each.many:
            yield from lost(each.of, old, new, found, f"{place}.{each.name}")
        elif each.key:
            # A nameless entry is the one that was there only where it says the same.
            known = {item[each.key]: item for item in old if each.key in item}
            for item, there in zip(new, found, strict=True):
                was = known.get(item[each.key]) if each.key in item else item if item in old else None
                if was:
                    yield from lost(each.of, was, item, there, f"{place}.{each.name}[]")


@aspects
@given(everything=st.data())
@STEADY
def test_there_and_back(aspect: Aspect, everything: st.DataObject) -> None:
    wanted = everything.draw(values(aspect))
    kept = deepcopy(wanted)
    document = expand(aspect.options, wanted, {})
    assert flatten(aspect.options, document) == canon(aspect.options, wanted)
    assert wanted == kept
    # And again from what is there: nothing comes twice.
    assert expand(aspect.options, wanted, document) == document


@aspects
@given(everything=st.data())
@STEADY
def test_what_nobody_speaks_of_survives_a_change_beside_it(aspect: Aspect, everything: st.DataObject) -> None:
    before, after = (canon(aspect.options, everything.draw(values(aspect))) for _time in range(2))
    document = expand(aspect.options, before, {})
    mark(aspect.options, document)
    assert flatten(aspect.options, document) == before
    whole = [each for each in aspect.options if not each.path]
    if not all(after.get(each.name) for each in whole):
        return  # nothing is to stay
    new = expand(aspect.options, after, document)
    assert flatten(aspect.options, new) == after
    assert [*lost(aspect.options, before, after, new, aspect.name)] == []


def test_a_nameless_entry_takes_nothing_of_another() -> None:
    one, other = (
        {"allowed_methods": ["GET"], "allowed_origins": ["a"]},
        {"allowed_methods": ["PUT"], "allowed_origins": ["b"]},
    )
    document = expand(CORS.options, {"cors": [one, other]}, {})
    for number, rule in enumerate(document["CORSRules"]):
        rule[STRANGER] = number
    new = expand(CORS.options, {"cors": [{**one, "allowed_methods": ["HEAD"]}, other]}, document)
    assert [rule.get(STRANGER) for rule in new["CORSRules"]] == [None, 1]


@aspects
@given(everything=st.data())
@STEADY
def test_a_plan_leaves_what_is_as_it_should_be(aspect: Aspect, everything: st.DataObject) -> None:
    """Decided anew on what a plan makes, there is nothing to do."""
    wanted = Wanted(everything.draw(values(aspect)))
    facts = {"bucket": "b", "aws": True, "created": False, "owner": "111122223333"}
    try:
        plan = decide([aspect], wanted, {aspect.name: {}}, **facts)  # type: ignore[arg-type]
    except StowageError:
        return  # refused
    for change in plan.changes:
        again = decide([aspect], wanted, {aspect.name: change.new}, **facts)  # type: ignore[arg-type]
        assert again.changes == again.irreversible == ()
