# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Compression by rule: content that goes out packed and comes back as it was.

Three entries in an object's metadata tell of it: the algorithm that the rule asked for (COMPRESS), and, if that made
the content smaller, the size of the content (SIZE) and what was stored in its place (STORED). Beside them stands the
digest of the content. Content that packing makes no smaller is stored as it is, with COMPRESS alone: so that the next
run knows that it was tried.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol

from ansible_collections.stowage.s3.plugins.module_utils._errors import FileChanged, StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Head
from ansible_collections.stowage.s3.plugins.module_utils._sync.attributes import (
    COMPRESS,
    DIGEST,
    META,
    SIZE,
    STORED,
    Asked,
)
from ansible_collections.stowage.s3.plugins.module_utils._sync.digests import (
    BLOCK,
    Hashed,
    checksums,
    etag_is_md5,
    is_clean,
    stored,
)
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import stamp

_native: Any = None
_package: Any = None
try:
    from compression import zstd as _native  # type: ignore[import-not-found,unused-ignore,no-redef]
except ImportError:  # before Python 3.14
    with contextlib.suppress(ImportError):
        import zstandard as _package  # type: ignore[import-not-found,unused-ignore,no-redef]

GZIP_LEVEL = 6
ZSTD_LEVEL = 3
IN_MEMORY = 8 << 20  # bytes; larger content is packed and unpacked through an unnamed temporary file
_GZIP = 16 + zlib.MAX_WBITS  # zlib writes gzip's header itself, without a name and with no time
_WINDOW_LOG = 23  # 8 MiB: what unpacking may need of memory; ours needs 2
_WRITTEN = "It was written while it was read. Run the sync again when nothing writes there."
_STARTS = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd")  # RFC 1952 and RFC 8878


class Damaged(StowageError):
    """An object that is not what its metadata says."""


class Packed(NamedTuple):
    """What is behind an object that a sync compressed: how to unpack it, and size and SHA-256 of what comes out."""

    algorithm: str
    size: int
    sha256: bytes


class Form(NamedTuple):
    """How content goes out: hashed is what is sent, headers belong to it."""

    hashed: Hashed
    headers: dict[str, str]


class _Packer(Protocol):
    def compress(self, data: Any, /) -> bytes: ...

    def flush(self) -> bytes: ...


class _Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


# What an object is


def packed(head: Head) -> Packed | None:
    """What a sync compressed into this object; None for any other object.

    Metadata that S3 itself contradicts is that of an earlier object, carried along by another tool.
    """
    held, size, digest = stored(head), head.metadata.get(SIZE, ""), head.metadata.get(DIGEST, "")
    algorithm = head.metadata.get(COMPRESS, "")
    if held is None or algorithm not in ("gzip", "zstd") or not re.fullmatch(r"[0-9]{1,15}", size, re.ASCII):
        return None
    if not re.fullmatch(r"[0-9a-f]{64}", digest) or int(size) <= held.size:
        return None
    if held.size != head.size or checksums(head).get("crc32", held.crc32) != held.crc32:
        return None
    if held.md5 and etag_is_md5(head) and held.md5 != head.etag:
        return None
    return Packed(algorithm, int(size), bytes.fromhex(digest))


def disputed(head: Head, listed: str) -> bool:
    """Whether an object that says that it was packed is contradicted by an ETag that is itself contradicted, by the
    listing: then neither that it was packed nor that it was not is to be believed.
    """
    return stored(head) is not None and listed not in ("", head.etag)


def looks_packed(start: bytes) -> bool:
    """Whether a file that begins like this may be what is stored of another content."""
    return start.startswith(_STARTS)


def repack(asked: Asked, head: Head) -> bool:
    """Whether only a new upload, and no copy, brings an object of the right content to what the rule asks."""
    if asked.compress:
        return head.metadata.get(COMPRESS) != asked.compress
    return "content-encoding" in asked.headers and packed(head) is not None


