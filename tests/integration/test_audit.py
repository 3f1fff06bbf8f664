# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The audit against servers: what it reads, what it makes of a denial, and what it says of buckets that are wrong."""

from __future__ import annotations

import csv
import json
import pathlib
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._audit import look
from ansible_collections.stowage.s3.plugins.module_utils._audit.report import FORMATS
from ansible_collections.stowage.s3.plugins.module_utils._audit.table import CONTROLS
from ansible_collections.stowage.s3.plugins.module_utils._errors import s3_error
from harness import run_module, warned
from recorder import OWNER, Kept, Recorder, recording
from server import Server, moto

pytestmark = pytest.mark.usefixtures("one_loader")

IDS = {control.id for control in CONTROLS}
# By sub-resource of S3: the controls that need it, and the permission that reads it.
NEEDED = {
    "acl": ({"S3.2", "S3.3", "S3.12"}, "s3:GetBucketAcl"),
    "encryption": ({"S3.17"}, "s3:GetEncryptionConfiguration"),
    "lifecycle": ({"S3.10", "S3.13", "S3.20"}, "s3:GetLifecycleConfiguration"),
    "logging": ({"S3.9"}, "s3:GetBucketLogging"),
    "notification": ({"S3.11"}, "s3:GetBucketNotification"),
    "object-lock": ({"S3.15"}, "s3:GetBucketObjectLockConfiguration"),
    "ownershipControls": ({"S3.12"}, "s3:GetBucketOwnershipControls"),
    "policy": ({"S3.2", "S3.3", "S3.5", "S3.6"}, "s3:GetBucketPolicy"),
    "publicAccessBlock": ({"S3.2", "S3.3", "S3.8"}, "s3:GetBucketPublicAccessBlock"),
    "replication": ({"S3.7"}, "s3:GetReplicationConfiguration"),
    "versioning": ({"S3.10", "S3.14", "S3.20"}, "s3:GetBucketVersioning"),
}


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """A recording server, which knows S3 alone."""
    with recording() as recorder:
        yield recorder


def audit(place: Recorder | Server, options: dict[str, Any] | None = None, *, check: bool = False) -> dict[str, Any]:
    """A run that has to succeed."""
    server = place.server if isinstance(place, Recorder) else place
    result = run_module("audit_info", options or {}, server=server, check=check)
    assert not result.get("failed"), result
    assert not result["changed"]
    return result


def verdicts(result: dict[str, Any], bucket: str = "") -> dict[str, str]:
    """The verdicts by controls."""
    return {each["control"]: each["verdict"] for each in result["findings"] if each["bucket"] == bucket}


def finding(result: dict[str, Any], control: str, bucket: str = "") -> dict[str, Any]:
    """A control's only finding on a bucket."""
    (found,) = [each for each in result["findings"] if (each["control"], each["bucket"]) == (control, bucket)]
    return dict(found)


def put(recorder: Recorder, bucket: str, sub: str, text: str) -> None:
    """A configuration, in S3's XML."""
    recorder.buckets[bucket].kept[sub, ""] = Kept(text.encode())


# What is read


def test_every_configuration_is_read_once(recorder: Recorder) -> None:
    for name in ("a", "b", "c"):
        recorder.make(name)
    result = audit(recorder)
    asked = Counter(recorder.requests)
    assert {each: count for each, count in asked.items() if each.startswith("GET ")} == {
        f"GET {sub}": 3 for sub in (*NEEDED, "policyStatus")
    }
    assert asked["HEAD"] == 3
    assert recorder.writes() == ["POST", "POST"]  # who am I, and which trails are there: this server knows neither
    assert result["calls"] == len(recorder.requests)
    assert {each["control"] for each in result["findings"]} == IDS
    again = audit(recorder)
    assert {**again, "invocation": 0} == {**result, "invocation": 0}


