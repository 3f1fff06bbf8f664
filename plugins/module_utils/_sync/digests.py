# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Digests of content: what a file is hashed to, and what S3 says of an object that can be compared with it.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import re
import stat
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from ansible_collections.stowage.s3.plugins.module_utils._errors import FileChanged
from ansible_collections.stowage.s3.plugins.module_utils._s3.md5 import new_md5
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Head
from ansible_collections.stowage.s3.plugins.module_utils._sync.attributes import DIGEST, STORED
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import stamp

BLOCK = 1 << 20
# A file whose mtime or ctime is not older than this at the moment of hashing may be rewritten without any of its
# times changing, as those have the file system's granularity: 10 ms on Linux, up to 2 s on FAT.
RACY_SECONDS = 2.0
_ALWAYS, _BY_CRT = {"crc32", "sha1", "sha256"}, {"crc32c", "crc64nvme"}
_MD5 = re.compile(r"[0-9a-f]{32}\Z")
_STORED = r"([0-9]{1,15}):([0-9a-f]{8}):([0-9a-f]{64}):([0-9a-f]{32}|)"
_COMPOSITE = re.compile(r"[0-9a-f]{32}-([0-9]{1,5})\Z")


class Hash(Protocol):
    """What hashlib's objects and the checksums here have in common."""

    def update(self, data: Any, /) -> None:
        """Take more bytes."""

    def digest(self) -> bytes:
        """The digest so far."""


