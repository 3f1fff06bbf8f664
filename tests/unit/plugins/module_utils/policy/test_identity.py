# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Templates of the policies of roles, and of whom roles trust: whole, checked, and judged by others.

The data are in `tests/policies/iam/` and `tests/policies/trust/`, a file for each.
"""

from __future__ import annotations

import importlib
import json
import pathlib
import re
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, NamedTuple

import pytest
import yaml
from ansible_collections.stowage.s3.plugins.module_utils._audit.control import Remedy
from ansible_collections.stowage.s3.plugins.module_utils._audit.permissions import permissions
from ansible_collections.stowage.s3.plugins.module_utils._audit.table import CONTROLS
from ansible_collections.stowage.s3.plugins.module_utils._bucket.table import ASPECTS
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import Policy, items, sid
from ansible_collections.stowage.s3.plugins.module_utils._policy.iam.audit import reads
from ansible_collections.stowage.s3.plugins.module_utils._policy.iam.remediate import REMEDIES
from ansible_collections.stowage.s3.plugins.module_utils._policy.iam.table import IAM_TEMPLATES
from ansible_collections.stowage.s3.plugins.module_utils._policy.identity import iam_policy, trust_policy
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Template
from ansible_collections.stowage.s3.plugins.module_utils._policy.trust.table import TRUST_TEMPLATES
from judge import Asked, Verdict, judged, lint
from policies.case import KEY_ARN, OWN, PARTNER, Case, Request
from spoiled import spoiled

ROOT = pathlib.Path(__file__).resolve().parents[5]


class Room(NamedTuple):
    """Templates of one kind. of: whose policies the judge takes theirs for, unless a template's data say more."""

    name: str
    templates: dict[str, Template]
    make: Callable[..., Policy]
    of: str


ROOMS = (Room("iam", IAM_TEMPLATES, iam_policy, "role"), Room("trust", TRUST_TEMPLATES, trust_policy, "trust"))


def data(room: Room, name: str) -> ModuleType:
    """What a template is tested with."""
    return importlib.import_module(f"policies.{room.name}.{name}")


EACH: list[tuple[Room, str, Case]] = [
    (room, name, case) for room in ROOMS for name in room.templates for case in data(room, name).CASES
]
every = pytest.mark.parametrize(
    ("room", "name", "case"), EACH, ids=lambda value: getattr(value, "name", str(value)[:60])
)
each_room = pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)


def made(room: Room, name: str, case: Case, **where: str) -> Policy:
    """The policy of a case."""
    return room.make([{name: case.parameters}], **where)


# Whole


@each_room
def test_every_file_stands_in_the_table(room: Room) -> None:
    folder = ROOT / "plugins" / "module_utils" / "_policy" / room.name
    assert sorted(room.templates) == sorted(path.stem for path in folder.glob("[a-z]*.py") if path.stem != "table")
    for name, template in room.templates.items():
        module = f"ansible_collections.stowage.s3.plugins.module_utils._policy.{room.name}.{name}"
        assert getattr(importlib.import_module(module), name.upper()) is template


@each_room
def test_every_template_is_tested_and_nothing_else(room: Room) -> None:
    tested = {path.stem for path in (ROOT / "tests" / "policies" / room.name).glob("*.py")} - {"__init__"}
    assert tested == set(room.templates)
    for name, template in room.templates.items():
        told = {parameter for case in data(room, name).CASES for parameter in case.parameters}
        assert told == set(template.known) - {"id"}, name


@each_room
def test_templates_stand_beside_each_other(room: Room) -> None:
    names = [sid(each) for name in room.templates for each in made(room, name, data(room, name).CASES[0])["Statement"]]
    assert len({*names}) == len(names)
    assert all(re.fullmatch("Stowage[A-Za-z]+", name) for name in names)


@pytest.mark.parametrize(("partition", "region"), [("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")])
@every
def test_other_partitions(room: Room, name: str, case: Case, partition: str, region: str) -> None:
    moved = json.dumps(case.parameters).replace("arn:aws:", f"arn:{partition}:").replace("eu-central-1", region)
    found = json.dumps(room.make([{name: json.loads(moved)}], region=region))
    assert "arn:aws:" not in found
    via = re.findall(r's3\.[^"]*\.amazonaws[^"]*', found.replace("batchoperations.s3.amazonaws.com", ""))
    assert all(each.endswith(".amazonaws.com" + ".cn" * (partition == "aws-cn")) for each in via)


