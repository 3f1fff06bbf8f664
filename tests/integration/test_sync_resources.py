# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where the machine ends: full disks, closed directories, few descriptors, many files, long names.

A disk is full here by RLIMIT_FSIZE, which needs no powers: a write beyond it fails (EFBIG) as on a full disk (ENOSPC).
"""

from __future__ import annotations

import contextlib
import functools
import resource
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._sync import disk, listing, spool, transfer
from world import World, apart, failures, verbs, without_powers

KIB = 1024


@contextlib.contextmanager
def full_beyond(size: int) -> Iterator[None]:
    """Files can have so many bytes and no more, meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def many(count: int) -> dict[str, str]:
    return {f"{number:05}-{'x' * 100}": f"content {number}" for number in range(count)}


def files_of(tree: dict[str, str]) -> dict[str, str]:
    """Without empty directories."""
    return {key: content for key, content in tree.items() if not key.endswith("/")}


# Full disks


def test_a_download_that_the_disk_cannot_take(world: World) -> None:
    world.put({"changed": "2" * 200 * KIB, "new": "3" * 200 * KIB, "fine": "4"})
    world.write({"changed": "1", "extra": "5"})
    with full_beyond(100 * KIB):
        result = world.run(world.uri(), str(world.root), delete=True)
    assert failures(result).keys() == {"changed", "new"}
    assert all("File too large" in text and "Make room" in text for text in failures(result).values())
    # As it was, no part of it, and nothing is deleted after a failure.
    assert world.tree() == {"changed": "1", "extra": "5", "fine": "4"}
    assert not world.run(world.uri(), str(world.root), delete=True).get("failed")
    assert world.tree() == world.objects()


def test_a_download_by_parts_that_the_disk_cannot_take(world: World) -> None:
    world.put({"large": b"1" * (6 << 20), "fine": "2"})
    with full_beyond(4 << 20):
        result = world.run(world.uri(), str(world.root), multipart_threshold="5M")
    assert failures(result).keys() == {"large"}
    assert world.tree() == {"fine": "2"}


def test_a_state_cache_that_the_disk_cannot_take(world: World) -> None:
    files = many(300)
    world.write(files)
    with full_beyond(20 * KIB):
        result = world.run(str(world.root), world.uri())
    assert not result.get("failed") and world.objects() == files
    assert any("state cache" in str(text) and "space" in str(text) for text in result["warnings"])
    result = world.up()
    assert (result["changed"], result.get("warnings")) == (False, None)


def test_no_space_for_any_state(world: World) -> None:
    world.write({"a": "1"})
    with full_beyond(KIB):
        message = world.run(str(world.root), world.uri())["msg"]
    assert message.startswith("state_dir: ") and "space" in message
    assert world.objects() == {}
    world.up()
    assert world.objects() == {"a": "1"}


def test_a_log_that_the_disk_cannot_take(world: World) -> None:
    files = many(100)
    world.write(files)
    log = world.tmp_path / "log"
    with full_beyond(22 * KIB):
        # Nothing compared by content: no cache, which would be too large as well.
        result = world.run(str(world.root), world.uri(), log=str(log), compare="size", max_actions=0)
    assert not result.get("failed") and world.objects() == files
    assert any(f"log: {str(log)!r} could not be written to its end" in str(text) for text in result["warnings"])
    assert 0 < log.read_bytes().count(b"\n") < 100


@pytest.mark.needs("conditional uploads")
def test_a_log_on_a_device_that_is_full(world: World) -> None:
    world.write({"a": "1"})
    result = world.run(str(world.root), world.uri(), log="/dev/full")
    assert not result.get("failed") and world.objects() == {"a": "1"}
    (warning,) = map(str, result["warnings"])
    assert "No space left on device" in warning


@pytest.mark.needs("conditional uploads")
def test_a_record_that_the_disk_cannot_take(world: World) -> None:
    world.write({"a": "1"})
    with full_beyond(KIB):
        result = world.run(str(world.root), world.uri(), compare="size", exclude=["x" * KIB])
    assert not result.get("failed") and world.objects() == {"a": "1"}
    (warning,) = map(str, result["warnings"])
    assert "record" in warning and result["record"] == ""


