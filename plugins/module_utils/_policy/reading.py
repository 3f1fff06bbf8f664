# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a policy's statements say, in whatever form they are written, for those who judge them. Pure.

A policy is taken as it is read: any JSON gives an answer, and what is no statement says nothing.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import items, sid, statements
from ansible_collections.stowage.s3.plugins.module_utils._policy.patterns import matches, overlap

EVERYBODY = "*"
_ACCOUNT = re.compile(r"[0-9]{12}")


@dataclass(frozen=True)
class Condition:
    """One test of a statement: all of them have to hold, and of the values any one.

    path: within the policy. said and name: operator and key as they are written. operator and key: in lower case, the
    operator without IfExists and without what stands before a colon.
    """

    path: str
    said: str
    name: str
    operator: str
    key: str
    values: tuple[str, ...]
    if_exists: bool  # holds as well where the request has no such key
    of_set: str  # "", "forallvalues" or "foranyvalue"


@dataclass(frozen=True)
class Statement:
    """A statement. principals: (kind, name); everybody is ("AWS", "*"), as with NotPrincipal nobody can be listed."""

    path: str
    raw: dict[str, Any] = field(repr=False)
    sid: str
    effect: str
    principals: tuple[tuple[str, str], ...]
    not_principals: bool
    actions: tuple[str, ...]  # in lower case, as IAM compares them
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    conditions: tuple[Condition, ...]

    @property
    def name(self) -> str:
        """How it is called in a finding: by its Sid, or its place."""
        return self.sid or self.path

    def members(self, *elements: str) -> Iterator[tuple[str, str]]:
        """The texts of elements that are one or a list, each with its path."""
        for element in elements:
            found = self.raw.get(element)
            for place, text in enumerate(_texts(found)):
                yield f"{self.path}.{element}{f'[{place}]' if isinstance(found, list) else ''}", text

    @property
    def for_everybody(self) -> bool:
        """Whether it is about everybody, as far as the principal tells."""
        return ("AWS", EVERYBODY) in self.principals

    def covers_action(self, action: str) -> bool:
        """Whether it is about an action; `action` may be a pattern, of which all is then meant."""
        action = action.lower()
        if self.not_actions:
            return not any(overlap(each, action) for each in self.not_actions)
        return any(matches(each, action) for each in self.actions)

    def touches_action(self, pattern: str) -> bool:
        """Whether it is about any action of a pattern."""
        pattern = pattern.lower()
        if self.not_actions:
            return not any(matches(each, pattern) for each in self.not_actions)
        return any(overlap(each, pattern) for each in self.actions)

    def covers_resource(self, name: str) -> bool:
        """Whether it is about a bucket (its name), or about all of its objects ("name/*")."""
        if self.not_resources:
            return not any(overlap(_in_s3(each), name) for each in self.not_resources)
        return any(matches(_in_s3(each), name) for each in self.resources)


def read(policy: Any) -> list[Statement]:
    """The statements of a policy."""
    if not isinstance(policy, dict):
        return []
    return [
        _statement(f"Statement[{place}]", each)
        for place, each in enumerate(statements(policy))
        if isinstance(each, dict)
    ]


def _statement(path: str, statement: dict[str, Any]) -> Statement:
    return Statement(
        path=path,
        raw=statement,
        sid=sid(statement),
        effect=str(statement.get("Effect")),
        principals=tuple(_principals(statement.get("Principal"))),
        not_principals="NotPrincipal" in statement,
        actions=_lower(_texts(statement.get("Action"))),
        not_actions=_lower(_texts(statement.get("NotAction"))),
        resources=_texts(statement.get("Resource")),
        not_resources=_texts(statement.get("NotResource")),
        conditions=tuple(_conditions(f"{path}.Condition", statement.get("Condition"))),
    )


def _texts(value: Any) -> tuple[str, ...]:
    return () if value is None else tuple(_text(each) for each in items(value))


def _text(value: Any) -> str:
    """AWS takes true for "true"."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _lower(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(text.lower() for text in texts)


def _principals(principal: Any) -> Iterator[tuple[str, str]]:
    if isinstance(principal, dict):
        for kind, names in principal.items():
            yield from ((str(kind), name) for name in _texts(names))
    else:
        yield from (("AWS", name) for name in _texts(principal))


def _conditions(path: str, condition: Any) -> Iterator[Condition]:
    for written, keys in condition.items() if isinstance(condition, dict) else ():
        of_set, _colon, operator = str(written).lower().rpartition(":")
        for key, values in keys.items() if isinstance(keys, dict) else ():
            yield Condition(
                path=f"{path}.{written}.{key}",
                said=str(written),
                name=str(key),
                operator=operator.removesuffix("ifexists"),
                key=str(key).lower(),
                values=_texts(values),
                if_exists=operator.endswith("ifexists"),
                of_set=of_set,
            )


def _in_s3(arn: str) -> str:
    """What an ARN names in S3, whatever the partition: bucket, or bucket and keys."""
    return arn.partition(":s3:::")[2] or arn


def account_of(principal: str) -> str:
    """The account of a principal, which is an ARN or the account itself; "" where it cannot be told."""
    if _ACCOUNT.fullmatch(principal):
        return principal
    parts = principal.split(":")
    return parts[4] if len(parts) > 5 and parts[0] == "arn" else ""
