# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Somebody else writes to the destination while a sync runs: nobody's work is lost without a word."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from capabilities import lacking
from harness import warned
from matrix import place
from world import Gateway, Reply, Request, World, error_reply, failures, verbs

pytestmark = pytest.mark.core

MIB = 1 << 20
CHANGED = "It changed at the {} since it was listed, so it stays as it is. Run the sync again, or set on_conflict to"
CONDITIONS = ("if-match", "if-none-match")


def meanwhile(gateway: Gateway, where: Callable[[Request], bool], act: Callable[[], object]) -> None:
    """Do something once, just before the first request that fits is passed on."""
    waiting = [act]

    def before(request: Request) -> None:
        if waiting and not request.trial and where(request):
            waiting.pop()()

    gateway.before = before


def put_of(name: str) -> Callable[[Request], bool]:
    return lambda request: request.method == "PUT" and request.key.endswith(f"/{name}")


def deletion(request: Request) -> bool:
    return "delete" in request.query


# Uploads


@pytest.mark.needs("conditional uploads")
def test_an_object_that_appeared_meanwhile_stays_and_nothing_is_deleted(world: World) -> None:
    world.write({"a": "ours", "b": "ours"})
    world.put({"old": "1"})
    with world.gateway() as gateway:
        meanwhile(gateway, put_of("a"), lambda: world.put({"a": "theirs"}))
        result = world.run(str(world.root), world.uri(), delete=True)
    assert result["failed"] and result["changed"] and failures(result)["a"].startswith(CHANGED.format("destination"))
    assert world.objects() == {"a": "theirs", "b": "ours", "old": "1"}
    # Whoever runs again has seen it.
    assert verbs(world.up(delete=True)) == [("upload", "a", "size"), ("delete", "old", "extra")]
    assert world.objects() == {"a": "ours", "b": "ours"}


@pytest.mark.needs("conditional uploads")
@pytest.mark.parametrize("theirs", ["rewritten", None])
def test_an_object_that_was_replaced_or_deleted_meanwhile_is_not_overwritten(world: World, theirs: str | None) -> None:
    world.write({"a": "new content"})
    world.put({"a": "old"})

    def act() -> None:
        if theirs is None:
            world.s3.delete_object(Bucket=world.bucket, Key=f"{world.base}app/a")
        else:
            world.put({"a": theirs})

    with world.gateway() as gateway:
        meanwhile(gateway, put_of("a"), act)
        result = world.run(str(world.root), world.uri())
    assert failures(result)["a"].startswith(CHANGED.format("destination"))
    assert world.objects() == ({} if theirs is None else {"a": theirs})


def test_overwrite_wins_and_sends_no_condition(world: World) -> None:
    world.write({"a": "ours", "b": "ours too"})
    world.put({"b": "old", "extra": "1"})
    with world.gateway() as gateway:
        meanwhile(gateway, put_of("a"), lambda: world.put({"a": "theirs", "b": "theirs", "extra": "theirs"}))
        result = world.run(str(world.root), world.uri(), delete=True, on_conflict="overwrite", concurrency=1)
    assert not result.get("failed") and world.objects() == {"a": "ours", "b": "ours too"}
    written = [request for request in gateway.requests if request.method in ("PUT", "POST")]
    assert len(written) == 3 and b"ETag" not in written[-1].body
    assert not [request for request in written if any(name in request.headers for name in CONDITIONS)]


@pytest.mark.needs("conditional uploads")
def test_a_large_upload_is_on_condition_at_its_end_and_leaves_no_parts(world: World) -> None:
    world.write({"a": b"\0" * (6 * MIB)})
    with world.gateway() as gateway:
        meanwhile(gateway, lambda request: "uploadId" in request.query and request.method == "POST",
                  lambda: world.put({"a": "theirs"}))  # fmt: skip
        result = world.run(str(world.root), world.uri(), multipart_threshold="5M")
    assert failures(result)["a"].startswith(CHANGED.format("destination"))
    assert world.objects() == {"a": "theirs"}
    uploads = world.s3.list_multipart_uploads(Bucket=world.bucket).get("Uploads", [])
    assert [one for one in uploads if one["Key"].startswith(world.base)] == []
    assert verbs(world.up(multipart_threshold="5M")) == [("upload", "a", "size")]
    assert world.head("a")["ContentLength"] == 6 * MIB


# Within S3


