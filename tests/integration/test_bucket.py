# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A bucket from its creation to its end, and what servers do on the way."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._bucket import api, reconcile
from harness import run_module, warned
from peers import buckets
from recorder import OWNER, Kept, Recorder, recording
from server import Server

pytestmark = pytest.mark.usefixtures("one_loader")

ABSENT = {"name": "b", "state": "absent"}


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """A recording server."""
    with recording() as recorder:
        yield recorder


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many looks and attempts as otherwise, without the waits between them."""
    monkeypatch.setattr(reconcile, "LOOKS", (0.0,) * len(reconcile.LOOKS))
    monkeypatch.setattr(api, "PAUSES", (0.0,) * len(api.PAUSES))


def bucket(place: Recorder | Server, options: dict[str, Any], *, check: bool = False) -> dict[str, Any]:
    """A run of the module."""
    server = place.server if isinstance(place, Recorder) else place
    return run_module("bucket", {"name": "b", **options}, server=server, check=check, diff=True)


def done(place: Recorder | Server, options: dict[str, Any], *, check: bool = False) -> dict[str, Any]:
    """A run that has to succeed."""
    result = bucket(place, options, check=check)
    assert not result.get("failed"), result
    return result


def refused(place: Recorder | Server, options: dict[str, Any], *, check: bool = False) -> str:
    """What a run that has to fail says."""
    result = bucket(place, options, check=check)
    assert result.get("failed"), result
    return str(result["msg"])


# There and gone


def test_from_nothing_and_back(recorder: Recorder) -> None:
    options = {"ownership": "BucketOwnerPreferred", "tags": {"team": "web"}, "versioning": "enabled"}
    check = done(recorder, options, check=True)
    assert recorder.buckets == {}
    made = done(recorder, options)
    assert made["changed"] and made["diff"] == check["diff"]
    assert made["diff"]["before"] == {"state": "absent"}
    assert made["diff"]["after"] == {"state": "present", **options}
    assert made["rollback"] == ABSENT
    assert recorder.buckets["b"].created_with["x-amz-object-ownership"] == "BucketOwnerPreferred"
    assert not done(recorder, options)["changed"]
    assert done(recorder, made["rollback"])["changed"]
    assert recorder.buckets == {}
    assert not done(recorder, ABSENT)["changed"]


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_it_is_created_where_the_task_says_and_does_not_move(recorder: Recorder, region: str) -> None:
    done(recorder, {"region": region})
    assert recorder.buckets["b"].region == region
    assert not done(recorder, {"region": region})["changed"]
    for check in (True, False):
        told = refused(recorder, {"region": "ap-south-1"}, check=check)
        assert region in told and "ap-south-1" in told and "cannot move" in told


def test_connections_are_kept_for_the_requests_that_follow(recorder: Recorder) -> None:
    """All reads are under way at once, and again when what was written is looked for."""
    recorder.delay = 0.05  # so that none is answered before the last is sent
    options = buckets.options("b")
    calls = done(recorder, options)["calls"]
    gets = {each for each in recorder.requests if each.startswith("GET")}
    reads = len(gets) + recorder.requests.count("HEAD")
    assert calls > 2 * reads
    assert recorder.connections <= reads


def test_what_is_not_empty_stays_without_force(moto_server: Server) -> None:
    s3, name = moto_server.client("s3"), f"test-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for _version in range(2):
        s3.put_object(Bucket=name, Key="a", Body=b"x")
    s3.delete_object(Bucket=name, Key="a")
    s3.create_multipart_upload(Bucket=name, Key="u")
    for check in (True, False):
        assert "force" in refused(moto_server, {"name": name, "state": "absent"}, check=check)
    counts = {"versions": 2, "delete_markers": 1, "uploads": 1}
    for check in (True, False):
        result = done(moto_server, {"name": name, "state": "absent", "force": True}, check=check)
        assert result["changed"] and result["deleted"] == counts and result["irreversible"]
    assert name not in [each["Name"] for each in s3.list_buckets()["Buckets"]]


def test_thousands_of_versions_are_removed(s3_server: Server) -> None:
    s3, name = s3_server.client("s3"), f"test-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=name)
    for number in range(1100):  # more than a page
        s3.put_object(Bucket=name, Key=f"{number:04}", Body=b"x")
    result = done(s3_server, {"name": name, "state": "absent", "force": True})
    assert result["deleted"]["versions"] == 1100
    assert name not in [each["Name"] for each in s3.list_buckets()["Buckets"]]


# Whose bucket, and who may


def test_a_bucket_of_another_account_is_not_touched(recorder: Recorder) -> None:
    recorder.make("b")
    assert not done(recorder, {"expected_bucket_owner": OWNER, "tags": {}})["changed"]
    for options in ({"tags": {"a": "b"}}, {"state": "absent"}):
        assert "403" in refused(recorder, {"expected_bucket_owner": "999999999999", **options})
    assert recorder.writes() == []


def test_only_what_the_task_speaks_of_is_read(recorder: Recorder) -> None:
    recorder.make("b")
    recorder.denied = {f"GET {sub}" for sub in ("policy", "cors", "encryption", "versioning")}
    assert done(recorder, {"tags": {"a": "b"}})["calls"] == 4
    assert recorder.requests[:2] in (["HEAD", "GET tagging"], ["GET tagging", "HEAD"])
    assert recorder.requests[2:] == ["PUT tagging", "GET tagging"]


def test_what_may_not_be_read_is_not_taken_for_absent(recorder: Recorder) -> None:
    recorder.make("b")
    recorder.denied = {"GET cors"}
    told = refused(recorder, {"cors": []})
    assert "GetBucketCors" in told and "403" in told
    assert recorder.writes() == []


def test_an_endpoint_that_does_not_know_a_part_says_so(recorder: Recorder) -> None:
    recorder.make("b")
    recorder.unknown = {"cors"}
    assert "endpoint does not know" in refused(recorder, {"cors": []})
    assert "b" in recorder.buckets


# What S3 does in its own time


def test_a_value_that_shows_late_is_waited_for(recorder: Recorder) -> None:
    recorder.make("b")
    recorder.stale = 4
    assert done(recorder, {"versioning": "enabled"})["bucket"]["versioning"] == "enabled"
    assert recorder.requests.count("GET versioning") == 1 + 5


def test_a_value_that_never_shows_is_an_error_with_both(recorder: Recorder) -> None:
    recorder.make("b")
    recorder.dropped = {"versioning"}
    told = refused(recorder, {"versioning": "enabled"})
    assert "{'versioning': 'enabled'}" in told and "There: {}" in told


def test_another_change_under_way_is_waited_for(recorder: Recorder) -> None:
    recorder.make("b")
    recorder.busy["PUT tagging"] = 3
    assert done(recorder, {"tags": {"a": "b"}})["changed"]
    recorder.busy["PUT tagging"] = 100
    assert "OperationAborted" in refused(recorder, {"tags": {"a": "c"}})


def test_what_was_done_before_an_error_is_told(recorder: Recorder) -> None:
    recorder.make("b")
    recorder.denied = {"PUT versioning"}
    told = refused(recorder, {"versioning": "enabled", "tags": {"a": "b"}})
    assert told.startswith("versioning: PutBucketVersioning") and "these were changed: tags" in told


# What nobody spoke of


def test_what_no_option_speaks_of_survives_a_write(recorder: Recorder) -> None:
    recorder.make("b").kept["versioning", ""] = Kept(
        b"<VersioningConfiguration><Status>Suspended</Status><MfaDelete>Enabled</MfaDelete></VersioningConfiguration>"
    )
    done(recorder, {"versioning": "enabled", "mfa": "x 123456"})
    assert "<MfaDelete>Enabled</MfaDelete>" in recorder.text("b", "versioning")


def test_nothing_is_deleted_that_is_not_there(recorder: Recorder) -> None:
    """Some servers take the deletion of an absent configuration for that of the bucket."""
    recorder.make("b")
    assert not done(recorder, {"metrics": [], "cors": []})["changed"]
    assert recorder.writes() == [] and "b" in recorder.buckets


def test_many_configurations_are_read_page_by_page(recorder: Recorder) -> None:
    recorder.make("b")
    recorder.page = 2
    options = {"metrics": [{"id": f"m{number}"} for number in range(5)]}
    done(recorder, options)
    assert not done(recorder, options)["changed"]


# Reading


def info(recorder: Recorder, **options: Any) -> list[dict[str, Any]]:
    """The buckets that `bucket_info` tells of."""
    result = run_module("bucket_info", options, server=recorder.server)
    assert not result.get("failed") and not result["changed"], result
    return list(result["buckets"])


def test_info_tells_what_is_denied_unknown_absent_and_there(recorder: Recorder) -> None:
    recorder.make("b")
    recorder.denied, recorder.unknown = {"GET cors"}, {"metrics"}
    (found,) = info(recorder, name="b")
    assert found["unread"] == {"cors": {"denied": "s3:GetBucketCORS"}, "metrics": {"unsupported": "NotImplemented"}}
    assert not {"cors", "metrics"} & found.keys()
    assert found["tags"] == {} and found["versioning"] == ""
    assert found["ownership"] == "BucketOwnerEnforced" and found["region"] == "us-east-1"
    assert info(recorder, name="other") == []


def test_info_of_many(recorder: Recorder) -> None:
    for name in ("app-logs", "app-data", "web"):
        recorder.make(name)
    found = info(recorder, name="app-*", aspects=["tags"])
    assert [(each["name"], each["tags"]) for each in found] == [("app-data", {}), ("app-logs", {})]
    assert len(info(recorder)) == 3


def test_what_info_gives_the_module_takes(recorder: Recorder) -> None:
    recorder.make("b")
    options = {"encryption": {"algorithm": "aws:kms", "key_id": "k"}, "tags": {"a": "b"}, "versioning": "enabled"}
    done(recorder, options)
    (found,) = info(recorder, name="b")
    taken = {name: value for name, value in found.items() if name not in ("name", "region", "created")}
    again = done(recorder, taken)
    assert not again["changed"] and not warned(again)


# Modules of one aspect, and of the account


def test_a_module_of_one_aspect_does_the_same(recorder: Recorder) -> None:
    options = {"name": "b", "versioning": "enabled"}
    told = run_module("bucket_versioning", options, server=recorder.server)
    assert told["failed"] and "does not exist" in told["msg"]
    recorder.make("b")
    results = [run_module("bucket_versioning", options, server=recorder.server, check=check) for check in (True, False)]
    assert all(result["changed"] and result["irreversible"] for result in results)
    assert not done(recorder, options)["changed"]


def test_public_access_of_an_account(moto_server: Server) -> None:
    def account(options: dict[str, Any], *, check: bool = False) -> dict[str, Any]:
        result = run_module("account_public_access", {"public_access": options}, server=moto_server, check=check)
        assert not result.get("failed"), result
        return result

    assert account({"block_public_acls": True}, check=True)["changed"]
    first = account({"block_public_acls": True})
    assert first["public_access"] == {"block_public_acls": True}
    assert not account({"block_public_acls": True})["changed"]
    both = account({"block_public_policy": True})  # the other one stays
    assert both["public_access"] == {"block_public_acls": True, "block_public_policy": True}
    assert account(both["rollback"]["public_access"])["public_access"] == first["public_access"]
    assert account({})["public_access"] == {} == account(first["rollback"]["public_access"])["public_access"]
