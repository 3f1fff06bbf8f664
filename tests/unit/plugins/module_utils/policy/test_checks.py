# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every check finds what is bad, where it is, and nothing in what is good. The data are in `tests/flaws/`."""

from __future__ import annotations

import importlib
import json
import pathlib
import warnings
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._bucket import lifecycle_checks
from ansible_collections.stowage.s3.plugins.module_utils._bucket.policy_info import misfits
from ansible_collections.stowage.s3.plugins.module_utils._policy import validate
from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import merged, sid, statements
from ansible_collections.stowage.s3.plugins.module_utils._policy.check import (
    IDENTITY,
    LIFECYCLE,
    TYPES,
    Check,
    Finding,
    Severity,
)
from ansible_collections.stowage.s3.plugins.module_utils._policy.check import (
    POLICIES as POLICY_TYPES,
)
from ansible_collections.stowage.s3.plugins.module_utils._policy.checks import actions as action_checks
from ansible_collections.stowage.s3.plugins.module_utils._policy.checks.table import CHECKS
from ansible_collections.stowage.s3.plugins.module_utils._policy.known import names
from ansible_collections.stowage.s3.plugins.module_utils._policy.public import is_public
from flaws.case import BUCKET, Case
from flaws.none import DOCUMENTS
from generated import steady
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

with warnings.catch_warnings(action="ignore"):  # they import what is deprecated, or leave files open
    from parliament import analyze_policy_string
    from policyuniverse.policy import Policy as Judge

ROOT = pathlib.Path(__file__).resolve().parents[5]
FILES = sorted({path.stem for path in (ROOT / "tests" / "flaws").glob("*.py")} - {"__init__", "case", "none"})
DATA = {name: importlib.import_module(f"flaws.{name}") for name in FILES}
ALL = (*CHECKS, *lifecycle_checks.CHECKS)
BY_ID = {each.id: each for each in ALL}
EACH: list[tuple[str, Case]] = [(name, case) for name, data in DATA.items() for case in data.CASES]
each_case = pytest.mark.parametrize(
    ("name", "case"), EACH, ids=[f"{case.check} {number}" for number, (_name, case) in enumerate(EACH)]
)


def found(document: Any, kind: str) -> list[Finding]:
    """What is found in a document."""
    if kind == LIFECYCLE:
        return lifecycle_checks.findings(document, misfits)
    return validate.findings(document, kind, BUCKET)


# The tables


def test_every_check_stands_in_a_table() -> None:
    folder = ROOT / "plugins" / "module_utils" / "_policy" / "checks"
    made = set()
    for path in folder.glob("*.py"):
        if path.stem != "table":
            package = "ansible_collections.stowage.s3.plugins.module_utils._policy.checks"
            module = importlib.import_module(f"{package}.{path.stem}")
            made |= {value.id for value in vars(module).values() if isinstance(value, Check)}
    assert sorted(made) == sorted(each.id for each in CHECKS)
    assert len(BY_ID) == len(ALL)


def test_every_check_has_a_case_in_each_type() -> None:
    tested = {(case.check, case.type) for _name, case in EACH}
    assert {check for check, _kind in tested} == set(BY_ID)
    otherwise = {(each.id, kind) for each in ALL for kind in each.otherwise}
    assert otherwise <= tested
    assert {kind for _check, kind in tested} == set(TYPES)


def test_operations_are_no_actions_and_what_they_take_are() -> None:
    assert [name for name in action_checks.OPERATIONS if name.lower() in names("s3")] == []
    taken = {each for actions in action_checks.OPERATIONS.values() for each in actions.split(" and ")}
    assert [each for each in taken if each.removeprefix("s3:") not in names("s3").values()] == []


# Found


@each_case
def test_found(name: str, case: Case) -> None:
    check = BY_ID[case.check]
    assert [
        (each.severity, bool(each.problem and each.remedy))
        for each in found(case.bad, case.type)
        if (each.code, each.path) == (case.check, case.path)
    ] == [(check.severity_in(case.type), True)]
    assert case.type in check.types


@each_case
def test_not_found(name: str, case: Case) -> None:
    assert [each for each in found(case.good, case.type) if each.severity is not Severity.NOTICE] == []
    assert case.check not in [each.code for each in found(case.good, case.type)]


