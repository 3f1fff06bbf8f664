# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Versions, locks and ACLs of objects that are moved to other storage classes."""

from __future__ import annotations

import datetime
import functools
import pathlib
from typing import Any

import pytest
from server import Server
from shelf import Shelf, small_copies
from world import Reply, Request, failures, shared_client

pytestmark = pytest.mark.needs("listed storage classes")
MIB = 1 << 20
LATER = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(days=30)


# Tests share two buckets for each server, as the first object of a bucket takes longer than a test.


@functools.cache
def _made(server: Server, name: str, locks: bool) -> str:
    s3 = shared_client(server)
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=locks)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


@pytest.fixture
def versioned(server: Server, tmp_path: pathlib.Path, one_session: None) -> Shelf:
    """In a bucket that keeps versions."""
    return Shelf(server, _made(server, "shared-versions", locks=False), tmp_path)


@pytest.fixture
def locking(server: Server, tmp_path: pathlib.Path, one_session: None) -> Shelf:
    """In a bucket whose versions can be locked."""
    return Shelf(server, _made(server, "shared-locks", locks=True), tmp_path)


def suspend(shelf: Shelf, status: str = "Suspended") -> None:
    """Suspend versioning, or enable it."""
    shelf.s3.put_bucket_versioning(Bucket=shelf.bucket, VersioningConfiguration={"Status": status})


def versions(shelf: Shelf, key: str) -> list[tuple[str, bytes, str]]:
    """Of an object: id, content and class, the newest first."""
    place = {"Bucket": shelf.bucket, "Key": f"{shelf.base}app/{key}"}
    found = shelf.s3.list_object_versions(Bucket=shelf.bucket, Prefix=place["Key"])["Versions"]
    return [
        (
            one["VersionId"],
            shelf.s3.get_object(**place, VersionId=one["VersionId"])["Body"].read(),
            one.get("StorageClass", "STANDARD"),
        )
        for one in found
        if one["Key"] == place["Key"]
    ]


@pytest.mark.needs("versions")
def test_versions_are_kept(versioned: Shelf) -> None:
    """The copy is a new one, and what was there before stays as it was."""
    for content in ("first", "second"):
        versioned.put({"a": content})
    before = versions(versioned, "a")
    assert versioned.move(storage_class="STANDARD_IA")["changed"]
    new, *old = versions(versioned, "a")
    assert old == before and new[1:] == (b"second", "STANDARD_IA")
    assert not versioned.move(storage_class="STANDARD_IA")["changed"]
    assert versions(versioned, "a") == [new, *old]


@pytest.mark.needs("versions")
def test_the_replaced_version_is_deleted_and_no_other(versioned: Shelf) -> None:
    for content in ("first", "second"):
        versioned.put({"a": content, "b": content})
    versioned.put({"b": "third"}, StorageClass="STANDARD_IA")
    before = {key: versions(versioned, key) for key in "ab"}
    result = versioned.move(storage_class="STANDARD_IA", replaced_versions="delete")
    assert result["stats"]["versions_deleted"] == 1 and result["summary"]["requests"]["delete"] == 1
    new, *old = versions(versioned, "a")
    assert new[1:] == (b"second", "STANDARD_IA") and old == before["a"][1:]
    assert versions(versioned, "b") == before["b"]


