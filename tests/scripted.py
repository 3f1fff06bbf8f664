# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A server that answers by a script: what no real one does on demand (drop, garble, redirect, refuse)."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple


class Request(NamedTuple):
    """What arrived, header names in lower case; `connection` counts the connections."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int


class Answer(NamedTuple):
    """Bytes to be sent; then the connection is dropped, or kept."""

    data: bytes
    drop: bool = False


DROP = Answer(b"", drop=True)


def answer(
    status: int = 200, body: bytes | str = b"", headers: Mapping[str, str] | None = None, **extra: str
) -> Answer:
    """An ordinary answer; keywords are headers with "_" for "-"."""
    body = body.encode() if isinstance(body, str) else body
    named = {"content-length": str(len(body)), **(headers or {}), **{k.replace("_", "-"): v for k, v in extra.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return Answer(f"HTTP/1.1 {status} Whatever\r\n{head}\r\n".encode() + body)


def error(status: int, code: str, message: str = "No.", more: str = "", **headers: str) -> Answer:
    """An S3 error."""
    fields = f"<Code>{code}</Code><Message>{message}</Message><RequestId>R1</RequestId>{more}"
    return answer(status, f"<?xml version='1.0'?><Error>{fields}</Error>", **headers)


class Scripted:
    """Answers requests in the order of the script, over however many connections. A function computes its answer."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.script: list[Answer | Callable[[Request], Answer]] = []
        self.requests: list[Request] = []
        self.trouble: list[BaseException] = []
        self._lock = threading.Lock()
        self._connections: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def play(self, *script: Answer | Callable[[Request], Answer]) -> None:
        """What comes next."""
        self.script += script

    def targets(self) -> list[str]:
        """The methods and targets of what arrived."""
        return [f"{request.method} {request.target}" for request in self.requests]

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection, len(self._connections)), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as stream:
                while first := stream.readline():
                    method, target, _version = first.decode("latin-1").split()
                    headers = {}
                    while line := stream.readline().strip():
                        name, _colon, value = line.decode("latin-1").partition(":")
                        headers[name.lower()] = value.strip()
                    length = int(headers.get("content-length", "0"))
                    with self._lock:
                        step = self.script.pop(0)
                    if headers.get("expect"):
                        if isinstance(step, Answer) and step.data.startswith(b"HTTP/1.1 100"):
                            connection.sendall(step.data)
                            with self._lock:
                                step = self.script.pop(0)
                        elif isinstance(step, Answer) and step.data and b" 200 " not in step.data[:13]:
                            length = 0  # refused before the body was sent
                    body = stream.read(length)
                    if len(body) < length:
                        return  # the client gave up: this is no request
                    request = Request(method, target, headers, body, number)
                    with self._lock:
                        self.requests.append(request)
                    reply = step if isinstance(step, Answer) else step(request)
                    connection.sendall(reply.data)
                    if reply.drop:
                        return
        except (ConnectionError, ssl.SSLError):
            pass
        except BaseException as trouble:
            self.trouble.append(trouble)

    def wait_until_played(self) -> None:
        """Give the server time to read what a client sent that waits for no answer."""
        deadline = time.monotonic() + 30
        while self.script and time.monotonic() < deadline:
            time.sleep(0.01)

    def stop(self) -> None:
        """Close everything; the script must have been played to its end without trouble."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive()
        assert not self.trouble
        assert not self.script, "not all of the script was asked for"
