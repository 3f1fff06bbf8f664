# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How many requests are under way at once: more while that pays, half as many when the endpoint cannot keep up."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar, Token
from math import ceil

from ansible_collections.stowage.s3.plugins.module_utils._s3.waiting import Pause

PAYS = 0.5  # the part of what a trial adds that has to come back as rate: twice as many at once are 1.5 times as fast
WINDOW = 0.25  # seconds, at least, over which a rate is measured
REST = 20  # windows after a trial that did not pay, or
CALM = 8  # after a refusal, before the next trial
BULK = 1 << 15  # bytes; what is larger keeps the line and a processor busy: a few of them at once already may fill it
STEP, SMALL_STEP = 2.0, 1.25  # how far a trial goes: at first, and once the limit of the other side has been met


class Tuner:
    """Decides the number from measured rates; pure.

    A trial raises it; if the rate did not follow, it goes back. So it doubles where the other side is far away, and
    stays where this machine, the line or the endpoint is at its limit already.
    """

    def __init__(self, start: int, most: int) -> None:
        self.limit, self.most = start, most
        self._good, self._rate = start, 0.0
        self._trial = False
        self._step, self._rest = STEP, 0

    def measured(self, rate: float) -> None:
        """A window in which all were at work has passed; `rate`: what was done a second."""
        if self._trial and rate < self._rate * (1 + PAYS * (self.limit / self._good - 1)):
            self.limit, self._trial = self._good, False
            self._step, self._rest = SMALL_STEP, REST
            return
        self._good, self._rate, self._trial = self.limit, rate, False
        if self._rest:
            self._rest -= 1
            return
        self.limit = min(self.most, ceil(self.limit * self._step))
        self._trial = self.limit > self._good

    def refused(self) -> None:
        """The endpoint asked to slow down, or connections broke."""
        self.limit = self._good = max(1, self.limit // 2)
        self._trial = False
        self._step, self._rest = SMALL_STEP, CALM


class Gate:
    """Lets at most `limit` requests through at once, first come first served. Thread-safe.

    Begins with `start` and stays within `most`. What is sent by a request that is through, here or at another gate,
    passes unhindered. `rounds`: how often each place has been taken, at least, before a rate is measured.
    """

    def __init__(self, start: int, most: int, clock: Callable[[], float] = time.monotonic, *, rounds: int = 1) -> None:
        self._tuner, self._clock, self._rounds = Tuner(start, most), clock, rounds
        self._lock = threading.Lock()
        self._waiting: deque[Callable[[], None]] = deque()
        self._busy = self._done = self._amount = 0
        self._begun = clock()
        self._full = False  # whether all places were taken at some time in this window
        self._spared = 0.0  # refusals before this time are of requests that were sent before the last one

    @property
    def limit(self) -> int:
        """How many may be through now."""
        return self._tuner.limit

    @property
    def most(self) -> int:
        """How many may ever be through."""
        return self._tuner.most

    async def enter(self) -> Token[Gate | None] | None:
        """Wait for the turn; what comes back is for `leave`."""
        if _THROUGH.get() is not None:
            return None
        with self._lock:
            if not self._busy:
                self._begin(self._clock())  # the time in which nothing was asked for says nothing of a rate
            through = self._busy < self._tuner.limit and not self._waiting
            self._busy += through
            self._full = self._full or self._busy >= self._tuner.limit
        if not through:
            await self._turn()
        return _THROUGH.set(self)

    def leave(self, token: Token[Gate | None] | None, amount: int = 1) -> None:
        """Make room for the next one; `amount`: how much was done, in requests or in bytes."""
        if token is None:
            return
        _THROUGH.reset(token)
        with self._lock:
            self._busy -= 1
            self._done += 1
            self._amount += amount
            now = self._clock()
            if now - self._begun >= WINDOW and self._done >= self._tuner.limit * self._rounds:
                if self._full:
                    self._tuner.measured(self._amount / (now - self._begun))
                self._begin(now)
            self._open()

    def refused(self) -> None:
        """The endpoint asked to slow down, or a connection broke. Many at once count as one."""
        with self._lock:
            now = self._clock()
            if now >= self._spared:
                self._spared = now + 1.0
                self._tuner.refused()
                self._begin(now)

    async def _turn(self) -> None:
        turns: list[Callable[[], None]] = []

        def queue(turn: Callable[[], None]) -> None:
            with self._lock:
                turns.append(turn)
                self._waiting.append(turn)
                self._open()

        try:
            await Pause(subscribe=queue)  # whoever leaves has counted this one in and calls
        except BaseException:
            # It is let go of, perhaps with its turn: nobody would ever leave for it.
            with self._lock:
                for turn in turns:
                    if turn in self._waiting:
                        self._waiting.remove(turn)
                    else:
                        self._busy -= 1
                self._open()
            raise

    def _begin(self, now: float) -> None:
        self._begun, self._done, self._amount, self._full = now, 0, 0, bool(self._waiting)

    def _open(self) -> None:
        while self._waiting and self._busy < self._tuner.limit:
            self._busy += 1
            self._waiting.popleft()()


# Of the request under way here: in a thread, in a coroutine of a loop, or in a callback of either.
_THROUGH: ContextVar[Gate | None] = ContextVar("through", default=None)
