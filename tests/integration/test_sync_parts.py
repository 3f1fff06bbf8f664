# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Large files: uploads resumed after a kill, others' uploads left alone, downloads proven, copies by parts."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._s3 import exchange, multipart
from ansible_collections.stowage.s3.plugins.module_utils._sync import job, parts, run
from world import OLD, Gateway, Reply, Request, World, error_reply, failures, verbs

MIB = 1 << 20
LIMIT = "5M"  # multipart_threshold
PART = 5 * MIB  # S3 allows no less; the sync's own are larger, and take longer
SIZE = 11 * MIB  # three parts
CHILD = """
import json, sys
sys.path.insert(0, {tests!r})
from ansible_collections.stowage.s3.plugins.module_utils._s3 import multipart
multipart.DEFAULT_PART = {part}
from harness import run_module
run_module("sync", json.loads(sys.stdin.readline()))
"""


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multipart, "DEFAULT_PART", PART)


@pytest.fixture
def line(world: World) -> Iterator[Gateway]:
    """The one gateway of all runs of a test: another address would be another endpoint, with a state of its own."""
    with world.gateway() as gateway:
        yield gateway


@pytest.fixture
def large(world: World, line: Gateway) -> World:
    """A world with one file of three parts."""
    write(world, "large", os.urandom(SIZE))
    return world


def write(world: World, name: str, content: bytes) -> None:
    world.write({name: content})


def read(world: World, name: str = "large") -> bytes:
    body: bytes = world.s3.get_object(Bucket=world.bucket, Key=f"{world.base}app/{name}")["Body"].read()
    return body


def uploads(world: World) -> list[tuple[str, str]]:
    """The multipart uploads under way: key below the base, id."""
    found = world.s3.list_multipart_uploads(Bucket=world.bucket).get("Uploads", [])
    return [
        (one["Key"].removeprefix(world.base), one["UploadId"]) for one in found if one["Key"].startswith(world.base)
    ]


def notes(world: World) -> list[pathlib.Path]:
    return list(world.state.glob("uploads/*/*"))


def steps(gateway: Gateway) -> list[str]:
    """What was done with multipart uploads, in order."""
    found = []
    for request in gateway.requests:
        query = request.query
        if "uploads" in query and request.method == "POST":
            found.append("create")
        elif "partNumber" in query and request.method == "PUT":
            found.append(f"part {query['partNumber']}")
        elif "uploadId" in query:
            found.append({"GET": "list", "POST": "complete", "DELETE": "abort"}[request.method])
    return found


def options(world: World, source: str, destination: str, **more: Any) -> dict[str, Any]:
    return {
        "source": source, "destination": destination, "state_dir": str(world.state), "multipart_threshold": LIMIT,
        "concurrency": 1, "endpoint_url": world.server.endpoint, "access_key": world.server.access_key,
        "secret_key": world.server.secret_key, "region": world.server.region, **more,
    }  # fmt: skip


def nothing(*_arguments: Any) -> None:
    """What a line does of itself."""


def killed(
    world: World, line: Gateway, source: str, destination: str, moment: Callable[[Request], bool], **more: Any
) -> None:
    """A run in a process of its own that is killed when a request comes by of which `moment` is true."""
    with subprocess.Popen(
        [sys.executable, "-c", CHILD.format(tests=str(pathlib.Path(__file__).parents[1]), part=PART)],
        stdin=subprocess.PIPE,
        text=True,
    ) as process:

        def kill(request: Request) -> Reply | None:
            if not moment(request):
                return None
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            return Reply(0, {}, b"")

        line.before = kill
        assert process.stdin is not None
        process.stdin.write(json.dumps(options(world, source, destination, **more)) + "\n")
        process.stdin.flush()
        assert process.wait() == -signal.SIGKILL
    line.before = nothing


def killed_upload(world: World, line: Gateway, **more: Any) -> None:
    """An upload that is killed when its third part is on its way."""
    killed(
        world,
        line,
        str(world.root),
        world.uri(),
        lambda request: request.method == "PUT" and request.query.get("partNumber") == "3",
        **more,
    )


