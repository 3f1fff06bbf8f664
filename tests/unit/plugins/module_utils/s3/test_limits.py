# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rates that are kept: the arithmetic on a clock of the test's own, and what of it goes over the wire."""

from __future__ import annotations

import heapq
import itertools
import os
import random
import threading
import time

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._s3 import exchange, limits, waiting
from ansible_collections.stowage.s3.plugins.module_utils._s3.limits import Limits, Pace, Schedule
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import FileSlice
from hypothesis import given
from hypothesis import strategies as st
from scripted import Answer, answer

SPAN = 10.0


def simulate(rate, amount, threads, *, late, busy, seed, until=30.0):
    """Threads that ask, wait (a little too long), work and ask again: (moment, thread) of everything that began."""
    chance, schedule = random.Random(seed), Schedule(rate)
    begun = []
    asking = [(chance.random() * busy, number) for number in range(threads)]
    heapq.heapify(asking)
    while asking[0][0] < until:
        now, number = heapq.heappop(asking)
        wait = schedule.reserve(amount, now)
        begins = now + wait + (chance.random() * late if wait else 0.0)
        begun.append((begins, number))
        heapq.heappush(asking, (begins + chance.random() * busy, number))
    return sorted(begun)


def most_within(moments, span):
    """The most of these moments that lie in a half-open window of that length."""
    first, most = 0, 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - span:
            first += 1
        most = max(most, last - first + 1)
    return most


