# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs that are killed at any moment: nothing torn, nothing forgotten, and the next run brings everything in order."""

from __future__ import annotations

import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import IO

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._sync.temporary import TEMPORARY
from scene import Scene

TESTS = pathlib.Path(__file__).resolve().parents[1]
KILLS_A_ROUND = 3
# A process that has imported everything and forks one for each run, so that kills hit work and no imports. What has
# ended waits until it is asked for: a kill can meet no other process.
NURSERY = """
import functools, json, os, sys
sys.path.insert(0, sys.argv[1])
import botocore.session
from ansible_collections.stowage.s3.plugins.module_utils._sync import cache
from harness import run_module
from scene import small_parts
small_parts(setattr)
cache.BATCH = 4  # so that kills meet transactions, and rows are there before the end
botocore.session.Session = functools.cache(botocore.session.Session)
run_module("sync", json.loads(sys.stdin.readline()), check=True)  # whatever is loaded late
print(flush=True)
for line in sys.stdin:
    options = json.loads(line)
    child = os.fork()
    if not child:
        try:
            result = run_module("sync", options)
            os._exit(1 if result.get("failed") else 0)
        finally:
            os._exit(2)
    print(child, flush=True)
    sys.stdin.readline()
    print(os.waitpid(child, 0)[1], flush=True)
"""


class Nursery:
    """Where runs are born and killed."""

    def __init__(self, pipes: tuple[IO[str], IO[str]], scene: Scene) -> None:
        self._orders, self._answers = pipes
        self._scene = scene
        self._say(self._options())

    def _options(self) -> str:
        server = self._scene.proxy.server
        access = {"endpoint_url": server.endpoint, "access_key": server.access_key, "secret_key": server.secret_key}
        return json.dumps({**self._scene.options(), **access, "region": server.region})

    def run(self, seconds: float) -> int:
        """A run that is killed after so many seconds; its status, as waitpid gives it."""
        pid = int(self._say(self._options()))
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        return int(self._say(""))

    def duration(self) -> float:
        """How long a run takes that is not killed."""
        started = time.monotonic()
        self._say(self._options())
        status = int(self._say(""))
        assert status == 0, "a run that nobody disturbed failed"
        return time.monotonic() - started

    def _say(self, line: str) -> str:
        self._orders.write(line + "\n")
        self._orders.flush()
        return self._answers.readline()


@pytest.fixture
def nursery(scene: Scene) -> Iterator[Nursery]:
    """A process that forks runs of the scene."""
    with subprocess.Popen(
        [sys.executable, "-c", NURSERY, str(TESTS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        yield Nursery((process.stdin, process.stdout), scene)


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
