# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""From what a task wants and what is there to what is to be done. Pure: no client, no module, no clock.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect, Remark, State
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import (
    Document,
    Field,
    Values,
    canonical,
    cleaned,
    expand,
    flatten,
    merge,
    repeated,
)
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError


@dataclass(frozen=True)
class Wanted:
    """What a task says: the values of its options, and which sets it does not own whole."""

    values: Values
    shared: frozenset[str] = frozenset()  # options with purge_<option>: false

    def speaks_of(self, aspect: Aspect) -> bool:
        """Whether the task says anything of an aspect."""
        return any(each.name in self.values for each in aspect.options)


@dataclass(frozen=True)
class Change:
    """An aspect that is to be written. before and after: by the options' names; old and new: as AWS has them."""

    aspect: Aspect
    before: Values
    after: Values
    old: Document
    new: Document


@dataclass(frozen=True)
class Plan:
    """What is to be done to a bucket, in order, and what is to be said of it."""

    changes: tuple[Change, ...]
    warnings: tuple[Remark, ...]
    irreversible: tuple[Remark, ...]


def sets(aspects: Iterable[Aspect]) -> list[Field]:
    """The options that are sets of named things."""
    return [each for aspect in aspects for each in aspect.options if each.is_set]


def asked(aspects: Iterable[Aspect], params: Mapping[str, Any]) -> Wanted:
    """What the task's parameters say of the aspects. Raises StowageError."""
    fields = [each for aspect in aspects for each in aspect.options]
    shared = {each.name for each in fields if each.is_set and params.get(f"purge_{each.name}") is False}
    values: Values = {}
    for each in fields:
        try:
            values.update(cleaned([each], params))
        except ValueError as error:
            raise StowageError(f"{each.name}: {error}") from error
    return Wanted(values, frozenset(shared))


def decide(
    aspects: Iterable[Aspect],
    wanted: Wanted,
    present: Mapping[str, Document],
    *,
    bucket: str,
    aws: bool,
    created: bool,
    owner: str = "",
    regions: Mapping[str, str] | None = None,
    plain: bool = False,
    server: str = "",
) -> Plan:
    """The plan. `present`: AWS's form by the names of aspects, of all that the task speaks of and what those need.

    Raises StowageError, which names every option that is refused.
    """
    aspects = list(aspects)
    spoken = [aspect for aspect in aspects if wanted.speaks_of(aspect)]
    changes = [_change(aspect, wanted, present.get(aspect.name, {})) for aspect in spoken]
    before: Values = {}
    for aspect in aspects:
        if aspect.name in present:
            before.update(flatten(aspect.options, present[aspect.name]))
    after = dict(before)
    for change in changes:
        for each in change.aspect.options:
            after.pop(each.name, None)
        after.update(change.after)
    known = frozenset(present)
    state = State(before, after, bucket, aws, created, wanted.values, known, owner, plain, server, regions or {})
    refused = [*_repeated(spoken, wanted), *_unnamed(sets(spoken), wanted)]
    refused += [remark for change in changes for remark in change.aspect.refuse(state)]
    if refused:
        raise StowageError(f"{bucket}: refused, and nothing was changed. " + " ".join(map(str, refused)))
    real = [change for change in changes if differs(change.aspect, change.before, change.after)]
    # As the sort is stable: what is written in the table's order, what is removed the other way round.
    real = [change for change in real if change.after] + [change for change in real[::-1] if not change.after]
    return Plan(
        tuple(sorted(real, key=lambda change: change.aspect.turn(change.before, change.after))),
        tuple(remark for change in changes for remark in change.aspect.warn(state)),
        tuple(remark for change in real for remark in change.aspect.irreversible(state)),
    )


def _repeated(aspects: Iterable[Aspect], wanted: Wanted) -> Iterator[Remark]:
    for each in (each for aspect in aspects for each in aspect.options):
        for path, shared in repeated(each, wanted.values.get(each.name), each.name):
            yield Remark(path, f"{shared} is there twice.", "Join the two, or change one.")


def _unnamed(fields: Iterable[Field], wanted: Wanted) -> Iterator[Remark]:
    """Entries that are to be beside others have to be known by a name."""
    for each in fields:
        if each.key and each.name in wanted.shared:
            for place, item in enumerate(wanted.values.get(each.name, ())):
                if item.get(each.key) in (None, ""):
                    path = f"{each.name}[{place}].{each.key}"
                    yield Remark(path, f"purge_{each.name}: false knows entries by it; there is none.", "Give it.")


def _change(aspect: Aspect, wanted: Wanted, old: Document) -> Change:
    present = flatten(aspect.options, old)
    target = dict(present)
    try:
        for each in aspect.options:
            if each.name in wanted.values:
                purge = each.name not in wanted.shared
                target[each.name] = merge(each, wanted.values[each.name], present.get(each.name), purge=purge)
        new = expand(aspect.options, target, old)
    except ValueError as error:
        raise StowageError(f"{aspect.name}: {error}") from error
    told = [each for each in aspect.options if not each.companion or each.name in wanted.values]
    if not any(target.get(each.name) not in (None, each.empty) for each in told):
        new = {}  # what is carried over of nothing is nothing
    return Change(aspect, present, flatten(aspect.options, new), old, new)


def view(aspect: Aspect, document: Document) -> Values:
    """The options' values of an aspect, with those that are not configured: they are empty."""
    values = flatten(aspect.options, document)
    return {each.name: values.get(each.name, each.empty) for each in aspect.options}


def differs(aspect: Aspect, one: Values, other: Values) -> bool:
    """Whether two values of an aspect mean different things."""
    one, other = aspect.normal(one), aspect.normal(other)
    return any(canonical(each, one.get(each.name)) != canonical(each, other.get(each.name)) for each in aspect.options)
