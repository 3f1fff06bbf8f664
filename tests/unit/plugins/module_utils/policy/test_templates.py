# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Templates of policies: whole, checked, and judged by others. The data are in `tests/policies/`, a file for each."""

from __future__ import annotations

import importlib
import json
import pathlib
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._policy import validate
from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import Policy, merged, sid
from ansible_collections.stowage.s3.plugins.module_utils._policy.check import Severity
from ansible_collections.stowage.s3.plugins.module_utils._policy.compose import key_policy, place, policy
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.table import TEMPLATES
from generated import steady
from hypothesis import given
from hypothesis import strategies as st
from judge import Asked, Verdict, judged, lint, public
from policies.case import BUCKET, KEY_ARN, ORG, OWN, PARTNER, STRANGER, VPCE, Case, Request
from policy_page import PAGE, page
from spoiled import spoiled

ROOT = pathlib.Path(__file__).resolve().parents[5]
FILES = sorted(
    path.stem
    for path in (ROOT / "plugins" / "module_utils" / "_policy" / "templates").glob("*.py")
    if path.stem not in ("__init__", "table")
)
HERE = place(BUCKET)
CASES: dict[str, tuple[Case, ...]] = {name: importlib.import_module(f"policies.{name}").CASES for name in TEMPLATES}
EACH = [(name, case) for name, cases in CASES.items() for case in cases]
each_case = pytest.mark.parametrize(
    ("name", "case"), EACH, ids=[f"{name} {cases}" for name in CASES for cases in range(len(CASES[name]))]
)


def templates(name: str, case: Case) -> list[Any]:
    """What the filters are given."""
    return [{name: case.parameters}]


# Whole


def test_every_file_stands_in_the_table() -> None:
    assert sorted(TEMPLATES) == FILES
    for name, template in TEMPLATES.items():
        module = f"ansible_collections.stowage.s3.plugins.module_utils._policy.templates.{name}"
        assert getattr(importlib.import_module(module), name.upper()) is template


def test_every_template_is_tested_and_nothing_else() -> None:
    tested = {path.stem for path in (ROOT / "tests" / "policies").glob("*.py")} - {"__init__", "case"}
    assert tested == set(TEMPLATES)
    for name, template in TEMPLATES.items():
        told = {parameter for case in CASES[name] for parameter in case.parameters}
        assert told == set(template.known) - {"id"}, name
        assert bool(template.key) == any(case.about_key for case in CASES[name]), name


def test_the_page_is_as_the_templates_are() -> None:
    assert PAGE.read_text() == page(PAGE.read_text()), "python tests/policy_page.py writes it"


def test_templates_stand_beside_each_other() -> None:
    """No two have a name of a statement in common, and all of them begin alike."""
    everything = [{name: cases[0].parameters} for name, cases in CASES.items()]
    for document in (policy(everything, HERE), key_policy(everything, HERE, OWN)):
        assert all(re.fullmatch("Stowage[A-Za-z]+", sid(each)) for each in document["Statement"])


def test_the_name_that_playbooks_know() -> None:
    assert [sid(each) for each in policy(["tls_only"], HERE)["Statement"]] == ["StowageTlsOnly"]


@each_case
def test_nothing_speaks_against_it(name: str, case: Case) -> None:
    found = validate.findings(policy(templates(name, case), HERE), bucket=BUCKET)
    assert [each for each in found if each.severity is not Severity.NOTICE] == []


@pytest.mark.parametrize(("partition", "region"), [("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")])
@each_case
def test_other_partitions(name: str, case: Case, partition: str, region: str) -> None:
    def there(value: Any) -> Any:
        return json.loads(json.dumps(value).replace("arn:aws:", f"arn:{partition}:"))

    listed = templates(name, case)
    where = place(BUCKET, region=region)
    assert where.partition == partition
    assert policy(there(listed), where) == there(policy(listed, HERE))
    found = json.dumps(key_policy(there(listed), where, OWN))
    assert "arn:aws:" not in found
    assert all(each == f"s3.{region}.amazonaws.com{'.cn' * (partition == 'aws-cn')}" for each in _via(found))


