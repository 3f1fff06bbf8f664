# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Downloads: whole files or none, and no key leaves its place."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import pathlib
import stat
import types
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._sync import placement, temporary
from ansible_collections.stowage.s3.plugins.module_utils._sync.disk import Disk
from world import OLD, Reply, Request, World, error_reply, failures, verbs, without_powers

pytestmark = pytest.mark.core

MTIME = {"Metadata": {"mtime": "1600000000.123456789"}}


def only(world: World, key: str) -> dict[str, Any]:
    """Sync down where one key cannot be, and another can: the one fails in check mode and in a run, the other comes."""
    result = world.down()
    assert result["failed"] and failures(result).keys() == {key}
    assert verbs(result) == [("download", "fine", "new")]
    assert (world.root / "fine").read_text() == "fine"
    return result


# Times, modes, owners


def test_the_time_that_an_upload_kept_is_given_back(world: World) -> None:
    world.put({"a": "1"}, **MTIME)
    world.down()
    assert (world.root / "a").stat().st_mtime_ns == 1_600_000_000_123_456_789


@pytest.mark.parametrize("text", ["soon", "99999999999999", "1e9", ""])
def test_without_a_time_of_its_own_an_object_has_last_modified(world: World, text: str) -> None:
    world.put({"a": "1"}, Metadata={"mtime": text} if text else {})
    world.down()
    assert (world.root / "a").stat().st_mtime == world.head("a")["LastModified"].timestamp()


@pytest.mark.parametrize(
    ("text", "nanoseconds"), [("-86400.5", -86_400_500_000_000), ("0", 0), ("9999999999", 9_999_999_999 * 10**9)]
)
def test_times_far_off_are_times_too(world: World, text: str, nanoseconds: int) -> None:
    """The last one is beyond what 64 bits of nanoseconds hold."""
    world.put({"a": "1"}, Metadata={"mtime": text})
    result = world.down()
    assert not result.get("failed")
    # What the file system can keep of it is its own affair.
    probe = world.tmp_path / "probe"
    probe.touch()
    os.utime(probe, ns=(0, nanoseconds))
    assert (world.root / "a").stat().st_mtime_ns == probe.stat().st_mtime_ns
    assert world.down()["changed"] is False


@pytest.mark.needs("times of writing")
def test_compare_time_gives_last_modified(world: World) -> None:
    world.put({"a": "1"}, **MTIME)
    assert verbs(world.down(compare="time")) == [("download", "a", "new")]
    assert (world.root / "a").stat().st_mtime == world.head("a")["LastModified"].timestamp()
    assert world.down(compare="time")["changed"] is False
    os.utime(world.root / "a", (OLD, OLD))
    assert verbs(world.down(compare="time")) == [("download", "a", "newer")]


def test_new_files_follow_the_umask(world: World) -> None:
    world.put({"d/a": "1"})
    old = os.umask(0o027)
    try:
        world.down()
    finally:
        os.umask(old)
    assert stat.S_IMODE((world.root / "d" / "a").stat().st_mode) == 0o640
    assert stat.S_IMODE((world.root / "d").stat().st_mode) == 0o750


def test_replaced_files_keep_mode_owner_and_attributes(world: World) -> None:
    world.put({"a": "new"})
    world.write({"a": "old"})
    path = world.root / "a"
    path.chmod(0o604)
    os.setxattr(path, "user.note", b"kept")
    if os.geteuid() == 0:
        os.chown(path, 12345, 23456)
    before = path.stat()
    assert verbs(world.down()) == [("download", "a", "content")]
    after = path.stat()
    assert path.read_text() == "new" and after.st_ino != before.st_ino
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert os.getxattr(path, "user.note") == b"kept"


def test_a_hard_link_elsewhere_keeps_its_content(world: World) -> None:
    """A file that were written in place would change under all its names."""
    world.put({"a": "new"})
    world.write({"a": "old"})
    os.link(world.root / "a", world.tmp_path / "other")
    world.down()
    assert (world.tmp_path / "other").read_text() == "old" and (world.root / "a").read_text() == "new"


# Keys that cannot be file names


