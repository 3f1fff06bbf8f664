# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whether a document is a policy at all. What is none of it, the other checks do not look at. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import (
    OLD_VERSION,
    items,
    sid,
    statements,
    text,
)
from ansible_collections.stowage.s3.plugins.module_utils._policy.check import (
    BUCKET,
    GRAMMAR,
    IDENTITY,
    POLICIES,
    TRUST,
    Check,
    Flaw,
    Severity,
    Subject,
)
from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import shown

VERSION = "2012-10-17"
_VERSIONS = (VERSION, OLD_VERSION)
_EFFECTS = ("Allow", "Deny")
_PRINCIPAL, _ACTION = ("Principal", "NotPrincipal"), ("Action", "NotAction")
_RESOURCE = ("Resource", "NotResource")
# By type: of each group of elements a statement has one.
_NEEDED = {
    BUCKET: (("Effect",), _PRINCIPAL, _ACTION, _RESOURCE),
    IDENTITY: (("Effect",), _ACTION, _RESOURCE),
    TRUST: (("Effect",), _PRINCIPAL, _ACTION),
}
# What is an element elsewhere, and why not here.
_ELSEWHERE = {
    IDENTITY: dict.fromkeys(_PRINCIPAL, "whom it is about is who it is attached to"),
    TRUST: dict.fromkeys(_RESOURCE, "what it is about is the role that it belongs to"),
}
_OF_DOCUMENT = ("Version", "Id", "Statement")
_TEXTS = ("Sid", "Effect")
_LISTS = (*_ACTION, *_RESOURCE)
_IAM_SID = re.compile("[A-Za-z0-9]*")
_NOTHING: tuple[Any, ...] = (None, "", [], {})
MAX_BYTES = 20480
_QUOTAS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
# Characters; IAM does not count white space.
MAX_MANAGED, MAX_INLINE, MAX_TRUST = 6144, 10240, 2048


def _each(subject: Subject) -> Iterator[tuple[str, dict[str, Any]]]:
    for place, statement in enumerate(statements(subject.document)):
        if isinstance(statement, dict):
            yield f"Statement[{place}]", statement


def _kinds(value: Any) -> str:
    return {dict: "an object", list: "a list", bool: "true or false", type(None): "null", str: "text"}.get(
        type(value), "a number"
    )


# Elements


def _document(subject: Subject) -> Iterator[Flaw]:
    found = subject.document.get("Statement")
    if found in _NOTHING:
        yield Flaw("Statement", "there is none.", "Give one; an empty policy is removed by {}.")
        return
    for place, statement in enumerate(statements(subject.document)):
        if not isinstance(statement, dict):
            yield Flaw(
                f"Statement[{place}]",
                f"it is {_kinds(statement)}, and no object.",
                "A statement has Effect, Action and Resource, and in a policy of a resource Principal.",
            )


def _unknown(subject: Subject) -> Iterator[Flaw]:
    yield from _unknown_in("", subject.document, _OF_DOCUMENT)
    known = ("Sid", "Condition", *(name for names in _NEEDED[subject.type] for name in names))
    elsewhere = _ELSEWHERE.get(subject.type, {})
    for path, statement in _each(subject):
        rest = {name: value for name, value in statement.items() if name not in elsewhere}
        yield from _unknown_in(f"{path}.", rest, known)


def _unknown_in(path: str, value: dict[str, Any], known: tuple[str, ...]) -> Iterator[Flaw]:
    for name in value:
        if name not in known:
            yield Flaw(f"{path}{name}", "AWS knows no such element.", f"It knows {', '.join(known)}.")


def _misplaced(subject: Subject) -> Iterator[Flaw]:
    for path, statement in _each(subject):
        for name, why in _ELSEWHERE.get(subject.type, {}).items():
            if name in statement:
                yield Flaw(f"{path}.{name}", f"there is none in such a policy: {why}.", "Leave it out.")


