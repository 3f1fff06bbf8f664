# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The state cache under attack: whatever is done to files, objects and the cache itself, it never says a wrong "same".

Each test ends with the contents of both sides, read by others than the sync.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import types
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket
from ansible_collections.stowage.s3.plugins.module_utils._sync import (
    digests,
    disk,
    listing,
    planner,
    transfer,
)
from harness import decided, run_module
from server import Server

pytestmark = pytest.mark.usefixtures("one_session")

TESTS = pathlib.Path(__file__).resolve().parents[1]
OLD = 1_500_000_000_000_000_000  # ns; files that were written long ago
NOTHING = {"list": 1}


class Pair:
    """A directory, a prefix in a bucket, a state directory, and how to sync them (direction: up, down)."""

    def __init__(self, server: Server, bucket: str, root: pathlib.Path, direction: str = "up") -> None:
        self.server, self.bucket, self.direction, self.prefix = server, bucket, direction, f"p-{uuid.uuid4().hex}"
        self.s3 = server.client("s3")
        self.root, self.tree, self.state = root, root / "tree", root / "state"
        self.tree.mkdir(parents=True, exist_ok=True)
        self.hashed: list[str] = []

    def options(self, **more: Any) -> dict[str, Any]:
        places = [str(self.tree), f"s3://{self.bucket}/{self.prefix}"]
        source, destination = places if self.direction == "up" else reversed(places)
        return {
            "source": source, "destination": destination, "state_dir": str(self.state), "concurrency": 4,
            "max_actions": 10_000, **more,
        }  # fmt: skip

    def sync(self, *, check: bool = False, **more: Any) -> dict[str, Any]:
        result = run_module("sync", self.options(**more), server=self.server, check=check)
        assert not result.get("failed"), result["msg"]
        return result

    def write(self, name: str, content: bytes, *, mtime_ns: int = OLD) -> None:
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

    def put(self, name: str, content: bytes, **arguments: Any) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=f"{self.prefix}/{name}", Body=content, **arguments)

    def head(self, name: str) -> Any:
        return self.s3.head_object(Bucket=self.bucket, Key=f"{self.prefix}/{name}")

    def put_by_parts(self, name: str, content: bytes, **arguments: Any) -> None:
        """The same object as a multipart upload has it: with an ETag that is no MD5."""
        place = {"Bucket": self.bucket, "Key": f"{self.prefix}/{name}"}
        upload = self.s3.create_multipart_upload(**place, **arguments)["UploadId"]
        part = self.s3.upload_part(**place, UploadId=upload, PartNumber=1, Body=content)
        parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
        self.s3.complete_multipart_upload(**place, UploadId=upload, MultipartUpload=parts)

    def files(self) -> dict[str, bytes]:
        return {str(path.relative_to(self.tree)): path.read_bytes() for path in self.tree.rglob("*") if path.is_file()}

    def objects(self) -> dict[str, bytes]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=f"{self.prefix}/")
        keys = [one["Key"] for page in pages for one in page.get("Contents", [])]
        return {
            key[len(self.prefix) + 1 :]: self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read() for key in keys
        }

    def assert_equal(self) -> None:
        assert self.files() == self.objects()

    def database(self) -> pathlib.Path:
        (path,) = (self.state / "cache").glob("*.sqlite3")
        return path


def keys_of(result: dict[str, Any]) -> list[str]:
    return [one["key"] for one in result["actions"]]


@pytest.fixture(params=["up", "down"])
def pair(request: pytest.FixtureRequest, s3_server: Server, bucket: str, tmp_path: pathlib.Path) -> Pair:
    return Pair(s3_server, bucket, tmp_path, request.param)


