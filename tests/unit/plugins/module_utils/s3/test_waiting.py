# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Coroutines that wait: one in a thread, and many in one."""

from __future__ import annotations

import contextvars
import os
import threading
from collections.abc import Iterator

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._s3.waiting import (
    READ,
    WRITE,
    Loop,
    Pause,
    asleep,
    blocking,
    finish,
)

LONG = 60.0


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reader, writer = os.pipe()
    yield reader, writer
    os.close(reader)
    os.close(writer)


def all_of(loop: Loop) -> list[object]:
    ended: list[object] = []
    while loop.live:
        ended += loop.step(LONG)
    loop.close()
    return ended


def test_a_thread_waits_for_a_descriptor_and_for_no_longer_than_it_may(pipe):
    reader, writer = pipe
    assert finish(Pause(writer, WRITE, LONG).__await__()) is True
    assert finish(Pause(reader, READ, 0.01).__await__()) is False
    os.write(writer, b"1")
    assert finish(Pause(reader, READ, LONG).__await__()) is True


def test_a_loop_lets_go_of_everything_even_if_one_resists():
    let_go = []

    async def work(number: int) -> None:
        try:
            await asleep(LONG)
        finally:
            let_go.append(number)
            if number in (1, 3):
                raise OSError("it resists")

    loop = Loop()
    for number in range(5):
        loop.start(work(number))
    loop.step(0)
    with pytest.raises(OSError, match="it resists"):
        loop.close()
    assert sorted(let_go) == [*range(5)]


def test_what_a_coroutine_returns_and_raises_comes_out():
    class Thing:
        async def work(self, number: int) -> int:
            """Double it."""
            await asleep(0.001)
            if not number:
                raise ValueError("none")
            return 2 * number

        now = blocking(work)

    assert Thing().now(4) == 8 and Thing.now.__doc__ == "Double it."
    with pytest.raises(ValueError, match="none"):
        Thing().now(0)


def test_many_wait_in_one_thread_and_go_on_in_the_order_in_which_it_comes(pipe):
    reader, writer = pipe
    seen = []

    async def waits() -> str:
        seen.append("begun")
        assert await Pause(reader, READ, LONG)
        return "read"

    async def in_vain(descriptor: int) -> str:
        came = await Pause(descriptor, READ, 0.01)
        os.write(writer, b"1")
        return f"came: {came}"

    other, end = os.pipe()
    loop: Loop[str] = Loop()
    loop.start(waits())
    loop.start(in_vain(other))
    loop.start(asleep_and_say(0.0))
    assert all_of(loop) == ["slept", "came: False", "read"] and seen == ["begun"]
    os.close(other)
    os.close(end)


async def asleep_and_say(seconds: float) -> str:
    await asleep(seconds)
    return "slept"


def test_another_thread_calls_a_coroutine(pipe):
    calls = []
    subscribed = threading.Event()

    def subscribe(call):
        calls.append(call)
        subscribed.set()

    async def waits() -> str:
        assert await Pause(subscribe=subscribe)
        return "called"

    loop: Loop[str] = Loop()
    loop.start(waits())
    assert loop.step(0.0) == [] and loop.step(0.0) == []
    thread = threading.Thread(target=lambda: subscribed.wait(LONG) and calls[0]())
    thread.start()
    assert all_of(loop) == ["called"]
    thread.join()


def test_who_is_called_at_once_goes_on(pipe):
    async def waits() -> str:
        assert await Pause(subscribe=lambda call: call())
        return "called"

    loop: Loop[str] = Loop()
    loop.start(waits())
    assert all_of(loop) == ["called"]
    assert finish(waits()) == "called"


def test_each_coroutine_has_a_context_of_its_own():
    mine: contextvars.ContextVar[int] = contextvars.ContextVar("mine", default=0)

    async def work(number: int) -> int:
        token = mine.set(number)
        await asleep(0.001)
        try:
            return mine.get()
        finally:
            mine.reset(token)

    loop: Loop[int] = Loop()
    for number in range(20):
        loop.start(work(number))
    assert sorted(all_of(loop)) == list(range(20)) and mine.get() == 0


def test_a_closed_loop_lets_go_of_everything(pipe):
    reader, _writer = pipe
    gone = []
    mine: contextvars.ContextVar[int] = contextvars.ContextVar("mine", default=0)

    async def work(pause: Pause) -> None:
        token = mine.set(1)
        try:
            await pause
        finally:
            mine.reset(token)
            gone.append(pause)

    loop: Loop[None] = Loop()
    pauses = [Pause(reader, READ, LONG), Pause(seconds=LONG), Pause(subscribe=lambda call: None)]
    for pause in pauses:
        loop.start(work(pause))
    loop.step()
    loop.close()
    assert set(gone) == set(pauses)


def test_an_error_ends_the_loop():
    async def work() -> None:
        raise ValueError("none")

    loop: Loop[None] = Loop()
    loop.start(work())
    with pytest.raises(ValueError, match="none"):
        loop.step()
    loop.close()


def test_who_is_broken_off_while_it_waits_lets_go_at_once():
    gone = []

    class Broken(Pause):
        def block(self) -> bool:
            raise KeyboardInterrupt

    async def work() -> None:
        try:
            await Broken()
        finally:
            gone.append(1)

    with pytest.raises(KeyboardInterrupt) as caught:
        finish(work())
    assert gone and caught  # although the traceback still holds what it ran