def up(world: World, line: Gateway, **more: Any) -> tuple[dict[str, Any], list[str]]:
    """An upload, and what it did with multipart uploads."""
    line.requests.clear()
    result = world.run(str(world.root), world.uri(), **{"multipart_threshold": LIMIT, "concurrency": 1, **more})
    return result, steps(line)


def settled(world: World) -> bool:
    """Nothing is under way, and nothing is written down of it."""
    return not uploads(world) and not notes(world)


# Resumed


@pytest.mark.core
def test_a_killed_upload_is_resumed_by_the_next_run(large: World, line: Gateway) -> None:
    killed_upload(large, line)
    assert [key for key, _id in uploads(large)] == ["app/large"] and len(notes(large)) == 1
    assert notes(large)[0].stat().st_mode & 0o777 == 0o600
    held, before = notes(large)[0].read_bytes(), uploads(large)
    # Check mode foresees the same actions and leaves all that alone.
    checked = large.check(str(large.root), large.uri(), multipart_threshold=LIMIT)
    assert notes(large)[0].read_bytes() == held and uploads(large) == before
    result, done = up(large, line)
    assert done == ["list", "part 3", "complete"]
    assert result["actions"] == checked["actions"] and not result.get("failed")
    assert read(large) == (large.root / "large").read_bytes() and settled(large)
    assert up(large, line)[0]["changed"] is False


@pytest.mark.needs("replaced parts")
def test_a_part_that_is_not_the_files_is_sent_again(large: World, line: Gateway) -> None:
    killed_upload(large, line)
    ((_key, upload_id),) = uploads(large)
    large.s3.upload_part(
        Bucket=large.bucket, Key=f"{large.base}app/large", UploadId=upload_id, PartNumber=1, Body=b"x" * PART
    )
    assert up(large, line)[1] == ["list", "part 1", "part 3", "complete"]
    assert read(large) == (large.root / "large").read_bytes() and settled(large)


@pytest.mark.needs("replaced parts")
def test_a_part_of_another_size_is_sent_again(large: World, line: Gateway) -> None:
    killed_upload(large, line)
    ((_key, upload_id),) = uploads(large)
    large.s3.upload_part(Bucket=large.bucket, Key=f"{large.base}app/large", UploadId=upload_id, PartNumber=2, Body=b"x")
    assert up(large, line)[1] == ["list", "part 2", "part 3", "complete"]
    assert read(large) == (large.root / "large").read_bytes() and settled(large)


@pytest.mark.parametrize("change", ["content", "rules", "touched"])
def test_an_upload_of_something_else_is_aborted_and_begun_anew(large: World, line: Gateway, change: str) -> None:
    killed_upload(large, line)
    rules = None
    if change == "content":
        with open(large.root / "large", "r+b") as file:
            file.write(b"changed")
        os.utime(large.root / "large", (OLD, OLD))
    elif change == "touched":
        os.utime(large.root / "large", (OLD + 1, OLD + 1))
    else:
        rules = [{"match": ["*"], "content_type": "a/b"}]
    assert up(large, line, rules=rules)[1] == ["abort", "create", "part 1", "part 2", "part 3", "complete"]
    assert read(large) == (large.root / "large").read_bytes() and settled(large)
    assert large.head("large")["ContentType"] == ("a/b" if rules else "application/octet-stream")


def test_an_upload_that_is_gone_is_begun_anew(large: World, line: Gateway) -> None:
    killed_upload(large, line)
    ((_key, upload_id),) = uploads(large)
    large.s3.abort_multipart_upload(Bucket=large.bucket, Key=f"{large.base}app/large", UploadId=upload_id)
    result, done = up(large, line)
    assert done[-5:] == ["create", "part 1", "part 2", "part 3", "complete"] and not result.get("failed")
    assert read(large) == (large.root / "large").read_bytes() and settled(large)


