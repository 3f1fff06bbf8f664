# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is replaced or deleted is kept first, and nothing is replaced or deleted that is not."""

from __future__ import annotations

import errno
import functools
import json
import os
import pathlib
import threading
import time
import uuid
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._s3.multipart import MAX_SINGLE_COPY
from ansible_collections.stowage.s3.plugins.module_utils._sync import job as job_module
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import Job
from server import Server
from world import OLD, Reply, Request, World, error_reply, failures, verbs, without_powers

MIB = 1 << 20


@pytest.fixture
def kept(world: World) -> World:
    """Whatever way it goes: `same` is the same here and there, `changed` not, `new` only here, `old` only there."""
    world.write({"same": "1", "changed": "new", "d/new": "3"})
    world.put({"same": "1", "changed": "before", "d/old": "gone"})
    return world


WANTED = {"changed": "before", "d/old": "gone"}


def copies(requests: list[Request]) -> list[Request]:
    return [request for request in requests if "x-amz-copy-source" in request.headers]


# Where it goes


def test_up_with_a_backup_in_s3(kept: World) -> None:
    with kept.gateway() as gateway:
        result = kept.up(delete=True, backup_to=kept.uri("kept"))
    assert not result.get("failed"), result
    assert verbs(result) == [("upload", "changed", "size"), ("upload", "d/new", "new"), ("delete", "d/old", "extra")]
    assert kept.objects() == {"same": "1", "changed": "new", "d/new": "3"}
    assert kept.objects(f"kept/{result['run_id']}/") == WANTED and len(kept.names("kept/")) == 2
    assert result["summary"]["requests"]["copy"] == len(copies(gateway.requests)) == 2
    assert result["summary"]["requests"]["put"] == 2


def test_up_with_a_backup_on_disk(kept: World) -> None:
    place = kept.tmp_path / "kept" / "deep"
    with kept.gateway() as gateway:
        result = kept.up(delete=True, backup_to=str(place))
    assert not result.get("failed"), result
    assert kept.objects() == {"same": "1", "changed": "new", "d/new": "3"}
    assert kept.tree(place) == {f"{result['run_id']}/{key}": text for key, text in WANTED.items()}
    gets = [request for request in gateway.requests if request.method == "GET" and request.query == {}]
    assert result["summary"]["requests"]["get"] == len(gets) == 2 and all("if-match" in one.headers for one in gets)
    assert (place / result["run_id"]).stat().st_mode & 0o777 == 0o700


@pytest.fixture
def held(world: World) -> World:
    """The same for the way down."""
    world.put({"same": "1", "changed": "new", "d/new": "3"})
    world.write({"same": "1", "changed": "before", "d/old": "gone"})
    return world


def test_down_with_a_backup_on_disk_moves_and_links(held: World) -> None:
    place = held.tmp_path / "kept"
    files = {key: (held.root / key).stat() for key in WANTED}
    (held.root / "changed").chmod(0o640)
    result = held.down(delete=True, backup_to=str(place))
    assert not result.get("failed"), result
    assert held.tree() == {"same": "1", "changed": "new", "d/new": "3"}
    assert held.tree(place) == {f"{result['run_id']}/{key}": text for key, text in WANTED.items()}
    for key, before in files.items():
        now = (place / result["run_id"] / key).stat()
        # The file itself, and none of it left in the target.
        assert (now.st_ino, now.st_nlink, now.st_mtime) == (before.st_ino, 1, OLD)
    assert (held.root / "changed").stat().st_mode & 0o777 == 0o640
    assert "put" not in result["summary"]["requests"] and "copy" not in result["summary"]["requests"]
    assert held.down(delete=True, backup_to=str(place))["changed"] is False
    assert os.listdir(place) == [result["run_id"]]