@pytest.mark.needs("keys as written", "backslashes", "directory markers")
@pytest.mark.parametrize(
    "key",
    ["..", "../x", "d/../../x", "d/..", "./x", "d/./x", "/etc/x", "//x", "d//x", "d/", "x\\..\\..\\y", "..\\x", "~/x"],
)
def test_no_key_leaves_the_target(world: World, key: str) -> None:
    marker = key == "d/"
    world.put({"fine": "fine", key: "has content" if marker else "x"})
    outside = sorted(path for path in world.tmp_path.rglob("*") if world.root not in path.parents)
    if "\\" in key or key.startswith("~"):
        # Harmless here: a backslash is a character like others, and no shell expands a tilde.
        result = world.down()
        assert not result.get("failed") and world.tree() == {"fine": "fine", key: "x"}
    else:
        result = only(world, key)
        assert ("has content" if marker else "component") in failures(result)[key]
        assert "Rename the object, or exclude it" in failures(result)[key]
    allowed = {world.root, world.state, *world.state.rglob("*")}
    assert [path for path in outside if path not in allowed] == []
    assert {path for path in world.tmp_path.rglob("*") if world.root not in path.parents} <= allowed


@pytest.mark.needs("keys as written")
def test_an_excluded_key_need_not_be_a_file_name(world: World) -> None:
    world.put({"fine": "1", "bad//x": "2"})
    result = world.down(exclude=["/bad/"])
    assert verbs(result) == [("download", "fine", "new")] and not result.get("failed")


@pytest.mark.needs("long names")
@pytest.mark.parametrize("key", ["n" * 256, "new/" + "n" * 256, "new/" + "ü" * 128 + "/x"])
def test_names_that_are_too_long(world: World, key: str) -> None:
    world.put({"fine": "fine", key: "x"})
    assert "256 bytes; 255 are allowed" in failures(only(world, key))[key]
    assert not (world.root / "new").exists()


def test_a_name_of_the_syncs_own_temporary_files(world: World) -> None:
    key = ".stowage-0123456789abcdef.part"
    world.put({"fine": "fine", key: "x"})
    assert "temporary files" in failures(only(world, key))[key]


@pytest.mark.needs("directory markers")
def test_a_directory_marker_makes_a_directory(world: World) -> None:
    world.put({"d/e/": "", "f/": "", "f/x": "1"})
    result = world.down()
    assert verbs(result) == [("download", "d/e/", "new"), ("download", "f/", "new"), ("download", "f/x", "new")]
    assert world.tree() == {"d/e/": "", "f/x": "1"}
    assert world.down(delete=True)["changed"] is False


# Links in the target


@pytest.fixture
def outside(world: World) -> pathlib.Path:
    """A directory outside of the target, with one file."""
    path = world.tmp_path / "outside"
    path.mkdir()
    (path / "x").write_text("mine")
    return path


def test_nothing_is_written_through_a_linked_parent(world: World, outside: pathlib.Path) -> None:
    (world.root / "link").symlink_to(outside)
    world.put({"fine": "fine", "link/x": "theirs", "link/y/z": "theirs"})
    result = world.down()
    assert result["failed"] and failures(result).keys() == {"link/x", "link/y/z"}
    assert "symbolic link" in failures(result)["link/x"]
    assert world.tree(outside) == {"x": "mine"}


@pytest.mark.parametrize("target", ["x", "nowhere"])
def test_nothing_is_written_through_a_linked_file(world: World, outside: pathlib.Path, target: str) -> None:
    (world.root / "link").symlink_to(outside / target)
    world.put({"fine": "fine", "link": "theirs"})
    assert "symbolic link" in failures(only(world, "link"))["link"]
    assert world.tree(outside) == {"x": "mine"} and (world.root / "link").is_symlink()


def test_nothing_is_deleted_through_a_link(world: World, outside: pathlib.Path) -> None:
    (world.root / "link").symlink_to(outside)
    (world.root / "file").symlink_to(outside / "x")
    world.put({"fine": "fine"})
    world.write({"old": "1"})
    result = world.down(delete=True)
    assert verbs(result) == [("download", "fine", "new"), ("delete", "old", "extra")]
    assert result["summary"]["ignored"] == {"link": 2}
    assert world.tree(outside) == {"x": "mine"}
    assert (world.root / "link").is_symlink() and (world.root / "file").is_symlink()


def test_a_target_that_is_itself_a_link_is_what_it_leads_to(world: World, outside: pathlib.Path) -> None:
    world.put({"x": "theirs"})
    link = world.tmp_path / "target"
    link.symlink_to(outside)
    assert verbs(world.sync(world.uri(), str(link))) == [("download", "x", "size")]
    assert world.tree(outside) == {"x": "theirs"} and link.is_symlink()


