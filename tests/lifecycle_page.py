# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The templates of lifecycles for the documentation: `python tests/lifecycle_page.py` writes docs/lifecycle.md.

What is said of a template is the docstring of its file; the examples are what it is tested with.
"""

from __future__ import annotations

import functools
import importlib
import pathlib
import sys
from collections.abc import Callable
from typing import Any

import sample_costs
import yaml
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.class_rules.table import CLASS_RULES
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.compose import lifecycle, storage_class_rules
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.globs import COMMON
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Rule, Template
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.templates.table import TEMPLATES
from capabilities import filled
from template_page import folded, parameters, sections

PAGE = pathlib.Path(__file__).resolve().parents[1] / "docs" / "lifecycle.md"
Make = Callable[[Any], list[Rule]]
Costs = Callable[[list[Rule]], list[str]]


def page(text: str) -> str:
    """TEXT of the page with the templates as they are now."""
    of_lifecycle = functools.partial(_example, "lifecycles", lifecycle, sample_costs.of_rules)
    of_classes = functools.partial(_example, "class_rules", storage_class_rules, sample_costs.of_classes)
    text = filled(text, "templates", sections(TEMPLATES, of_lifecycle))
    text = filled(text, "rule parameters", "\n".join(parameters(COMMON)))
    return filled(text, "rule templates", sections(CLASS_RULES, of_classes, "rules"))


def _example(folder: str, make: Make, costs: Costs, template: Template) -> list[str]:
    told = importlib.import_module(f"{folder}.{template.name}").CASES[0].parameters
    entry = {template.name: told} if told else template.name
    rules = make([entry])
    return [*folded(entry, "text", _flowing(rules)), *costs(rules)]


def _flowing(rules: list[Rule]) -> str:
    """Rules as one writes them in YAML, short values on one line."""
    return yaml.safe_dump(rules, sort_keys=False, default_flow_style=None, width=110).rstrip()


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
    sys.stdout.write(f"wrote {PAGE}\n")
