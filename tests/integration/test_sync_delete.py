# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is deleted, what is not, and when a plan to delete is refused."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from server import Server
from world import Reply, World, error_reply, failures, verbs, without_powers

pytestmark = pytest.mark.core


def refusal(world: World, source: str, destination: str, **options: Any) -> dict[str, Any]:
    """A plan that is refused, alike in check mode and in a run, with nothing touched; the run's result."""
    remote, local = world.objects(""), world.tree()
    results = [world.run(source, destination, check=check, delete=True, **options) for check in (True, False)]
    for result in results:
        assert result["failed"] and result["changed"] is False
    # Check mode leaves nothing behind; a refused run is one that monitoring has to know of.
    assert (
        not results[0]["record"] and json.loads(pathlib.Path(results[1]["record"]).read_text())["status"] == "refused"
    )
    assert [results[0][name] for name in ("msg", "actions", "summary", "diff")] == [
        results[1][name] for name in ("msg", "actions", "summary", "diff")
    ]
    assert (world.objects(""), world.tree()) == (remote, local)
    return results[1]


def numbered(count: int) -> dict[str, str]:
    return {f"{number:03}": str(number) for number in range(count)}


# Off by default


def test_nothing_is_deleted_unless_asked_for(world: World) -> None:
    world.write({"a": "1"})
    world.put({"extra": "2"})
    result = world.up()
    assert verbs(result) == [("upload", "a", "new")]
    assert world.objects() == {"a": "1", "extra": "2"}
    world.write({"only-here": "3"})
    assert verbs(world.down()) == [("download", "extra", "new")]
    assert world.tree() == {"a": "1", "extra": "2", "only-here": "3"}


def test_delete_removes_just_the_extras_up(world: World) -> None:
    world.write({"a": "1", "d/b": "2"})
    world.put({"a": "1", "d/old": "3", "z": "4"})
    result = world.up(delete=True)
    assert verbs(result) == [("upload", "d/b", "new"), ("delete", "d/old", "extra"), ("delete", "z", "extra")]
    assert result["summary"]["delete"] == {"count": 2, "bytes": 2}
    assert result["summary"]["requests"]["delete"] == 1
    assert world.objects() == {"a": "1", "d/b": "2"}
    assert world.up(delete=True)["changed"] is False


def test_delete_removes_just_the_extras_down_and_the_directories_left_empty(world: World) -> None:
    world.put({"a": "1"})
    world.write({"a": "1", "old/deep/b": "2", "kept/c": "3"})
    (world.root / "empty").mkdir()
    result = world.down(delete=True, exclude=["/kept/"])
    assert verbs(result) == [("delete", "old/deep/b", "extra")]
    # A directory that no deletion emptied is not the sync's to remove.
    assert world.tree() == {"a": "1", "kept/c": "3", "empty/": ""}
    assert world.down(delete=True, exclude=["/kept/"])["changed"] is False


def test_delete_removes_just_the_extras_across(world: World) -> None:
    world.put({"a": "1", "b": "2"}, "one/")
    world.put({"a": "1", "c": "3"}, "two/")
    result = world.sync(world.uri("one"), world.uri("two"), delete=True)
    assert verbs(result) == [("copy", "b", "new"), ("delete", "c", "extra")]
    assert world.objects("one/") == world.objects("two/") == {"a": "1", "b": "2"}


@pytest.mark.needs("conditional uploads")
def test_transfers_come_before_deletions(world: World) -> None:
    world.write({"z-new": "1"})
    world.put({"a-old": "2"})
    with world.gateway() as gateway:
        world.up(delete=True)
    written = [one for one in gateway.requests if one.method in ("PUT", "POST") and not one.trial]
    kinds = [(request.method, request.query) for request in written]
    assert kinds == [("PUT", {}), ("POST", {"delete": ""})]


# Boundaries


@pytest.mark.needs("objects below objects")
@pytest.mark.parametrize("prefix", ["app", "app/"])
def test_a_prefix_ends_at_its_slash(world: World, prefix: str) -> None:
    world.write({"a": "1"})
    world.put({"app": "0", "app-2/x": "2", "application/y": "3", "app/old": "4"}, "")
    assert verbs(world.up(prefix=prefix, delete=True)) == [("upload", "a", "new"), ("delete", "old", "extra")]
    assert world.objects("") == {"app": "0", "app-2/x": "2", "application/y": "3", "app/a": "1"}


