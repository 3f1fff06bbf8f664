# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A listing read side by side, in ranges or by folders, is the same listing."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket
from ansible_collections.stowage.s3.plugins.module_utils._s3.exchange import Service
from ansible_collections.stowage.s3.plugins.module_utils._s3.pool import Pool
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Endpoint, Keys
from ansible_collections.stowage.s3.plugins.module_utils._sync import listing, run
from ansible_collections.stowage.s3.plugins.module_utils._sync.filters import Filters
from ansible_collections.stowage.s3.plugins.module_utils._sync.listing import Findings, objects
from harness import run_module
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peers import stub
from server import Server
from world import World

COUNT = 5_500
EVERYTHING = [stub.key_of(number) for number in range(COUNT)]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A server that lists generated objects in S3's order."""
    with stub.running() as running:
        yield running.endpoint


@pytest.fixture(scope="module")
def service(endpoint: str) -> Iterator[Service]:
    """Our own client of it."""
    place = Endpoint(False, "127.0.0.1", int(endpoint.rpartition(":")[2]), f"/objects-{COUNT}", "stub", "us-east-1")
    service = Service(Pool(), lambda: Keys("AK", "SECRET"), lambda _bucket, _region: place, "us-east-1")
    yield service
    service.pool.close()


@pytest.fixture(scope="module", params=["ordered", "unordered"])
def bucket(request: pytest.FixtureRequest, service: Service) -> Bucket:
    """Its bucket, the order of which is trusted or not."""
    return Bucket(service, f"objects-{COUNT}", ordered=request.param == "ordered")


NUMBERS = st.integers(0, COUNT + 5).map(stub.key_of)
SPLITS = st.lists(
    st.one_of(NUMBERS, NUMBERS.map(lambda key: key + "!"), st.sampled_from(["!", "\U0010ffff"])), max_size=12
)


@settings(
    derandomize=True,
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(SPLITS.map(lambda keys: sorted(set(keys))), st.sampled_from(["", "part-00002/"]))
def test_any_splits_give_the_same_listing(bucket: Bucket, splits: list[str], prefix: str) -> None:
    whole, cut = Findings(), Findings()
    expected = list(objects(bucket, prefix, Filters(), whole))
    assert list(objects(bucket, prefix, Filters(), cut, splits)) == expected
    assert cut.entries == whole.entries == len(expected)


def test_even_splits_cost_no_more_requests(service: Service) -> None:
    findings, bucket = Findings(), Bucket(service, f"objects-{COUNT}", ordered=True)
    splits = [stub.key_of(number) for number in range(1999, COUNT, 2000)]
    assert len(list(objects(bucket, "", Filters(), findings, splits))) == COUNT
    assert findings.requests == {"list": 6}


def by_folders(service: Service, filters: Filters) -> tuple[list[str], int, int]:
    """The keys of a listing whose order is not trusted, and how many entries and requests it counted."""
    findings = Findings()
    keys = [entry.key for entry in objects(Bucket(service, f"objects-{COUNT}"), "", filters, findings, ["known"])]
    assert list(findings.requests) == ["list"]
    return keys, findings.entries, findings.requests["list"]


def test_a_folder_costs_a_request(service: Service) -> None:
    """One more is for their names."""
    assert by_folders(service, Filters()) == (EVERYTHING, COUNT, 1 + 6)


def test_folders_that_nobody_wants_are_not_listed(service: Service) -> None:
    assert by_folders(service, Filters([], ["part-0000[0-3]/"])) == (EVERYTHING[4_000:], COUNT - 4_000, 1 + 2)


def test_small_folders_are_listed_as_one(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six are more than four thousand known keys are worth."""
    monkeypatch.setattr(listing, "FOLDER", 1_000)
    assert by_folders(service, Filters()) == (EVERYTHING, COUNT, 1 + 6)


def test_folders_of_any_name(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With objects beside them, and in the order of this server."""
    for module in (run, listing):
        monkeypatch.setattr(module, "RANGE", 2)
    monkeypatch.setattr(listing, "FOLDER", 1)
    names = [
        "a-b/y",
        "a.txt",
        "a/x",
        "a/x-y/z",
        "A/1",
        "b",
        "b-/c",
        "\u00fc/1",
        "\ufffd/1",
        "\U0001f642/1",
        "x y/+%2F",
        "z",
    ]
    world.write(dict.fromkeys(names, "text"))
    assert world.up(delete=True)["summary"]["requests"]["list"] == 1
    again = world.up(delete=True)
    assert (again["changed"], again["summary"]["requests"]) == (False, {"list": 1 + 8})
    (world.root / "a/x-y/z").unlink()
    world.write({"b-/d": "new"})
    done = world.up(delete=True)["actions"]
    assert {action["key"]: action["verb"] for action in done} == {"a/x-y/z": "delete", "b-/d": "upload"}
    assert set(world.names()) == {*names, "b-/d"} - {"a/x-y/z"}


def test_what_the_cache_knows_cuts_the_listing(
    endpoint: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a pair that was synced before, with the same decisions and the same requests."""
    monkeypatch.setattr("ansible_collections.stowage.s3.plugins.module_utils._sync.run.RANGE", 1_000)
    tree = tmp_path / "tree"
    for number in range(COUNT):
        path = tree / stub.key_of(number)
        if not number % stub.FOLDER:
            path.parent.mkdir(parents=True)
        path.write_bytes(stub.content_of(number))
        os.utime(path, (1_600_000_000, 1_600_000_000))
    server = Server(endpoint, "AK", "SECRET", "us-east-1", 0)
    ranges: list[int] = []
    real: Any = listing._side_by_side

    def counted(streams: Iterator[Any], findings: Findings) -> Iterator[Any]:
        every = list(streams)
        ranges.append(len(every))
        yield from real(iter(every), findings)

    monkeypatch.setattr(listing, "_side_by_side", counted)
    options = {
        "source": str(tree),
        "destination": f"s3://objects-{COUNT}",
        "state_dir": str(tmp_path / "state"),
        "ordered_listing": True,
        "delete": True,
    }
    results = [run_module("sync", options, server=server) for _run in range(2)]
    assert [result["summary"]["skip"]["count"] for result in results] == [COUNT, COUNT]
    assert [result["summary"]["requests"] for result in results] == [{"list": 6}, {"list": 6}]
    assert ranges == [6]