def test_a_parent_that_becomes_a_link_while_the_sync_runs(
    world: World, outside: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.put({"d/x": "theirs"})
    world.write({"d/y": "1"})
    ensure = Disk.ensure_directory

    def swap(self: Disk, directory: str) -> None:
        if directory == "d" and not (world.root / "d").is_symlink():
            (world.root / "d").rename(world.tmp_path / "moved")
            (world.root / "d").symlink_to(outside)
        ensure(self, directory)

    monkeypatch.setattr(Disk, "ensure_directory", swap)
    result = world.run(world.uri(), str(world.root), delete=True)
    assert result["failed"] and "through a link" in failures(result)["d/x"]
    assert world.tree(outside) == {"x": "mine"}


# Files and directories in each other's place


@pytest.mark.needs("objects below objects")
def test_an_object_that_is_a_directory_of_another(world: World) -> None:
    """`a` and `a/b` are fine in S3, and cannot both be here."""
    world.put({"a": "1", "a-b": "2", "a/b": "3", "a/c/d": "4"})
    for _again in range(2):
        result = world.down(delete=True)
        assert result["failed"] and failures(result).keys() == {"a/b", "a/c/d"}
        assert "'a' is an object as well" in failures(result)["a/b"]
        assert world.tree() == {"a": "1", "a-b": "2"}
    world.down(exclude=["/a/"])
    world.s3.delete_object(Bucket=world.bucket, Key=f"{world.base}app/a")
    result = world.down(delete=True)
    assert not result.get("failed") and world.tree() == {"a-b": "2", "a/b": "3", "a/c/d": "4"}


@pytest.mark.needs("markers beside objects")
def test_an_object_and_a_marker_of_one_name(world: World) -> None:
    world.put({"fine": "fine", "a": "1", "a/": ""})
    result = world.down()
    assert failures(result).keys() == {"a/"} and world.tree() == {"fine": "fine", "a": "1"}


def test_a_file_in_the_place_of_a_directory_stays_without_delete(world: World) -> None:
    world.put({"fine": "fine", "a/b": "theirs"})
    world.write({"a": "mine"})
    assert "delete is false" in failures(only(world, "a/b"))["a/b"]
    assert (world.root / "a").read_text() == "mine"


@pytest.mark.needs("directory markers")
def test_a_file_in_the_place_of_a_directory_is_replaced_with_delete(world: World) -> None:
    world.put({"a/b": "1", "a/c/d": "2", "e/": ""})
    world.write({"a": "mine", "e": "mine too"})
    result = world.down(delete=True)
    assert verbs(result) == [
        ("download", "a/b", "new"), ("download", "a/c/d", "new"), ("download", "e/", "new"),
        ("delete", "a", "extra"), ("delete", "e", "extra"),
    ]  # fmt: skip
    assert world.tree() == {"a/b": "1", "a/c/d": "2", "e/": ""}
    assert world.down(delete=True)["changed"] is False


def test_a_directory_in_the_place_of_a_file_stays_without_delete(world: World) -> None:
    world.put({"fine": "fine", "a": "theirs"})
    world.write({"a/b": "mine"})
    assert "delete is false" in failures(only(world, "a"))["a"]
    assert (world.root / "a" / "b").read_text() == "mine"


def test_a_directory_in_the_place_of_a_file_is_replaced_with_delete(world: World) -> None:
    world.put({"a": "theirs"})
    world.write({"a/b": "1", "a/c/d": "2"})
    (world.root / "a" / "empty").mkdir()
    result = world.down(delete=True)
    assert verbs(result) == [("download", "a", "new"), ("delete", "a/b", "extra"), ("delete", "a/c/d", "extra")]
    assert world.tree() == {"a": "theirs"}
    assert world.down(delete=True)["changed"] is False


def test_a_directory_is_not_replaced_while_something_in_it_is_kept(world: World) -> None:
    world.put({"a": "theirs", "fine": "fine"})
    world.write({"a/b": "1", "a/keep.log": "2"})
    result = world.down(delete=True, exclude=["*.log"])
    assert result["failed"] and "excluded" in failures(result)["a"]
    # Nothing of it is touched, and nothing is deleted after a failure.
    assert world.tree() == {"a/b": "1", "a/keep.log": "2", "fine": "fine"}


def test_what_stands_in_the_way_stays_when_the_new_content_does_not_come(world: World) -> None:
    world.put({"a": "theirs", "b/c": "theirs"})
    world.write({"a/x": "mine", "b": "mine"})
    with world.gateway() as gateway:
        gateway.before = lambda request: (
            error_reply(403, "AccessDenied")
            if request.method == "GET" and request.path.endswith(("/a", "/c"))
            else None
        )
        result = world.run(world.uri(), str(world.root), delete=True)
    assert failures(result).keys() == {"a", "b/c"}
    assert world.tree() == {"a/x": "mine", "b": "mine"}


def test_the_valve_holds_for_replacements_too(world: World) -> None:
    world.put({"a": "theirs"})
    world.write({f"a/{number}": "mine" for number in range(3)})
    for check in (True, False):
        result = world.run(world.uri(), str(world.root), check=check, delete=True, max_delete="2")
        assert result["failed"] and "max_delete" in result["msg"] and len(result["actions"]) == 4
    assert len(world.tree()) == 3


def test_a_special_file_in_the_way(world: World) -> None:
    world.put({"fine": "fine", "pipe": "x"})
    os.mkfifo(world.root / "pipe")
    assert "special file" in failures(only(world, "pipe"))["pipe"]


# Upper and lower case


def test_keys_that_differ_in_case_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placement, "_ignores_case", lambda _path: True)
    world.put({"Dir/x": "1", "README": "2", "dir/y": "3", "readme": "4"})
    result = world.down()
    assert failures(result).keys() == {"dir/y", "readme"}
    assert "upper and lower case" in failures(result)["readme"]
    assert world.tree() == {"Dir/x": "1", "README": "2"}