def test_the_root_of_a_bucket(server: Server, bucket: str, tmp_path: pathlib.Path) -> None:
    world = World(server, bucket, tmp_path, base="")
    world.write({"a": "1"})
    world.put({"old": "2", "deep/old": "3"}, "")
    assert verbs(world.up(prefix="", delete=True)) == [
        ("upload", "a", "new"), ("delete", "deep/old", "extra"), ("delete", "old", "extra")
    ]  # fmt: skip
    assert world.objects("") == {"a": "1"}


def test_excluded_keys_are_neither_deleted_nor_counted(world: World) -> None:
    world.write({"a": "1", "here.log": "2"})
    world.put({"there.log": "3", "logs/x": "4", "old": "5"})
    result = world.up(delete=True, exclude=["*.log", "logs/"])
    assert verbs(result) == [("upload", "a", "new"), ("delete", "old", "extra")]
    assert result["summary"]["skip"]["count"] == 0
    assert world.objects() == {"a": "1", "there.log": "3", "logs/x": "4"}


def test_keys_outside_of_include_are_not_deleted(world: World) -> None:
    world.write({"a.txt": "1", "b.bin": "2"})
    world.put({"old.txt": "3", "old.bin": "4"})
    result = world.up(delete=True, include=["*.txt"])
    assert verbs(result) == [("upload", "a.txt", "new"), ("delete", "old.txt", "extra")]
    assert world.objects() == {"a.txt": "1", "old.bin": "4"}


def test_a_directory_excluded_at_the_source_keeps_its_keys(world: World) -> None:
    world.write({"cache/x": "1", "a": "2"})
    world.put({"cache/y": "3", "sub/cache/z": "4"})
    assert verbs(world.up(delete=True, exclude=["cache/"])) == [("upload", "a", "new")]
    assert world.objects() == {"cache/y": "3", "sub/cache/z": "4", "a": "2"}


# The source


def test_a_missing_source_deletes_nothing(world: World) -> None:
    world.put({"a": "1"})
    missing = world.tmp_path / "not" / "mounted"
    message = world.refused(str(missing), world.uri(), delete=True)
    assert "does not exist" in message and str(missing) in message and "mounted" in message


def test_an_empty_source_is_refused(world: World) -> None:
    world.put(numbered(3))
    result = refusal(world, str(world.root), world.uri())
    assert "has no file that the filters take" in result["msg"] and "allow_empty_source" in result["msg"]
    assert result["summary"]["delete"]["count"] == 3 and len(result["actions"]) == 3


def test_an_empty_prefix_as_source_is_refused(world: World) -> None:
    world.write(numbered(3))
    result = refusal(world, world.uri("misspelt"), str(world.root))
    assert "has no file that the filters take" in result["msg"]


def test_a_source_emptied_by_the_filters_is_empty(world: World) -> None:
    world.write({"a.log": "1"})
    world.put({"a.txt": "2"})
    assert "allow_empty_source" in refusal(world, str(world.root), world.uri(), include=["*.txt"])["msg"]


def test_an_empty_source_of_an_empty_destination_is_fine(world: World) -> None:
    assert world.up(delete=True)["changed"] is False


def test_allow_empty_source(world: World) -> None:
    world.put(numbered(3))
    assert world.up(delete=True, allow_empty_source=True)["summary"]["delete"]["count"] == 3
    assert world.objects() == {}


def test_allow_empty_source_does_not_lift_max_delete(world: World) -> None:
    world.put(numbered(11))
    result = refusal(world, str(world.root), world.uri(), allow_empty_source=True)
    assert "max_delete" in result["msg"]


def test_an_empty_source_without_delete_is_told(world: World) -> None:
    world.put({"a": "1"})
    result = world.check(str(world.root), world.uri())
    assert result["changed"] is False
    assert "no file that the filters take" in json.dumps(result["warnings"])


# How many


