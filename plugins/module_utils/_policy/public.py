# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whether a bucket's policy is public, by AWS's definition. Pure.

A statement that allows something is public unless it grants it to fixed values alone: to named principals, or on a
condition on one of a few keys that tell who asks or from where. A wildcard or a policy variable is no fixed value.
What other statements deny is not looked at, as AWS does not.
Source: "The meaning of public" in the S3 user guide, on blocking public access.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._policy.patterns import matches, overlap
from ansible_collections.stowage.s3.plugins.module_utils._policy.reading import (
    EVERYBODY,
    Condition,
    Statement,
    read,
)

_ALL = "s3:*"
_READS = ("s3:get*", "s3:list*", "s3:describe*", "s3:head*")
# An identity provider vouches for anybody who has an account there.
_FIXED_KINDS = ("AWS", "CanonicalUser", "Service")
# Keys that tell who asks, or from where.
_TRUSTED = {
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
}
_EQUAL = {"arnequals", "arnlike", "ipaddress", "stringequals", "stringequalsignorecase", "stringlike"}
_ROLE_SESSION = re.compile(r"AROA[A-Z0-9]*:.*", re.IGNORECASE)
_WIDEST = {4: 8, 6: 32}  # bits of the widest range that is still somebody's


@dataclass(frozen=True)
class Opening:
    """A statement by which anybody may read or write."""

    path: str
    name: str
    reads: bool
    writes: bool


def openings(policy: Any) -> list[Opening]:
    """What a policy, any JSON, opens to the public."""
    return [
        Opening(each.path, each.name, _reads(each), _writes(each))
        for each in read(policy)
        if each.effect == "Allow" and _to_anybody(each) and not restricted(each)
    ]


def is_public(policy: Any) -> bool:
    """Whether a policy is public."""
    return bool(openings(policy))


def restricted(statement: Statement) -> bool:
    """Whether a condition tells who asks, or from where."""
    return any(map(_restricts, statement.conditions))


def _to_anybody(statement: Statement) -> bool:
    return statement.not_principals or not all(_fixed_principal(*each) for each in statement.principals)


def _fixed_principal(kind: str, name: str) -> bool:
    return kind in _FIXED_KINDS and name != EVERYBODY and _fixed(name)


def _fixed(value: str) -> bool:
    return not any(sign in value for sign in ("*", "?", "${"))


def _restricts(condition: Condition) -> bool:
    """Whether nobody but fixed ones fulfil a condition."""
    if condition.key not in _TRUSTED or condition.operator not in _EQUAL or condition.if_exists:
        return False
    # "For all values" holds where there is none.
    return (
        condition.of_set != "forallvalues"
        and bool(condition.values)
        and all(_fixed_value(condition.key, value) for value in condition.values)
    )


def _fixed_value(key: str, value: str) -> bool:
    if key == "aws:sourceip":
        return _narrow(value)
    if key == "aws:userid":
        # A role's sessions are its own, whatever their names.
        return _fixed(value.partition(":")[0] if _ROLE_SESSION.fullmatch(value) else value)
    if key == "s3:dataaccesspointarn":
        # The name of an access point may be any, if the account is fixed.
        return _fixed(value) or (value.count(":") >= 5 and _fixed(":".join(value.split(":")[:5])))
    return _fixed(value)


def _narrow(value: str) -> bool:
    """Whether a range of addresses is not half the internet."""
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return network.prefixlen >= _WIDEST[network.version]


def _reads(statement: Statement) -> bool:
    return any(statement.touches_action(each) for each in _READS)


def _writes(statement: Statement) -> bool:
    """Whatever only reads begins with one of a few words; all else changes something."""
    if statement.not_actions:
        return statement.touches_action("s3:put*") or statement.touches_action("s3:delete*")
    actions = [each for each in statement.actions if overlap(each, _ALL)]
    return any(not any(matches(reading, each) for reading in _READS) for each in actions)
