# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The templates and checks of policies for the documentation: `python tests/policy_page.py` writes docs/policies.md.

What is said of a template is the docstring of its file; the examples are what it is tested with.
"""

from __future__ import annotations

import functools
import importlib
import json
import pathlib
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._bucket.lifecycle_checks import CHECKS as LIFECYCLE_CHECKS
from ansible_collections.stowage.s3.plugins.module_utils._policy.checks.table import CHECKS
from ansible_collections.stowage.s3.plugins.module_utils._policy.compose import place, policy
from ansible_collections.stowage.s3.plugins.module_utils._policy.iam.table import IAM_TEMPLATES
from ansible_collections.stowage.s3.plugins.module_utils._policy.identity import iam_policy, trust_policy
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Template
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.table import TEMPLATES
from ansible_collections.stowage.s3.plugins.module_utils._policy.trust.table import TRUST_TEMPLATES
from capabilities import filled
from policies.case import BUCKET
from template_page import folded, sections

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
    text = filled(text, "checks", checks())
    for part in PARTS:
        text = filled(text, part.name, sections(part.templates, functools.partial(_example, part)))
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


def _example(part: Part, template: Template) -> list[str]:
    parameters = importlib.import_module(f"policies.{part.folder}{template.name}").CASES[0].parameters
    entry = {template.name: parameters} if parameters else template.name
    return folded(entry, "json", _joined(json.dumps(part.make([entry])["Statement"], indent=2)))


def _joined(document: str) -> str:
    """Short lists on one line."""
    return re.sub(r"\[\s+([^\[\]{}]+?)\s+\]", lambda found: "[" + " ".join(found[1].split()) + "]", document)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
    sys.stdout.write(f"wrote {PAGE}\n")