def test_only_what_the_controls_need_is_read(recorder: Recorder) -> None:
    recorder.make("a")
    result = audit(recorder, {"name": "a", "controls": ["S3.8"], "account": False})
    assert sorted(recorder.requests) == ["GET publicAccessBlock", "HEAD", "POST"]
    assert verdicts(result, "a") == {"S3.8": "pass"}


def test_a_denied_read_is_unknown(recorder: Recorder) -> None:
    recorder.make("a")
    usual = verdicts(audit(recorder, {"account": False}), "a")
    for sub, (controls, permission) in NEEDED.items():
        recorder.denied = {f"GET {sub}"}
        result = audit(recorder, {"account": False})
        assert verdicts(result, "a") == {**usual, **dict.fromkeys(controls, "unknown")}
        for control in controls:
            told = finding(result, control, "a")
            assert told["evidence"]["values"] == {"missing_permissions": [permission]}
            assert permission in told["evidence"]["text"] and told["remedy"] == {}
    recorder.denied = {"HEAD"}
    result = audit(recorder, {"account": False})
    assert verdicts(result, "a") == {**usual, "S3.7": "unknown"}
    assert finding(result, "S3.7", "a")["evidence"]["values"] == {"missing_permissions": ["s3:ListBucket"]}


def test_what_aws_says_of_a_policy_is_asked_for_and_not_needed(recorder: Recorder) -> None:
    recorder.make("a")
    put(recorder, "a", "policyStatus", "<PolicyStatus><IsPublic>true</IsPublic></PolicyStatus>")
    for denied, says in ((set(), "public access is blocked"), ({"GET policyStatus"}, "Neither")):
        recorder.denied = denied
        told = finding(audit(recorder, {"controls": ["S3.2"]}), "S3.2", "a")
        assert told["verdict"] == "pass" and says in told["evidence"]["text"]


def test_permissions(recorder: Recorder) -> None:
    recorder.make("a")
    result = audit(recorder, {"name": "a", "controls": ["S3.5", "S3.20"]})
    assert result["permissions"] == [
        "s3:GetBucketPolicy", "s3:GetBucketVersioning", "s3:GetLifecycleConfiguration", "s3:ListBucket",
        "sts:GetCallerIdentity",
    ]  # fmt: skip
    assert "s3:ListAllMyBuckets" in audit(recorder, {"controls": ["S3.5"]})["permissions"]


def test_what_an_endpoint_does_not_know_is_unknown(recorder: Recorder) -> None:
    recorder.make("a")
    recorder.unknown = set(NEEDED)
    result = audit(recorder, {"account": False})
    assert set(verdicts(result, "a").values()) == {"unknown"}
    for each in result["findings"]:
        assert "unsupported" in each["evidence"]["text"] and each["evidence"]["values"] == {}


def test_a_bucket_of_somebody_else_is_all_unknown(recorder: Recorder) -> None:
    recorder.make("a")
    result = audit(recorder, {"account": False, "expected_bucket_owner": "999999999999"})
    assert set(verdicts(result, "a").values()) == {"unknown"}
    result = audit(recorder, {"account": False, "expected_bucket_owner": OWNER})
    assert "unknown" not in verdicts(result, "a").values()


def test_whose_bucket_it_is(recorder: Recorder) -> None:
    """By the account of the credentials, or by the owner that S3 confirms."""
    recorder.make("a")
    grant = {"Effect": "Allow", "Principal": {"AWS": OWNER}, "Action": "s3:*", "Resource": "arn:aws:s3:::a/*"}
    put(recorder, "a", "policy", json.dumps({"Version": "2012-10-17", "Statement": [grant]}))
    options = {"name": "a", "controls": ["S3.6"]}
    assert verdicts(audit(recorder, options), "a") == {"S3.6": "unknown"}
    assert verdicts(audit(recorder, {**options, "expected_bucket_owner": OWNER}), "a") == {"S3.6": "pass"}
    recorder.knows_who = True
    assert verdicts(audit(recorder, options), "a") == {"S3.6": "pass"}


