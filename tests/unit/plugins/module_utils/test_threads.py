# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A pool that the system gives few threads, or none."""

from __future__ import annotations

import threading
from concurrent import futures

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._threads import Pool


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
