# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a copy of an object onto itself is told."""

from __future__ import annotations

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._classes import kept
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3 import headers as header
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Acl, Grant, Lock

NOW = 1_800_000_000.0  # January 2027
SSE = "x-amz-server-side-encryption"
CLASS = {"x-amz-storage-class": "GLACIER_IR"}


def said(lock: Lock | None = None, acl: Acl | None = None, **headers: str) -> dict[str, str]:
    head = header.head({name.replace("_", "-"): value for name, value in headers.items()})
    return kept.said(head, "GLACIER_IR", lock or Lock(), acl, NOW)


def test_s3_carries_metadata_and_tags_by_itself() -> None:
    assert said(content_type="text/x", x_amz_meta_a="b", x_amz_tagging_count="2") == CLASS


def test_a_class_is_always_said() -> None:
    assert kept.said(header.head({}), "STANDARD", Lock(), None, NOW) == {"x-amz-storage-class": "STANDARD"}


def test_encryption_and_a_redirect_are_said_again() -> None:
    key = {f"{SSE}-aws-kms-key-id": "arn:aws:kms:eu-west-1:111122223333:key/1", f"{SSE}-bucket-key-enabled": "true"}
    found = said(**{SSE: "aws:kms", **key, "x-amz-website-redirect-location": "/b"})
    assert found == {**CLASS, SSE: "aws:kms", **key, "x-amz-website-redirect-location": "/b"}
    assert said(**{SSE: "AES256"}) == {**CLASS, SSE: "AES256"}


def test_a_copy_by_parts_has_the_same_kind_of_checksum() -> None:
    assert kept.summed_alike(header.head({"x-amz-checksum-sha256": "x", "x-amz-checksum-type": "COMPOSITE"})) == {
        "x-amz-checksum-algorithm": "SHA256"
    }
    assert kept.summed_alike(header.head({})) == {}


LOCK = "x-amz-object-lock-"


@pytest.mark.parametrize(
    ("lock", "expected", "locked"),
    [
        (Lock(), {}, False),
        (
            Lock("COMPLIANCE", "2099-01-01T00:00:00Z"),
            {"mode": "COMPLIANCE", "retain-until-date": "2099-01-01T00:00:00Z"},
            True,
        ),
        (Lock("GOVERNANCE", "2026-01-01T00:00:00.000Z"), {}, False),
        (Lock("", "", hold=True), {"legal-hold": "ON"}, True),
        (
            Lock("GOVERNANCE", "at some time", hold=True),
            {"mode": "GOVERNANCE", "retain-until-date": "at some time", "legal-hold": "ON"},
            True,
        ),
    ],
)
def test_locks(lock: Lock, expected: dict[str, str], locked: bool) -> None:
    assert said(lock) == {**CLASS, **{LOCK + name: value for name, value in expected.items()}}
    assert kept.is_locked(lock, NOW) is locked


GRANT = "x-amz-grant-"
EVERYBODY = "http://acs.amazonaws.com/groups/global/AllUsers"


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        ([("FULL_CONTROL", "id", "me")], {}),
        (
            [("FULL_CONTROL", "id", "me"), ("READ", "uri", EVERYBODY)],
            {"full-control": 'id="me"', "read": f'uri="{EVERYBODY}"'},
        ),
        ([("READ", "id", "me")], {"read": 'id="me"'}),
        (
            [("READ", "id", "a"), ("READ", "id", "b"), ("READ_ACP", "id", "a"), ("WRITE_ACP", "emailAddress", "c@d")],
            {"read": 'id="a", id="b"', "read-acp": 'id="a"', "write-acp": 'emailAddress="c@d"'},
        ),
        ([("FULL_CONTROL", "id", "me"), ("WRITE", "id", "b")], {"full-control": 'id="me"'}),
    ],
)
def test_acls(grants: list[tuple[str, str, str]], expected: dict[str, str]) -> None:
    acl = Acl("me", tuple(Grant(*grant) for grant in grants))
    assert said(None, acl) == {**CLASS, **{GRANT + name: value for name, value in expected.items()}}


def test_an_acl_that_grants_nothing_cannot_be_given_to_a_copy() -> None:
    with pytest.raises(StowageError, match="grants nothing"):
        said(None, Acl("me", ()))


def test_where_metadata_have_to_be_said_all_of_them_are() -> None:
    head = header.head({"content-type": "text/x", "x-amz-meta-a": "b", "expires": "x", "etag": '"e"'})
    expected = {"content-type": "text/x", "x-amz-meta-a": "b", "expires": "x", "x-amz-metadata-directive": "REPLACE"}
    assert kept.replaced(head, CLASS) == {**expected, **CLASS}


def test_metadata_that_no_header_can_carry_are_not_lost() -> None:
    with pytest.raises(StowageError, match="2 metadata entries"):
        kept.replaced(header.head({"x-amz-missing-meta": "2"}), CLASS)
