# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The proxy hands on every byte in its order, both ways, and the end of a connection. It finds the requests in them."""

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
    """Sends back what it has received, when that is SIZE bytes; then it hangs up."""

    def handle(self) -> None:
        received = bytearray()
        while len(received) < SIZE:
            data = self.request.recv(65536)
            if not data:
                return
            received += data
        self.request.sendall(received)


class Answer(socketserver.BaseRequestHandler):
    """Answers with one byte when all of SENT has come."""

    def handle(self) -> None:
        received = bytearray()
        while len(received) < len(SENT):
            received += self.request.recv(65536)
        self.request.sendall(b".")


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
            client.sendall(sent)
            received = bytearray()
            while data := client.recv(65536):
                received += data
    assert bytes(received) == sent


LINES = ["HEAD /b HTTP/1.1", "PUT /b?cors HTTP/1.1", "GET /b?cors HTTP/1.1"]
SENT = (
    b"HEAD /b HTTP/1.1\r\nHost: s\r\n\r\n"
    # A body that looks like a request.
    b"PUT /b?cors HTTP/1.1\r\ncontent-length:  20\r\n\r\nGET / HTTP/1.1\r\n\r\n\r\n"
    b"GET /b?cors HTTP/1.1\r\nContent-Length: 0\r\n\r\n"
)


@pytest.mark.parametrize("size", [1, 2, 7, len(SENT)])
def test_requests_are_found_wherever_the_bytes_are_cut(size: int) -> None:
    found: list[str] = []
    requests = proxy.Requests(found.append)
    for start in range(0, len(SENT), size):
        requests.feed(SENT[start : start + size])
    assert found == LINES


def test_requests_are_written_down_before_they_are_answered(tmp_path: pathlib.Path) -> None:
    log = tmp_path / "requests"
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with (
            proxy.running(f"http://127.0.0.1:{server.server_address[1]}", at_once=True, log=log) as endpoint,
            socket.create_connection(("127.0.0.1", int(endpoint.rpartition(":")[2])), timeout=60) as client,
        ):
            assert log.read_text() == ""
            client.sendall(SENT)
            assert client.recv(1) == b"."
            assert log.read_text().splitlines() == LINES
        server.shutdown()
        thread.join()
