# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Kinds of values that templates are told: what is allowed, and how it is written. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kind:
    """name: of one such value. allowed: a sentence. read: checks, and gives it as it is written; raises ValueError."""

    name: str
    allowed: str
    read: Callable[[Any], Any]


def shown(value: Any) -> str:
    """What was given, for a message: no longer than it helps."""
    text = repr(str(value) if isinstance(value, str) else value)
    return text if len(text) <= 80 else f"{text[:80]}..."


def refused(value: Any, allowed: str) -> ValueError:
    """The error of a value that a kind does not take."""
    return ValueError(f"{shown(value)} is not allowed. {allowed}")


def word(name: str, pattern: str, what: str) -> Kind:
    """Text of a pattern, or a number that YAML has made of such text."""
    allowed = f"Give {what}."

    def read(value: Any) -> str:
        text = str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
        if not re.fullmatch(pattern, text):
            raise refused(value, allowed)
        return text

    return Kind(name, allowed, read)


def choice(*words: str) -> Kind:
    """One of some words."""
    return word(" or ".join(words), "|".join(map(re.escape, words)), " or ".join(words))


def number(least: int, most: int) -> Kind:
    """A whole number within bounds."""
    allowed = f"Give a whole number from {least} to {most}."

    def read(value: Any) -> int:
        if re.fullmatch("[0-9]{1,9}", str(value)) and not isinstance(value, bool) and least <= int(value) <= most:
            return int(value)
        raise refused(value, allowed)

    return Kind(f"number from {least} to {most}", allowed, read)


def beginning(name: str, odd: str, allowed: str) -> Kind:
    """The beginning of keys. odd: characters that it may not have, beside those that no one sees."""
    pattern = re.compile(f"[{re.escape(odd)}\\x00-\\x1f\\x7f\\ud800-\\udfff]")

    def read(value: Any) -> str:
        # A key has at most 1,024 bytes.
        if not isinstance(value, str) or pattern.search(value) or value.startswith("/") or len(value.encode()) > 900:
            raise refused(value, allowed)
        return str(value)

    return Kind(name, allowed, read)


def folder(name: str, start: Kind, *, empty: bool = True) -> Kind:
    """The beginning of keys up to a "/", written or not. empty: whether it may be none."""

    def read(value: Any) -> str:
        text = str(start.read(value))
        if not text and not empty:
            raise refused(value, start.allowed)
        return text if not text or text.endswith("/") else f"{text}/"

    return Kind(name, start.allowed, read)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise refused(value, FLAG.allowed)
    return value


FLAG = Kind("true or false", "Give true or false.", _flag)
