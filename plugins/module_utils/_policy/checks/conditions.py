# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Under which conditions. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Callable, Iterator
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._policy import known
from ansible_collections.stowage.s3.plugins.module_utils._policy.actions import DATE
from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import OLD_VERSION
from ansible_collections.stowage.s3.plugins.module_utils._policy.check import (
    GRAMMAR,
    POLICIES,
    Check,
    Flaw,
    Severity,
    Subject,
)
from ansible_collections.stowage.s3.plugins.module_utils._policy.reading import Condition, Statement
from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import shown

NEGATED = frozenset(
    (
        "stringnotequals",
        "stringnotequalsignorecase",
        "stringnotlike",
        "numericnotequals",
        "datenotequals",
        "notipaddress",
        "arnnotequals",
        "arnnotlike",
    )
)
_ORDERS = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
# By the type of values that they compare.
OPERATORS = {
    "string": (
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
    ),
    "numeric": tuple(f"Numeric{each}" for each in _ORDERS),
    "date": tuple(f"Date{each}" for each in _ORDERS),
    "bool": ("Bool",),
    "binary": ("BinaryEquals",),
    "ip": ("IpAddress", "NotIpAddress"),
    "arn": ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"),
    "null": ("Null",),
}
_TYPE = {each.lower(): kind for kind, listed in OPERATORS.items() for each in listed}
# By the type of a key: the types of operators that work, some of them by luck.
_WORKS = {"arn": ("arn", "string"), "date": ("date", "numeric"), "string": ("string", "binary")}
_SETS = ("", "forallvalues", "foranyvalue")
# Keys that every request has.
_ALWAYS = (
    "aws:currenttime",
    "aws:epochtime",
    "aws:resourceaccount",
    "aws:securetransport",
    "aws:requestedregion",
    "s3:authtype",
    "s3:resourceaccount",
    "s3:signatureversion",
)
_DATE = re.compile(
    r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}(:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?)?)?|[0-9]{5,}"
)


def _each(subject: Subject) -> Iterator[tuple[Statement, Condition]]:
    for statement in subject.statements:
        for condition in statement.conditions:
            yield statement, condition


def _operators(subject: Subject) -> Iterator[Flaw]:
    for _statement, each in _each(subject):
        path = each.path.removesuffix(f".{each.name}")
        if each.operator not in _TYPE or each.of_set not in _SETS:
            names = {name.lower(): name for listed in OPERATORS.values() for name in listed}
            near = difflib.get_close_matches(each.operator, names, n=1)
            yield Flaw(
                path,
                f"there is no operator {shown(each.said)}.",
                f"Did you mean {names[near[0]]}?" if near else f"There are {', '.join(names.values())}.",
            )
        elif each.operator == "null" and each.if_exists:
            yield Flaw(path, "Null takes no IfExists, as it asks just that.", "Write Null.")


# Values


def _network(value: str) -> Any:
    try:
        return ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None


_VALUES: dict[str, tuple[Callable[[str], Any], str]] = {
    "bool": (lambda value: value.lower() in ("true", "false"), "Give true or false."),
    "null": (
        lambda value: value.lower() in ("true", "false"),
        "Give true where the key is not to come, false where it is.",
    ),
    "numeric": (lambda value: re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value), "Give a number."),
    "date": (_DATE.fullmatch, "Give a date, as 2027-01-31T00:00:00Z, or seconds since 1970."),
    "ip": (lambda value: _network(value) is not None, "Give an address or a network, as 203.0.113.0/24."),
    "arn": (
        lambda value: "*" in value or "${" in value or (value.startswith("arn:") and value.count(":") >= 5),
        "Give an ARN, as arn:aws:s3:::example-bucket.",
    ),
}


def _values(subject: Subject) -> Iterator[Flaw]:
    for _statement, each in _each(subject):
        fits, remedy = _VALUES.get(_TYPE.get(each.operator, ""), (bool, ""))
        for value in each.values:
            if remedy and not fits(value):
                yield Flaw(each.path, f"{shown(value)} is no value for {each.said}.", remedy)


def _empty(subject: Subject) -> Iterator[Flaw]:
    for _statement, each in _each(subject):
        if not each.values:
            yield Flaw(
                each.path,
                "without values it never holds, or where it is negated always.",
                "Give values, or leave the key out.",
            )