@pytest.fixture
def up(s3_server: Server, bucket: str, tmp_path: pathlib.Path) -> Pair:
    return Pair(s3_server, bucket, tmp_path, "up")


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that planning hashes, as it does so."""
    names: list[str] = []
    real = planner.hash_file

    def counting(path: str, *arguments: Any, **options: Any) -> Any:
        names.append(os.path.basename(path))
        return real(path, *arguments, **options)

    monkeypatch.setattr(planner, "hash_file", counting)
    return names


@pytest.fixture
def years_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sync's clock is so far ahead that every stamp is old enough to be trusted: nothing but stamps protects."""
    clock = types.SimpleNamespace(**{name: getattr(time, name) for name in dir(time) if not name.startswith("_")})
    clock.time = lambda: time.time() + 1e8
    for module in (digests, planner, transfer):
        monkeypatch.setattr(module, "time", clock)


@pytest.fixture
def coarse_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system whose times have whole seconds, and whose ctime a user can set: stamps show nearly nothing."""

    def coarse(status: os.stat_result) -> bytes:
        return f"{status.st_dev} {status.st_ino} {status.st_size} {status.st_mtime_ns // 10**9}".encode().ljust(40)

    for module in (digests, disk, listing, planner, transfer):
        monkeypatch.setattr(module, "stamp", coarse)


def settle(pair: Pair) -> None:
    """Sync until nothing is left to do and the cache knows everything."""
    pair.sync()
    assert keys_of(pair.sync()) == []
    result = pair.sync()
    assert keys_of(result) == [] and result["summary"]["requests"] == NOTHING
    pair.assert_equal()


def seed(pair: Pair, names: tuple[str, ...] = ("f", "g", "sub/h")) -> None:
    for name in names:
        if pair.direction == "up":
            pair.write(name, f"first {name}".encode())
        else:
            pair.put(name, f"first {name}".encode())


# What is known costs nothing


@pytest.mark.usefixtures("years_later")
def test_the_unchanged_costs_one_listing_and_no_hash(pair: Pair, hashed: list[str]) -> None:
    seed(pair)
    pair.sync()
    hashed.clear()
    for check in (True, False):
        result = pair.sync(check=check)
        assert (result["changed"], result["summary"]["requests"], hashed) == (False, NOTHING, [])
    pair.assert_equal()


def test_young_files_are_hashed_again_until_their_times_can_be_trusted(
    pair: Pair, hashed: list[str], request: pytest.FixtureRequest
) -> None:
    seed(pair)
    pair.sync()
    for _run in range(2):
        hashed.clear()
        result = pair.sync()
        assert sorted(hashed) == ["f", "g", "h"]
        assert (result["changed"], result["summary"]["requests"]) == (False, NOTHING)
    request.getfixturevalue("years_later")
    hashed.clear()
    pair.sync()
    assert sorted(hashed) == ["f", "g", "h"]
    hashed.clear()
    pair.sync()
    assert hashed == []


def test_a_lost_cache_costs_hashes_and_no_requests(pair: Pair, hashed: list[str]) -> None:
    seed(pair)
    settle(pair)
    shutil.rmtree(pair.state)
    hashed.clear()
    result = pair.sync()
    assert (result["changed"], result["summary"]["requests"], sorted(hashed)) == (False, NOTHING, ["f", "g", "h"])


# Files


@pytest.mark.usefixtures("years_later")
def test_a_rewrite_of_the_same_size_with_the_old_time_is_seen(pair: Pair) -> None:
    seed(pair)
    settle(pair)
    pair.rewrite("f", b"FIRST f")
    assert keys_of(pair.sync(check=True)) == ["f"]
    assert keys_of(pair.sync()) == ["f"]
    pair.assert_equal()


@pytest.mark.usefixtures("coarse_times")
def test_a_rewrite_within_one_clock_tick_is_seen(pair: Pair) -> None:
    """Where no time can show a write, files that were young when they were hashed are hashed again."""
    seed(pair)
    settle(pair)
    for number in range(4):
        pair.rewrite("f", f"{number}irst f".encode())
        pair.rewrite("sub/h", f"{number}irst sub/h".encode())
        assert keys_of(pair.sync()) == ["f", "sub/h"]
        pair.assert_equal()


@pytest.mark.usefixtures("coarse_times")
def test_a_rewrite_right_after_hashing_is_seen(up: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    seed(up)
    real, attacks = transfer.is_clean, iter([b"later f", b"after f"])

    def attacked(status: os.stat_result, now: float) -> bool:
        # The content has just been read, and its stamp is taken: nothing looks at the file again.
        content = next(attacks, None) if status.st_size == 7 else None
        if content is not None:
            up.rewrite("f", content)
        return real(status, now)

    monkeypatch.setattr(transfer, "is_clean", attacked)
    up.sync()
    for _attack in range(2):
        assert up.objects()["f"] != up.files()["f"], "the attack came too late to be one"
        assert "f" in keys_of(up.sync())
    up.assert_equal()


def test_a_writer_that_races_is_never_taken_for_done(up: Pair) -> None:
    content = [bytes([65 + number]) * 300_000 for number in range(3)]
    up.write("f", content[0])
    stop, written = threading.Event(), []

    def write() -> None:
        for number in itertools.count():
            up.rewrite("f", content[number % 3])
            written.append(number)
            if stop.wait(0.003):
                return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _run in range(6):
            result = run_module("sync", up.options(), server=up.server)
            assert not result.get("failed") or "was written while it was read" in result["msg"]
            if not result.get("failed"):
                assert up.objects()["f"] in content, "it was stored torn"
    finally:
        stop.set()
        writer.join()
    assert len(written) > 6
    up.sync()
    up.assert_equal()


@pytest.mark.usefixtures("years_later")
def test_a_file_swapped_by_rename_is_seen(pair: Pair) -> None:
    seed(pair)
    settle(pair)
    before = (pair.tree / "f").stat()
    pair.write("new", b"FIRST f", mtime_ns=before.st_mtime_ns)
    os.rename(pair.tree / "new", pair.tree / "f")
    assert (pair.tree / "f").stat().st_mtime_ns == before.st_mtime_ns
    assert keys_of(pair.sync()) == ["f"]
    pair.assert_equal()


@pytest.mark.usefixtures("years_later")
def test_files_that_change_places_are_seen(pair: Pair) -> None:
    """By renaming the files, and by renaming the directories above them, which touches nothing of the files."""
    for name in ("a/x", "b/x", "c", "d"):
        (pair.write if pair.direction == "up" else pair.put)(name, b"content of " + name[:1].encode())
    settle(pair)
    if pair.direction == "down":
        for path in pair.tree.rglob("*"):
            os.utime(path, ns=(OLD, OLD))
        settle(pair)
    for one, other in (("a", "b"), ("c", "d")):
        os.rename(pair.tree / one, pair.root / "aside")
        os.rename(pair.tree / other, pair.tree / one)
        os.rename(pair.root / "aside", pair.tree / other)
    assert keys_of(pair.sync()) == ["a/x", "b/x", "c", "d"]
    pair.assert_equal()


@pytest.mark.usefixtures("years_later")
def test_a_link_that_leads_elsewhere_is_seen(up: Pair) -> None:
    for name in ("v1", "v2"):
        (up.root / name).mkdir()
        (up.root / name / "x").write_bytes(b"content of " + name.encode())
        os.utime(up.root / name / "x", ns=(OLD, OLD))
    (up.tree / "current").symlink_to(up.root / "v1")
    (up.tree / "file").symlink_to(up.root / "v1" / "x")
    up.sync()
    for name in ("current", "file"):
        (up.tree / name).unlink()
    (up.tree / "current").symlink_to(up.root / "v2")
    (up.tree / "file").symlink_to(up.root / "v2" / "x")
    assert keys_of(up.sync()) == ["current/x", "file"]
    assert up.objects() == {"current/x": b"content of v2", "file": b"content of v2"}


# Objects


@pytest.mark.usefixtures("years_later")
def test_an_object_rewritten_with_the_same_size_is_seen(pair: Pair) -> None:
    seed(pair)
    settle(pair)
    pair.put("f", b"FIRST f")
    assert keys_of(pair.sync()) == ["f"]
    pair.assert_equal()


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.usefixtures("years_later")
def test_an_object_rewritten_with_the_metadata_it_had_is_seen(pair: Pair, lost: bool) -> None:
    """Mounts and scripts that edit in place carry metadata along, and with it the digest of what was there before."""
    metadata = {"mtime": "1500000000", "stowage-sha256": hashlib.sha256(b"first f").hexdigest()}
    if pair.direction == "down":
        pair.put("f", b"first f", Metadata=metadata)
    seed(pair, ("f", "g") if pair.direction == "up" else ("g",))
    settle(pair)
    metadata = pair.head("f")["Metadata"]
    assert metadata["stowage-sha256"] == hashlib.sha256(b"first f").hexdigest()
    pair.put("f", b"FIRST f", Metadata=metadata)
    if lost:
        shutil.rmtree(pair.state)
    assert keys_of(pair.sync()) == ["f"]
    pair.assert_equal()


@pytest.mark.parametrize("metadata", [True, False])
@pytest.mark.usefixtures("years_later")
def test_the_same_content_under_another_etag_is_recognised_once(pair: Pair, metadata: bool) -> None:
    """An object that was copied onto itself by parts, or encrypted anew: a HEAD or two, no transfer, then nothing."""
    seed(pair)
    settle(pair)
    before = pair.head("f")
    pair.put_by_parts("f", b"first f", Metadata=before["Metadata"] if metadata else {})
    assert pair.head("f")["ETag"] != before["ETag"]
    for check in (True, False):
        result = pair.sync(check=check)
        assert (result["changed"], result["actions"], result["summary"]["unproven"]) == (False, [], 0)
        assert 1 <= result["summary"]["requests"]["head"] <= 2
    assert pair.sync()["summary"]["requests"] == NOTHING
    pair.assert_equal()


def test_an_object_rewritten_while_planning_looks_at_it_is_not_remembered_as_the_one_listed(
    up: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed(up)
    up.sync()
    real, attacks = Bucket.head, iter([b"FIRST f"])

    def attacked(self: Bucket, key: str, **options: Any) -> Any:
        content = next(attacks, None) if key.endswith("/f") else None
        if content:
            up.put("f", content, CacheControl="no-cache", Metadata={"mtime": "1500000000"})
        return real(self, key, **options)

    monkeypatch.setattr(Bucket, "head", attacked)
    # The rule asks for a HEAD of each object; what it finds under `f` is no longer what was listed.
    rules = [{"match": ["*"], "cache_control": "no-cache"}]
    first = up.sync(rules=rules)
    second = up.sync(rules=rules)
    assert next(attacks, None) is None, "the attack did not take place"
    assert ("f", "content") in [(one["key"], one["reason"]) for one in first["actions"] + second["actions"]]
    up.assert_equal()


class Opaque:
    """A bucket whose ETags look like MD5s and are none, as under SSE-KMS; `renew` gives every object another one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._generation, self.heads = 0, 0
        real_pages, real_head, real_put = Bucket.pages, Bucket.head, Bucket.put

        def pages(bucket: Bucket, *arguments: Any, **options: Any) -> Iterator[Any]:
            for page in real_pages(bucket, *arguments, **options):
                yield [one._replace(etag=self._etag(one.etag)) for one in page]

        def head(bucket: Bucket, key: str, **options: Any) -> Any:
            self.heads += 1
            found = real_head(bucket, key, **options)
            return dataclasses.replace(found, etag=self._etag(found.etag), encryption="aws:kms", checksums={})

        def put(bucket: Bucket, *arguments: Any, **options: Any) -> Any:
            stored = real_put(bucket, *arguments, **options)
            return stored._replace(etag=self._etag(stored.etag))

        for name, method in (("pages", pages), ("head", head), ("put", put)):
            monkeypatch.setattr(Bucket, name, method)

    def _etag(self, etag: str) -> str:
        return hashlib.md5(f"{self._generation} {etag}".encode()).hexdigest()

    def renew(self) -> None:
        self._generation += 1