def test_keys_that_differ_in_case_are_two_where_the_file_system_says_so(world: World) -> None:
    world.put({"README": "2", "readme": "4"})
    world.down()
    assert world.tree() == {"README": "2", "readme": "4"}


# Whole or not at all


def leftovers(world: World) -> list[pathlib.Path]:
    return list(world.root.rglob(".stowage-*"))


def cut_off(request: Request, reply: Reply) -> None:
    """An answer with fewer bytes than the object has, as after a broken proxy."""
    if request.method == "GET" and request.path.endswith("/a"):
        reply.body = reply.body[:-1]
        reply.headers.pop("x-amz-checksum-crc32", None)


def garbled(request: Request, reply: Reply) -> None:
    if request.method == "GET" and request.path.endswith("/a"):
        reply.body = reply.body[:-1] + b"!"


@pytest.mark.parametrize("damage", [cut_off, garbled])
def test_damaged_content_never_takes_a_files_place(world: World, damage: Callable[[Request, Reply], None]) -> None:
    world.put({"a": "theirs", "fine": "fine"})
    world.write({"a": "mine"})
    with world.gateway() as gateway:
        gateway.after = damage
        result = world.run(world.uri(), str(world.root))
    assert result["failed"] and failures(result).keys() == {"a"}
    assert world.tree() == {"a": "mine", "fine": "fine"} and not leftovers(world)


@pytest.mark.needs("conditional downloads")
def test_an_object_that_changed_since_it_was_listed(world: World) -> None:
    world.put({"a": "listed"})
    with world.gateway() as gateway:

        def rewrite(request: Request) -> None:
            if request.method == "GET" and request.path.endswith("/a"):
                world.put({"a": "changed"})

        gateway.before = rewrite
        result = world.run(world.uri(), str(world.root))
    assert result["failed"] and "changed meanwhile" in failures(result)["a"]
    assert world.tree() == {}


@pytest.mark.parametrize("change", ["edited", "appeared", "replaced"])
def test_a_local_file_that_changed_since_it_was_listed_stays(world: World, change: str) -> None:
    world.put({"a": "theirs"})
    if change != "appeared":
        world.write({"a": "before"})
    with world.gateway() as gateway:

        def meddle(request: Request) -> None:
            if request.method == "GET" and request.path.endswith("/a"):
                if change == "replaced":
                    (world.root / "a").unlink()
                (world.root / "a").write_text("after!")

        gateway.before = meddle
        result = world.run(world.uri(), str(world.root))
    assert result["failed"] and "changed here after it was listed" in failures(result)["a"]
    assert world.tree() == {"a": "after!"} and not leftovers(world)


def test_a_file_to_be_deleted_that_changed_since_it_was_listed_stays(world: World) -> None:
    world.put({"a": "1"})
    world.write({"old": "2"})
    with world.gateway() as gateway:

        def meddle(request: Request) -> None:
            if request.method == "GET" and request.path.endswith("/a"):
                (world.root / "old").write_text("somebody needs it")

        gateway.before = meddle
        result = world.run(world.uri(), str(world.root), delete=True)
    assert failures(result).keys() == {"old"} and world.tree()["old"] == "somebody needs it"


