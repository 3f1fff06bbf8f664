# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""HTTP/1.1 on a socket (RFC 9112), as much of it as S3 speaks.

Why not http.client: it costs twice the CPU of a small request, and knows neither `Expect: 100-continue` nor reading
a body into the caller's memory without a copy.
"""

from __future__ import annotations

import base64
import socket
import ssl
import time
from typing import NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._s3.limits import Pace
from ansible_collections.stowage.s3.plugins.module_utils._s3.waiting import READ, WRITE, Pause, asleep, blocking, finish

HEAD_LIMIT = 64 * 1024
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
    """One connection; one request at a time."""

    __slots__ = (
        "_buffer",
        "_end",
        "_first",
        "_method",
        "_patience",
        "_sock",
        "_start",
        "_timeout",
        "key",
        "keep",
        "reused",
        "since",
        "through",
    )

    def __init__(
        self, sock: socket.socket, key: tuple[bool, str, int], through: Proxy | None, timeout: float = 60.0
    ) -> None:
        """`timeout`: how long nothing may move, in seconds."""
        sock.setblocking(False)
        self._sock = sock
        self._timeout = timeout
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
        return not Pause(self._sock.fileno(), READ, 0.0).block()

    async def _ready(self, events: int) -> None:
        timeout = self._timeout * self._patience
        if not await Pause(self._sock.fileno(), events, timeout):
            # A silent server is no stale connection: it must count as an attempt.
            raise WireError(f"nothing moved for {timeout:g} s")

    async def _retried(self, error: OSError) -> None:
        """Wait until what gave the error can be tried again. Raises WireError if it is final."""
        if isinstance(error, ssl.SSLWantReadError):
            await self._ready(READ)
        elif isinstance(error, ssl.SSLWantWriteError):
            await self._ready(WRITE)
        else:
            raise WireError(reason_of(error), stale=self.reused and not self._first) from error

    async def send(self, data: bytes | memoryview) -> None:
        """Send all of it."""
        view = memoryview(data)
        while view:
            try:
                view = view[self._sock.send(view) :]
            except BlockingIOError:
                await self._ready(WRITE)
            except OSError as error:
                await self._retried(error)

    async def handshake(self, sock: ssl.SSLSocket) -> None:
        """Go on over TLS; `sock` has taken the connection over. Raises WireError, ssl.SSLCertVerificationError."""
        self._sock = sock
        while True:
            try:
                sock.do_handshake()
            except ssl.SSLCertVerificationError:
                raise
            except OSError as error:
                await self._retried(error)
            else:
                return

    def begin(self, method: str, patience: int = 1) -> None:
        """A request with that method is about to be sent; its answer may take `patience` times as long as others."""
        self._patience = patience
        self._first = False
        self._method = method
        self.keep = False

    async def answered_within(self, seconds: float) -> bool:
        """Whether the server begins to answer in that time."""
        until = time.monotonic() + seconds
        while self._start == self._end and not self._pending():
            if not await Pause(self._sock.fileno(), READ, max(0.0, until - time.monotonic())):
                return False
            if not isinstance(self._sock, ssl.SSLSocket):
                break
            # What comes may be of TLS itself (tickets, after the handshake): only reading tells.
            self._start = self._end = 0
            try:
                self._end = self._sock.recv_into(self._buffer)
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                continue
            except OSError:
                break  # who reads the answer finds that there will be none
            self._first = self._first or self._end > 0
            break
        return True

    def _pending(self) -> bool:
        return isinstance(self._sock, ssl.SSLSocket) and self._sock.pending() > 0

    async def _receive(self, view: memoryview | bytearray) -> int:
        while True:
            try:
                count = self._sock.recv_into(view)
            except BlockingIOError:
                await self._ready(READ)
            except OSError as error:
                await self._retried(error)
            else:
                if count:
                    self._first = True
                return count

    async def _fill(self) -> None:
        """Read more behind what is buffered; the end of the connection is an error here."""
        if self._start == self._end:
            self._start = self._end = 0
            count = await self._receive(self._buffer)
        else:
            if self._end == len(self._buffer):
                if not self._start:
                    raise WireError("the answer's head, or a line of it, is too long")
                self._move()
            with memoryview(self._buffer) as whole, whole[self._end :] as free:
                count = await self._receive(free)
        if not count:
            raise WireError(
                "the server closed the connection without a whole answer", stale=self.reused and not self._first
            )
        self._end += count

    def _move(self) -> None:
        """Move what is buffered to the beginning, so that there is room behind it."""
        rest = self._end - self._start
        self._buffer[:rest] = self._buffer[self._start : self._end]
        self._start, self._end = 0, rest

    async def fetch(self, count: int) -> None:
        """Have so many bytes of the body in the buffer, if it holds them: who reads them then need not wait."""
        if count > len(self._buffer):
            return
        if self._start + count > len(self._buffer):
            self._move()
        while self._end - self._start < count:
            await self._fill()

    async def answer(self) -> Answer:
        """Read the head of the next answer, be it 100."""
        if self._start == self._end and not self._pending():
            await self._ready(READ)  # it is never there yet
        while (end := self._buffer.find(b"\r\n\r\n", self._start, self._end)) < 0:
            if self._end - self._start >= HEAD_LIMIT:
                raise WireError("the answer's head is too long")
            await self._fill()
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

    async def line(self) -> bytes:
        """A short line, of the chunked encoding."""
        while (end := self._buffer.find(b"\r\n", self._start, self._end)) < 0:
            if self._end - self._start > 8192:
                raise WireError("a line of the chunked encoding is too long")
            await self._fill()
        line = bytes(self._buffer[self._start : end])
        self._start = end + 2
        return line

    async def into(self, view: memoryview) -> int:
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
            self._end = await self._receive(self._buffer)
            return await self.into(view) if self._end else 0
        return await self._receive(view)


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

    async def fetch(self) -> None:
        """Have the body in the connection's buffer, if it fits: who reads it then need not wait."""
        if not 0 < self.length <= HEAD_LIMIT:
            return
        pace, self.pace = self.pace, None
        if pace is not None:
            for at in range(0, self.length, pace.piece):
                piece = min(pace.piece, self.length - at)
                await asleep(pace.reserve(piece))
                await self._wire.fetch(at + piece)
        await self._wire.fetch(self.length)

    async def readinto_async(self, view: memoryview) -> int:
        """Some bytes into the view; 0 only at the end."""
        if self._ended or not view:
            return 0
        if self._chunked and not self._left:
            await self._next_chunk()
            if self._ended:
                return 0
        if 0 <= self._left < len(view):
            view = view[: self._left]
        if self.pace is not None:
            view = await self._paced(view, self.pace)
        count = await self._wire.into(view)
        if not count:
            if self._left < 0:
                self._ended = True
                return 0
            raise WireError(f"the body ended {self._left} bytes early")
        self.count += count
        if self._left > 0:
            self._left -= count
            if self._chunked:
                if not self._left and await self._wire.line():
                    raise WireError("broken chunked encoding")
            else:
                self._ended = not self._left
        return count

    def readinto(self, view: memoryview) -> int:
        """The same for callers that wait in their thread."""
        return finish(self.readinto_async(view))

    async def _paced(self, view: memoryview, pace: Pace) -> memoryview:
        """As much of the view as may be read now; what was allowed and did not come yet is still allowed."""
        if self._allowed <= self.count:
            amount = min(len(view), pace.piece)
            await asleep(pace.reserve(amount))
            self._allowed = self.count + amount
        return view[: self._allowed - self.count]

    async def _next_chunk(self) -> None:
        size = (await self._wire.line()).split(b";")[0].strip()
        try:
            self._left = int(size, 16)
        except ValueError:
            raise WireError(f"broken chunked encoding: {size[:20]!r}") from None
        if self._left < 0:
            raise WireError("broken chunked encoding: negative size")
        if not self._left:
            while await self._wire.line():  # trailers
                pass
            self._ended = True

    async def read_async(self, size: int) -> bytes:
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
                count = await self.readinto_async(free)
            if not count:
                break
            done += count
        return bytes(data[:done])

    read = blocking(read_async)

    async def finish(self) -> bool:
        """Whether the connection can serve again: the body is read, or so nearly that reading the rest is cheaper."""
        if not self._ended and self._left >= 0 and self._left <= _DRAIN and self._wire.keep:
            scrap = memoryview(bytearray(8192))
            at_most = self.count + 2 * _DRAIN
            while self.count < at_most and await self.readinto_async(scrap):
                pass
        return self._ended and self._wire.keep


def reason_of(error: Exception) -> str:
    """What went wrong with a connection, in words."""
    if isinstance(error, TimeoutError):
        return "the connection timed out"
    if isinstance(error, socket.gaierror):
        return f"the name cannot be resolved ({error.strerror})"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    return str(error) or type(error).__name__
