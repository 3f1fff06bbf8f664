# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Pieces that templates make their statements of. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._policy.kinds import (
    ACCOUNT,
    PREFIX,
    PRINCIPAL,
    PRINCIPALS,
    TAG,
)
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter

Condition = Mapping[str, Mapping[str, Any]]

# AWS's services, as those that deliver logs, come under their own names, from networks and organisations of their own.
# Requests without credentials do not have this key.
NO_SERVICE: Condition = {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}
# What a service does in the name of a person comes from the service's network.
NOT_VIA_SERVICE: Condition = {"BoolIfExists": {"aws:ViaAWSService": "false"}}
OWNER_HAS_IT: Condition = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}

EXEMPT = Parameter(
    "exempt_principals",
    PRINCIPALS,
    "Roles and users to whom it does not apply.",
    many=True,
    empty=True,
    default=(),
)
# Of templates that shut out by network: whoever runs the task may well be outside.
EXEMPT_OR_NOBODY = Parameter(
    EXEMPT.name,
    EXEMPT.kind,
    f"{EXEMPT.text} `[]` is nobody; then the next change of the policy has to come from inside, too.",
    many=True,
    empty=True,
    required=True,
)


def deny(sid: str, actions: str | list[str], resources: str | list[str], *conditions: Condition) -> Statement:
    """Nobody may, where all conditions hold."""
    return _statement(sid, "Deny", "*", actions, resources, conditions)


def allow(
    sid: str, principal: Any, actions: str | list[str], resources: str | list[str], *conditions: Condition
) -> Statement:
    """They may, where all conditions hold."""
    return _statement(sid, "Allow", principal, actions, resources, conditions)


def grant(sid: str, actions: str | list[str], resources: str | list[str], *conditions: Condition) -> Statement:
    """Who has the policy may, where all conditions hold."""
    return _statement(sid, "Allow", None, actions, resources, conditions)


def trust(sid: str, principal: Any, actions: str | list[str], *conditions: Condition) -> Statement:
    """They may be the role that has the policy, where all conditions hold."""
    return _statement(sid, "Allow", principal, actions, None, conditions)


def _statement(
    sid: str,
    effect: str,
    principal: Any,
    actions: str | list[str],
    resources: str | list[str] | None,
    conditions: Iterable[Condition],
) -> Statement:
    joined: dict[str, dict[str, Any]] = {}
    for each in conditions:
        for operator, keys in each.items():
            joined.setdefault(operator, {}).update(keys)
    parts = {"Sid": sid, "Effect": effect, "Principal": principal, "Action": actions, "Resource": resources}
    found = {name: value for name, value in parts.items() if value is not None}
    return {**found, "Condition": joined} if joined else found


def service(name: str) -> dict[str, str]:
    """A service of AWS, as principal. Those that are named here have the same name in every partition."""
    return {"Service": f"{name}.amazonaws.com"}


def but_for(principals: Iterable[str]) -> Condition:
    """Everybody but these. For whoever assumed a role, the key is the ARN of the role."""
    return {"ArnNotLike": {"aws:PrincipalArn": list(principals)}} if principals else {}


def not_from(endpoints: Iterable[str]) -> Condition:
    """Through none of these VPC endpoints; which also holds of a request without the key, as it came through none."""
    return {"StringNotEquals": {"aws:SourceVpce": list(endpoints)}} if endpoints else {}


def source(accounts: Iterable[str], arns: Iterable[str] = ()) -> Condition:
    """A service on behalf of these alone: without that, it could be sent here by anybody (the confused deputy)."""
    found: dict[str, dict[str, Any]] = {"StringEquals": {"aws:SourceAccount": list(accounts)}}
    return {**found, "ArnLike": {"aws:SourceArn": list(arns)}} if arns else found


# Other accounts

SHARED_WITH = (
    Parameter("accounts", ACCOUNT, "Accounts; who of them may, is theirs to say.", many=True, default=()),
    Parameter("roles", PRINCIPAL, "Roles or users, rather than whole accounts.", many=True, default=()),
    Parameter("prefix", PREFIX, "Only what is below it. It ends at a slash.", default=""),
)


def shared_with(place: Place, values: Values) -> dict[str, list[str]]:
    """The accounts and roles, as principal."""
    return {"AWS": [*map(place.root, values["accounts"]), *values["roles"]]}


def shared_reading(name: str, place: Place, values: Values) -> list[Statement]:
    """They may list and read below a prefix."""
    who, prefix = shared_with(place, values), values["prefix"]
    below: Condition = {"StringLike": {"s3:prefix": [f"{prefix}*"]}} if prefix else {}
    return [
        allow(f"{name}Objects", who, ["s3:GetObject", "s3:GetObjectTagging"], place.objects(prefix)),
        allow(f"{name}List", who, "s3:ListBucket", place.arn, below),
    ]


def shared_key(name: str, place: Place, values: Values, *actions: str) -> list[Statement]:
    """They may use the key for what S3 does in this bucket for them, and for nothing else."""
    # With a bucket key S3 tells KMS the bucket, without one the object.
    arns = [place.arn, place.objects(values["prefix"])]
    return [
        allow(
            f"{name}Key",
            shared_with(place, values),
            list(actions),
            "*",
            {"StringLike": {"kms:ViaService": f"s3.{place.region or '*'}.{place.domain}"}},
            {"StringLike": {"kms:EncryptionContext:aws:s3:arn": arns}},
        )
    ]


# What is granted to a role


def pattern(keys: str, *, whole: bool = False) -> str:
    """What fits keys that begin so, or the one that is called so, and no others."""
    return re.sub(r"[*?$]", r"${\g<0>}", keys) + "*" * (not whole)


def objects(place: Place, bucket: str, pattern: str) -> str:
    """The objects of any bucket whose keys fit."""
    return place.other(bucket) + ("/object/" if bucket.startswith("arn:") else "/") + pattern


def listing(sid: str, place: Place, bucket: str, patterns: list[str]) -> Statement:
    """The keys that fit may be listed; if all do, the bucket may be looked for, too."""
    below: Condition = {} if "*" in patterns else {"StringLike": {"s3:prefix": patterns}}
    return grant(sid, "s3:ListBucket", place.other(bucket), below)


def key_use(sid: str, place: Place, keys: list[str], actions: list[str], arns: list[str]) -> list[Statement]:
    """KMS keys may be used for what S3 does with these, and for nothing else; no statement without a key.

    arns: buckets and objects. With a bucket key S3 tells KMS the bucket, without one the object.
    """
    if not keys:
        return []
    # S3 and the key are in one region, which the key's ARN tells.
    services = dict.fromkeys(f"s3.{arn.split(':')[3]}.{place.domain}" for arn in keys)
    # Behind an access point is a bucket that its ARN does not tell.
    told = not any(":accesspoint/" in arn for arn in arns)
    context: Condition = {"StringLike": {"kms:EncryptionContext:aws:s3:arn": arns}} if told else {}
    return [grant(sid, actions, keys, {"StringEquals": {"kms:ViaService": list(services)}}, context)]


# Who may be a role

SESSION_TAGS = Parameter("session_tags", TAG, "The names of tags that a session may carry.", many=True, default=())


def tagging(sid: str, who: Any, values: Values) -> list[Statement]:
    """Sessions may carry tags of these names and no others; no statement without a name."""
    names: Condition = {"ForAllValues:StringEquals": {"aws:TagKeys": values["session_tags"]}}
    return [trust(sid, who, "sts:TagSession", names)] if values["session_tags"] else []