def _missing(subject: Subject) -> Iterator[Flaw]:
    for path, statement in _each(subject):
        for names in _NEEDED[subject.type]:
            given = [name for name in names if statement.get(name) not in _NOTHING]
            if len(given) != 1:
                problem = "it is not given." if not given else f"{' and '.join(given)} exclude each other."
                yield Flaw(f"{path}.{names[0]}", problem, f"Give {' or '.join(names)}.")


def _types(subject: Subject) -> Iterator[Flaw]:
    for name in ("Version", "Id"):
        yield from _text_only(name, subject.document.get(name))
    for path, statement in _each(subject):
        for name in _TEXTS:
            yield from _text_only(f"{path}.{name}", statement.get(name))
        for name in _LISTS:
            yield from _texts_only(f"{path}.{name}", statement.get(name))
        for name in _PRINCIPAL:
            yield from _principal(f"{path}.{name}", statement.get(name))
        yield from _condition(f"{path}.Condition", statement.get("Condition"))


def _text_only(path: str, value: Any) -> Iterator[Flaw]:
    if value is not None and not isinstance(value, str):
        yield Flaw(path, f"it is {_kinds(value)}, and no text.", "Give a text, in quotes.")


def _texts_only(path: str, value: Any) -> Iterator[Flaw]:
    for place, each in enumerate(items(value)):
        own = f"{path}[{place}]" if isinstance(value, list) else path
        yield from _text_only(own, each)
        if each is None and isinstance(value, list):
            yield Flaw(own, "it is null.", "Leave it out.")


def _principal(path: str, value: Any) -> Iterator[Flaw]:
    if isinstance(value, dict):
        for kind, names in value.items():
            yield from _texts_only(f"{path}.{kind}", names)
            if names in _NOTHING:
                yield Flaw(f"{path}.{kind}", "it names nobody.", "Name principals, or leave it out.")
    elif value is not None and value != "*":
        yield Flaw(path, f"{shown(value)} stands alone.", 'Write {"AWS": ...}, {"Service": ...} or the like, or "*".')


def _condition(path: str, value: Any) -> Iterator[Flaw]:
    if value is not None and not isinstance(value, dict):
        yield Flaw(path, f"it is {_kinds(value)}.", 'Write {"operator": {"key": "value"}}.')
        return
    for operator, keys in (value or {}).items():
        if not isinstance(keys, dict):
            yield Flaw(f"{path}.{operator}", f"it is {_kinds(keys)}.", 'Write {"key": "value"}.')
            continue
        for key, values in keys.items():
            for each in items(values):
                if each is None or isinstance(each, (list, dict)):
                    yield Flaw(
                        f"{path}.{operator}.{key}", f"it holds {_kinds(each)}.", "Give texts, or a list of them."
                    )


# Words


def _version(subject: Subject) -> Iterator[Flaw]:
    version = subject.document.get("Version")
    if version not in _NOTHING and version not in _VERSIONS:
        yield Flaw("Version", f"there is no version {shown(version)}.", f"Write {VERSION}.")


def _old_version(subject: Subject) -> Iterator[Flaw]:
    if subject.document.get("Version") in (*_NOTHING, OLD_VERSION):
        yield Flaw(
            "Version",
            f"it is {OLD_VERSION}, which AWS also takes where none is given: it knows no policy variables.",
            f"Write {VERSION}.",
        )


def _effect(subject: Subject) -> Iterator[Flaw]:
    for path, statement in _each(subject):
        effect = statement.get("Effect")
        if effect and effect not in _EFFECTS:
            yield Flaw(f"{path}.Effect", f"there is no effect {shown(effect)}.", f"Write {' or '.join(_EFFECTS)}.")


def _repeated(subject: Subject) -> Iterator[Flaw]:
    names = [sid(each) for each in statements(subject.document)]
    for place, name in enumerate(names):
        if name and name in names[:place]:
            yield Flaw(f"Statement[{place}].Sid", f"{name} is there twice.", "Each statement needs a name of its own.")


