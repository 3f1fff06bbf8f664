# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who is kept on this machine reaches it, also under the names of S3 Control, and nothing else."""

from __future__ import annotations

import pathlib
import socket
import subprocess
import sys

import pytest
from peers.tools import HERE

# In the place of the program.
PROGRAM = """
import contextlib, socket, sys
def prowler():
    for host in {hosts}:
        with contextlib.suppress(OSError):
            socket.create_connection((host, {port})).sendall(b"hello")
            print("reached", host)
    sys.exit(0)
"""


@pytest.mark.parametrize(
    ("hosts", "reached", "refused"),
    [
        (["127.0.0.1", "111122223333.127.0.0.1"], 2, ""),
        (["192.0.2.1", "127.0.0.1"], 1, "192.0.2.1"),
        (["telemetry.example.com"], 0, "telemetry.example.com"),
        (["1111.127.0.0.1.example.com", "169.254.169.254"], 0, "1111.127.0.0.1.example.com, 169.254.169.254"),
    ],
)
def test_it_goes_nowhere_else(tmp_path: pathlib.Path, hosts: list[str], reached: int, refused: str) -> None:
    package = tmp_path / "prowler"
    package.mkdir()
    (package / "__init__.py").touch()
    with socket.create_server(("127.0.0.1", 0)) as server:
        (package / "__main__.py").write_text(PROGRAM.format(hosts=hosts, port=server.getsockname()[1]))
        done = subprocess.run(
            [sys.executable, HERE / "loopback.py"],
            env={"PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.stdout.count("reached") == reached, done.stderr
    assert (done.returncode, done.stderr.strip().rpartition("elsewhere: ")[2]) == (bool(refused), refused)