def _networks(each: Condition) -> Iterator[tuple[str, Any]]:
    for value in each.values if _TYPE.get(each.operator) == "ip" else ():
        network = _network(value)
        if network is not None:
            yield value, network


def _any_address(subject: Subject) -> Iterator[Flaw]:
    for _statement, each in _each(subject):
        for value, network in _networks(each):
            if not network.prefixlen:
                yield Flaw(each.path, f"{value} is every address, so it tells nobody apart.", "Give networks.")


def _private_address(subject: Subject) -> Iterator[Flaw]:
    for _statement, each in _each(subject):
        for value, network in _networks(each):
            if each.key == "aws:sourceip" and network.prefixlen and _private(network):
                yield Flaw(
                    each.path,
                    f"{value} is private: requests come from public addresses, or from VPC endpoints without the key.",
                    "Give public addresses, or use aws:VpcSourceIp with aws:SourceVpc.",
                )


def _private(network: Any) -> bool:
    return any(
        network.version == each.version and network.subnet_of(each)
        for each in map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))
    )


# Keys


def _unknown_keys(subject: Subject) -> Iterator[Flaw]:
    for _statement, each in _each(subject):
        if known.judged_key(each.key) and not known.type_of(each.key):
            near = difflib.get_close_matches(each.key, known.keys(), n=1, cutoff=0.8)
            yield Flaw(
                each.path,
                f"no key is {shown(each.name)}, as far as was known on {DATE}; what never comes is never equal.",
                f"Did you mean {near[0]}?" if near else "Correct it, if it is not newer.",
            )


def _not_sent(subject: Subject) -> Iterator[Flaw]:
    for statement, each in _each(subject):
        found = [action for pattern in statement.actions for action in known.of_s3(pattern)]
        own = all(pattern == "*" or pattern.startswith("s3:") for pattern in statement.actions)
        judged = each.key.startswith("s3:") and known.type_of(each.key) and found and own
        if judged and not any(known.comes_with(each.key, action) for action in found):
            yield Flaw(
                each.path,
                f"{each.name} comes with none of these actions, as far as was known on {DATE}.",
                "Give the actions that it comes with, or another key.",
            )


def _mistyped(subject: Subject) -> Iterator[Flaw]:
    for _statement, each in _each(subject):
        kind = "arn" if each.key.endswith("arn") else known.type_of(each.key)
        asked = _TYPE.get(each.operator, "null")
        if kind and asked != "null" and asked not in _WORKS.get(kind, (kind,)):
            yield Flaw(
                each.path,
                f"{each.said} compares no values of {each.name}, which are of type {kind}.",
                f"Use {' or '.join(OPERATORS[kind][:2])}.",
            )


def _sets(subject: Subject) -> Iterator[Flaw]:
    for _statement, each in _each(subject):
        if known.is_set(each.key) and not each.of_set and each.operator != "null":
            yield Flaw(
                each.path,
                f"a request may have several values of {each.name}, and {each.said} is for one.",
                f"Write ForAnyValue:{each.said}, or ForAllValues:{each.said}.",
            )


# Keys that do not come


def _guarded(statement: Statement, key: str) -> bool:
    """Whether the statement is about requests that have the key."""
    return key in _ALWAYS or any(
        each.operator == "null" and each.key == key and {*map(str.lower, each.values)} == {"false"}
        for each in statement.conditions
    )


def _negated(subject: Subject, effect: str) -> Iterator[tuple[Statement, Condition]]:
    for statement, each in _each(subject):
        if statement.effect == effect and each.operator in NEGATED and not _guarded(statement, each.key):
            yield statement, each


def _asks(condition: Condition) -> bool:
    """Whether it asks for a value, which a request that it lets in has to have."""
    return condition.operator not in (*NEGATED, "null") and not condition.if_exists


def _negated_allow(subject: Subject) -> Iterator[Flaw]:
    for statement, each in _negated(subject, "Allow"):
        if any(map(_asks, statement.conditions)):
            continue
        yield Flaw(
            each.path,
            f"it also holds where {each.name} does not come, and so lets those in.",
            f'Ask for what is to be so, or add "Null": {{"{each.name}": "false"}}.',
        )


