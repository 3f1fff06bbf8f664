# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Waiting, apart from who waits: a request says what it waits for, and one thread can drive one request, or many.

Why: threads that each wait for a small answer hand Python's interpreter lock to each other many times per object, which
costs more than the work itself. A coroutine that waits costs a microsecond. Why not asyncio: its streams cost more
than the rest of a small request, and its loop wants to own the process.
"""

from __future__ import annotations

import contextvars
import select
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from functools import partial
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast

T = TypeVar("T")
P = ParamSpec("P")
S = TypeVar("S")

READ, WRITE = select.POLLIN, select.POLLOUT
_NEVER = float("inf")
_LOOK = 0.005  # seconds after which a loop looks whether another thread has called


class Pause:
    """What a coroutine waits for; awaiting it tells whether it came (False: not in time).

    A descriptor's being ready for `events`, at most `seconds`; or, without one, that many seconds; or, with
    `subscribe`, being called: it is given a function for that, which may be called once, by any thread.
    """

    __slots__ = ("descriptor", "events", "seconds", "subscribe")

    def __init__(
        self,
        descriptor: int = -1,
        events: int = 0,
        seconds: float | None = None,
        subscribe: Callable[[Callable[[], None]], None] | None = None,
    ) -> None:
        self.descriptor, self.events, self.seconds, self.subscribe = descriptor, events, seconds, subscribe

    def __await__(self) -> Generator[Pause, bool, bool]:
        return (yield self)

    def block(self) -> bool:
        """Wait for it in this thread."""
        if self.descriptor >= 0:
            poll = select.poll()
            poll.register(self.descriptor, self.events)
            return bool(poll.poll(None if self.seconds is None else self.seconds * 1000))
        if self.subscribe is not None:
            called = threading.Event()
            self.subscribe(called.set)
            return called.wait()
        time.sleep(self.seconds or 0.0)
        return True


async def asleep(seconds: float) -> None:
    """Wait that long."""
    if seconds > 0:
        await Pause(seconds=seconds)


def finish(work: Coroutine[Any, Any, T]) -> T:
    """Drive a coroutine to its end, waiting in this thread."""
    try:
        pause = work.send(None)
        while True:
            pause = work.send(pause.block())
    except StopIteration as end:
        # Not end.value, which pylint takes for None in all callers.
        return cast(T, next(iter(end.args), None))
    finally:
        work.close()  # where waiting was broken off, what it holds is let go of now


def blocking(method: Callable[Concatenate[S, P], Coroutine[Any, Any, T]]) -> Callable[Concatenate[S, P], T]:
    """The same method for callers that wait in their thread: it returns when all is done."""

    def run(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return finish(method(self, *args, **kwargs))

    run.__doc__ = method.__doc__
    return run


class _Task(Generic[T]):
    """One coroutine of a Loop, with a context of its own."""

    __slots__ = ("answer", "context", "deadline", "work")

    def __init__(self, work: Coroutine[Any, Any, T]) -> None:
        self.work, self.context = work, contextvars.copy_context()
        self.deadline = _NEVER
        self.answer: bool | None = None  # None: it has not begun


class Loop(Generic[T]):
    """Drives many coroutines in one thread."""

    def __init__(self) -> None:
        self._poll = select.poll()
        self._ready: deque[_Task[T]] = deque()
        self._waiting: dict[int, _Task[T]] = {}  # by descriptor
        self._sleeping: set[_Task[T]] = set()
        self._called: deque[_Task[T]] = deque()  # by other threads
        self._calls = 0  # how many are still to come
        self.live = 0

    def start(self, work: Coroutine[Any, Any, T]) -> None:
        """Take a coroutine in; it begins with the next step."""
        self.live += 1
        self._ready.append(_Task(work))

    def step(self, seconds: float | None = None) -> list[T]:
        """Go on with all that can; if nothing can, wait until something can, at most `seconds`. Gives what has ended.

        What a coroutine raises is raised here.
        """
        if not self._ready:
            self._wait(_NEVER if seconds is None else seconds)
        ended: list[T] = []
        for _number in range(len(self._ready)):
            task = self._ready.popleft()
            try:
                pause = task.context.run(task.work.send, task.answer)
            except StopIteration as end:
                self.live -= 1
                ended.append(end.value)
            else:
                self._park(task, pause)
        return ended

    def close(self) -> None:
        """Let go of what has not ended, of all of it; then raise the first error that one of them raised."""
        error: BaseException | None = None
        for task in (*self._ready, *self._waiting.values(), *self._sleeping):
            try:
                task.context.run(task.work.close)
            except BaseException as problem:
                error = error or problem
        if error is not None:
            raise error

    def _park(self, task: _Task[T], pause: Pause) -> None:
        task.deadline = _NEVER if pause.seconds is None else time.monotonic() + pause.seconds
        if pause.descriptor >= 0:
            self._waiting[pause.descriptor] = task
            self._poll.register(pause.descriptor, pause.events)
            return
        self._sleeping.add(task)
        if pause.subscribe is not None:
            self._calls += 1
            pause.subscribe(partial(self._called.append, task))

    def _wait(self, seconds: float) -> None:
        first = min((task.deadline for task in (*self._waiting.values(), *self._sleeping)), default=_NEVER)
        if self._calls:
            # To be woken by another thread would take a descriptor more, and they may be few.
            seconds = 0.0 if self._called else min(seconds, _LOOK)
        seconds = max(0.0, min(first - time.monotonic(), seconds))
        for descriptor, _event in self._poll.poll(None if seconds == _NEVER else seconds * 1000):
            self._poll.unregister(descriptor)
            self._go_on(self._waiting.pop(descriptor), True)
        while self._called:
            task = self._called.popleft()
            self._calls -= 1
            self._sleeping.discard(task)
            self._go_on(task, True)
        now = time.monotonic()
        if first <= now:
            for descriptor, task in [*self._waiting.items()]:
                if task.deadline <= now:
                    self._poll.unregister(descriptor)
                    del self._waiting[descriptor]
                    self._go_on(task, False)
            for task in [*self._sleeping]:
                if task.deadline <= now:
                    self._sleeping.discard(task)
                    self._go_on(task, True)

    def _go_on(self, task: _Task[T], answer: bool) -> None:
        task.answer = answer
        self._ready.append(task)