def test_a_temporary_directory_that_is_full(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with 50,000 objects and more; planning ends before anything is touched."""
    world.write({"a": "1"})
    world.put({"b": "2", "c": "3"})
    monkeypatch.setattr(listing, "in_key_order", functools.partial(spool.in_key_order, in_memory=1))
    monkeypatch.setattr(spool, "CHUNK", 1)
    with full_beyond(10):
        message = world.run(str(world.root), world.uri(), compare="size", delete=True)["msg"]
    assert "temporary directory" in message and "File too large" in message and "TMPDIR" in message
    assert world.objects() == {"b": "2", "c": "3"}


# Closed directories


def test_a_target_that_is_read_only(world: World) -> None:
    world.put({"changed": "2", "new": "3", "d/new": "4"})
    world.write({"changed": "1", "extra": "5"})
    options = {
        "source": world.uri(), "destination": str(world.root), "state_dir": str(world.state), "delete": True,
    }  # fmt: skip
    before = world.tree()
    world.root.chmod(0o555)
    for result in without_powers(world.server, options):
        assert result["failed"] and "Grant write permission" in result["msg"] and "actions" not in result
    assert world.tree() == before
    world.root.chmod(0o755)
    world.down(delete=True)
    assert world.tree() == world.objects()


def test_a_target_that_cannot_be_made(world: World) -> None:
    world.put({"a": "1"})
    (world.tmp_path / "closed").mkdir(mode=0o555)
    options = {
        "source": world.uri(), "destination": str(world.tmp_path / "closed" / "new"), "state_dir": str(world.state),
    }  # fmt: skip
    for result in without_powers(world.server, options):
        assert result["failed"] and "ermission" in result["msg"] and "exception" not in result
    assert list((world.tmp_path / "closed").iterdir()) == []


# Few descriptors


@pytest.mark.parametrize("limit", [64, 24])
@pytest.mark.parametrize("direction", ["up", "down"])
def test_few_file_descriptors(world: World, direction: str, limit: int) -> None:
    files: dict[str, str] = {f"{number % 10}/{number}": f"{number}" * 100 for number in range(200)}
    files |= {f"large-{number}": f"{number}" * (6 << 20) for number in range(2)}
    if direction == "up":
        world.write(files)
    else:
        world.put(files)
    places = [str(world.root), world.uri()][:: 1 if direction == "up" else -1]
    options = {
        "source": places[0], "destination": places[1], "state_dir": str(world.state), "multipart_threshold": "5M",
    }  # fmt: skip

    def few() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))

    (result,) = apart(world.server, options, few, checks=(False,))
    arrived = world.objects() if direction == "up" else files_of(world.tree())
    if limit == 64:
        assert not result.get("failed"), result["msg"]
        assert arrived == files
    else:
        # Too few for what is open at once: told, and nothing torn.
        assert arrived.items() <= files.items()
        assert result.get("failed") or arrived == files
        if result.get("failed"):
            assert all("ulimit -n" in text for text in failures(result).values()), failures(result)
    world.run(*places)
    assert world.objects() == world.tree() == files


# Many files, long names


def test_many_files_in_one_directory(world: World, request: pytest.FixtureRequest) -> None:
    files = many(request.config.getoption("--files"))
    world.write({f"d/{name}": content for name, content in files.items()})
    result = world.run(str(world.root), world.uri())
    assert result["summary"]["upload"]["count"] == len(files)
    assert sorted(world.names()) == [f"d/{name}" for name in sorted(files)]
    assert not world.run(str(world.root), world.uri())["changed"]
    other = world.tmp_path / "other"
    result = world.run(world.uri(), str(other))
    assert result["summary"]["download"]["count"] == len(files)
    assert world.tree(other) == world.tree()


def test_long_names_as_deep_as_a_key_allows(world: World) -> None:
    name = "é" * 127 + "x"  # 255 bytes, the most that a name can have
    tree = {"/".join([name] * depth): f"{depth}" for depth in range(1, 4)}
    files = {f"{folder}/{name[:-2]}f": content for folder, content in tree.items()}
    deeper = {"/".join([name] * depth) + "/f": "too deep" for depth in (4, 5)}
    fits = {key: content for key, content in files.items() if len(f"{world.base}app/{key}".encode()) <= 1024}
    assert len(fits) == 2
    world.write({**files, **deeper})
    result = world.up()
    assert failures(result).keys() == (files.keys() | deeper.keys()) - fits.keys()
    assert all("1024 bytes" in text for text in failures(result).values())
    assert world.objects() == fits
    other = world.tmp_path / "other"
    assert len(verbs(world.sync(world.uri(), str(other)))) == len(fits)
    assert world.tree(other) == fits


@pytest.mark.needs("long names")
def test_a_name_that_is_too_long_for_this_disk(world: World) -> None:
    world.put({"é" * 128: "1", "fine": "2"})
    result = world.down()
    assert failures(result).keys() == {"é" * 128} and "255 are allowed" in failures(result)["é" * 128]
    assert world.tree() == {"fine": "2"}


# Slow file systems


@pytest.mark.parametrize("direction", ["up", "down"])
@pytest.mark.parametrize("slow", [False, True], ids=["quick", "slow"])
def test_a_slow_file_system_gets_more_threads(
    world: World, direction: str, slow: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"{number}": f"{number}" for number in range(300)}
    if direction == "up":
        world.write(files)
    else:
        world.put(files)
    threads: set[str] = set()
    name, of = ("open_regular", transfer) if direction == "up" else ("create", disk)
    real = getattr(of, name)

    def opened(*arguments: Any, **options: Any) -> Any:
        threads.add(threading.current_thread().name)
        if slow:
            time.sleep(0.01)
        return real(*arguments, **options)

    monkeypatch.setattr(of, name, opened)
    if not slow:
        monkeypatch.setattr(transfer, "SLOW", 1.0)  # seconds: a busy machine is not taken for a slow file system
    places = [str(world.root), world.uri()][:: 1 if direction == "up" else -1]
    result = world.run(*places, concurrency=8, on_conflict="overwrite")
    assert not result.get("failed") and world.objects() == world.tree() == files
    assert len(threads) > 4 if slow else len(threads) == 1