@pytest.fixture
def opaque(monkeypatch: pytest.MonkeyPatch) -> Opaque:
    return Opaque(monkeypatch)


@pytest.mark.usefixtures("years_later")
def test_etags_that_only_look_like_md5s(up: Pair, opaque: Opaque, hashed: list[str]) -> None:
    seed(up)
    settle(up)
    opaque.renew()
    hashed.clear()
    result = up.sync()
    assert (result["changed"], result["summary"]["unproven"]) == (False, 0), "our digest in the metadata was not used"
    assert result["summary"]["requests"] == {"list": 1, "head": 3}
    assert up.sync()["summary"]["requests"] == NOTHING
    # And a change is still a change, of either side.
    up.rewrite("f", b"FIRST f")
    assert keys_of(up.sync()) == ["f"]
    opaque.renew()
    up.rewrite("g", b"FIRST g")
    assert keys_of(up.sync()) == ["g"]
    up.assert_equal()


@pytest.mark.usefixtures("years_later")
def test_what_times_decided_is_counted_each_time(up: Pair, opaque: Opaque) -> None:
    seed(up)
    for name, content in up.files().items():
        up.put(name, content)  # without a digest, and the ETag says nothing
    for requests in ({"list": 1, "head": 3}, NOTHING, NOTHING):
        checked, done = up.sync(check=True), up.sync()
        assert decided(checked) == decided(done)
        assert (done["changed"], done["summary"]["unproven"], done["summary"]["requests"]) == (False, 3, requests)
    up.assert_equal()


