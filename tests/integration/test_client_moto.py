# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The client against moto: another server's dialect, roles, accounts and archived objects."""

from __future__ import annotations

import uuid

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._access import boto_client
from ansible_collections.stowage.s3.plugins.module_utils._connection import connect
from ansible_collections.stowage.s3.plugins.module_utils._errors import NotFound, S3Error, StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.multipart import MIB


class Module:
    """As much of AnsibleAWSModule as a connection needs."""

    def __init__(self, server, **params):
        self.params = {
            "validate_certs": True,
            "endpoint_url": server.endpoint,
            "access_key": server.access_key,
            "secret_key": server.secret_key,
            "region": server.region,
            **params,
        }


@pytest.fixture
def name(moto_server):
    """A new bucket, emptied and removed at the end."""
    client = moto_server.client("s3")
    made = f"test-{uuid.uuid4().hex}"
    client.create_bucket(Bucket=made)
    yield made
    for entry in client.list_objects_v2(Bucket=made).get("Contents", []):
        client.delete_object(Bucket=made, Key=entry["Key"])
    client.delete_bucket(Bucket=made)
    client.close()


@pytest.fixture
def ours(moto_server, name):
    """Our client of the bucket."""
    connection = connect(Module(moto_server))
    yield connection.bucket(name)
    connection.close()


def whole(head, reader):
    return reader.read(64 * MIB)


def test_objects(ours):
    keys = ["a b/c+d&é😀.txt", "a//b", "%41", "x/"]
    for key in keys:
        ours.put(key, key.encode(), {"content-type": "a/b", "x-amz-meta-name": "é"})
    assert sorted(entry.key for page in ours.pages() for entry in page) == sorted(keys)
    for key in keys:
        assert ours.get(key, whole) == key.encode()
        assert ours.head(key).metadata == {"name": "é"}
    ours.copy("copy", ours, keys[0], {})
    assert ours.get("copy", whole, start=2, length=3) == keys[0].encode()[2:5]
    ours.put_tags("copy", {"k": "v w"})
    assert ours.tags("copy") == {"k": "v w"}
    assert ours.delete([*keys, "copy", "absent"]) == []
    assert list(ours.pages()) == []
    with pytest.raises(NotFound):
        ours.get("copy", whole)


def test_multipart(ours):
    upload = ours.create_upload("big", {}).id
    parts = [ours.upload_part("big", upload, 1, b"x" * 5 * MIB), ours.upload_part("big", upload, 2, b"y")]
    assert [part[:3] for part in ours.parts("big", upload)] == [part[:3] for part in parts]
    assert [one[:2] for one in ours.uploads("")] == [("big", upload)]
    ours.complete_upload("big", upload, parts, size=5 * MIB + 1)
    assert ours.get("big", whole) == b"x" * 5 * MIB + b"y"


def test_archived_objects(ours):
    ours.put("cold", b"data", {"x-amz-storage-class": "GLACIER"})
    assert [entry.storage_class for page in ours.pages() for entry in page] == ["GLACIER"]
    with pytest.raises(S3Error, match="restore it first"):
        ours.get("cold", whole)
    ours.restore("cold", days=1)
    assert 'ongoing-request="' in ours.head("cold").restore


def test_as_a_role_in_another_account(moto_server, name):
    role = "arn:aws:iam::111122223333:role/backup"
    other = Module(moto_server, assume_role_arn=role, expected_account="111122223333")
    assert boto_client(other, "sts").get_caller_identity()["Account"] == "111122223333"
    connection = connect(other)
    fresh = f"test-{uuid.uuid4().hex}"
    boto_client(other, "s3").create_bucket(Bucket=fresh)
    connection.bucket(fresh).put("a", b"", {})
    connection.bucket(fresh).delete(["a"])
    boto_client(other, "s3").delete_bucket(Bucket=fresh)
    connection.close()
    with pytest.raises(StowageError, match="nothing was done"):
        connect(Module(moto_server, assume_role_arn=role, expected_account="444455556666"))


def test_checks(moto_server, ours):
    ours.check()
    connection = connect(Module(moto_server))
    with pytest.raises(NotFound, match="The bucket does not exist"):
        connection.bucket("absent-bucket").check()
    connection.close()
