# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What integration tests share: worlds to sync in, and a session that spares them time."""

from __future__ import annotations

import contextlib
import functools
import os
import pathlib
import time
import types
from collections.abc import Callable, Iterator
from typing import Any

import botocore.session
import pytest
from ansible_collections.stowage.s3.plugins.module_utils import _access
from ansible_collections.stowage.s3.plugins.module_utils._audit import look
from ansible_collections.stowage.s3.plugins.module_utils._bucket import account, info, run
from ansible_collections.stowage.s3.plugins.module_utils._classes import recommend
from ansible_collections.stowage.s3.plugins.module_utils._classes import run as classes_run
from ansible_collections.stowage.s3.plugins.module_utils._module import AWS_SPEC, CONNECTION_SPEC
from ansible_collections.stowage.s3.plugins.module_utils._sync import digests, planner, transfer
from pair import Opaque, Pair
from scene import DIRECTIONS, Scene, small_parts
from server import Server
from shelf import Shelf
from sources import Reader
from world import World


@pytest.fixture
def one_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """All runs of a test share one botocore session: to make one takes three quarters of a small run's time."""
    monkeypatch.setattr("botocore.session.Session", functools.cache(botocore.session.Session))


@pytest.fixture(scope="module")
def one_loader() -> Iterator[None]:
    """All runs of a file's tests share botocore's models of services, and a client for each server and its options.

    To make them takes most of a run's time.
    """
    make, clients = _access.boto_client, dict[str, Any]()

    def client(module: Any, service: str, **more: Any) -> Any:
        given = {name: module.params.get(name) for name in (*AWS_SPEC, *CONNECTION_SPEC)}
        told = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        key = repr((service, more, given, sorted(told.items())))
        if key not in clients:
            clients[key] = make(module, service, **more)
        return clients[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.session.create_loader", functools.cache(botocore.session.create_loader))
        for room in (account, info, look, run):
            patch.setattr(room, "boto_client", client)
        yield


@pytest.fixture(scope="session")
def reader() -> Iterator[Reader]:
    """The process that reads inventory sources."""
    with Reader() as process:
        yield process


# Worlds share a bucket for each server: the first object of a bucket takes longer than a test.


@functools.cache
def _shared_bucket(server: Server) -> str:
    name = "shared-world"
    server.client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture
def shared_bucket(server: Server) -> str:
    """The name of the bucket that worlds share."""
    return _shared_bucket(server)


@pytest.fixture
def world(server: Server, shared_bucket: str, tmp_path: pathlib.Path, one_session: None) -> World:
    """A World on this test's server."""
    return World(server, shared_bucket, tmp_path)


@pytest.fixture
def shelf(server: Server, shared_bucket: str, tmp_path: pathlib.Path, one_session: None) -> Shelf:
    """A Shelf on this test's server."""
    return Shelf(server, shared_bucket, tmp_path)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> float:
    """The module storage_class runs a hundred days from now, at this moment: what is written now is old then."""
    moment = time.time() + 100 * 86_400
    for room in (classes_run, recommend):
        monkeypatch.setattr(room, "time", types.SimpleNamespace(time=lambda: moment))
    return moment


# Pairs that are synced again and again


@pytest.fixture(params=["up", "down"])
def pair(
    request: pytest.FixtureRequest, server: Server, shared_bucket: str, tmp_path: pathlib.Path, one_session: None
) -> Pair:
    """A directory and a prefix, in both directions."""
    return Pair(server, shared_bucket, tmp_path, request.param)


@pytest.fixture
def up(server: Server, shared_bucket: str, tmp_path: pathlib.Path, one_session: None) -> Pair:
    """A directory that is synced to a prefix."""
    return Pair(server, shared_bucket, tmp_path, "up")


@pytest.fixture
def scenes(
    server: Server,
    shared_bucket: str,
    tmp_path: pathlib.Path,
    one_session: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., Scene]]:
    """Two sides and a proxy between, by direction and way; large files and copies go by parts of 5 MiB."""
    small_parts(monkeypatch.setattr)
    with contextlib.ExitStack() as proxies:

        @functools.cache
        def make(direction: str, way: str = "") -> Scene:
            root = tmp_path / f"{direction} {way}"
            root.mkdir()
            scene = Scene(server, shared_bucket, root, direction, way)
            proxies.enter_context(scene.proxy)
            return scene

        yield make


@pytest.fixture(params=DIRECTIONS)
def scene(request: pytest.FixtureRequest, scenes: Callable[..., Scene]) -> Scene:
    """A scene of each direction; a test may name others: "up tls"."""
    return scenes(*request.param.split())


@pytest.fixture
def opaque(monkeypatch: pytest.MonkeyPatch) -> Opaque:
    """ETags that say nothing of the content."""
    return Opaque(monkeypatch)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that planning hashes, as it does so."""
    names: list[str] = []
    real = planner.hash_file

    def counting(path: str, *arguments: Any, **options: Any) -> Any:
        names.append(os.path.basename(path))
        return real(path, *arguments, **options)

    monkeypatch.setattr(planner, "hash_file", counting)
    return names


def _clock(monkeypatch: pytest.MonkeyPatch, now: Callable[[], float]) -> None:
    clock = types.SimpleNamespace(**{name: getattr(time, name) for name in dir(time) if not name.startswith("_")})
    clock.time = now
    for module in (digests, planner, transfer):
        monkeypatch.setattr(module, "time", clock)


@pytest.fixture
def years_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sync's clock is so far ahead that every stamp is old enough to be trusted: nothing but stamps protects."""
    _clock(monkeypatch, lambda: time.time() + 1e8)


@pytest.fixture
def always_young(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sync's clock stands in 1970: no stamp is ever old enough to be trusted, however slow this machine is."""
    _clock(monkeypatch, lambda: 0.0)
