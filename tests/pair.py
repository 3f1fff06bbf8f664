# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A directory and a prefix that are synced again and again, and attacked in between."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import pathlib
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket
from ansible_collections.stowage.s3.plugins.module_utils._s3.waiting import blocking
from harness import run_module
from server import Server
from world import shared_client, with_names_of_s3

OLD = 1_500_000_000_000_000_000  # ns; files that were written long ago
NOTHING = {"list": 1}


class Pair:
    """A directory, a prefix in a bucket, a state directory, and how to sync them (direction: up, down)."""

    def __init__(self, server: Server, bucket: str, root: pathlib.Path, direction: str = "up") -> None:
        self.server, self.bucket, self.direction, self.prefix = server, bucket, direction, f"p-{uuid.uuid4().hex}"
        self.s3 = shared_client(server)
        self.root, self.tree, self.state = root, root / "tree", root / "state"
        self.tree.mkdir(parents=True, exist_ok=True)

    def options(self, **more: Any) -> dict[str, Any]:
        """The module's parameters."""
        places = [str(self.tree), f"s3://{self.bucket}/{self.prefix}"]
        source, destination = places if self.direction == "up" else reversed(places)
        return {
            "source": source, "destination": destination, "state_dir": str(self.state), "concurrency": 4,
            "max_actions": 10_000, **more,
        }  # fmt: skip

    def sync(self, *, check: bool = False, **more: Any) -> dict[str, Any]:
        """Run the module, or check mode; it must not fail."""
        result = run_module("sync", self.options(**more), server=self.server, check=check)
        assert not result.get("failed"), result["msg"]
        return result

    def write(self, name: str, content: bytes, *, mtime_ns: int = OLD) -> None:
        """Write a file, by default one that was written long ago."""
        path = self.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, ns=(mtime_ns, mtime_ns))

    def rewrite(self, name: str, content: bytes) -> None:
        """Other content of the same size in the same file, with the mtime that it had."""
        path = self.tree / name
        before = path.stat()
        assert len(content) == before.st_size
        with open(path, "r+b") as file:
            file.write(content)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def place(self, name: str) -> dict[str, str]:
        """The keywords that name an object."""
        return {"Bucket": self.bucket, "Key": f"{self.prefix}/{name}"}

    def put(self, name: str, content: bytes, **arguments: Any) -> None:
        """Store an object; keywords go to PutObject."""
        self.s3.put_object(**self.place(name), Body=content, **arguments)

    def head(self, name: str) -> Any:
        """HeadObject."""
        return with_names_of_s3(self.s3.head_object(**self.place(name)))

    def put_by_parts(self, name: str, content: bytes, **arguments: Any) -> None:
        """Store an object as a multipart upload does: with an ETag that is no MD5."""
        place = self.place(name)
        upload = self.s3.create_multipart_upload(**place, **arguments)["UploadId"]
        part = self.s3.upload_part(**place, UploadId=upload, PartNumber=1, Body=content)
        self._complete(place, upload, part["ETag"])

    def copy_onto_itself(self, name: str) -> None:
        """Copy an object onto itself by parts: another ETag, the same content and metadata."""
        place = self.place(name)
        upload = self.s3.create_multipart_upload(**place, Metadata=self.head(name)["Metadata"])["UploadId"]
        part = self.s3.upload_part_copy(**place, UploadId=upload, PartNumber=1, CopySource=place)
        self._complete(place, upload, part["CopyPartResult"]["ETag"])

    def _complete(self, place: dict[str, str], upload: str, etag: str) -> None:
        parts = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
        self.s3.complete_multipart_upload(**place, UploadId=upload, MultipartUpload=parts)

    def files(self) -> dict[str, bytes]:
        """The contents of the tree."""
        return {str(path.relative_to(self.tree)): path.read_bytes() for path in self.tree.rglob("*") if path.is_file()}

    def objects(self) -> dict[str, bytes]:
        """The contents of the prefix."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=f"{self.prefix}/")
        keys = [one["Key"] for page in pages for one in page.get("Contents", [])]
        return {
            key[len(self.prefix) + 1 :]: self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read() for key in keys
        }

    def assert_equal(self) -> None:
        """Both sides hold the same."""
        assert self.files() == self.objects()

    def database(self) -> pathlib.Path:
        """The one cache in the state directory."""
        (path,) = (self.state / "cache").glob("*.sqlite3")
        return path


def keys_of(result: dict[str, Any]) -> list[str]:
    """The keys of a result's actions."""
    return [one["key"] for one in result["actions"]]


def settle(pair: Pair) -> None:
    """Sync until nothing is left to do and the cache knows everything."""
    pair.sync()
    assert keys_of(pair.sync()) == []
    result = pair.sync()
    assert keys_of(result) == [] and result["summary"]["requests"] == NOTHING
    pair.assert_equal()


def seed(pair: Pair, names: tuple[str, ...] = ("f", "g", "sub/h")) -> None:
    """Content on the source."""
    for name in names:
        if pair.direction == "up":
            pair.write(name, f"first {name}".encode())
        else:
            pair.put(name, f"first {name}".encode())


class Opaque:
    """A bucket whose ETags look like MD5s and are none, as under SSE-KMS; `renew` gives every object another one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._generation, self.heads = 0, 0
        real_pages, real_head, real_put = Bucket.pages, Bucket.head_async, Bucket.put_async

        def pages(bucket: Bucket, *arguments: Any, **options: Any) -> Iterator[Any]:
            for page in real_pages(bucket, *arguments, **options):
                yield [one._replace(etag=self._etag(one.etag)) for one in page]

        async def head(bucket: Bucket, key: str, **options: Any) -> Any:
            self.heads += 1
            found = await real_head(bucket, key, **options)
            return dataclasses.replace(found, etag=self._etag(found.etag), encryption="aws:kms", checksums={})

        async def put(bucket: Bucket, *arguments: Any, **options: Any) -> Any:
            stored = await real_put(bucket, *arguments, **options)
            return stored._replace(etag=self._etag(stored.etag))

        monkeypatch.setattr(Bucket, "pages", pages)
        for name, method in (("head", head), ("put", put)):
            monkeypatch.setattr(Bucket, f"{name}_async", method)
            monkeypatch.setattr(Bucket, name, blocking(method))

    def _etag(self, etag: str) -> str:
        return hashlib.md5(f"{self._generation} {etag}".encode()).hexdigest()

    def renew(self) -> None:
        """Give every object another ETag."""
        self._generation += 1
