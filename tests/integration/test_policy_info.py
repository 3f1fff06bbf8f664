# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""`policy_info`: documents that are given, those of a bucket, and other judges."""

from __future__ import annotations

import json
import pathlib
import sys
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import pytest
import yaml
from flaws.case import bucket, identity, trust
from generated import steady
from harness import run_module
from hypothesis import given
from hypothesis import strategies as st
from plays import Run
from recorder import Kept, Recorder, recording
from scripted import Scripted, answer
from server import Server

pytestmark = pytest.mark.usefixtures("one_loader")

ROOT = pathlib.Path(__file__).parents[2]
NOWHERE = {"endpoint_url": "http://127.0.0.1:9"}  # where nothing listens
MISMATCH = bucket(Resource="arn:aws:s3:::example-bucket")
RULES = [{"id": "all", "expiration": {"days": 3}}]


def judged(server: Server | None = None, **options: Any) -> dict[str, Any]:
    """The result, the same in check mode; without parliament unless it is asked for."""
    told = {"parliament": False, **({} if server else NOWHERE), **options}
    result = run_module("policy_info", told, server=server)
    check = run_module("policy_info", told, server=server, check=True)
    assert check == result
    result.pop("invocation", None)  # ansible-core 2.19 has the module itself return it
    return result


def codes(result: dict[str, Any]) -> list[tuple[str, str]]:
    """What was found, and where."""
    return [(each["code"], each["path"]) for each in result["findings"]]


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """A recording server with a bucket."""
    with recording() as recorder:
        recorder.make("example-bucket").kept.clear()
        yield recorder


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    """A server that answers by a script."""
    server = Scripted()
    yield server
    server.stop()


# Given


def test_a_good_one_takes_no_connection() -> None:
    for document in (bucket(), json.dumps(bucket())):
        assert judged(policy=document, name="example-bucket") == {
            "changed": False,
            "valid": True,
            "findings": [],
            "summary": {"error": 0, "warning": 0, "notice": 0},
            "judged": ["bucket"],
            "judges": ["stowage"],
            "calls": 0,
        }


def test_a_bad_one() -> None:
    result = judged(policy=MISMATCH)
    assert (result["valid"], result["summary"]["error"], result.get("failed")) == (False, 1, None)
    assert result["findings"] == [
        {
            "type": "bucket",
            "code": "resource_mismatch",
            "severity": "error",
            "path": "Statement[0].Action",
            "problem": "s3:GetObject is about objects, and none of the resources is such.",
            "remedy": "Add arn:aws:s3:::example-bucket/*.",
            "judge": "stowage",
        }
    ]


def test_types() -> None:
    assert codes(judged(policy=identity(), type="identity")) == codes(judged(policy=trust(), type="trust")) == []
    assert ("misplaced_element", "Statement[0].Principal") in codes(judged(policy=bucket(), type="identity"))
    assert codes(judged(policy=RULES, type="lifecycle")) == [("lifecycle_sweeping", "lifecycle['all'].expiration")]
    assert codes(judged(policy=json.dumps(RULES), type="lifecycle")) == codes(judged(policy=RULES, type="lifecycle"))


def test_another_bucket() -> None:
    assert codes(judged(policy=bucket(), name="other")) == [("other_bucket", "Statement[0].Resource")]