@pytest.mark.parametrize(
    ("kept", "extra", "max_delete", "fine"),
    [
        (0, 10, None, True),  # up to ten are never too many by default
        (9, 11, None, False),
        (11, 11, None, True),  # just half
        (10, 11, None, False),
        (2, 3, "3", True),
        (2, 3, 2, False),
        (0, 1, "0", False),
        (0, 1, "0%", False),
        (3, 1, "25%", True),
        (4, 1, "20 %", True),
        (4, 1, "19%", False),
        (0, 12, "100%", True),
    ],
)
def test_max_delete(world: World, kept: int, extra: int, max_delete: str | None, fine: bool) -> None:
    files = numbered(kept + extra)
    # One file that is new does not count, nor does one that is excluded.
    world.write({"new": "n", **dict(list(files.items())[:kept])})
    world.put({**files, "other.log": "x"})
    options = {"exclude": ["*.log"]} | ({} if max_delete is None else {"max_delete": max_delete})
    if fine:
        assert world.up(delete=True, **options)["summary"]["delete"]["count"] == extra
        assert len(world.objects()) == kept + 2
    else:
        result = refusal(world, str(world.root), world.uri(), **options)
        assert f"{extra} of the {kept + extra} keys" in result["msg"] and "raise max_delete" in result["msg"]
        # The whole plan is in the result, not the deletions alone.
        assert ("upload", "new", "new") in verbs(result)
        assert len(result["actions"]) == extra + 1 and f"delete {extra} key" in result["diff"]["prepared"]


def test_max_delete_guards_files_too(world: World) -> None:
    world.put({"new": "n"})
    world.write(numbered(3))
    assert "max_delete" in refusal(world, world.uri(), str(world.root), max_delete="2")["msg"]


# Below what was skipped


@pytest.fixture
def nas(world: World) -> Iterator[World]:
    """A source with `data -> elsewhere`, synced once."""
    elsewhere = world.tmp_path / "nas"
    world.write({"x/1": "1", "2": "2"}, elsewhere)
    world.write({"a": "0"})
    (world.root / "data").symlink_to(elsewhere)
    world.up()
    assert world.objects() == {"a": "0", "data/x/1": "1", "data/2": "2"}
    return world


def test_a_broken_link_empties_nothing(nas: World) -> None:
    nas.put({"data2": "old", "database/x": "old"})
    shutil.rmtree(nas.tmp_path / "nas")
    result = nas.up(delete=True, max_delete="100%")
    assert verbs(result) == [("delete", "data2", "extra"), ("delete", "database/x", "extra")]
    assert result["summary"]["ignored"] == {"broken_link": 1}
    assert nas.objects() == {"a": "0", "data/x/1": "1", "data/2": "2"}


def test_skipped_links_protect_what_is_below(nas: World) -> None:
    result = nas.up(delete=True, max_delete="100%", symlinks="skip")
    assert result["changed"] is False and result["summary"]["ignored"] == {"link": 1}
    assert len(nas.objects()) == 3


def test_a_link_to_a_link_that_is_broken(nas: World) -> None:
    (nas.tmp_path / "nas").rename(nas.tmp_path / "gone")
    (nas.tmp_path / "nas").symlink_to(nas.tmp_path / "nowhere")
    assert nas.up(delete=True, max_delete="100%")["changed"] is False


@pytest.mark.needs("objects below objects")
@pytest.mark.parametrize("loop", ["itself", "parent"])
def test_a_looped_link_protects_what_is_below(world: World, loop: str) -> None:
    world.write({"a": "1", "d/b": "2"})
    (world.root / "d" / "loop").symlink_to("loop" if loop == "itself" else "..")
    world.put({"d/loop/x": "3", "d/loop": "4", "d/loops": "5"})
    result = world.up(delete=True, max_delete="100%")
    assert verbs(result) == [("upload", "a", "new"), ("upload", "d/b", "new"), ("delete", "d/loops", "extra")]
    assert sum(result["summary"]["ignored"].values()) == 1
    assert {"d/loop/x", "d/loop"} <= world.objects().keys()


def test_a_special_file_protects_its_key(world: World) -> None:
    world.write({"a": "1"})
    os.mkfifo(world.root / "pipe")
    world.put({"pipe": "2", "pipe2": "3"})
    result = world.up(delete=True, max_delete="100%")
    assert verbs(result) == [("upload", "a", "new"), ("delete", "pipe2", "extra")]
    assert result["summary"]["ignored"] == {"special": 1}
    assert world.objects()["pipe"] == "2"