def test_a_server_that_knows_s3_alone(recorder: Recorder) -> None:
    recorder.make("a")
    result = audit(recorder)
    assert result["account"] == ""
    assert verdicts(result) == {
        **dict.fromkeys(("S3.1", "S3.19", "S3.22", "S3.23", "S3.24"), "unknown"), "S3.25": "not_applicable"
    }  # fmt: skip

    told = run_module("audit_info", {"controls": ["S3.1"], "account": False}, server=recorder.server)
    assert told["failed"] and "account is false" in told["msg"]
    told = run_module("account_public_access", {"public_access": {}}, server=recorder.server)
    assert told["failed"] and "does not know the service sts" in told["msg"]


def test_a_named_bucket_has_to_be_there(recorder: Recorder) -> None:
    recorder.make("a")
    result = run_module("audit_info", {"name": "b"}, server=recorder.server)
    assert result["failed"] and "s3://b does not exist" in result["msg"]
    assert {each["bucket"] for each in audit(recorder, {"name": "b*", "account": False})["findings"]} == set()
    assert {each["bucket"] for each in audit(recorder, {"name": "a*", "account": False})["findings"]} == {"a"}


@pytest.mark.parametrize("status", [400, 403])
def test_denials_of_all_services_are_denials(status: int) -> None:
    """CloudTrail denies with 400, S3 with 403."""
    error = s3_error("DescribeTrails", "", "", status=status, code="AccessDeniedException", message="No")
    assert look._unread(error, ("cloudtrail:DescribeTrails",)).permissions == ("cloudtrail:DescribeTrails",)
    error = s3_error("GetCallerIdentity", "", "", status=status, code="AccessDenied", message="No")
    assert look._unread(error, ("s3:X",)).permissions == ("sts:GetCallerIdentity",)


# What takes more than one bucket


def test_a_bucket_for_logs_is_not_asked_for_a_log(recorder: Recorder) -> None:
    for name in ("logs", "site", "other"):
        recorder.make(name)
    put(recorder, "site", "logging", "<BucketLoggingStatus><LoggingEnabled><TargetBucket>logs</TargetBucket>"
        "<TargetPrefix/></LoggingEnabled></BucketLoggingStatus>")  # fmt: skip
    result = audit(recorder, {"controls": ["S3.9"]})
    found = {name: finding(result, "S3.9", name)["verdict"] for name in recorder.buckets}
    assert found == {"logs": "not_applicable", "site": "pass", "other": "fail"}
    # Nobody can know of it who looks at that bucket alone.
    assert finding(audit(recorder, {"name": "logs", "controls": ["S3.9"]}), "S3.9", "logs")["verdict"] == "fail"


@pytest.mark.parametrize(("region", "verdict"), [("eu-west-1", "pass"), ("us-east-1", "fail"), ("", "unknown")])
@pytest.mark.parametrize("name", ["a", "*"])
def test_where_copies_go_is_looked_up(recorder: Recorder, region: str, verdict: str, name: str) -> None:
    recorder.make("a")
    if region:
        recorder.make("copies", region=region)
    put(recorder, "a", "replication", "<ReplicationConfiguration><Role>arn:aws:iam::1:role/r</Role><Rule><ID>r</ID>"
        "<Status>Enabled</Status><Priority>1</Priority><Filter><Prefix/></Filter><Destination><Bucket>arn:aws:s3:::copies"
        "</Bucket></Destination></Rule></ReplicationConfiguration>")  # fmt: skip
    result = audit(recorder, {"name": name, "controls": ["S3.7"]})
    assert finding(result, "S3.7", "a")["verdict"] == verdict
    assert recorder.requests.count("HEAD") == 2


