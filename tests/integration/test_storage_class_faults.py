# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Objects that are moved to other classes while connections break, servers answer wrongly, and runs are killed.

After each: content, metadata and tags as they were, no version lost, none copied twice, every failure told. A calm run
moves the rest. `--moved 5000` takes as many objects.
"""

from __future__ import annotations

import pathlib
import random
import signal
from collections.abc import Callable, Iterator

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._s3 import exchange
from faults import KINDS
from nursery import nursery
from server import Server
from shelf import Shaken, small_copies

pytestmark = pytest.mark.needs("copies by parts", "conditional copies", "versions")
LOOKING = frozenset({"head_bucket", "list"})
# An answer without TLS is believed: what a flipped bit makes of a configuration nobody can tell.
FAULTS = tuple(name for name, kind in KINDS.items() if not kind.tls and name != "flipped bit down")
MEETS = frozenset({"list", "head", "get", "copy", "copy_part", "create", "complete", "delete"})
KILLS_A_ROUND = 3


@pytest.fixture
def shaken(
    server: Server,
    bucket: str,
    tmp_path: pathlib.Path,
    one_session: None,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Shaken]:
    """Objects, and a proxy before them; retries come at once."""
    small_copies(monkeypatch.setattr)
    monkeypatch.setattr(exchange, "_LONGEST_WAIT", 0.02)
    shaken = Shaken(server, bucket, tmp_path, request.config.getoption("--moved"))
    with shaken.proxy:
        yield shaken


def test_every_request_meets_every_fault(
    shaken: Shaken, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    """Each request's first attempt fails; where trying again can help, nothing fails."""
    able = [name for name in FAULTS if not KINDS[name].operations or KINDS[name].operations & MEETS]
    first = request.config.getoption("--seed")
    chosen = able if request.config.getoption("--every-fault") else [able[first % len(able)], *HARD]
    for number, name in enumerate(dict.fromkeys(chosen)):
        kind = KINDS[name]
        shaken.reset()
        shaken.delete = number % 2 == 1
        spared = frozenset() if kind.passing or kind.operations else LOOKING
        shaken.proxy.storm(name, 1, kinds=(name,), once=True, spared=spared, limit=kind.limit)
        try:
            result = shaken.suffer()
            assert not (kind.passing and result.get("failed")), result["msg"]
            shaken.repair()
        except BaseException as error:
            error.add_note(name)
            raise
    tell(shaken, record_property)


# Those after which a request may have had its effect unseen.
HARD = ("answer lost by a reset", "500 after it was done")


def test_storms(shaken: Shaken, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> None:
    """Faults at random; twice, as the second run goes on with what the first one began."""
    first = request.config.getoption("--seed")
    for seed in range(first, first - (-request.config.getoption("--storms") // 2)):
        shaken.reset()
        shaken.delete = seed % 2 == 1
        attempts = {"max_attempts": seed % 4} if seed % 4 < 2 else {}
        spared = frozenset() if seed % 3 == 2 else LOOKING
        try:
            for turn in ("first", "second"):
                shaken.proxy.storm(f"{seed} {turn}", 0.2, kinds=FAULTS, spared=spared)
                shaken.suffer(**attempts)
            shaken.repair()
        except BaseException as error:
            error.add_note(f"--seed {seed}; the last to suffer: {shaken.proxy.suffered[-20:]}")
            raise
    assert shaken.proxy.injected, "no storm came"
    tell(shaken, record_property)


def test_killed_runs(
    shaken: Shaken, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    """After some kills a run has to finish the work."""
    wanted = -(-request.config.getoption("--kills") // 6)
    seed = request.config.getoption("--seed")
    rng, kills, late = random.Random(f"classes {seed}"), 0, 0
    with nursery("storage_class", "shelf", "small_copies", shaken.proxy.server, shaken.shaken_options) as born:
        shaken.reset()
        duration = born.duration()
        while kills < wanted:
            assert late < 10 * wanted, "runs end before they are killed"
            shaken.reset()
            moments: list[float] = []
            try:
                for _kill in range(KILLS_A_ROUND):
                    moments.append(rng.uniform(0, duration))
                    status = born.run(moments[-1])
                    shaken.judge()
                    if status != signal.SIGKILL:
                        assert status == 0, "a run failed of itself"
                        late += 1
                        duration *= 0.9
                        break
                    kills += 1
                shaken.repair()
            except BaseException as error:
                error.add_note(f"--seed {seed}: killed after {moments} s")
                raise
    assert not shaken.proxy.trouble
    record_property("kills: classes", kills)


def tell(shaken: Shaken, record: Callable[[str, object], None]) -> None:
    """What was injected goes into the report."""
    for name, count in shaken.proxy.injected.items():
        record(f"fault: {name}", count)
