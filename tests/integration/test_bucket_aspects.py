# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every aspect of a bucket: created, modified and removed, each as check, run, check again, run again; and rolled back.

The data are in `tests/aspects/`, a file for each aspect.
"""

from __future__ import annotations

import importlib
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._bucket.api import of_bucket
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import canonical
from ansible_collections.stowage.s3.plugins.module_utils._bucket.table import ASPECTS
from aspects.case import RECORDER, Course, Refusal, Step
from harness import run_module, warned
from recorder import CANONICAL_OWNER, Kept, Recorder, recording
from server import Server

pytestmark = pytest.mark.usefixtures("one_loader")

FIELDS = {each.name: each for aspect in ASPECTS for each in aspect.options}
DATA = {aspect.name: importlib.import_module(f"aspects.{aspect.name}") for aspect in ASPECTS}
COURSES = [
    pytest.param(course, server, id=f"{name}: {course.name} ({server})")
    for name, data in DATA.items()
    for course in data.COURSES
    for server in course.servers
]
REFUSALS = [
    pytest.param(refusal, id=f"{name}: {refusal.name}") for name, data in DATA.items() for refusal in data.REFUSALS
]


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """A recording server."""
    with recording() as recorder:
        yield recorder


@pytest.fixture
def place(recorder: Recorder, servers: Callable[[str], Server]) -> Callable[[str], Server]:
    """A server by name."""
    return lambda name: recorder.server if name == RECORDER else servers(name)


def converge(server: Server, name: str, options: dict[str, Any], *, check: bool = False) -> dict[str, Any]:
    """A run that has to succeed."""
    result = run_module("bucket", {"name": name, **options}, server=server, check=check, diff=True)
    assert not result.get("failed"), result
    return result


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """Values of options as they are compared: nothing for what is not configured."""
    found = {name: canonical(FIELDS[name], value) for name, value in values.items() if name in FIELDS}
    return {name: value for name, value in found.items() if value not in ("", [], {}, None, FIELDS[name].absent)}


def take(server: Server, name: str, step: Step) -> None:
    """A step as check, run, check again, run again; then back, and forth once more."""
    expected = step.options if step.after is None else step.after
    check = converge(server, name, step.options, check=True)
    assert check["changed"] == step.changed
    done = converge(server, name, step.options)
    assert (done["changed"], done["diff"]) == (check["changed"], check["diff"])
    assert bool(done["diff"]["after"]) == step.changed
    for text in step.warns:
        assert text in " ".join(warned(done))
    shown = {option: value for option, value in done["bucket"].items() if option in expected}
    assert plain(shown) == plain(expected)
    for again in (True, False):
        result = converge(server, name, step.options, check=again)
        assert not result["changed"], result["diff"]
        assert result["diff"]["before"] == result["diff"]["after"] == {} == result["rollback"]
    assert bool(done["irreversible"]) == step.final
    if step.changed and not step.final:
        back = converge(server, name, {**done["rollback"], **_mfa(step)})
        assert back["diff"]["before"] == done["diff"]["after"]
        assert back["diff"]["after"] == done["diff"]["before"]
        assert converge(server, name, step.options)["diff"] == done["diff"]


def _mfa(step: Step) -> dict[str, str]:
    return {"mfa": step.options["mfa"]} if "mfa" in step.options else {}


@pytest.mark.parametrize(("course", "server"), COURSES)
def test_course(course: Course, server: str, place: Callable[[str], Server]) -> None:
    there, name = place(server), course.bucket or f"test-{uuid.uuid4().hex}"
    there.client("s3").create_bucket(Bucket=name)
    for step in course.steps:
        take(there, name, step)


@pytest.mark.parametrize("refusal", REFUSALS)
def test_refusal(refusal: Refusal, recorder: Recorder) -> None:
    recorder.make(refusal.bucket)
    if refusal.before:
        converge(recorder.server, refusal.bucket, refusal.before)
    del recorder.requests[:]
    for check in (True, False):
        result = run_module("bucket", {"name": refusal.bucket, **refusal.options}, server=recorder.server, check=check)
        assert result.get("failed"), result
        for text in refusal.says:
            assert text in result["msg"]
    assert recorder.writes() == []


# Options by which each aspect is removed, of those that can be.
NOTHING = [
    pytest.param({each.name: each.empty}, id=aspect.name)
    for aspect in ASPECTS
    for each in aspect.options
    if each.empty in ({}, [])
]


@pytest.mark.parametrize("options", NOTHING)
def test_nothing_is_deleted_that_is_not_there(options: dict[str, Any]) -> None:
    """Some servers, and this recorder, delete the bucket where there is nothing of this kind to delete."""
    with recording(modern=False) as recorder:
        recorder.make("b")
        assert not converge(recorder.server, "b", options)["changed"]
        assert recorder.writes() == []
        assert "b" in recorder.buckets


@pytest.mark.parametrize("aspect", [aspect for aspect in ASPECTS if aspect.delete], ids=lambda aspect: aspect.name)
def test_only_what_a_get_returned_is_deleted(aspect: Aspect, recorder: Recorder) -> None:
    recorder.make("b").kept.clear()
    api = of_bucket(recorder.server.client("s3"), "b", None)
    aspect.write(api, aspect.read(api), {}, {})
    assert recorder.writes() == []
    assert "b" in recorder.buckets


@pytest.mark.parametrize("options", NOTHING)
def test_a_denied_read_is_not_taken_for_nothing(options: dict[str, Any], recorder: Recorder) -> None:
    recorder.make("b")
    converge(recorder.server, "b", options, check=True)
    recorder.denied = {each for each in recorder.requests if each.startswith("GET")}
    assert recorder.denied
    result = run_module("bucket", {"name": "b", **options}, server=recorder.server)
    assert result.get("failed")
    assert "denied" in result["msg"].lower()
    assert recorder.writes() == []


PUBLIC = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
OPEN: dict[str, Any] = {"ownership": "ObjectWriter", "public_access": {}, "acl": {"canned": "public-read"}}
ORDERS = {
    "ACLs and public ones are allowed before there is one": (
        {},
        OPEN,
        ["PUT ownershipControls", "DELETE publicAccessBlock", "PUT acl"],
    ),
    "and turned off when it has gone": (
        OPEN,
        {"ownership": "BucketOwnerEnforced", "acl": {}, "public_access": {"block_public_acls": True}},
        ["PUT acl", "PUT ownershipControls", "PUT publicAccessBlock"],
    ),
    "public access is allowed before a policy gives it": (
        {},
        {"policy": {"Statement": PUBLIC}, "public_access": {"block_public_policy": False}},
        ["PUT publicAccessBlock", "PUT policy"],
    ),
    "and blocked when that has gone": (
        {"policy": {"Statement": PUBLIC}, "public_access": {}},
        {"policy": {}, "public_access": {"block_public_policy": True}},
        ["DELETE policy", "PUT publicAccessBlock"],
    ),
    "tags are set before they count": ({}, {"abac": True, "tags": {"a": "b"}}, ["PUT tagging", "PUT abac"]),
    "and changed when they no longer do": (
        {"abac": True, "tags": {"a": "b"}},
        {"abac": False, "tags": {"a": "c"}},
        ["PUT abac", "PUT tagging"],
    ),
}


@pytest.mark.parametrize(("before", "options", "writes"), ORDERS.values(), ids=ORDERS)
def test_order(before: dict[str, Any], options: dict[str, Any], writes: list[str], recorder: Recorder) -> None:
    recorder.make("b")
    if before:
        converge(recorder.server, "b", before)
    del recorder.requests[:]
    converge(recorder.server, "b", options)
    assert recorder.writes() == writes


def test_grants_of_a_new_bucket_take_its_owner(recorder: Recorder) -> None:
    options = {"ownership": "ObjectWriter", "acl": {"grants": [{"permission": "READ", "id": "2" * 64}]}}
    result = run_module("bucket", {"name": "b", **options}, server=recorder.server)
    assert "acl.owner" in result["msg"]
    assert recorder.writes() == []
    options["acl"]["owner"] = CANONICAL_OWNER  # type: ignore[index]
    assert converge(recorder.server, "b", options)["changed"]
    assert not converge(recorder.server, "b", options)["changed"]


def test_a_policy_that_is_no_json_is_not_taken_for_none(recorder: Recorder) -> None:
    recorder.make("b").kept["policy", ""] = Kept(b"{")
    result = run_module("bucket", {"name": "b", "policy": {}}, server=recorder.server)
    assert "no JSON" in result["msg"]
    assert recorder.writes() == []


LOCK = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutBucketPolicy", "Resource": "*"}
WARNINGS = {
    "a bucket that logs into itself": ({"logging": {"target_bucket": "b"}}, "logs into itself"),
    "what everybody may do": (
        {"policy": {"Statement": PUBLIC}, "public_access": {"block_public_policy": False}},
        "policy.Statement[0]: everybody may",
    ),
    "a service that anybody may send": (
        {"policy": {"Statement": {**PUBLIC, "Principal": {"Service": "logging.s3.amazonaws.com"}}}},
        "policy.Statement[0].Principal.Service: logging.s3.amazonaws.com may do that for anybody",
    ),
    "a policy that can only be removed": ({"policy": {"Statement": LOCK}}, "policy: {}"),
}


@pytest.mark.parametrize(("options", "text"), WARNINGS.values(), ids=WARNINGS)
def test_warnings(options: dict[str, Any], text: str, recorder: Recorder) -> None:
    recorder.make("b")
    for check in (True, False):
        assert text in " ".join(warned(converge(recorder.server, "b", options, check=check)))


def test_what_others_wrote_is_not_judged_again(recorder: Recorder) -> None:
    """S3 took it; a notice in every run would be about what nobody here can change."""
    odd = {
        **PUBLIC,
        "Principal": {"AWS": "444455556666"},
        "Action": ["s3:GetObject", "s3:ListObjects", "s3:GetNothing"],
    }
    own = {**PUBLIC, "Sid": "Own", "Principal": {"AWS": "444455556666"}}
    recorder.make("b").kept["policy", ""] = Kept(json.dumps({"Statement": [odd]}).encode())
    done = converge(recorder.server, "b", {"policy": {"Statement": [own]}, "purge_policy": False})
    assert (done["changed"], warned(done)) == (True, [])
    assert warned(converge(recorder.server, "b", {"policy": {"Statement": [odd, own]}})) == []
    again = {"policy": {"Statement": [{**odd, "Resource": "arn:aws:s3:::b/c/*"}]}}
    refused = run_module("bucket", {"name": "b", **again}, server=recorder.server)
    assert "s3:ListObjects is an operation" in refused["msg"] and "GetNothing" not in refused["msg"]
