# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Objects in an archive: planned as what will happen."""

from __future__ import annotations

from typing import Any

import pytest
from world import Reply, Request, World, failures, verbs

pytestmark = pytest.mark.needs("archived objects")


@pytest.fixture(params=["GLACIER", "DEEP_ARCHIVE"])
def archive(world: World, request: pytest.FixtureRequest) -> World:
    """A prefix with one archived object and one that is not."""
    world.put({"cold": "ice"}, StorageClass=request.param)
    world.put({"warm": "tea"})
    return world


def test_by_default_it_fails(archive: World) -> None:
    archive.write({"old": "1"})
    result = archive.down(delete=True)
    assert result["failed"] and failures(result).keys() == {"cold"}
    text = failures(result)["cold"]
    assert "archived" in text and "restore" in text and "skip" in text
    assert archive.tree() == {"warm": "tea", "old": "1"}


def test_it_can_be_left_out(archive: World) -> None:
    archive.write({"old": "1"})
    result = archive.down(delete=True, archived="skip")
    assert verbs(result) == [("download", "warm", "new"), ("delete", "old", "extra")]
    assert result["summary"]["skip"] == {"count": 1, "bytes": 3} and archive.tree() == {"warm": "tea"}


def test_what_is_left_out_is_not_deleted(archive: World) -> None:
    archive.write({"cold": "mine"})
    result = archive.down(delete=True, archived="skip")
    assert verbs(result) == [("download", "warm", "new")] and archive.tree() == {"warm": "tea", "cold": "mine"}


def test_it_can_be_restored(archive: World) -> None:
    result = archive.down(archived="restore")
    assert verbs(result) == [("update", "cold", "restore"), ("download", "warm", "new")]
    assert result["summary"]["requests"] == {"list": 1, "head": 1, "get": 1, "restore": 1}
    assert archive.tree() == {"warm": "tea"}
    head = archive.head("cold")
    assert "ongoing-request" in head["Restore"]
    # moto restores at once.
    assert verbs(archive.down()) == [("download", "cold", "new")]
    assert archive.tree() == {"warm": "tea", "cold": "ice"}
    assert archive.down()["changed"] is False


@pytest.mark.parametrize(("option", "fine"), [("restore", True), ("skip", True), ("fail", False)])
def test_a_restore_under_way_is_not_asked_for_again(archive: World, option: str, fine: bool) -> None:
    with archive.gateway() as gateway:

        def after(request: Request, reply: Reply) -> None:
            if request.method == "HEAD" and request.path.endswith("/cold"):
                reply.headers["x-amz-restore"] = 'ongoing-request="true"'

        gateway.after = after
        result = archive.down(archived=option)
    assert bool(result.get("failed")) is not fine
    assert verbs(result) == [("download", "warm", "new")]
    assert not [request for request in gateway.requests if "restore" in request.query]
    assert archive.tree() == {"warm": "tea"}


def test_it_is_copied_only_after_a_restore(archive: World) -> None:
    result = archive.sync(archive.uri(), archive.uri("two"))
    assert failures(result).keys() == {"cold"} and archive.objects("two/") == {"warm": "tea"}
    assert verbs(archive.sync(archive.uri(), archive.uri("two"), archived="restore")) == [("update", "cold", "restore")]
    assert verbs(archive.sync(archive.uri(), archive.uri("two"))) == [("copy", "cold", "new")]


def test_what_is_here_already_need_not_be_read(archive: World) -> None:
    archive.write({"cold": "ice", "warm": "tea"})
    assert archive.down()["changed"] is False


def test_an_archived_target_is_overwritten_and_deleted_as_any_other(archive: World) -> None:
    archive.write({"cold": "new!"})
    result = archive.up(delete=True)
    assert verbs(result) == [("upload", "cold", "size"), ("delete", "warm", "extra")]
    assert archive.objects() == {"cold": "new!"}


@pytest.mark.parametrize(("option", "fine"), [("fail", False), ("skip", True), ("restore", True)])
def test_new_rules_cannot_be_brought_to_an_archived_target(archive: World, option: str, fine: bool) -> None:
    """S3 would have to read it for the copy onto itself."""
    archive.write({"cold": "ice"})
    result = archive.up(archived=option, rules=[{"match": ["*"], "cache_control": "no-cache"}])
    assert bool(result.get("failed")) is not fine and verbs(result) == []
    assert "CacheControl" not in archive.head("cold")


@pytest.mark.needs("archived objects")
def test_glacier_instant_retrieval_is_read_as_any_other(world: World) -> None:
    world.put({"a": "1"}, StorageClass="GLACIER_IR")
    assert verbs(world.down()) == [("download", "a", "new")]


@pytest.mark.needs("archived objects")
@pytest.mark.parametrize("status", ["", "ARCHIVE_ACCESS", "DEEP_ARCHIVE_ACCESS"])
def test_the_archive_tiers_of_intelligent_tiering(world: World, status: str) -> None:
    """Its listing does not tell in which tier an object is."""
    world.put({"a": "1"}, StorageClass="INTELLIGENT_TIERING")
    bodies = []
    with world.gateway() as gateway:

        def after(request: Request, reply: Reply) -> None:
            if request.method == "HEAD" and status:
                reply.headers["x-amz-archive-status"] = status

        def before(request: Request) -> Any:
            if "restore" in request.query:
                bodies.append(request.body)
                return Reply(202, {}, b"")
            return None

        gateway.after, gateway.before = after, before
        failed, skipped, restored = (world.down(archived=option) for option in ("fail", "skip", "restore"))
    if not status:
        assert verbs(failed) == [("download", "a", "new")]
        return
    assert failed["failed"] and "archived" in failures(failed)["a"]
    assert verbs(skipped) == [] and not skipped.get("failed")
    assert verbs(restored) == [("update", "a", "restore")]
    # From these tiers objects come back for good: S3 refuses a number of days.
    assert b"<Days>" not in bodies[0]
    assert world.tree() == {}
