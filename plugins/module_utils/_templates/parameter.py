# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What templates of all sorts may be told, and how a list of them is read. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import items
from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import Kind, shown


@dataclass(frozen=True)
class Parameter:
    """What a template may be told. many: a list; empty: which may have no members, if it is given."""

    name: str
    kind: Kind
    text: str
    many: bool = False
    required: bool = False
    empty: bool = False
    default: Any = None

    def read(self, value: Any) -> Any:
        """The value as the template takes it. Raises ValueError."""
        if not self.many:
            return self.kind.read(value)
        found = list(dict.fromkeys(self.kind.read(each) for each in items(value)))
        if not found and not self.empty:
            raise ValueError("it has no members. Give at least one.")
        return found


class Named(Protocol):
    """What a template of any sort has. one_of: at least one of these is given. ignored: may be told, and is nothing."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def known(self) -> Mapping[str, Parameter]:
        """All that it may be told."""

    @property
    def one_of(self) -> tuple[str, ...]:
        """See above."""

    @property
    def ignored(self) -> frozenset[str]:
        """See above."""


AnyTemplate = TypeVar("AnyTemplate", bound=Named)


def values(template: Named, given: Mapping[Any, Any], kind: str) -> dict[str, Any]:
    """All parameters, checked; null is as good as not given. kind: of templates, for messages. Raises StowageError."""
    known = template.known
    for name in given:
        if name not in known and name not in template.ignored:
            problem = f"there is no such parameter. There are {', '.join(known)}."
            raise wrong(template, kind, shown(name), problem)
    told = {name: value for name, value in given.items() if value is not None and name in known}
    for each in known.values():
        if each.required and each.name not in told:
            problem = f"it is not given, and has to be. {each.text} {each.kind.allowed}"
            raise wrong(template, kind, each.name, problem)
    if template.one_of and not any(told.get(name) for name in template.one_of):
        raise wrong(template, kind, " or ".join(template.one_of), "none is given. Give at least one of them.")
    found = {each.name: list(each.default or ()) if each.many else each.default for each in known.values()}
    for name, value in told.items():
        try:
            found[name] = known[name].read(value)
        except ValueError as error:
            raise wrong(template, kind, name, str(error)) from error
    return found


def wrong(template: Named, kind: str, name: str, problem: str) -> StowageError:
    """The error of a parameter."""
    return StowageError(f"{kind} template {template.name}: {name}: {problem}")


def chosen(
    entry: Any, templates: Mapping[str, AnyTemplate], kind: str, forms: str
) -> tuple[AnyTemplate, list[Mapping[Any, Any]]]:
    """The template of an entry of a list, and what it is told: once, or as often as there are dicts.

    forms: a sentence that says what entries may be. Raises StowageError.
    """
    name: Any
    parameters: Any
    if isinstance(entry, str):
        name, parameters = entry, {}
    elif isinstance(entry, Mapping) and len(entry) == 1:
        name, parameters = next(iter(entry.items()))
    else:
        raise StowageError(f"{kind}: {shown(entry)} is not allowed. {forms}")
    template = templates.get(name) if isinstance(name, str) else None
    if template is None:
        raise StowageError(f"{kind}: there is no template {shown(name)}. There are {', '.join(templates)}. {forms}")
    times = [{}] if parameters is None else items(parameters)
    if not times or not all(isinstance(each, Mapping) for each in times):
        raise StowageError(
            f"{kind} template {name}: {shown(parameters)} is not allowed. Give a dict of {', '.join(template.known)},"
            " or a list of such dicts, to have the template once for each."
        )
    return template, times