def test_directory_buckets(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    # Objects there have sessions of their own, which this server does not know.
    monkeypatch.setenv("AWS_S3_DISABLE_EXPRESS_SESSION_AUTH", "true")
    recorder.knows_who = True
    ruled, unruled = "one--use1-az1--x-s3", "two--use1-az1--x-s3"
    for name in ("a", ruled, unruled):
        recorder.make(name)
    what = "<Filter><Prefix/></Filter><Expiration><Days>7</Days></Expiration>"
    rule = f"<Rule><ID>r</ID><Status>Enabled</Status>{what}</Rule>"
    put(recorder, ruled, "lifecycle", f"<LifecycleConfiguration>{rule}</LifecycleConfiguration>")
    result = audit(recorder, {"name": "a", "controls": ["S3.25"]})
    assert {each["bucket"]: each["verdict"] for each in result["findings"]} == {ruled: "pass", unruled: "fail"}
    assert finding(result, "S3.25", ruled)["resource"] == f"arn:aws:s3express:us-east-1:{OWNER}:bucket/{ruled}"
    recorder.denied = {"GET lifecycle"}
    told = finding(audit(recorder, {"name": "a", "controls": ["S3.25"]}), "S3.25")
    assert told["verdict"] == "unknown" and "s3express:GetLifecycleConfiguration" in told["evidence"]["text"]


# Suppressions and files


def test_suppressions(recorder: Recorder) -> None:
    recorder.make("a")
    recorder.make("b")
    options = {
        "controls": ["S3.5", "S3.13"],
        "suppressions": [
            {"control": "S3.5", "buckets": ["a"], "reason": "Old devices", "expires": "2099-12-31"},
            {"control": "S3.13", "reason": "Later", "expires": "2020-01-31"},
        ],
    }
    result = audit(recorder, options)
    told = finding(result, "S3.5", "a")
    assert told["verdict"] == "fail" and told["suppressed"]["reason"] == "Old devices"
    assert [each["suppressed"] for each in result["findings"] if each is not None].count({}) == 3
    assert result["summary"]["fails"] == {"critical": 0, "high": 0, "medium": 1, "low": 2}
    assert result["summary"]["suppressed"] == 1
    assert [(each["control"], each["expired"], each["findings"]) for each in result["suppressions"]] == [
        ("S3.5", False, 1), ("S3.13", True, 0)
    ]  # fmt: skip
    (warning,) = warned(result)
    assert "S3.13" in warning and "2020-01-31" in warning and "Later" in warning


def test_files_are_written_by_a_run_alone(moto_server: Server, tmp_path: pathlib.Path) -> None:
    name = f"audit-{tmp_path.name.lower().replace('_', '-')}"[:60].strip("-")
    moto_server.client("s3").create_bucket(Bucket=name)
    files = {each: str(tmp_path / f"audit.{each}") for each in FORMATS}
    options = {"name": name, "controls": ["S3.8", "S3.14"], "account": False, "output": files}
    told = audit(moto_server, options, check=True)
    assert list(tmp_path.iterdir()) == []
    assert audit(moto_server, options)["findings"] == told["findings"]
    text = {each: pathlib.Path(path).read_text() for each, path in files.items()}
    assert [each["Compliance"]["Status"] for each in json.loads(text["asff"])] == ["FAILED", "FAILED"]
    assert [row["bucket"] for row in csv.DictReader(text["csv"].splitlines())] == [name, name]
    assert ET.fromstring(text["junit"]).attrib["failures"] == "2"  # noqa: S314 - our own
    assert [each["ruleId"] for each in json.loads(text["sarif"])["runs"][0]["results"]] == ["S3.8", "S3.14"]
    assert json.loads(text["json"])["findings"] == told["findings"]
    assert json.loads(text["json"])["asked"] == {"name": name, "controls": ["S3.14", "S3.8"]}
    assert text["html"].startswith("<!DOCTYPE html>") and name in text["html"]


def test_what_changed_since_the_last_run(recorder: Recorder, tmp_path: pathlib.Path) -> None:
    for name in ("example-a", "example-b", "other"):
        recorder.make(name)
    page, last = tmp_path / "audit.html", str(tmp_path / "audit.json")
    options = {
        "name": "example-*",
        "controls": ["S3.8", "S3.13", "S3.14"],
        "account": False,
        "output": {"html": str(page), "json": last},
        "previous": last,
    }
    kinds = ("worse", "unclear", "gone", "suppressed", "better", "new_buckets", "gone_buckets")
    nothing: dict[str, Any] = {kind: [] for kind in kinds}
    assert audit(recorder, options, check=True)["changes"] == {"since": "", **nothing}
    assert list(tmp_path.iterdir()) == []
    assert audit(recorder, options)["changes"] == {"since": "", **nothing}
    assert "There is no earlier audit" in page.read_text()
    since = json.loads(pathlib.Path(last).read_text())["time"]
    assert audit(recorder, options)["changes"] == {"since": since, **nothing}
    assert "nothing changed" in page.read_text()

    since = json.loads(pathlib.Path(last).read_text())["time"]
    put(recorder, "example-a", "publicAccessBlock", "<PublicAccessBlockConfiguration/>")
    put(
        recorder,
        "example-a",
        "versioning",
        "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
    )
    recorder.make("example-c")
    del recorder.buckets["example-b"]
    recorder.denied = {"GET lifecycle"}
    before = pathlib.Path(last).read_bytes()
    preview = audit(recorder, options, check=True)["changes"]
    assert pathlib.Path(last).read_bytes() == before
    told = audit(recorder, options)["changes"]
    assert told == preview and told["since"] == since
    assert {name: each if name.endswith("buckets") else [(one["control"], one["bucket"], one["before"], one["after"])
            for one in each] for name, each in told.items() if name != "since"} == {
        **nothing,
        "worse": [("S3.8", "example-a", "pass", "fail")],
        "unclear": [("S3.13", "example-a", "fail", "unknown")],
        "better": [("S3.14", "example-a", "fail", "pass")],
        "new_buckets": ["example-c"],
        "gone_buckets": ["example-b"],
    }  # fmt: skip
    assert "Worse (1)" in page.read_text()
    # What the earlier one did not ask is not new.
    wider = {**options, "name": "*", "controls": ["S3.8", "S3.5"], "output": {}}
    assert audit(recorder, wider)["changes"] | {"since": 0} == {"since": 0, **nothing}


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"output": {}}, "there is no such file"),
        ({"account": "999999999999"}, "is an audit of the account 999999999999, and this one is of"),
        ({"version": 9}, "has version 9"),
    ],
)
def test_an_earlier_audit_that_does_not_fit_is_refused(
    recorder: Recorder, tmp_path: pathlib.Path, parts: dict[str, Any], words: str
) -> None:
    recorder.make("a")
    recorder.knows_who = True
    path = tmp_path / "audit.json"
    options = {"name": "a", "controls": ["S3.8"], "output": {"json": str(path)}, "previous": str(path)}
    if "output" not in parts:
        audit(recorder, options)
        path.write_text(json.dumps({**json.loads(path.read_text()), **parts}))
    given = {**options, **{name: value for name, value in parts.items() if name == "output"}}
    recorder.requests.clear()
    result = run_module("audit_info", given, server=recorder.server)
    assert result["failed"] and words in result["msg"]
    assert [each for each in recorder.requests if each.startswith("GET")] == []


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ({"csv": "/nowhere/audit.csv"}, "'/nowhere/audit.csv' cannot be written"),
        ({"csv": "/nowhere/audit", "junit": "/nowhere/audit"}, "two formats"),
        ({"asff": "/nowhere/audit.json"}, "sts:GetCallerIdentity"),
    ],
)
def test_files_that_cannot_be(recorder: Recorder, output: dict[str, str], words: str) -> None:
    recorder.make("a")
    result = run_module("audit_info", {"output": output}, server=recorder.server)
    assert result["failed"] and words in result["msg"]


