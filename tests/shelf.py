# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A prefix whose objects change their storage class, and nothing else."""

from __future__ import annotations

import functools
import pathlib
import random
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._classes import task
from ansible_collections.stowage.s3.plugins.module_utils._s3 import multipart
from ansible_collections.stowage.s3.plugins.module_utils._sync import job
from faults import Faults
from harness import run_module
from server import Server
from world import World

MIB = 1 << 20
LARGE = 5 * MIB + 1000  # bytes: two parts
# What of a HEAD is the class, or follows from a copy having been made.
CHANGES = ("StorageClass", "LastModified", "ResponseMetadata", "VersionId", "Restore", "Expiration")


def small_copies(patch: Callable[[object, str, object], None]) -> None:
    """Copies go by parts of 5 MiB, the smallest that S3 takes; `patch` is setattr, or undoes itself."""
    patch(task, "Job", functools.partial(job.Job, largest_copy=5 * MIB))
    patch(job, "COPY_PART", 5 * MIB)
    patch(multipart, "DEFAULT_PART", 5 * MIB)


class Shelf(World):
    """The module is run on what is below `app/`. Check mode comes first, and has to tell the truth."""

    def options(self, **options: Any) -> dict[str, Any]:
        """The module's parameters."""
        place = {"bucket": self.bucket, "prefix": f"{self.base}app", "state_dir": str(self.state)}
        return {**place, "concurrency": 8, **options}

    def once(self, *, check: bool = False, **options: Any) -> dict[str, Any]:
        """A run, or check mode, alone."""
        return run_module("storage_class", self.options(**options), server=self.server, check=check, diff=True)

    def move(self, **options: Any) -> dict[str, Any]:
        """Check mode, which has to change nothing, then a run, which has to do what check mode said."""
        before = self._everything()
        foretold = self.once(check=True, **options)
        assert self._everything() == before, "check mode changed something"
        result = self.once(**options)
        for name in ("actions", "actions_truncated", "summary", "states", "diff"):
            assert foretold.get(name) == result.get(name), (name, foretold, result)
        return result

    def refuse(self, **options: Any) -> str:
        """The message of a run that fails before anything is touched, in check mode and not."""
        before = self._everything()
        messages = []
        for check in (True, False):
            result = self.once(check=check, **options)
            assert result["failed"] and "actions" not in result, result
            messages.append(re.sub(r" \[request \S+\]", "", result["msg"]))
        assert self._everything() == before
        assert messages[0] == messages[1]
        return messages[0]

    def classes(self) -> dict[str, str]:
        """The storage class of each object, as a HEAD tells it."""
        return {key: self.head(key).get("StorageClass", "STANDARD") for key in self.names()}

    def kept(self) -> dict[str, Any]:
        """All that has to stay as it is, of each object."""

        def one(key: str) -> tuple[bytes, list[tuple[str, str]], dict[str, Any]]:
            place = {"Bucket": self.bucket, "Key": f"{self.base}app/{key}"}
            head = {name: value for name, value in self.head(key).items() if name not in CHANGES}
            body = self.s3.get_object(**place)["Body"].read()
            tags = sorted((one["Key"], one["Value"]) for one in self.s3.get_object_tagging(**place)["TagSet"])
            return body, tags, head

        names = self.names()
        with ThreadPoolExecutor(4) as pool:
            return dict(zip(names, pool.map(one, names), strict=True))


