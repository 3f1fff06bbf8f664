# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What integration tests share: worlds to sync in, and a session that spares them time."""

from __future__ import annotations

import functools
import pathlib

import botocore.session
import pytest
from server import Server
from world import World


@pytest.fixture
def one_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """All runs of a test share one botocore session: to make one takes three quarters of a small run's time."""
    monkeypatch.setattr("botocore.session.Session", functools.cache(botocore.session.Session))


# Worlds share a bucket for each server: the first object of a bucket takes longer than a test.


def _shared_bucket(server: Server) -> str:
    name = "shared-world"
    server.client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture(scope="session")
def _weed_bucket(s3_server: Server) -> str:
    return _shared_bucket(s3_server)


@pytest.fixture(scope="session")
def _moto_bucket(moto_server: Server) -> str:
    return _shared_bucket(moto_server)


@pytest.fixture
def world(s3_server: Server, _weed_bucket: str, tmp_path: pathlib.Path, one_session: None) -> World:
    """A World on SeaweedFS."""
    return World(s3_server, _weed_bucket, tmp_path)


@pytest.fixture
def moto_world(moto_server: Server, _moto_bucket: str, tmp_path: pathlib.Path, one_session: None) -> World:
    """A World on moto, for what SeaweedFS lacks: storage classes, restores, keys that are prefixes of others."""
    return World(moto_server, _moto_bucket, tmp_path)