@pytest.mark.needs("vanished uploads")
def test_an_upload_that_vanishes_midway_is_begun_anew(large: World, line: Gateway) -> None:
    vanished = []

    def vanish(request: Request) -> None:
        if request.query.get("partNumber") == "2" and not vanished:
            vanished.append(request)
            large.s3.abort_multipart_upload(
                Bucket=large.bucket, Key=f"{large.base}app/large", UploadId=request.query["uploadId"]
            )

    line.before = vanish
    result = large.run(str(large.root), large.uri(), multipart_threshold=LIMIT, concurrency=1)
    assert not result.get("failed") and steps(line).count("create") == 2
    assert read(large) == (large.root / "large").read_bytes() and settled(large)


def test_without_a_connection_an_upload_waits_for_the_next_run(
    large: World, line: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange.Exchange, "_wait", lambda *_arguments: 0.0)

    def drop(request: Request) -> Reply | None:
        return Reply(0, {}, b"") if request.query.get("partNumber") == "3" else None

    line.before = drop
    result = large.run(str(large.root), large.uri(), multipart_threshold=LIMIT, concurrency=1)
    line.before = nothing
    assert "No connection" in failures(result)["large"]
    assert up(large, line)[1] == ["list", "part 3", "complete"]
    assert read(large) == (large.root / "large").read_bytes() and settled(large)


def test_state_in_s3_resumes_as_well(large: World, line: Gateway) -> None:
    state = large.uri("state")
    killed_upload(large, line, state_dir=state)
    names = [name for name in large.names("state/") if name.startswith("uploads/")]
    assert len(names) == 1 and not large.state.exists()
    assert up(large, line, state_dir=state)[1] == ["list", "part 3", "complete"]
    assert read(large) == (large.root / "large").read_bytes() and not uploads(large)
    assert [name for name in large.names("state/") if name.startswith("uploads/")] == []


@pytest.mark.parametrize("compare", ["size", "time"])
def test_other_comparisons_resume_as_well(large: World, line: Gateway, compare: str) -> None:
    killed_upload(large, line, compare=compare)
    assert up(large, line, compare=compare)[1] == ["list", "part 3", "complete"]
    assert settled(large)


# Ours and others'


@pytest.mark.core
def test_what_is_no_longer_wanted_is_aborted(large: World, line: Gateway) -> None:
    killed_upload(large, line)
    (large.root / "large").unlink()
    write(large, "other", b"1")
    assert up(large, line)[1] == ["abort"]
    assert settled(large)


def test_what_the_filters_leave_out_stays_for_another_run(large: World, line: Gateway) -> None:
    killed_upload(large, line)
    write(large, "other", b"1")
    assert up(large, line, exclude=["large"])[1] == []
    assert len(uploads(large)) == len(notes(large)) == 1
    assert up(large, line)[1] == ["list", "part 3", "complete"]


@pytest.mark.core
def test_uploads_of_others_are_never_touched(large: World, line: Gateway) -> None:
    """Under the prefix, and even of the same key: before a run that is killed, and in between."""

    def foreign(key: str) -> str:
        started: str = large.s3.create_multipart_upload(Bucket=large.bucket, Key=large.base + key)["UploadId"]
        large.s3.upload_part(Bucket=large.bucket, Key=large.base + key, UploadId=started, PartNumber=1, Body=b"theirs")
        return started

    theirs = {("app/large", foreign("app/large")), ("app/else", foreign("app/else"))}
    killed_upload(large, line)
    theirs.add(("app/large", foreign("app/large")))
    assert theirs < set(uploads(large))
    up(large, line)
    assert set(uploads(large)) == theirs
    (large.root / "large").unlink()
    write(large, "other", b"1")
    large.run(str(large.root), large.uri(), delete=True, max_delete="100%")
    assert set(uploads(large)) == theirs
    for key, upload_id in theirs:
        (part,) = large.s3.list_parts(Bucket=large.bucket, Key=large.base + key, UploadId=upload_id)["Parts"]
        assert part["Size"] == len(b"theirs")
        large.s3.abort_multipart_upload(Bucket=large.bucket, Key=large.base + key, UploadId=upload_id)