@pytest.mark.needs("versions", "copies by parts")
def test_of_a_large_object_too(versioned: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy by parts has another ETag: where no checksum proves it, the replaced version stays."""
    small_copies(monkeypatch.setattr)
    versioned.put({"large": b"x" * (6 * MIB)})
    before = versions(versioned, "large")
    result = versioned.move(storage_class="STANDARD_IA", replaced_versions="delete")
    assert result["stats"]["versions_unproven"] == 1 and result["stats"]["versions_deleted"] == 0
    new, *old = versions(versioned, "large")
    assert old == before and new[1:] == (b"x" * (6 * MIB), "STANDARD_IA")


@pytest.mark.needs("null versions")
def test_a_null_version_is_replaced_in_its_place_or_deleted_by_its_name(
    server: Server, bucket: str, tmp_path: pathlib.Path, one_session: None
) -> None:
    versioned = Shelf(server, bucket, tmp_path)
    suspend(versioned)
    versioned.put({"a": "null"})
    assert versioned.move(storage_class="STANDARD_IA", replaced_versions="delete")["changed"]
    assert [one[1:] for one in versions(versioned, "a")] == [(b"null", "STANDARD_IA")]
    suspend(versioned, "Enabled")
    assert versioned.move(storage_class="STANDARD", replaced_versions="delete")["changed"]
    assert [one[1:] for one in versions(versioned, "a")] == [(b"null", "STANDARD")]


@pytest.mark.needs("versions")
def test_without_versioning_there_is_nothing_to_delete(shelf: Shelf) -> None:
    shelf.put({"a": "1"})
    result = shelf.move(storage_class="STANDARD_IA", replaced_versions="delete")
    assert "delete" not in result["summary"]["requests"] and shelf.objects() == {"a": "1"}


@pytest.mark.needs("versions")
@pytest.mark.parametrize(
    ("name", "value"), [("etag", f'"{"0" * 32}"'), ("x-amz-version-id", "another"), ("content-length", "2")]
)
def test_a_version_whose_copy_is_not_proven_stays(versioned: Shelf, name: str, value: str) -> None:
    versioned.put({"a": "1"})
    before = versions(versioned, "a")
    with versioned.gateway() as gateway:

        def after(request: Request, reply: Reply) -> None:
            if request.method == "HEAD" and "STANDARD_IA" in reply.headers.values():
                reply.headers = {one: told for one, told in reply.headers.items() if one.lower() != name}
                reply.headers[name] = value

        gateway.after = after
        result = versioned.once(storage_class="STANDARD_IA", replaced_versions="delete")
    assert (result["stats"]["versions_deleted"], result["stats"]["versions_unproven"]) == (0, 1)
    assert versions(versioned, "a")[1:] == before


@pytest.mark.needs("versions")
def test_a_deletion_that_is_refused_is_a_failure_and_the_object_is_moved(versioned: Shelf) -> None:
    versioned.put({"a": "1"})
    with versioned.gateway() as gateway:
        gateway.before = lambda request: Reply(403, {}, b"") if request.method == "DELETE" else None
        result = versioned.once(storage_class="STANDARD_IA", replaced_versions="delete")
    assert (
        "s3:DeleteObjectVersion" in failures(result)["a"]
        and versions(versioned, "a")[0][0] not in failures(result)["a"]
    )
    assert versioned.classes() == {"a": "STANDARD_IA"} and versions(versioned, "a")[1][0] in failures(result)["a"]


@pytest.mark.needs("versions")
def test_a_copy_whose_answer_is_lost_is_not_made_twice(versioned: Shelf) -> None:
    versioned.put({"a": "1", "b": "2"})
    lost = set[str]()
    with versioned.gateway() as gateway:

        def after(request: Request, reply: Reply) -> None:
            if "x-amz-copy-source" in request.headers and reply.status == 200 and request.key not in lost:
                lost.add(request.key)
                reply.status = 0

        gateway.after = after
        result = versioned.once(storage_class="STANDARD_IA")
    assert not result.get("failed") and len(lost) == 2
    assert {key: [one[1:] for one in versions(versioned, key)] for key in "ab"} == {
        "a": [(b"1", "STANDARD_IA"), (b"1", "STANDARD")],
        "b": [(b"2", "STANDARD_IA"), (b"2", "STANDARD")],
    }


@pytest.mark.needs("versions")
def test_mfa_delete_is_refused(versioned: Shelf) -> None:
    versioned.put({"a": "1"})
    with versioned.gateway() as gateway:

        def after(request: Request, reply: Reply) -> None:
            if "versioning" in request.query:
                reply.body = reply.body.replace(b"<Status>", b"<MfaDelete>Enabled</MfaDelete><Status>")

        gateway.after = after
        assert "MFA delete" in versioned.refuse(storage_class="STANDARD_IA", replaced_versions="delete")


# Locks

LOCKED: dict[str, Any] = {
    "ObjectLockMode": "GOVERNANCE",
    "ObjectLockRetainUntilDate": LATER,
    "ObjectLockLegalHoldStatus": "ON",
    "ChecksumAlgorithm": "CRC32",
}


def lock_of(shelf: Shelf, key: str) -> dict[str, Any]:
    """What a HEAD tells of it."""
    return {name: value for name, value in shelf.head(key).items() if name.startswith("ObjectLock")}


@pytest.mark.needs("object locks")
def test_a_lock_is_kept_and_what_is_locked_is_not_deleted(locking: Shelf) -> None:
    locking.put({"locked": "1"}, **LOCKED)
    locking.put({"held": "2"}, ObjectLockLegalHoldStatus="ON", ChecksumAlgorithm="CRC32")
    locking.put({"free": "3"})
    before = {key: lock_of(locking, key) for key in locking.names()}
    old = {key: versions(locking, key) for key in locking.names()}
    result = locking.move(storage_class="STANDARD_IA", replaced_versions="delete")
    assert {key: lock_of(locking, key) for key in locking.names()} == before
    assert before["locked"]["ObjectLockRetainUntilDate"] == LATER
    assert locking.classes() == dict.fromkeys(before, "STANDARD_IA")
    assert (result["stats"]["versions_locked"], result["stats"]["versions_deleted"]) == (2, 1)
    for key in ("locked", "held"):
        assert versions(locking, key)[1:] == old[key]
    assert len(versions(locking, "free")) == 1


@pytest.mark.needs("object locks")
def test_a_lock_that_may_not_be_read_is_a_failure(locking: Shelf) -> None:
    """HEAD leaves it out for those who may not know, which is not to be taken for none."""
    locking.put({"locked": "1"}, **LOCKED)
    with locking.gateway() as gateway:
        gateway.before = lambda request: Reply(403, {}, b"") if "retention" in request.query else None
        result = locking.move(storage_class="STANDARD_IA")
    assert "s3:GetObjectRetention" in failures(result)["locked"] and locking.classes() == {"locked": "STANDARD"}


@pytest.mark.needs("object locks")
def test_retention_that_is_over_is_not_asked_for(locking: Shelf) -> None:
    locking.put({"a": "1"})
    over = b"<Retention><Mode>COMPLIANCE</Mode><RetainUntilDate>2020-01-01T00:00:00Z</RetainUntilDate></Retention>"
    with locking.gateway() as gateway:
        gateway.before = lambda request: Reply(200, {}, over) if "retention" in request.query else None
        result = locking.once(storage_class="STANDARD_IA", replaced_versions="delete")
        copies = [one for one in gateway.requests if "x-amz-copy-source" in one.headers]
    assert not result.get("failed") and len(versions(locking, "a")) == 1
    assert not [name for one in copies for name in one.headers if name.startswith("x-amz-object-lock")]


# ACLs

ENFORCED = b"<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>"


@pytest.mark.needs("ACLs of copies")
def test_an_acl_is_kept(shelf: Shelf) -> None:
    shelf.put({"private": "1"})
    shelf.put({"public": "2"}, ACL="public-read")
    everybody = 'uri="http://acs.amazonaws.com/groups/global/AllUsers"'
    shelf.put({"shared": "3"}, GrantRead=everybody, GrantFullControl='id="other"', GrantWriteACP='id="third"')
    before = {key: grants(shelf, key) for key in shelf.names()}
    result = shelf.move(storage_class="STANDARD_IA")
    assert {key: grants(shelf, key) for key in shelf.names()} == before and len(before["shared"]) == 3
    # The bucket's, and each object's.
    assert result["summary"]["requests"]["acl"] == 1 + 3


@pytest.mark.needs("ACLs of copies", "copies by parts")
def test_an_acl_is_kept_by_parts(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    small_copies(monkeypatch.setattr)
    shelf.put({"large": b"x" * (6 * MIB)}, ACL="public-read")
    before = grants(shelf, "large")
    assert shelf.move(storage_class="STANDARD_IA")["changed"]
    assert grants(shelf, "large") == before and len(before) == 2


def grants(shelf: Shelf, key: str) -> list[Any]:
    """What is granted to whom."""
    found = shelf.s3.get_object_acl(Bucket=shelf.bucket, Key=f"{shelf.base}app/{key}")["Grants"]
    return sorted((one["Permission"], sorted(one["Grantee"].items())) for one in found)


@pytest.mark.needs("ACLs of copies")
def test_an_object_of_another_account_stays(shelf: Shelf) -> None:
    shelf.put({"mine": "1", "theirs": "2"})
    with shelf.gateway() as gateway:

        def after(request: Request, reply: Reply) -> None:
            if "acl" in request.query and request.key.endswith("theirs"):
                reply.body = reply.body.replace(b"<ID>", b"<ID>0", 1)

        gateway.after = after
        result = shelf.move(storage_class="STANDARD_IA")
    assert "another account" in failures(result)["theirs"]
    assert shelf.classes() == {"mine": "STANDARD_IA", "theirs": "STANDARD"}


def test_acls_are_not_asked_for_where_there_are_none(shelf: Shelf) -> None:
    shelf.put({"a": "1"})
    with shelf.gateway() as gateway:
        gateway.before = lambda request: Reply(200, {}, ENFORCED) if "ownershipControls" in request.query else None
        assert shelf.move(storage_class="STANDARD_IA")["changed"]
        assert not [one for one in gateway.requests if "acl" in one.query]