@pytest.mark.parametrize("error", [errno.EXDEV, errno.EPERM])
def test_down_with_a_backup_on_another_file_system_copies(
    held: World, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    place = held.tmp_path / "kept"
    rename = os.rename

    def refuse(path: str, other: str, **_options: Any) -> None:
        raise OSError(error, os.strerror(error), path)

    def move(path: str, other: str) -> None:
        if error == errno.EXDEV and other.startswith(str(place)) and not path.startswith(str(place)):
            refuse(path, other)
        rename(path, other)

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(os, "rename", move)
    (held.root / "changed").chmod(0o640)
    result = held.down(delete=True, backup_to=str(place))
    assert not result.get("failed"), result
    assert held.tree() == {"same": "1", "changed": "new", "d/new": "3"}
    assert held.tree(place) == {f"{result['run_id']}/{key}": text for key, text in WANTED.items()}
    status = (place / result["run_id"] / "changed").stat()
    assert (status.st_mode & 0o777, status.st_mtime) == (0o640, OLD)


def test_down_with_a_backup_in_s3(held: World) -> None:
    with held.gateway() as gateway:
        result = held.down(delete=True, backup_to=held.uri("kept"))
    assert not result.get("failed"), result
    assert held.tree() == {"same": "1", "changed": "new", "d/new": "3"}
    assert held.objects(f"kept/{result['run_id']}/") == WANTED
    assert held.head("changed", f"kept/{result['run_id']}/")["Metadata"]["mtime"] == str(OLD)
    puts = [request for request in gateway.requests if request.method == "PUT"]
    assert result["summary"]["requests"]["put"] == len(puts) == 2


@pytest.mark.needs("metadata as sent")
def test_across_with_a_backup_in_a_third_bucket(world: World) -> None:
    other = f"kept-{uuid.uuid4().hex[:8]}"
    world.s3.create_bucket(Bucket=other)
    world.put({"same": "1", "changed": "new", "d/new": "3"}, "from/")
    world.put({"same": "1", "d/old": "gone"})
    world.put({"changed": "before"}, Metadata={"owner": "me"}, Tagging="team=web", CacheControl="no-cache")
    result = world.sync(world.uri("from"), world.uri(), delete=True, backup_to=f"s3://{other}")
    assert not result.get("failed"), result
    assert world.objects() == world.objects("from/")
    listed = world.s3.list_objects_v2(Bucket=other)["Contents"]
    assert [one["Key"] for one in listed] == [f"{result['run_id']}/changed", f"{result['run_id']}/d/old"]
    head = world.s3.head_object(Bucket=other, Key=f"{result['run_id']}/changed")
    assert (head["Metadata"], head["CacheControl"]) == ({"owner": "me"}, "no-cache")
    tags = world.s3.get_object_tagging(Bucket=other, Key=f"{result['run_id']}/changed")["TagSet"]
    assert tags == [{"Key": "team", "Value": "web"}]
    world.s3.delete_objects(Bucket=other, Delete={"Objects": [{"Key": one["Key"]} for one in listed]})
    world.s3.delete_bucket(Bucket=other)


def test_one_file_is_kept_under_its_name(world: World) -> None:
    world.write({"app.bin": "new"})
    world.put({"1.4.bin": "before"}, "releases/")
    result = world.sync(str(world.root / "app.bin"), world.uri("releases/1.4.bin"), backup_to=world.uri("kept"))
    assert world.objects("releases/") == {"1.4.bin": "new"}
    assert world.objects("kept/") == {f"{result['run_id']}/1.4.bin": "before"}


def test_changed_attributes_replace_an_object_too(world: World) -> None:
    world.write({"a": "1"})
    world.up()
    result = world.up(rules=[{"match": ["*"], "cache_control": "no-cache"}], backup_to=world.uri("kept"))
    assert verbs(result) == [("update", "a", "attributes")]
    assert result["summary"]["requests"]["copy"] == 2
    assert "CacheControl" not in world.head("a", f"kept/{result['run_id']}/")
    assert world.head("a")["CacheControl"] == "no-cache"


def test_without_something_to_keep_nothing_is_made(world: World) -> None:
    world.write({"a": "1"})
    result = world.up(backup_to=str(world.tmp_path / "kept"))
    assert verbs(result) == [("upload", "a", "new")] and not (world.tmp_path / "kept").exists()


def test_what_makes_room_is_kept_as_well(world: World) -> None:
    world.put({"a/b": "new", "c": "new"})
    world.write({"a": "file", "c/d": "1", "c/e": "2"})
    result = world.down(delete=True, backup_to=str(world.tmp_path / "kept"))
    assert not result.get("failed"), result
    assert world.tree() == {"a/b": "new", "c": "new"}
    assert world.tree(world.tmp_path / "kept" / result["run_id"]) == {"a": "file", "c/d": "1", "c/e": "2"}


@pytest.fixture
def by_parts(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """An object of more than the largest copy in one request, which is small here."""
    defaults = Job.__init__.__defaults__ or ()
    smaller = tuple(6 * MIB if value == MAX_SINGLE_COPY else value for value in defaults)
    monkeypatch.setattr(Job.__init__, "__defaults__", smaller)
    monkeypatch.setattr(job_module, "COPY_PART", 5 * MIB)
    world.put({"large": bytes(range(256)) * (20 * MIB // 256)}, Metadata={"owner": "me"}, Tagging="team=web")
    return world


@pytest.mark.needs("copies by parts", "tags")
def test_a_large_object_is_copied_by_parts_with_all_it_carries(by_parts: World) -> None:
    by_parts.write({"large": "small now"})
    with by_parts.gateway() as gateway:
        result = by_parts.up(backup_to=by_parts.uri("kept"))
    place = f"kept/{result['run_id']}/"
    head = by_parts.head("large", place)
    assert (head["ContentLength"], head["Metadata"]) == (20 * MIB, {"owner": "me"})
    tags = by_parts.s3.get_object_tagging(Bucket=by_parts.bucket, Key=f"{by_parts.base}{place}large")["TagSet"]
    assert tags == [{"Key": "team", "Value": "web"}]
    parts = copies(gateway.requests)
    assert len(parts) > 1 and all("x-amz-copy-source-if-match" in one.headers for one in parts)
    assert result["summary"]["requests"]["copy"] == len(parts) + 2 and result["summary"]["requests"]["tags"] == 1


# No backup, no change


def refusing(request: Request) -> Reply | None:
    """An answer to everything that would write a backup."""
    return error_reply(403, "AccessDenied") if request.method == "PUT" and "/kept/" in request.path else None


def test_a_backup_that_fails_keeps_the_object_and_all_that_was_to_be_deleted(kept: World) -> None:
    with kept.gateway() as gateway:
        gateway.before = refusing
        result = kept.run(str(kept.root), kept.uri(), delete=True, backup_to=kept.uri("kept"))
    assert result["failed"] and failures(result).keys() == {"changed"}
    assert "could not be backed up, so it stays" in failures(result)["changed"]
    assert "s3:PutObject" in failures(result)["changed"] and "1 key to be deleted stay" in result["msg"]
    assert kept.objects() == {"same": "1", "changed": "before", "d/new": "3", "d/old": "gone"}
    again = kept.up(delete=True, backup_to=kept.uri("kept"))
    assert verbs(again) == [("upload", "changed", "size"), ("delete", "d/old", "extra")]


def test_nothing_is_deleted_when_one_of_many_backups_fails(world: World) -> None:
    world.write({"a": "1"})
    world.put({f"old-{number}": str(number) for number in range(8)})
    with world.gateway() as gateway:
        gateway.before = lambda request: refusing(request) if request.path.endswith("old-3") else None
        result = world.run(str(world.root), world.uri(), delete=True, backup_to=world.uri("kept"))
        assert not [request for request in gateway.requests if "delete" in request.query]
    assert result["failed"] and failures(result).keys() == {"old-3"} and result["changed"]
    assert "7 keys to be deleted stay" in result["msg"]
    assert len(world.names()) == 9


def test_no_more_is_backed_up_once_it_is_in_vain(world: World) -> None:
    world.put({f"old-{number:02}": "" for number in range(40)})
    with world.gateway() as gateway:
        gateway.before = refusing
        options = {"delete": True, "allow_empty_source": True, "max_delete": "100%", "concurrency": 1}
        result = world.run(str(world.root), world.uri(), backup_to=world.uri("kept"), **options)
    assert 1 <= len(copies(gateway.requests)) < 40 and len(world.names()) == 40
    assert f"{40 - result['stats']['failed']} keys to be deleted stay" in result["msg"]


def test_files_stay_when_one_backup_fails(world: World) -> None:
    world.write({f"old-{number}": str(number) for number in range(8)})
    world.put({"a": "1"})
    with world.gateway() as gateway:
        gateway.before = refusing
        result = world.run(world.uri(), str(world.root), delete=True, backup_to=world.uri("kept"))
    # The first one that cannot be kept stops all that come after it.
    assert result["failed"] and failures(result).keys() == {"old-0"}
    assert "7 keys to be deleted stay" in result["msg"] and len(world.tree()) == 9


def test_a_replaced_file_stays_when_its_backup_fails(held: World) -> None:
    with held.gateway() as gateway:
        gateway.before = refusing
        result = held.run(held.uri(), str(held.root), backup_to=held.uri("kept"))
    assert failures(result).keys() == {"changed"}
    assert held.tree() == {"same": "1", "changed": "before", "d/new": "3", "d/old": "gone"}


def test_backups_of_what_makes_room_wait_for_no_answer_that_waits_for_them(world: World) -> None:
    # All answers are under way when the number of requests is halved; then the first of them needs one more.
    world.write({f"{number}/old": "gone" for number in range(4)})
    world.put({str(number): "new" for number in range(4)})
    together, slow_down = threading.Barrier(4), threading.Event()

    def hold(request: Request) -> Reply | None:
        key = request.path.rpartition("/")[2]
        if request.method != "GET" or key not in {"0", "1", "2", "3"} or slow_down.is_set():
            return None
        together.wait(10)
        if key == "3":
            slow_down.set()
            return error_reply(503, "SlowDown")
        slow_down.wait(10)
        time.sleep(0.3 if key == "0" else 0.8)
        return None

    ended: list[dict[str, Any]] = []
    with world.gateway() as gateway:
        gateway.before = hold
        options = {"delete": True, "concurrency": 4, "backup_to": world.uri("kept"), "max_delete": "100%"}
        run = functools.partial(world.run, world.uri(), str(world.root), **options)
        thread = threading.Thread(target=lambda: ended.append(run()), daemon=True)
        thread.start()
        thread.join(30)
    assert ended and not ended[0].get("failed"), ended
    assert world.tree() == {str(number): "new" for number in range(4)}
    assert world.objects(f"kept/{ended[0]['run_id']}/") == {f"{number}/old": "gone" for number in range(4)}


@pytest.mark.needs("conditional uploads", "conditional copies")
def test_an_object_that_changed_since_it_was_listed_stays(kept: World) -> None:
    for name, place in (("in S3", kept.uri("kept")), ("on disk", str(kept.tmp_path / "kept"))):
        kept.put({"changed": "before"})
        meddled: list[str] = []

        def meddle(meddled: list[str], name: str, request: Request) -> None:
            fetched = request.method == "GET" and request.path.endswith("/changed")
            if (fetched or "x-amz-copy-source" in request.headers) and not meddled:
                meddled.append(name)
                kept.put({"changed": f"by another {name}"})

        with kept.gateway() as gateway:
            gateway.before = functools.partial(meddle, meddled, name)
            result = kept.run(str(kept.root), kept.uri(), delete=True, backup_to=place)
        assert meddled and failures(result).keys() == {"changed"}, name
        assert kept.objects()["changed"] == f"by another {name}" and "d/old" in kept.objects()


@pytest.mark.parametrize("where", ["disk", "s3"])
def test_a_file_that_changed_since_it_was_listed_stays(held: World, where: str) -> None:
    def meddle(request: Request) -> None:
        if request.method == "GET" and request.path.endswith("/changed"):
            held.write({"changed": "by another"})

    place = held.uri("kept") if where == "s3" else str(held.tmp_path / "kept")
    with held.gateway() as gateway:
        gateway.before = meddle
        result = held.run(held.uri(), str(held.root), delete=True, backup_to=place)
    assert failures(result).keys() == {"changed"} and "changed here" in failures(result)["changed"]
    assert held.tree() == {"same": "1", "changed": "by another", "d/new": "3", "d/old": "gone"}


def test_a_file_that_changes_while_it_is_kept_stays(held: World) -> None:
    """The new content must not take the place of one that the backup has not."""

    def meddle(request: Request) -> None:
        if request.method == "PUT" and "/kept/" in request.path:
            held.write({"changed": "by another"})

    with held.gateway() as gateway:
        gateway.before = meddle
        result = held.run(held.uri(), str(held.root), backup_to=held.uri("kept"))
    assert failures(result).keys() == {"changed"} and held.tree()["changed"] == "by another"


# What cannot be kept is known in advance


@pytest.mark.needs("keys as written", "objects below objects", "long names", "directory markers")
def test_keys_that_cannot_be_files_cannot_be_kept_on_disk(world: World) -> None:
    world.put({"a": "1", "a/b": "2", "c/": "marker", "../up": "3", "x" * 300: "4", "fine": "5", "m/": ""})
    result = world.up(delete=True, allow_empty_source=True, max_delete="100%", backup_to=str(world.tmp_path / "kept"))
    assert result["failed"] and failures(result).keys() == {"a/b", "c/", "../up", "x" * 300}
    assert result["summary"]["withheld"] == 3 and len(world.names()) == 7
    assert all("cannot be backed up" in error for error in failures(result).values())
    result = world.up(delete=True, allow_empty_source=True, max_delete="100%", backup_to=world.uri("kept"))
    assert not result.get("failed"), result
    assert world.names() == [] and len(world.names(f"kept/{result['run_id']}/")) == 7


def test_keys_too_long_for_their_backup(world: World) -> None:
    key = "/".join(["d" * 200] * 5)
    world.put({key: "1", "fine": "2"})
    result = world.up(delete=True, allow_empty_source=True, backup_to=world.uri("kept"))
    assert failures(result).keys() == {key} and "1024" in failures(result)[key]
    assert len(world.names()) == 2


@pytest.mark.needs("archived objects")
@pytest.mark.parametrize("storage_class", ["GLACIER", "DEEP_ARCHIVE"])
def test_an_archived_object_cannot_be_kept_and_so_stays(world: World, storage_class: str) -> None:
    world.put({"cold": "ice"}, StorageClass=storage_class)
    world.put({"old": "1"})
    world.write({"cold": "water"})
    result = world.up(delete=True, backup_to=world.uri("kept"))
    assert failures(result).keys() == {"cold"} and "archived" in failures(result)["cold"]
    assert result["summary"]["withheld"] == 1 and world.objects("kept/") == {}
    assert sorted(world.names()) == ["cold", "old"]


@pytest.mark.needs("storage class of copies")
def test_a_backup_is_of_the_same_storage_class(world: World) -> None:
    world.put({"a": "1"}, StorageClass="STANDARD_IA")
    world.put({"b": "1"})
    world.write({"a": "22", "b": "22"})
    result = world.up(backup_to=world.uri("kept"), storage_class="ONEZONE_IA")
    place = f"kept/{result['run_id']}/"
    assert world.head("a", place)["StorageClass"] == "STANDARD_IA"
    assert "StorageClass" not in world.head("b", place)


@pytest.mark.needs("archived objects")
def test_a_restore_replaces_nothing(world: World) -> None:
    world.put({"cold": "ice"}, "from/", StorageClass="GLACIER")
    world.put({"cold": "water"})
    result = world.sync(world.uri("from"), world.uri(), archived="restore", backup_to=world.uri("kept"))
    assert verbs(result) == [("update", "cold", "restore")] and not result.get("failed")
    assert "copy" not in result["summary"]["requests"] and world.names("kept/") == []


# Places that cannot be


def test_places_that_are_refused(kept: World) -> None:
    up = (str(kept.root), kept.uri())
    inside = kept.refused(*up, backup_to=kept.uri("app/kept"))
    assert "inside the destination" in inside and "Give a place outside" in inside
    assert "inside the source" in kept.refused(*up, backup_to=str(kept.root / "kept"))
    assert "destination: " in kept.refused(*up, backup_to=f"s3://{kept.bucket}/{kept.base}")
    assert "source: " in kept.refused(*up, backup_to=str(kept.tmp_path))
    assert "inside state_dir" in kept.refused(*up, backup_to=str(kept.state / "kept"))
    assert "no directory" in kept.refused(*up, backup_to=str(kept.tmp_path / "file"), **_file(kept))
    assert "backup_to" in kept.refused(*up, backup_to="ftp://elsewhere/x")


@pytest.mark.parametrize("check", [True, False])
def test_a_bucket_that_is_not_there(kept: World, check: bool) -> None:
    result = kept.run(str(kept.root), kept.uri(), check=check, backup_to=f"s3://absent-{uuid.uuid4().hex[:8]}/x")
    assert result["failed"] and "actions" not in result and "NoSuchBucket" in result["msg"]
    assert kept.objects()["changed"] == "before"


def _file(world: World) -> dict[str, Any]:
    (world.tmp_path / "file").write_text("")
    return {}


def test_a_directory_that_cannot_be_written(held: World) -> None:
    place = held.tmp_path / "closed"
    place.mkdir(mode=0o555)
    options = {
        "source": held.uri(), "destination": str(held.root), "state_dir": str(held.state),
        "backup_to": str(place / "kept"),
    }  # fmt: skip
    for result in without_powers(held.server, options):
        assert result["failed"] and "actions" not in result
        assert "backup_to" in result["msg"] and str(place) in result["msg"] and "Grant write" in result["msg"]


def test_a_file_that_cannot_be_read_cannot_be_kept(held: World) -> None:
    (held.root / "changed").chmod(0)
    options = {
        "source": held.uri(), "destination": str(held.root), "state_dir": str(held.state), "compare": "size",
        "backup_to": held.uri("kept"),
    }  # fmt: skip
    for result in without_powers(held.server, options):
        assert failures(result).keys() == {"changed"} and "Grant read" in failures(result)["changed"]
    assert held.tree()["changed"] == "before"


# Versions


def versioned(server: Server, tmp_path: pathlib.Path) -> World:
    """A world in a bucket with versioning."""
    name = f"versioned-{uuid.uuid4().hex[:8]}"
    client = server.client("s3")
    client.create_bucket(Bucket=name)
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return World(server, name, tmp_path)


def versions(world: World, prefix: str = "app/") -> dict[str, list[str]]:
    """All versions and delete markers by key, the newest first."""
    top = world.base + prefix
    answer = world.s3.list_object_versions(Bucket=world.bucket, Prefix=top)
    found: dict[str, list[str]] = {}
    every = [*answer.get("Versions", []), *answer.get("DeleteMarkers", [])]
    for one in sorted(every, key=lambda one: not one["IsLatest"]):
        found.setdefault(one["Key"][len(top) :], []).append(one["VersionId"])
    return found


def check_versions(world: World, backup: str) -> None:
    """Sync up with a log, which has to name what S3 tells of: with a backup also the versions that were replaced."""
    world.write({"changed": "new", "d/new": "3"})
    world.put({"changed": "before", "d/old": "gone"})
    log = world.tmp_path / "log"
    result = world.up(delete=True, log=str(log), **({"backup_to": backup} if backup else {}))
    assert not result.get("failed"), result
    lines = {line["key"]: line for line in map(json.loads, log.read_text().splitlines()) if line["event"] == "object"}
    now = versions(world)
    assert {key: len(ids) for key, ids in now.items()} == {"changed": 2, "d/new": 1, "d/old": 2}
    assert {key: line["version_id"] for key, line in lines.items()} == {key: ids[0] for key, ids in now.items()}
    replaced = {key: line["replaced_version_id"] for key, line in lines.items() if "replaced_version_id" in line}
    # S3 tells what it copied or sent; of what a PUT or DELETE replaces it tells nothing.
    assert replaced == ({key: now[key][1] for key in ("changed", "d/old")} if backup else {})
    places = {key: line["backup"] for key, line in lines.items() if "backup" in line}
    assert places == ({key: f"{backup}/{result['run_id']}/{key}" for key in ("changed", "d/old")} if backup else {})
    record = json.loads(pathlib.Path(result["record"]).read_text())
    assert {one["key"]: one["version_id"] for one in record["objects"]} == {key: ids[0] for key, ids in now.items()}


@pytest.mark.needs("versions")
def test_versions_with_a_backup_on_disk(server: Server, tmp_path: pathlib.Path, one_session: None) -> None:
    check_versions(versioned(server, tmp_path), str(tmp_path / "kept"))


@pytest.mark.needs("versions", "versions of copies")
def test_versions_with_a_backup_in_s3(server: Server, tmp_path: pathlib.Path, one_session: None) -> None:
    world = versioned(server, tmp_path)
    check_versions(world, world.uri("kept"))


@pytest.mark.needs("versions")
def test_versions_without_a_backup(server: Server, tmp_path: pathlib.Path, one_session: None) -> None:
    check_versions(versioned(server, tmp_path), "")


@pytest.mark.needs("versions")
def test_what_was_replaced_and_deleted_can_be_put_back(
    server: Server, tmp_path: pathlib.Path, one_session: None
) -> None:
    """From the log alone, on a bucket with versioning and without a backup."""
    world = versioned(server, tmp_path)
    world.write({"changed": "new", "d/new": "3"})
    world.put({"changed": "before", "d/old": "gone"})
    log = world.tmp_path / "log"
    world.up(delete=True, log=str(log))
    for line in map(json.loads, log.read_text().splitlines()):
        if line["event"] == "object":
            key = world.base + "app/" + line["key"]
            world.s3.delete_object(Bucket=world.bucket, Key=key, VersionId=line["version_id"])
    assert world.objects() == {"changed": "before", "d/old": "gone"}