class Shaken(Shelf):
    """Objects in a bucket with versioning, and a proxy before it: what must hold whatever happened.

    `delete`: replaced versions are deleted.
    """

    def __init__(self, server: Server, bucket: str, tmp_path: pathlib.Path, count: int) -> None:
        """`count`: how many small objects there are, besides a few large ones."""
        super().__init__(server, bucket, tmp_path)
        self.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        self.proxy = Faults(server, self.base)
        self.delete = False
        rng = random.Random(count)
        for number in range(count):
            there = "GLACIER_IR" if number % 8 == 7 else "STANDARD"
            extra = {"Metadata": {"number": str(number)}, "ContentType": "text/x", "Tagging": f"number={number}"}
            self.put({f"small/{number:05}": rng.randbytes(50 + number % 50)}, StorageClass=there, **extra)
        for number in range(2):
            self.put({f"large/{number}": rng.randbytes(LARGE + number)}, Metadata={"n": "1"}, Tagging="large=yes")
        self.wanted = {key: "GLACIER_IR" if key.startswith("large") else "STANDARD_IA" for key in self.names()}
        self.before = self.carried()

    def place(self, key: str) -> dict[str, str]:
        """The keywords that name an object."""
        return {"Bucket": self.bucket, "Key": f"{self.base}app/{key}"}

    def carried(self) -> dict[str, Any]:
        """All that has to stay as it is, but for ETags, which tell of parts."""
        found = self.kept()
        for _body, _tags, head in found.values():
            del head["ETag"]
        return found

    def versions(self) -> dict[str, list[dict[str, Any]]]:
        """The versions of each object, the newest first."""
        found: dict[str, list[dict[str, Any]]] = {}
        pages = self.s3.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=f"{self.base}app/")
        for page in pages:
            assert not page.get("DeleteMarkers")
            for one in page["Versions"]:
                found.setdefault(one["Key"].removeprefix(f"{self.base}app/"), []).append(one)
        return found

    def reset(self) -> None:
        """All in the class that they had at first, and of one version each."""
        self.proxy.calm()
        for key, versions in self.versions().items():
            if versions[0].get("StorageClass", "STANDARD") == self.wanted[key]:
                body, tags, head = self.before[key]
                tagging = "&".join(f"{name}={value}" for name, value in tags)
                self.put({key: body}, Metadata=head["Metadata"], ContentType=head["ContentType"], Tagging=tagging)
        old = [
            {"Key": self.place(key)["Key"], "VersionId": one["VersionId"]}
            for key, versions in self.versions().items()
            for one in versions[1:]
        ]
        for first in range(0, len(old), 1000):
            done = self.s3.delete_objects(Bucket=self.bucket, Delete={"Objects": old[first : first + 1000]})
            assert not done.get("Errors"), done["Errors"]

    def shaken_options(self, **retries: int) -> dict[str, Any]:
        """The module's parameters."""
        rules = [{"match": ["/large/"], "storage_class": "GLACIER_IR"}, {"storage_class": "STANDARD_IA"}]
        replaced = "delete" if self.delete else "keep"
        config = {"read_timeout": 1, "retries": retries}
        return self.options(rules=rules, replaced_versions=replaced, max_actions=10**6, aws_config=config)

    def suffer(self, **retries: int) -> dict[str, Any]:
        """A run in a storm, and what must hold after it whatever happened."""
        result = run_module("storage_class", self.shaken_options(**retries), server=self.proxy.server)
        assert not self.proxy.trouble
        self.judge()
        moved = {key for key, (new, *_old) in self.versions().items() if new["StorageClass"] == self.wanted[key]}
        if "actions" in result:
            failed = {failure["key"] for failure in result["failures"]}
            missing = self.wanted.keys() - moved - failed
            assert not missing, f"what was not moved was not reported: {missing}, {result}"
            assert bool(failed) == bool(result.get("failed"))
        else:
            assert result["failed"]
        return result

    def judge(self) -> None:
        """Nothing is lost, changed or doubled."""
        assert self.carried() == self.before
        for key, (new, *old) in self.versions().items():
            assert len(old) <= 1, f"{key} was copied more than once"
            for one in old:
                got = self.s3.get_object(**self.place(key), VersionId=one["VersionId"])["Body"].read()
                assert got == self.before[key][0] and one.get("StorageClass", "STANDARD") != new["StorageClass"], key

    def repair(self) -> None:
        """A calm run moves the rest, and another one has nothing to do."""
        self.proxy.calm()
        result = self.suffer()
        assert not result.get("failed"), result["msg"]
        assert self.classes() == self.wanted
        pending = self.s3.list_multipart_uploads(Bucket=self.bucket, Prefix=self.base).get("Uploads", [])
        assert not {one["UploadId"] for one in pending} & self.proxy.uploads, "an upload was left behind"
        assert self.suffer()["changed"] is False
