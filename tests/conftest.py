# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Servers and buckets for tests. Under pytest-xdist each worker has servers of its own, made when first asked for."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from server import Server, moto, seaweedfs


def pytest_addoption(parser: pytest.Parser) -> None:
    """How hard the tests of faults and kills try; `make test-faults` asks for more."""
    group = parser.getgroup("faults")
    group.addoption("--storms", type=int, default=3, help="storms of faults in each direction")
    group.addoption("--every-fault", action="store_true", help="every kind of fault in every direction")
    group.addoption("--kills", type=int, default=12, help="runs that are killed")
    group.addoption("--files", type=int, default=1000, help="files in one directory")
    group.addoption("--seed", type=int, default=0, help="the first of the seeds of storms and kills")


@pytest.fixture(scope="session")
def s3_server() -> Iterator[Server]:
    """SeaweedFS: `.endpoint .access_key .secret_key .region .env .client("s3")`."""
    with seaweedfs() as server:
        yield server


@pytest.fixture(scope="session")
def moto_server() -> Iterator[Server]:
    """moto, with the same attributes."""
    with moto() as server:
        yield server


@pytest.fixture
def bucket(s3_server: Server) -> Iterator[str]:
    """The name of a new, empty bucket on SeaweedFS."""
    s3 = s3_server.client("s3")
    name = f"test-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=name)
    yield name
    # SeaweedFS drops the objects with the bucket, which frees the volumes.
    s3.delete_bucket(Bucket=name)