def _via(document: str) -> list[str]:
    return re.findall(r'"kms:ViaService": "([^"]+)"', document)


# Judged


class Question(NamedTuple):
    """A request, what the template makes of it, and what is there without it."""

    template: str
    request: Request
    policy: Policy
    without: Policy


def questions(name: str, case: Case) -> Iterator[Question]:
    """What is asked of a case."""
    listed, beside = templates(name, case), list(case.beside)
    for request in case.requests:
        yield Question(name, request, policy([*beside, *listed], HERE), policy(beside, HERE))
    where = place(BUCKET, region="eu-central-1")
    for request in case.about_key:
        yield Question(name, request, key_policy(listed, where, OWN), key_policy([], where, OWN))


ALL = [question for name, case in EACH for question in questions(name, case)]
SPOILED = [(each, *spoilt) for each in ALL for spoilt in spoiled(each.policy, each.request.action)]


class Verdicts(NamedTuple):
    """Of each question: with the template, and without; and of each spoiled policy."""

    found: list[Verdict]
    without: list[Verdict]
    spoiled: list[Verdict]


@pytest.fixture(scope="module")
def verdicts() -> Verdicts:
    """All of them, of one process."""
    found = judged(
        [
            *(Asked(each.request, each.policy) for each in ALL),
            *(Asked(each.request, each.without) for each in ALL),
            *(Asked(each.request, document) for each, _name, document in SPOILED),
        ]
    )
    return Verdicts(found[: len(ALL)], found[len(ALL) : 2 * len(ALL)], found[2 * len(ALL) :])


@pytest.mark.parametrize("number", range(len(ALL)), ids=lambda number: f"{ALL[number][0]}: {ALL[number][1].what}")
def test_judged(number: int, verdicts: Verdicts) -> None:
    verdict = verdicts.found[number]
    assert verdict.allowed == ALL[number].request.allowed
    assert verdict.ignored == (), "AWS does not send these keys with such a request"


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_is_the_template_that_decides(name: str, verdicts: Verdicts) -> None:
    """What it denies is allowed without it, or what it allows is not."""
    pairs = [
        (found.allowed, without.allowed)
        for each, found, without in zip(ALL, verdicts.found, verdicts.without, strict=True)
        if each.template == name
    ]
    assert any(found != without for found, without in pairs)
    lets_in = {each["Effect"] for each in policy(templates(name, CASES[name][0]), HERE)["Statement"]} == {"Allow"}
    assert not any(found != without and found != lets_in for found, without in pairs)


def test_every_part_of_a_template_counts(verdicts: Verdicts) -> None:
    """Without it some request of the tests is judged otherwise."""
    right = {id(each): found.allowed for each, found in zip(ALL, verdicts.found, strict=True)}
    seen = {}
    for (each, name, _document), verdict in zip(SPOILED, verdicts.spoiled, strict=True):
        seen[name] = seen.get(name, False) or verdict.allowed != right[id(each)]
    assert [name for name, found in seen.items() if not found] == []


@each_case
def test_none_is_public(name: str, case: Case) -> None:
    assert not public(policy(templates(name, case), HERE))


def test_what_is_public_is_seen_to_be() -> None:
    opened = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": HERE.objects()}
    assert public(policy([opened, "tls_only"], HERE))


# What parliament says and is not so, and why.
MISJUDGED = {
    r"RESOURCE_STAR: \['kms:": "in a key's policy, * is that key",
    r"MISMATCHED_TYPE_BUT_USABLE: .* StringNotEquals .* Arn": "ids of keys are no ARNs, and are to be refused as well",
    r"MISMATCHED_TYPE: .*s3:TlsVersion .* Numeric": "it knows whole numbers alone",
    r"MISMATCHED_TYPE: .*aws:SourceIp .*2001:db8::/32": "it knows addresses of version 4 alone",
    r"UNKNOWN_CONDITION_FOR_ACTION: Unknown condition aws:(ViaAWSService|SourceOrgID) ": "its list of keys is older",
    r"UNKNOWN_CONDITION_FOR_ACTION: Unknown condition s3:TlsVersion ": "s3:* holds actions that no request is made for",
}


