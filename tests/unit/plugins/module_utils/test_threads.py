# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A pool that the system gives few threads, or none."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent import futures

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._threads import Pool, in_order


@pytest.mark.parametrize("given", [0, 1, 100])
def test_a_pool_does_itself_what_it_gets_no_thread_for(given: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each call once, whether a thread comes to it or the caller does; its result or error in the future."""
    start, started, calls = threading.Thread.start, [], []

    def start_few(thread: threading.Thread) -> None:
        if len(started) == given:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    def call(number: int) -> int:
        calls.append(number)
        return 1 // (number % 5)

    monkeypatch.setattr(threading.Thread, "start", start_few)
    with Pool(8) as pool:
        asked = [pool.submit(call, number) for number in range(50)]
    assert sorted(calls) == [*range(50)]
    assert [isinstance(one.exception(), ZeroDivisionError) for one in asked] == [True, *[False] * 4] * 10
    assert len(started) == min(given, 8) or given == 100


def test_a_call_that_was_cancelled_is_not_made() -> None:
    begun, go, calls = threading.Event(), threading.Event(), []
    with Pool(1) as pool:
        first = pool.submit(lambda: [begun.set(), go.wait()])
        begun.wait()
        second = pool.submit(calls.append, 2)
        assert second.cancel()
        go.set()
        futures.wait([first, second])
    assert calls == []


def test_results_come_in_order_and_few_works_are_taken_ahead() -> None:
    taken: list[int] = []
    late: futures.Future[int] = futures.Future()

    def works() -> Iterator[int | futures.Future[int]]:
        for number in range(10):
            taken.append(number)
            if number == 5:  # the last one that may be taken while another is waited for
                late.set_result(1)
            yield late if number == 1 else number

    results = in_order(works(), 5)
    assert next(results) == 0 and taken == [0]
    assert next(results) == 1 and taken == [0, 1, 2, 3, 4, 5]
    assert list(results) == list(range(2, 10))


def test_an_error_comes_in_its_turn() -> None:
    failed: futures.Future[int] = futures.Future()
    failed.set_exception(ValueError("no"))
    results = in_order(iter([1, failed, 3]), 5)
    assert next(results) == 1
    with pytest.raises(ValueError, match="no"):
        next(results)
