# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""sync_info: whether two sides hold the same, by looking and by nothing else."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import Any

import pytest
from harness import run_module
from world import OLD, Reply, Request, World, failures, without_powers

MIB = 1 << 20


def info(world: World, source: str = "", destination: str = "", **options: Any) -> dict[str, Any]:
    """By default of the tree and the prefix; has to be the same in check mode, and to touch nothing."""
    before = world._everything()
    asked = {"source": source or str(world.root), "destination": destination or world.uri(), **options}
    results = [run_module("sync_info", asked, server=world.server, check=check) for check in (False, True)]
    assert world._everything() == before, "sync_info changed something"
    for result in results:
        result.pop("invocation", None)
    assert results[0] == results[1] and results[0]["changed"] is False
    return results[0]


def differences(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one["verb"], one["key"], one["reason"]) for one in result["differences"]]


@pytest.fixture
def synced(world: World) -> World:
    """A tree and a prefix that hold the same."""
    world.write({"a": "1", "d/b": "22", "d/c": "333"})
    world.up()
    return world


def test_in_sync_both_ways_and_within_s3(synced: World) -> None:
    for places in ((str(synced.root), synced.uri()), (synced.uri(), str(synced.root))):
        result = info(synced, *places)
        assert result["in_sync"] is True and not result.get("failed")
        assert (result["differences"], result["differences_truncated"], result["failures"]) == ([], False, [])
        assert result["summary"]["skip"] == {"count": 3, "bytes": 6} and result["summary"]["unproven"] == 0
    synced.sync(synced.uri(), synced.uri("copy"))
    assert info(synced, synced.uri(), synced.uri("copy"))["in_sync"] is True


def test_all_that_differs_is_told(synced: World) -> None:
    synced.write({"d/b": "99", "d/c": "4444", "new": "5"})
    synced.put({"extra": "6"})
    result = info(synced)
    assert result["in_sync"] is False and not result.get("failed")
    assert differences(result) == [
        ("upload", "d/b", "content"), ("upload", "d/c", "size"), ("upload", "new", "new"), ("delete", "extra", "extra"),
    ]  # fmt: skip
    assert result["summary"]["upload"] == {"count": 3, "bytes": 7} and result["summary"]["delete"]["count"] == 1
    other = info(synced, synced.uri(), str(synced.root))
    assert differences(other) == [
        ("download", "d/b", "content"), ("download", "d/c", "size"), ("download", "extra", "new"),
        ("delete", "new", "extra"),
    ]  # fmt: skip


def test_an_extra_alone_is_a_difference(synced: World) -> None:
    synced.put({"extra": "6"})
    assert differences(info(synced)) == [("delete", "extra", "extra")]
    assert info(synced, exclude=["extra"])["in_sync"] is True


def test_no_valve_hides_a_difference(world: World) -> None:
    """Where a sync would refuse to delete, looking is as harmless as ever."""
    world.put({f"{number:02}": "x" for number in range(20)})
    result = info(world)
    assert not result.get("failed") and result["in_sync"] is False and len(result["differences"]) == 20


def test_differences_are_bounded(synced: World) -> None:
    synced.write({f"n{number}": "x" for number in range(5)})
    result = info(synced, max_actions=3)
    assert [key for _verb, key, _reason in differences(result)] == ["n0", "n1", "n2"]
    assert result["differences_truncated"] is True and result["summary"]["upload"]["count"] == 5
    assert info(synced, max_actions=5)["differences_truncated"] is False
    none = info(synced, max_actions=0)
    assert (none["differences"], none["differences_truncated"], none["in_sync"]) == ([], True, False)