@pytest.fixture(scope="module")
def findings() -> dict[str, list[str]]:
    """What parliament finds in each template's policies."""
    return {
        f"{name} {number}": [*lint(policy(listed, HERE)), *lint(key_policy(listed, HERE, OWN))]
        for name, cases in CASES.items()
        for number, listed in enumerate(templates(name, case) for case in cases)
    }


def test_parliament_has_no_other_objection(findings: dict[str, list[str]]) -> None:
    unexplained = {
        f"{name}: {each}"
        for name, found in findings.items()
        for each in found
        if not any(re.match(pattern, each) for pattern in MISJUDGED)
    }
    assert unexplained == set()


@pytest.mark.parametrize("pattern", MISJUDGED, ids=MISJUDGED.values())
def test_parliament_still_says_so(pattern: str, findings: dict[str, list[str]]) -> None:
    assert any(re.match(pattern, each) for found in findings.values() for each in found)


# Checked

ROLE = f"arn:aws:iam::{PARTNER}:role/reader"
REFUSALS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "no template": (["tls"], ("'tls'", "tls_only, min_tls", "Effect")),
    "nothing": (None, ("None", "Effect")),
    "a number": ([7], ("7", "Effect")),
    "two in one": ([{"tls_only": {}, "min_tls": {}}], ("tls_only", "Effect")),
    "an empty dict": ([{}], ("{}", "Effect")),
    "no parameters but a list": ([{"min_tls": ["1.2"]}], ("min_tls", "['1.2']", "dict of version, id")),
    "an unknown parameter": ([{"min_tls": {"versions": "1.2"}}], ("min_tls", "'versions'", "version, id")),
    "a word too many": ([{"min_tls": {"version": "1.1"}}], ("min_tls", "version", "'1.1'", "1.2 or 1.3")),
    "one that is missing": ([{"org_only": {}}], ("org_only", "org_id", "not given", "o-exampleorgid")),
    "one that is null": ([{"org_only": {"org_id": None}}], ("org_only", "org_id", "not given")),
    "whom it does not apply to": ([{"vpce_only": {"vpce_ids": VPCE}}], ("exempt_principals", "not given", "[]")),
    "none of several": ([{"cross_account_read": {"accounts": []}}], ("accounts or roles", "at least one")),
    "an empty list": ([{"deny_unencrypted": {"algorithms": []}}], ("algorithms", "no members", "at least one")),
    "neither nor": ([{"cross_account_read": {"prefix": "a"}}], ("accounts or roles", "at least one")),
    "an account of 11 digits": ([{"cross_account_read": {"accounts": "11112222333"}}], ("accounts", "12 digits")),
    "an account as YAML reads it": ([{"cross_account_read": {"accounts": 0o11112222333}}], ("accounts", "in quotes")),
    "a role with a wildcard": ([{"cross_account_read": {"roles": f"{ROLE}*"}}], ("roles", "without wildcards")),
    "a role elsewhere": (
        [{"cross_account_read": {"roles": ROLE.replace("aws", "aws-cn")}}],
        ("roles", "in aws-cn", "in aws", "region"),
    ),
    "a prefix with a wildcard": ([{"cross_account_read": {"roles": ROLE, "prefix": "a*"}}], ("prefix", "without *")),
    "a prefix with a variable": (
        [{"cross_account_read": {"roles": ROLE, "prefix": "${aws:username}"}}],
        ("prefix", "without *, ?, $"),
    ),
    "a prefix that is too long": ([{"cross_account_read": {"roles": ROLE, "prefix": "é" * 451}}], ("prefix",)),
    "a prefix from the root": ([{"cross_account_read": {"roles": ROLE, "prefix": "/a"}}], ("prefix", "/")),
    "a network with host bits": (
        [{"ip_allow": {"cidrs": "203.0.113.7/24", "exempt_principals": []}}],
        ("cidrs", "203.0.113.7/24", "host bits"),
    ),
    "every network": ([{"ip_allow": {"cidrs": "::/0", "exempt_principals": []}}], ("cidrs", "every address")),
    "an endpoint's name": (
        [{"vpce_only": {"vpce_ids": "my-endpoint", "exempt_principals": []}}],
        ("vpce_ids", "vpce-0123456789abcdef0"),
    ),
    "an alias for a key": (
        [{"deny_wrong_kms_key": {"key_arns": KEY_ARN.replace("key/", "alias/")}}],
        ("key_arns", "no alias"),
    ),
    "a word for a switch": ([{"deny_unencrypted": {"require_header": "yes"}}], ("require_header", "true or false")),
    "too many seconds": ([{"mfa_required": {"max_age": 129601}}], ("max_age", "60 to 129600")),
    "a bucket's ARN": (
        [{"access_logs": {"source_buckets": HERE.arn, "account": OWN}}],
        ("source_buckets", "not its ARN"),
    ),
    "no organisation's id": ([{"org_only": {"org_id": "r-abcd"}}], ("org_id", "'r-abcd'", "o-exampleorgid")),
    "no networks": ([{"data_perimeter": {"org_id": ORG}}], ("cidrs or vpc_ids or vpce_ids", "at least one")),
    "an id that is no part of a name": ([{"tls_only": {"id": "a b"}}], ("tls_only", "id", "letters and digits")),
    "one template twice": (["tls_only", {"tls_only": {}}], ("'StowageTlsOnly'", "twice", "id")),
    "a statement of the same name": (
        ["tls_only", {"Sid": "StowageTlsOnly", "Effect": "Deny"}],
        ("'StowageTlsOnly'", "twice"),
    ),
}