# Buckets of all kinds of wrong, and what an account has besides

ACCOUNT = "123456789012"  # moto's
OFF = {"BlockPublicAcls": False, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}


@pytest.fixture(scope="module")
def wrong() -> Iterator[Server]:
    """A server of its own: what is wrong with an account is wrong for everybody in it."""
    with moto() as server:
        s3, control, trails = (server.client(name) for name in ("s3", "s3control", "cloudtrail"))

        def at(request: Any, **_event: Any) -> None:
            request.url = urlsplit(request.url)._replace(netloc=urlsplit(server.endpoint).netloc).geturl()

        control.meta.events.register("before-sign.s3-control", at)
        for name in ("wrong-open", "wrong-shared", "wrong-stale", "right"):
            s3.create_bucket(Bucket=name, ObjectOwnership="ObjectWriter")
        _open(s3)
        _shared(s3)
        _stale(s3)
        _right(s3)
        control.put_public_access_block(AccountId=ACCOUNT, PublicAccessBlockConfiguration=dict.fromkeys(OFF, False))
        control.create_access_point(AccountId=ACCOUNT, Name="shut", Bucket="right")
        control.create_access_point(
            AccountId=ACCOUNT, Name="open", Bucket="wrong-open", PublicAccessBlockConfiguration=OFF
        )
        control.create_multi_region_access_point(
            AccountId=ACCOUNT, ClientToken="t",
            Details={"Name": "many", "Regions": [{"Bucket": "right"}], "PublicAccessBlock": OFF},
        )  # fmt: skip
        for name, selector in (("writes", "WriteOnly"), ("stopped", "ReadOnly")):
            trails.create_trail(Name=name, S3BucketName="right", IsMultiRegionTrail=True)
            objects = [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]
            trails.put_event_selectors(
                TrailName=name, EventSelectors=[{"ReadWriteType": selector, "DataResources": objects}]
            )
        trails.start_logging(Name="writes")
        yield server


