# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Syncs through a proxy that breaks connections and answers wrongly.

After each: no wrong byte under a final name, every failure told, nothing deleted that should stay. A calm run then
repairs everything, and so would one without a cache: there is nothing left for it to do.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._s3 import exchange
from faults import KINDS
from scene import DIRECTIONS, WAYS, Scene

LOOKING = frozenset({"head_bucket", "list"})


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries come at once."""
    monkeypatch.setattr(exchange, "_LONGEST_WAIT", 0.02)


def told(scene: Scene, record: Callable[[str, object], None]) -> None:
    """What was injected goes into the report."""
    for name, count in scene.proxy.injected.items():
        record(f"fault: {name}", count)


MEETS = {
    "up": frozenset({"put", "part", "create", "complete", "delete_many", "list"}),
    "down": frozenset({"get", "head", "list"}),
    "across": frozenset({"copy", "copy_part", "create", "complete", "delete_many", "list", "head"}),
}


def kinds_of(direction: str, every: bool, tls: bool) -> list[str]:
    """The faults that a direction can meet; unless `every`, each fault falls to one of those that can meet it.

    `tls`: those that meet what is sent over TLS, and are others there.
    """
    if tls:
        return [name for name, kind in KINDS.items() if kind.tls or name == "reset, and the next connection too"]
    chosen = []
    for number, (name, kind) in enumerate((name, kind) for name, kind in KINDS.items() if not kind.tls):
        able = [one for one, operations in MEETS.items() if not kind.operations or kind.operations & operations]
        if direction in able if every else direction == able[number % len(able)]:
            chosen.append(name)
    return chosen


@pytest.mark.needs("copies by parts", "digests")
@pytest.mark.parametrize("scene", [*DIRECTIONS, "up tls"], indirect=True)
def test_every_request_meets_every_fault(
    scene: Scene, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    """Each request's first attempt fails, in each of the ways; where trying again can help, nothing fails."""
    for name in kinds_of(scene.direction, request.config.getoption("--every-fault"), scene.way == "tls"):
        kind = KINDS[name]
        # What no retry mends would end most runs before they have begun.
        spared = frozenset() if kind.passing or kind.operations else LOOKING
        scene.reset()
        scene.proxy.storm(name, 1, kinds=(name,), once=True, spared=spared, limit=kind.limit)
        try:
            result = scene.suffer()
            assert scene.proxy.injected[name], "it was never injected"
            assert not (kind.passing and result.get("failed")), result["msg"]
            scene.repair()
        except BaseException as error:
            error.add_note(f"{scene.direction}: {name}")
            raise
    told(scene, record_property)


@pytest.mark.needs("copies by parts", "digests")
def test_storms(scene: Scene, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> None:
    """Faults at random; twice, as the second run leans on what the first one remembered."""
    first = request.config.getoption("--seed")
    for seed in range(first, first + request.config.getoption("--storms")):
        weather(scene, seed, seed)
    assert scene.proxy.injected, "no storm came"
    told(scene, record_property)


@pytest.mark.needs("copies by parts", "digests")
@pytest.mark.parametrize("way", WAYS)
def test_storms_on_other_ways(
    scenes: Callable[..., Scene],
    way: str,
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
) -> None:
    """The same over TLS, with packed objects, by saved plans, and within limits; fewer of them."""
    first, number = request.config.getoption("--seed"), request.config.getoption("--storms")
    # A copy stays as it is, packed or not.
    directions = DIRECTIONS[:2] if way == "packed" else DIRECTIONS
    used = {}
    for seed in range(first, first + max(1, number // 5)):
        scene = scenes(directions[(seed + WAYS.index(way)) % len(directions)], way)
        # Of `make test` each way takes one: with retries, and with listings that succeed.
        weather(scene, seed, seed + 10)
        used[scene.direction] = scene
    for scene in used.values():
        assert scene.proxy.injected, "no storm came"
        told(scene, record_property)


def weather(scene: Scene, seed: int, kind: int) -> None:
    """Two storms, and what must hold after each; then calm. `kind` is a number of which follows what is tried."""
    scene.reset()
    # What is not tried again fails, as what is tried in vain does.
    attempts = {"max_attempts": kind % 4} if kind % 4 < 2 else {}
    # Where a listing fails nothing else is tried.
    spared = frozenset() if kind % 3 == 2 else LOOKING
    scene.backed_up = kind % 2 == 0
    suffered: list[str] = []
    try:
        for turn in ("first", "second"):
            scene.proxy.storm(f"{seed} {turn}", 0.01 if kind % 4 == 3 else 0.2, spared=spared)
            suffered = scene.proxy.suffered
            scene.suffer(**attempts)
        scene.repair()
    except BaseException as error:
        error.add_note(f"{scene.direction} {scene.way}, --seed {seed}; the last to suffer: {suffered}")
        raise
