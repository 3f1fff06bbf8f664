# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Uploads: files as they are, never torn; what cannot be uploaded; links, single files, large files."""

from __future__ import annotations

import hashlib
import os
import pathlib
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._sync import transfer
from world import OLD, Reply, Request, World, error_reply, failures, verbs

pytestmark = pytest.mark.core

MIB = 1 << 20


def test_time_digest_and_type_are_kept(world: World) -> None:
    world.write({"a.html": "<p>"})
    os.utime(world.root / "a.html", ns=(0, 1_600_000_000_123_456_789))
    world.up()
    head = world.head("a.html")
    assert head["Metadata"] == {
        "mtime": "1600000000.123456789", "stowage-sha256": hashlib.sha256(b"<p>").hexdigest()
    }  # fmt: skip
    assert head["ContentType"] == "text/html"


@pytest.mark.needs("line breaks")
def test_odd_names_arrive_as_they_are(world: World) -> None:
    names = [
        "a b+c%20&d=é.txt",
        "quote'\"<>",
        "new\nline",
        "\x07bell",
        "emoji 🙂/x",
        "n" * 255,
        "e\u0301",
        "é",
    ]
    world.write(dict.fromkeys(names, "x"))
    world.up()
    assert set(world.names()) == set(names)
    assert world.up(delete=True)["changed"] is False


@pytest.mark.needs("backslashes")
def test_a_backslash_is_a_character_like_others(world: World) -> None:
    """SeaweedFS takes it for a slash."""
    world.write({"back\\slash": "x", "\\": "y"})
    world.up()
    assert world.objects() == {"back\\slash": "x", "\\": "y"}


# What cannot be uploaded


