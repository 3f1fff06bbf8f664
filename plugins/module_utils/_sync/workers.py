# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Threads that work through a stream of works, as many as the gate lets through.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ansible_collections.stowage.s3.plugins.module_utils._s3.gate import Gate
from ansible_collections.stowage.s3.plugins.module_utils._s3.waiting import Loop, finish

R = TypeVar("R")

# Small works that wait in one thread: as many as there are by default. A second thread would only take turns with the
# first, as Python runs one at a time.
PER_LOOP = 256
QUEUED = 2  # works that wait for each one that there may be under way
AHEAD = 2  # threads for each large work that may be under way: another one's file is read or hashed meanwhile
_LOOK = 0.05  # seconds after which a loop with room looks for more


@dataclass(frozen=True)
class Work(Generic[R]):
    """Something to be done, by a coroutine. small: many of them wait in one thread; else it may block its thread."""

    begin: Callable[[], Coroutine[Any, Any, R]]
    small: bool = False


class _Crew(Generic[R]):
    """The threads of one kind of work, what waits for them, and how much of it has not come back."""

    def __init__(self, gate: Gate, each: int, ahead: int) -> None:
        self.gate, self.each, self._ahead = gate, each, ahead  # each: works a thread
        self.tasks: queue.SimpleQueue[Work[R] | None] = queue.SimpleQueue()
        self.threads: list[threading.Thread] = []
        self.open = 0

    @property
    def wanted(self) -> int:
        """How many works should have a place in a thread now."""
        return min(self._ahead * self.gate.limit, self.open)


class Workers(Generic[R]):
    """Works through streams of any length: only so much is taken ahead. What is not small has threads of its own.

    `gate` and `bulk`: what the requests of small and of large works have to pass.
    """

    def __init__(self, gate: Gate, bulk: Gate) -> None:
        self._small, self._large = _Crew[R](gate, PER_LOOP, 1), _Crew[R](bulk, 1, AHEAD)
        self._results: queue.SimpleQueue[tuple[_Crew[R], list[R]] | BaseException] = queue.SimpleQueue()

    def __enter__(self) -> Workers[R]:
        return self

    def __exit__(self, *_error: object) -> None:
        for crew in (self._small, self._large):
            # After an error nobody waits for what is still queued.
            with contextlib.suppress(queue.Empty):
                while True:
                    crew.tasks.get_nowait()
            for _thread in crew.threads:
                crew.tasks.put(None)
            for thread in crew.threads:
                thread.join()

    def run(self, stream: Iterable[Work[R]], take: Callable[[R], None]) -> None:
        """Work through the stream; `take` gets every result, in this thread. An error of ours ends it."""
        for work in stream:
            crew = self._small if work.small else self._large
            while crew.open >= QUEUED * crew.gate.most or not self._results.empty():
                self._one(take)
            crew.open += 1
            crew.tasks.put(work)
            self._grow(crew)
        while self._small.open or self._large.open:
            self._one(take)
            for crew in (self._small, self._large):
                self._grow(crew)

    def _one(self, take: Callable[[R], None]) -> None:
        came = self._results.get()
        if isinstance(came, BaseException):
            raise came
        crew, results = came
        crew.open -= len(results)
        for result in results:
            take(result)

    def _grow(self, crew: _Crew[R]) -> None:
        work = self._drive_many if crew is self._small else self._drive_one
        while len(crew.threads) * crew.each < crew.wanted:
            name = f"transfer-{len(self._small.threads) + len(self._large.threads)}"
            thread = threading.Thread(target=work, args=(crew,), name=name, daemon=True)
            try:
                thread.start()
            except RuntimeError:  # the system gives no more of them: those that are there do it
                if not crew.threads:
                    raise
                return
            crew.threads.append(thread)

    def _drive_one(self, crew: _Crew[R]) -> None:
        try:
            while (work := crew.tasks.get()) is not None:
                self._results.put((crew, [finish(work.begin())]))
        except BaseException as error:  # handed to the thread that can raise it
            self._results.put(error)

    def _drive_many(self, crew: _Crew[R]) -> None:
        loop: Loop[R] = Loop()
        more = True
        try:
            while more or loop.live:
                room = 0
                while more and (room := self._room(crew, loop)) > 0:
                    try:
                        work = crew.tasks.get(block=not loop.live)
                    except queue.Empty:
                        break
                    if work is None:
                        more = False
                    else:
                        loop.start(work.begin())
                if loop.live:
                    ended = loop.step(_LOOK if room > 0 else None)
                    if ended:
                        self._results.put((crew, ended))
        except BaseException as error:
            self._results.put(error)
        finally:
            # Something is left only after an error of ours, which is the one to be told.
            with contextlib.suppress(BaseException):
                loop.close()

    def _room(self, crew: _Crew[R], loop: Loop[R]) -> int:
        share = max(1, crew.gate.limit // max(1, len(crew.threads)))
        return min(crew.each, share) - loop.live
