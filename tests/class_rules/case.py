# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How the tests of templates of rules for storage classes are written down. `test_class_rules.py` has the harness."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any


@dataclasses.dataclass(frozen=True)
class Case:
    """Parameters of a template, and the keys that each class is for; "" is for those that no rule takes."""

    parameters: dict[str, Any]
    keys: Mapping[str, list[str]]


def named(words: str) -> list[str]:
    """A key for each suffix."""
    return [f"a.{each}" for each in words.split()]


def both(words: str) -> list[str]:
    """The same in lower and upper case."""
    return [key for each in words.split() for key in (f"a.{each}", f"a.{each.upper()}")]