@pytest.mark.parametrize(("wanted", "says"), REFUSALS.values(), ids=REFUSALS)
def test_refused(wanted: Any, says: tuple[str, ...]) -> None:
    with pytest.raises(StowageError) as refusal:
        policy(wanted, HERE)
    for text in says:
        assert text in str(refusal.value)
    with pytest.raises(StowageError):
        policy([wanted], HERE)


PLACES = {
    "a bucket's ARN": ({"bucket": HERE.arn}, "not its ARN"),
    "no bucket": ({"bucket": ["example-bucket"]}, "bucket"),
    "another partition": ({"bucket": "b-1", "partition": "aws-iso"}, "aws or aws-cn or aws-us-gov"),
    "partition and region": ({"bucket": "b-1", "partition": "aws", "region": "cn-north-1"}, "in aws-cn, not in aws"),
    "no region": ({"bucket": "b-1", "region": "Frankfurt"}, "eu-central-1"),
}


@pytest.mark.parametrize(("where", "says"), PLACES.values(), ids=PLACES)
def test_refused_places(where: dict[str, Any], says: str) -> None:
    with pytest.raises(StowageError, match=re.escape(says)):
        place(**where)


def test_servers_have_regions_of_their_own() -> None:
    assert place("b-1", region="local") == place("b-1", "aws", "local")
    assert place("b-1", region="") == place("b-1")


def test_a_key_has_an_owner() -> None:
    with pytest.raises(StowageError, match="account: 'me' is not allowed"):
        key_policy([], HERE, "me")
    (owner,) = key_policy([], HERE, OWN)["Statement"]
    assert (owner["Principal"], owner["Action"]) == ({"AWS": [f"arn:aws:iam::{OWN}:root"]}, "kms:*")


# Alike and together

READ = {"Effect": "Allow", "Principal": {"AWS": OWN}, "Action": "s3:GetObject", "Resource": HERE.objects()}
DECRYPT = {
    "Sid": "Decrypt",
    "Effect": "Allow",
    "Principal": {"AWS": PARTNER},
    "Action": ["kms:Decrypt"],
    "Resource": "*",
}


def test_statements_go_where_they_belong() -> None:
    listed = [READ, DECRYPT, "tls_only"]
    assert policy(listed, HERE) == {
        "Version": "2012-10-17",
        "Statement": [READ, *policy("tls_only", HERE)["Statement"]],
    }
    assert key_policy(listed, HERE, OWN)["Statement"][1:] == [DECRYPT]


def test_nothing_is_no_policy() -> None:
    assert policy([], HERE) == policy([DECRYPT], HERE) == {}