def test_the_cache_is_not_asked(synced: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every row says what is not so, which sync itself has to believe: the stamps and ETags are the right ones."""
    synced.write({"a": "9"})
    monkeypatch.setenv("XDG_STATE_HOME", str(synced.tmp_path / "xdg"))
    state = synced.tmp_path / "xdg" / "stowage-s3"
    synced.run(str(synced.root), synced.uri(), state_dir=str(state))
    (database,) = (state / "cache").glob("*.sqlite3")
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as connection:
        assert connection.execute("SELECT count(*) FROM known").fetchone() == (3,)
        synced.put({"a": "8"})
        etag = synced.head("a")["ETag"].strip('"')
        connection.execute("UPDATE known SET etag = ?, clean = 1, proven = 1 WHERE key = 'a'", (etag,))
    # The lie works where the cache counts ...
    assert synced.run(str(synced.root), synced.uri(), check=True, state_dir=str(state))["changed"] is False
    # ... and not here.
    assert differences(info(synced)) == [("upload", "a", "content")]


def test_every_file_is_read(synced: World) -> None:
    """A rewrite that no time and no size shows."""
    status = (synced.root / "a").stat()
    (synced.root / "a").write_text("9")
    os.utime(synced.root / "a", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert differences(info(synced)) == [("upload", "a", "content")]


@pytest.mark.needs("ETags of parts")
def test_what_only_times_tell_is_counted(world: World) -> None:
    """Uploaded in parts of which the server tells no more than their number."""
    content = os.urandom(6 * MIB)
    world.write({"a": content})
    key = f"{world.base}app/a"
    upload = world.s3.create_multipart_upload(Bucket=world.bucket, Key=key)["UploadId"]
    parts = []
    for number, piece in enumerate((content[: 5 * MIB], content[5 * MIB :]), 1):
        named = {"Bucket": world.bucket, "Key": key, "UploadId": upload, "PartNumber": number}
        parts.append({"PartNumber": number, "ETag": world.s3.upload_part(**named, Body=piece)["ETag"]})
    world.s3.complete_multipart_upload(Bucket=world.bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": parts})

    def no_parts(request: Request) -> Reply | None:
        return Reply(400, {}, b"") if "partNumber" in request.query else None

    with world.gateway() as gateway:
        gateway.before = no_parts
        result = info(world)
        assert (result["in_sync"], result["summary"]["unproven"]) == (True, 1)
        moment = world.head("a")["LastModified"].timestamp()
        os.utime(world.root / "a", (moment, moment))
        result = info(world)
        assert (result["in_sync"], result["summary"]["unproven"]) == (True, 1)
        # Newer, in whole seconds, than the object.
        later = world.head("a")["LastModified"].timestamp() + 5
        os.utime(world.root / "a", (later, later))
        result = info(world)
        assert (differences(result), result["summary"]["unproven"]) == ([("upload", "a", "newer")], 1)


def test_one_file(synced: World) -> None:
    source, target = str(synced.root / "d" / "b"), synced.uri("app/d/")
    result = info(synced, source, target)
    # Its neighbours over there are no extras.
    assert result["in_sync"] is True and result["summary"]["skip"]["count"] == 1
    synced.write({"d/b": "99"})
    assert differences(info(synced, source, target)) == [("upload", "b", "content")]
    assert differences(info(synced, source, synced.uri("other"))) == [("upload", "other", "new")]


@pytest.mark.parametrize("name", ["a", "d"])
def test_what_cannot_be_read_is_not_in_sync(synced: World, name: str) -> None:
    (synced.root / name).chmod(0)
    os.utime(synced.root / name, (OLD, OLD))
    options = {"source": str(synced.root), "destination": synced.uri()}
    result = without_powers(synced.server, options, name="sync_info", checks=(False,))[0]
    (synced.root / name).chmod(0o755)
    assert result["in_sync"] is False and result["changed"] is False
    assert [key.rstrip("/") for key in failures(result)] == [name]
    assert "Permission denied" in next(iter(failures(result).values()))
    # What lies below is not taken for an extra.
    assert result["differences"] == []


def test_what_can_be_read_and_not_written_can_be_compared(synced: World) -> None:
    synced.root.chmod(0o555)
    options = {"source": synced.uri(), "destination": str(synced.root)}
    result = without_powers(synced.server, options, name="sync_info", checks=(False,))[0]
    synced.root.chmod(0o755)
    assert result["in_sync"] is True


def test_a_link_that_leads_nowhere_is_counted(synced: World) -> None:
    (synced.root / "link").symlink_to("nowhere")
    synced.put({"link/x": "1"})
    result = info(synced)
    assert result["summary"]["ignored"] == {"broken_link": 1} and result["differences"] == []


@pytest.mark.needs("archived objects")
def test_an_archived_object_is_compared_without_a_restore(world: World) -> None:
    world.write({"a": "1", "b": "2"})
    world.put({"a": "1", "b": "9"}, StorageClass="DEEP_ARCHIVE")
    result = info(world, world.uri(), str(world.root))
    assert differences(result) == [("download", "b", "content")] and result["failures"] == []


def test_rules_are_compared(synced: World) -> None:
    rules = [{"match": ["a"], "cache_control": "no-cache"}]
    assert differences(info(synced, rules=rules)) == [("update", "a", "attributes")]
    synced.up(rules=rules)
    assert info(synced, rules=rules)["in_sync"] is True


def test_two_sides_that_hold_nothing_are_the_same(world: World) -> None:
    assert info(world)["in_sync"] is True
    assert info(world, world.uri(), str(world.tmp_path / "not-there"))["in_sync"] is True
