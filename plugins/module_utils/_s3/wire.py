# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""HTTP/1.1 on a socket (RFC 9112), as much of it as S3 speaks, and a pool of kept-alive connections.

Why not http.client: it costs twice the CPU of a small request, and knows neither `Expect: 100-continue` nor reading
a body into the caller's memory without a copy.
"""

from __future__ import annotations

import base64
import errno
import select
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._errors import DESCRIPTORS
from ansible_collections.stowage.s3.plugins.module_utils._s3.limits import Pace

HEAD_LIMIT = 64 * 1024
_SEND = 256 * 1024  # per call, so that the timeout means "nothing moves", not "all must be gone by then"
# How long an answer to `Expect: 100-continue` is awaited: not every server knows it, then the body goes out unasked.
CONTINUE_TIMEOUT = 1.0
_DRAIN = 64 * 1024


class WireError(Exception):
    """The connection failed: not an OSError, so that a full disk is never taken for a lost network.

    `stale`: a kept-alive connection that died before the answer's first byte, as it does when the server had closed it.
    `hopeless`: trying again cannot help (a certificate that does not verify). `advice` completes the user's message.
    """

    def __init__(self, reason: str, *, stale: bool = False, hopeless: bool = False, advice: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.stale = stale
        self.hopeless = hopeless
        self.advice = advice


class Proxy(NamedTuple):
    """An HTTP proxy; `authorization` is the value of Proxy-Authorization, "" for none."""

    host: str
    port: int
    authorization: str = ""

    def __repr__(self) -> str:
        return f"Proxy(host={self.host!r}, port={self.port})"


def basic(user: str, password: str) -> str:
    """A header value of HTTP's Basic scheme."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


class Answer(NamedTuple):
    """The head of an answer, names in lower case, values read as Latin-1."""

    status: int
    headers: dict[str, str]


