# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A proxy before an S3 server, for what loopback lacks: TLS, and the time that bytes travel. It can count requests.

Bytes pass through as they are, so signatures stay right. It says its port, and ends with its standard input.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import contextlib
import datetime
import ipaddress
import pathlib
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any, TextIO

ON_THE_WAY = 64 * 2**20  # bytes that one direction may hold before its sender has to wait


class Requests:
    """Finds the requests in what a client sends; HEARD receives their first lines. Bodies have to tell their length."""

    def __init__(self, heard: Callable[[str], object]) -> None:
        self._heard = heard
        self._buffer = bytearray()
        self._body = 0  # bytes of the present body that are still to come

    def feed(self, data: bytes) -> None:
        """The next bytes, cut anywhere."""
        self._buffer += data
        while self._buffer:
            passed = min(self._body, len(self._buffer))
            del self._buffer[:passed]
            self._body -= passed
            end = self._buffer.find(b"\r\n\r\n")
            if self._body or end < 0:
                return
            first, *lines = self._buffer[:end].decode("latin-1").split("\r\n")
            del self._buffer[: end + 4]
            headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)}
            self._body = int(headers.get("content-length", "0"))
            self._heard(first)


def nobody(_data: bytes) -> None:
    """Does not listen."""


class Side(asyncio.Protocol):
    """One end of a connection. What arrives here leaves at the other end, DELAY seconds later; HEARD is told of it."""

    def __init__(self, delay: float, *, handshake: float = 0.0, heard: Callable[[bytes], object] = nobody) -> None:
        self.other: Side
        self.transport: Any = None
        self._delay, self._handshake, self._heard = delay, handshake, heard
        self._open = 0.0  # when the first byte could have arrived
        self._queue: collections.deque[tuple[float, bytes]] = collections.deque()  # when due, what; nothing is the end
        self._held = 0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._open = asyncio.get_running_loop().time() + self._handshake
        self.other.flush()

    def data_received(self, data: bytes) -> None:
        self._heard(data)
        self._held += len(data)
        self._enqueue(data)
        if self._held > ON_THE_WAY:
            self.transport.pause_reading()

    def connection_lost(self, _error: Exception | None) -> None:
        self._enqueue(b"")

    def pause_writing(self) -> None:
        self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        self.other.transport.resume_reading()

    def _enqueue(self, data: bytes) -> None:
        now = asyncio.get_running_loop().time()
        self._queue.append((max(now, self._open) + self._delay, data))
        self.flush()

    def flush(self) -> None:
        """Hand on what is due, and come back for the rest."""
        target, loop = self.other.transport, asyncio.get_running_loop()
        if not target:
            return
        while self._queue and self._queue[0][0] <= loop.time():
            _due, data = self._queue.popleft()
            self._held -= len(data)
            if not data:
                target.close()
            elif not target.is_closing():
                target.write(data)
        if self._queue and not self._timer:
            self._timer = loop.call_at(self._queue[0][0], self._wake)

    def _wake(self) -> None:
        self._timer = None
        self.flush()
        if self.transport and not self.transport.is_closing() and self._held <= ON_THE_WAY:
            self.transport.resume_reading()


async def serve(options: argparse.Namespace, log: TextIO | None) -> None:
    loop, delay = asyncio.get_running_loop(), options.delay
    host, _colon, port = options.to.rpartition(":")
    context = None
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate)
    reaching: set[asyncio.Task[None]] = set()

    async def reach(client: Side, server: Side) -> None:
        try:
            await loop.create_connection(lambda: server, host, int(port))
        except OSError:
            client.transport.abort()

    def accept() -> Side:
        # Loopback shakes hands at once; from afar that costs a way there and back before the first byte.
        heard = Requests(lambda line: log.write(f"{line}\n")).feed if log else nobody
        client = Side(delay, handshake=0.0 if options.at_once else 2 * delay, heard=heard)
        server = Side(delay)
        client.other, server.other = server, client
        task = loop.create_task(reach(client, server))
        reaching.add(task)
        task.add_done_callback(reaching.discard)
        return client

    server = await loop.create_server(accept, "127.0.0.1", 0, ssl=context, backlog=1024)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)


@contextlib.contextmanager
def running(
    endpoint: str,
    *,
    delay: float = 0.0,
    at_once: bool = False,
    certificate: pathlib.Path | None = None,
    log: pathlib.Path | None = None,
) -> Iterator[str]:
    """A proxy to ENDPOINT in a process of its own; yields its own endpoint. DELAY in seconds, each way.

    `at_once`: connections cost no time. `log` receives the first line of every request.
    """
    host = endpoint.removeprefix("http://")
    command = [sys.executable, str(pathlib.Path(__file__).resolve()), "--to", host, "--delay", str(delay)]
    if certificate:
        command += ["--certificate", str(certificate)]
    if at_once:
        command.append("--at-once")
    if log:
        command += ["--log", str(log)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.communicate()


def make_certificate(path: pathlib.Path) -> pathlib.Path:
    """A certificate of 127.0.0.1 that signs itself, with its key; who trusts this file trusts the proxy."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stowage benchmark")])
    now = datetime.datetime.now(datetime.timezone.utc)
    usage = dict.fromkeys(
        (
            "content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign",
            "encipher_only", "decipher_only",
        ),
        False,
    )  # fmt: skip
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, key_cert_sign=True, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description="A proxy before an S3 server.")
    parser.add_argument("--to", required=True, help="host:port of the server")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds that every byte takes, each way")
    parser.add_argument("--at-once", action="store_true", help="connections cost no time")
    parser.add_argument("--certificate", default="", help="a PEM file with certificate and key: speak TLS")
    parser.add_argument("--log", default="", help="a file that receives the first line of every request")
    options = parser.parse_args()
    with open(options.log, "a", buffering=1, encoding="utf-8") if options.log else contextlib.nullcontext() as log:
        asyncio.run(serve(options, log))


if __name__ == "__main__":
    main()
