# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The proxy hands on every byte in its order, both ways, and the end of a connection."""

from __future__ import annotations

import pathlib
import random
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator

import pytest
from peers import proxy

SIZE = 3_000_000


class Echo(socketserver.BaseRequestHandler):
    """Sends back what it receives, until it has had SIZE bytes; then it hangs up."""

    def handle(self) -> None:
        left = SIZE
        while left:
            data = self.request.recv(65536)
            if not data:
                return
            left -= len(data)
            self.request.sendall(data)


@pytest.fixture
def echo() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("delay", [0.0, 0.003])
@pytest.mark.parametrize("tls", [False, True])
def test_bytes_arrive_as_they_were_sent(echo: str, tmp_path: pathlib.Path, delay: float, tls: bool) -> None:
    sent = random.Random(1).randbytes(SIZE)
    certificate = proxy.make_certificate(tmp_path / "proxy.pem") if tls else None
    with proxy.running(echo, delay=delay, certificate=certificate) as endpoint:
        assert endpoint.startswith("https://" if tls else "http://")
        client = socket.create_connection(("127.0.0.1", int(endpoint.rpartition(":")[2])), timeout=60)
        if certificate:
            context = ssl.create_default_context(cafile=str(certificate))
            client = context.wrap_socket(client, server_hostname="127.0.0.1")
        with client:
            received = bytearray()

            def receive() -> None:
                while data := client.recv(65536):
                    received.extend(data)

            reader = threading.Thread(target=receive)
            reader.start()
            client.sendall(sent)
            reader.join()
    assert bytes(received) == sent
