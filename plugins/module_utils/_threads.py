# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A pool of threads that goes on where the system gives it none.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextvars
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class _Once(Generic[T]):
    """A call that is made once, whoever comes first, and what came of it."""

    def __init__(self, call: Callable[[], T]) -> None:
        self.future: Future[T] = Future()
        self._call, self._claim = call, threading.Lock()

    def __call__(self) -> None:
        if not self._claim.acquire(blocking=False) or not self.future.set_running_or_notify_cancel():
            return
        try:
            result = self._call()
        except BaseException as error:  # raised again where the result is asked for
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


class Pool(ThreadPoolExecutor):
    """A pool whose threads count what they send to the work that called for it.

    What the system gives no thread for is done by the thread that asks for it.
    """

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        work = _Once(partial(contextvars.copy_context().run, fn, *args, **kwargs))
        try:
            super().submit(work)
        except RuntimeError:
            # It is in the queue all the same, so another thread may come to it.
            work()
        return work.future


def side_by_side(works: Sequence[Callable[[], T]], at_once: int) -> list[T]:
    """The results in order; the first error is raised when all have ended."""
    if not works:
        return []
    with Pool(min(at_once, len(works)), thread_name_prefix="read") as pool:
        return [future.result() for future in [pool.submit(work) for work in works]]


def in_order(works: Iterable[T | Future[T]], window: int) -> Iterator[T]:
    """Results in the order of the works, of which some are there at once; so many are taken ahead while one is not."""
    waiting: deque[T | Future[T]] = deque()
    for work in works:
        if not waiting and not isinstance(work, Future):
            yield work
            continue
        waiting.append(work)
        while waiting and (len(waiting) >= window or not isinstance(waiting[0], Future) or waiting[0].done()):
            yield _result(waiting.popleft())
    while waiting:
        yield _result(waiting.popleft())


def _result(work: T | Future[T]) -> T:
    return work.result() if isinstance(work, Future) else work
