# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How many requests at once: against models of servers, and with threads."""

from __future__ import annotations

import contextlib
import contextvars
import threading
from collections.abc import Iterator

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._s3.gate import CALM, REST, WINDOW, Gate, Tuner
from ansible_collections.stowage.s3.plugins.module_utils._s3.waiting import Loop, asleep, finish


def rate(limit: int, *, latency: float, capacity: float) -> float:
    """Requests a second of a server at a distance that can do no more than its capacity."""
    return min(limit / latency, capacity)


@pytest.mark.parametrize(
    ("latency", "capacity", "least", "most"),
    [
        pytest.param(0.05, 1e9, 128, 128, id="a long way to a fast server"),
        pytest.param(0.001, 2000, 16, 16, id="a near server at its limit"),
        pytest.param(0.02, 2500, 50, 90, id="as many as the server takes"),
    ],
)
def test_it_finds_what_the_other_side_can_do(latency: float, capacity: float, least: int, most: int) -> None:
    tuner = Tuner(16, 128)
    seen = []
    for _window in range(12 + 3 * REST):
        seen.append(tuner.limit)
        tuner.measured(rate(tuner.limit, latency=latency, capacity=capacity))
    settled = seen[12:]
    assert least <= sorted(settled)[len(settled) // 2] <= most
    # Trials that do not pay are few.
    assert sum(limit > most for limit in settled) <= len(settled) / REST + 1


def test_it_halves_and_comes_back_with_small_steps() -> None:
    tuner = Tuner(64, 64)
    tuner.refused()
    assert tuner.limit == 32
    for _window in range(CALM + 1):
        assert tuner.limit == 32
        tuner.measured(1000.0)
    assert 32 < tuner.limit <= 40
    for window in range(1, 10):
        tuner.measured(1000.0 * 1.3**window)
    assert tuner.limit == 64


def test_it_never_closes() -> None:
    tuner = Tuner(4, 4)
    for _time in range(10):
        tuner.refused()
    assert tuner.limit == 1


@contextlib.contextmanager
def through(gate: Gate) -> Iterator[None]:
    token = finish(gate.enter())
    try:
        yield
    finally:
        gate.leave(token)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_as_many_as_the_limit_are_through_and_no_more() -> None:
    gate, lock, all_in = Gate(3, 3), threading.Lock(), threading.Barrier(3)
    inside, most = 0, 0

    def work() -> None:
        nonlocal inside, most
        with through(gate):
            with lock:
                inside += 1
                most = max(most, inside)
            all_in.wait(60)
            with through(gate):  # whoever is through passes again
                pass
            with lock:
                inside -= 1

    threads = [threading.Thread(target=work) for _number in range(90)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert most == 3 and inside == 0


def test_a_request_that_fails_gives_its_place_back() -> None:
    gate = Gate(1, 1)
    for _time in range(3):
        with pytest.raises(ValueError, match="no"), through(gate):
            raise ValueError("no")


def test_many_refusals_at_once_count_as_one() -> None:
    clock = Clock()
    gate = Gate(64, 64, clock)
    for _time in range(20):
        gate.refused()
    assert gate.limit == 32
    clock.now = 1.5
    gate.refused()
    assert gate.limit == 16


@pytest.mark.parametrize(("at_once", "limit"), [(1, 2), (2, 16)])
def test_only_windows_in_which_all_places_were_taken_are_measured(at_once: int, limit: int) -> None:
    clock = Clock()
    gate = Gate(2, 16, clock)
    for _time in range(50):
        # Each has a context of its own, or it would be sent by the one that is through.
        others = [contextvars.copy_context() for _place in range(at_once if at_once == 1 else gate.limit)]
        tokens = [other.run(finish, gate.enter()) for other in others]
        clock.now += WINDOW
        for other, token in zip(others, tokens, strict=True):
            other.run(gate.leave, token)
    assert gate.limit == limit


def test_time_in_which_nothing_was_asked_for_says_nothing_of_a_rate() -> None:
    clock = Clock()
    gate = Gate(2, 16, clock)
    for pause in (1000.0, 0.0, 0.0):  # a start, or listings, before the first request
        clock.now += pause
        others = [contextvars.copy_context() for _place in range(gate.limit)]
        tokens = [other.run(finish, gate.enter()) for other in others]
        clock.now += WINDOW * gate.limit  # twice as many take twice as long
        for other, token in zip(others, tokens, strict=True):
            other.run(gate.leave, token)
    assert gate.limit == 2


@pytest.mark.parametrize(("faster", "limit"), [(1.4, 4), (1.6, 16)])
def test_what_is_added_has_to_pay_by_half(faster: float, limit: int) -> None:
    tuner = Tuner(4, 16)
    tuner.measured(100)
    assert tuner.limit == 8
    tuner.measured(100 * faster)
    assert tuner.limit == limit


@pytest.mark.parametrize("loops", [1, 3])
def test_coroutines_of_several_loops_wait_for_their_turn_and_a_thread_with_them(loops: int) -> None:
    gate, lock = Gate(4, 4), threading.Lock()
    inside, most, done = 0, 0, []

    def count(by: int) -> None:
        nonlocal inside, most
        with lock:
            inside += by
            most = max(most, inside)

    async def work(number: int) -> int:
        token = await gate.enter()
        count(1)
        assert await gate.enter() is None  # what is sent meanwhile passes
        await asleep(0.001)
        finish(asleep(0))
        count(-1)
        gate.leave(token)
        return number

    def drive(first: int) -> None:
        loop: Loop[int] = Loop()
        for number in range(first, first + 40):
            loop.start(work(number))
        while loop.live:
            done.extend(loop.step())
        loop.close()

    threads = [threading.Thread(target=drive, args=(40 * number,)) for number in range(loops)]
    for thread in threads:
        thread.start()
    done += [finish(work(-1)) for _time in range(10)]
    for thread in threads:
        thread.join(60)
    assert sorted(done) == [-1] * 10 + list(range(40 * loops))
    assert most <= 4 and inside == 0


def test_a_coroutine_that_is_let_go_of_takes_no_turn_with_it() -> None:
    gate = Gate(1, 1)

    async def work() -> None:
        token = await gate.enter()
        try:
            await asleep(60)
        finally:
            gate.leave(token)

    loop: Loop[None] = Loop()
    for _number in range(3):
        loop.start(work())
    loop.step()  # one is through, the others wait for their turn
    loop.close()
    assert _passes(gate)


def test_a_turn_that_came_too_late_goes_to_the_next() -> None:
    gate = Gate(1, 1)

    async def work() -> None:
        await gate.enter()

    loop: Loop[None] = Loop()
    loop.start(work())
    with through(gate):
        loop.step()
    loop.close()  # it was called, and had not gone on yet
    assert _passes(gate)


def _passes(gate: Gate) -> bool:
    """Whether a request still comes through."""
    loop: Loop[object] = Loop()
    loop.start(gate.enter())
    ended = loop.step()
    loop.close()
    return bool(ended)