def test_what_is_skipped_is_protected_under_a_unicode_form_too(world: World) -> None:
    """The name here is in another form than the keys there."""
    decomposed, composed = "e\u0301t\u00e9", "\u00e9t\u00e9"
    world.write({"a": "1"})
    (world.root / decomposed).symlink_to(world.tmp_path / "nowhere")
    world.put({f"{composed}/x": "2"})
    assert verbs(world.up(delete=True, max_delete="100%", unicode_form="nfc")) == [("upload", "a", "new")]
    assert world.objects() == {"a": "1", f"{composed}/x": "2"}


@pytest.fixture
def guarded(world: World) -> Iterator[World]:
    """A tree with a directory and a file that nobody may read."""
    world.write({"a": "1", "closed/x": "2", "secret": "3"})
    (world.root / "closed").chmod(0)
    (world.root / "secret").chmod(0)
    yield world
    (world.root / "closed").chmod(0o755)


@pytest.mark.parametrize("hidden", ["closed", "secret"])
def test_what_cannot_be_read_blocks_all_deletions(guarded: World, hidden: str) -> None:
    guarded.put({"closed/x": "9", "closed/y": "9", "old": "9"})
    other = "secret" if hidden == "closed" else "closed/"
    before, after = without_powers(
        guarded.server,
        {
            "source": str(guarded.root), "destination": guarded.uri(), "state_dir": str(guarded.state),
            "delete": True, "max_delete": "100%", "exclude": [f"/{other}"],
        },
    )  # fmt: skip
    for result in (before, after):
        assert result["failed"]
        assert {key.rstrip("/") for key in failures(result)} == {hidden}
        assert "Permission denied" in next(iter(failures(result).values())) and "exclude it" in result["msg"]
        assert result["summary"]["delete"]["count"] == 0
        assert "nothing is deleted after a failure" in result["msg"]
    assert before["summary"] == after["summary"] and before["actions"] == after["actions"]
    assert before["summary"]["withheld"] == 1
    # The others are synced all the same.
    assert guarded.objects() == {"a": "1", "closed/x": "9", "closed/y": "9", "old": "9"}


def test_an_unreadable_source_deletes_nothing(world: World) -> None:
    world.put({"a": "1"})
    world.root.chmod(0)
    results = without_powers(
        world.server,
        {"source": str(world.root), "destination": world.uri(), "delete": True, "allow_empty_source": True},
    )
    world.root.chmod(0o755)
    for result in results:
        assert result["failed"] and "cannot be read" in result["msg"] and "Grant read permission" in result["msg"]
    assert world.objects() == {"a": "1"}


# Never after an error


def test_a_failed_transfer_withholds_the_deletions(world: World) -> None:
    world.write({"a": "1", "b": "2", "c": "3"})
    world.put({"old": "4"})
    with world.gateway() as gateway:
        gateway.before = lambda request: (
            error_reply(403, "AccessDenied") if request.method == "PUT" and request.path.endswith("/b") else None
        )
        check = world.check(str(world.root), world.uri(), delete=True)
        result = world.run(str(world.root), world.uri(), delete=True)
    # Check mode cannot know.
    assert check["changed"] and not check.get("failed") and check["actions"] == result["actions"]
    assert result["failed"] and result["changed"] and result["stats"]["failed"] == 1
    assert failures(result).keys() == {"b"} and "AccessDenied" in result["msg"]
    assert "1 key to be deleted stay" in result["msg"]
    assert not [request for request in gateway.requests if "delete" in request.query]
    assert world.objects() == {"a": "1", "c": "3", "old": "4"}


def test_a_failed_download_withholds_the_deletions(world: World) -> None:
    world.put({"a": "1", "b": "2"})
    world.write({"old": "3"})
    with world.gateway() as gateway:
        gateway.before = lambda request: (
            error_reply(403, "AccessDenied") if request.method == "GET" and request.path.endswith("/b") else None
        )
        result = world.run(world.uri(), str(world.root), delete=True)
    assert result["failed"] and failures(result).keys() == {"b"}
    assert world.tree() == {"a": "1", "old": "3"}


@pytest.mark.parametrize("side", ["source", "destination"])
def test_a_listing_that_breaks_off_changes_nothing(world: World, side: str) -> None:
    world.put({"a": "1"}, "one/")
    world.put({"old": "2"}, "two/")
    prefix = world.base + ("one/" if side == "source" else "two/")
    with world.gateway() as gateway:
        gateway.before = lambda request: (
            error_reply(403, "AccessDenied") if request.query.get("prefix") == prefix else None
        )
        for check in (True, False):
            result = world.run(world.uri("one"), world.uri("two"), check=check, delete=True)
            assert result["failed"] and "AccessDenied" in result["msg"] and "s3:ListBucket" in result["msg"]
    assert world.objects("two/") == {"old": "2"}


