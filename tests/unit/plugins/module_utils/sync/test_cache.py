# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The state cache as a file: what it gives back, and what becomes of it when it is shared, damaged or in the way."""

from __future__ import annotations

import os
import pathlib
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._sync.cache import BATCH, Cache, State, identity
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Row

KEYS = ["a", "a-b", "a.txt", "a/x", "a0", "é", "e\u0301", "\uffee", "\U0001f600", "new\nline", "nul\0inside", "'\"%"]


def row(key: str, *, stamp: bytes = b"stamp", clean: bool = True) -> Row:
    return Row(key, stamp, b"\x00\xffdigest", b"", "etag", clean, False)


def filled(path: pathlib.Path, rows: list[Row], wanted: str = "me") -> None:
    with Cache(str(path), wanted, write=True) as cache:
        for one in rows:
            cache.put(one)


def held(path: pathlib.Path, wanted: str = "me", *, write: bool = False) -> list[Row]:
    with Cache(str(path), wanted, write=write) as cache:
        return list(cache.rows())


@pytest.fixture
def path(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "cache" / "x.sqlite3"


def test_rows_come_back_as_they_were_in_the_order_of_their_keys_bytes(path: pathlib.Path) -> None:
    rows = [row(key) for key in KEYS]
    filled(path, rows)
    assert held(path) == sorted(rows, key=lambda one: one.key.encode())
    assert [one.key for one in held(path, write=True)] == sorted(KEYS)


def test_rows_of_many_batches_come_once_each(path: pathlib.Path) -> None:
    count = 2 * BATCH + 1
    filled(path, [row(f"{number:05}") for number in range(count)])
    assert [one.key for one in held(path)] == [f"{number:05}" for number in range(count)]


def test_a_row_is_replaced_and_dropped(path: pathlib.Path) -> None:
    filled(path, [row("a"), row("b"), row("c")])
    with Cache(str(path), "me", write=True) as cache:
        cache.drop("a")
        cache.drop("b")
        cache.put(row("b", stamp=b"newer", clean=False))
    assert held(path) == [row("b", stamp=b"newer", clean=False), row("c")]


def test_identity_tells_every_side_apart() -> None:
    one = {"source": ["local", "/a"], "target": ["https://s3", "b", "p/"], "unicode_form": ""}
    others = [
        {**one, "source": ["local", "/A"]},
        {**one, "target": ["https://s4", "b", "p/"]},
        {**one, "target": ["https://s3", "c", "p/"]},
        {**one, "target": ["https://s3", "b", "p/q/"]},
        {**one, "target": ["https://s3", "b/p", "/"]},
        {**one, "unicode_form": "nfc"},
        {**one, "source": one["target"], "target": one["source"]},
    ]
    assert len({identity(**sides) for sides in [one, *others]}) == 1 + len(others)


def test_the_cache_of_another_pair_is_not_believed(path: pathlib.Path) -> None:
    filled(path, [row("a")], wanted="other")
    assert held(path, "me") == []
    assert held(path, "other") == [row("a")], "check mode changed what it did not believe"
    assert held(path, "me", write=True) == []
    assert held(path, "other") == []


def test_the_cache_of_another_version_is_not_believed(path: pathlib.Path) -> None:
    filled(path, [row("a")])
    with sqlite3.connect(path) as database:
        database.execute("UPDATE identity SET version = version + 1")
    database.close()
    assert held(path) == [] and held(path, write=True) == []


def _truncated(path: pathlib.Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _emptied(path: pathlib.Path) -> None:
    os.truncate(path, 0)


def _text(path: pathlib.Path) -> None:
    path.write_text("this is no database\n" * 500)


def _foreign(path: pathlib.Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE identity (name TEXT)")
        database.execute("CREATE TABLE known (value INTEGER)")
    database.close()


def _other_columns(path: pathlib.Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("DROP TABLE known")
        database.execute("CREATE TABLE known (key TEXT PRIMARY KEY, stamp BLOB)")
    database.close()


def _other_types(path: pathlib.Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("UPDATE known SET key = x'ff00', stamp = 'text' WHERE key = 'a/x'")
    database.close()


def _bad_text(path: pathlib.Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("UPDATE known SET etag = cast(x'ff00' AS TEXT) WHERE key = 'a/x'")
    database.close()


@pytest.mark.parametrize("damage", [_truncated, _emptied, _text, _foreign, _other_columns, _other_types, _bad_text])
def test_a_damaged_cache_costs_its_rows_and_nothing_else(
    path: pathlib.Path, damage: Callable[[pathlib.Path], None]
) -> None:
    rows = [row(key) for key in sorted(KEYS)]
    filled(path, rows)
    damage(path)
    before = path.read_bytes()
    assert held(path) != rows and set(held(path)) <= set(rows)
    assert path.read_bytes() == before, "check mode repaired it"
    assert set(held(path, write=True)) <= set(rows)
    # The run that met the damage may go on, and the next one has a sound cache again.
    filled(path, rows)
    filled(path, rows)
    assert held(path) == rows


def test_no_flipped_byte_makes_it_raise_or_lose_its_order(path: pathlib.Path) -> None:
    rows = [row(f"key-{number:03}", stamp=bytes(range(40))) for number in range(60)]
    filled(path, rows)
    sound, dice = path.read_bytes(), random.Random(1)
    seen_damage = 0
    for attempt in range(300):
        damaged = bytearray(sound)
        for _flip in range(dice.choice([1, 1, 5])):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        path.write_bytes(damaged)
        found = held(path, write=bool(attempt % 2))
        seen_damage += found != rows
        keys = [one.key for one in found]
        assert keys == sorted(set(keys))
        assert all(
            isinstance(one.stamp, bytes) and isinstance(one.digest, bytes) and isinstance(one.etag, str)
            for one in found
        )
    assert seen_damage > 50


def test_check_mode_makes_and_locks_nothing(path: pathlib.Path) -> None:
    assert held(path) == []
    assert not path.parent.exists()
    filled(path, [row("a")])
    (path.parent / "x.sqlite3.lock").unlink()
    assert held(path) == [row("a")]
    assert sorted(one.name for one in path.parent.iterdir()) == ["x.sqlite3"]


def test_a_second_run_is_refused_and_a_check_beside_it_reads(path: pathlib.Path) -> None:
    filled(path, [row("a")])
    with Cache(str(path), "me", write=True) as cache:
        with pytest.raises(StowageError, match="Another run is syncing the same source and destination"):
            Cache(str(path), "me", write=True)
        assert held(path) == [row("a")]
        cache.put(row("b"))
    assert held(path, write=True) == [row("a"), row("b")]


def test_a_check_that_takes_long_does_not_keep_the_run_from_writing(path: pathlib.Path) -> None:
    filled(path, [row(f"{number:05}") for number in range(BATCH + 500)])
    with Cache(str(path), "me", write=False) as reader, Cache(str(path), "me", write=True) as writer:
        reading = reader.rows()
        next(reading)
        writer.put(row("99999"))
        writer.flush()
        assert writer.failure == ""
        assert len(list(reading)) == BATCH + 500, "what was written behind the reader's place is seen"


def test_the_lock_ends_with_its_process(path: pathlib.Path) -> None:
    path.parent.mkdir()
    code = (
        "import os, sys\n"
        "from ansible_collections.stowage.s3.plugins.module_utils._sync.cache import Cache\n"
        f"cache = Cache({str(path)!r}, 'me', write=True)\n"
        "sys.stdout.write('held\\n'); sys.stdout.flush(); sys.stdin.read(1); os._exit(9)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None and other.stdin is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(StowageError, match="Another run"):
            Cache(str(path), "me", write=True)
    filled(path, [row("a")])
    assert held(path) == [row("a")]


def test_a_place_that_cannot_be_used_is_named(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StowageError, match=r"state_dir: .*/file.* cannot be used: .*Give a directory"):
        Cache(str(tmp_path / "file" / "cache" / "x.sqlite3"), "me", write=True)
    assert held(tmp_path / "file" / "cache" / "x.sqlite3") == []
    (tmp_path / "x.sqlite3").mkdir()
    with pytest.raises(StowageError, match=r"state_dir: .*x\.sqlite3 cannot be"):
        Cache(str(tmp_path / "x.sqlite3"), "me", write=True)
    with pytest.raises(StowageError, match="state_dir: "):
        Cache("/proc/no-such-place/x.sqlite3", "me", write=True)


def test_a_disk_that_is_full_ends_the_cache_and_not_the_run(tmp_path: pathlib.Path) -> None:
    warnings: list[str] = []
    state = State(str(tmp_path), None, "", warnings.append)
    with state.cache("me", write=True) as cache:
        cache.put(row("a"))
    with state.cache("me", write=True) as cache:
        assert cache._database is not None
        pages = cache._database.execute("PRAGMA page_count").fetchone()[0]
        cache._database.execute(f"PRAGMA max_page_count = {pages}")
        for number in range(BATCH + 10):
            cache.put(row(f"b{number}", stamp=bytes(500)))
        cache.drop("a")
    assert len(warnings) == 1 and "full" in warnings[0] and str(tmp_path) in warnings[0]
    with state.cache("me", write=False) as cache:
        assert list(cache.rows()) == [row("a")]
    assert len(warnings) == 1
