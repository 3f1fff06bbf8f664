# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whom a policy lets in without meaning to, and whom it shuts out for good. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import Policy
from ansible_collections.stowage.s3.plugins.module_utils._policy.check import (
    BUCKET,
    RESOURCE_POLICIES,
    S3_GUIDE,
    TRUST,
    Check,
    Flaw,
    Severity,
    Subject,
)
from ansible_collections.stowage.s3.plugins.module_utils._policy.checks.conditions import NEGATED
from ansible_collections.stowage.s3.plugins.module_utils._policy.public import openings, restricted
from ansible_collections.stowage.s3.plugins.module_utils._policy.reading import Condition, Statement, read

_READ, _PUT, _DELETE = "s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"
_SOURCES = ("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner")
_EQUAL = ("arnequals", "arnlike", "stringequals", "stringequalsignorecase", "stringlike")
# Services that deliver on behalf of a load balancer, of which they tell nothing.
_TELL_NOTHING = ("logdelivery.elasticloadbalancing.amazonaws.com",)
_ACCOUNT = re.compile("[0-9]{12}")


# Too far


def _open(subject: Subject) -> Iterator[Statement]:
    """Statements by which everybody may do something."""
    if subject.type == TRUST:
        yield from (each for each in subject.allows if each.for_everybody and not restricted(each))
        return
    opened = {each.path for each in openings(subject.document)}
    # Of NotPrincipal and of what is no principal other checks tell.
    yield from (each for each in subject.statements if each.path in opened and each.for_everybody)


def _public(subject: Subject) -> Iterator[Flaw]:
    for each in _open(subject):
        if not each.conditions:
            yield Flaw(each.path, "everybody may do that, without an account.", "Name principals, unless it is meant.")


def _hardly_restricted(subject: Subject) -> Iterator[Flaw]:
    for each in _open(subject):
        if each.conditions:
            yield Flaw(
                f"{each.path}.Condition",
                "everybody may do that who fulfils it, as nothing in it tells who asks or from where, by fixed values.",
                "Name principals, or fixed values of a key like aws:PrincipalOrgID, aws:SourceVpce or aws:SourceIp.",
            )


def _deputies(subject: Subject) -> Iterator[Flaw]:
    for statement in subject.allows:
        services = [name for kind, name in statement.principals if kind == "Service" and name not in _TELL_NOTHING]
        if services and not any(map(_tells_source, statement.conditions)):
            yield Flaw(
                f"{statement.path}.Principal.Service",
                f"{', '.join(services)} may do that for anybody who asks it to, of any account (a confused deputy).",
                "Add a condition on aws:SourceAccount, aws:SourceArn or aws:SourceOrgID.",
            )


def _tells_source(condition: Condition) -> bool:
    return (
        condition.key in _SOURCES
        and condition.operator in _EQUAL
        and not condition.if_exists
        and condition.of_set != "forallvalues"
        and bool(condition.values)
        and all(map(_somebodys, condition.values))
    )


def _somebodys(source: str) -> bool:
    """Whether it is of one owner: an account or organisation, or an ARN with an account, or the name of a bucket."""
    if not source.startswith("arn:"):
        return "*" not in source.partition("/")[0]
    parts = source.split(":", 5)
    if len(parts) < 6:
        return False
    return bool(_ACCOUNT.fullmatch(parts[4])) or (not parts[4] and parts[5][:1] not in ("", "*", "?"))


# For good


def denied_to_all(
    policy: Policy, bucket: str, holds: Callable[[Condition], bool] = lambda condition: False
) -> set[str]:
    """Which of the actions on the policy itself are denied to everybody, in lower case.

    Whatever the circumstances, or in those in which a condition holds.
    """
    return {
        action
        for statement in read(policy)
        for action in (_READ, _PUT, _DELETE)
        if statement.effect == "Deny"
        and statement.for_everybody
        and all(map(holds, statement.conditions))
        and statement.covers_action(action)
        and statement.covers_resource(bucket)
    }


def without_tls(condition: Condition) -> bool:
    """Whether a condition holds of every request that comes over plain HTTP, whoever asks."""
    if condition.key == "s3:tlsversion":  # which does not come then
        absent = condition.operator == "null" and condition.values == ("true",)
        return absent or condition.if_exists or condition.operator in NEGATED
    return condition.key == "aws:securetransport" and (
        condition.operator in ("bool", "stringequals") and "false" in map(str.lower, condition.values)
    )


def _locked(subject: Subject) -> Iterator[Flaw]:
    if {_PUT, _DELETE} <= denied_to_all(subject.document, subject.bucket):
        yield Flaw(
            "Statement",
            "it forbids everybody to change and to delete the policy, so nobody could undo it but the account's root"
            " user, where the server has that exception at all.",
            "Give the Deny a Condition that leaves somebody out, or other actions.",
        )


def _unchangeable(subject: Subject) -> Iterator[Flaw]:
    denied = denied_to_all(subject.document, subject.bucket)
    if _PUT in denied and _DELETE not in denied:
        yield Flaw("Statement", "nobody will be able to change it.", "To do so, remove it first, with policy: {}.")


PUBLIC = Check(
    "public",
    Severity.WARNING,
    RESOURCE_POLICIES,
    "Everybody may do something.",
    S3_GUIDE.format("access-control-block-public-access"),
    _public,
)
HARDLY_RESTRICTED = Check(
    "hardly_restricted",
    Severity.WARNING,
    RESOURCE_POLICIES,
    "Everybody may do something, on a condition that does not tell who asks or from where: public by AWS's definition.",
    S3_GUIDE.format("access-control-block-public-access"),
    _hardly_restricted,
)
CONFUSED_DEPUTY = Check(
    "confused_deputy",
    Severity.WARNING,
    RESOURCE_POLICIES,
    "A service of AWS may do something on behalf of anybody. In a policy of trust that is a notice, as many services"
    " take roles of their own account alone.",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    _deputies,
    {TRUST: Severity.NOTICE},
)
LOCK_OUT = Check(
    "lock_out",
    Severity.ERROR,
    (BUCKET,),
    "Everybody is denied to change and to delete the policy, on no condition.",
    S3_GUIDE.format("troubleshoot-403-errors"),
    _locked,
)
UNCHANGEABLE = Check(
    "unchangeable",
    Severity.WARNING,
    (BUCKET,),
    "Everybody is denied to change the policy, on no condition; it can be removed.",
    S3_GUIDE.format("troubleshoot-403-errors"),
    _unchangeable,
)
