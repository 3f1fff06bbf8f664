# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The state cache as it is used, lost, damaged, mistaken and fought over: it never leads to a wrong "same".

Each test ends with the contents of both sides, read by others than the sync.
"""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._sync import planner
from harness import decided, run_module
from pair import NOTHING, Opaque, Pair, keys_of, seed, settle
from server import Server

TESTS = pathlib.Path(__file__).resolve().parents[1]


# What is known costs nothing


@pytest.mark.core
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
    request.getfixturevalue("always_young")
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


@pytest.mark.core
def test_a_lost_cache_costs_hashes_and_no_requests(pair: Pair, hashed: list[str]) -> None:
    seed(pair)
    settle(pair)
    shutil.rmtree(pair.state)
    hashed.clear()
    result = pair.sync()
    assert (result["changed"], result["summary"]["requests"], sorted(hashed)) == (False, NOTHING, ["f", "g", "h"])


# Caches that are not what they should be


def other_root(pair: Pair) -> Pair:
    other = Pair(pair.server, pair.bucket, pair.root / "other")
    # Links to the same files: the very stamps that the cache knows.
    shutil.copytree(pair.tree, other.tree, copy_function=os.link, dirs_exist_ok=True)
    other.prefix = pair.prefix
    return other


def other_prefix(pair: Pair) -> Pair:
    return Pair(pair.server, pair.bucket, pair.root)


def other_endpoint(pair: Pair) -> Pair:
    elsewhere = dataclasses.replace(pair.server, endpoint=pair.server.endpoint.replace("127.0.0.1", "localhost"))
    other = Pair(elsewhere, pair.bucket, pair.root)
    other.prefix = pair.prefix
    return other


@pytest.mark.usefixtures("years_later")
@pytest.mark.parametrize("different", [other_root, other_prefix, other_endpoint])
def test_the_cache_of_another_pair_is_not_believed(
    up: Pair, different: Callable[[Pair, Server], Pair], hashed: list[str]
) -> None:
    """Neither found nor, put in the other's place, taken for it: though the files and ETags in it are the same."""
    seed(up)
    settle(up)
    mine = up.database()
    other = different(up)
    other.state = up.state
    for one in (other, up, other):
        one.sync()  # `up` as well, as a link to a file shows in its stamp
    (theirs,) = (path for path in mine.parent.glob("*.sqlite3") if path != mine)
    shutil.copy(mine, theirs)
    hashed.clear()
    assert keys_of(other.sync()) == []
    assert sorted(hashed) == ["f", "g", "h"]
    shutil.copy(mine, theirs)
    other.put("f", b"FIRST f")
    assert keys_of(other.sync()) == ["f"]
    other.assert_equal()


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
    # What the older cache knew of this object is true again, and the file is the newer one.
    name = "f" if pair.direction == "up" else "g"
    assert pair.files()[name] == f"FIRST {name}".encode()
    pair.put(name, f"first {name}".encode())
    assert keys_of(pair.sync()) == [name]
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


LOADED = """
import json, sys
sys.path.insert(0, {tests!r})
from harness import run_module
result = run_module("sync", json.loads(sys.stdin.readline()))
loaded = [name.rpartition(".")[2] for name in sys.modules if "._sync." in name]
sys.stdout.write(json.dumps([len(result["actions"]), sorted(loaded)]) + "\\n")
"""
MOVERS = {"execute", "transfer", "parts", "guards", "disk", "verify", "workers", "keeper"}


def test_what_moves_objects_is_loaded_where_there_is_something_to_move(pair: Pair) -> None:
    seed(pair)
    for actions, expected in ((3, MOVERS), (0, set())):
        with child(pair, script=LOADED) as process:
            assert process.stdout is not None
            done, loaded = json.loads(process.stdout.readline())
        assert done == actions
        assert MOVERS & set(loaded) == expected


def child(pair: Pair, attack: str = "", script: str = CHILD, **more: Any) -> subprocess.Popen[str]:
    options = pair.options(
        endpoint_url=pair.server.endpoint, access_key=pair.server.access_key, secret_key=pair.server.secret_key,
        region=pair.server.region, **more,
    )  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-c", script.format(tests=str(TESTS), attack=attack)],
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
    # One at a time: else the server may still store what was under way when the run was killed.
    with child(pair, attack, concurrency=1) as killed:
        assert killed.wait() == -signal.SIGKILL
    done = len(pair.objects() if pair.direction == "up" else [name for name in pair.files() if name.startswith("f")])
    assert done == 25
    checked, result = pair.sync(check=True), pair.sync()
    assert decided(result) == decided(checked)
    assert len(keys_of(result)) == 15
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


@pytest.mark.needs("conditional uploads")
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

    def meanwhile(self: planner.Planner, *arguments: Any) -> Any:
        plan = real(self, *arguments)
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


def test_scratch_of_a_killed_run_is_swept_by_the_next(
    up: Pair, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not by check mode, which changes nothing."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    left = tmp_path / "scratch" / ("stowage-state-" + "0" * 16)
    left.mkdir(parents=True, mode=0o700)
    (left / ("0" * 32 + ".sqlite3")).touch()
    seed(up)
    state = InS3(up)
    up.sync(check=True, state_dir=state.place)
    assert os.listdir(left.parent) == [left.name]
    up.sync(state_dir=state.place)
    assert os.listdir(left.parent) == []


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