@pytest.mark.needs("conditional copies")
@pytest.mark.parametrize("listed", [{}, {"a": "old"}])
def test_a_copy_overwrites_no_later_work(world: World, listed: dict[str, str]) -> None:
    world.put({"a": "ours"}, "one/")
    world.put(listed, "two/")
    with world.gateway() as gateway:
        meanwhile(gateway, put_of("a"), lambda: world.put({"a": "theirs"}, "two/"))
        result = world.run(world.uri("one"), world.uri("two"))
    assert failures(result)["a"].startswith(CHANGED.format("source or destination"))
    assert world.objects("two/") == {"a": "theirs"}
    assert verbs(world.sync(world.uri("one"), world.uri("two"))) == [("copy", "a", "size")]


@pytest.mark.needs("conditional copies")
def test_a_copy_takes_nothing_but_what_was_listed(world: World) -> None:
    world.put({"a": "one"}, "one/")
    with world.gateway() as gateway:
        meanwhile(gateway, put_of("a"), lambda: world.put({"a": "another"}, "one/"))
        result = world.run(world.uri("one"), world.uri("two"))
    assert failures(result)["a"].startswith(CHANGED.format("source or destination"))
    assert world.objects("two/") == {}


@pytest.mark.needs("conditional copies")
def test_an_update_of_attributes_overwrites_no_later_work(world: World) -> None:
    world.write({"a": "same"})
    world.up()
    with world.gateway() as gateway:
        meanwhile(gateway, put_of("a"), lambda: world.put({"a": "theirs"}))
        result = world.run(str(world.root), world.uri(), rules=[{"match": ["*"], "cache_control": "no-cache"}])
    assert verbs(result) == [("update", "a", "attributes")]
    assert failures(result)["a"].startswith(CHANGED.format("source or destination"))
    assert world.objects() == {"a": "theirs"}


# Deletions


@pytest.mark.needs("conditional deletions")
def test_an_extra_that_was_rewritten_meanwhile_is_not_deleted(world: World) -> None:
    world.write({"a": "1"})
    world.put({"a": "1", "old": "2", "older": "3"})
    with world.gateway() as gateway:
        meanwhile(gateway, deletion, lambda: world.put({"old": "theirs"}))
        result = world.run(str(world.root), world.uri(), delete=True)
    assert failures(result)["old"].startswith(CHANGED.format("destination")) and result["stats"]["failed"] == 1
    assert world.objects() == {"a": "1", "old": "theirs"}


def test_an_extra_that_went_meanwhile_is_no_conflict(world: World) -> None:
    world.write({"a": "1"})
    world.put({"a": "1", "old": "2", "older": "3"})
    with world.gateway() as gateway:
        meanwhile(gateway, deletion, lambda: world.s3.delete_object(Bucket=world.bucket, Key=f"{world.base}app/old"))
        result = world.run(str(world.root), world.uri(), delete=True)
    assert not result.get("failed") and world.objects() == {"a": "1"}


# Answers that are lost


@pytest.mark.needs("conditional uploads")
@pytest.mark.parametrize("listed", [{}, {"a": "old"}])
def test_what_stands_in_the_way_may_be_our_own(world: World, listed: dict[str, str]) -> None:
    """The object is stored and the answer lost: the condition of the second attempt cannot hold any more."""
    world.write({"a": "new"})
    world.put(listed)
    lost = []

    def after(request: Request, reply: Reply) -> None:
        if request.method == "PUT" and not request.trial and not lost:
            lost.append(reply.status)
            reply.status, reply.body = 500, b""

    with world.gateway() as gateway:
        gateway.after = after
        result = world.run(str(world.root), world.uri())
    assert lost == [200] and not result.get("failed") and world.objects() == {"a": "new"}
    assert world.up()["changed"] is False


def test_what_a_lost_answer_deleted_is_deleted(world: World) -> None:
    world.put({"old": "1"})
    world.write({"a": "1"})
    lost = []

    def after(request: Request, reply: Reply) -> None:
        if deletion(request) and not lost:
            lost.append(reply.status)
            reply.status, reply.body = 500, b""

    with world.gateway() as gateway:
        gateway.after = after
        result = world.run(str(world.root), world.uri(), delete=True)
    assert lost == [200] and not result.get("failed") and world.objects() == {"a": "1"}


@pytest.mark.needs("conditional uploads")
def test_another_write_at_the_same_time_is_waited_for(world: World) -> None:
    """409: S3 cannot tell yet which of two writes was first."""
    world.write({"a": "1"})
    told = []

    def before(request: Request) -> Reply | None:
        if request.method == "PUT" and not request.trial and len(told) < 2:
            told.append(request.key)
            return error_reply(409, "ConditionalRequestConflict")
        return None

    with world.gateway() as gateway:
        gateway.before = before
        result = world.run(str(world.root), world.uri())
    assert len(told) == 2 and not result.get("failed") and world.objects() == {"a": "1"}