@pytest.mark.parametrize("damage", ["half", "elsewhere", "garbage"])
def test_notes_that_are_not_ours_are_not_followed(large: World, line: Gateway, damage: str) -> None:
    killed_upload(large, line)
    (note,) = notes(large)
    fields = json.loads(note.read_bytes())
    if damage == "elsewhere":
        started = large.s3.create_multipart_upload(Bucket=large.bucket, Key=f"{large.base}other/x")["UploadId"]
        note.write_text(json.dumps({**fields, "key": f"{large.base}other/x", "upload_id": started}))
    else:
        note.write_bytes(note.read_bytes()[:40] if damage == "half" else b"\xff[1]")
    result, done = up(large, line)
    assert not result.get("failed") and done[0] == "create" and "abort" not in done
    assert read(large) == (large.root / "large").read_bytes()
    for key, upload in uploads(large):
        large.s3.abort_multipart_upload(Bucket=large.bucket, Key=large.base + key, UploadId=upload)


def test_where_nothing_can_be_written_down_an_upload_works_all_the_same(large: World, line: Gateway) -> None:
    large.state.mkdir()
    (large.state / "uploads").write_text("in the way")
    result, done = up(large, line)
    assert not result.get("failed") and done == ["create", "part 1", "part 2", "part 3", "complete"]
    assert any("cannot be written down" in str(text) for text in result["warnings"])


# Never torn


