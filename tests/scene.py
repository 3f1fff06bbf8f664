# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Two sides with a proxy between, synced in storms and with kills: what must hold then, and what afterwards."""

from __future__ import annotations

import base64
import functools
import gzip
import itertools
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
from peers.proxy import make_certificate
from server import Server
from world import shared_client

MIB = 1 << 20
LARGE = 5 * MIB + 1000  # bytes: two parts
TIMEOUT = 1  # seconds; the module's, for reading
KEPT = "kept/"  # excluded: not there for the sync
PACK = [{"match": ["**"], "compress": "gzip"}]
# What runs may be made of besides. None of the limits makes a run longer that is not in a storm.
LIMITS = {"max_requests_per_second": 300, "max_bandwidth": "40M"}
WAYS = ("tls", "packed", "saved", "limited")
DIRECTIONS = ("up", "down", "across")


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
        return {key[len(self._prefix) :]: self._content(key) for key in keys}

    def _content(self, key: str) -> bytes:
        found = self._s3.get_object(Bucket=self._bucket, Key=key)
        body: bytes = found["Body"].read()
        return gzip.decompress(body) if found.get("ContentEncoding") == "gzip" else body

    def write(self, key: str, content: bytes) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=self._prefix + key, Body=content)

    def remove(self, key: str) -> None:
        self._s3.delete_object(Bucket=self._bucket, Key=self._prefix + key)

    def uploads(self) -> list[str]:
        """The ids of uploads that were begun and neither completed nor aborted."""
        found = self._s3.list_multipart_uploads(Bucket=self._bucket, Prefix=self._prefix).get("Uploads", [])
        return [one["UploadId"] for one in found if one["Key"].startswith(self._prefix)]


class Scene:
    """Two sides, a proxy, and what should become of the target.

    `way`: "" or one of WAYS: over TLS, by saved plans, with objects that are packed (not across), within limits.
    """

    def __init__(self, server: Server, bucket: str, tmp_path: pathlib.Path, direction: str, way: str = "") -> None:
        place = uuid.uuid4().hex
        self.direction, self.way, self.state = direction, way, tmp_path / "state"
        self._plans = (tmp_path / f"plan-{number}" for number in itertools.count())
        self._certificate = make_certificate(tmp_path / "proxy.pem") if way == "tls" else None
        self.proxy = Faults(server, place, self._certificate)

        def side(name: str, local: bool) -> Directory | Prefix:
            return Directory(tmp_path / name) if local else Prefix(server, bucket, f"{place}/{name}/")

        self.source, self.target = side("source", direction == "up"), side("target", direction == "down")
        self.backup, self.backed_up = side("backup", direction == "down"), False
        rng = random.Random(direction)
        same = {f"same/{number}": rng.randbytes(50) for number in range(6)}
        # What is packed has to become smaller, and the large still be sent by parts.
        bytes_of = functools.partial(_text, rng) if way == "packed" else rng.randbytes
        changed = [f"changed/{number}" for number in range(6)]
        self.files = {
            **same,
            **{key: bytes_of(500) for key in changed},
            **{f"new/{number}": bytes_of(number * 3000) for number in range(6)},
            "large/new": bytes_of(LARGE),
            "large/changed": bytes_of(LARGE + 1),
        }
        self.first = {
            **same,
            **{key: rng.randbytes(500 - number % 2) for number, key in enumerate(changed)},
            **{f"extra/{number}": rng.randbytes(50) for number in range(4)},
            f"{KEPT}one": b"kept",
            "large/changed": rng.randbytes(1000),
        }
        self.last = {**self.files, f"{KEPT}one": b"kept"}
        if way == "packed" and direction == "down":
            self._pack(server, tmp_path / "packed")
        else:
            for key, content in self.files.items():
                self.source.write(key, content)

    def _pack(self, server: Server, root: pathlib.Path) -> None:
        """The source as a sync makes it that packs."""
        packed = Directory(root)
        for key, content in self.files.items():
            packed.write(key, content)
        places = {"source": packed.text, "destination": self.source.text, "state_dir": f"{root}-state"}
        result = run_module("sync", {**places, "multipart_threshold": "5M", "rules": PACK}, server=server)
        assert not result.get("failed"), result["msg"]

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
            **({"aws_ca_bundle": str(self._certificate)} if self._certificate else {}),
            **({"rules": PACK} if self.way == "packed" and self.direction == "up" else {}),
            **(LIMITS if self.way == "limited" else {}),
        }  # fmt: skip

    def sync(self, **retries: int) -> dict[str, Any]:
        """A run in this process; where the way is that of saved plans, check mode before it, if that gives a plan."""
        options = self.options(**retries)
        if self.way == "saved":
            plan, before = next(self._plans), self.target.read()
            foretold = run_module("sync", {**options, "plan_file": str(plan)}, server=self.proxy.server, check=True)
            assert self.target.read() == before, "check mode changed something"
            if not plan.exists():
                assert foretold["failed"], foretold
                return foretold
            options["apply_plan"] = str(plan)
        return run_module("sync", options, server=self.proxy.server)

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


def _text(rng: random.Random, size: int) -> bytes:
    """So many random bytes as text, which is a third longer."""
    return base64.b64encode(rng.randbytes(size))
