# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Copies within S3: between prefixes and buckets, whole and by parts, with all that an object carries."""

from __future__ import annotations

import functools
import os
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._sync import job, run
from world import Reply, Request, World, error_reply, failures, verbs

pytestmark = pytest.mark.core

MIB = 1 << 20
OURS, THEIRS = "111122223333", "444455556666"
CARRIED: dict[str, Any] = {
    "ContentType": "text/html; charset=utf-8",
    "CacheControl": "max-age=60",
    "ContentDisposition": "attachment",
    "ContentLanguage": "de",
    "Metadata": {"mtime": "1600000000.5", "note": "naïve", "plain": "1"},
}
TAGGING = "team=a%20b&empty="


@pytest.fixture
def by_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts from 6 MiB and not from 5 GiB: the same code, in seconds."""
    monkeypatch.setattr(run, "Job", functools.partial(job.Job, largest_copy=6 * MIB))
    monkeypatch.setattr(job, "COPY_PART", 5 * MIB)


def seen(world: World, bucket: str, key: str) -> dict[str, Any]:
    """What an object carries, by the names of PutObject, and its tags."""
    head = world.s3.head_object(Bucket=bucket, Key=key)
    tags = world.s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
    return {**{name: head.get(name) for name in CARRIED}, "tags": {tag["Key"]: tag["Value"] for tag in tags}}


def put_carrying(world: World, name: str, body: bytes) -> None:
    # botocore sends metadata as it is, and ASCII alone: others are encoded as S3 does.
    sent = {**CARRIED, "Metadata": {**CARRIED["Metadata"], "note": "=?UTF-8?B?bmHDr3Zl?="}}
    world.put({name: body}, "one/", **sent, Tagging=TAGGING)


def check_carried(world: World, bucket: str, key: str, **other: Any) -> None:
    found = seen(world, bucket, key)
    found["Metadata"]["note"] = found["Metadata"]["note"].replace("=?UTF-8?B?bmHDr3Zl?=", "naïve")
    assert found == {**CARRIED, "tags": {"team": "a b", "empty": ""}, **other}


def copies(requests: list[Request]) -> list[Request]:
    return [request for request in requests if "x-amz-copy-source" in request.headers]


# Whole


@pytest.mark.needs("tags")
def test_a_copy_carries_everything_and_passes_nothing_through_here(world: World, bucket: str) -> None:
    put_carrying(world, "d/a b+é.html", b"<p>")
    place = f"s3://{bucket}/two"
    result = world.sync(world.uri("one"), place)
    assert verbs(result) == [("copy", "d/a b+é.html", "new")]
    assert result["summary"]["copy"] == {"count": 1, "bytes": 3} and result["stats"]["bytes_sent"] == 0
    assert result["summary"]["requests"] == {"list": 2, "copy": 1}
    check_carried(world, bucket, "two/d/a b+é.html")
    assert world.s3.get_object(Bucket=bucket, Key="two/d/a b+é.html")["Body"].read() == b"<p>"
    again = world.sync(world.uri("one"), place)
    assert again["changed"] is False and again["summary"]["requests"] == {"list": 2}
    # Nor does a runner that remembers nothing see a difference.
    fresh = world.sync(world.uri("one"), place, state_dir=str(world.tmp_path / "fresh"))
    assert fresh["changed"] is False and fresh["summary"]["unproven"] == 0


@pytest.mark.needs("tags")
def test_a_rule_replaces_what_it_speaks_of_and_no_more(world: World) -> None:
    put_carrying(world, "a.html", b"<p>")
    rules = [{"match": ["*.html"], "cache_control": "no-cache", "metadata": {"plain": "2"}}]
    assert world.sync(world.uri("one"), world.uri("two"), rules=rules)["summary"]["requests"]["head"] == 1
    metadata = {**CARRIED["Metadata"], "plain": "2"}
    check_carried(world, world.bucket, f"{world.base}two/a.html", CacheControl="no-cache", Metadata=metadata)
    assert world.sync(world.uri("one"), world.uri("two"), rules=rules)["changed"] is False


def test_what_changed_is_copied_and_what_did_not_is_left(world: World) -> None:
    world.put({"same": "1", "content": "2", "size": "3"}, "one/")
    world.sync(world.uri("one"), world.uri("two"))
    before = world.head("same", "two/")["LastModified"]
    world.put({"content": "9", "size": "33", "new": "4"}, "one/")
    world.put({"extra": "5"}, "two/")
    result = world.sync(world.uri("one"), world.uri("two"), delete=True)
    assert verbs(result) == [
        ("copy", "content", "content"), ("copy", "new", "new"), ("copy", "size", "size"), ("delete", "extra", "extra"),
    ]  # fmt: skip
    assert world.objects("two/") == world.objects("one/") == {"same": "1", "content": "9", "size": "33", "new": "4"}
    assert world.head("same", "two/")["LastModified"] == before


@pytest.mark.needs("ETags of parts")
@pytest.mark.parametrize("digest", [True, False])
def test_another_etag_of_the_same_content_is_no_copy(world: World, by_parts: None, digest: bool) -> None:
    """The target was uploaded by parts. Its own digest tells that it is the same; without one times do."""
    content = os.urandom(6 * MIB)
    key = f"{world.base}two/a"
    metadata = {}
    if digest:
        world.write({"a": content})
        world.up(prefix="one")
        metadata = {"stowage-sha256": world.head("a", "one/")["Metadata"]["stowage-sha256"]}
    else:
        world.put({"a": content}, "one/")
    upload = world.s3.create_multipart_upload(Bucket=world.bucket, Key=key, Metadata=metadata)["UploadId"]
    parts = []
    for number, piece in enumerate((content[: 5 * MIB], content[5 * MIB :]), 1):
        named = {"Bucket": world.bucket, "Key": key, "UploadId": upload, "PartNumber": number}
        parts.append({"PartNumber": number, "ETag": world.s3.upload_part(**named, Body=piece)["ETag"]})
    world.s3.complete_multipart_upload(Bucket=world.bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": parts})
    assert world.head("a", "one/")["ETag"] != world.head("a", "two/")["ETag"]
    first = world.sync(world.uri("one"), world.uri("two"))
    assert first["changed"] is False and first["summary"]["requests"] == {"list": 2, "head": 2}
    assert first["summary"]["unproven"] == (0 if digest else 1)
    # What one HEAD of each told is remembered.
    assert world.sync(world.uri("one"), world.uri("two"))["summary"]["requests"] == {"list": 2}


@pytest.mark.needs("conditional copies")
def test_a_source_that_changes_after_it_was_listed_is_not_copied(world: World) -> None:
    world.put({"a": "old", "b": "2"}, "one/")
    with world.gateway() as gateway:

        def before(request: Request) -> Reply | None:
            if request in copies(gateway.requests) and request.key.endswith("two/a"):
                world.put({"a": "new"}, "one/")
            return None

        gateway.before = before
        result = world.run(world.uri("one"), world.uri("two"))
    assert all(request.headers["x-amz-copy-source-if-match"] for request in copies(gateway.requests))
    assert result["failed"] and list(failures(result)) == ["a"] and "changed at the source" in failures(result)["a"]
    # The other one is copied all the same, and the next run does what is left.
    assert world.objects("two/") == {"b": "2"}
    assert verbs(world.sync(world.uri("one"), world.uri("two"))) == [("copy", "a", "new")]
    assert world.objects("two/") == {"a": "new", "b": "2"}


# By parts


@pytest.mark.needs("copies by parts", "tags")
def test_a_copy_by_parts_carries_everything_itself(world: World, by_parts: None, bucket: str) -> None:
    content = os.urandom(20 * MIB)
    put_carrying(world, "large", content)
    put_carrying(world, "small", b"1")
    with world.gateway() as gateway:
        result = world.run(world.uri("one"), f"s3://{bucket}/two")
        # By parts the ETag is another one, and the next run knows it all the same.
        again = world.run(world.uri("one"), f"s3://{bucket}/two")
    parts = [request for request in copies(gateway.requests) if "partNumber" in request.query]
    ranges = sorted(request.headers["x-amz-copy-source-range"] for request in parts)
    assert ranges == [f"bytes=0-{16 * MIB - 1}", f"bytes={16 * MIB}-{20 * MIB - 1}"]
    assert len({request.headers["x-amz-copy-source-if-match"] for request in parts}) == 1
    assert all(not request.body for request in parts)
    assert result["summary"]["requests"] == {"list": 2, "head": 1, "copy": 5, "tags": 1}
    assert [(request.method, *request.query) for request in gateway.requests if "tagging" in request.query] == [
        ("GET", "tagging")
    ]
    for name in ("large", "small"):
        check_carried(world, bucket, f"two/{name}")
    assert world.s3.get_object(Bucket=bucket, Key="two/large")["Body"].read() == content
    assert again["changed"] is False and again["summary"]["requests"] == {"list": 2}


@pytest.mark.needs("copies by parts")
def test_a_copy_by_parts_heeds_rules(world: World, by_parts: None) -> None:
    put_carrying(world, "large", b"\0" * (7 * MIB))
    rules = [{"match": ["*"], "cache_control": "no-cache", "metadata": {"plain": "2"}, "tags": {"new": "1"}}]
    world.sync(world.uri("one"), world.uri("two"), rules=rules)
    metadata = {**CARRIED["Metadata"], "plain": "2"}
    key = f"{world.base}two/large"
    check_carried(world, world.bucket, key, CacheControl="no-cache", Metadata=metadata, tags={"new": "1"})
    assert world.sync(world.uri("one"), world.uri("two"), rules=rules)["changed"] is False
    # An update of an object above the limit is a copy by parts, too; tags of which no rule speaks stay.
    rules = [{"match": ["*"], "cache_control": "max-age=1"}]
    assert verbs(world.sync(world.uri("one"), world.uri("two"), rules=rules)) == [("update", "large", "attributes")]
    check_carried(world, world.bucket, key, CacheControl="max-age=1", Metadata=metadata, tags={"new": "1"})
    assert world.sync(world.uri("one"), world.uri("two"), rules=[{"match": ["*"], "tags": {}}])["changed"] is True
    check_carried(world, world.bucket, key, CacheControl="max-age=1", Metadata=metadata, tags={})


@pytest.mark.needs("copies by parts", "conditional copies")
@pytest.mark.parametrize("trouble", ["changes", "fails"])
def test_a_copy_by_parts_that_does_not_succeed_leaves_nothing(world: World, by_parts: None, trouble: str) -> None:
    world.put({"large": os.urandom(20 * MIB), "small": "1"}, "one/")
    world.put({"large": "before"}, "two/")
    with world.gateway() as gateway:

        def before(request: Request) -> Reply | None:
            if request.query.get("partNumber") != "2":
                return None
            if trouble == "fails":
                return error_reply(403, "AccessDenied")
            world.put({"large": b"\0" * (20 * MIB)}, "one/")
            return None

        gateway.before = before
        result = world.run(world.uri("one"), world.uri("two"), concurrency=1)
    assert result["failed"] and list(failures(result)) == ["large"]
    assert ("AccessDenied" if trouble == "fails" else "changed meanwhile") in failures(result)["large"]
    assert world.objects("two/") == {"large": "before", "small": "1"}
    uploads = world.s3.list_multipart_uploads(Bucket=world.bucket).get("Uploads", [])
    assert [upload for upload in uploads if upload["Key"].startswith(world.base)] == []


# Whose buckets they are


@pytest.mark.needs("copies by parts", "tags", "conditional copies")
def test_every_request_says_whose_bucket_is_meant(world: World, by_parts: None, bucket: str) -> None:
    put_carrying(world, "large", os.urandom(7 * MIB))
    world.put({"small": "1", "ruled.html": "2"}, "one/")
    world.s3.put_object(Bucket=bucket, Key="two/extra", Body=b"3")
    with world.gateway() as gateway:
        result = world.run(
            world.uri("one"), f"s3://{bucket}/two", delete=True, expected_bucket_owner=OURS,
            source_expected_bucket_owner=THEIRS, rules=[{"match": ["*.html"], "cache_control": "no-cache"}],
        )  # fmt: skip
    assert not result.get("failed") and result["summary"]["requests"].keys() == {
        "list",
        "head",
        "copy",
        "tags",
        "delete",
    }
    for request in gateway.requests:
        owner = OURS if request.path.partition("/")[0] == bucket else THEIRS
        assert request.headers["x-amz-expected-bucket-owner"] == owner, request
    assert len(copies(gateway.requests)) == 4  # one of each, and one to try the server
    assert {request.headers["x-amz-source-expected-bucket-owner"] for request in copies(gateway.requests)} == {THEIRS}


@pytest.mark.parametrize("direction", ["up", "down"])
def test_one_bucket_has_one_owner(world: World, direction: str) -> None:
    world.write({"a": "1"})
    world.put({"b": "2"})
    places = (str(world.root), world.uri()) if direction == "up" else (world.uri(), str(world.root))
    with world.gateway() as gateway:
        world.run(*places, expected_bucket_owner=OURS)
        assert {request.headers.get("x-amz-expected-bucket-owner") for request in gateway.requests} == {OURS}
        del gateway.requests[:]
        world.run(*places)
        assert {request.headers.get("x-amz-expected-bucket-owner") for request in gateway.requests} == {None}


def test_another_owner_ends_the_run_before_it_looks(world: World, bucket: str) -> None:
    """AWS answers 403 to the header of another owner, which no server here does."""
    world.put({"a": "1"}, "one/")
    with world.gateway() as gateway:
        gateway.before = lambda request: (
            Reply(403, {}, b"") if request.headers.get("x-amz-expected-bucket-owner") == THEIRS else None
        )
        for options in ({"expected_bucket_owner": THEIRS}, {"source_expected_bucket_owner": THEIRS}):
            message = world.refused(world.uri("one"), f"s3://{bucket}/two", **options)
            assert "the bucket must belong to that account" in message
    # Who may list below a prefix alone is refused the HEAD as well: so a listing is tried, and refused.
    assert {request.method for request in gateway.requests} == {"HEAD", "GET"}