class Wire:
    """One connection; one thread at a time."""

    __slots__ = (
        "_buffer",
        "_end",
        "_first",
        "_method",
        "_patience",
        "_sock",
        "_start",
        "key",
        "keep",
        "reused",
        "since",
        "through",
    )

    def __init__(self, sock: socket.socket, key: tuple[bool, str, int], through: Proxy | None) -> None:
        self._sock = sock
        self._buffer = bytearray(HEAD_LIMIT)
        self._start = self._end = 0
        self._first = False
        self._method = ""
        self._patience = 1
        self.key = key
        self.through = through  # a proxy that wants the absolute form
        self.keep = False
        self.reused = False
        self.since = 0.0

    def close(self) -> None:
        """Drop the connection."""
        self.keep = False
        self._sock.close()

    def quiet(self) -> bool:
        """Nothing to be read on the idle connection: what comes now could only be its end, or an answer to nobody."""
        poll = select.poll()
        poll.register(self._sock, select.POLLIN)
        return not poll.poll(0)

    def _failed(self, error: OSError) -> WireError:
        stale = self.reused and not self._first
        if isinstance(error, TimeoutError):
            # A silent server is no stale connection: it must count as an attempt.
            return WireError(f"nothing moved for {self._sock.gettimeout():g} s")
        return WireError(_reason(error), stale=stale)

    def send(self, data: bytes | memoryview) -> None:
        """Send all of it."""
        view = memoryview(data)
        try:
            while view:
                view = view[self._sock.send(view[:_SEND]) :]
        except OSError as error:
            raise self._failed(error) from error

    def begin(self, method: str, patience: int = 1) -> None:
        """A request with that method is about to be sent; its answer may take `patience` times as long as others."""
        if patience != self._patience:
            self._sock.settimeout((self._sock.gettimeout() or 0.0) * patience / self._patience or None)
            self._patience = patience
        self._first = False
        self._method = method
        self.keep = False

    def answered_within(self, seconds: float) -> bool:
        """Whether the server begins to answer in that time."""
        if self._start < self._end:
            return True
        if isinstance(self._sock, ssl.SSLSocket) and self._sock.pending():
            return True
        poll = select.poll()
        poll.register(self._sock, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    def _receive(self, view: memoryview | bytearray) -> int:
        try:
            count = self._sock.recv_into(view)
        except OSError as error:
            raise self._failed(error) from error
        if count:
            self._first = True
        return count

    def _fill(self) -> None:
        """Read more behind what is buffered; the end of the connection is an error here."""
        if self._start == self._end:
            self._start = self._end = 0
            count = self._receive(self._buffer)
        else:
            if self._end == len(self._buffer):
                if not self._start:
                    raise WireError("the answer's head, or a line of it, is too long")
                rest = self._end - self._start
                self._buffer[:rest] = self._buffer[self._start : self._end]
                self._start, self._end = 0, rest
            with memoryview(self._buffer) as whole, whole[self._end :] as free:
                count = self._receive(free)
        if not count:
            raise WireError(
                "the server closed the connection without a whole answer", stale=self.reused and not self._first
            )
        self._end += count

    def answer(self) -> Answer:
        """Read the head of the next answer, be it 100."""
        while (end := self._buffer.find(b"\r\n\r\n", self._start, self._end)) < 0:
            if self._end - self._start >= HEAD_LIMIT:
                raise WireError("the answer's head is too long")
            self._fill()
        lines = self._buffer[self._start : end].decode("latin-1").split("\r\n")
        self._start = end + 4
        first = lines[0]
        if not first.startswith("HTTP/1.") or not first[9:12].isdigit():
            raise WireError(f"not an HTTP answer: {first[:60]!r}")
        headers: dict[str, str] = {}
        for line in lines[1:]:
            name, _colon, value = line.partition(":")
            name, value = name.lower(), value.strip()
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        connection = headers.get("connection", "").lower()
        self.keep = "close" not in connection and (first[7] != "0" or "keep-alive" in connection)
        return Answer(int(first[9:12]), headers)

    def reader(self, answer: Answer) -> Reader:
        """The body that follows the head."""
        headers = answer.headers
        if self._method == "HEAD" or answer.status in (204, 304):
            return Reader(self, 0)
        if "transfer-encoding" in headers:
            if headers["transfer-encoding"].lower() != "chunked":
                raise WireError(f"unknown transfer encoding {headers['transfer-encoding']!r}")
            return Reader(self, 0, chunked=True)
        length = headers.get("content-length")
        if length is None:
            self.keep = False
            return Reader(self, -1)
        if not (length.isascii() and length.isdigit()):
            raise WireError(f"bad content-length {length[:40]!r}")
        return Reader(self, int(length))

    def line(self) -> bytes:
        """A short line, of the chunked encoding."""
        while (end := self._buffer.find(b"\r\n", self._start, self._end)) < 0:
            if self._end - self._start > 8192:
                raise WireError("a line of the chunked encoding is too long")
            self._fill()
        line = bytes(self._buffer[self._start : end])
        self._start = end + 2
        return line

    def into(self, view: memoryview) -> int:
        """Some bytes of the body; 0 when the connection has ended."""
        buffered = self._end - self._start
        if buffered:
            count = min(buffered, len(view))
            view[:count] = self._buffer[self._start : self._start + count]
            self._start += count
            return count
        if len(view) < 4096:
            # A small read would cost a system call each: fetch ahead (framing knows where the body ends).
            self._start = self._end = 0
            self._end = self._receive(self._buffer)
            return self.into(view) if self._end else 0
        return self._receive(view)


class Reader:
    """The body of an answer. A body cut short raises (privately, and is retried): the end is only ever the true end.

    `length` is the number of bytes to come, -1 where it is not told. `pace` limits their rate.
    """

    __slots__ = ("_allowed", "_chunked", "_ended", "_left", "_wire", "count", "length", "pace")

    def __init__(self, wire: Wire, left: int, chunked: bool = False) -> None:
        self._wire = wire
        self._left = left
        self._chunked = chunked
        self._ended = left == 0 and not chunked
        self.length = -1 if chunked else left
        self.count = 0
        self.pace: Pace | None = None
        self._allowed = 0  # the count up to which may be read

    def readinto(self, view: memoryview) -> int:
        """Some bytes into the view; 0 only at the end."""
        if self._ended or not view:
            return 0
        if self._chunked and not self._left:
            self._next_chunk()
            if self._ended:
                return 0
        if 0 <= self._left < len(view):
            view = view[: self._left]
        if self.pace is not None:
            view = self._paced(view, self.pace)
        count = self._wire.into(view)
        if not count:
            if self._left < 0:
                self._ended = True
                return 0
            raise WireError(f"the body ended {self._left} bytes early")
        self.count += count
        if self._left > 0:
            self._left -= count
            if self._chunked:
                if not self._left and self._wire.line():
                    raise WireError("broken chunked encoding")
            else:
                self._ended = not self._left
        return count

    def _paced(self, view: memoryview, pace: Pace) -> memoryview:
        """As much of the view as may be read now; what was allowed and did not come yet is still allowed."""
        if self._allowed <= self.count:
            amount = min(len(view), pace.piece)
            pace.take(amount)
            self._allowed = self.count + amount
        return view[: self._allowed - self.count]

    def _next_chunk(self) -> None:
        size = self._wire.line().split(b";")[0].strip()
        try:
            self._left = int(size, 16)
        except ValueError:
            raise WireError(f"broken chunked encoding: {size[:20]!r}") from None
        if self._left < 0:
            raise WireError("broken chunked encoding: negative size")
        if not self._left:
            while self._wire.line():  # trailers
                pass
            self._ended = True

    def read(self, size: int) -> bytes:
        """`size` bytes; fewer only at the end."""
        if self.length >= 0:
            size = min(size, self.length - self.count)
        # Memory follows what comes, not what a limit would allow.
        data = bytearray(size if self.length >= 0 else min(size, 65536))
        done = 0
        while done < size:
            if done == len(data):
                data.extend(bytes(min(done, size - done)))
            with memoryview(data) as view, view[done:] as free:
                count = self.readinto(free)
            if not count:
                break
            done += count
        return bytes(data[:done])

    def finish(self) -> bool:
        """Whether the connection can serve again: the body is read, or so nearly that reading the rest is cheaper."""
        if not self._ended and self._left >= 0 and self._left <= _DRAIN and self._wire.keep:
            scrap = memoryview(bytearray(8192))
            at_most = self.count + 2 * _DRAIN
            while self.count < at_most and self.readinto(scrap):
                pass
        return self._ended and self._wire.keep


class Pool:
    """Idle connections by place, newest first; a new one where none is idle."""

    def __init__(
        self,
        *,
        idle: int = 64,
        connect_timeout: float = 60.0,
        read_timeout: float = 60.0,
        tls: Callable[[], ssl.SSLContext] = ssl.create_default_context,
        proxy: Callable[[bool, str, int], Proxy | None] | None = None,
    ) -> None:
        self._idle: dict[tuple[bool, str, int], deque[Wire]] = {}
        self._keep = idle
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._tls = tls
        self._context: ssl.SSLContext | None = None
        self._proxy = proxy
        self._closed = False

    def take(self, secure: bool, host: str, port: int, *, fresh: bool = False) -> Wire:
        """A connection, kept alive or (if `fresh`, always) new. Raises WireError."""
        key = (secure, host, port)
        idle = self._idle.get(key)
        while idle and not fresh:
            try:
                wire = idle.pop()
            except IndexError:  # another thread was faster
                break
            if time.monotonic() - wire.since < 0.5 or wire.quiet():
                wire.reused = True
                return wire
            wire.close()
        return self._connect(key)

    def give(self, wire: Wire) -> None:
        """Take back a connection whose answer was read whole."""
        idle = self._idle.setdefault(wire.key, deque())
        if self._closed or len(idle) >= self._keep:
            wire.close()
            return
        wire.since = time.monotonic()
        idle.append(wire)

    def close(self) -> None:
        """Close what is idle, and what will be given back."""
        self._closed = True
        for idle in self._idle.values():
            while idle:
                idle.pop().close()

    def _connect(self, key: tuple[bool, str, int]) -> Wire:
        secure, host, port = key
        proxy = self._proxy(secure, host, port) if self._proxy else None
        place = (proxy.host, proxy.port) if proxy else (host, port)
        try:
            sock = socket.create_connection(place, self._connect_timeout)
        except (OSError, UnicodeError) as error:
            advice = f"Check the proxy {place[0]}:{place[1]} (HTTP_PROXY, HTTPS_PROXY, NO_PROXY)" if proxy else ""
            if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
                advice = DESCRIPTORS
            raise WireError(_reason(error), advice=advice) from error
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if secure and proxy:
                _tunnel(sock, host, port, proxy)
            if secure:
                if self._context is None:
                    self._context = self._tls()
                sock = self._context.wrap_socket(sock, server_hostname=host)
            sock.settimeout(self._read_timeout)
        except ssl.SSLCertVerificationError as error:
            sock.close()
            raise WireError(
                f"the server's certificate was refused: {error.verify_message}",
                hopeless=True,
                advice="Name the authority's certificate in 'aws_ca_bundle' ('validate_certs: false' turns checks off)",
            ) from error
        except OSError as error:
            sock.close()
            raise WireError(_reason(error)) from error
        except BaseException:
            sock.close()
            raise
        return Wire(sock, key, None if secure else proxy)


def _tunnel(sock: socket.socket, host: str, port: int, proxy: Proxy) -> None:
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    authorization = f"proxy-authorization: {proxy.authorization}\r\n" if proxy.authorization else ""
    wire = Wire(sock, (False, proxy.host, proxy.port), None)
    wire.begin("CONNECT")
    wire.send(f"CONNECT {place} HTTP/1.1\r\nhost: {place}\r\n{authorization}\r\n".encode("latin-1"))
    answer = wire.answer()
    if answer.status != 200:
        raise WireError(
            f"the proxy {proxy.host}:{proxy.port} answered {answer.status} to CONNECT",
            hopeless=answer.status in (401, 403, 405, 407),
            advice="Check the proxy's rules and credentials (HTTPS_PROXY, NO_PROXY)",
        )


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "the connection timed out"
    if isinstance(error, socket.gaierror):
        return f"the name cannot be resolved ({error.strerror})"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    return str(error) or type(error).__name__