def test_forms() -> None:
    assert policy("tls_only", HERE) == policy(["tls_only"], HERE) == policy([{"tls_only": None}], HERE)
    assert policy({"min_tls": {"version": 1.2}}, HERE) == policy(["min_tls"], HERE)
    accounts = [{"cross_account_read": {"accounts": [OWN, int(OWN), OWN], "prefix": ""}}]
    assert policy(accounts, HERE) == policy([{"cross_account_read": {"accounts": OWN}}], HERE)


def test_a_prefix_ends_at_a_slash() -> None:
    short, long = ({"cross_account_read": {"accounts": OWN, "prefix": prefix}} for prefix in ("a/b", "a/b/"))
    assert policy([short], HERE) == policy([long], HERE)
    assert policy([short], HERE)["Statement"][0]["Resource"] == f"arn:aws:s3:::{BUCKET}/a/b/*"


def test_trails_of_one_account_write_to_one_place() -> None:
    trails = [f"arn:aws:cloudtrail:eu-central-1:{OWN}:trail/{name}" for name in "ab"]
    found = policy([{"cloudtrail_logs": {"trail_arns": trails}}], HERE)["Statement"][1]
    assert found["Resource"] == [HERE.objects(f"AWSLogs/{OWN}/")]
    assert found["Condition"]["StringEquals"]["aws:SourceArn"] == trails


def test_one_template_more_than_once() -> None:
    read = {"accounts": [PARTNER], "prefix": "a"}
    other = {"accounts": [STRANGER], "prefix": "b", "id": "Second"}
    listed = [{"cross_account_read": read}, {"cross_account_read": other}]
    assert [sid(each).removeprefix("StowageCrossAccountRead") for each in policy(listed, HERE)["Statement"]] == [
        "Objects",
        "List",
        "ObjectsSecond",
        "ListSecond",
    ]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([OWN, ORG, VPCE, ROLE]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(sorted(TEMPLATES))


def parameters(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Something for parameters that there are: what the cases give, or anything."""
    told = {
        key: [case.parameters[key] for case in CASES[name] if key in case.parameters] for key in TEMPLATES[name].known
    }
    values = {key: st.sampled_from(known) | JSON if known else JSON for key, known in told.items()}
    return st.fixed_dictionaries({}, optional=values)


ENTRIES = (
    JSON
    | NAMES
    | NAMES.flatmap(lambda name: parameters(name).map(lambda found: {name: found}))
    | st.builds(lambda name, found: {name: found}, NAMES, JSON)
    | st.dictionaries(st.sampled_from(["Effect", "Sid", "Action", "NotAction", "Principal"]), JSON)
)


@steady(200)
@given(JSON | st.lists(ENTRIES, max_size=4), st.sampled_from([BUCKET, *HERE.whole]) | JSON, JSON, JSON)
def test_whatever_it_is_it_is_a_policy_or_refused(wanted: Any, bucket: Any, partition: Any, account: Any) -> None:
    for make in (
        lambda: policy(wanted, place(bucket, None)),
        lambda: policy(wanted, HERE),
        lambda: key_policy(wanted, place(BUCKET, partition), account),
    ):
        try:
            found = make()
        except StowageError:
            continue
        assert found == {} or (found["Version"], type(found["Statement"])) == ("2012-10-17", list)


OTHERS = st.lists(
    st.fixed_dictionaries(
        {"Effect": st.sampled_from(["Allow", "Deny"])}, optional={"Sid": st.text("abz", max_size=3), "Action": JSON}
    ),
    max_size=4,
)


@steady(60)
@given(OTHERS, st.lists(st.sampled_from(EACH), min_size=1, max_size=4, unique_by=lambda each: each[0]))
def test_what_is_taken_away_again_was_not_there(others: Any, chosen: list[tuple[str, Case]]) -> None:
    present = {"Version": "2012-10-17", "Statement": others}
    wanted = policy([{name: case.parameters} for name, case in chosen], HERE)
    ours = {sid(each) for each in wanted["Statement"]}
    joined = merged(present, wanted)
    again = merged(joined, wanted)
    assert again == joined
    left = [each for each in joined["Statement"] if sid(each) not in ours]
    assert {**joined, "Statement": left} == present
