# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Conditions towards AWS, which is trusted to heed them, and which no server here can play."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._errors import S3Error
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import NotDeleted
from ansible_collections.stowage.s3.plugins.module_utils._s3.waiting import finish
from ansible_collections.stowage.s3.plugins.module_utils._sync.attributes import Attributes
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Action, Direction, Entry, Verb
from ansible_collections.stowage.s3.plugins.module_utils._sync.filters import Filters
from ansible_collections.stowage.s3.plugins.module_utils._sync.guards import Changed, Guards
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import Job, Side
from scripted import Scripted, answer, error

NEW = Action(Verb.UPLOAD, "k", 1, "new", Entry("k", 1, 0.0))
LISTED = NEW._replace(reason="content", target=Entry("k", 1, 0.0, "old"))
EXTRA = Action(Verb.DELETE, "k", 1, "extra", None, Entry("k", 1, 0.0, "old"))


@pytest.fixture
def aws(make: Callable[..., Bucket]) -> Guards:
    side = Side("s3://b/p", make({"aws": True}), "p/")
    return Guards(
        Job(
            Direction.UP, Side("here", path="/nowhere"), side, Filters(), Attributes(), "content", True, None, False,
            "follow", "fail", "", 1, 8 << 20, False,
        )
    )  # fmt: skip


def write(guards: Guards, action: Action) -> None:
    bucket = guards._job.target.s3
    finish(guards.write(action, "put", lambda conditions: bucket.put_async("p/k", b"1", {}, **conditions._asdict())))


@pytest.mark.parametrize(("action", "header"), [(NEW, ("if-none-match", "*")), (LISTED, ("if-match", '"old"'))])
def test_aws_is_not_tried(scripted: Scripted, aws: Guards, action: Action, header: tuple[str, str]) -> None:
    scripted.play(answer(etag='"new"'))
    write(aws, action)
    (request,) = scripted.requests
    assert header in request.headers.items() and aws.remarks == []


@pytest.mark.parametrize("refusal", [error(412, "PreconditionFailed"), error(404, "NoSuchKey")])
def test_aws_is_believed(scripted: Scripted, aws: Guards, refusal: object) -> None:
    scripted.play(refusal)
    with pytest.raises(Changed, match="at the destination"):
        write(aws, LISTED)


def test_a_write_that_was_never_decided_is_a_conflict(scripted: Scripted, aws: Guards) -> None:
    scripted.play(*[error(409, "ConditionalRequestConflict")] * 5)
    with pytest.raises(Changed, match="at the destination"):
        write(aws, NEW)


def test_aws_is_never_written_to_without(scripted: Scripted, aws: Guards) -> None:
    scripted.play(error(501, "NotImplemented"))
    with pytest.raises(S3Error, match="NotImplemented"):
        write(aws, NEW)
    scripted.play(error(400, "MalformedXML"))
    with pytest.raises(S3Error, match="MalformedXML"):
        aws.delete([EXTRA])
    scripted.play(error(404, "NoSuchBucket"))
    with pytest.raises(S3Error, match="NoSuchBucket"):
        write(aws, LISTED)


def refusing(code: str) -> bytes:
    return (
        f"<DeleteResult><Error><Key>p/k</Key><Code>{code}</Code><Message>No</Message></Error></DeleteResult>".encode()
    )


def test_a_deletion_that_aws_refuses_is_a_conflict_or_done(scripted: Scripted, aws: Guards) -> None:
    scripted.play(answer(body=refusing("PreconditionFailed")), answer(etag='"other"', content_length="0"))
    assert "It changed at the destination" in aws.delete([EXTRA])[0].message
    scripted.play(answer(body=refusing("PreconditionFailed")), answer(etag='"old"', content_length="0"))
    assert "It changed at the destination" in aws.delete([EXTRA])[0].message
    scripted.play(answer(body=refusing("PreconditionFailed")), answer(404))
    assert aws.delete([EXTRA]) == []


def test_a_missing_permission_is_named(scripted: Scripted, aws: Guards) -> None:
    scripted.play(answer(body=refusing("AccessDenied")))
    (stays,) = aws.delete([EXTRA])
    assert stays == NotDeleted("p/k", "AccessDenied", stays.message) and "s3:GetObject" in stays.message


@pytest.mark.parametrize(("applying", "sent"), [(False, False), (True, True)])
def test_overwrite_is_not_for_saved_plans(scripted: Scripted, aws: Guards, applying: bool, sent: bool) -> None:
    aws._job = dataclasses.replace(aws._job, on_conflict="overwrite", applying=applying)
    scripted.play(answer(etag='"new"'))
    write(aws, LISTED)
    scripted.play(answer(body="<DeleteResult/>"))
    # The source has no such file, so it is an extra still.
    assert aws.delete([EXTRA]) == []
    put, delete = scripted.requests
    assert ("if-match" in put.headers, b"<ETag>" in delete.body) == (sent, sent)