# Judged


class Question(NamedTuple):
    """A request, whose policy is asked, and the policy."""

    template: str
    request: Request
    of: str
    policy: Policy


def _questions() -> Iterator[Question]:
    for room, name, case in EACH:
        of = getattr(data(room, name), "OF", room.of)
        for request in case.requests:
            yield Question(f"{room.name} {name}", request, of, made(room, name, case))


ALL = [*_questions()]
SPOILED = [(each, *spoilt) for each in ALL for spoilt in spoiled(each.policy, each.request.action)]


@pytest.fixture(scope="module")
def verdicts() -> tuple[list[Verdict], list[Verdict]]:
    """Of each question, and of each spoiled policy."""
    return (
        judged([Asked(each.request, each.policy, each.of) for each in ALL]),
        judged([Asked(each.request, document, each.of) for each, _name, document in SPOILED]),
    )


@pytest.mark.parametrize("number", range(len(ALL)), ids=lambda number: f"{ALL[number][0]}: {ALL[number][1].what}")
def test_judged(number: int, verdicts: tuple[list[Verdict], list[Verdict]]) -> None:
    verdict = verdicts[0][number]
    assert verdict.allowed == ALL[number].request.allowed
    assert verdict.ignored == (), "AWS does not send these keys with such a request"


def test_every_part_of_a_template_counts(verdicts: tuple[list[Verdict], list[Verdict]]) -> None:
    """Without it some request of the tests is judged otherwise."""
    right = {id(each): found.allowed for each, found in zip(ALL, verdicts[0], strict=True)}
    seen: dict[str, bool] = {}
    for (each, part, _document), verdict in zip(SPOILED, verdicts[1], strict=True):
        name = f"{each.template}: {part}"
        seen[name] = seen.get(name, False) or verdict.allowed != right[id(each)]
    assert [name for name, found in seen.items() if not found] == []


def test_every_action_of_a_template_is_asked_for() -> None:
    asked = {each.request.action for each in ALL}
    unasked = {
        action
        for room, name, case in EACH
        for statement in made(room, name, case)["Statement"]
        for action in items(statement["Action"])
        if action not in asked
    }
    # All of them are configurations of buckets, told by the tables of aspects and controls.
    assert unasked <= set(reads())


# What parliament says and is not so, and why.
MISJUDGED = {
    r"UNKNOWN_ACTION: .* s3:GetBucketAbac ": "its list of actions is older",
    r"RESOURCE_MISMATCH: .* 's3express:GetLifecycleConfiguration'": "it is what it asks for, with *",
    r"RESOURCE_POLICY_PRIVILEGE_ESCALATION: .* s3:Put(Bucket|Lifecycle)": "so it is, and the template's danger says so",
    r"MALFORMED: Statement contains neither Resource nor NotResource": "a trust policy has none",
    r"UNKNOWN_FEDERATION_SOURCE: .*:oidc-provider/": "it knows SAML alone",
}


@pytest.fixture(scope="module")
def findings() -> dict[str, list[str]]:
    """What parliament finds in each policy."""
    return {f"{name} {number}": lint(made(room, name, case)) for number, (room, name, case) in enumerate(EACH)}


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


# Derived


def test_an_audit_may_read_what_the_modules_read_and_nothing_else() -> None:
    wanted = {*permissions(CONTROLS, listing=True), *(each for one in ASPECTS for each in one.permissions.read)}
    found = [action for each in iam_policy(["audit"])["Statement"] for action in each["Action"]]
    # It answers everybody.
    assert sorted(found) == sorted(wanted - {"sts:GetCallerIdentity"})


def test_remedies_are_allowed_by_default_that_the_baseline_makes_by_default() -> None:
    modules = {control.id: control for control in CONTROLS if control.module}
    assert set(REMEDIES) == set(modules)
    (controls,) = (each for each in IAM_TEMPLATES["remediate"].parameters if each.name == "controls")
    assert set(controls.default) == {name for name, each in modules.items() if each.klass is Remedy.SAFE}


