# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""S3 servers for development and tests, on loopback, gone without a trace when they end.

`python tests/server.py` runs SeaweedFS in the foreground. Demo, tests and benchmarks import the context managers:

    with seaweedfs() as server:
        server.client("s3").create_bucket(Bucket="photos")
        subprocess.run(["ansible-playbook", ...], env={**os.environ, **server.env})
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import dataclasses
import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import botocore.client
import botocore.exceptions
import botocore.session

REGION = "us-east-1"
START_TIMEOUT = 60  # seconds; a busy machine needs ten times the usual four
PORTS = (
    "master.port", "master.port.grpc", "volume.port", "volume.port.grpc",
    "filer.port", "filer.port.grpc", "s3.port", "s3.port.grpc", "metricsPort",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Server:
    """A running server: where it is, who may enter, and where it tells what it was asked, if it does."""

    endpoint: str
    access_key: str
    secret_key: str
    region: str
    pid: int
    metrics: str = ""

    @property
    def env(self) -> dict[str, str]:
        """Environment variables that lead the AWS tools, boto3 and Ansible's modules here."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_URL": self.endpoint,
            # A developer's own settings must not reach in, nor a search for an instance role delay.
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def within(self, account: str) -> Server:
        """The server as a role of an account finds it; moto knows a session by its key."""
        role = {"RoleArn": f"arn:aws:iam::{account}:role/test", "RoleSessionName": "test"}
        keys = self.client("sts").assume_role(**role)["Credentials"]
        return dataclasses.replace(self, access_key=keys["AccessKeyId"], secret_key=keys["SecretAccessKey"])

    def asked(self, bucket: str) -> collections.Counter[tuple[str, int]]:
        """How many requests it has answered about a bucket, by its own words for them and HTTP status.

        HEAD counts as GET, a copy as COPY, DeleteObjects as DELETE.
        """
        with urllib.request.urlopen(self.metrics, timeout=START_TIMEOUT) as answer:  # noqa: S310 - on loopback
            text = answer.read().decode()
        found = re.findall(
            r'^SeaweedFS_s3_request_total\{bucket="(.+?)",code="(\d+)",type="(\w+)"\} (\d+)$', text, re.M
        )
        return collections.Counter({(kind, int(code)): int(count) for of, code, kind, count in found if of == bucket})

    def client(self, service: str = "s3", **config: Any) -> Any:
        """A botocore client of SERVICE; keywords go to botocore's Config."""
        settings: dict[str, Any] = {"request_checksum_calculation": "when_required", **config}
        if service == "s3":
            settings.setdefault("s3", {"addressing_style": "path"})
        return botocore.session.Session().create_client(
            service,
            region_name=self.region,
            endpoint_url=self.endpoint,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=botocore.client.Config(**settings),
        )


@contextlib.contextmanager
def seaweedfs(directory: str | os.PathLike[str] | None = None) -> Iterator[Server]:
    """SeaweedFS, a real S3 server for the object path. DIRECTORY keeps its data; without one they end with it.

    Raises RuntimeError with the end of its log if it does not come up.
    """
    with _scratch() as scratch:
        data = pathlib.Path(directory) if directory else scratch / "data"
        data.mkdir(parents=True, exist_ok=True)
        for _attempt in range(3):
            ports = dict(zip(PORTS, _free_ports(len(PORTS)), strict=True))
            process, server = _start_weed(scratch, data, ports)
            try:
                if _wait_until_it_writes(process, server):
                    yield server
                    return
                ended = process.poll() is not None
            finally:
                _end(process)
                for name in ("master", "volume", "filer", "s3"):
                    port = ports[f"{name}.port.grpc"]
                    pathlib.Path(f"/tmp/seaweedfs-{name}-grpc-{port}.sock").unlink(missing_ok=True)
            if not ended:
                break
            # Somebody may have taken one of the ports in between: try others.
        raise RuntimeError(f"SeaweedFS did not start; its log ends:\n{_tail(scratch / 'log')}")


def _start_weed(
    scratch: pathlib.Path, data: pathlib.Path, ports: dict[str, int]
) -> tuple[subprocess.Popen[bytes], Server]:
    # New keys for each start: a server that takes them is the one that was started here.
    access_key, secret_key = "AKIA" + secrets.token_hex(8).upper(), secrets.token_hex(20)
    identity = {
        "name": "admin",
        "credentials": [{"accessKey": access_key, "secretKey": secret_key}],
        "actions": ["Admin"],
    }
    config = scratch / "s3.json"
    config.touch(mode=0o600)
    config.write_text(json.dumps({"identities": [identity]}))
    command = [
        _program("weed"), "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={data}", "-filer", "-s3",
        f"-s3.config={config}", "-s3.iam=false", "-s3.port.iceberg=0", "-s3.port.lance=0",
        f"-s3.localSocket={scratch}/s3.sock", f"-filer.localSocket={scratch}/filer.sock",
        "-master.telemetry=false", "-master.volumeSizeLimitMB=1024", "-volume.max=10000",
        *(f"-{name}={port}" for name, port in ports.items()),
    ]  # fmt: skip
    with open(scratch / "log", "wb") as log:
        process = subprocess.Popen(_with_parent(command), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=scratch)
    endpoint, metrics = (f"http://127.0.0.1:{ports[name]}" for name in ("s3.port", "metricsPort"))
    return process, Server(endpoint, access_key, secret_key, REGION, process.pid, f"{metrics}/metrics")


def _wait_until_it_writes(process: subprocess.Popen[bytes], server: Server) -> bool:
    """True when a first object was written and removed; False when the process ended or the time is up."""
    s3 = server.client("s3", retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=10)
    deadline = time.monotonic() + START_TIMEOUT
    while process.poll() is None and time.monotonic() < deadline:
        try:
            s3.create_bucket(Bucket="is-it-up")
            s3.put_object(Bucket="is-it-up", Key="probe", Body=b"probe")
            s3.delete_object(Bucket="is-it-up", Key="probe")
            s3.delete_bucket(Bucket="is-it-up")
            return process.poll() is None
        except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError):
            time.sleep(0.1)
    return False


