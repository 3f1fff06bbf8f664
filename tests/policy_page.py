# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The templates and checks of policies for the documentation: `python tests/policy_page.py` writes docs/policies.md.

What is said of a template is the docstring of its file; the examples are what it is tested with.
"""

from __future__ import annotations

import importlib
import json
import pathlib
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import yaml
from ansible_collections.stowage.s3.plugins.module_utils._bucket.lifecycle_checks import CHECKS as LIFECYCLE_CHECKS
from ansible_collections.stowage.s3.plugins.module_utils._policy.checks.table import CHECKS
from ansible_collections.stowage.s3.plugins.module_utils._policy.compose import place, policy
from ansible_collections.stowage.s3.plugins.module_utils._policy.iam.table import IAM_TEMPLATES
from ansible_collections.stowage.s3.plugins.module_utils._policy.identity import iam_policy, trust_policy
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Template
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.table import TEMPLATES
from ansible_collections.stowage.s3.plugins.module_utils._policy.trust.table import TRUST_TEMPLATES
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter
from policies.case import BUCKET

PAGE = pathlib.Path(__file__).resolve().parents[1] / "docs" / "policies.md"


class Part(NamedTuple):
    """A part of the page: templates of one kind. folder: where what they are tested with is, below `policies`."""

    name: str
    templates: Mapping[str, Template]
    make: Callable[[Any], dict[str, Any]]
    folder: str = ""


PARTS = (
    Part("templates", TEMPLATES, lambda listed: policy(listed, place(BUCKET))),
    Part("iam templates", IAM_TEMPLATES, iam_policy, "iam."),
    Part("trust templates", TRUST_TEMPLATES, trust_policy, "trust."),
)


def page(text: str) -> str:
    """TEXT of the page with the checks and templates as they are now."""
    for name, made in (("checks", checks()), *((part.name, sections(part)) for part in PARTS)):
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        before, rest = text.split(begin)
        text = f"{before}{begin}\n{made}\n{end}{rest.split(end)[1]}"
    return text


def checks() -> str:
    """A table of them."""
    lines = ["| check | severity | of | finds |", "|---|---|---|---|"]
    for each in (*CHECKS, *LIFECYCLE_CHECKS):
        severity = each.severity.value
        for kind, other in each.otherwise.items():
            severity += f"; {kind}: {other.value}"
        lines.append(f"| [`{each.id}`]({each.source}) | {severity} | {', '.join(each.types)} | {each.meaning} |")
    return "\n".join(lines)


def sections(part: Part) -> str:
    """A table of all, and a section for each."""
    told = {name: paragraphs(each) for name, each in part.templates.items()}
    lines = ["| template | what it does |", "|---|---|"]
    lines += [f"| [`{name}`](#{name}) | {texts[0]} |" for name, texts in told.items()]
    return "\n".join([*lines, *(section(part, each, told[name]) for name, each in part.templates.items())])


def paragraphs(template: Template) -> list[str]:
    """What its file says of it: in one sentence, then more, the danger last."""
    texts = [" ".join(text.split()) for text in template.text.split("\n\n")]
    return [text for text in texts if not text.startswith("Note that this module util")]


def section(part: Part, template: Template, texts: list[str]) -> str:
    """All that is to be known of one."""
    lines = ["", f"### {template.name}", ""]
    for text in texts:
        lines += [re.sub("^Danger: (.)", lambda found: f"**Danger:** {found[1]}", text), ""]
    if template.parameters:
        lines += ["| parameter | what it is | type | default |", "|---|---|---|---|"]
        lines += [_row(each, template) for each in template.parameters]
        lines += [""]
    return "\n".join([*lines, *_example(part, template)])


def _row(parameter: Parameter, template: Template) -> str:
    kind = f"list of {parameter.kind.name}" if parameter.many else parameter.kind.name
    alone = "none" if parameter.name not in template.one_of else "one of these is required"
    default = alone if parameter.default in (None, "", ()) else f"`{_flow(parameter.default)}`"
    return f"| `{parameter.name}` | {parameter.text} | {kind} | {'required' if parameter.required else default} |"


def _example(part: Part, template: Template) -> list[str]:
    parameters = importlib.import_module(f"policies.{part.folder}{template.name}").CASES[0].parameters
    entry = {template.name: parameters} if parameters else template.name
    document = json.dumps(part.make([entry])["Statement"], indent=2)
    return [
        "<details>",
        f"<summary><code>{_flow(entry)}</code></summary>",
        "",
        "```json",
        _joined(document),
        "```",
        "",
        "</details>",
    ]


def _joined(document: str) -> str:
    """Short lists on one line."""
    return re.sub(r"\[\s+([^\[\]{}]+?)\s+\]", lambda found: "[" + " ".join(found[1].split()) + "]", document)


def _flow(value: Any) -> str:
    """A value as one writes it in YAML, on one line."""
    plain = json.loads(json.dumps(value))
    return yaml.safe_dump(plain, default_flow_style=True, width=10000, sort_keys=False).removesuffix("...\n").strip()


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
    sys.stdout.write(f"wrote {PAGE}\n")
