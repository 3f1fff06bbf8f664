# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Servers and buckets for tests. Under pytest-xdist each worker has servers of its own, made when first asked for."""

from __future__ import annotations

import contextlib
import functools
import uuid
from collections.abc import Callable, Iterator

import hypothesis
import pytest
from capabilities import SERVERS
from matrix import Matrix, place
from server import START, Server

# How long an example takes is the machine's affair.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which server; and how hard some tests try: `make test-faults` and `make judge` ask for more."""
    parser.getgroup("servers").addoption("--server", choices=SERVERS, help="run what this server can do, and only that")
    group = parser.getgroup("faults")
    group.addoption("--storms", type=int, default=3, help="storms of faults in each direction")
    group.addoption("--every-fault", action="store_true", help="every kind of fault in every direction")
    group.addoption("--kills", type=int, default=12, help="runs that are killed")
    group.addoption("--moved", type=int, default=12, help="objects that change their storage class meanwhile")
    group.addoption("--files", type=int, default=1000, help="files in one directory")
    group.addoption("--seed", type=int, default=0, help="the first of the seeds of storms and kills")
    group.addoption("--objects", type=int, default=400, help="objects whose requests the server counts")
    group = parser.getgroup("baseline")
    group.addoption("--every-bucket", action="store_true", help="every kind of bucket in every account")


def pytest_configure(config: pytest.Config) -> None:
    """Marks, and the choice of servers."""
    config.addinivalue_line("markers", "needs(*names): what a test needs of its server; see tests/capabilities.py")
    config.addinivalue_line("markers", "core: runs on every server in each `make test`")
    config.pluginmanager.register(Matrix(config.getoption("--server")))


@pytest.fixture(scope="session", autouse=True)
def no_prices_of_ones_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Prices that a developer has refreshed stay out of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def servers() -> Iterator[Callable[[str], Server]]:
    """A server by its name, started when first asked for."""
    with contextlib.ExitStack() as stack:
        yield functools.cache(lambda name: stack.enter_context(START[name]()))


@pytest.fixture
def server(request: pytest.FixtureRequest, servers: Callable[[str], Server]) -> Server:
    """The server of this test: `.endpoint .access_key .secret_key .region .env .client("s3")`."""
    return servers(place(request.node))


@pytest.fixture(scope="session")
def s3_server(servers: Callable[[str], Server]) -> Server:
    """SeaweedFS, whatever server is asked for."""
    return servers("seaweedfs")


@pytest.fixture(scope="session")
def moto_server(servers: Callable[[str], Server]) -> Server:
    """moto, whatever server is asked for."""
    return servers("moto")


@pytest.fixture
def bucket(request: pytest.FixtureRequest, server: Server) -> Iterator[str]:
    """The name of a new, empty bucket."""
    s3 = server.client("s3")
    name = f"test-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=name)
    yield name
    if place(request.node) == "seaweedfs":
        # It drops the objects with the bucket, which frees the volumes. Others do as S3 does, and want it empty.
        s3.delete_bucket(Bucket=name)
