# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Two sides with a proxy between, synced in storms and with kills: what must hold then, and what afterwards."""

from __future__ import annotations

import functools
import os
import pathlib
import random
import shutil
import uuid
from collections.abc import Callable
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._s3 import multipart
from ansible_collections.stowage.s3.plugins.module_utils._sync import job, run
from faults import Faults
from harness import run_module
from pair import OLD
from server import Server
from world import shared_client

MIB = 1 << 20
LARGE = 5 * MIB + 1000  # bytes: two parts
TIMEOUT = 1  # seconds; the module's, for reading
KEPT = "kept/"  # excluded: not there for the sync


def small_parts(patch: Callable[[object, str, object], None]) -> None:
    """Large files and copies go by parts of 5 MiB, the smallest that S3 takes; `patch` is setattr, or undoes itself."""
    patch(run, "Job", functools.partial(job.Job, largest_copy=5 * MIB))
    patch(job, "COPY_PART", 5 * MIB)
    patch(multipart, "DEFAULT_PART", 5 * MIB)


class Directory:
    """A local side."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self.text = str(path)
        path.mkdir()

    def read(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.path).as_posix(): path.read_bytes() for path in self.path.rglob("*") if path.is_file()
        }

    def write(self, key: str, content: bytes) -> None:
        path = self.path / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, ns=(OLD, OLD))

    def remove(self, key: str) -> None:
        (self.path / key).unlink()

    def uploads(self) -> list[str]:
        return []


class Prefix:
    """A side in S3, looked at past the proxy."""

    def __init__(self, server: Server, bucket: str, prefix: str) -> None:
        self._s3, self._bucket, self._prefix = shared_client(server), bucket, prefix
        self.text = f"s3://{bucket}/{prefix}"

    def read(self) -> dict[str, bytes]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
        keys = [one["Key"] for page in pages for one in page.get("Contents", [])]
        return {
            key[len(self._prefix) :]: self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read() for key in keys
        }

    def write(self, key: str, content: bytes) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=self._prefix + key, Body=content)

    def remove(self, key: str) -> None:
        self._s3.delete_object(Bucket=self._bucket, Key=self._prefix + key)

    def uploads(self) -> list[str]:
        """The ids of uploads that were begun and neither completed nor aborted."""
        found = self._s3.list_multipart_uploads(Bucket=self._bucket, Prefix=self._prefix).get("Uploads", [])
        return [one["UploadId"] for one in found if one["Key"].startswith(self._prefix)]


class Scene:
    """Two sides, a proxy, and what should become of the target."""

    def __init__(self, server: Server, bucket: str, tmp_path: pathlib.Path, direction: str) -> None:
        place = uuid.uuid4().hex
        self.direction, self.state = direction, tmp_path / "state"
        self.proxy = Faults(server, place)

        def side(name: str, local: bool) -> Directory | Prefix:
            return Directory(tmp_path / name) if local else Prefix(server, bucket, f"{place}/{name}/")

        self.source, self.target = side("source", direction == "up"), side("target", direction == "down")
        self.backup, self.backed_up = side("backup", direction == "down"), False
        rng = random.Random(direction)
        same = {f"same/{number}": rng.randbytes(50) for number in range(6)}
        changed = [f"changed/{number}" for number in range(6)]
        self.files = {
            **same,
            **{key: rng.randbytes(500) for key in changed},
            **{f"new/{number}": rng.randbytes(number * 3000) for number in range(6)},
            "large/new": rng.randbytes(LARGE),
            "large/changed": rng.randbytes(LARGE + 1),
        }
        self.first = {
            **same,
            **{key: rng.randbytes(500 - number % 2) for number, key in enumerate(changed)},
            **{f"extra/{number}": rng.randbytes(50) for number in range(4)},
            f"{KEPT}one": b"kept",
            "large/changed": rng.randbytes(1000),
        }
        self.last = {**self.files, f"{KEPT}one": b"kept"}
        for key, content in self.files.items():
            self.source.write(key, content)

    def reset(self) -> None:
        """The target as it was at first, no backup, and no state."""
        now = self.target.read()
        for key in now.keys() - self.first.keys():
            self.target.remove(key)
        for key, content in self.first.items():
            if now.get(key) != content:
                self.target.write(key, content)
        for key in self.backup.read():
            self.backup.remove(key)
        shutil.rmtree(self.state, ignore_errors=True)

    def options(self, **retries: int) -> dict[str, Any]:
        """The module's parameters."""
        return {
            "source": self.source.text, "destination": self.target.text, "state_dir": str(self.state),
            "delete": True, "max_delete": "100%", "exclude": [KEPT], "multipart_threshold": "5M", "concurrency": 8,
            "aws_config": {"read_timeout": TIMEOUT, "retries": retries},
            **({"backup_to": self.backup.text} if self.backed_up else {}),
        }  # fmt: skip

    def sync(self, **retries: int) -> dict[str, Any]:
        """A run in this process."""
        return run_module("sync", self.options(**retries), server=self.proxy.server)

    def suffer(self, **retries: int) -> dict[str, Any]:
        """A sync in a storm, and what must hold after it whatever happened."""
        before = self.target.read()
        result = self.sync(**retries)
        now = self.target.read()
        assert not self.proxy.trouble
        self.judge(before, now)
        failed = {failure["key"] for failure in result.get("failures", ())}
        if "actions" not in result:
            assert result["failed"] and now == before, result["msg"]
            return result
        arrived = {key for key, content in self.files.items() if now.get(key) == content}
        assert self.files.keys() - arrived <= failed, "what did not arrive was not reported"
        assert not now.keys() - before.keys() - self.files.keys(), "what nobody asked for is there"
        assert result.get("failed") or now == self.last
        assert bool(failed) == bool(result.get("failed"))
        return result

    def judge(self, before: dict[str, bytes], now: dict[str, bytes]) -> None:
        """What must hold between two looks at the target, whatever happened in between."""
        assert self.source.read() == self.files, "the source was touched"
        missing = set()
        for key, content in self.files.items():
            if now.get(key) != content:
                missing.add(key)
                assert now.get(key) == before.get(key), f"{key} holds wrong bytes"
        extra = before.keys() - self.files.keys()
        for key in extra & now.keys():
            assert now[key] == before[key], f"{key} holds wrong bytes"
        gone = extra - now.keys()
        assert f"{KEPT}one" not in gone
        assert not gone or not missing, f"{gone} were deleted, and {missing} had not arrived"
        if self.backed_up:
            kept = {(name.partition("/")[2], content) for name, content in self.backup.read().items()}
            for key, content in before.items():
                assert now.get(key) == content or (key, content) in kept, f"{key} went without its backup"

    def repair(self) -> None:
        """A calm run brings everything in order, and another one that knows nothing agrees with it."""
        self.proxy.calm()
        result = self.sync()
        assert not result.get("failed"), result["msg"]
        assert self.target.read() == self.last
        assert self.source.read() == self.files
        assert not set(self.target.uploads()) & self.proxy.uploads, "an upload was left behind"
        shutil.rmtree(self.state)
        result = self.sync()
        assert (result.get("failed"), result["changed"]) == (None, False), result