@pytest.mark.parametrize(("kind", "document"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_nothing_is_said_of_what_many_write(kind: str, document: Any) -> None:
    assert [each for each in found(document, kind) if each.severity is not Severity.NOTICE] == []


# Others


def parliament(document: Any) -> list[str]:
    """What parliament says, none where it fails."""
    try:
        return [each.issue for each in analyze_policy_string(json.dumps(document)).findings]
    except Exception:
        return []


@pytest.mark.parametrize(
    "case", [case for _name, case in EACH if case.type in ("bucket", IDENTITY)], ids=lambda case: case.check
)
def test_parliament_agrees_or_there_is_a_reason(case: Case) -> None:
    said = parliament(case.bad)
    assert (case.parliament in said) if case.parliament else (said == [])
    assert set(parliament(case.good)) <= GOOD_TO_US.keys()


def test_there_is_a_reason_for_each_silence_and_no_other() -> None:
    for name, data in DATA.items():
        silent = {case.check for case in data.CASES if case.type in ("bucket", IDENTITY) and not case.parliament}
        assert silent == set(getattr(data, "SILENT", ())), name


# What parliament says of good ones, and why it is not so.
GOOD_TO_US = {
    "MISMATCHED_TYPE": "it knows addresses of version 4 alone",
    "RESOURCE_MISMATCH": "of a pattern it wants all actions to go with the resources, AWS one",
    "UNKNOWN_PREFIX": "what is not known is not judged by us",
    "UNKNOWN_PRINCIPAL": "it knows neither sessions of roles nor canonical ids",
}
# With these AWS takes no policy, so there is none to be public; policyuniverse fails at some, and takes others. And an
# identity provider is somebody to it, though that vouches for everybody.
NO_POLICY = {"statements", "element_type", "principal_form", "any_federated"}
READABLE = [
    document
    for _name, case in EACH
    if case.type == "bucket"
    for document in (case.bad, case.good)
    if not NO_POLICY & {each.code for each in found(document, case.type)}
]


@pytest.mark.parametrize("document", READABLE, ids=lambda each: json.dumps(each["Statement"])[:60])
def test_policyuniverse_agrees_on_what_is_public(document: Any) -> None:
    assert bool(Judge(document).is_internet_accessible()) == is_public(document)


# Anything

WORDS = st.sampled_from(
    [
        *("", "*", "Allow", "Deny", "true", "2012-10-17", "é", "0.0.0.0/0", "10.0.0.0/8"),
        *("s3:Get*", "s3:GetObject", "sts:AssumeRole", "${aws:userid}", "s3.amazonaws.com", "111122223333"),
        *("arn:", "arn:aws:s3:::example-bucket", "arn:aws:s3:::example-bucket/*", "arn:aws:iam::111122223333:root"),
        *("aws:SourceIp", "s3:prefix", "aws:SourceAccount"),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
OPERATORS = st.sampled_from(
    ["Bool", "Null", "IpAddress", "StringNotLike", "ForAllValues:ArnLikeIfExists", "x:", "DateEquals"]
)
VALUES = JSON | WORDS | st.lists(WORDS, max_size=3)
PARTS = {
    "Sid": VALUES,
    "Effect": st.sampled_from(["Allow", "Deny"]) | JSON,
    "Principal": VALUES | st.dictionaries(st.sampled_from(["AWS", "Service", "Federated", "x"]), VALUES, max_size=2),
    "NotPrincipal": VALUES,
    "Action": VALUES,
    "NotAction": VALUES,
    "Resource": VALUES,
    "NotResource": VALUES,
    "Condition": VALUES | st.dictionaries(OPERATORS, JSON | st.dictionaries(WORDS, VALUES, max_size=2), max_size=2),
}
STATEMENTS = st.fixed_dictionaries({}, optional=PARTS)
POLICIES = st.fixed_dictionaries(
    {"Statement": JSON | STATEMENTS | st.lists(JSON | STATEMENTS, max_size=3)},
    optional={"Version": JSON | WORDS, "Id": JSON, "x": JSON},
)
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(steady(250), suppress_health_check=SLOW)
@given(POLICIES | st.dictionaries(st.text(max_size=5), JSON, max_size=3), st.sampled_from(POLICY_TYPES), WORDS)
def test_whatever_it_is_there_are_findings_or_none(document: dict[str, Any], kind: str, bucket: str) -> None:
    count = len(statements(document))
    for each in validate.findings(document, kind, bucket):
        assert kind in BY_ID[each.code].types and each.problem and each.remedy
        place = validate.statement_of(each.path)
        assert not place or int(place.removeprefix("Statement[").removesuffix("]")) < count


RULES = st.fixed_dictionaries(
    {"id": st.sampled_from(["a", "b", ""]) | JSON},
    optional={
        "status": st.sampled_from(["enabled", "disabled"]) | JSON,
        "prefix": WORDS | JSON,
        "tags": JSON,
        "size_less_than": st.integers() | JSON,
        "expiration": st.fixed_dictionaries(
            {}, optional={"days": st.integers(), "date": st.sampled_from(["2027-01-31", "x"])}
        ),
        "transitions": st.lists(
            st.fixed_dictionaries(
                {"storage_class": st.sampled_from(["GLACIER", "STANDARD_IA", "x"])},
                optional={"days": st.integers(0, 400), "date": st.just("2027-01-31")},
            ),
            max_size=3,
        ),
        "noncurrent_transitions": JSON,
        "abort_incomplete_multipart_days": st.integers() | JSON,
    },
)
AWS_RULES = st.fixed_dictionaries(
    {"ID": WORDS, "Status": st.sampled_from(["Enabled", "x"])},
    optional={
        "Prefix": WORDS,
        "Filter": st.fixed_dictionaries({}, optional={"Prefix": WORDS, "And": JSON, "Tag": JSON}),
        "Expiration": st.fixed_dictionaries({}, optional={"Days": st.integers(), "Date": JSON}),
        "Transitions": st.lists(st.fixed_dictionaries({"StorageClass": WORDS}, optional={"Days": st.integers()})),
    },
)
LIFECYCLES = (
    JSON
    | st.lists(RULES | JSON, max_size=3)
    | st.fixed_dictionaries({"lifecycle": st.lists(RULES) | JSON}, optional={"x": JSON})
    | st.fixed_dictionaries({"Rules": st.lists(AWS_RULES | JSON, max_size=3) | JSON}, optional={"x": JSON})
    | st.fixed_dictionaries({"LifecycleConfiguration": JSON})
)


@settings(steady(150), suppress_health_check=SLOW)
@given(LIFECYCLES)
def test_whatever_it_is_there_are_findings_of_a_lifecycle_or_none(document: Any) -> None:
    for each in lifecycle_checks.findings(document, misfits):
        assert LIFECYCLE in BY_ID[each.code].types and each.problem and each.remedy


def together(present: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any] | None:
    """Both policies, or None where one's variables are not the other's."""
    try:
        return merged(present, wanted)
    except ValueError:
        return None


NAMED = st.lists(STATEMENTS.map(dict), max_size=3).map(
    lambda listed: {
        "Version": "2012-10-17",
        "Statement": [{**each, "Sid": f"Stowage{number}"} for number, each in enumerate(listed)],
    }
)


@settings(steady(150), suppress_health_check=SLOW)
@given(POLICIES, NAMED)
@example(
    {"Version": "2008-10-17", "Statement": [{"Resource": "${aws:userid}"}]}, {"Version": "2012-10-17", "Statement": []}
)
def test_what_is_merged_and_taken_away_leaves_what_was_there(present: dict[str, Any], wanted: dict[str, Any]) -> None:
    ours = {sid(each) for each in statements(wanted)}
    joined = together(present, wanted)
    if joined is None:
        assert "${" in json.dumps(present)
        return
    assert merged(joined, wanted) == joined
    left = {**joined, "Statement": [each for each in joined["Statement"] if sid(each) not in ours]}
    before = {**present, "Statement": [each for each in statements(present) if sid(each) not in ours]}
    # Without variables, both versions mean the same.
    version = {} if "${" in json.dumps(before["Statement"]) else {"Version": joined.get("Version")}
    assert left == {**before, **version}