# It says its port itself, and ends when its standard input does, that is, with its parent at the latest.
MOTO = """
import sys
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def moto() -> Iterator[Server]:
    """moto, a simulation of many AWS services, for what SeaweedFS lacks. Any credentials are welcome."""
    with _scratch() as scratch:
        with open(scratch / "log", "wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", MOTO], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            if not port:
                raise RuntimeError(f"moto did not start; its log ends:\n{_tail(scratch / 'log')}")
            yield Server(f"http://127.0.0.1:{port}", "testing", "testing", REGION, process.pid)
        finally:
            _end(process)
            for stream in (process.stdin, process.stdout):
                assert stream is not None
                stream.close()


@contextlib.contextmanager
def rclone() -> Iterator[Server]:
    """`rclone serve s3` on a directory, as many run it at home: small, and far from S3 where an API is seldom used."""
    with _scratch() as scratch:
        access_key, secret_key = "AKIA" + secrets.token_hex(8).upper(), secrets.token_hex(20)
        data = scratch / "data"
        data.mkdir()
        # The kernel chooses the port, and the log tells it. The keys stay out of the list of processes.
        command = [
            _program("rclone"), "serve", "s3", str(data), "--addr=127.0.0.1:0", "--config=/dev/null",
            "--log-level=INFO", "--dir-cache-time=1s", "--poll-interval=0",
        ]  # fmt: skip
        env = {name: value for name, value in os.environ.items() if not name.startswith("RCLONE_")}
        env["RCLONE_AUTH_KEY"] = f'"{access_key},{secret_key}"'
        with open(scratch / "log", "wb") as log:
            process = subprocess.Popen(
                _with_parent(command), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=scratch, env=env
            )
        try:
            endpoint = _endpoint(process, scratch / "log")
            server = Server(endpoint, access_key, secret_key, REGION, process.pid)
            if not endpoint or not _wait_until_it_writes(process, server):
                raise RuntimeError(f"rclone did not start; its log ends:\n{_tail(scratch / 'log')}")
            yield server
        finally:
            _end(process)


def _endpoint(process: subprocess.Popen[bytes], log: pathlib.Path) -> str:
    """The address that a server tells in its log; empty when the process ended or the time is up."""
    deadline = time.monotonic() + START_TIMEOUT
    while process.poll() is None and time.monotonic() < deadline:
        if found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text(errors="replace")):
            return found[0]
        time.sleep(0.05)
    return ""


START = {"seaweedfs": seaweedfs, "moto": moto, "rclone": rclone}


@contextlib.contextmanager
def _scratch() -> Iterator[pathlib.Path]:
    """A temporary directory on disk: /tmp may be memory, which gigabytes of objects would fill."""
    base = None if "TMPDIR" in os.environ or not os.path.isdir("/var/tmp") else "/var/tmp"
    with tempfile.TemporaryDirectory(prefix="stowage-", dir=base, ignore_cleanup_errors=True) as name:
        yield pathlib.Path(name)


def _program(name: str) -> str:
    beside = pathlib.Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        raise RuntimeError(f"{name} is not installed; run: make env")
    return found


def _with_parent(command: list[str]) -> list[str]:
    """COMMAND, ended by the kernel if this process dies without ending it (Linux; elsewhere it would stay)."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", *command] if setpriv else command


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _unused in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def _end(process: subprocess.Popen[Any]) -> None:
    # Not SIGTERM, of which SeaweedFS takes ten seconds to think; what it has answered for is in its files.
    process.kill()
    process.wait()


def _tail(log: pathlib.Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:])


def main() -> int:
    parser = argparse.ArgumentParser(description="Run an S3 server in the foreground; Ctrl-C ends it.")
    parser.add_argument("--dir", help="keep its data in this directory (default: a temporary one)")
    parser.add_argument("--moto", action="store_true", help="run moto instead of SeaweedFS")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with moto() if options.moto else seaweedfs(options.dir) as server:
            for name, value in server.env.items():
                sys.stdout.write(f"export {name}={value}\n")
            sys.stdout.write("# Paste these lines into another shell. Ctrl-C ends the server.\n")
            sys.stdout.flush()
            while os.path.exists(f"/proc/{server.pid}") or not os.path.isdir("/proc"):
                time.sleep(1)
    except KeyboardInterrupt:
        return 0
    sys.stderr.write("The server ended by itself.\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
