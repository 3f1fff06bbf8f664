# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is stored and how it is used, as real servers tell it; botocore is the independent writer and reader."""

from __future__ import annotations

import datetime
import functools
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._connection import Connection, connect
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers import access_logs, listing, metrics
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.access_logs import Access, last_access
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.cloudwatch import DAY, caller
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.files import files_at
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.inventory import inventoried, read_manifest
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.listing import listed
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.metrics import Requested, measured, requested
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.stored import (
    CURRENT,
    NONCURRENT,
    UPLOAD,
    Stored,
)
from ansible_collections.stowage.s3.plugins.module_utils._errors import Denied, NotFound, StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3 import client as s3_client
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket
from delivered import ALL, Inventory, record
from enforced import Account
from server import Server, moto
from world import Gateway

KEYS = ["p/a b+c", "p/é%41", "p/x", "p/y/z", "other"]
NOW = time.time()
TODAY = NOW // DAY * DAY


class Module:
    """As much of AnsibleAWSModule as a connection needs."""

    def __init__(self, server: Server) -> None:
        self.params = {
            "validate_certs": True,
            "endpoint_url": server.endpoint,
            "access_key": server.access_key,
            "secret_key": server.secret_key,
            "region": server.region,
        }


class Place:
    """A new bucket: `client` is botocore's of S3, `ours` our own."""

    def __init__(self, server: Server, connection: Connection) -> None:
        self.server, self.name = server, f"test-{uuid.uuid4().hex}"
        self.client = server.client("s3")
        self.client.create_bucket(Bucket=self.name)
        self.bucket: Callable[[str], Bucket] = connection.bucket
        self.ours = connection.bucket(self.name)

    def put(self, key: str, body: bytes, storage_class: str = "STANDARD") -> None:
        self.client.put_object(Bucket=self.name, Key=key, Body=body, StorageClass=storage_class)

    def begin(self, key: str, *parts: bytes) -> None:
        """An upload that is never finished."""
        upload = self.client.create_multipart_upload(Bucket=self.name, Key=key)["UploadId"]
        for number, body in enumerate(parts, 1):
            self.client.upload_part(Bucket=self.name, Key=key, UploadId=upload, PartNumber=number, Body=body)


