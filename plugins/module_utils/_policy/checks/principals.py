# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whom a policy is about. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import items
from ansible_collections.stowage.s3.plugins.module_utils._policy.check import (
    GRAMMAR,
    RESOURCE_POLICIES,
    Check,
    Flaw,
    Severity,
    Subject,
)
from ansible_collections.stowage.s3.plugins.module_utils._policy.reading import Statement
from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import shown

_PART = "arn:aws[a-z-]*"
_FORMS = {
    "AWS": (
        re.compile(
            rf"\*|[0-9]{{12}}|{_PART}:iam::(?:[0-9]{{12}}|cloudfront):(?:root|(?:user|role)/[^*?]+)"
            rf"|{_PART}:sts::[0-9]{{12}}:(?:assumed-role/[^*?/]+/[^*?]+|federated-user/[^*?]+|self)"
        ),
        'Give an account\'s 12 digits, the ARN of a role or user without wildcards, or "*" with a condition on'
        " aws:PrincipalArn.",
    ),
    "Service": (
        re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:amazonaws\.com(?:\.cn)?|amazon\.com|aws\.internal)"),
        "Give the service's name, as logging.s3.amazonaws.com.",
    ),
    "Federated": (
        re.compile(
            rf"{_PART}:iam::[0-9]{{12}}:(?:saml-provider|oidc-provider)/[^*?]+|[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/.*)?"
        ),
        "Give the ARN of an identity provider, as arn:aws:iam::111122223333:oidc-provider/example.com.",
    ),
    "CanonicalUser": (re.compile("[0-9a-f]{64,}"), "Give the canonical id of an account, 64 digits and letters."),
}
# What stays in a policy of a role or user that was deleted.
_DELETED = re.compile("A[A-Z]{3}[A-Z0-9]{12,}")


def _named(statement: Statement) -> Iterator[tuple[str, str, str]]:
    """Kind, name and path of each principal that is named by its kind."""
    for element in ("Principal", "NotPrincipal"):
        found = statement.raw.get(element)
        for kind, names in found.items() if isinstance(found, dict) else ():
            for place, name in enumerate(items(names)):
                path = f"{statement.path}.{element}.{kind}"
                yield kind, str(name), f"{path}[{place}]" if isinstance(names, list) else path


def _forms(subject: Subject) -> Iterator[Flaw]:
    for statement in subject.statements:
        for kind, name, path in _named(statement):
            if kind not in _FORMS:
                yield Flaw(path, f"AWS knows no kind of principal {shown(kind)}.", f"It knows {', '.join(_FORMS)}.")
            elif not _FORMS[kind][0].fullmatch(name) and not _gone(kind, name):
                yield Flaw(path, f"{shown(name)} is no principal of this kind.", _FORMS[kind][1])


def _gone(kind: str, name: str) -> bool:
    return kind == "AWS" and bool(_DELETED.fullmatch(name))


def _deleted(subject: Subject) -> Iterator[Flaw]:
    for statement in subject.statements:
        for kind, name, path in _named(statement):
            if _gone(kind, name):
                yield Flaw(
                    path,
                    f"{name} is what AWS leaves of a role or user that was deleted; it is nobody any more.",
                    "Take it out, or name the new one.",
                )


def _allow_all_but(subject: Subject) -> Iterator[Flaw]:
    for statement in subject.allows:
        if statement.not_principals:
            yield Flaw(
                f"{statement.path}.NotPrincipal",
                "an Allow with it lets everybody in who is not named, without an account too.",
                "Name those who may, with Principal.",
            )


def _deny_all_but(subject: Subject) -> Iterator[Flaw]:
    for statement in subject.statements:
        if statement.effect == "Deny" and statement.not_principals:
            yield Flaw(
                f"{statement.path}.NotPrincipal",
                "it denies those who are named, too, unless the account, the role and the session of the role are all"
                " named.",
                'Write "Principal": "*" and a condition ArnNotLike on aws:PrincipalArn.',
            )


# Issuers that vouch for anybody's work: which of it is meant, this key tells.
_SHARED = ("token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io", "agent.buildkite.com")


def _identity_providers(subject: Subject) -> Iterator[Flaw]:
    for statement in subject.allows:
        for kind, name, path in _named(statement):
            issuer = name.partition(":oidc-provider/")[2] or name
            if kind != "Federated" or ":saml-provider/" in issuer:
                continue
            keys = [each.key for each in statement.conditions if each.key.startswith(f"{issuer.lower()}:")]
            if not keys or (issuer in _SHARED and f"{issuer}:sub" not in keys):
                wanted = f"{issuer}:sub" if issuer in _SHARED else f"{issuer}:aud or {issuer}:sub"
                yield Flaw(
                    path,
                    f"whoever {issuer} vouches for may do that.",
                    f"Give a condition on {wanted}.",
                )


def _check(name: str, severity: Severity, meaning: str, find: Any, page: str, *types: str) -> Check:
    return Check(name, severity, types or RESOURCE_POLICIES, meaning, GRAMMAR.format(page), find)


PRINCIPAL_FORM = _check(
    "principal_form", Severity.ERROR, "A principal is written as none can be.", _forms, "elements_principal"
)
DELETED_PRINCIPAL = _check(
    "deleted_principal", Severity.WARNING, "A principal was deleted.", _deleted, "elements_principal"
)
ALLOW_NOT_PRINCIPAL = _check(
    "allow_not_principal",
    Severity.WARNING,
    "An Allow with NotPrincipal lets in everybody else.",
    _allow_all_but,
    "elements_notprincipal",
)
DENY_NOT_PRINCIPAL = _check(
    "deny_not_principal",
    Severity.NOTICE,
    "A Deny with NotPrincipal mostly denies those whom it names.",
    _deny_all_but,
    "elements_notprincipal",
)
ANY_FEDERATED = _check(
    "any_federated",
    Severity.WARNING,
    "Whoever an identity provider vouches for may do something.",
    _identity_providers,
    "iam-condition-keys",
)