# Caches that are not what they should be


def other_root(pair: Pair) -> Pair:
    other = Pair(pair.server, pair.bucket, pair.root / "other", pair.direction)
    other.prefix = pair.prefix
    return other


def other_prefix(pair: Pair) -> Pair:
    other = Pair(pair.server, pair.bucket, pair.root, pair.direction)
    other.state = pair.root / "other-state"
    return other


@pytest.mark.usefixtures("years_later")
@pytest.mark.parametrize("different", [other_root, other_prefix])
def test_the_cache_of_another_pair_is_not_believed(up: Pair, different: Callable[[Pair], Pair]) -> None:
    seed(up)
    settle(up)
    other = different(up)
    if other.tree != up.tree:
        shutil.copytree(up.tree, other.tree, dirs_exist_ok=True)
        other.rewrite("f", b"FIRST f")
    else:
        seed(other)
        other.sync()
        other.put("f", b"FIRST f")
    other.sync(check=True)
    if not (other.state / "cache").exists():
        other.sync()
        other.rewrite("f", b"first F")
    shutil.copy(up.database(), other.database())
    assert keys_of(other.sync()) == ["f"]
    other.assert_equal()


@pytest.mark.usefixtures("years_later")
def test_the_cache_of_another_endpoint_is_another_one(up: Pair, moto_server: Server) -> None:
    seed(up)
    settle(up)
    client = moto_server.client("s3")
    client.create_bucket(Bucket=up.bucket)
    there = Pair(moto_server, up.bucket, up.root, "up")
    there.prefix = up.prefix
    assert keys_of(there.sync()) == ["f", "g", "sub/h"]
    there.assert_equal()
    assert len(list((up.state / "cache").glob("*.sqlite3"))) == 2