# Refused by S3


def test_what_a_policy_keeps_is_a_failure(world: World) -> None:
    """Multi-delete answers 200 and lists what it did not delete."""
    world.write({"a": "1"})
    world.put({"keep/x": "2", "old": "3"})
    statement = {
        "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject",
        "Resource": f"arn:aws:s3:::{world.bucket}/app/keep/*",
    }  # fmt: skip
    with world.gateway() as gateway:
        refused = (
            f"<DeleteResult><Error><Key>{world.base}app/keep/x</Key><Code>AccessDenied</Code>"
            f"<Message>Denied by {json.dumps(statement['Resource'])}</Message></Error>"
            f"<Deleted><Key>{world.base}app/old</Key></Deleted></DeleteResult>"
        )

        def after(request: Any, reply: Reply) -> None:
            if "delete" in request.query:
                world.s3.put_object(Bucket=world.bucket, Key=f"{world.base}app/keep/x", Body=b"2")
                reply.body = refused.encode()

        gateway.after = after
        result = world.run(str(world.root), world.uri(), delete=True)
    assert result["failed"] and result["changed"]
    assert failures(result)["keep/x"].startswith(f"AccessDenied: Denied by {json.dumps(statement['Resource'])}.")
    assert result["failures"][0]["verb"] == "delete" and result["stats"]["failed"] == 1
    assert world.objects() == {"a": "1", "keep/x": "2"}


def test_a_refusal_without_a_key_fails_the_whole_batch(world: World) -> None:
    """What cannot be told apart must not be taken for deleted."""
    world.write({"a": "1"})
    world.put({"old": "2", "older": "3"})
    with world.gateway() as gateway:
        gateway.before = lambda request: (
            Reply(200, {}, b"<DeleteResult><Error><Code>InternalFault</Code></Error></DeleteResult>")
            if "delete" in request.query
            else None
        )
        result = world.run(str(world.root), world.uri(), delete=True)
    assert result["failed"] and failures(result).keys() == {"old", "older"}


def test_more_keys_than_one_request_lists_or_deletes(world: World) -> None:
    world.write({f"{number:04}": "" for number in range(1005)})
    world.run(str(world.root), world.uri())
    # Were the second page not read, all beyond the first would be uploaded anew.
    result = world.up(delete=True)
    assert result["summary"]["skip"]["count"] == 1005 and result["summary"]["requests"] == {"list": 2}
    for number in range(1, 1005):
        (world.root / f"{number:04}").unlink()
    result = world.up(delete=True, max_delete="100%")
    assert result["summary"]["delete"]["count"] == 1004 and result["summary"]["requests"] == {"list": 2, "delete": 2}
    assert len(result["actions"]) == 100 and result["actions_truncated"]
    assert world.objects() == {"0000": ""}


# Markers


@pytest.mark.needs("directory markers")
def test_a_directory_marker_of_a_directory_that_is_there_stays(world: World) -> None:
    world.write({"d/a": "1", "e/b": "2"})
    world.put({"d/": "", "gone/": ""})
    assert ("delete", "gone/", "extra") in verbs(world.up(delete=True))
    assert "d/" in world.names() and "gone/" not in world.names()
    assert world.up(delete=True)["changed"] is False


@pytest.mark.needs("directory markers")
def test_a_marked_directory_stays_when_it_is_emptied(world: World) -> None:
    """Its marker says that it should be there; to remove and to make it in turn would never end."""
    world.put({"d/": "", "d/a": "1", "d/e/": "", "b": "2"})
    world.down()
    world.s3.delete_objects(Bucket=world.bucket, Delete={"Objects": [{"Key": f"{world.base}app/d/a"}]})
    world.write({"d/e/x": "3"})
    result = world.down(delete=True, max_delete="100%")
    assert verbs(result) == [("delete", "d/a", "extra"), ("delete", "d/e/x", "extra")]
    assert world.tree() == {"b": "2", "d/e/": ""}
    assert world.down(delete=True)["changed"] is False
