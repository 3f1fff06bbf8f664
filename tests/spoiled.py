# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Policies without a part of theirs: if every part counts, some request is judged otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import Policy, items, sid
from ansible_collections.stowage.s3.plugins.module_utils._policy.patterns import matches


def spoiled(document: Policy, action: str) -> Iterator[tuple[str, Policy]]:
    """A policy without one of the statements that are about an action, or without a part of one."""
    for number, statement in enumerate(document["Statement"]):
        before, after = document["Statement"][:number], document["Statement"][number + 1 :]
        if sid(statement) in ("", "Open", "Logs", "StowageKeyOwner") or not about(statement, action):
            continue
        if before or after:
            yield sid(statement), {**document, "Statement": [*before, *after]}
        for what, changed in lessened(statement, action):
            yield f"{sid(statement)} {what}", {**document, "Statement": [*before, changed, *after]}


def about(statement: dict[str, Any], action: str) -> bool:
    """Whether a statement has an action."""
    return any(matches(each, action) for each in items(statement["Action"]))


def lessened(statement: dict[str, Any], action: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """A statement without this action, one of its resources, or one of its conditions."""
    for part in ("Action", "Resource"):
        members = items(statement.get(part, []))
        for one in members:
            if len(members) > 1 and (part == "Resource" or one == action):
                yield f"{part} {one}", {**statement, part: [each for each in members if each != one]}
    conditions = statement.get("Condition", {})
    rest = {part: value for part, value in statement.items() if part != "Condition"}
    for operator, keys in conditions.items():
        for key in keys:
            others = {**conditions, operator: {other: value for other, value in keys.items() if other != key}}
            left = {each: found for each, found in others.items() if found}
            yield f"{operator} {key}", {**rest, "Condition": left} if left else rest