rates = st.sampled_from([(20 * 2**20, 2**18), (2**20, 2**20 // 20), (16384, 819), (200, 1), (7.5, 1)])


@given(rates, st.integers(1, 64), st.sampled_from([0.0, 0.002, 0.05]), st.sampled_from([0.0, 0.01, 0.5]), st.integers())
def test_never_more_than_the_rate_in_any_ten_seconds(rate, threads, late, busy, seed):
    rate, amount = rate
    begun = [moment for moment, _thread in simulate(rate, amount, threads, late=0.0, busy=busy, seed=seed)]
    # Of few and large amounts one more is the whole difference.
    assert most_within(begun, SPAN) * amount <= max(rate * SPAN * 1.05, rate * SPAN + 2 * amount)
    # Threads that oversleep shift what they do, each by no more than that.
    begun = [moment for moment, _thread in simulate(rate, amount, threads, late=late, busy=busy, seed=seed)]
    assert most_within(begun, SPAN) * amount <= rate * (SPAN + late + limits.SLACK) + 2 * amount


@given(rates, st.integers(4, 64), st.sampled_from([0.0, 0.002, 0.05]), st.integers())
def test_the_rate_is_used_where_there_is_enough_to_do(rate, threads, late, seed):
    rate, amount = rate
    # Enough to do: while one thread oversleeps, others have their moments already.
    busy = 0.2 * threads * amount / rate
    begun = simulate(rate, amount, threads, late=late, busy=busy, seed=seed)
    done = sum(SPAN <= moment < 2 * SPAN for moment, _thread in begun)
    assert done * amount >= rate * SPAN * 0.95 - amount


@given(rates, st.integers(1, 64), st.sampled_from([0.0, 0.01]), st.integers())
def test_nobody_starves(rate, threads, late, seed):
    rate, amount = rate
    begun = simulate(rate, amount, threads, late=late, busy=0.0, seed=seed)
    moments = {number: [moment for moment, one in begun if one == number] for number in range(threads)}
    turn = threads * amount / rate
    for own in moments.values():
        assert max((b - a for a, b in itertools.pairwise(own)), default=0.0) <= turn + 2 * late + 1e-9


def test_idle_time_is_not_saved_up():
    schedule = Schedule(100)
    schedule.reserve(1, 0.0)
    begun = [schedule.reserve(1, 1000.0) for _one in range(100)]
    assert sum(wait == 0 for wait in begun) == 11  # a tenth of a second's, and one
    assert begun[-1] == pytest.approx(0.89)


@pytest.mark.parametrize(("rate", "piece"), [(16384, 819), (2**20, 52428), (2**30, 2**18), (0.1, 1)])
def test_pieces_are_small_enough_for_the_timeouts_of_many_connections(rate, piece):
    pace = Pace(rate)
    assert pace.piece == piece
    assert rate < 1 or 256 * pace.piece / rate < 20


def test_threads_share_a_pace(clock):
    pace, waits = Pace(100), []  # time stands still
    threads = [
        threading.Thread(target=lambda: [waits.append(pace.reserve(2)) for _one in range(50)]) for _one in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Each one has a moment of its own, but for the first six: a tenth of a second's worth goes at once.
    assert sorted(wait for wait in waits if wait > 1e-9) == pytest.approx(
        [0.02 * number - 0.1 for number in range(6, 400)]
    )


class Clock:
    """A clock that moves when somebody sleeps, and the sleeps."""

    def __init__(self):
        self.now, self.naps = 0.0, []

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.naps.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(limits, "time", clock)
    monkeypatch.setattr(waiting, "time", clock)
    return clock


def test_a_large_body_trickles(scripted, make, clock):
    scripted.play(answer(headers={"etag": '"e"'}))
    body = os.urandom(300_000)
    make({"limits": Limits(up=Pace(100_000))}).put("a", body, {})
    assert scripted.requests[0].body == body
    assert clock.now == pytest.approx(3 - 0.1 - 0.05)
    assert max(clock.naps) <= 0.051
    assert len(clock.naps) == 57


def test_a_file_trickles(scripted, make, clock, tmp_path):
    scripted.play(Answer(b"HTTP/1.1 100 Continue\r\n\r\n"), answer(headers={"etag": '"e"'}))
    (tmp_path / "f").write_bytes(body := os.urandom(3_000_000))
    with (tmp_path / "f").open("rb") as file:
        make({"limits": Limits(up=Pace(1_000_000))}).put("a", FileSlice(file.fileno(), 0, len(body)), {})
    assert scripted.requests[0].body == body
    assert clock.now == pytest.approx(3 - 0.1, abs=0.051)
    assert max(clock.naps) <= 0.051


def test_small_bodies_are_counted(scripted, make, clock):
    scripted.play(*[answer(headers={"etag": '"e"'})] * 20)
    bucket = make({"limits": Limits(up=Pace(100_000))})
    for _one in range(20):
        bucket.put("a", bytes(4_000), {})
    assert clock.now == pytest.approx(20 * 0.04 - 0.04 - 0.1)


@pytest.mark.parametrize("headers", [None, {"transfer-encoding": "chunked"}])
def test_a_download_is_paced_and_whole(scripted, make, clock, headers):
    body = os.urandom(300_000)
    if headers:
        # No content-length beside it.
        chunks = b"".join(
            b"%x\r\n%s\r\n" % (len(body[at : at + 7000]), body[at : at + 7000]) for at in range(0, len(body), 7000)
        )
        scripted.play(Answer(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"))
    else:
        scripted.play(answer(body=body))
    bucket = make({"limits": Limits(down=Pace(100_000))})
    assert bucket.get("a", lambda _head, reader: reader.read(10**6)) == body
    assert clock.now == pytest.approx(3 - 0.1, abs=0.06)
    assert max(clock.naps) <= 0.051


def test_who_waits_for_the_pace_holds_nobody_up(scripted, make, monkeypatch):
    body = os.urandom(60_000)
    scripted.play(answer(headers={"etag": '"e"'}), answer(body=body))
    bucket = make({"limits": Limits(Pace(320_000), Pace(320_000))})
    monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail("slept"))

    async def there_and_back() -> bytes:
        await bucket.put_async("a", body, {})
        return await bucket.get_async("a", lambda _head, reader: reader.read(10**6))

    loop, ended = waiting.Loop(), []
    loop.start(there_and_back())
    while loop.live:
        ended += loop.step()
    assert ended == [body]
    assert scripted.requests[0].body == body


def test_every_attempt_of_a_request_is_counted(scripted, make, clock, naps):
    scripted.play(answer(500), answer(503), answer(body="x"), answer(body="y"))
    bucket = make({"limits": Limits(requests=Pace(0.5))})
    bucket.get("a", lambda _head, reader: reader.read(9))
    assert clock.now == pytest.approx(4 - 0.1)
    bucket.get("a", lambda _head, reader: reader.read(9))
    assert clock.now == pytest.approx(6 - 0.1)


def test_a_wait_for_ones_turn_comes_before_the_moment_that_is_signed(scripted, make, clock, monkeypatch):
    monkeypatch.setattr(exchange.time, "time", lambda: 1_000_000_000 + clock.now)
    scripted.play(answer(), answer())
    bucket = make({"limits": Limits(requests=Pace(0.0005))})
    bucket.head("a")
    bucket.head("a")
    assert [request.headers["x-amz-date"] for request in scripted.requests] == ["20010909T014640Z", "20010909T021959Z"]


def test_without_limits_nobody_looks_at_the_clock(scripted, make, clock, monkeypatch):
    monkeypatch.setattr(clock, "monotonic", lambda: pytest.fail("looked"))
    scripted.play(answer(headers={"etag": '"e"'}), answer(body=bytes(200_000)))
    bucket = make()
    bucket.put("a", bytes(200_000), {})
    assert len(bucket.get("a", lambda _head, reader: reader.read(10**6))) == 200_000
