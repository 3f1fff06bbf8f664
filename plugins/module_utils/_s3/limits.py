# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rates that all threads of a run keep together: so many bytes a second each way, so many requests a second."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

# Seconds' worth that a late thread may catch up on. Below 5 % of 10 s, and more than a sleep comes too late by.
SLACK = 0.1
# Bytes move in pieces of this many seconds' worth. With 256 threads each one still moves something every 13 s, well
# within the idle timeouts on both sides of a connection.
PIECE_SECONDS = 0.05
_LARGEST_PIECE = 256 * 1024


class Schedule:
    """When things may happen so that their rate is kept. Pure arithmetic: the clock is the caller's.

    In any `t` seconds at most `rate * (t + slack)` and one amount more begin. Who asks first goes first, and is told
    its very moment: nobody starves, and nobody has to look again. (The generic cell rate algorithm, ITU-T I.371, with
    a queue in place of refusals.)
    """

    __slots__ = ("_free", "_rate", "_slack")

    def __init__(self, rate: float, slack: float = SLACK) -> None:
        self._rate, self._slack = rate, slack
        self._free = float("-inf")  # when all that was promised so far is done

    def reserve(self, amount: float, now: float) -> float:
        """Seconds to wait from `now` until `amount` may begin; its place is taken."""
        begin = max(self._free, now - self._slack)
        self._free = begin + amount / self._rate
        return max(0.0, begin - now)


class Pace:
    """A schedule on the real clock, for many threads. `piece`: the bytes to ask for at once."""

    __slots__ = ("_lock", "_schedule", "piece")

    def __init__(self, rate: float) -> None:
        self._schedule, self._lock = Schedule(rate), threading.Lock()
        self.piece = max(1, min(_LARGEST_PIECE, int(rate * PIECE_SECONDS)))

    def reserve(self, amount: int) -> float:
        """Seconds until `amount` (bytes, requests) may go; its place is taken."""
        with self._lock:
            return self._schedule.reserve(amount, time.monotonic())


@dataclass(frozen=True)
class Limits:
    """The limits of a run; None where there is none. Bytes are those of bodies, counted for each way by itself."""

    up: Pace | None = None
    down: Pace | None = None
    requests: Pace | None = None


UNLIMITED = Limits()


def limits(bandwidth: int | None, requests: float | None) -> Limits:
    """Limits from bytes a second (each way) and requests a second."""
    return Limits(
        Pace(bandwidth) if bandwidth else None,
        Pace(bandwidth) if bandwidth else None,
        Pace(requests) if requests else None,
    )