@pytest.fixture(params=["seaweedfs", "moto"])
def place(request: pytest.FixtureRequest, servers: Callable[[str], Server]) -> Iterator[Place]:
    """A bucket on each server."""
    server = servers(request.param)
    connection = connect(Module(server))
    yield Place(server, connection)
    connection.close()


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of listings have three entries."""
    encode = s3_client.encode_query

    def few(pairs: Any) -> str:
        return encode([(name, "3" if name == "max-keys" else value) for name, value in pairs])

    monkeypatch.setattr(s3_client, "encode_query", few)


def theirs(place: Place) -> dict[tuple[str, str], tuple[int, str, bool]]:
    """What botocore lists: size, class, and whether it is current, by key and state in the order of age."""
    pages = place.client.get_paginator("list_object_versions").paginate(Bucket=place.name, Prefix="p/")
    found = [each for page in pages for each in page.get("Versions", [])]
    return {(each["Key"], each["VersionId"]): (each["Size"], each["StorageClass"], each["IsLatest"]) for each in found}


@pytest.mark.usefixtures("few_at_once")
def test_versions_and_uploads(place: Place) -> None:
    versioning = {"Status": "Enabled"}
    place.client.put_bucket_versioning(Bucket=place.name, VersioningConfiguration=versioning)
    for number, key in enumerate(KEYS):
        for _again in range(number + 1):
            place.put(key, b"x" * number, "STANDARD_IA")
    place.client.delete_object(Bucket=place.name, Key="p/x")
    place.begin("p/begun é", b"1234", b"567")
    place.begin("p/none")
    place.begin("other", b"1")
    found = list(listed(place.ours, "p/", versions=True, uploads=True))
    objects = [each for each in found if each.state != UPLOAD]
    expected = theirs(place)
    assert sorted((each.key, each.size, each.storage_class, each.state == CURRENT) for each in objects) == sorted(
        (key, *told) for (key, _version), told in expected.items()
    )
    assert len(expected) == 1 + 2 + 3 + 4
    assert [each.key for each in objects if each.state == CURRENT] == ["p/a b+c", "p/y/z", "p/é%41"]
    noncurrent = [each for each in objects if each.state == NONCURRENT]
    assert len(noncurrent) == 7
    assert all(each.since >= each.modified > 0 for each in noncurrent)
    uploads = {(each.key, each.size) for each in found if each.state == UPLOAD}
    assert uploads == {("p/begun é", 7), ("p/none", 0)}
    versions = [(each.key, each.id) for page in place.ours.versions("p/") for each in page]
    assert len(versions) == len(set(versions)) == len(expected) + 1


@pytest.mark.usefixtures("few_at_once")
def test_without_versioning_all_is_current(place: Place) -> None:
    for number, key in enumerate(KEYS):
        place.put(key, b"x" * number)
    assert sorted(listed(place.ours, versions=True)) == sorted(listed(place.ours))
    assert [each.size for each in sorted(listed(place.ours, "p/"))] == [0, 2, 3, 1]
    with pytest.raises(NotFound, match="NoSuchBucket"):
        list(listed(place.bucket(f"{place.name}-absent"), versions=True))


def test_an_inventory_in_a_bucket(place: Place) -> None:
    made = Inventory("source", ALL, "inv/source/all/")
    made.add([("a b/é+", "v1", True, False, 7, "GLACIER", "", "SSE-S3")])
    made.add([("c", "v1", False, False, 8, "INTELLIGENT_TIERING", "DEEP_ARCHIVE_ACCESS", "SSE-KMS")] * 2000)
    for key, data in made.objects().items():
        place.put(key, data)
    for name in ("inv/source/all", "inv/source/all/2026-11-25T01-00Z/manifest.json"):
        files, at = files_at(f"s3://{place.name}/{name}", place.bucket)
        manifest = read_manifest(files, at, "source")
        found = list(inventoried(files, manifest))
        assert (found[0].key, found[0].size, found[0].encryption) == ("a b/é+", 7, "SSE-S3")
        other = Stored("c", 8, "INTELLIGENT_TIERING", found[0].modified, NONCURRENT, "deep_archive", "SSE-KMS")
        assert found[1:] == 2000 * [other]
    place.put(made.files[1]["key"], b"another")
    with pytest.raises(StowageError, match="not the file that the manifest names"):
        list(inventoried(files, manifest))
    with pytest.raises(StowageError, match="has no inventory"):
        read_manifest(files, "elsewhere/", "source")


def test_access_logs_in_a_bucket(place: Place) -> None:
    for number in range(20):
        lines = [record("b", f"k{each % 7}", TODAY + each) for each in range(number + 1)]
        place.put(f"logs/2026-11-25-00-00-{number:02}-0123456789ABCDEF", "".join(lines).encode())
    place.put("logs/not-a-log", b"x")
    files, at = files_at(f"s3://{place.name}/logs/", place.bucket)
    with last_access(files, at, "b") as accesses:
        assert accesses.records == 210
        assert accesses.of("k0") == Access(TODAY + 14, 20 + 13 + 6, 39 * 113)
    with pytest.raises(StowageError, match="there are no server access logs"):
        last_access(files, "elsewhere/", "b")


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """A moto that enforces IAM."""
    with moto() as server, Gateway(server) as gateway:
        yield Account(server, gateway)


def publish(server: Server, bucket: str, name: str, kind: str, days: dict[str, dict[float, float]]) -> None:
    """Put a metric of a bucket into CloudWatch: values by the second dimension's value and by day."""
    client = server.client("cloudwatch")
    for value, points in days.items():
        dimensions = [{"Name": "BucketName", "Value": bucket}, {"Name": kind, "Value": value}]
        told = [
            {
                "MetricName": name,
                "Dimensions": dimensions,
                "Timestamp": datetime.datetime.fromtimestamp(moment, datetime.timezone.utc),
                "Value": amount,
            }
            for moment, amount in points.items()
        ]
        client.put_metric_data(Namespace="AWS/S3", MetricData=told)


