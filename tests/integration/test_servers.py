# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The servers that the other tests lean on: they answer, they are ours, and they end without a trace."""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import subprocess
import sys

import botocore.exceptions
import pytest
from server import Server, moto, seaweedfs

PROGRAM = pathlib.Path(__file__).resolve().parents[1] / "server.py"


def test_seaweedfs_keeps_objects(s3_server: Server, bucket: str) -> None:
    s3 = s3_server.client("s3")
    s3.put_object(Bucket=bucket, Key="a/ü %.txt", Body=b"kept")
    assert s3.get_object(Bucket=bucket, Key="a/ü %.txt")["Body"].read() == b"kept"
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["a/ü %.txt"]


def test_seaweedfs_wants_its_own_secret(s3_server: Server, bucket: str) -> None:
    stranger = Server(s3_server.endpoint, s3_server.access_key, "wrong", s3_server.region, s3_server.pid)
    with pytest.raises(botocore.exceptions.ClientError, match="SignatureDoesNotMatch"):
        stranger.client("s3").list_objects_v2(Bucket=bucket)


def test_seaweedfs_keeps_data_in_a_given_directory(tmp_path: pathlib.Path) -> None:
    with seaweedfs(tmp_path) as server:
        server.client("s3").create_bucket(Bucket="kept")
        server.client("s3").put_object(Bucket="kept", Key="key", Body=b"body")
    assert not pathlib.Path(f"/proc/{server.pid}").exists()
    with seaweedfs(tmp_path) as server:
        assert server.client("s3").get_object(Bucket="kept", Key="key")["Body"].read() == b"body"


def test_moto_answers_and_ends() -> None:
    with moto() as server:
        assert server.client("sts").get_caller_identity()["Account"] == "123456789012"
    assert not pathlib.Path(f"/proc/{server.pid}").exists()


@pytest.mark.parametrize(("number", "options"), [(signal.SIGINT, []), (signal.SIGTERM, ["--moto"])])
def test_foreground_server_ends_cleanly(number: signal.Signals, options: list[str]) -> None:
    process = subprocess.Popen(
        [sys.executable, PROGRAM, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("#"):
            break
    settings = dict(line.removeprefix("export ").strip().split("=", 1) for line in lines if line.startswith("export "))
    server = Server(
        settings["AWS_ENDPOINT_URL"],
        settings["AWS_ACCESS_KEY_ID"],
        settings["AWS_SECRET_ACCESS_KEY"],
        settings["AWS_REGION"],
        process.pid,
    )
    server.client("s3").create_bucket(Bucket="works")
    sockets = sockets_of(process.pid)
    assert sockets or "--moto" in options
    process.send_signal(number)
    _rest, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    with pytest.raises(botocore.exceptions.EndpointConnectionError):
        server.client("s3", retries={"total_max_attempts": 1}).list_buckets()
    assert [path for path in sockets if path.exists()] == []


def sockets_of(process: int) -> list[pathlib.Path]:
    """The Unix sockets in /tmp that a process and its children listen at."""
    children = pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()
    open_files = set()
    for pid in (process, *children):
        for path in pathlib.Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # connections come and go
                open_files.add(os.readlink(path))
    listed = [line.split() for line in pathlib.Path("/proc/net/unix").read_text().splitlines()[1:]]
    paths = {pathlib.Path(fields[7]) for fields in listed if len(fields) > 7 and f"socket:[{fields[6]}]" in open_files}
    return sorted(path for path in paths if path.parent == pathlib.Path("/tmp"))