# Endpoints that know no conditions


@pytest.mark.parametrize(
    ("status", "code"), [(501, "NotImplemented"), (400, "InvalidArgument"), (400, "InvalidRequest")]
)
def test_an_endpoint_that_refuses_conditions_is_written_without_and_said_so_once(
    world: World, status: int, code: str
) -> None:
    world.write({"a": "1", "b": "2", "c": b"\0" * (6 * MIB)})
    world.put({"b": "old", "extra": "3"})

    def before(request: Request) -> Reply | None:
        asked = any(name in request.headers for name in CONDITIONS) or (deletion(request) and b"<ETag>" in request.body)
        return error_reply(status, code) if asked else None

    with world.gateway() as gateway:
        gateway.before = before
        result = world.run(str(world.root), world.uri(), delete=True, multipart_threshold="5M", concurrency=1)
    assert not result.get("failed") and world.names() == ["a", "b", "c"]
    assert warned(result) == [
        f"This endpoint does not know conditions on writes (PutObject: {code}): what others write to the destination"
        " while a sync runs may be overwritten. Let nobody else write there meanwhile; on_conflict set to overwrite"
        " leaves the conditions out."
    ]
    # Once it is known, nothing is asked again. The large file has a thread of its own, and may ask before that.
    asked = [request for request in gateway.requests if any(name in request.headers for name in CONDITIONS)]
    large = [request for request in asked if request.path.endswith("/c")]
    assert len(asked) - len(large) == 1 and len(large) <= 1


@pytest.mark.needs("conditional uploads")
def test_a_deletion_that_is_refused_for_its_condition_is_done_without(world: World) -> None:
    world.put({"extra": "3"})
    world.write({"a": "1"})
    with world.gateway() as gateway:
        gateway.before = lambda request: (
            error_reply(400, "MalformedXML") if deletion(request) and b"<ETag>" in request.body else None
        )
        result = world.run(str(world.root), world.uri(), delete=True)
    assert not result.get("failed") and world.names() == ["a"]
    assert "DeleteObjects: MalformedXML" in warned(result)[0]


def test_another_refusal_is_told_as_it_is(world: World) -> None:
    world.write({"a": "1"})
    with world.gateway() as gateway:
        gateway.before = lambda request: (
            error_reply(400, "InvalidArgument", "No such class.") if request.method == "PUT" else None
        )
        result = world.run(str(world.root), world.uri())
    assert "InvalidArgument (400): No such class." in failures(result)["a"]
    assert not warned(result)


def test_an_endpoint_that_does_not_heed_conditions_is_noticed(request: pytest.FixtureRequest, world: World) -> None:
    """What the table of capabilities says of this server is what the sync finds out of it."""
    unheeded = "This endpoint does not heed conditions on writes"
    name = place(request.node)
    world.write({"a": "1", "b": "2"})
    told = [f"{unheeded} (put)"] if lacking(name, ["conditional uploads"]) else []
    assert [text.partition(":")[0] for text in warned(world.up())] == told
    result = world.run(world.uri(), world.uri("two"))
    assert not result.get("failed") and world.objects("two/") == {"a": "1", "b": "2"}
    told = [f"{unheeded} (copy)"] if lacking(name, ["conditional copies"]) else []
    assert [text.partition(":")[0] for text in warned(result)] == told


def test_an_endpoint_that_misjudges_a_condition_is_not_believed(world: World) -> None:
    """Whether an object is as it was listed can be seen."""
    world.write({"a": "1", "b": "2"})
    world.put({"b": "old", "extra": "3"})

    def before(request: Request) -> Reply | None:
        if request.method == "PUT" and any(name in request.headers for name in CONDITIONS):
            return error_reply(412, "PreconditionFailed")
        return None

    def after(request: Request, reply: Reply) -> None:
        if deletion(request) and b"<ETag>" in request.body:
            world.put({"extra": "3"})
            reply.body = (
                f"<DeleteResult><Error><Key>{world.base}app/extra</Key><Code>PreconditionFailed</Code><Message/></Error>"
                "</DeleteResult>"
            ).encode()

    with world.gateway() as gateway:
        gateway.before, gateway.after = before, after
        result = world.run(str(world.root), world.uri(), delete=True)
    assert not result.get("failed"), result["failures"]
    assert world.objects() == {"a": "1", "b": "2"}