class _Crc32:
    def __init__(self) -> None:
        self._value = 0

    def update(self, data: Any, /) -> None:
        self._value = zlib.crc32(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(4, "big")


class _Crt:
    def __init__(self, function: Any, width: int) -> None:
        self._function, self._width, self._value = function, width, 0

    def update(self, data: Any, /) -> None:
        self._value = self._function(bytes(data), self._value)

    def digest(self) -> bytes:
        return int(self._value).to_bytes(self._width, "big")


class _Composite:
    """What S3 has of a multipart upload: a hash of the hashes of its parts, which all but the last have one size."""

    def __init__(self, algorithm: str, part_size: int) -> None:
        self._algorithm, self._part_size, self._room = algorithm, part_size, part_size
        self._parts, self._part = new(algorithm), new(algorithm)

    def update(self, data: Any, /) -> None:
        view = memoryview(data)
        while len(view):
            piece = view[: self._room]
            self._part.update(piece)
            self._room -= len(piece)
            view = view[len(piece) :]
            if not self._room:
                self._close_part()

    def _close_part(self) -> None:
        self._parts.update(self._part.digest())
        self._part, self._room = new(self._algorithm), self._part_size

    def digest(self) -> bytes:
        if self._room < self._part_size:
            self._close_part()
        return self._parts.digest()


def new(algorithm: str) -> Hash:
    """A fresh hash: sha256, sha1, md5, crc32, crc32c, crc64nvme; with `:<part size>` behind it that of the parts'.

    Raises ValueError for MD5 where there is none; see has_md5.
    """
    name, _colon, part_size = algorithm.partition(":")
    if part_size:
        return _Composite(name, int(part_size))
    if name == "crc32":
        return _Crc32()
    if name == "crc32c":
        return _Crt(_crt().crc32c, 4)
    if name == "crc64nvme":
        return _Crt(_crt().crc64nvme, 8)
    # MD5 and SHA-1 compare contents here and secure nothing: that is allowed under FIPS, if it is said.
    return hashlib.new(name, usedforsecurity=False)


@lru_cache(maxsize=1)
def _crt() -> Any:
    # Loading it takes 30 ms, and only its two checksums need it.
    try:
        from awscrt import checksums  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        return None
    return checksums


def computable(algorithm: str) -> bool:
    """Whether S3's checksum of this name can be computed here: two of them take awscrt."""
    return algorithm in _ALWAYS or (algorithm in _BY_CRT and _crt() is not None)


def has_md5() -> bool:
    """Whether this Python can compute MD5 at all: some are set up not to, whatever it is for."""
    return new_md5() is not None


@dataclass(frozen=True)
class Hashed:
    """A file's content as of one moment.

    digests: raw bytes by algorithm. stamp: see entry.stamp, the same before and after reading. clean: whether the
    file's times were old enough then for any later change to show in the stamp. size: bytes; mtime_ns: nanoseconds.
    start: the first bytes, where they were looked at.
    """

    digests: dict[str, bytes]
    stamp: bytes
    clean: bool
    size: int
    mtime_ns: int
    start: bytes = b""


def open_regular(path: str, *, follow: bool) -> tuple[int, os.stat_result]:
    """Open a regular file for reading; gives its status too.

    Raises OSError, StowageError if it has become something else.
    """
    # O_NONBLOCK: a FIFO that took the file's place must not hang the run.
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | (0 if follow else os.O_NOFOLLOW)
    descriptor = os.open(path, flags)
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise FileChanged("It is no longer a regular file. Run the sync again when nothing writes there.")
    return descriptor, status


def is_clean(status: os.stat_result, now: float) -> bool:
    """Whether the file's times are clearly older than `now` (seconds since the epoch)."""
    return max(status.st_mtime, status.st_ctime) < now - RACY_SECONDS


def hash_descriptor(descriptor: int, algorithms: Iterable[str]) -> Hashed:
    """Hash an open file from its start; raises FileChanged if it is written meanwhile, OSError."""
    now = time.time()
    before = os.fstat(descriptor)
    hashes = {name: new(name) for name in algorithms}
    buffer = bytearray(min(BLOCK, before.st_size + 1))
    view = memoryview(buffer)
    offset, start = 0, b""
    while True:
        count = os.preadv(descriptor, [buffer], offset)
        if not count:
            break
        if not offset:
            start = bytes(view[: min(count, 4)])
        offset += count
        for one in hashes.values():
            one.update(view[:count])
    after = os.fstat(descriptor)
    if stamp(before) != stamp(after) or offset != before.st_size:
        raise FileChanged("It was written while it was read. Run the sync again when nothing writes there.")
    digests = {name: one.digest() for name, one in hashes.items()}
    return Hashed(digests, stamp(before), is_clean(before, now), before.st_size, before.st_mtime_ns, start)


def hash_file(path: str, algorithms: Iterable[str], *, follow: bool) -> Hashed:
    """Hash a file by its path; raises FileChanged, OSError."""
    descriptor, _status = open_regular(path, follow=follow)
    try:
        return hash_descriptor(descriptor, algorithms)
    finally:
        os.close(descriptor)


def is_md5(etag: str) -> bool:
    """Whether an ETag has the form of an MD5 (which does not mean that it is one)."""
    return _MD5.match(etag) is not None


def etag_is_md5(head: Head) -> bool:
    """Whether S3 documents the ETag to be the content's MD5: one part, and no KMS or customer key.

    Source: API_Object, "ETag". Whether it can be computed here is another question: `has_md5`.
    """
    return is_md5(head.etag) and _plain(head)


def parts_if_plain(head: Head) -> int:
    """How many parts the ETag says that the object was uploaded in; 0 for none, or where it is not of their MD5s."""
    match = _COMPOSITE.match(head.etag)
    return int(match[1]) if match and _plain(head) else 0


def _plain(head: Head) -> bool:
    return head.encryption in ("", "AES256") and "x-amz-server-side-encryption-customer-algorithm" not in head.headers


def whole_checksums(head: Head) -> dict[str, str]:
    """The checksums that S3 computed over the whole content, in base64 by algorithm.

    A composite checksum is left out: it depends on how the object was cut into parts. Where it is not told which it is,
    that of an object with parts may be one (moto).
    """
    if head.checksum_type == "COMPOSITE" or (not head.checksum_type and _COMPOSITE.match(head.etag)):
        return {}
    return {algorithm: value for algorithm, value in head.checksums.items() if "-" not in value}


def checksums(head: Head) -> dict[str, bytes]:
    """Those of the whole checksums that can be computed here, raw bytes by algorithm."""
    found: dict[str, bytes] = {}
    for algorithm, value in whole_checksums(head).items():
        if computable(algorithm):
            with contextlib.suppress(ValueError):
                found[algorithm] = base64.b64decode(value, validate=True)
    return found


def composite(head: Head, part_size: int) -> dict[str, bytes]:
    """What a hash by parts of that size can be compared with: a composite checksum, else a multipart upload's ETag.

    Raw bytes by algorithm, see `new`. Nothing, where the object cannot have parts of that size. An object may have
    been cut otherwise all the same: agreement proves, disagreement proves nothing.
    """

    def fits(parts: int) -> bool:
        return part_size > 0 and parts > 0 and -(-head.size // part_size) == parts

    for algorithm, raw, parts in _of_parts(head):
        if fits(parts):
            return {f"{algorithm}:{part_size}": raw}
    return {}


def parts_told(head: Head) -> bool:
    """Whether an object was uploaded by parts and has a digest of those: then their size is worth asking for."""
    return bool(_of_parts(head))


def _of_parts(head: Head) -> list[tuple[str, bytes, int]]:
    """The digests of an object's parts' digests that can be computed here: algorithm, raw digest, number of parts."""
    found = []
    for algorithm, value in head.checksums.items():
        raw, _dash, parts = value.partition("-")
        if computable(algorithm) and parts.isascii() and parts.isdigit():
            with contextlib.suppress(ValueError):
                found.append((algorithm, base64.b64decode(raw, validate=True), int(parts)))
    parts_of = parts_if_plain(head)
    if parts_of and has_md5():
        found.append(("md5", bytes.fromhex(head.etag[:32]), parts_of))
    return found


class StoredForm(NamedTuple):
    """What a sync stored in the place of content that it compressed, by its own metadata."""

    size: int
    crc32: bytes
    sha256: bytes
    md5: str


def stored(head: Head) -> StoredForm | None:
    """What the metadata says of the bytes of an object that are not the content; None where they are."""
    match = re.fullmatch(_STORED, head.metadata.get(STORED, ""), re.ASCII)
    if match is None:
        return None
    return StoredForm(int(match[1]), bytes.fromhex(match[2]), bytes.fromhex(match[3]), match[4])


def own_digest(head: Head) -> dict[str, bytes]:
    """The SHA-256 of the object's bytes that an earlier sync wrote into the metadata, if there is one."""
    form = stored(head)
    if form is not None:
        return {"sha256": form.sha256}
    own = head.metadata.get(DIGEST, "")
    return {"sha256": bytes.fromhex(own)} if re.fullmatch(r"[0-9a-f]{64}", own) else {}