def test_cloudwatch_measures_a_bucket(moto_server: Server) -> None:
    name = f"test-{uuid.uuid4().hex}"
    yesterday, before = TODAY - DAY, TODAY - 2 * DAY
    publish(
        moto_server,
        name,
        "BucketSizeBytes",
        "StorageType",
        {
            "StandardStorage": {TODAY: 9.0, yesterday: 5.0, before: 4.0},
            "GlacierS3ObjectOverhead": {yesterday: 8192.0, before: 8192.0},
        },
    )
    publish(moto_server, name, "NumberOfObjects", "StorageType", {"AllStorageTypes": {yesterday: 2.0}})
    calls = caller(moto_server.client("cloudwatch"), name)
    found = measured(calls, name, NOW)
    assert (found.date, found.objects) == (yesterday, 2)
    assert {each.type.name: each.bytes for each in found.amounts} == {
        "StandardStorage": 5,
        "GlacierS3ObjectOverhead": 8192,
    }
    with pytest.raises(StowageError, match="no storage metrics"):
        measured(calls, f"{name}-empty", NOW)


def test_cloudwatch_counts_requests(moto_server: Server) -> None:
    name = f"test-{uuid.uuid4().hex}"
    gets = {"all": {TODAY: 3.0, TODAY - DAY + 60: 4.0, TODAY - DAY + 120: 5.0}, "logs": {TODAY - 40 * DAY: 9.0}}
    publish(moto_server, name, "GetRequests", "FilterId", gets)
    publish(moto_server, name, "BytesDownloaded", "FilterId", {"all": {TODAY - DAY: 1000.0}})
    calls = caller(moto_server.client("cloudwatch"), name)
    assert requested(calls, name, {"all": "", "logs": "logs/"}, NOW, 30) == {
        "": Requested(12, 1000, 2),
        "logs/": Requested(0, 0, 0),
    }


READERS = {
    listing.PERMISSIONS: lambda at: list(listed(at.ours)),
    listing.VERSIONS_PERMISSIONS: lambda at: list(listed(at.ours, versions=True)),
    (*listing.PERMISSIONS, *listing.UPLOADS_PERMISSIONS): lambda at: list(listed(at.ours, uploads=True)),
    access_logs.PERMISSIONS: lambda at: last_access(*files_at(f"s3://{at.name}/logs/", at.bucket), "b").close(),
    metrics.PERMISSIONS: lambda at: measured(caller(at.server.client("cloudwatch"), at.name), at.name, NOW),
}


@pytest.fixture(scope="module")
def filled(account: Account) -> Iterator[Place]:
    """A bucket with something for each reader, as a user sees it who may do what the account's policy says."""
    connection = connect(Module(account.user))
    admin = Place(account.admin, connection)
    admin.begin("begun", b"1")
    admin.put("logs/2026-11-25-00-00-00-0123456789ABCDEF", record("b", "k", TODAY).encode())
    publish(account.admin, admin.name, "BucketSizeBytes", "StorageType", {"StandardStorage": {TODAY: 1.0}})
    admin.server = account.user
    yield admin
    connection.close()


def allow(account: Account, actions: tuple[str, ...]) -> None:
    """Give the user these actions and no other. moto calls CloudWatch by its host's name."""
    action = [each.replace("cloudwatch:", "monitoring:") for each in actions]
    account.allow({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})


@pytest.mark.parametrize("permissions", READERS, ids=" ".join)
def test_what_is_denied_is_an_error_that_names_the_permission(
    account: Account, filled: Place, permissions: tuple[str, ...]
) -> None:
    read = functools.partial(READERS[permissions], filled)
    allow(account, permissions)
    read()
    for action in permissions:
        allow(account, (*(each for each in permissions if each != action), "sts:GetCallerIdentity"))
        with pytest.raises(Denied, match=action):
            read()
