# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A proxy before the server that spoils what passes: real connections break, and answers lie.

Whether a request suffers, and what, follows from the seed, the request and how often it came before: the same seed
gives the same faults in whatever order the threads run.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
import random
import re
import select
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from typing import NamedTuple

from server import Server
from world import Gateway, Reply, Request, error_reply

PAGE = 5  # objects in a page of a listing, so that small trees have several
PATIENCE = 30.0  # seconds after which a client that waits on a silent server is taken to wait for ever
LATE = 0.2  # seconds: a stall that is shorter than any timeout
_CONTENTS = re.compile(rb"<Contents>.*?</Contents>", re.DOTALL)
_CHANGING = re.compile(r"uploadId=[^&]*|continuation-token=[^&]*")

DATA = frozenset({"put", "part"})  # requests with an object's bytes
SPOKEN = frozenset({"list", "get", "put", "part", "copy", "copy_part", "create", "complete", "delete_many"})  # no HEADs
DOCUMENTS = frozenset({"copy", "copy_part", "complete", "delete_many"})  # those that may fail under status 200


class Flow:
    """One request on its way: what a fault can do to it."""

    def __init__(self, proxy: Faults, handler: BaseHTTPRequestHandler, request: Request, rng: random.Random) -> None:
        self.proxy, self.handler, self.request, self.rng = proxy, handler, request, rng
        self.operation, self.kind = operation_of(request), ""

    def receive(self, share: float = 1.0) -> None:
        """Read the request's body, or a share of it."""
        length = int(self.handler.headers.get("content-length") or 0)
        body = self.handler.rfile.read(int(length * share))
        self.request = dataclasses.replace(self.request, body=body)

    def ask(self) -> Reply:
        """The server's answer; a listing is given by small pages."""
        if self.operation == "list":
            return self.proxy.page(self)
        return self.proxy.forward(self)

    def send(self, reply: Reply) -> None:
        """Answer."""
        self.write(self.proxy.encode(self, reply))

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.handler.wfile.write(data)

    def reset(self) -> None:
        """Break the connection: the client sees ECONNRESET."""
        self.handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # At once: what the handler does when it ends would send FIN first.
        os.close(self.handler.connection.detach())
        self.handler.close_connection = True

    def end(self) -> None:
        """Close the connection in order: the client sees its end."""
        self.handler.close_connection = True

    def hush(self) -> None:
        """Say nothing more until the client gives up."""
        poll = select.poll()
        poll.register(self.handler.connection, select.POLLIN | select.POLLHUP)
        if not poll.poll(PATIENCE * 1000):
            raise AssertionError(f"{self.request.method} {self.request.path}: the client waits for ever")
        self.end()

    def cut(self) -> bytes:
        """The beginning of the answer's bytes, its head alone or with part of the body."""
        data = self.proxy.encode(self, self.ask())
        return data[: self.rng.randrange(1, len(data))]


# The faults


def _whole(flow: Flow) -> None:
    flow.receive()
    flow.send(flow.ask())


def _reset(flow: Flow) -> None:
    flow.reset()


def _reset_in_request(flow: Flow) -> None:
    flow.receive(flow.rng.random())
    flow.reset()


def _half_request(flow: Flow) -> None:
    """Half of the body reaches the server, whose connection then ends; and so does the client's."""
    flow.receive(flow.rng.random())
    flow.proxy.forward_torn(flow)
    (flow.reset if flow.rng.random() < 0.5 else flow.end)()


def _lost_answer_reset(flow: Flow) -> None:
    flow.receive()
    flow.ask()
    flow.reset()


def _lost_answer_end(flow: Flow) -> None:
    flow.receive()
    flow.ask()
    flow.end()


def _half_answer_reset(flow: Flow) -> None:
    flow.receive()
    flow.write(flow.cut())
    flow.reset()


def _half_answer_end(flow: Flow) -> None:
    flow.receive()
    flow.write(flow.cut())
    flow.end()


