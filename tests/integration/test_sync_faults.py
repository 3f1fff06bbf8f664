# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Syncs through a proxy that breaks connections and answers wrongly.

After each: no wrong byte under a final name, every failure told, nothing deleted that should stay. A calm run then
repairs everything, and so would one without a cache: there is nothing left for it to do.
"""

from __future__ import annotations

import functools
import os
import pathlib
import random
import shutil
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._s3 import exchange, multipart
from ansible_collections.stowage.s3.plugins.module_utils._sync import job, run
from faults import KINDS, Faults
from harness import run_module
from pair import OLD
from server import Server
from world import shared_client

MIB = 1 << 20
LARGE = 5 * MIB + 1000  # bytes: two parts
TIMEOUT = 1  # seconds; the module's, for reading
LOOKING = frozenset({"head_bucket", "list"})
KEPT = "kept/"  # excluded: not there for the sync


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
        """The target as it was at first, and no state."""
        now = self.target.read()
        for key in now.keys() - self.first.keys():
            self.target.remove(key)
        for key, content in self.first.items():
            if now.get(key) != content:
                self.target.write(key, content)
        shutil.rmtree(self.state, ignore_errors=True)

    def sync(self, **retries: int) -> dict[str, Any]:
        options: dict[str, Any] = {
            "source": self.source.text, "destination": self.target.text, "state_dir": str(self.state),
            "delete": True, "max_delete": "100%", "exclude": [KEPT], "multipart_threshold": "5M", "concurrency": 8,
            "aws_config": {"read_timeout": TIMEOUT, "retries": retries},
        }  # fmt: skip
        return run_module("sync", options, server=self.proxy.server)

    def suffer(self, **retries: int) -> dict[str, Any]:
        """A sync in a storm, and what must hold after it whatever happened."""
        before = self.target.read()
        result = self.sync(**retries)
        now = self.target.read()
        assert not self.proxy.trouble
        assert self.source.read() == self.files, "the source was touched"
        failed = {failure["key"] for failure in result.get("failures", ())}
        if "actions" not in result:
            assert result["failed"] and now == before, result["msg"]
            return result
        assert not now.keys() - before.keys() - self.files.keys(), "what nobody asked for is there"
        arrived = {key for key, content in self.files.items() if now.get(key) == content}
        for key in self.files.keys() - arrived:
            assert now.get(key) == before.get(key), f"{key} holds wrong bytes"
            assert key in failed, f"{key} did not arrive, and was not reported"
        extra = before.keys() - self.files.keys()
        for key in extra & now.keys():
            assert now[key] == before[key], f"{key} holds wrong bytes"
        gone = extra - now.keys()
        assert f"{KEPT}one" not in gone
        assert not gone or arrived == self.files.keys(), "deleted, and yet something had failed"
        assert result.get("failed") or now == self.last
        assert bool(failed) == bool(result.get("failed"))
        return result

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


@pytest.fixture(params=["up", "down", "across"])
def scene(
    request: pytest.FixtureRequest,
    s3_server: Server,
    _weed_bucket: str,
    tmp_path: pathlib.Path,
    one_session: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Scene]:
    """Both sides in each direction; copies go by parts from 5 MiB, retries come at once."""
    monkeypatch.setattr(run, "Job", functools.partial(job.Job, largest_copy=5 * MIB))
    monkeypatch.setattr(job, "COPY_PART", 5 * MIB)
    monkeypatch.setattr(multipart, "DEFAULT_PART", 5 * MIB)
    monkeypatch.setattr(exchange, "_LONGEST_WAIT", 0.02)
    scene = Scene(s3_server, _weed_bucket, tmp_path, request.param)
    with scene.proxy:
        yield scene


def told(scene: Scene, record: Callable[[str, object], None]) -> None:
    """What was injected goes into the report."""
    counts = ", ".join(f"{name} {count}" for name, count in sorted(scene.proxy.injected.items()))
    record("faults", f"{scene.direction}: {scene.proxy.injected.total()} ({counts})")


MEETS = {
    "up": frozenset({"put", "part", "create", "complete", "delete_many", "list"}),
    "down": frozenset({"get", "head", "list"}),
    "across": frozenset({"copy", "copy_part", "create", "complete", "delete_many", "list", "head"}),
}


def kinds_of(direction: str, every: bool) -> list[str]:
    """The faults that a direction can meet; unless `every`, each fault falls to one of those that can meet it."""
    chosen = []
    for number, (name, kind) in enumerate(KINDS.items()):
        able = [one for one, operations in MEETS.items() if not kind.operations or kind.operations & operations]
        if direction in able if every else direction == able[number % len(able)]:
            chosen.append(name)
    return chosen


def test_every_request_meets_every_fault(
    scene: Scene, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    """Each request's first attempt fails, in each of the ways; where trying again can help, nothing fails."""
    for name in kinds_of(scene.direction, request.config.getoption("--every-fault")):
        kind = KINDS[name]
        # What no retry mends would end most runs before they have begun.
        spared = frozenset() if kind.passing or kind.operations else LOOKING
        scene.reset()
        scene.proxy.storm(name, 1, kinds=(name,), once=True, spared=spared, limit=kind.limit)
        try:
            result = scene.suffer()
            assert scene.proxy.injected[name], "it was never injected"
            assert not (kind.passing and result.get("failed")), result["msg"]
            scene.repair()
        except BaseException as error:
            error.add_note(f"{scene.direction}: {name}")
            raise
    told(scene, record_property)


def test_storms(scene: Scene, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> None:
    """Faults at random; twice, as the second run leans on what the first one remembered."""
    first = request.config.getoption("--seed")
    for seed in range(first, first + request.config.getoption("--storms")):
        scene.reset()
        attempts = {"max_attempts": 1} if seed % 2 else {}
        # Where a listing fails nothing else is tried.
        spared = LOOKING if seed % 3 else frozenset()
        suffered: list[str] = []
        try:
            for turn in ("first", "second"):
                scene.proxy.storm(f"{seed} {turn}", 0.01 if seed % 4 == 3 else 0.2, spared=spared)
                suffered = scene.proxy.suffered
                scene.suffer(**attempts)
            scene.repair()
        except BaseException as error:
            error.add_note(f"{scene.direction}, --seed {seed}; the last to suffer: {suffered}")
            raise
    assert scene.proxy.injected, "no storm came"
    told(scene, record_property)