def _characters(subject: Subject) -> Iterator[Flaw]:
    for path, statement in _each(subject):
        name = statement.get("Sid")
        if isinstance(name, str) and not _IAM_SID.fullmatch(name):
            yield Flaw(f"{path}.Sid", f"IAM takes letters and digits, not {shown(name)}.", "Choose another name.")


# Size


def _size(subject: Subject) -> Iterator[Flaw]:
    if subject.type == BUCKET:
        size = len(text(subject.document).encode())
        if size > MAX_BYTES:
            yield Flaw("", f"it has {size} bytes; S3 allows {MAX_BYTES}.", "Join statements, or use wildcards.")
    elif subject.type == IDENTITY and _characters_of(subject) > MAX_INLINE:
        yield Flaw(
            "",
            f"it has {_characters_of(subject)} characters; IAM allows {MAX_INLINE} inline in a role, else less.",
            "Make it two policies, or use wildcards.",
        )


def _long(subject: Subject) -> Iterator[Flaw]:
    size = _characters_of(subject)
    if subject.type == TRUST and size > MAX_TRUST:
        yield Flaw(
            "", f"it has {size} characters; IAM allows {MAX_TRUST} unless the quota was raised.", "Join statements."
        )
    if subject.type == IDENTITY and MAX_MANAGED < size <= MAX_INLINE:
        yield Flaw(
            "",
            f"it has {size} characters; a managed policy may have {MAX_MANAGED}, an inline one of a role {MAX_INLINE}.",
            "Make it two policies, or use wildcards.",
        )


def _characters_of(subject: Subject) -> int:
    return len(re.sub(r"\s", "", text(subject.document)))


def _check(name: str, severity: Severity, meaning: str, find: Any, page: str, *types: str) -> Check:
    return Check(name, severity, types or POLICIES, meaning, GRAMMAR.format(page), find)


STATEMENTS = _check(
    "statements", Severity.ERROR, "There is no statement, or one is no object.", _document, "elements_statement"
)
UNKNOWN_ELEMENT = _check(
    "unknown_element", Severity.ERROR, "AWS knows no such element, or not there.", _unknown, "grammar"
)
MISPLACED_ELEMENT = _check(
    "misplaced_element",
    Severity.ERROR,
    "A policy of an identity names a principal, or one of trust a resource.",
    _misplaced,
    "elements_principal",
    IDENTITY,
    TRUST,
)
MISSING_ELEMENT = _check(
    "missing_element",
    Severity.ERROR,
    "A statement lacks what each has, as a principal in a bucket's policy, or has two that exclude each other.",
    _missing,
    "grammar",
)
ELEMENT_TYPE = _check("element_type", Severity.ERROR, "A value has another type than AWS takes.", _types, "grammar")
UNKNOWN_VERSION = _check(
    "unknown_version", Severity.ERROR, "There is no such version of the policy language.", _version, "elements_version"
)
OLD = _check(
    "old_version", Severity.NOTICE, "The old version of the policy language, or none.", _old_version, "elements_version"
)
UNKNOWN_EFFECT = _check(
    "unknown_effect", Severity.ERROR, "The effect is neither Allow nor Deny.", _effect, "elements_effect"
)
REPEATED_SID = _check("repeated_sid", Severity.ERROR, "Two statements have one name.", _repeated, "elements_sid")
SID_CHARACTERS = _check(
    "sid_characters",
    Severity.ERROR,
    "A name has other characters than IAM takes.",
    _characters,
    "elements_sid",
    IDENTITY,
    TRUST,
)
SIZE = Check(
    "size",
    Severity.ERROR,
    (BUCKET, IDENTITY),
    f"It is longer than AWS takes: {MAX_BYTES} bytes for a bucket, {MAX_INLINE} characters inline in a role.",
    _QUOTAS,
    _size,
)
LENGTH = Check(
    "length",
    Severity.WARNING,
    (IDENTITY, TRUST),
    f"It is longer than most places take: {MAX_MANAGED} characters in a managed policy, {MAX_TRUST} of trust.",
    _QUOTAS,
    _long,
)