def test_the_boundary_holds_what_the_other_templates_allow_but_bucket_policies() -> None:
    def actions(*templates: Any) -> set[str]:
        return {action for each in iam_policy(list(templates))["Statement"] for action in items(each["Action"])}

    allowed = {
        action
        for name in IAM_TEMPLATES
        if name != "boundary"
        for case in data(ROOMS[0], name).CASES
        for action in actions({name: case.parameters})
    }
    assert actions("boundary") == allowed - {"s3:PutBucketPolicy"}
    assert actions({"boundary": {"bucket_policies": True}}) == allowed


@pytest.mark.parametrize("name", ["sync", "storage_class"])
def test_every_option_of_a_job_is_known(name: str) -> None:
    """A job of the role can be given as it is."""
    documented = yaml.safe_load((ROOT / "roles" / name / "meta" / "argument_specs.yml").read_text())
    options = documented["argument_specs"]["main"]["options"][f"{name}_jobs"]["options"]
    template = IAM_TEMPLATES[name]
    assert set(options) <= set(template.known) | template.ignored
    assert not set(template.known) & template.ignored


JOB = {"source": "/srv/site", "destination": "s3://example-site"}


def test_jobs_of_a_list_are_told_apart_by_their_names() -> None:
    jobs = [{**JOB, "name": name} for name in ("site", "big files")]
    names = [sid(each) for each in iam_policy([{"sync": jobs}])["Statement"]]
    assert names == [
        "StowageSyncSiteDestinationList",
        "StowageSyncSiteDestination",
        "StowageSyncBigFilesDestinationList",
        "StowageSyncBigFilesDestination",
    ]


def test_an_access_point_is_named_by_its_arn() -> None:
    point = f"arn:aws:s3:eu-central-1:{OWN}:accesspoint/site"
    job = {**JOB, "destination": f"s3://{point}/www", "destination_keys": [KEY_ARN]}
    listing, objects, key = iam_policy([{"sync": job}])["Statement"]
    assert (listing["Resource"], objects["Resource"]) == (point, f"{point}/object/www/*")
    # KMS is told the bucket, which nobody knows here.
    assert set(key["Condition"]) == {"StringEquals"}


# Refused