def require(algorithm: str, what: str) -> None:
    """Raises StowageError if this Python cannot do it."""
    if algorithm == "zstd" and _native is None and _package is None:
        raise StowageError(
            f"{what}: zstd needs the Python package zstandard, or Python 3.14, where the task runs, and"
            f" {sys.executable} has neither. Install the package there, or use gzip."
        )


# Packing


def _packer(algorithm: str) -> _Packer:
    packer: _Packer
    if algorithm == "gzip":
        packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, _GZIP)
    elif _native is not None:
        packer = _native.ZstdCompressor(level=ZSTD_LEVEL)
    else:
        packer = _package.ZstdCompressor(level=ZSTD_LEVEL).compressobj()
    return packer


class _Digests:
    """Of what is stored. MD5 for the sake of the ETag: some Pythons are set up not to have it, whatever it is for."""

    def __init__(self) -> None:
        self._sha256, self._crc32 = hashlib.sha256(), 0
        self._md5 = None
        with contextlib.suppress(ValueError):
            self._md5 = hashlib.md5(usedforsecurity=False)

    def update(self, data: bytes) -> None:
        self._sha256.update(data)
        self._crc32 = zlib.crc32(data, self._crc32)
        if self._md5 is not None:
            self._md5.update(data)

    def digests(self) -> dict[str, bytes]:
        found = {"sha256": self._sha256.digest(), "crc32": self._crc32.to_bytes(4, "big")}
        return found if self._md5 is None else {**found, "md5": self._md5.digest()}


def pack(data: bytes, hashed: Hashed, algorithm: str) -> tuple[bytes, Form]:
    """What is sent of content in memory: packed, or as it is where packing makes it no smaller."""
    packer = _packer(algorithm)
    smaller = packer.compress(data) + packer.flush()
    if len(smaller) >= len(data):
        return data, Form(hashed, tried(algorithm))
    of_stored = _Digests()
    of_stored.update(smaller)
    return smaller, _form(algorithm, hashed, Hashed(of_stored.digests(), b"", True, len(smaller), hashed.mtime_ns))


def pack_file(descriptor: int, target: int, algorithm: str) -> tuple[Hashed, Form | None]:
    """Pack an open file into another: what was read, and what is sent; None where packing makes it no smaller.

    Raises FileChanged if it is written meanwhile, StowageError where there is no room, OSError.
    """
    now, before = time.time(), os.fstat(descriptor)
    content, of_stored, size, offset = hashlib.sha256(), _Digests(), 0, 0
    packer: _Packer | None = _packer(algorithm)
    while packer is not None:
        data = os.pread(descriptor, BLOCK, offset)
        offset += len(data)
        content.update(data)
        smaller = packer.compress(data) if data else packer.flush()
        size += len(smaller)
        of_stored.update(smaller)
        if offset > before.st_size:
            break
        if size >= before.st_size:
            return _whole(descriptor, before, now, b""), None
        _write(target, smaller)
        if not data:
            packer = None
    if offset != before.st_size:
        raise FileChanged(_WRITTEN)
    hashed = _whole(descriptor, before, now, content.digest())
    sent = Hashed(of_stored.digests(), stamp(os.fstat(target)), True, size, hashed.mtime_ns)
    return hashed, _form(algorithm, hashed, sent)


def _whole(descriptor: int, before: os.stat_result, now: float, sha256: bytes) -> Hashed:
    if stamp(os.fstat(descriptor)) != stamp(before):
        raise FileChanged(_WRITTEN)
    return Hashed({"sha256": sha256}, stamp(before), is_clean(before, now), before.st_size, before.st_mtime_ns)


def tried(algorithm: str) -> dict[str, str]:
    """The headers of content that packing makes no smaller."""
    return {META + COMPRESS: algorithm}


def _form(algorithm: str, content: Hashed, sent: Hashed) -> Form:
    return Form(
        sent,
        {
            "content-encoding": algorithm,
            META + COMPRESS: algorithm,
            META + SIZE: str(content.size),
            META + STORED: ":".join(
                [str(sent.size), *(sent.digests.get(name, b"").hex() for name in ("crc32", "sha256", "md5"))]
            ),
            META + DIGEST: content.digests["sha256"].hex(),
        },
    )