@pytest.mark.parametrize(
    ("fail_on", "document", "fails"),
    [
        ("never", MISMATCH, False),
        ("error", MISMATCH, True),
        ("warning", MISMATCH, True),
        ("error", bucket(Principal="*"), False),
        ("warning", bucket(Principal="*"), True),
        ("warning", {"Statement": bucket()["Statement"]}, False),
    ],
)
def test_failing(fail_on: str, document: Any, fails: bool) -> None:
    result = judged(policy=document, fail_on=fail_on)
    assert bool(result.get("failed")) == fails
    assert result["findings"] and result["judged"] == ["bucket"]
    if fails:
        assert result["findings"][0]["problem"] in result["msg"] and f"fail_on: {fail_on}" in result["msg"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "Give a document, or the name of a bucket"),
        ({"name": "example-bucket", "type": "trust"}, "Give a document"),
        ({"policy": "{"}, "no JSON"),
        ({"policy": [bucket()]}, "no object"),
        ({"policy": '{"a": "\\ud800"}'}, "half a character"),
        ({"policy": bucket(), "type": "key"}, "value of type must be one of: bucket, identity, trust, lifecycle"),
    ],
)
def test_refused(options: dict[str, Any], says: str) -> None:
    result = judged(**options)
    assert result["failed"] and says in result["msg"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@steady(40)
@given(JSON | st.text(), st.sampled_from(["bucket", "identity", "trust", "lifecycle"]))
def test_whatever_is_given_is_judged_or_refused(document: Any, kind: str) -> None:
    result = run_module("policy_info", {"policy": document, "type": kind, **NOWHERE})
    assert "exception" not in result
    assert result["msg"].startswith("policy: ") if result.get("failed") else result["judged"] == [kind]


# Of a bucket


def test_a_bucket(recorder: Recorder) -> None:
    run_module("bucket_lifecycle", {"name": "example-bucket", "lifecycle": RULES}, server=recorder.server)
    recorder.buckets["example-bucket"].kept["policy", ""] = Kept(json.dumps(MISMATCH).encode())
    del recorder.requests[:]
    result = judged(recorder.server, name="example-bucket")
    assert (result["judged"], result["calls"], recorder.writes()) == (["bucket", "lifecycle"], 2, [])
    assert [(each["type"], each["code"]) for each in result["findings"]] == [
        ("bucket", "resource_mismatch"),
        ("lifecycle", "lifecycle_sweeping"),
    ]
    only = judged(recorder.server, name="example-bucket", type="lifecycle")
    assert (only["judged"], only["calls"], codes(only)) == (["lifecycle"], 1, codes(result)[1:])


@pytest.mark.parametrize("name", ["seaweedfs", "moto"])
def test_a_bucket_of_a_server(name: str, servers: Callable[[str], Server]) -> None:
    server, there = servers(name), f"test-{uuid.uuid4().hex}"
    s3 = server.client("s3")
    s3.create_bucket(Bucket=there)
    assert judged(server, name=there)["judged"] == []
    document = bucket(Principal="*", Resource=f"arn:aws:s3:::{there}/*")
    s3.put_bucket_policy(Bucket=there, Policy=json.dumps(document))
    result = judged(server, name=there)
    assert (result["judged"], codes(result)) == (["bucket"], [("public", "Statement[0]")])


def test_a_bucket_that_has_neither(recorder: Recorder) -> None:
    result = judged(recorder.server, name="example-bucket")
    assert (result["judged"], result["valid"], result["findings"]) == ([], True, [])


def test_what_may_not_be_read_is_not_taken_for_none(recorder: Recorder) -> None:
    recorder.denied = {"GET policy"}
    result = judged(recorder.server, name="example-bucket")
    assert result["failed"] and "s3:GetBucketPolicy" in result["msg"]


def test_a_bucket_that_is_not_there(recorder: Recorder) -> None:
    assert "NoSuchBucket" in judged(recorder.server, name="example-other")["msg"]


# Other judges


def test_parliament_tells_notices() -> None:
    odd = identity(Action="s3:GetObject", Resource="arn:aws:s3:::example-bucket/*", Sid="x", Condition={})
    document = {**odd, "Version": "2012-10-17"}
    document["Statement"][0]["Action"] = ["s3:GetObject", "s3:Got*"]
    result = judged(policy=document, type="identity", parliament=True)
    theirs = [each for each in result["findings"] if each["judge"] == "parliament"]
    assert result["judges"] == ["stowage", "parliament"]
    assert [(each["code"], each["severity"]) for each in theirs] == [("UNKNOWN_ACTION", "notice")]
    assert "s3:Got*" in theirs[0]["problem"]


def test_parliament_is_not_needed() -> None:
    with mock.patch.dict(sys.modules, {"parliament": None}):
        assert judged(policy=bucket(), parliament=True)["judges"] == ["stowage"]


def test_parliament_may_fail() -> None:
    """As it does at a list of values for Bool."""
    document = bucket(Condition={"Bool": {"aws:SecureTransport": ["true"]}})
    result = judged(policy=document, parliament=True)
    assert (result["judges"], result["findings"]) == (["stowage"], [])


def finding(kind: str, code: str, *path: dict[str, Any]) -> dict[str, Any]:
    """As Access Analyzer tells one."""
    span = {"start": {"line": 1, "column": 1, "offset": 1}, "end": {"line": 1, "column": 2, "offset": 2}}
    return {
        "findingType": kind,
        "issueCode": code,
        "findingDetails": f"About {code}.",
        "learnMoreLink": "https://docs.aws.amazon.com/x",
        "locations": [{"path": list(path), "span": span}],
    }


ACTION = ({"value": "Statement"}, {"index": 0}, {"value": "Action"}, {"index": 1})


def analyzed(scripted: Scripted, document: Any, kind: str) -> dict[str, Any]:
    """What comes of it, by way of the scripted server."""
    keys = {"endpoint_url": f"http://127.0.0.1:{scripted.port}", "access_key": "AK", "secret_key": "SK"}
    told = {"policy": document, "type": kind, "access_analyzer": True, "parliament": False, "region": "eu-central-1"}
    return run_module("policy_info", {**told, **keys})


def test_access_analyzer(scripted: Scripted) -> None:
    first = {"findings": [finding("ERROR", "INVALID_ACTION", *ACTION)], "nextToken": "t"}
    second = {"findings": [finding(kind, kind) for kind in ("SECURITY_WARNING", "WARNING", "SUGGESTION")]}
    scripted.play(*(answer(200, json.dumps(each), content_type="application/json") for each in (first, second)))
    result = analyzed(scripted, bucket(), "bucket")
    assert (result["judges"], result["calls"], result["valid"]) == (["stowage", "access_analyzer"], 2, False)
    assert [(each["severity"], each["code"], each["path"]) for each in result["findings"]] == [
        ("error", "INVALID_ACTION", "Statement[0].Action[1]"),
        ("warning", "SECURITY_WARNING", ""),
        ("warning", "WARNING", ""),
        ("notice", "SUGGESTION", ""),
    ]
    assert result["findings"][0]["problem"] == "About INVALID_ACTION."
    assert "https://docs.aws.amazon.com/x" in result["findings"][0]["remedy"]
    sent = [json.loads(request.body) for request in scripted.requests]
    assert [json.loads(each["policyDocument"]) for each in sent] == [bucket()] * 2
    assert {each["policyType"] for each in sent} == {"RESOURCE_POLICY"}
    assert {each["validatePolicyResourceType"] for each in sent} == {"AWS::S3::Bucket"}
    assert scripted.targets() == ["POST /policy/validation", "POST /policy/validation?nextToken=t"]


@pytest.mark.parametrize(
    ("kind", "document", "question"),
    [
        ("identity", identity(), ("IDENTITY_POLICY", None)),
        ("trust", trust(), ("RESOURCE_POLICY", "AWS::IAM::AssumeRolePolicyDocument")),
    ],
)
def test_what_access_analyzer_is_asked(scripted: Scripted, kind: str, document: Any, question: Any) -> None:
    scripted.play(answer(200, '{"findings": []}', content_type="application/json"))
    assert analyzed(scripted, document, kind)["valid"]
    (sent,) = [json.loads(request.body) for request in scripted.requests]
    assert (sent["policyType"], sent.get("validatePolicyResourceType")) == question


def test_access_analyzer_denied(scripted: Scripted) -> None:
    denied = {"message": "User is not authorized to perform: access-analyzer:ValidatePolicy"}
    headers = {"content-type": "application/json", "x-amzn-errortype": "AccessDeniedException"}
    scripted.play(answer(403, json.dumps(denied), headers))
    result = analyzed(scripted, bucket(), "bucket")
    assert result["failed"]
    for text in (
        "access_analyzer: ",
        "AccessDeniedException",
        "need access-analyzer:ValidatePolicy",
        "leave access_ana",
    ):
        assert text in result["msg"]


def test_access_analyzer_is_nowhere() -> None:
    keys = {"access_key": "AK", "secret_key": "SK", "aws_config": {"retries": {"max_attempts": 0}}}
    result = run_module("policy_info", {"policy": bucket(), "access_analyzer": True, **NOWHERE, **keys})
    assert "access_analyzer: ValidatePolicy" in result["msg"] and "leave access_analyzer out" in result["msg"]


def test_access_analyzer_on_another_server(moto_server: Server) -> None:
    result = run_module("policy_info", {"policy": bucket(), "access_analyzer": True}, server=moto_server)
    assert "access_analyzer: ValidatePolicy" in result["msg"] and "leave access_analyzer out" in result["msg"]


# The playbook


def test_the_playbook_names_what_is_wrong_and_needs_nothing(tmp_path: pathlib.Path) -> None:
    good = {"name": "example-good", "policy": "{{ ['tls_only'] | stowage.s3.policy('example-good') }}"}
    rules = [{"id": "a", "prefix": "a/", "transitions": [{"days": 3, "storage_class": "STANDARD_IA"}]}]
    hosts = {
        "fine": {"buckets": [good, {"name": "example-other", "policy": {}}], "buckets_defaults": {"lifecycle": []}},
        "empty": {},
        "faulty": {
            "buckets": [
                {"name": "example-bucket", "policy": MISMATCH, "lifecycle": rules},
                {"name": "example-small", "transition_default_minimum_object_size": "varies_by_storage_class"},
                good,
            ],
            "buckets_defaults": {
                "lifecycle": [{**rules[0], "transitions": [{"days": 90, "storage_class": "GLACIER"}]}]
            },
        },
    }
    here = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable, "aws_region": "eu-central-1"}
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(
        yaml.safe_dump({"accounts": {"hosts": {name: {**here, **each} for name, each in hosts.items()}}})
    )
    run = Run(ROOT / "playbooks" / "validate.yml", "-i", inventory, "-e", "validate_fail_on=error")
    failed = {name: told["failures"] for name, told in run.stats.items()}
    assert (run.code, failed) == (2, {"fine": 0, "empty": 0, "faulty": 1}), run.why
    assert [(*each["item"], each["valid"]) for each in run.items["faulty"] if "judged" in each] == [
        ("example-bucket", "bucket", False),
        ("example-bucket", "lifecycle", False),
        ("example-small", "lifecycle", True),
        ("example-good", "bucket", True),
        ("example-good", "lifecycle", True),
    ]
