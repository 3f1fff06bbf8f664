# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A listing read in ranges side by side is the same listing, whatever keys cut it."""

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
from ansible_collections.stowage.s3.plugins.module_utils._sync import listing
from ansible_collections.stowage.s3.plugins.module_utils._sync.filters import Filters
from ansible_collections.stowage.s3.plugins.module_utils._sync.listing import Findings, objects
from harness import run_module
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peers import stub
from server import Server

COUNT = 5_500


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A server that lists generated objects in S3's order."""
    with stub.running() as running:
        yield running.endpoint


@pytest.fixture(scope="module")
def bucket(endpoint: str) -> Iterator[Bucket]:
    """A bucket of it."""
    place = Endpoint(False, "127.0.0.1", int(endpoint.rpartition(":")[2]), f"/objects-{COUNT}", "stub", "us-east-1")
    service = Service(Pool(), lambda: Keys("AK", "SECRET"), lambda _bucket, _region: place, "us-east-1")
    yield Bucket(service, f"objects-{COUNT}", ordered=True)
    service.pool.close()


KEYS = st.integers(0, COUNT + 5).map(stub.key_of)
SPLITS = st.lists(st.one_of(KEYS, KEYS.map(lambda key: key + "!"), st.sampled_from(["!", "\U0010ffff"])), max_size=12)


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


def test_even_splits_cost_no_more_requests(bucket: Bucket) -> None:
    findings = Findings()
    splits = [stub.key_of(number) for number in range(1999, COUNT, 2000)]
    assert len(list(objects(bucket, "", Filters(), findings, splits))) == COUNT
    assert findings.requests == {"list": 6}


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

    def counted(*arguments: Any) -> Any:
        ranges.append(len(arguments[-1]) + 1)
        return real(*arguments)

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