def _policy(bucket: str, *statements: dict[str, Any]) -> dict[str, str]:
    whole = [{"Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"], **each} for each in statements]
    return {"Bucket": bucket, "Policy": json.dumps({"Version": "2012-10-17", "Statement": whole})}


def _open(s3: Any) -> None:
    """Everybody reads by the policy, and writes by the ACL."""
    s3.put_bucket_policy(**_policy("wrong-open", {"Effect": "Allow", "Principal": "*", "Action": "s3:Get*"}))
    grants = s3.get_bucket_acl(Bucket="wrong-open")
    everybody = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}
    s3.put_bucket_acl(
        Bucket="wrong-open",
        AccessControlPolicy={
            "Owner": grants["Owner"],
            "Grants": [*grants["Grants"], {"Grantee": everybody, "Permission": "WRITE"}],
        },
    )


def _shared(s3: Any) -> None:
    """Another account may do everything, and TLS is asked of objects alone."""
    tls = {"Bool": {"aws:SecureTransport": "false"}}
    s3.put_bucket_policy(
        **_policy(
            "wrong-shared",
            {"Sid": "Partner", "Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "s3:*"},
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": "arn:aws:s3:::wrong-shared/*",
                "Condition": tls,
            },
        )
    )


def _stale(s3: Any) -> None:
    """Everything was there once, and is off."""
    rule = {"ID": "r", "Status": "Disabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
    for status in ("Enabled", "Suspended"):
        s3.put_bucket_versioning(Bucket="wrong-stale", VersioningConfiguration={"Status": status})
    s3.put_bucket_lifecycle_configuration(Bucket="wrong-stale", LifecycleConfiguration={"Rules": [rule]})
    s3.put_public_access_block(Bucket="wrong-stale", PublicAccessBlockConfiguration=OFF)


def _right(s3: Any) -> None:
    tls = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    s3.put_bucket_policy(**_policy("right", tls))
    s3.put_public_access_block(Bucket="right", PublicAccessBlockConfiguration=dict.fromkeys(OFF, True))
    s3.put_bucket_versioning(Bucket="right", VersioningConfiguration={"Status": "Enabled"})
    rule = {
        "ID": "r",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
    }
    s3.put_bucket_lifecycle_configuration(Bucket="right", LifecycleConfiguration={"Rules": [rule]})
    default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    s3.put_bucket_encryption(Bucket="right", ServerSideEncryptionConfiguration={"Rules": [default]})
    s3.put_bucket_ownership_controls(
        Bucket="right", OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    )


_ALWAYS = {"S3.7", "S3.9", "S3.11", "S3.15"}  # of what moto keeps nothing is set
# What fails.
FAILING = {
    "wrong-open": {*_ALWAYS, "S3.2", "S3.3", "S3.5", "S3.8", "S3.12", "S3.13", "S3.14", "S3.17", "S3.20"},
    "wrong-shared": {*_ALWAYS, "S3.5", "S3.6", "S3.8", "S3.13", "S3.14", "S3.17", "S3.20"},
    "wrong-stale": {*_ALWAYS, "S3.5", "S3.8", "S3.13", "S3.14", "S3.17"},
    "right": _ALWAYS,
}  # fmt: skip


def test_buckets_of_all_kinds_of_wrong(wrong: Server) -> None:
    result = audit(wrong)
    failing = {
        name: {control for control, verdict in verdicts(result, name).items() if verdict == "fail"} - {"S3.19"}
        for name in FAILING
    }
    assert failing == FAILING
    assert "policy statements Statement[0]" in finding(result, "S3.2", "wrong-open")["evidence"]["text"]
    assert "ACL grants WRITE" in finding(result, "S3.3", "wrong-open")["evidence"]["text"]
    assert "Partner" in finding(result, "S3.6", "wrong-shared")["evidence"]["text"]
    assert "unknown" not in {each["verdict"] for each in result["findings"]}
    assert result["account"] == ACCOUNT
    assert {**audit(wrong), "invocation": 0} == {**result, "invocation": 0}


def test_what_an_account_has(wrong: Server) -> None:
    result = audit(wrong, {"controls": ["S3.1", "S3.19", "S3.22", "S3.23", "S3.24", "S3.25"]})
    assert verdicts(result) == {
        "S3.1": "fail", "S3.22": "pass", "S3.23": "fail", "S3.24": "fail", "S3.25": "not_applicable"
    }  # fmt: skip
    assert "ignore_public_acls" in finding(result, "S3.1")["evidence"]["text"]
    assert finding(result, "S3.22")["evidence"]["values"] == {"trails": ["writes"]}
    assert finding(result, "S3.24")["resource"].endswith(".mrap")
    points = {
        each["resource"].rpartition("/")[2]: each["verdict"]
        for each in result["findings"]
        if each["control"] == "S3.19"
    }
    assert points == {"shut": "pass", "open": "fail"}
    assert verdicts(result, "wrong-open") == {"S3.19": "fail"}


def test_access_points_are_looked_for_where_the_buckets_are(wrong: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look, "is_aws", lambda url: True)  # another server's regions are words of its own
    s3 = wrong.client("s3")
    s3.create_bucket(Bucket="far", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    try:
        result = audit(wrong, {"controls": ["S3.19"]})
    finally:
        s3.delete_bucket(Bucket="far")
    # moto has those of all regions in each.
    assert len(result["findings"]) == 4


def test_a_remedy_that_is_applied_is_the_end_of_the_finding(wrong: Server) -> None:
    """The options of each remedy, as the module takes them; what S3 has besides stays."""
    s3 = wrong.client("s3")
    s3.create_bucket(Bucket="mended")
    before = audit(wrong, {"name": "mended", "account": False})
    mended = set()
    for each in before["findings"]:
        options = each["remedy"].get("options")
        # moto keeps no EventBridge.
        if options and each["class"] == "safe":
            assert each["remedy"]["module"] == "stowage.s3.bucket"
            result = run_module("bucket", {"name": "mended", **options}, server=wrong)
            assert not result.get("failed"), result
            mended.add(each["control"])
    assert mended == {"S3.5", "S3.8", "S3.13", "S3.14"}
    after = verdicts(audit(wrong, {"name": "mended", "account": False}), "mended")
    assert {after[control] for control in mended} == {"pass"}
