# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An S3 server of generated objects: it lists any number of keys in S3's order, and takes what it would list.

The bucket `objects-1000000` lists a million objects, `nothing-1000000` none; both take a PUT of an object that the
listing has, with the very content that its ETag says, and refuse any other. Nothing else works, and nobody is asked for
a signature. So it costs little, keeps nothing, and shows what a sync does with listings that may be trusted.
It says its port, and ends with its standard input: then it says how many objects of which bucket were put.
"""

from __future__ import annotations

import asyncio
import base64
import bisect
import contextlib
import hashlib
import json
import pathlib
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, overload

SIZE = 16  # bytes of an object
FOLDER = 1000  # objects in a folder
LAST = chr(0x10FFFF)  # behind every key that begins alike
_CONTENTS = (
    "<Contents><Key>%s</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;%s&quot;</ETag>"
    "<Size>16</Size><StorageClass>STANDARD</StorageClass></Contents>"
)


def key_of(number: int) -> str:
    """The key of an object; the order of the numbers is that of the keys."""
    return f"part-{number // FOLDER:05}/file-{number:08}.txt"


def content_of(number: int) -> bytes:
    """The content of an object: 16 bytes."""
    return b"%015d\n" % number


def number_of(key: str, count: int) -> int:
    """The number of the object KEY, or -1 if there is none among COUNT."""
    digits = key[-12:-4]
    number = int(digits) if digits.isascii() and digits.isdigit() else -1
    return number if 0 <= number < count and key_of(number) == key else -1


class Keys(Sequence[str]):
    """The keys of COUNT objects, made when they are asked for."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[str]: ...

    def __getitem__(self, number: int | slice) -> str | Sequence[str]:
        if isinstance(number, slice):
            return [key_of(each) for each in range(*number.indices(self._count))]
        if not 0 <= number < self._count:
            raise IndexError(number)
        return key_of(number)


class Page(NamedTuple):
    """One page of a listing: numbers of objects, common prefixes, and where the next page begins."""

    numbers: Sequence[int]
    prefixes: Sequence[str]
    following: int | None


def page(
    keys: Sequence[str], *, prefix: str = "", after: str = "", start: int = 0, delimiter: str = "", size: int = 1000
) -> Page:
    """What ListObjectsV2 answers; START is the place in KEYS that the last page's `following` told."""
    begin = max(bisect.bisect_left(keys, prefix), bisect.bisect_right(keys, after) if after else 0, start)
    end = bisect.bisect_right(keys, prefix + LAST) if prefix else len(keys)
    if not delimiter:
        stop = min(begin + size, end)
        return Page(range(begin, stop), (), stop if stop < end else None)
    numbers: list[int] = []
    prefixes: list[str] = []
    place = begin
    while place < end and len(numbers) + len(prefixes) < size:
        head, found, _tail = keys[place][len(prefix) :].partition(delimiter)
        if not found:
            numbers.append(place)
            place += 1
            continue
        common = prefix + head + delimiter
        # A group that start-after lies in has been told.
        if not after.startswith(common):
            prefixes.append(common)
        place = bisect.bisect_right(keys, common + LAST, lo=place)
    return Page(numbers, prefixes, place if place < end else None)


def listing(bucket: str, query: dict[str, str]) -> bytes:
    """The XML of one page."""
    kind, _hyphen, count = bucket.partition("-")
    keys = Keys(int(count) if kind == "objects" else 0)
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
    size = min(int(query.get("max-keys", "1000")), 1000)
    token = query.get("continuation-token", "")
    found = page(
        keys,
        prefix=prefix,
        # A token stands for all that was asked before.
        after="" if token else query.get("start-after", ""),
        start=int(base64.urlsafe_b64decode(token)) if token else 0,
        delimiter=delimiter,
        size=size,
    )
    text = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
        f"<Name>{bucket}</Name><Prefix>{urllib.parse.quote(prefix)}</Prefix><MaxKeys>{size}</MaxKeys>",
        f"<KeyCount>{len(found.numbers) + len(found.prefixes)}</KeyCount>",
        "<EncodingType>url</EncodingType>" if query.get("encoding-type") == "url" else "",
        f"<Delimiter>{urllib.parse.quote(delimiter)}</Delimiter>" if delimiter else "",
        f"<IsTruncated>{'false' if found.following is None else 'true'}</IsTruncated>",
    ]
    if found.following is not None:
        following = base64.urlsafe_b64encode(str(found.following).encode()).decode()
        text.append(f"<NextContinuationToken>{following}</NextContinuationToken>")
    text += [_CONTENTS % (keys[number], md5_of(content_of(number))) for number in found.numbers]
    text += [f"<CommonPrefixes><Prefix>{urllib.parse.quote(each)}</Prefix></CommonPrefixes>" for each in found.prefixes]
    text.append("</ListBucketResult>")
    return "".join(text).encode()


