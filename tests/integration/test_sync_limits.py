# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Limits through the module, on a clock that only sleeping moves."""

from __future__ import annotations

import threading

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._s3 import exchange, limits, wire
from harness import run_module
from world import World


class Clock:
    """A clock that stands still, and the longest that anybody would have slept: when the last one's turn was."""

    def __init__(self) -> None:
        self.last = 0.0
        self.naps = 0
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.naps += 1
            self.last = max(self.last, seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(limits, "time", clock)

    async def asleep(seconds: float) -> None:
        if seconds:
            clock.sleep(seconds)

    monkeypatch.setattr(exchange, "asleep", asleep)
    monkeypatch.setattr(wire, "asleep", asleep)
    return clock


def test_bytes_are_limited_each_way(world: World, clock: Clock) -> None:
    world.write({f"{number}": bytes(50_000) for number in range(10)})
    sent = world.run(str(world.root), world.uri(), max_bandwidth="100000")["stats"]["bytes_sent"]
    assert clock.last == pytest.approx(sent / 100_000, abs=0.2)
    assert sent >= 500_000

    clock.last = 0.0
    fetched = world.run(world.uri(), str(world.tmp_path / "copy"), max_bandwidth="100000")["stats"]
    assert clock.last == pytest.approx(fetched["bytes_received"] / 100_000, abs=0.2)
    assert world.tree(world.tmp_path / "copy") == world.tree()


def test_parts_are_limited_as_well(world: World, clock: Clock) -> None:
    world.write({"large": bytes(6 << 20)})
    options = {"max_bandwidth": "1M", "multipart_threshold": "5M"}
    world.run(str(world.root), world.uri(), **options)
    assert clock.last == pytest.approx(6, abs=0.3)
    assert clock.naps > 100  # in small pieces
    clock.last = 0.0
    world.run(world.uri(), str(world.tmp_path / "copy"), **options)
    assert clock.last == pytest.approx(6, abs=0.3)
    assert (world.tmp_path / "copy" / "large").read_bytes() == bytes(6 << 20)


def test_requests_are_limited(world: World, clock: Clock) -> None:
    world.write({f"{number}": "x" for number in range(20)})
    result = world.run(str(world.root), world.uri(), max_requests_per_second=5)
    # The bucket itself is asked for as well, which no summary counts.
    assert clock.last == pytest.approx(sum(result["summary"]["requests"].values()) / 5, abs=0.4)

    clock.last = 0.0
    options = {"source": str(world.root), "destination": world.uri(), "max_requests_per_second": 0.5}
    assert run_module("sync_info", options, server=world.server)["in_sync"] is True
    assert clock.last == pytest.approx(2, abs=0.2)


def test_no_limit_is_no_wait(world: World, clock: Clock) -> None:
    world.write({f"{number}": bytes(50_000) for number in range(10)})
    world.up()
    assert clock.naps == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_bandwidth": "fast"}, "max_bandwidth: 'fast' is no size. Give bytes, or a number with K, M or G"),
        ({"max_bandwidth": "15K"}, "max_bandwidth: '15K' is given; allowed are 16384 bytes a second (16K) and more"),
        ({"max_bandwidth": "0"}, "max_bandwidth: '0' is given"),
        ({"max_requests_per_second": 0}, "max_requests_per_second: 0 is given; allowed is 0.1 to 1e+06. Give a number"),
        ({"max_requests_per_second": -3}, "max_requests_per_second: -3 is given"),
        ({"max_requests_per_second": "nan"}, "max_requests_per_second: nan is given"),
    ],
)  # fmt: skip
def test_bad_limits_are_refused(world: World, options: dict[str, str | int], message: str) -> None:
    world.write({"a": "1"})
    assert message in world.refused(str(world.root), world.uri(), **options)
