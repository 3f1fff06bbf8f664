# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Streams of works: how many are under way, and how much is taken ahead."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._s3.gate import Gate
from ansible_collections.stowage.s3.plugins.module_utils._s3.waiting import asleep
from ansible_collections.stowage.s3.plugins.module_utils._sync.workers import AHEAD, PER_LOOP, QUEUED, Work, Workers


class Count:
    """How many are under way, and in which threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.now = self.most = 0
        self.threads: set[int] = set()

    def add(self, by: int) -> None:
        with self._lock:
            self.now += by
            self.most = max(self.most, self.now)
            self.threads.add(threading.get_ident())


def works(number: int, count: Count, small: Callable[[int], bool], taken: list[int]) -> Iterator[Work[int]]:
    async def work(each: int) -> int:
        count.add(1)
        await asleep(0.001)
        count.add(-1)
        return each

    for each in range(number):
        taken.append(each)
        yield Work(partial(work, each), small(each))


@pytest.mark.parametrize("limit", [1, 5, PER_LOOP, 3 * PER_LOOP])
@pytest.mark.parametrize("small", [lambda _each: True, lambda _each: False], ids=["small", "large"])
def test_few_more_are_under_way_than_the_gate_lets_through(limit: int, small: Callable[[int], bool]) -> None:
    count, done = Count(), []
    with Workers[int](Gate(limit, limit), Gate(limit, limit)) as workers:
        workers.run(works(300, count, small, []), done.append)
    assert sorted(done) == list(range(300))
    most = limit if small(0) else AHEAD * limit
    assert count.most <= most
    assert count.most == 1 if most == 1 else count.most > 1
    assert len(count.threads) <= (-(-limit // PER_LOOP) if small(0) else most)


def test_large_works_hold_no_small_ones_up() -> None:
    held, done = threading.Event(), []

    async def large() -> int:
        held.wait(60)
        return -1

    async def little(each: int) -> int:
        if each == 99:
            held.set()
        return each

    stream = [Work(large)] * 2 + [Work(partial(little, each), True) for each in range(100)]
    with Workers[int](Gate(2, 2), Gate(2, 2)) as workers:
        workers.run(stream, done.append)
    assert sorted(done) == [-1, -1, *range(100)]


@pytest.mark.parametrize("small", [True, False])
def test_little_is_taken_ahead_of_what_is_done(small: bool) -> None:
    taken: list[int] = []
    done, most = 0, 0

    def take(_result: int) -> None:
        nonlocal done, most
        most = max(most, len(taken) - done)
        done += 1

    with Workers[int](Gate(2, 2), Gate(2, 2)) as workers:
        workers.run(works(200, Count(), lambda _each: small, taken), take)
    assert done == 200 and most <= QUEUED * 2 + 1


@pytest.mark.parametrize("small", [True, False])
def test_an_error_of_ours_ends_the_run_and_the_threads(small: bool) -> None:
    async def broken() -> int:
        raise ValueError("ours")

    before = threading.active_count()
    with pytest.raises(ValueError, match="ours"), Workers[int](Gate(2, 2), Gate(2, 2)) as workers:
        workers.run((Work(broken, small) for _each in range(1000)), lambda _result: None)
    assert threading.active_count() == before


def test_one_stream_comes_after_the_other() -> None:
    done: list[int] = []
    with Workers[int](Gate(4, 4), Gate(4, 4)) as workers:
        for _time in range(3):
            workers.run(works(20, Count(), lambda each: each % 2 == 0, []), done.append)
            assert len(done) % 20 == 0
    assert sorted(done) == sorted([*range(20)] * 3)


@pytest.mark.parametrize("given", [0, 3])
def test_few_threads_do_what_more_would_have_done(given: int, monkeypatch: pytest.MonkeyPatch) -> None:
    start, started = threading.Thread.start, []

    def start_few(thread: threading.Thread) -> None:
        if len(started) == given:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_few)
    done: list[int] = []
    few = contextlib.nullcontext() if given else pytest.raises(RuntimeError, match="can't start new thread")
    with few, Workers[int](Gate(16, 16), Gate(16, 16)) as workers:
        workers.run(works(50, Count(), lambda _each: False, []), done.append)
    assert len(done) == (50 if given else 0)
    assert not any(thread.is_alive() for thread in started)
