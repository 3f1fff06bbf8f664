# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Parts of several files in one pool: in order, bounded, by turns, and none after an error."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._s3.gate import Gate
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Part
from ansible_collections.stowage.s3.plugins.module_utils._sync.parts import QUEUED, Parts

GATE = Gate(2, 2)
WIDTH = QUEUED * GATE.limit


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(WIDTH) as pool:
        yield pool


def part(number: int) -> Part:
    return Part(number, "", 1)


def test_parts_come_in_order_and_few_are_under_way(pool: ThreadPoolExecutor) -> None:
    parts, asked, done, most = Parts(pool, None), 0, 0, 0

    def tasks() -> Iterator[Callable[[], Part]]:
        nonlocal asked, most
        for number in range(1000):
            asked += 1
            most = max(most, asked - done)
            yield lambda number=number: part(number)  # type: ignore[misc]

    for expected, found in enumerate(parts._in_order(tasks(), GATE)):
        assert found.number == expected
        done += 1
    assert done == 1000
    # Those under way, the one that was just asked for, and the one that is being given.
    assert most <= WIDTH + 2


def test_an_error_stops_what_has_not_begun(pool: ThreadPoolExecutor) -> None:
    begun = []

    def task(number: int) -> Part:
        begun.append(number)
        if number == 2:
            raise OSError("full")
        return part(number)

    tasks = ((lambda number=number: task(number)) for number in range(1000))
    with pytest.raises(OSError, match="full"):
        list(Parts(pool, None)._in_order(tasks, GATE))
    assert max(begun) <= 2 + WIDTH


def test_a_consumer_that_gives_up_waits_for_what_has_begun(pool: ThreadPoolExecutor) -> None:
    running, done = [], []

    def task(number: int) -> Part:
        running.append(number)
        done.append(number)
        return part(number)

    tasks = ((lambda number=number: task(number)) for number in range(1000))
    with contextlib.closing(Parts(pool, None)._in_order(tasks, GATE)) as arriving:
        next(arriving)
    assert sorted(running) == sorted(done) and len(done) <= WIDTH + 2


def test_files_take_turns() -> None:
    """A file that comes later does not wait for all parts of one before it; and the pool is full as long as any is."""
    order: list[str] = []
    first, go = threading.Event(), threading.Event()

    def task(name: str, number: int) -> Part:
        first.set()
        go.wait()
        order.append(name)
        return part(number)

    with ThreadPoolExecutor(1) as pool:
        parts = Parts(pool, None)

        def file(name: str, count: int) -> threading.Thread:
            tasks = ((lambda number=number: task(name, number)) for number in range(count))
            thread = threading.Thread(target=lambda: list(parts._in_order(tasks, GATE)))
            thread.start()
            return thread

        large = file("large", 200)
        first.wait()
        small = file("small", 2)
        # The later one has handed in what it has when both are in the queue.
        while pool._work_queue.qsize() < WIDTH - 1 + 2:
            pass
        go.set()
        large.join()
        small.join()
    assert order.count("large") == 200
    assert [place for place, name in enumerate(order) if name == "small"][-1] <= 2 * WIDTH
