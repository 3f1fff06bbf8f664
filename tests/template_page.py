# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the documentation says of templates of all sorts: a table of them, and a section for each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import yaml
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Named, Parameter


class Documented(Named, Protocol):
    """A template with what its file says of it, and what it may be told beside what all of its sort may be."""

    @property
    def text(self) -> str:
        """The docstring."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its own."""


def sections(templates: Mapping[str, Documented], example: Callable[[Any], Iterable[str]], sort: str = "") -> str:
    """A table of all, and a section for each. example: the lines that end a section. sort: a word for the headings."""
    told = {name: paragraphs(each) for name, each in templates.items()}
    lines = ["| template | what it does |", "|---|---|"]
    anchor = f"-{sort}" if sort else ""
    lines += [f"| [`{name}`](#{name}{anchor}) | {texts[0]} |" for name, texts in told.items()]
    return "\n".join([*lines, *(section(each, told[name], example(each), sort) for name, each in templates.items())])


def paragraphs(template: Documented) -> list[str]:
    """What its file says of it: in one sentence, then more, the danger last."""
    texts = [" ".join(text.split()) for text in template.text.split("\n\n")]
    return [text for text in texts if not text.startswith("Note that this module util")]


def section(template: Documented, texts: list[str], example: Iterable[str], sort: str = "") -> str:
    """All that is to be known of one."""
    lines = ["", f"### {template.name} ({sort})" if sort else f"### {template.name}", ""]
    for text in texts:
        lines += [re.sub("^Danger: (.)", lambda found: f"**Danger:** {found[1]}", text), ""]
    if template.parameters:
        lines += [*parameters(template.parameters, template.one_of), ""]
    return "\n".join([*lines, *example])


def parameters(known: Iterable[Parameter], one_of: tuple[str, ...] = ()) -> list[str]:
    """A table of them."""
    head = ["| parameter | what it is | type | default |", "|---|---|---|---|"]
    return [*head, *(_row(each, one_of) for each in known)]


def _row(parameter: Parameter, one_of: tuple[str, ...]) -> str:
    kind = f"list of {parameter.kind.name}" if parameter.many else parameter.kind.name
    alone = "none" if parameter.name not in one_of else "one of these is required"
    default = alone if parameter.default in (None, "", ()) else f"`{flow(parameter.default)}`"
    return f"| `{parameter.name}` | {parameter.text} | {kind} | {'required' if parameter.required else default} |"


def folded(entry: Any, form: str, text: str) -> list[str]:
    """What a template makes of an entry of a list, to be opened by who wants to see it."""
    return [
        "<details>",
        f"<summary><code>{flow(entry)}</code></summary>",
        "",
        f"```{form}",
        text,
        "```",
        "",
        "</details>",
    ]


def flow(value: Any) -> str:
    """A value as one writes it in YAML, on one line."""
    plain = json.loads(json.dumps(value))
    return yaml.safe_dump(plain, default_flow_style=True, width=10000, sort_keys=False).removesuffix("...\n").strip()
