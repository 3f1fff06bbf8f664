# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Streams read ahead: the same records, bounded, and nothing left running."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._sync.ahead import CHUNK, DEPTH, Ahead

SIZES = [0, 1, CHUNK, CHUNK + 1, CHUNK * (DEPTH + 5) + 7]


def threads() -> int:
    return sum(thread.name == "stowage-ahead" for thread in threading.enumerate())


@pytest.mark.parametrize("overflow", [False, True])
@pytest.mark.parametrize("size", SIZES)
def test_the_same_records_in_the_same_order(size: int, overflow: bool) -> None:
    assert list(Ahead(iter(range(size)), overflow=overflow)) == list(range(size))
    assert threads() == 0


def counted(size: int, done: list[int], closed: list[bool]) -> Iterator[int]:
    try:
        for number in range(size):
            done[0] = number + 1
            yield number
    finally:
        closed.append(True)


def test_a_stream_waits_for_its_reader() -> None:
    done, closed = [0], [False]
    stream = Ahead(counted(CHUNK * DEPTH * 3, done, closed), overflow=False)
    assert next(iter(stream)) == 0
    # The chunk that was taken, those that wait, and the one that finds no room.
    assert done[0] <= CHUNK * (DEPTH + 2)
    stream.close()
    assert closed == [False, True] and threads() == 0


def test_an_overflowing_stream_goes_on_to_its_end() -> None:
    size = CHUNK * DEPTH * 3
    done, closed = [0], [False]
    stream = Ahead(counted(size, done, closed), overflow=True)
    # It ends only after its last word has found room.
    records = iter(stream)
    assert next(records) == 0
    while done[0] < size:
        time.sleep(0.01)
    assert list(records) == list(range(1, size))
    stream.close()
    assert threads() == 0


@pytest.mark.parametrize("overflow", [False, True])
@pytest.mark.parametrize("size", SIZES)
def test_an_error_comes_after_the_records_before_it(size: int, overflow: bool) -> None:
    def broken() -> Iterator[int]:
        yield from range(size)
        raise ValueError("broken")

    records = iter(Ahead(broken(), overflow=overflow))
    assert [next(records) for _number in range(size)] == list(range(size))
    with pytest.raises(ValueError, match="broken"):
        next(records)
    assert threads() == 0