def test_special_files_are_counted_and_left_out(world: World) -> None:
    world.write({"a": "1"})
    os.mkfifo(world.root / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        # The path of a socket has 108 bytes at most.
        old = os.getcwd()
        os.chdir(world.root)
        try:
            server.bind("socket")
        finally:
            os.chdir(old)
        result = world.up()
    assert verbs(result) == [("upload", "a", "new")] and not result.get("failed")
    assert result["summary"]["ignored"] == {"special": 2}
    assert world.up(exclude=["pipe", "socket"])["summary"]["ignored"] == {}


def test_names_that_are_not_utf8_fail_alone(world: World) -> None:
    world.write({"a": "1"})
    world.put({"old": "2"})
    for name in (b"caf\xe9", b"d\xff/x"):
        path = os.path.join(os.fsencode(world.root), name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb"):
            pass
    result = world.up(delete=True)
    assert result["failed"] and failures(result).keys() == {"caf\\xe9", "d\\xff"}
    assert "not UTF-8" in failures(result)["caf\\xe9"] and "Rename it, or exclude it" in failures(result)["caf\\xe9"]
    assert result["summary"]["ignored"] == {"not_utf8": 2}
    assert world.objects() == {"a": "1", "old": "2"}


def test_keys_of_more_than_1024_bytes_fail_alone(world: World) -> None:
    room = 1024 - len(f"{world.base}app/")
    name = "é" * 100
    fits = (
        ("d/" * room)[: room - len(name.encode())] if room % 2 == 0 else ("d/" * room)[: room - len(name.encode()) - 1]
    )
    fits = fits if fits.endswith("/") else fits + "/"
    longest = fits + name + "x" * (room - len((fits + name).encode()))
    world.write({longest: "1", longest + "x": "2"})
    result = world.up()
    assert failures(result).keys() == {longest + "x"} and "1024 bytes" in failures(result)[longest + "x"]
    assert world.names() == [longest]


def test_a_file_that_vanishes_is_a_failure_of_its_own(world: World) -> None:
    world.write({"a": "1", "b": "2"})
    with world.gateway() as gateway:

        def meddle(request: Request) -> None:
            if request.method == "PUT":
                (world.root / "b").unlink(missing_ok=True)

        gateway.before = meddle
        result = world.run(str(world.root), world.uri(), delete=True, concurrency=1)
    assert result["failed"] and "vanished" in failures(result)["b"]
    assert world.objects() == {"a": "1"}


def growing(monkeypatch: pytest.MonkeyPatch, path: pathlib.Path, times: int) -> None:
    """Let a file grow each time that a first piece of it was read."""
    pread, left = os.pread, [times]

    def meddle(descriptor: int, length: int, offset: int) -> bytes:
        data = pread(descriptor, length, offset)
        if offset == 0 and left[0] and os.path.samestat(os.fstat(descriptor), path.stat()):
            left[0] -= 1
            with open(path, "ab") as file:
                file.write(b"+")
        return data

    monkeypatch.setattr(os, "pread", meddle)


def test_a_file_that_grows_while_it_is_read_is_read_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.write({"log": "line"})
    growing(monkeypatch, world.root / "log", 2)
    assert not world.run(str(world.root), world.uri()).get("failed")
    assert world.objects() == {"log": "line++"}
    assert world.head("log")["Metadata"]["stowage-sha256"] == hashlib.sha256(b"line++").hexdigest()


def test_a_file_that_never_holds_still_is_not_stored(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.write({"log": "line", "fine": "1"})
    world.put({"old": "2"})
    growing(monkeypatch, world.root / "log", 100)
    result = world.run(str(world.root), world.uri(), delete=True)
    assert result["failed"] and "written while it was read" in failures(result)["log"]
    assert world.objects() == {"fine": "1", "old": "2"}


def test_a_file_that_becomes_a_fifo_does_not_hang_the_run(world: World) -> None:
    world.write({"a": "1", "b": "2"})
    with world.gateway() as gateway:

        def meddle(request: Request) -> None:
            if request.method == "PUT" and (world.root / "b").is_file():
                (world.root / "b").unlink()
                os.mkfifo(world.root / "b")

        gateway.before = meddle
        result = world.run(str(world.root), world.uri(), concurrency=1)
    assert "no longer a regular file" in failures(result)["b"] and world.objects() == {"a": "1"}


def test_a_small_file_that_becomes_a_large_one_is_left_to_the_next_run(world: World) -> None:
    world.write({"a": "1", "b": "2"})
    with world.gateway() as gateway:

        def meddle(request: Request) -> None:
            if request.method == "PUT":
                (world.root / "b").write_bytes(bytes(2 << 20))

        gateway.before = meddle
        result = world.run(str(world.root), world.uri(), concurrency=1, on_conflict="overwrite")
    assert "written while it was read" in failures(result)["b"] and world.objects() == {"a": "1"}
    world.run(str(world.root), world.uri())
    assert len(world.objects()["b"]) == 2 << 20


# Links


@pytest.fixture
def linked(world: World) -> World:
    """A tree with a link to a file and to a directory, both outside, and one to a directory inside."""
    outside = world.tmp_path / "outside"
    world.write({"f": "file", "d/x": "in directory"}, outside)
    world.write({"a": "1", "real/y": "2"})
    (world.root / "file").symlink_to(outside / "f")
    (world.root / "dir").symlink_to(outside / "d")
    (world.root / "also").symlink_to("real")
    return world


def test_links_are_followed(linked: World) -> None:
    result = linked.up()
    assert linked.objects() == {
        "a": "1", "real/y": "2", "file": "file", "dir/x": "in directory", "also/y": "2"
    }  # fmt: skip
    assert result["summary"]["ignored"] == {}
    assert linked.up(delete=True)["changed"] is False


def test_links_are_skipped(linked: World) -> None:
    result = linked.up(symlinks="skip")
    assert not result.get("failed") and result["summary"]["ignored"] == {"link": 3}
    assert linked.objects() == {"a": "1", "real/y": "2"}


def test_links_are_errors(linked: World) -> None:
    linked.put({"old": "3"})
    result = linked.up(symlinks="error", delete=True)
    assert result["failed"] and failures(result).keys() == {"file", "dir", "also"}
    assert "symlinks is 'error'" in failures(result)["dir"]
    assert linked.objects() == {"a": "1", "real/y": "2", "old": "3"}


@pytest.mark.parametrize("mode", ["skip", "error"])
def test_links_that_the_filters_leave_out_do_not_exist(linked: World, mode: str) -> None:
    result = linked.up(symlinks=mode, exclude=["/dir/", "file", "/also"])
    assert not result.get("failed") and result["summary"]["ignored"] == {}
    result = linked.up(symlinks=mode, include=["a", "/real/"], exclude=["/dir/", "also/"])
    assert not result.get("failed") and result["summary"]["ignored"] == {}


def test_a_glob_for_directories_spares_a_link_to_a_file(linked: World) -> None:
    """The key is a file's, on both sides; were it left out here, it would be an extra there."""
    linked.up(exclude=["file/", "dir/"], delete=True)
    assert linked.objects() == {"a": "1", "real/y": "2", "file": "file", "also/y": "2"}
    assert linked.up(exclude=["file/", "dir/"], delete=True)["changed"] is False


@pytest.mark.parametrize(
    ("links", "ignored", "names"),
    [
        ({"broken": "nowhere"}, {"broken_link": 1}, ["d/x"]),
        ({"itself": "itself"}, {"broken_link": 1}, ["d/x"]),
        ({"d/up": ".."}, {"looped_link": 1}, ["d/x"]),
        ({"d/here": "."}, {"looped_link": 1}, ["d/x"]),
        ({"one": "d", "d/two": "../d"}, {"looped_link": 2}, ["d/x", "one/x"]),
        ({"through": "d/x/y"}, {"broken_link": 1}, ["d/x"]),
    ],
)
def test_links_that_lead_nowhere_or_round(
    world: World, links: dict[str, str], ignored: dict[str, int], names: list[str]
) -> None:
    world.write({"d/x": "1"})
    for name, target in links.items():
        (world.root / name).symlink_to(target)
    result = world.up()
    assert not result.get("failed") and result["summary"]["ignored"] == ignored
    assert world.names() == names


# One file


@pytest.mark.parametrize(
    ("destination", "key"),
    [("app/1.0.tgz", "1.0.tgz"), ("app/", "build.tgz"), ("app", None), ("app/deep/er/", "deep/er/build.tgz")],
)
def test_one_file_goes_to_the_very_key_or_below_it(world: World, destination: str, key: str | None) -> None:
    world.write({"build.tgz": "1", "other": "2"})
    path = str(world.root / "build.tgz")
    name = (key or "app").rpartition("/")[2]
    assert verbs(world.sync(path, world.uri(destination))) == [("upload", name, "new")]
    assert world.objects("") == {f"app/{key}" if key else "app": "1"}
    assert world.sync(path, world.uri(destination))["changed"] is False
    world.write({"build.tgz": "22"})
    assert verbs(world.sync(path, world.uri(destination))) == [("upload", name, "size")]
    assert world.objects("") == {f"app/{key}" if key else "app": "22"}


@pytest.mark.needs("objects below objects")
def test_one_file_leaves_the_keys_beside_it_alone(world: World) -> None:
    world.write({"a": "1"})
    world.put({"b": "2", "a/c": "3"})
    message = world.refused(str(world.root / "a"), world.uri("app/"), delete=True)
    assert "one file" in message and "leave delete out" in message
    world.sync(str(world.root / "a"), world.uri("app/"))
    assert world.objects() == {"a": "1", "b": "2", "a/c": "3"}


def test_one_file_that_the_filters_do_not_take(world: World) -> None:
    world.write({"a.log": "1"})
    assert world.sync(str(world.root / "a.log"), world.uri("app/"), exclude=["*.log"])["changed"] is False
    assert world.names() == []


def test_one_file_through_a_link_has_the_links_name(world: World) -> None:
    world.write({"app-1.0": "1"})
    (world.tmp_path / "current").symlink_to(world.root / "app-1.0")
    world.sync(str(world.tmp_path / "current"), world.uri("app/"))
    assert world.objects() == {"current": "1"}


# Places as they are written


def test_trailing_slashes_change_nothing(world: World) -> None:
    world.write({"a": "1"})
    world.sync(f"{world.root}/", world.uri("app/"))
    assert world.sync(str(world.root), world.uri("app"))["changed"] is False
    assert world.names() == ["a"]


def test_a_tilde_is_the_home(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(world.tmp_path))
    world.write({"a": "1"})
    world.sync("~/tree", world.uri())
    assert world.names() == ["a"]
    world.sync(world.uri(), "~/copy", state_dir="~/other-state")
    assert world.tree(world.tmp_path / "copy") == {"a": "1"}


def test_the_default_state_directory(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(world.tmp_path / "xdg"))
    world.write({"a": "1"})
    result = world.run(str(world.root), world.uri(), state_dir=None)
    assert result["record"].startswith(str(world.tmp_path / "xdg" / "stowage-s3" / "runs"))


# Unicode forms

NFC, NFD = "\u00e9", "e\u0301"


def test_names_are_compared_as_they_are_by_default(world: World) -> None:
    world.write({NFD: "1"})
    world.put({NFC: "1"})
    assert verbs(world.up()) == [("upload", NFD, "new")]


@pytest.mark.parametrize(("form", "key"), [("nfc", NFC), ("nfd", NFD)])
def test_names_are_brought_to_one_form(world: World, form: str, key: str) -> None:
    world.write({f"{NFD}/x": "1", f"{NFC}-2": "2"})
    assert {one for _verb, one, _reason in verbs(world.up(unicode_form=form))} == {f"{key}/x", f"{key}-2"}
    assert set(world.names()) == {f"{key}/x", f"{key}-2"}
    assert world.up(unicode_form=form, delete=True)["changed"] is False


def test_an_object_that_is_there_keeps_its_form(world: World) -> None:
    world.write({NFD: "new"})
    world.put({NFC: "old", f"{NFC}-extra": "x"})
    assert verbs(world.up(unicode_form="nfd", delete=True)) == [
        ("upload", NFD, "content"), ("delete", f"{NFD}-extra", "extra")
    ]  # fmt: skip
    assert world.objects() == {NFC: "new"}


def test_a_file_that_is_there_keeps_its_form_and_directory(world: World) -> None:
    world.put({f"{NFC}/x": "new"})
    world.write({f"{NFD}/x": "old"})
    assert verbs(world.down(unicode_form="nfc", delete=True)) == [("download", f"{NFC}/x", "content")]
    assert world.tree() == {f"{NFD}/x": "new"}


@pytest.mark.needs("objects below objects")
def test_two_names_of_one_form_are_a_failure(world: World) -> None:
    world.write({NFC: "1", NFD: "2"})
    world.put({f"{NFC}/extra": "3"})
    result = world.up(unicode_form="nfc", delete=True)
    assert result["failed"] and "same name" in next(iter(failures(result).values()))
    assert "3" in world.objects().values()


def test_filters_know_the_form_too(world: World) -> None:
    """Else the side in another form would be taken, and the excluded key overwritten or deleted."""
    world.write({f"{NFD}.log": "mine", "a": "1"})
    world.put({f"{NFC}.log": "theirs", f"{NFC}2.log": "theirs"})
    assert verbs(world.up(unicode_form="nfc", delete=True, exclude=[f"{NFC}*"])) == [("upload", "a", "new")]
    assert world.up(unicode_form="nfd", delete=True, exclude=[f"{NFC}*"])["changed"] is False
    assert world.objects() == {f"{NFC}.log": "theirs", f"{NFC}2.log": "theirs", "a": "1"}


# Large files


@pytest.fixture
def large(world: World) -> Iterator[World]:
    """A file of two parts."""
    path = world.root / "large"
    path.write_bytes(os.urandom(20 * MIB))
    os.utime(path, (OLD, OLD))
    yield world
    path.unlink(missing_ok=True)


def uploads(world: World) -> list[Any]:
    """The multipart uploads that are under way."""
    found = world.s3.list_multipart_uploads(Bucket=world.bucket).get("Uploads", [])
    return [upload for upload in found if upload["Key"].startswith(world.base)]


def test_a_large_file_goes_up_and_down_in_parts(large: World) -> None:
    with large.gateway() as gateway:
        result = large.run(str(large.root), large.uri(), multipart_threshold="5M")
    parts = [request for request in gateway.requests if "partNumber" in request.query]
    assert len(parts) == result["summary"]["requests"]["put"] - 2 > 1
    head = large.head("large")
    content = (large.root / "large").read_bytes()
    assert head["ContentLength"] == 20 * MIB and head["Metadata"]["mtime"] == str(OLD)
    assert "stowage-sha256" not in head["Metadata"]  # known too late
    assert large.up(multipart_threshold="5M")["changed"] is False
    # Without what this run remembers, the content is known all the same.
    assert large.up(multipart_threshold="5M", state_dir=str(large.tmp_path / "fresh"))["changed"] is False
    target = large.tmp_path / "copy"
    with large.gateway() as gateway:
        result = large.run(large.uri(), str(target), multipart_threshold="5M")
    assert (target / "large").read_bytes() == content and result["stats"]["unverified"] == 0
    ranges = [request for request in gateway.requests if "range" in request.headers]
    assert len(ranges) == result["summary"]["requests"]["get"] > 1
    assert all(request.headers["if-match"] for request in ranges)


def test_a_file_just_above_the_threshold_goes_in_parts(world: World) -> None:
    """Also where it would fit into memory whole: it is what the forecast says."""
    world.write({"a": b"\0" * (5 * MIB + 1), "b": b"\0" * (5 * MIB)})
    with world.gateway() as gateway:
        result = world.run(str(world.root), world.uri(), multipart_threshold="5M")
    puts = [
        request
        for request in gateway.requests
        if request.method == "PUT" or "uploads" in request.query or "uploadId" in request.query
    ]
    assert len({id(request) for request in puts}) == result["summary"]["requests"]["put"]
    assert [request.key.rpartition("/")[2] for request in puts if not request.query] == ["b"]


def during_part(large: World, meddle: Callable[[], None]) -> dict[str, Any]:
    """An upload in parts with something going on after the first part has arrived."""
    done = []
    with large.gateway() as gateway:

        def after(request: Request, _reply: Reply) -> None:
            if "partNumber" in request.query and not done:
                done.append(1)
                meddle()

        gateway.after = after
        return large.run(str(large.root), large.uri(), multipart_threshold="5M", concurrency=1)


def test_a_large_file_that_changes_is_never_stored_torn(large: World) -> None:
    def rewrite() -> None:
        with open(large.root / "large", "r+b") as file:
            file.seek(19 * MIB)
            file.write(b"changed")

    result = during_part(large, rewrite)
    assert result["failed"] and "written while it was read" in failures(result)["large"]
    assert large.names() == [] and uploads(large) == []


def test_a_large_file_that_shrinks_is_never_stored(large: World) -> None:
    result = during_part(large, lambda: os.truncate(large.root / "large", 6 * MIB))
    assert result["failed"] and "large" in failures(result)
    assert large.names() == [] and uploads(large) == []


def test_a_part_that_fails_takes_the_upload_with_it(large: World) -> None:
    large.put({"large": "before"})
    with large.gateway() as gateway:
        gateway.before = lambda request: (
            error_reply(403, "AccessDenied") if request.query.get("partNumber") == "2" else None
        )
        result = large.run(str(large.root), large.uri(), multipart_threshold="5M")
    assert result["failed"] and "AccessDenied" in failures(result)["large"]
    assert large.objects() == {"large": "before"} and uploads(large) == []


@pytest.mark.needs("conditional downloads")
def test_a_large_download_that_changes_midway_leaves_what_was_there(large: World) -> None:
    large.run(str(large.root), large.uri(), multipart_threshold="5M")
    large.write({"large": "mine"}, large.tmp_path / "copy")
    done = []
    with large.gateway() as gateway:

        def before(request: Request) -> None:
            if "range" in request.headers and not done:
                done.append(1)
                large.s3.put_object(Bucket=large.bucket, Key=f"{large.base}app/large", Body=b"\0" * (20 * MIB))

        gateway.before = before
        result = large.run(large.uri(), str(large.tmp_path / "copy"), multipart_threshold="5M")
    assert result["failed"] and "changed meanwhile" in failures(result)["large"]
    assert large.tree(large.tmp_path / "copy") == {"large": "mine"}


def test_damage_in_a_range_is_noticed(large: World) -> None:
    large.run(str(large.root), large.uri(), multipart_threshold="5M")
    with large.gateway() as gateway:

        def after(request: Request, reply: Reply) -> None:
            if "range" in request.headers:
                reply.body = reply.body[:100] + b"?" + reply.body[101:]

        gateway.after = after
        result = large.run(large.uri(), str(large.tmp_path / "copy"), multipart_threshold="5M")
    assert result["failed"] and "than S3 says" in failures(result)["large"]
    assert large.tree(large.tmp_path / "copy") == {}


def test_memory_does_not_hold_a_file_that_is_sent_whole(large: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below the threshold and above what is read at once: sent from the file, and checked after."""
    assert transfer.IN_MEMORY < 20 * MIB
    pieces = []
    pread = os.pread
    monkeypatch.setattr(os, "pread", lambda fd, length, at: pieces.append(length) or pread(fd, length, at))
    assert not large.run(str(large.root), large.uri()).get("failed")
    assert pieces and max(pieces) <= MIB
    assert (
        large.head("large")["Metadata"]["stowage-sha256"]
        == hashlib.sha256((large.root / "large").read_bytes()).hexdigest()
    )


@pytest.mark.needs("digests")
def test_a_file_sent_whole_that_changes_is_never_stored(large: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pread = os.pread

    def meddle(descriptor: int, length: int, offset: int) -> bytes:
        if offset == MIB:
            with open(large.root / "large", "r+b") as file:
                file.seek(19 * MIB)
                file.write(b"changed")
        return pread(descriptor, length, offset)

    monkeypatch.setattr(os, "pread", meddle)
    result = large.run(str(large.root), large.uri())
    assert result["failed"] and failures(result).keys() == {"large"} and large.names() == []