def test_a_rewrite_that_no_time_shows_is_never_stored_torn(
    large: World, line: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file system whose times did not move between two writes: a file that young is read a second time."""
    os.utime(large.root / "large")
    monkeypatch.setattr(parts, "stamp", lambda _status: b"always the same")

    def rewrite(request: Request, _reply: Reply) -> None:
        if request.query.get("partNumber") == "1":
            with open(large.root / "large", "r+b") as file:
                file.write(b"changed")

    line.after = rewrite
    result = large.run(str(large.root), large.uri(), multipart_threshold=LIMIT, concurrency=1)
    assert "written while it was read" in failures(result)["large"]
    assert large.names() == [] and settled(large)


def test_a_killed_download_leaves_no_file_under_its_name(large: World, line: Gateway) -> None:
    up(large, line)
    target = large.tmp_path / "copy"
    killed(
        large,
        line,
        large.uri(),
        str(target),
        lambda request: request.headers.get("range", "").startswith(f"bytes={2 * PART}-"),
    )
    (left,) = target.iterdir()
    assert left.name.startswith(".stowage-")
    large.run(large.uri(), str(target), multipart_threshold=LIMIT)
    assert (target / "large").read_bytes() == (large.root / "large").read_bytes()
    assert os.listdir(target) == ["large"]


# Proven


def put_by_parts(world: World, sizes: list[int], **arguments: Any) -> bytes:
    """An object of parts of these sizes, as another tool uploads it; returns its content."""
    place = {"Bucket": world.bucket, "Key": f"{world.base}app/large"}
    upload = world.s3.create_multipart_upload(**place, **arguments)["UploadId"]
    done, content = [], b""
    for number, size in enumerate(sizes, 1):
        body = os.urandom(size)
        part = world.s3.upload_part(**place, UploadId=upload, PartNumber=number, Body=body, **arguments)
        sums = {name: value for name, value in part.items() if name.startswith("ChecksumCRC") or name == "ETag"}
        done.append({"PartNumber": number, **sums})
        content += body
    world.s3.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": done})
    return content


EVEN, UNEVEN = [PART, PART, 1000], [6 * MIB, 5 * MIB, 2 * MIB]
BOTH_WAYS = pytest.mark.parametrize("threshold", [LIMIT, "64M"], ids=["ranges", "one request"])


@pytest.mark.needs("ETags of parts", "heads of parts", "types of checksums")
@BOTH_WAYS
@pytest.mark.parametrize("algorithm", [{}, {"ChecksumAlgorithm": "CRC32"}], ids=["ETag", "composite CRC-32"])
def test_the_parts_digests_prove_a_download(world: World, threshold: str, algorithm: dict[str, str]) -> None:
    content = put_by_parts(world, EVEN, **algorithm)
    result = world.run(world.uri(), str(world.root), multipart_threshold=threshold)
    assert (world.root / "large").read_bytes() == content and result["stats"]["unverified"] == 0


@pytest.mark.needs("ETags of parts", "heads of parts", "types of checksums")
@BOTH_WAYS
@pytest.mark.parametrize("algorithm", [{}, {"ChecksumAlgorithm": "CRC32"}], ids=["ETag", "composite CRC-32"])
def test_damage_shows_in_the_parts_digests(world: World, threshold: str, algorithm: dict[str, str]) -> None:
    put_by_parts(world, EVEN, **algorithm)
    write(world, "large", b"mine")
    with world.gateway() as gateway:
        gateway.after = damaged
        result = world.run(world.uri(), str(world.root), multipart_threshold=threshold)
    assert ("crc32" if algorithm else "md5") in failures(result)["large"]
    assert world.tree() == {"large": "mine"}


@pytest.mark.needs("ETags of parts")
@BOTH_WAYS
def test_parts_of_several_sizes_prove_nothing(world: World, threshold: str) -> None:
    """As many as there were if all had the size of the first; so that only looking at the others tells."""
    content = put_by_parts(world, UNEVEN)
    result = world.run(world.uri(), str(world.root), multipart_threshold=threshold)
    assert not result.get("failed") and result["stats"]["unverified"] == 1
    assert (world.root / "large").read_bytes() == content


def damaged(request: Request, reply: Reply) -> None:
    if request.method == "GET" and request.path.endswith("/large"):
        reply.body = reply.body[:100] + bytes([reply.body[100] ^ 1]) + reply.body[101:]


@BOTH_WAYS
def test_a_damaged_download_is_fetched_again(large: World, line: Gateway, threshold: str) -> None:
    up(large, line)
    spoilt: list[Request] = []

    def once(request: Request, reply: Reply) -> None:
        if request.method == "GET" and request.path.endswith("/large") and not spoilt:
            spoilt.append(request)
            damaged(request, reply)

    line.after = once
    target = large.tmp_path / "copy"
    result = large.run(large.uri(), str(target), multipart_threshold=threshold)
    assert spoilt and not result.get("failed") and result["stats"]["unverified"] == 0
    assert (target / "large").read_bytes() == (large.root / "large").read_bytes()


@pytest.mark.needs("types of checksums")
def test_a_python_without_md5(large: World, line: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other evidence has to do; nothing fails."""

    def refuse(*_arguments: Any, **_options: Any) -> Any:
        raise ValueError("disabled for FIPS")

    new = hashlib.new
    write(large, "small", b"1")
    write(large, "gone", b"2")
    killed_upload(large, line)
    target = large.tmp_path / "copy"
    with monkeypatch.context() as patched:
        patched.setattr(hashlib, "md5", refuse)
        patched.setattr(
            hashlib, "new", lambda name, *rest, **more: (refuse if name == "md5" else new)(name, *rest, **more)
        )
        result, done = up(large, line)
        # S3 does not tell the parts' checksums here, and their ETags say nothing: they are sent once more.
        assert not result.get("failed") and done == ["list", "part 1", "part 2", "part 3", "complete"]
        (large.root / "gone").unlink()
        fresh = {"multipart_threshold": LIMIT, "state_dir": str(large.tmp_path / "fresh")}
        result = large.run(str(large.root), large.uri(), delete=True, max_delete="100%", **fresh)
        assert verbs(result) == [("delete", "gone", "extra")] and not result.get("failed")
        result = large.run(large.uri(), str(target), multipart_threshold=LIMIT)
        assert not result.get("failed") and result["stats"]["unverified"] == 0
    assert sorted(os.listdir(target)) == ["large", "small"]
    assert (target / "large").read_bytes() == (large.root / "large").read_bytes() == read(large)


# Copies


@pytest.fixture
def by_parts(world: World, line: Gateway, monkeypatch: pytest.MonkeyPatch) -> World:
    """Objects above 5 MiB are copied by parts of that size."""
    monkeypatch.setattr(run, "Job", functools.partial(job.Job, largest_copy=PART))
    monkeypatch.setattr(job, "COPY_PART", PART)
    world.put(
        {"large": os.urandom(11 * MIB), "small": "1"},
        prefix="from/",
        ContentType="a/b",
        CacheControl="no-cache",
        ContentDisposition="inline",
        Metadata={"who": "me"},
        Tagging="team=a%20b&x=y",
    )
    return world


def copied(world: World, **more: Any) -> dict[str, Any]:
    return world.run(world.uri("from"), world.uri(), **more)


def tags(world: World, key: str) -> dict[str, str]:
    found = world.s3.get_object_tagging(Bucket=world.bucket, Key=f"{world.base}app/{key}")["TagSet"]
    return {tag["Key"]: tag["Value"] for tag in found}


@pytest.mark.needs("copies by parts", "tags")
def test_a_copy_by_parts_carries_all_of_the_object(by_parts: World, line: Gateway) -> None:
    result = copied(by_parts)
    assert not result.get("failed")
    assert sorted(steps(line)) == ["complete", "create", "part 1", "part 2", "part 3"]
    for key in ("large", "small"):
        head = by_parts.head(key)
        assert (head["ContentType"], head["CacheControl"], head["ContentDisposition"], head["Metadata"]) == (
            "a/b", "no-cache", "inline", {"who": "me"},
        )  # fmt: skip
        assert tags(by_parts, key) == {"team": "a b", "x": "y"}
    source = by_parts.s3.get_object(Bucket=by_parts.bucket, Key=f"{by_parts.base}from/large")["Body"].read()
    assert read(by_parts) == source and settled(by_parts)
    assert copied(by_parts)["changed"] is False


@pytest.mark.needs("copies by parts")
def test_a_copy_by_parts_obeys_rules(by_parts: World, line: Gateway) -> None:
    rule = {"match": ["*"], "content_type": "c/d", "metadata": {"new": "1"}, "tags": {"only": "this"}}
    copied(by_parts, rules=[rule])
    for key in ("large", "small"):
        head = by_parts.head(key)
        assert (head["ContentType"], head["CacheControl"], head["Metadata"]["new"]) == ("c/d", "no-cache", "1")
        assert tags(by_parts, key) == {"only": "this"}
    assert copied(by_parts, rules=[rule])["changed"] is False


@pytest.mark.needs("copies by parts")
def test_other_rules_are_brought_to_a_large_object(by_parts: World, line: Gateway) -> None:
    copied(by_parts)
    before = read(by_parts)
    rules = [{"match": ["*"], "cache_control": "max-age=1"}]
    result = copied(by_parts, rules=rules)
    assert verbs(result) == [("update", "large", "attributes"), ("update", "small", "attributes")]
    head = by_parts.head("large")
    assert (head["CacheControl"], head["ContentType"], head["Metadata"]) == ("max-age=1", "a/b", {"who": "me"})
    assert tags(by_parts, "large") == {"team": "a b", "x": "y"} and read(by_parts) == before


def test_a_copy_that_fails_leaves_no_upload(by_parts: World, line: Gateway) -> None:
    line.before = lambda request: error_reply(403, "AccessDenied") if request.query.get("partNumber") == "2" else None
    result = copied(by_parts)
    assert failures(result).keys() == {"large"} and by_parts.names() == ["small"] and settled(by_parts)


@pytest.mark.needs("copies by parts")
@pytest.mark.parametrize("still_there", [True, False])
def test_a_copy_that_was_killed_leaves_nothing_after_the_next_run(
    by_parts: World, line: Gateway, still_there: bool
) -> None:
    gone = []

    def vanish(request: Request) -> Reply | None:
        # What a kill leaves: the upload, and the note of it.
        if request.query.get("partNumber") == "2":
            gone.append(request)
        return error_reply(403, "AccessDenied") if gone and "uploadId" in request.query else None

    line.before = vanish
    assert copied(by_parts)["failed"]
    line.before = nothing
    assert len(uploads(by_parts)) == len(notes(by_parts)) == 1
    if not still_there:
        by_parts.s3.delete_object(Bucket=by_parts.bucket, Key=f"{by_parts.base}from/large")
    assert not copied(by_parts).get("failed")
    assert settled(by_parts) and by_parts.names() == (["large", "small"] if still_there else ["small"])