def md5_of(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


class Connection(asyncio.Protocol):
    """HTTP/1.1 with what S3 clients need of it: lengths, and connections that stay."""

    def __init__(self, put: dict[str, set[int]]) -> None:
        self._put = put
        self._buffer = bytearray()
        self._continued = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            first, *lines = self._buffer[:end].decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)}
            length = int(headers.get("content-length", "0"))
            if len(self._buffer) < end + 4 + length:
                if headers.get("expect", "").lower() == "100-continue" and not self._continued:
                    self._continued = True
                    self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                return
            body = bytes(self._buffer[end + 4 : end + 4 + length])
            del self._buffer[: end + 4 + length]
            self._continued = False
            method, target, _version = first.split(" ", 2)
            status, header, answer = self._answer(method, target, body)
            self._transport.write(
                f"HTTP/1.1 {status}\r\n{header}Content-Length: {len(answer)}\r\n\r\n".encode()
                + (b"" if method == "HEAD" else answer)
            )

    def _answer(self, method: str, target: str, body: bytes) -> tuple[str, str, bytes]:
        path, _question, words = target.partition("?")
        bucket, _slash, key = urllib.parse.unquote(path).lstrip("/").partition("/")
        query = dict(urllib.parse.parse_qsl(words, keep_blank_values=True))
        kind, _hyphen, digits = bucket.partition("-")
        if kind not in ("objects", "nothing") or not digits.isdigit():
            return self._refusal("404 Not Found", "NoSuchBucket", bucket)
        if method == "HEAD" and not key:
            return "200 OK", "", b""
        if method == "GET" and not key and query.get("list-type") == "2":
            return "200 OK", "Content-Type: application/xml\r\n", listing(bucket, query)
        if method == "PUT" and key and not query:
            number = number_of(key, int(digits))
            if number < 0 or body != content_of(number):
                return self._refusal("400 Bad Request", "BadDigest", f"{key} is no such object, or has other content")
            self._put.setdefault(bucket, set()).add(number)
            return "200 OK", f'ETag: "{md5_of(body)}"\r\n', b""
        return self._refusal("501 Not Implemented", "NotImplemented", f"{method} {target}")

    def _refusal(self, status: str, code: str, message: str) -> tuple[str, str, bytes]:
        text = f"<Error><Code>{code}</Code><Message>{urllib.parse.quote(message, safe=' /?=&')}</Message></Error>"
        return status, "Content-Type: application/xml\r\n", text.replace("&", "&amp;").encode()


class Stub:
    """A stub that runs: where, as which process, and at its end what was put."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.endpoint, self.pid = f"http://127.0.0.1:{port}", process.pid
        self.put: dict[str, int] = {}
        self._process = process

    def end(self) -> None:
        """End it; `put` is then the number of different objects that each bucket has received."""
        answer, _errors = self._process.communicate()
        self.put = json.loads(answer)


@contextlib.contextmanager
def running() -> Iterator[Stub]:
    """The stub in a process of its own, as it must not share a lock with whoever measures."""
    command = [sys.executable, str(pathlib.Path(__file__).resolve())]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        stub = Stub(process, int(process.stdout.readline()))
        yield stub
        if process.poll() is None:
            stub.end()
    finally:
        process.kill()
        process.wait()


async def serve() -> None:
    loop = asyncio.get_running_loop()
    put: dict[str, set[int]] = {}
    server = await loop.create_server(lambda: Connection(put), "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)
    sys.stdout.write(json.dumps({bucket: len(numbers) for bucket, numbers in put.items()}) + "\n")


if __name__ == "__main__":
    asyncio.run(serve())
