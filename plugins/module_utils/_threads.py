# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A pool of threads that goes on where the system gives it none.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
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
