# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A template: rules by name and parameters, as data. Each has a file of its own, in `templates/` if its rules are of a
lifecycle, in `class_rules/` if they say the class of what is written.

The docstring of such a file is what the documentation says of it: a sentence for what it does, then how S3 comes into
it, then, after "Danger:", what it destroys or costs.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import word
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter

Rule = dict[str, Any]
Values = Mapping[str, Any]

# What every template of a lifecycle may be told.
ID = Parameter(
    "id",
    word("name", "[A-Za-z0-9-]{1,40}", "up to 40 letters, digits and hyphens"),
    "Added to the ids of the rules, so that one lifecycle may have the template more than once.",
    default="",
)


@dataclass(frozen=True)
class Template:
    """What makes rules.

    text: the docstring of its file. rules: of all that they may do to an object at once, see `compose`; they raise
    ValueError for parameters that do not go together. common: parameters that templates of its sort share. one_of: at
    least one of these parameters is given. keeps: no template beside it may let expire earlier what it is for.
    """

    name: str
    text: str
    rules: Callable[[Values], list[Rule]]
    parameters: tuple[Parameter, ...] = ()
    common: tuple[Parameter, ...] = (ID,)
    one_of: tuple[str, ...] = ()
    ignored: frozenset[str] = frozenset()
    keeps: bool = False
    known: Mapping[str, Parameter] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", {each.name: each for each in (*self.parameters, *self.common)})