def _half_answer_silence(flow: Flow) -> None:
    flow.receive()
    flow.write(flow.cut())
    flow.hush()


def _silence(flow: Flow) -> None:
    """The request never reaches the server, or it does; the answer never comes."""
    flow.receive()
    if flow.rng.random() < 0.5:
        flow.ask()
    flow.hush()


def _late(flow: Flow) -> None:
    flow.receive()
    time.sleep(LATE)
    flow.send(flow.ask())


def _drip(flow: Flow) -> None:
    flow.receive()
    data = flow.proxy.encode(flow, flow.ask())
    step = max(1, -(-len(data) // 20))
    for start in range(0, len(data), step):
        flow.write(data[start : start + step])
        time.sleep(LATE / 20)


def _closed_after(flow: Flow) -> None:
    """Answered, and the idle connection is dropped, which the server does not tell."""
    _whole(flow)
    flow.end()


def _refused(status: int, code: str) -> Callable[[Flow], None]:
    def act(flow: Flow) -> None:
        flow.receive()
        flow.send(error_reply(status, code))

    return act


def _error_after(flow: Flow) -> None:
    """Done, and yet answered by an error."""
    flow.receive()
    flow.ask()
    flow.send(error_reply(500, "InternalError"))


def _skewed(flow: Flow) -> None:
    """The clocks differ, as the server says: which may be so, or not."""
    flow.receive()
    reply = error_reply(403, "RequestTimeTooSkewed")
    reply.headers["date"] = formatdate(time.time() + flow.rng.choice((0, 3600, -3600)), usegmt=True)
    flow.send(reply)


def _bad_gateway(flow: Flow) -> None:
    flow.receive()
    flow.send(Reply(502, {"content-type": "text/html"}, b"<html><body><h1>Bad Gateway</h1><br></body></html>"))


def _next_refused(flow: Flow) -> None:
    """The connection breaks, and so does the next one that somebody makes, before a byte of it was answered."""
    flow.proxy.refuse_one()
    flow.reset()


def _broken_record(flow: Flow) -> None:
    """Below TLS comes what is none of its records, in place of the answer or of what is left of it."""
    flow.receive()
    if flow.rng.random() < 0.5:
        flow.write(flow.cut())
    os.write(flow.handler.connection.fileno(), flow.rng.randbytes(100))
    flow.end()


def _not_http(flow: Flow) -> None:
    flow.receive()
    flow.write(b"SSH-2.0-OpenSSH_9.2p1\r\n\r\n")
    flow.end()


def _flipped(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]


def _flipped_request(flow: Flow) -> None:
    flow.receive()
    if flow.request.body:
        flow.request = dataclasses.replace(flow.request, body=_flipped(flow.request.body, flow.rng))
    flow.send(flow.ask())


def _flipped_answer(flow: Flow) -> None:
    flow.receive()
    reply = flow.ask()
    if reply.body:
        reply.body = _flipped(reply.body, flow.rng)
    flow.send(reply)


def _wrong_etag(flow: Flow) -> None:
    flow.receive()
    reply = flow.ask()
    reply.headers = {name: value for name, value in reply.headers.items() if name.lower() != "etag"}
    reply.headers["ETag"] = f'"{flow.rng.randbytes(16).hex()}"'
    flow.send(reply)


def _wrong_checksum(flow: Flow) -> None:
    flow.receive()
    reply = flow.ask()
    reply.headers = {n: value for n, value in reply.headers.items() if not n.lower().startswith("x-amz-checksum")}
    reply.headers["x-amz-checksum-crc32"] = "AAAAAA=="
    reply.headers["x-amz-checksum-type"] = "FULL_OBJECT"
    flow.send(reply)


def _cut_page(flow: Flow) -> None:
    """Whole for HTTP, and not for XML."""
    flow.receive()
    reply = flow.ask()
    reply.body = reply.body[: flow.rng.randrange(len(reply.body))]
    flow.send(reply)


def _lost_token(flow: Flow) -> None:
    """The listing goes on, but from where is not told."""
    flow.receive()
    reply = flow.ask()
    reply.body = re.sub(rb"<NextContinuationToken>.*?</NextContinuationToken>", b"", reply.body)
    reply.body = reply.body.replace(b"<IsTruncated>false<", b"<IsTruncated>true<")
    flow.send(reply)


def _repeated_page(flow: Flow) -> None:
    """The next page is this one again."""
    flow.receive()
    reply = flow.ask()
    reply.body = flow.proxy.again(flow, reply.body)
    flow.send(reply)


def _repeated_entries(flow: Flow) -> None:
    flow.receive()
    reply = flow.ask()
    reply.body = _CONTENTS.sub(lambda found: found[0] * 2, reply.body)
    flow.send(reply)


def _error_in_success(flow: Flow) -> None:
    """Status 200, then an error: done or not."""
    flow.receive()
    if flow.rng.random() < 0.5:
        flow.ask()
    flow.send(error_reply(200, "InternalError"))


def _refused_deletions(flow: Flow) -> None:
    """Nothing is deleted, which the answer tells key by key."""
    flow.receive()
    code = flow.rng.choice(("InternalError", "SlowDown", "AccessDenied")).encode()
    errors = re.sub(
        rb"<Object>.*?(<Key>.*?</Key>).*?</Object>",
        lambda found: b"<Error>" + found[1] + b"<Code>" + code + b"</Code><Message>No.</Message></Error>",
        b"".join(re.findall(rb"<Object>.*?</Object>", flow.request.body)),
    )
    flow.send(Reply(200, {"content-type": "application/xml"}, b"<DeleteResult>" + errors + b"</DeleteResult>"))


def _passed_over_deletions(flow: Flow) -> None:
    """Nothing is deleted, and the answer tells nothing of it; where only failures are told that would be a lie."""
    flow.receive()
    if b"<Quiet>true</Quiet>" in flow.request.body:
        flow.send(flow.ask())
    else:
        flow.send(Reply(200, {"content-type": "application/xml"}, b"<DeleteResult></DeleteResult>"))


class Kind(NamedTuple):
    """A fault: what it does, to which operations (none named: all), how often beside others.

    `passing`: a client that tries again has its way. `limit`: how many of one run suffice, where each takes its time or
    more attempts than one. `tls`: over TLS alone.
    """

    act: Callable[[Flow], None]
    operations: frozenset[str] = frozenset()
    weight: int = 6
    passing: bool = True
    limit: int = 1000
    tls: bool = False


KINDS = {
    "reset": Kind(_reset),
    "reset in the request": Kind(_reset_in_request, DATA),
    "reset, and the next connection too": Kind(_next_refused, weight=2, limit=3),
    "broken TLS record": Kind(_broken_record, tls=True),
    "half a request": Kind(_half_request, DATA),
    "answer lost by a reset": Kind(_lost_answer_reset),
    "answer lost by an end": Kind(_lost_answer_end),
    "half an answer, reset": Kind(_half_answer_reset),
    "half an answer, end": Kind(_half_answer_end),
    "half an answer, silence": Kind(_half_answer_silence, weight=1, limit=1),
    "silence": Kind(_silence, weight=1, limit=1),
    "late": Kind(_late, weight=2, limit=4),
    "drip": Kind(_drip, weight=2, limit=4),
    "closed after": Kind(_closed_after),
    "500": Kind(_refused(500, "InternalError")),
    "500 after it was done": Kind(_error_after),
    "503 SlowDown": Kind(_refused(503, "SlowDown")),
    "400 RequestTimeout": Kind(_refused(400, "RequestTimeout"), SPOKEN),
    "400 ExpiredToken": Kind(_refused(400, "ExpiredToken"), weight=2, passing=False),
    "403 RequestTimeTooSkewed": Kind(_skewed, weight=2, passing=False),
    "502 in HTML": Kind(_bad_gateway),
    "not HTTP": Kind(_not_http),
    "flipped bit up": Kind(_flipped_request, DATA),
    "flipped bit down": Kind(_flipped_answer, frozenset({"get"}), passing=False),
    "wrong ETag": Kind(_wrong_etag, frozenset({"get", "head", "put", "part"}), weight=2, passing=False),
    "wrong checksum": Kind(_wrong_checksum, frozenset({"get", "head", "put", "part"}), weight=2, passing=False),
    "page cut": Kind(_cut_page, frozenset({"list"})),
    "page without token": Kind(_lost_token, frozenset({"list"})),
    "page repeated": Kind(_repeated_page, frozenset({"list"}), passing=False),
    "entries repeated": Kind(_repeated_entries, frozenset({"list"}), passing=False),
    "200 with an error": Kind(_error_in_success, DOCUMENTS),
    "deletions refused": Kind(_refused_deletions, frozenset({"delete_many"}), passing=False),
    "deletions passed over": Kind(_passed_over_deletions, frozenset({"delete_many"}), passing=False),
}


def operation_of(request: Request) -> str:
    """What a request is, in our client's words."""
    query, across = request.query, "x-amz-copy-source" in request.headers
    if "list-type" in query:
        return "list"
    if "partNumber" in query and request.method == "PUT":
        return "copy_part" if across else "part"
    if request.method == "PUT":
        return "copy" if across else "put"
    if request.method == "POST":
        return "delete_many" if "delete" in query else "complete" if "uploadId" in query else "create"
    return request.method.lower() if request.key else "head_bucket"


class Faults(Gateway):
    """The proxy. It begins with passing everything on, but for listings, which it gives by small pages.

    `injected` counts the faults of all storms by kind, `suffered` tells those of the present one.
    """

    def __init__(self, upstream: Server, forget: str, certificate: pathlib.Path | None = None) -> None:
        """`forget`: what of the paths is another in each run, so that the faults are not. `certificate`: speak TLS."""
        super().__init__(upstream, certificate)
        self._forget, self.secure = forget, certificate is not None
        self._server.verify_request = self._welcome  # type: ignore[method-assign]
        self.injected: Counter[str] = Counter()
        self.uploads: set[str] = set()  # the ids of those that the client was told, as it showed
        self.trouble: list[BaseException] = []
        self._lock = threading.Lock()
        self._pages: dict[str, tuple[bytes, list[bytes]]] = {}
        self.calm()

    def calm(self) -> None:
        """No faults from now on."""
        self.storm("", 0.0)

    def storm(
        self,
        seed: str,
        rate: float,
        *,
        kinds: tuple[str, ...] = tuple(KINDS),
        spared: frozenset[str] = frozenset(),
        once: bool = False,
        limit: int = 10**9,
    ) -> None:
        """Faults from now on, of these kinds and to all operations but those spared.

        `once`: only a request's first attempt suffers. `limit`: so many do.
        """
        self._seed, self._rate, self._kinds, self._spared, self._once, self._limit = (
            seed, rate, kinds, spared, once, limit,
        )  # fmt: skip
        self._seen: Counter[str] = Counter()
        self._refusals = 0
        self.suffered: list[str] = []

    def refuse_one(self) -> None:
        """The next connection is closed before anything was read from it; over TLS that is in the handshake."""
        with self._lock:
            self._refusals += 1

    def _welcome(self, _request: object, _address: object) -> bool:
        with self._lock:
            refused = self._refusals > 0
            self._refusals -= refused
        return not refused

    def _pass(self, handler: BaseHTTPRequestHandler) -> None:
        try:
            request = self._request(handler)
            identity = _CHANGING.sub("", f"{request.method} {handler.path.replace(self._forget, '')}")
            with self._lock:
                count = self._seen[identity]
                self._seen[identity] += 1
            flow = Flow(self, handler, request, random.Random(f"{self._seed} {identity} {count}"))
            if "uploadId" in request.query:
                self.uploads.add(request.query["uploadId"])
            flow.kind = self._choose(flow, count)
            (KINDS[flow.kind].act if flow.kind else _whole)(flow)
        except (ConnectionError, TimeoutError, ssl.SSLError):
            handler.close_connection = True  # the client had enough
        except BaseException as trouble:
            handler.close_connection = True
            self.trouble.append(trouble)

    def _choose(self, flow: Flow, count: int) -> str:
        operation = flow.operation
        if flow.rng.random() >= self._rate or (self._once and count) or operation in self._spared:
            return ""
        names = [name for name in self._kinds if self._able(KINDS[name], operation)]
        if not names:
            return ""
        (name,) = flow.rng.choices(names, [KINDS[name].weight for name in names])
        with self._lock:
            if len(self.suffered) >= self._limit:
                return ""
            self.injected[name] += 1
            self.suffered.append(f"{operation} {flow.request.path}: {name}")
        return name

    def _able(self, kind: Kind, operation: str) -> bool:
        return (self.secure or not kind.tls) and (not kind.operations or operation in kind.operations)

    # What flows are made of

    def forward(self, flow: Flow) -> Reply:
        """The server's answer."""
        return self._ask(flow.handler, flow.request)

    def forward_torn(self, flow: Flow) -> None:
        """Send a head and what there is of its body to the server, then close."""
        handler = flow.handler
        lines = [f"{flow.request.method} {handler.path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in handler.headers.items() if name.lower() != "expect"]
        with socket.create_connection((self._upstream.hostname or "", self._upstream.port or 0), 10) as server:
            server.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + flow.request.body)

    def encode(self, flow: Flow, reply: Reply) -> bytes:
        """An answer's bytes."""
        headers = dict(reply.headers)
        if flow.request.method != "HEAD":
            headers["content-length"] = str(len(reply.body))
        lines = [f"HTTP/1.1 {reply.status} Whatever", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        return "\r\n".join(lines).encode("latin-1") + (b"" if flow.request.method == "HEAD" else reply.body)

    def page(self, flow: Flow) -> Reply:
        """A page of a listing: the server is asked for the whole once, which is then given bit by bit."""
        token = flow.request.query.get("continuation-token", "")
        if not token.startswith("listing-"):
            reply = self.forward(flow)
            entries = _CONTENTS.findall(reply.body)
            # A long one has several pages anyway.
            if reply.status != 200 or len(entries) <= PAGE or token or b"<IsTruncated>true<" in reply.body:
                return reply
            with self._lock:
                listing = f"listing-{len(self._pages)}"
                self._pages[listing] = (_CONTENTS.sub(b"", reply.body), entries)
            token = f"{listing}-0"
        listing, _dash, start = token.rpartition("-")
        frame, entries = self._pages[listing.replace("-again", "")]
        at = int(start)
        body = b"".join(entries[at : at + PAGE])
        if at + PAGE < len(entries):
            body += f"<NextContinuationToken>{listing}-{at + PAGE}</NextContinuationToken>".encode()
            frame = frame.replace(b"<IsTruncated>false<", b"<IsTruncated>true<")
        body = frame.replace(b"</ListBucketResult>", body + b"</ListBucketResult>")
        return Reply(200, {"content-type": "application/xml"}, body)

    def again(self, flow: Flow, body: bytes) -> bytes:
        """A page whose token leads to itself, under another name."""
        token = flow.request.query.get("continuation-token", "")
        following = re.search(rb"<NextContinuationToken>(.*?)-(\d+)<", body)
        if not following:
            return body
        here = token.rpartition("-")[2] or "0"
        replacement = b"<NextContinuationToken>" + following[1] + b"-again-" + here.encode() + b"<"
        return body.replace(following[0], replacement)
