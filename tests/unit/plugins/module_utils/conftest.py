# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A bucket at a server that answers by a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket
from ansible_collections.stowage.s3.plugins.module_utils._s3.exchange import Service
from ansible_collections.stowage.s3.plugins.module_utils._s3.pool import Pool
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Endpoint, Keys
from scripted import Scripted


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    """The server, and at the end the proof that all of its script was played."""
    server = Scripted()
    yield server
    server.stop()


@pytest.fixture
def naps() -> list[float]:
    """The waits between attempts, which tests do not sit through."""
    return []


@pytest.fixture
def make(scripted: Scripted, naps: list[float]) -> Iterator[Callable[..., Bucket]]:
    """Makes a bucket at the scripted server; keywords of Bucket, and `service`: those of Service."""
    pools = []

    async def nap(seconds: float) -> None:
        naps.append(seconds)

    def build(service: Mapping[str, Any] | None = None, **options: Any) -> Bucket:
        def endpoint(bucket: str, region: str) -> Endpoint:
            host = f"127.0.0.1:{scripted.port}"
            return Endpoint(False, "127.0.0.1", scripted.port, f"/{bucket}", host, region)

        pools.append(Pool(connect_timeout=10, read_timeout=10))
        settings: dict[str, Any] = {
            "pool": pools[-1],
            "keys": lambda: Keys("AK", "SK"),
            "endpoint": endpoint,
            "region": "us-east-1",
            "sleep": nap,
            **(service or {}),
        }
        return Bucket(Service(**settings), options.pop("name", "b"), **options)

    yield build
    for pool in pools:
        pool.close()


@pytest.fixture
def remote(make: Callable[..., Bucket]) -> Bucket:
    """The plain bucket "b"."""
    return make()
