# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What was sent and how long it took."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextvars import ContextVar

# Bounds grow by 2^(1/4), some 19 %: exact enough for a percentile, and 128 counters reach from 1 µs past an hour.
_STEPS = 4
_BUCKETS = 32 * _STEPS


def _bucket(microseconds: int) -> int:
    """The index of the bucket: four per power of two, found by bits (cheaper than a logarithm)."""
    if microseconds < 4:
        return max(microseconds, 0)
    power = microseconds.bit_length() - 1
    return min((power - 1) * _STEPS + ((microseconds >> (power - 2)) & 3), _BUCKETS - 1)


def _bound(bucket: int) -> int:
    """The largest number of microseconds that falls into the bucket."""
    if bucket < _STEPS:
        return bucket
    power, quarter = bucket // _STEPS + 1, bucket % _STEPS
    return ((4 + quarter + 1) << (power - 2)) - 1


class Tally:
    """What was sent for one piece of work: bytes of bodies, and requests repeated."""

    __slots__ = ("bytes_received", "bytes_sent", "retries")

    def __init__(self) -> None:
        self.retries = self.bytes_sent = self.bytes_received = 0


_TALLY: ContextVar[Tally | None] = ContextVar("tally", default=None)


@contextlib.contextmanager
def tallied() -> Iterator[Tally]:
    """Count what this context sends (and threads that run in a copy of it) besides what Stats counts of all."""
    tally = Tally()
    token = _TALLY.set(tally)
    try:
        yield tally
    finally:
        _TALLY.reset(token)


class Stats:
    """Counters that many threads add to.

    `requests` counts every request sent, by kind ("list", "head", "get", "put", "copy", "delete", "multipart", "tags",
    "restore"), a retried one again: as S3 bills them. `retries` counts the repeated ones among them, `throttled` the
    answers that asked to slow down. Bytes are those of bodies.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.requests: dict[str, int] = {}
        self.retries = 0
        self.throttled = 0
        self.bytes_sent = 0
        self.bytes_received = 0
        self._latency = [0] * _BUCKETS
        self._slowest = 0

    def answered(self, seconds: float) -> None:
        """A request was answered after that time (to the head of the answer)."""
        microseconds = int(seconds * 1e6)
        bucket = _bucket(microseconds)
        with self._lock:
            self._latency[bucket] += 1
            if microseconds > self._slowest:
                self._slowest = microseconds

    def sent(self, kind: str) -> None:
        """A request goes out."""
        with self._lock:
            self.requests[kind] = self.requests.get(kind, 0) + 1

    def retried(self, throttled: bool = False) -> None:
        """A request will be sent again, perhaps because the endpoint asked to slow down."""
        tally = _TALLY.get()
        with self._lock:
            self.retries += 1
            self.throttled += throttled
            if tally is not None:
                tally.retries += 1

    def moved(self, *, sent: int = 0, received: int = 0) -> None:
        """Bytes of a body went over the wire."""
        tally = _TALLY.get()
        with self._lock:
            self.bytes_sent += sent
            self.bytes_received += received
            if tally is not None:
                tally.bytes_sent += sent
                tally.bytes_received += received

    def latency(self) -> dict[str, float]:
        """p50, p90, p99 (upper bounds, within 19 %) and max, in milliseconds; all 0 before the first answer."""
        with self._lock:
            counts, slowest = list(self._latency), self._slowest
        total, seen, result = sum(counts), 0, {"p50": 0.0, "p90": 0.0, "p99": 0.0, "max": slowest / 1000}
        wanted = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)] if total else []
        for bucket, count in enumerate(counts):
            seen += count
            while wanted and seen >= wanted[0][1] * total:
                result[wanted.pop(0)[0]] = min(_bound(bucket), slowest) / 1000
        return result