def _truncated(path: pathlib.Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _emptied(path: pathlib.Path) -> None:
    os.truncate(path, 0)


def _garbage(path: pathlib.Path) -> None:
    path.write_bytes(random.Random(1).randbytes(path.stat().st_size))


def _foreign(path: pathlib.Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE identity (name TEXT)")
    database.close()


def _undecodable(path: pathlib.Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("UPDATE known SET etag = cast(x'ff00' AS TEXT) WHERE key = 'g'")
    database.close()


@pytest.mark.usefixtures("years_later")
@pytest.mark.parametrize("damage", [_truncated, _emptied, _garbage, _foreign, _undecodable])
def test_a_damaged_cache_costs_time_and_is_sound_again(
    pair: Pair, damage: Callable[[pathlib.Path], None], hashed: list[str]
) -> None:
    seed(pair)
    settle(pair)
    damage(pair.database())
    pair.rewrite("f", b"FIRST f")
    held = pair.database().read_bytes()
    checked = pair.sync(check=True)
    assert pair.database().read_bytes() == held, "check mode wrote"
    done = pair.sync()
    assert keys_of(checked) == keys_of(done) == ["f"]
    pair.assert_equal()
    pair.sync()
    hashed.clear()
    assert pair.sync()["summary"]["requests"] == NOTHING
    assert hashed == []


@pytest.mark.usefixtures("years_later")
def test_an_older_cache_put_back_is_not_believed_of_what_changed_since(pair: Pair) -> None:
    seed(pair)
    settle(pair)
    older = pair.database().read_bytes()
    pair.rewrite("f", b"FIRST f")
    pair.put("g", b"FIRST g")
    assert keys_of(pair.sync()) == ["f", "g"]
    pair.database().write_bytes(older)
    (pair.rewrite if pair.direction == "up" else pair.put)("f", b"first f")
    assert keys_of(pair.sync()) == ["f"]
    pair.assert_equal()


def test_a_state_dir_that_cannot_be_written(up: Pair) -> None:
    seed(up)
    (up.root / "file").write_text("")
    for place in (up.root / "file" / "state", pathlib.Path("/proc/stowage")):
        checked = up.sync(check=True, state_dir=str(place))
        assert keys_of(checked) == ["f", "g", "sub/h"]
        result = run_module("sync", up.options(state_dir=str(place)), server=up.server)
        assert result["failed"] and result["msg"].startswith("state_dir: ") and "exception" not in result
        assert up.objects() == {}


# Runs beside each other, and runs that end before their time

CHILD = """
import json, os, signal, sys
sys.path.insert(0, {tests!r})
from ansible_collections.stowage.s3.plugins.module_utils._sync import cache, execute, transfer
from harness import run_module
{attack}
result = run_module("sync", json.loads(sys.stdin.readline()))
sys.stdout.write(json.dumps(result) + "\\n")
"""


def child(pair: Pair, attack: str) -> subprocess.Popen[str]:
    options = pair.options(
        endpoint_url=pair.server.endpoint, access_key=pair.server.access_key, secret_key=pair.server.secret_key,
        region=pair.server.region,
    )  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD.format(tests=str(TESTS), attack=attack)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(json.dumps(options) + "\n")
    process.stdin.flush()
    return process


def test_two_runs_at_once(pair: Pair) -> None:
    seed(pair)
    attack = (
        "real = execute.Execution.run\n"
        "def run(self):\n"
        "    sys.stderr.flush(); os.write(1, b'planned\\n'); sys.stdin.readline()\n"
        "    return real(self)\n"
        "execute.Execution.run = run\n"
    )
    first = child(pair, attack)
    assert first.stdin is not None and first.stdout is not None
    with first:
        assert first.stdout.readline() == "planned\n"
        before = (pair.files(), pair.objects())
        second = run_module("sync", pair.options(), server=pair.server)
        assert second["failed"] and "Another run is syncing the same source and destination" in second["msg"]
        checked = pair.sync(check=True)
        assert (pair.files(), pair.objects()) == before
        first.stdin.write("\n")
        first.stdin.flush()
        result = json.loads(first.stdout.readline())
    assert decided(result) == decided(checked) and not result.get("failed")
    pair.assert_equal()
    assert keys_of(pair.sync()) == []


def test_a_run_that_is_killed_is_finished_by_the_next(pair: Pair) -> None:
    seed(pair, tuple(f"f{number:02}" for number in range(40)))
    attack = (
        "import itertools\n"
        "cache.BATCH, count, real = 5, itertools.count(), transfer.Transfers.run\n"
        "def run(self, *arguments):\n"
        "    if next(count) >= 25: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return real(self, *arguments)\n"
        "transfer.Transfers.run = run\n"
    )
    with child(pair, attack) as killed:
        assert killed.wait() == -signal.SIGKILL
    done = len(pair.objects() if pair.direction == "up" else [name for name in pair.files() if name.startswith("f")])
    assert 15 < done < 40
    checked, result = pair.sync(check=True), pair.sync()
    assert decided(result) == decided(checked)
    assert len(keys_of(result)) == 40 - done
    assert {name: content for name, content in pair.files().items() if name.startswith("f")} == pair.objects()
    assert keys_of(pair.sync()) == []


# State in S3


class InS3:
    """A state directory in a bucket."""

    def __init__(self, pair: Pair) -> None:
        self.pair, self.prefix = pair, f"state-{uuid.uuid4().hex}"
        self.place = f"s3://{pair.bucket}/{self.prefix}"

    def objects(self) -> dict[str, tuple[str, bytes]]:
        listed = self.pair.s3.list_objects_v2(Bucket=self.pair.bucket, Prefix=self.prefix).get("Contents", [])
        found = {}
        for one in listed:
            body = self.pair.s3.get_object(Bucket=self.pair.bucket, Key=one["Key"])["Body"].read()
            found[one["Key"][len(self.prefix) + 1 :]] = (one["ETag"] + str(one["LastModified"]), body)
        return found

    def cache(self) -> str:
        (name,) = (name for name in self.objects() if name.startswith("cache/"))
        return f"{self.prefix}/{name}"


def fresh_checkout(pair: Pair) -> None:
    """The same files under other inodes, with other times, as a runner has them that begins from nothing."""
    shutil.move(pair.tree, pair.root / "before")
    shutil.copytree(pair.root / "before", pair.tree, copy_function=shutil.copyfile)
    shutil.rmtree(pair.root / "before")


@pytest.mark.usefixtures("years_later")
def test_state_in_s3_serves_a_fresh_checkout(up: Pair, opaque: Opaque, hashed: list[str]) -> None:
    """A hash of each file, and no HEAD, although the ETags say nothing."""
    seed(up)
    state = InS3(up)
    assert up.sync(check=True, state_dir=state.place)["changed"]
    assert state.objects() == {}, "check mode wrote"
    result = up.sync(state_dir=state.place)
    assert result["record"].startswith(state.place)
    assert not up.state.exists()
    fresh_checkout(up)
    hashed.clear()
    result = up.sync(state_dir=state.place)
    assert (result["changed"], result["summary"]["requests"], opaque.heads) == (False, NOTHING, 0)
    assert sorted(hashed) == ["f", "g", "h"]
    hashed.clear()
    kept = state.objects()
    up.sync(state_dir=state.place, check=True)
    assert state.objects() == kept and hashed == []
    up.sync(state_dir=state.place)
    assert state.objects()[state.cache()[len(state.prefix) + 1 :]] == kept[state.cache()[len(state.prefix) + 1 :]]
    fresh_checkout(up)
    up.rewrite("f", b"FIRST f")
    assert keys_of(up.sync(state_dir=state.place)) == ["f"]
    up.assert_equal()


@pytest.mark.usefixtures("years_later")
@pytest.mark.parametrize("first", [True, False])
def test_the_second_of_two_writers_loses_its_cache_with_a_warning(
    up: Pair, monkeypatch: pytest.MonkeyPatch, first: bool
) -> None:
    """Whether the cache is new or was there before; what the loser knew is found out again, and rightly."""
    seed(up)
    state = InS3(up)
    up.sync(state_dir=state.place)
    theirs = up.s3.get_object(Bucket=up.bucket, Key=state.cache())["Body"].read()
    key = state.cache()
    if first:
        up.s3.delete_object(Bucket=up.bucket, Key=key)
    else:
        theirs += bytes(4096)  # as SQLite leaves it when pages are freed; another ETag in any case
    up.rewrite("f", b"FIRST f")
    real = planner.Planner.make

    def meanwhile(self: planner.Planner, rows: Any) -> Any:
        plan = real(self, rows)
        up.s3.put_object(Bucket=up.bucket, Key=key, Body=theirs)
        return plan

    with monkeypatch.context() as attacked:
        attacked.setattr(planner.Planner, "make", meanwhile)
        result = up.sync(state_dir=state.place)
    assert keys_of(result) == ["f"]
    assert any("was written by another run" in str(text) for text in result["warnings"])
    assert up.s3.get_object(Bucket=up.bucket, Key=key)["Body"].read() == theirs
    up.rewrite("g", b"FIRST g")
    result = up.sync(state_dir=state.place)
    assert keys_of(result) == ["g"] and "warnings" not in result
    up.assert_equal()


@pytest.mark.parametrize("body", [b"", b"no database" * 1000])
def test_a_damaged_cache_in_s3_is_replaced(up: Pair, body: bytes) -> None:
    seed(up)
    state = InS3(up)
    up.sync(state_dir=state.place)
    up.s3.put_object(Bucket=up.bucket, Key=state.cache(), Body=body)
    up.rewrite("f", b"FIRST f")
    assert keys_of(up.sync(check=True, state_dir=state.place)) == ["f"]
    assert up.s3.get_object(Bucket=up.bucket, Key=state.cache())["Body"].read() == body
    assert keys_of(up.sync(state_dir=state.place)) == ["f"]
    up.assert_equal()
    assert up.s3.get_object(Bucket=up.bucket, Key=state.cache())["Body"].read().startswith(b"SQLite format 3")


# Everything at once

ATTACKS: dict[str, Callable[[Pair, str, bytes], None]] = {}


def attack(function: Callable[[Pair, str, bytes], None]) -> Callable[[Pair, str, bytes], None]:
    ATTACKS[function.__name__] = function
    return function


@attack
def rewrite_file(pair: Pair, name: str, content: bytes) -> None:
    pair.rewrite(name, content)


@attack
def swap_file(pair: Pair, name: str, content: bytes) -> None:
    pair.write("aside", content, mtime_ns=(pair.tree / name).stat().st_mtime_ns)
    os.rename(pair.tree / "aside", pair.tree / name)


@attack
def rewrite_object(pair: Pair, name: str, content: bytes) -> None:
    pair.put(name, content)


@attack
def rewrite_object_with_metadata(pair: Pair, name: str, content: bytes) -> None:
    pair.put(name, content, Metadata=pair.head(name)["Metadata"])


@attack
def copy_object_by_parts(pair: Pair, name: str, content: bytes) -> None:
    pair.put_by_parts(name, pair.objects()[name], Metadata=pair.head(name)["Metadata"])


@attack
def touch_file(pair: Pair, name: str, content: bytes) -> None:
    os.utime(pair.tree / name)


@attack
def lose_cache(pair: Pair, name: str, content: bytes) -> None:
    shutil.rmtree(pair.state, ignore_errors=True)


@attack
def keep_cache(pair: Pair, name: str, content: bytes) -> None:
    shutil.copy(pair.database(), pair.root / "kept")


@attack
def roll_cache_back(pair: Pair, name: str, content: bytes) -> None:
    if (pair.root / "kept").exists():
        (pair.state / "cache").mkdir(parents=True, exist_ok=True)
        shutil.copy(pair.root / "kept", pair.state / "cache" / pair.name)  # type: ignore[attr-defined]


@attack
def damage_cache(pair: Pair, name: str, content: bytes) -> None:
    for path in (pair.state / "cache").glob("*.sqlite3"):
        held = bytearray(path.read_bytes())
        dice = random.Random(content)
        for _flip in range(3):
            held[dice.randrange(len(held))] = dice.randrange(256)
        path.write_bytes(held)


@pytest.mark.parametrize("trusting", [True, False], ids=["old stamps", "young stamps"])
def test_random_attacks(pair: Pair, trusting: bool, request: pytest.FixtureRequest) -> None:
    if trusting:
        request.getfixturevalue("years_later")
    dice = random.Random(f"{pair.direction} {trusting}")
    names = ("f", "g", "sub/h")
    seed(pair, names)
    pair.sync()
    pair.name = pair.database().name  # type: ignore[attr-defined]
    for number in range(12):
        done = []
        for _attack in range(dice.randint(1, 4)):
            name = dice.choice(names)
            content = f"{number:05}"[-5:].encode() + b" " + name.encode()
            chosen = dice.choice(sorted(ATTACKS))
            if chosen == "keep_cache" and not pair.state.exists():
                continue
            ATTACKS[chosen](pair, name, content)
            done.append((chosen, name))
        checked, result = pair.sync(check=True), pair.sync()
        assert result["actions"] == checked["actions"], done
        assert result["summary"]["unproven"] == 0, done
        assert pair.files() == pair.objects(), done
