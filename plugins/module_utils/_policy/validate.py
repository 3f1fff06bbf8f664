# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What S3 would refuse in a bucket's policy, and what nobody can want. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import (
    OLD_VERSION,
    Policy,
    items,
    sid,
    statements,
    text,
)

MAX_BYTES = 20480
_VERSIONS = ("2012-10-17", OLD_VERSION)
_OF_POLICY = ("Version", "Id", "Statement")
# Each statement has one of each of these; the others it may have.
_NEEDED = (("Effect",), ("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource"))
_OF_STATEMENT = ("Sid", "Condition", *(name for names in _NEEDED for name in names))
_EFFECTS = ("Allow", "Deny")
_ARN = re.compile(r"arn:[^:]+:s3:::([^/]*)")


class Flaw(NamedTuple):
    """Where, what is wrong, and what to do."""

    path: str
    problem: str
    remedy: str


def flaws(policy: Policy, bucket: str) -> Iterator[Flaw]:
    """Everything that speaks against a policy."""
    size = len(text(policy).encode())
    if size > MAX_BYTES:
        yield Flaw("", f"it has {size} bytes; S3 allows {MAX_BYTES}.", "Join statements, or use wildcards.")
    yield from _unknown("", policy, _OF_POLICY)
    version = str(policy.get("Version") or OLD_VERSION)
    if version not in _VERSIONS:
        yield Flaw(".Version", f"there is no version {version}.", f"Write {_VERSIONS[0]}.")
    if not statements(policy):
        yield Flaw(".Statement", "there is none.", "Give one; an empty policy is removed by {}.")
    names = [sid(each) for each in statements(policy)]
    for place, statement in enumerate(statements(policy)):
        path = f".Statement[{place}]"
        if not isinstance(statement, dict):
            yield Flaw(path, "it is no object.", "A statement has Effect, Principal, Action and Resource.")
            continue
        yield from _statement(path, statement, bucket)
        if names[place] and names[place] in names[:place]:
            yield Flaw(f"{path}.Sid", f"{names[place]} is there twice.", "Each statement needs a name of its own.")
    denied = denied_to_all(policy, bucket)
    if {"s3:putbucketpolicy", "s3:deletebucketpolicy"} <= denied:
        yield Flaw(
            ".Statement",
            "it forbids everybody to change and to delete the policy, so nobody could undo it but the account's root"
            " user, where the server has that exception at all.",
            "Give the Deny a Condition that leaves somebody out, or other actions.",
        )


def _unknown(path: str, value: dict[str, Any], known: tuple[str, ...]) -> Iterator[Flaw]:
    for name in value:
        if name not in known:
            yield Flaw(f"{path}.{name}", "S3 knows no such element.", f"It knows {', '.join(known)}.")


def _statement(path: str, statement: dict[str, Any], bucket: str) -> Iterator[Flaw]:
    yield from _unknown(path, statement, _OF_STATEMENT)
    for names in _NEEDED:
        given = [name for name in names if statement.get(name) not in (None, "", [], {})]
        if len(given) != 1:
            problem = "it is not given." if not given else f"{' and '.join(given)} exclude each other."
            yield Flaw(f"{path}.{names[0]}", problem, f"Give {' or '.join(names)}.")
    effect = statement.get("Effect")
    if effect and effect not in _EFFECTS:
        yield Flaw(f"{path}.Effect", f"there is no effect {effect}.", f"Write {' or '.join(_EFFECTS)}.")
    for arn in items(statement.get("Resource", [])):
        found = _ARN.match(str(arn))
        if found and "$" not in found[1] and not matches(found[1], bucket):
            yield Flaw(f"{path}.Resource", f"{arn} is in another bucket.", f"S3 takes those in {bucket} alone.")


def denied_to_all(policy: Policy, bucket: str) -> set[str]:
    """Which of the actions on the policy itself are denied to everybody, whatever the circumstances; in lower case."""
    found: set[str] = set()
    for statement in statements(policy):
        if _for_all(statement, "Deny") and _covers_bucket(statement, bucket):
            found |= {
                action for action in ("s3:putbucketpolicy", "s3:deletebucketpolicy") if _covers(statement, action)
            }
    return found


def open_to_all(policy: Policy) -> list[str]:
    """Statements by which everybody may do something, whatever the circumstances: their places, as paths."""
    return [f".Statement[{place}]" for place, each in enumerate(statements(policy)) if _for_all(each, "Allow")]


def _for_all(statement: Any, effect: str) -> bool:
    if not isinstance(statement, dict) or statement.get("Effect") != effect or statement.get("Condition"):
        return False
    principal = statement.get("Principal")
    return "*" in items(principal.get("AWS", []) if isinstance(principal, dict) else principal)


def _covers_bucket(statement: dict[str, Any], bucket: str) -> bool:
    """Whether a statement is about the bucket itself, and not only about what is in it."""
    arns = [str(each).partition(":s3:::")[2] or str(each) for each in items(statement.get("Resource", []))]
    if "NotResource" in statement:
        others = [str(each).partition(":s3:::")[2] or str(each) for each in items(statement["NotResource"])]
        return not any(matches(arn, bucket) for arn in others)
    return any(matches(arn, bucket) for arn in arns)


def _covers(statement: dict[str, Any], action: str) -> bool:
    if "NotAction" in statement:
        return not any(matches(str(each).lower(), action) for each in items(statement["NotAction"]))
    return any(matches(str(each).lower(), action) for each in items(statement.get("Action", [])))


def matches(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern as IAM has them: * for any characters, ? for one."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, text, flags=re.DOTALL) is not None