OTHERS = {"roles": [f"arn:aws:iam::{PARTNER}:role/app"]}
OIDC = {"issuer": "token.actions.githubusercontent.com", "account": OWN, "subjects": "repo:example/site:*"}
BATCH = {"source": "s3://example-site", "manifest": "s3://example-lists/a.csv"}
ALLOW = {"Effect": "Allow", "Action": "s3:GetObject"}
REFUSALS: dict[str, tuple[Callable[..., Policy], Any, tuple[str, ...]]] = {
    "no template": (
        iam_policy,
        ["tls_only"],
        ("'tls_only'", "sync, storage_class, cost, audit, remediate, batch, boundary"),
    ),
    "no template of trust": (trust_policy, ["sync"], ("'sync'", "accounts, batch_operations, web_identity")),
    "nothing": (iam_policy, [], ("empty", "Name a template")),
    "an empty list of jobs": (iam_policy, [{"sync": []}], ("sync", "[]", "list of such dicts")),
    "a list of names": (iam_policy, [{"sync": ["site"]}], ("sync", "['site']", "list of such dicts")),
    "somebody": (iam_policy, [{**ALLOW, "Principal": "*", "Resource": "*"}], ("Principal", "Leave it out")),
    "something": (trust_policy, [{**ALLOW, "Principal": "*", "Resource": "*"}], ("Resource", "Leave it out")),
    "a name with a space": (iam_policy, [{**ALLOW, "Sid": "a b", "Resource": "*"}], ("'a b'", "letters and digits")),
    "a mistyped option": (iam_policy, [{"sync": {**JOB, "deletee": True}}], ("sync", "'deletee'", "delete")),
    "no destination": (iam_policy, [{"sync": {"source": "/srv"}}], ("destination", "not given", "s3://bucket/prefix")),
    "two directories": (iam_policy, [{"sync": {**JOB, "destination": "/srv/a"}}], ("both local", "s3://bucket/prefix")),
    "no bucket": (iam_policy, [{"sync": {**JOB, "destination": "s3://"}}], ("destination", "names no bucket")),
    "neither true nor false": (
        iam_policy,
        [{"sync": {**JOB, "delete": "perhaps"}}],
        ("delete", "'perhaps'", "true"),
    ),
    "a dict that is none": (
        iam_policy,
        [{"storage_class": {"bucket": "example", "restore": "bulk"}}],
        ("'bulk'", "Give a dict"),
    ),
    "no inventory": (iam_policy, [{"cost": {"by": "inventory"}}], ("inventories is not given", "s3://bucket/prefix")),
    "no rules": (iam_policy, [{"sync": {**JOB, "rules": ["*"]}}], ("rules", "['*']", "list of dicts")),
    "an ACL that is none": (iam_policy, [{"sync": {**JOB, "acl": "open"}}], ("acl", "'open'", "bucket-owner-read")),
    "an alias of a key": (
        iam_policy,
        [{"sync": {**JOB, "backup_to": "s3://example-old", "encryption": "aws:kms", "encryption_key_id": "alias/a"}}],
        ("encryption_key_id", "'alias/a'", "destination_keys and backup_keys"),
    ),
    "two jobs of one name": (iam_policy, [{"sync": [JOB, JOB]}], ("'StowageSyncDestinationList'", "twice", "id")),
    "letters that IAM does not have": (
        iam_policy,
        [{"sync": {**JOB, "destination": "s3://example-site/фото"}}],
        ("'ф'", "U+00FF", "prefix"),
    ),
    "too many jobs": (
        iam_policy,
        [{"sync": [{**JOB, "name": f"job {number}"} for number in range(40)]}],
        ("characters", "6144", "Split"),
    ),
    "a key elsewhere": (
        iam_policy,
        [{"sync": {**JOB, "destination_keys": KEY_ARN.replace("aws", "aws-cn", 1)}}],
        ("destination_keys", "in aws-cn", "in aws", "region"),
    ),
    "a control without a remedy": (
        iam_policy,
        [{"remediate": {"controls": "S3.6"}}],
        ("controls", "'S3.6'", "S3.1"),
    ),
    "a copy to nowhere": (
        iam_policy,
        [{"batch": {**BATCH, "operation": "copy"}}],
        ("destination", "copy", "all of them"),
    ),
    "a restore elsewhere": (
        iam_policy,
        [{"batch": {**BATCH, "operation": "restore", "destination": "s3://example-old"}}],
        ("destination", "copy", "none"),
    ),
    "keys of no copies": (
        iam_policy,
        [{"batch": {**BATCH, "operation": "restore", "destination_keys": KEY_ARN}}],
        ("destination_keys", "all of them or none"),
    ),
    "a batch of files": (
        iam_policy,
        [{"batch": {**BATCH, "operation": "restore", "source": "/srv"}}],
        ("source", "'/srv'", "s3://bucket/prefix"),
    ),
    "nobody": (trust_policy, [{"accounts": {}}], ("accounts or roles", "at least one")),
    "an external id with a space": (
        trust_policy,
        [{"accounts": {**OTHERS, "external_id": "two words"}}],
        ("external_id", "'two words'", "without spaces"),
    ),
    "a name of no tag": (trust_policy, [{"accounts": {**OTHERS, "session_tags": "a*"}}], ("session_tags", "'a*'")),
    "every subject": (trust_policy, [{"web_identity": {**OIDC, "subjects": "*"}}], ("subjects", "'*'", "beside")),
    "no subject": (trust_policy, [{"web_identity": {**OIDC, "subjects": None}}], ("subjects", "not given")),
    "an address": (
        trust_policy,
        [{"web_identity": {**OIDC, "issuer": "https://example.com"}}],
        ("issuer", "without https://"),
    ),
    "too many": (
        trust_policy,
        [{"accounts": {"roles": [f"arn:aws:iam::{PARTNER}:role/{'r' * 60}{n}" for n in range(50)]}}],
        ("characters", "4096", "whole accounts"),
    ),
}


@pytest.mark.parametrize(("make", "listed", "says"), REFUSALS.values(), ids=REFUSALS)
def test_refused(make: Callable[..., Policy], listed: Any, says: tuple[str, ...]) -> None:
    with pytest.raises(StowageError) as caught:
        make(listed)
    for words in says:
        assert words in str(caught.value)


def test_secrets_that_a_job_may_hold_are_not_told() -> None:
    """A job of the role may have credentials among its options, which an error must not show."""
    secret = "wJalrXUtnFEMI/K7MDENG"
    assert secret not in json.dumps(iam_policy([{"sync": {**JOB, "secret_key": secret}}]))
    with pytest.raises(StowageError) as caught:
        iam_policy([{"sync": {**JOB, "secret_key": secret, "acl": "open"}}])
    assert secret not in str(caught.value)
