# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How the tests of a lifecycle template are written down, and what S3 makes of rules.

`test_lifecycle_templates.py` has the harness.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

KIB, MIB = 1 << 10, 1 << 20
GONE = "gone"
COLDER = (
    "STANDARD", "STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE", GONE
)  # fmt: skip
Rule = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Thing:
    """Something in a bucket. state: current, noncurrent, upload or marker (one that no version is below).

    newer: how many replaced versions of the object are newer.
    """

    key: str
    size: int = 8 * MIB
    tags: Mapping[str, str] = dataclasses.field(default_factory=dict)
    state: str = "current"
    newer: int = 0


@dataclasses.dataclass(frozen=True)
class Fate:
    """What has to have become of something after so many days: its class, or GONE."""

    what: str
    thing: Thing
    then: Mapping[int, str]


@dataclasses.dataclass(frozen=True)
class Case:
    """Parameters of a template, and what has to become of things in a bucket that has its rules."""

    parameters: dict[str, Any]
    fates: tuple[Fate, ...]


def fate(rules: list[Rule], thing: Thing, day: int) -> str:
    """What S3 makes of something, by its documentation: of all rules that are for it, the coldest."""
    found = [each for rule in rules if _takes(rule, thing) for each in _done(rule, thing, day)]
    return max(["STANDARD", *found], key=COLDER.index)


def _takes(rule: Rule, thing: Thing) -> bool:
    return (
        thing.key.startswith(rule.get("prefix", ""))
        and rule.get("tags", {}).items() <= thing.tags.items()
        and rule.get("size_greater_than", -1) < thing.size < rule.get("size_less_than", 1 << 60)
    )


def _done(rule: Rule, thing: Thing, day: int) -> Iterator[str]:
    if thing.state == "upload":
        if rule.get("abort_incomplete_multipart_days", day + 1) <= day:
            yield GONE
    elif thing.state == "marker":
        expiration = rule.get("expiration", {})
        if expiration.get("expired_object_delete_marker") or expiration.get("days", day + 1) <= day:
            yield GONE
    else:
        name = "noncurrent_" if thing.state == "noncurrent" else ""
        expiration = rule.get(f"{name}expiration", {})
        if expiration.get("days", day + 1) <= day and expiration.get("newer_versions", 0) <= thing.newer:
            yield GONE
        # By default S3 moves no object below 128 KiB.
        if "size_greater_than" in rule or thing.size >= 128 * KIB:
            yield from (each["storage_class"] for each in rule.get(f"{name}transitions", []) if each["days"] <= day)


def current(what: str, key: str, then: Mapping[int, str], **more: Any) -> Fate:
    """Of an object."""
    return Fate(what, Thing(key, **more), then)


def replaced(what: str, key: str, then: Mapping[int, str], **more: Any) -> Fate:
    """Of a version that was replaced, by the days since then."""
    return Fate(what, Thing(key, state="noncurrent", **more), then)


def stays(what: str, key: str, **more: Any) -> Fate:
    """Of something that nothing happens to."""
    return Fate(what, Thing(key, **more), {40000: "STANDARD"})
