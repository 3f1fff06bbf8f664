# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Kinds of values that rules hold: what is allowed, and how it is written. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket.lifecycle_rules import CLASSES, FLOOR
from ansible_collections.stowage.s3.plugins.module_utils._cost.classes import CLASSES as EVERY
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import parse_size
from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import (
    Kind,
    beginning,
    choice,
    folder,
    number,
    refused,
    word,
)

_LONGEST_DAYS = 36500
_MOST_TAGS, _LONGEST_VALUE = 10, 256


def _tiers(value: Any) -> dict[str, int]:
    if not isinstance(value, Mapping):
        raise refused(value, TIERS.allowed)
    return {_CLASS.read(each): AGE.read(days) for each, days in value.items()}


def _tags(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or not 1 <= len(value) <= _MOST_TAGS:
        raise refused(value, TAGS.allowed)
    return {TAG_NAME.read(name): _tag_value(text) for name, text in value.items()}


def _tag_value(value: Any) -> str:
    # The empty text is a value, too.
    if isinstance(value, bool) or not isinstance(value, (str, int, float)) or len(str(value)) > _LONGEST_VALUE:
        raise refused(value, f"Give the value of a tag as text of up to {_LONGEST_VALUE} characters, in quotes.")
    return str(value)


def _bytes(value: Any) -> int:
    try:
        found = parse_size("size", value if isinstance(value, (str, int)) and not isinstance(value, bool) else "")
    except StowageError as error:
        raise refused(value, SIZE.allowed) from error
    if found < FLOOR:
        raise refused(value, SIZE.allowed)
    return found


_CLASS = choice(*CLASSES)

TAG_NAME = word("name of a tag", "(?s:.{1,128})", "the name of a tag, of 1 to 128 characters")
DAYS = number(1, _LONGEST_DAYS)
AGE = number(0, _LONGEST_DAYS)
VERSIONS = number(1, 100)
YEARS = number(1, 99)
_START = "Give the beginning of keys up to a /, as {}: text without *, ? and control characters, not from a /{}"
FOLDER = folder(
    "prefix, as a folder",
    beginning("prefix", "*?", _START.format("logs/ or app/logs/", ". '' is the whole bucket.")),
)
SOME_FOLDER = folder(
    "prefix, as a folder, not empty",
    beginning("prefix", "*?", _START.format("raw/", ", and not ''.")),
    empty=False,
)
TIERS = Kind(
    "dict of storage classes and days",
    "Give storage classes and the days after which objects go there, as {STANDARD_IA: 30, GLACIER: 90}; {} for none."
    f" From warm to cold there are {', '.join(CLASSES)}.",
    _tiers,
)
TAGS = Kind("dict of tags", f"Give 1 to {_MOST_TAGS} tags with their values, as {{team: web}}.", _tags)
SIZE = Kind("size from 128K", "Give bytes, or a number with K, M or G, such as 1M; 128K or more.", _bytes)
_TARGETS = [name for name in EVERY if name != "REDUCED_REDUNDANCY"]
TARGET = word("storage class", "|".join(_TARGETS), " or ".join(_TARGETS))
