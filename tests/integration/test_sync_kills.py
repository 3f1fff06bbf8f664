# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs that are killed at any moment: nothing torn, nothing forgotten, and the next run brings everything in order."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable, Iterator

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._sync.temporary import TEMPORARY
from nursery import Nursery
from nursery import nursery as nursery_of
from scene import Scene

KILLS_A_ROUND = 3


@pytest.fixture
def nursery(scene: Scene) -> Iterator[Nursery]:
    """A process that forks runs of the scene."""
    with nursery_of("sync", "scene", "small_parts", scene.proxy.server, scene.options) as born:
        yield born


def files(found: dict[str, bytes]) -> dict[str, bytes]:
    """Without what a killed run may leave until the next."""
    return {key: content for key, content in found.items() if not TEMPORARY.search(key)}


@pytest.mark.needs("copies by parts")
def test_killed_runs(
    scene: Scene, nursery: Nursery, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    """Up, down and across, with large files by parts and deletions; after some kills a run has to finish the work."""
    wanted = -(-request.config.getoption("--kills") // 3)
    seed = request.config.getoption("--seed")
    rng = random.Random(f"{scene.direction} {seed}")
    scene.reset()
    duration = nursery.duration()
    kills = late = rounds = 0
    while kills < wanted:
        rounds += 1
        assert late < 10 * wanted, "runs end before they are killed"
        scene.reset()
        scene.backed_up = rounds % 2 == 0
        moments: list[float] = []
        try:
            for _kill in range(KILLS_A_ROUND):
                before = files(scene.target.read())
                moments.append(rng.uniform(0, duration))
                status = nursery.run(moments[-1])
                scene.judge(before, files(scene.target.read()))
                if status != signal.SIGKILL:
                    assert status == 0, "a run failed of itself"
                    late += 1
                    duration *= 0.9  # what had made the first run slow is over
                    break
                kills += 1
            scene.repair()
        except BaseException as error:
            error.add_note(f"{scene.direction}, --seed {seed}, round {rounds}: killed after {moments} s")
            raise
    assert not scene.proxy.trouble
    record_property(f"kills: {scene.direction}", kills)