def test_what_a_killed_run_left_is_removed(world: World) -> None:
    world.put({"a": "1"})
    names = [f".stowage-{number:016x}.part" for number in range(3)]
    world.write(dict.fromkeys(names, "half"))
    for name in names[1:]:
        os.utime(world.root / name)
    with open(world.root / names[2]) as used:
        # Of a run that is under way, as its lock tells.
        fcntl.flock(used, fcntl.LOCK_EX)
        assert verbs(world.down(delete=True)) == [("download", "a", "new")]
        assert world.tree() == {"a": "1", names[2]: "half"}
    world.down(delete=True)
    assert world.tree() == {"a": "1"}


def test_what_a_killed_run_left_must_be_old_where_there_are_no_locks(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.put({"a": "1"})
    names = [f".stowage-{number:016x}.part" for number in range(2)]
    world.write(dict.fromkeys(names, "half"))
    os.utime(world.root / names[1])

    def flock(_descriptor: int, _operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(temporary, "fcntl", types.SimpleNamespace(flock=flock, LOCK_EX=2, LOCK_NB=4))
    world.down(delete=True)
    assert world.tree() == {"a": "1", names[1]: "half"}


def test_a_download_under_way_holds_its_lock(world: World) -> None:
    world.put({"a": "1"})
    held = []
    with world.gateway() as gateway:

        def meddle(request: Request) -> None:
            if request.method == "GET" and request.path.endswith("/a"):
                (path,) = leftovers(world)
                with open(path) as used, contextlib.suppress(BlockingIOError):
                    fcntl.flock(used, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return
                held.append(path)

        gateway.before = meddle
        world.down()
    assert len(held) == 1 and world.tree() == {"a": "1"}


def test_a_directory_that_cannot_be_written(world: World) -> None:
    world.put({"closed/a": "1", "closed/new/b": "2", "fine": "3"})
    world.write({"closed/a": "0"})
    (world.root / "closed").chmod(0o555)
    before, after = without_powers(
        world.server, {"source": world.uri(), "destination": str(world.root), "state_dir": str(world.state)}
    )
    for result in (before, after):
        assert failures(result).keys() == {"closed/a", "closed/new/b"}
        assert all("Grant write permission" in text for text in failures(result).values())
        assert verbs(result) == [("download", "fine", "new")]
    assert world.tree() == {"closed/a": "0", "fine": "3"} and not leftovers(world)


def test_a_full_disk_is_a_failure_of_its_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.put({"a": "1" * 100, "fine": "fine"})
    write = os.write

    def full(descriptor: int, data: bytes) -> int:
        if len(data) == 100:
            raise OSError(28, "No space left on device")
        return write(descriptor, data)

    monkeypatch.setattr(os, "write", full)
    result = world.run(world.uri(), str(world.root))
    assert "No space left" in failures(result)["a"]
    assert world.tree() == {"fine": "fine"} and not leftovers(world)


def test_fsync_waits_for_the_disk(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.put({"a": "1"})
    synced = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.readlink(f"/proc/self/fd/{descriptor}")))
    world.run(world.uri(), str(world.root))
    assert synced == []
    world.run(world.uri(), str(world.tmp_path / "other"), fsync=True)
    # The file before it has its name, and then the directory that names it.
    assert [".stowage-" in path for path in synced] == [True, False]


def test_a_new_target_is_made_with_what_is_above_it(world: World) -> None:
    world.put({"a": "1"})
    target = world.tmp_path / "new" / "deeper"
    world.sync(world.uri(), str(target))
    assert world.tree(target) == {"a": "1"}


def test_one_failed_object_does_not_stop_the_others(world: World) -> None:
    world.put({f"{number}": str(number) for number in range(8)})
    with world.gateway() as gateway:
        gateway.before = lambda request: (
            error_reply(403, "AccessDenied")
            if request.method == "GET" and request.path[-2:] in ("/1", "/3", "/5", "/7")
            else None
        )
        result = world.run(world.uri(), str(world.root))
    assert result["failed"] and result["changed"] and result["stats"]["failed"] == 4
    assert [failure["key"] for failure in result["failures"]] == ["1", "3", "5", "7"]
    assert result["msg"].startswith("4 keys failed while syncing.") and "and 1 more" in result["msg"]
    assert world.tree() == {"0": "0", "2": "2", "4": "4", "6": "6"}