# Unpacking


class _Gunzip:
    """One gzip member (RFC 1952), read piece by piece: the output is bounded by what is asked for."""

    def __init__(self, source: _Source) -> None:
        self._source, self._engine = source, zlib.decompressobj(_GZIP)

    def read(self, size: int, /) -> bytes:
        engine = self._engine
        while not engine.eof:
            data = engine.unconsumed_tail or self._source.read(BLOCK)
            out = engine.decompress(data, size)
            if out:
                return out
            if not data and not engine.eof:
                raise EOFError("it ends early")
        if engine.unused_data or self._source.read(1):
            raise EOFError("more follows behind its end")
        return b""


def _unpacker(algorithm: str, source: _Source) -> _Source:
    require(algorithm, "It was compressed by a sync, and unpacking it")
    unpacker: _Source
    if algorithm == "gzip":
        unpacker = _Gunzip(source)
    elif _native is not None:
        limit = {_native.DecompressionParameter.window_log_max: _WINDOW_LOG}
        unpacker = _native.ZstdFile(source, options=limit)
    else:
        engine = _package.ZstdDecompressor(max_window_size=1 << _WINDOW_LOG)
        # What follows the frame must be seen: it is no frame, or more content than there should be.
        unpacker = engine.stream_reader(source, read_across_frames=True)
    return unpacker


def unpack(source: _Source, held: Packed) -> Iterator[bytes]:
    """The content behind packed bytes, in pieces; raises Damaged at the first byte too many, or at the end."""
    errors: tuple[type[Exception], ...] = (zlib.error, EOFError)
    if held.algorithm == "zstd":
        require(held.algorithm, "It was compressed by a sync, and unpacking it")
        errors += (_native.ZstdError if _native is not None else _package.ZstdError,)
    sha256, left, unpacker = hashlib.sha256(), held.size, _unpacker(held.algorithm, source)
    while True:
        try:
            data = unpacker.read(min(BLOCK, left + 1))
        except errors as error:
            raise _damaged(f"{held.algorithm} says: {error}") from None
        if not data:
            break
        left -= len(data)
        if left < 0:
            raise _damaged(f"more comes out than the {held.size} bytes that its metadata tells")
        sha256.update(data)
        yield data
    if left:
        raise _damaged(f"{held.size - left} bytes come out, and its metadata tells {held.size}")
    if sha256.digest() != held.sha256:
        raise _damaged("what comes out has another SHA-256 than its metadata tells")


def _damaged(why: str) -> Damaged:
    return Damaged(
        f"It was compressed by a sync and cannot be unpacked: {why}. What was here stays. Upload it again, or fetch it"
        " as it is with another tool."
    )


def unpack_file(descriptor: int, directory: str, held: Packed) -> bytes:
    """Put the content in the place of the packed bytes of an open file; gives its SHA-256. Raises Damaged, OSError.

    `directory` has room for large ones meanwhile.
    """
    size = os.fstat(descriptor).st_size
    with io.BytesIO() if size <= IN_MEMORY else tempfile.TemporaryFile(dir=directory) as aside:
        for data in _blocks(lambda at: os.pread(descriptor, BLOCK, at)):
            aside.write(data)
        aside.seek(0)
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        for data in unpack(aside, held):
            _all(descriptor, data)
    return held.sha256


def _blocks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    at = 0
    while data := read(at):
        at += len(data)
        yield data


def _all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while len(view):
        view = view[os.write(descriptor, view) :]


def _write(target: int, data: bytes) -> None:
    try:
        _all(target, data)
    except OSError as error:
        raise StowageError(
            f"Its compressed form cannot be written to {tempfile.gettempdir()}: {error.strerror}. Make room there, or"
            " set TMPDIR to a directory that has it."
        ) from error