def _negated_deny(subject: Subject) -> Iterator[Flaw]:
    for _statement, each in _negated(subject, "Deny"):
        yield Flaw(
            each.path,
            f"it also holds where {each.name} does not come, and so shuts those out.",
            f'If that is not meant, add "Null": {{"{each.name}": "false"}}.',
        )


def _for_all(subject: Subject) -> Iterator[Flaw]:
    for statement, each in _each(subject):
        if statement.effect == "Allow" and each.of_set == "forallvalues" and not _guarded(statement, each.key):
            yield Flaw(
                each.path,
                f"ForAllValues holds where {each.name} does not come at all, and so lets those in.",
                f'Add "Null": {{"{each.name}": "false"}}, or use ForAnyValue.',
            )


def _if_exists(subject: Subject) -> Iterator[Flaw]:
    for statement, each in _each(subject):
        if statement.effect == "Allow" and each.if_exists:
            yield Flaw(
                each.path,
                f"it also holds where {each.name} does not come, and so lets those in.",
                "Leave IfExists out, if that is not meant.",
            )


def _variables(subject: Subject) -> Iterator[Flaw]:
    if subject.document.get("Version") not in (None, "", OLD_VERSION):
        return
    for statement in subject.statements:
        texts = [*statement.members("Resource", "NotResource")]
        texts += [(each.path, value) for each in statement.conditions for value in each.values]
        for path, text in texts:
            if "${" in text:
                yield Flaw(
                    path,
                    f"in version {OLD_VERSION}, which is meant where none is given, {shown(text)} is no variable.",
                    "Write version 2012-10-17.",
                )


def _check(name: str, severity: Severity, meaning: str, find: Any, page: str = "elements_condition_operators") -> Check:
    return Check(name, severity, POLICIES, meaning, GRAMMAR.format(page), find)


UNKNOWN_OPERATOR = _check("unknown_operator", Severity.ERROR, "There is no such operator.", _operators)
CONDITION_VALUE = _check("condition_value", Severity.ERROR, "A value is none for its operator.", _values)
NO_VALUES = _check("no_values", Severity.WARNING, "A condition has no values.", _empty)
OPERATOR_TYPE = _check(
    "operator_type", Severity.WARNING, "An operator compares no values of such a key's type.", _mistyped
)
UNKNOWN_KEY = _check(
    "unknown_key",
    Severity.WARNING,
    "No key of AWS, S3, KMS, STS or IAM has this name, as far as was known.",
    _unknown_keys,
    "condition-keys",
)
SET_OPERATOR = _check(
    "set_operator",
    Severity.WARNING,
    "A key that may have several values is compared as one that has one.",
    _sets,
    "condition-single-vs-multi-valued-context-keys",
)
KEY_NOT_SENT = _check(
    "key_not_sent",
    Severity.WARNING,
    "A key of S3 comes with none of the actions.",
    _not_sent,
    "condition-keys",
)
ANY_ADDRESS = _check(
    "any_address", Severity.WARNING, "A range of addresses holds all of them.", _any_address, "condition-keys"
)
PRIVATE_ADDRESS = _check(
    "private_address",
    Severity.WARNING,
    "aws:SourceIp is compared with a private address.",
    _private_address,
    "condition-keys",
)
NEGATED_ALLOW = _check(
    "negated_allow",
    Severity.WARNING,
    "An Allow on what is not so also lets in where the key does not come, and nothing else has to hold.",
    _negated_allow,
)
NEGATED_DENY = _check(
    "negated_deny",
    Severity.NOTICE,
    "A Deny on what is not so also shuts out where the key does not come.",
    _negated_deny,
)
FOR_ALL_VALUES = _check(
    "for_all_values",
    Severity.WARNING,
    "An Allow with ForAllValues also lets in where the key does not come.",
    _for_all,
    "condition-single-vs-multi-valued-context-keys",
)
IF_EXISTS = _check(
    "if_exists", Severity.NOTICE, "An Allow with IfExists also lets in where the key does not come.", _if_exists
)
LITERAL_VARIABLE = _check(
    "literal_variable",
    Severity.WARNING,
    "A policy variable stands in a version that takes it for text.",
    _variables,
    "variables",
)
