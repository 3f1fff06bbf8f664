# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Large files by parts: up, down and across. All files' parts share one pool of threads.

The thread that asks for a file hashes it, in order, while others send or fetch its parts.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import threading
import time
import zlib
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, wait
from functools import partial
from urllib.parse import urlencode

from ansible_collections.stowage.s3.plugins.module_utils._errors import (
    ConnectionFailed,
    FileChanged,
    NotFound,
    S3Error,
    StowageError,
)
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket
from ansible_collections.stowage.s3.plugins.module_utils._s3.gate import Gate
from ansible_collections.stowage.s3.plugins.module_utils._s3.md5 import new_md5
from ansible_collections.stowage.s3.plugins.module_utils._s3.multipart import crc32_text, part_size, whole_crc32
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import FileSlice, Head, Part, Stored
from ansible_collections.stowage.s3.plugins.module_utils._s3.wire import Reader
from ansible_collections.stowage.s3.plugins.module_utils._sync.attributes import carried
from ansible_collections.stowage.s3.plugins.module_utils._sync.digests import (
    BLOCK,
    Hashed,
    hash_descriptor,
    is_clean,
    new,
)
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import stamp, there
from ansible_collections.stowage.s3.plugins.module_utils._sync.guards import Conditions
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import copy_part_size
from ansible_collections.stowage.s3.plugins.module_utils._sync.uploads import Pending, Uploads
from ansible_collections.stowage.s3.plugins.module_utils._sync.verify import evidence, verify

WRITTEN = "It was written while it was read. Run the sync again when nothing writes there."
QUEUED = (
    2  # parts of one file that are in the pool for each that may be under way: the next is ready, or comes in order
)
PIECE = 256 << 10  # bytes; what is received, hashed and written while the processor's cache still has it

_Task = Callable[[], Part]


class Parts:
    """Moves files by parts; used by several threads."""

    def __init__(self, pool: Executor, uploads: Uploads | None) -> None:
        """`pool`: what all files' parts share; `uploads`: where uploads are written down, None in a run without any."""
        self._pool, self._maybe_uploads = pool, uploads

    @property
    def _uploads(self) -> Uploads:
        return there(self._maybe_uploads)

    def _in_order(self, tasks: Iterable[_Task], gate: Gate) -> Generator[Part, None, None]:
        """Run tasks in the pool and give their results in order; an error, or closing this, stops those not begun.

        Few more are in it than `gate` lets through: memory stays flat, and the parts of several files take turns.
        """
        window: deque[Future[Part]] = deque()
        try:
            for task in tasks:
                while len(window) >= QUEUED * gate.limit:
                    yield window.popleft().result()
                window.append(self._pool.submit(task))
            while window:
                yield window.popleft().result()
        finally:
            for future in window:
                future.cancel()
            wait(window)

    # Up

    def upload(
        self,
        bucket: Bucket,
        key: str,
        descriptor: int,
        headers_of: Callable[[int], Mapping[str, str]],
        guarded: Callable[[Callable[[Conditions], Stored]], Stored],
    ) -> tuple[Hashed, Stored]:
        """Upload an open file, or the rest of it where an earlier run was cut off.

        `headers_of` gives the object's headers for a modification time (ns). `guarded` is handed the last step, to do
        it under conditions. Raises FileChanged, StowageError, OSError; S3 then has nothing of it, or what
        the next run can resume.
        """
        for attempt in (1, 2):
            try:
                return self._upload(bucket, key, descriptor, headers_of, guarded)
            except NotFound as error:
                # Aborted by somebody, or by a lifecycle rule: that costs time and nothing else.
                if error.code != "NoSuchUpload" or attempt == 2:
                    raise
        raise AssertionError

    def _upload(
        self,
        bucket: Bucket,
        key: str,
        descriptor: int,
        headers_of: Callable[[int], Mapping[str, str]],
        guarded: Callable[[Callable[[Conditions], Stored]], Stored],
    ) -> tuple[Hashed, Stored]:
        now, before = time.time(), os.fstat(descriptor)
        headers, clean, size = headers_of(before.st_mtime_ns), is_clean(before, now), before.st_size
        text = json.dumps([stamp(before).hex(), sorted(headers.items())])
        content = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
        pending, arrived = self._resumed(bucket, key, content)
        if pending is None:
            upload = bucket.create_upload(key, headers)
            pending = Pending(key, upload.id, upload.checksum, part_size(size), content)
        kept = self._uploads.save(pending)
        source = _Source(descriptor, size, pending.part_size, arrived, partial(self._send, bucket, pending, descriptor))
        try:
            parts = list(self._in_order(source.tasks(), bucket.bulk))
            crc32 = whole_crc32(parts)
            whole = base64.b64decode(crc32)
            # In a file that was just written a further write may not show in its times: then it is read again.
            if not clean and hash_descriptor(descriptor, ("crc32",)).digests["crc32"] != whole:
                raise FileChanged(WRITTEN)
            _unchanged(descriptor, before)
            stored = guarded(
                lambda conditions: bucket.complete_upload(
                    key,
                    pending.upload_id,
                    parts,
                    size=size,
                    checksum=pending.checksum,
                    crc32=crc32,
                    **conditions._asdict(),
                )
            )
        except BaseException as error:
            # Without a connection nothing can be aborted, and much may have arrived: the next run goes on from there.
            if not (kept and isinstance(error, ConnectionFailed)):
                self._uploads.abort(key, pending.upload_id)
            if isinstance(error, StowageError):
                _unchanged(descriptor, before)
            raise
        self._uploads.done(key)
        digests = {"sha256": source.sha256.digest(), "crc32": whole}
        return Hashed(digests, stamp(before), clean, size, before.st_mtime_ns), stored

    def _resumed(self, bucket: Bucket, key: str, content: str) -> tuple[Pending | None, dict[int, Part]]:
        """The upload that an earlier run began of just this, and what has arrived; aborts one of something else."""
        pending = self._uploads.take(key)
        if pending is None:
            return None, {}
        if pending.content == content:
            try:
                arrived = bucket.parts(key, pending.upload_id)
                # Some servers keep a part that was sent twice twice: which one would be taken is not told.
                often = Counter(part.number for part in arrived)
                return pending, {part.number: part for part in arrived if often[part.number] == 1}
            except S3Error:
                pass  # gone, or this user may not ask for its parts: begun anew
        self._uploads.abort(key, pending.upload_id)
        return None, {}

    @staticmethod
    def _send(
        bucket: Bucket, pending: Pending, descriptor: int, number: int, start: int, length: int, crc: int
    ) -> Part:
        piece = FileSlice(descriptor, start, length)
        return bucket.upload_part(pending.key, pending.upload_id, number, piece, crc32=crc32_text(crc))

    # Down

    def fetch(self, bucket: Bucket, key: str, etag: str, size: int, descriptor: int) -> tuple[Head, bytes, bool]:
        """Download into an open file; gives the object's headers, the SHA-256 (empty if it was not needed), and
        whether the bytes are proven. Raises DigestMismatch, StowageError, OSError.
        """
        # A ranged answer tells no checksum of the whole.
        head = bucket.head(key)
        found = evidence(bucket, key, head)
        # The CRC-32 of the whole comes from the parts'. Everything else has to see the bytes in order.
        hashes = {name: new(name) for name in found.known if name != "crc32"}
        if not found.known:
            hashes["sha256"] = new("sha256")
        os.ftruncate(descriptor, size)
        step = part_size(size)
        tasks = (
            partial(self._fetch_range, bucket, key, etag, descriptor, number, start, min(step, size - start))
            for number, start in enumerate(range(0, size, step), 1)
        )
        parts, buffer = [], bytearray(BLOCK)
        with contextlib.closing(self._in_order(tasks, bucket.bulk)) as arriving:
            for part in arriving:
                if hashes:
                    at = (part.number - 1) * step
                    for view in _blocks(descriptor, at, part.size, buffer):
                        for one in hashes.values():
                            one.update(view)
                parts.append(part)
        digests = {name: one.digest() for name, one in hashes.items()}
        if "crc32" in found.known:
            digests["crc32"] = base64.b64decode(whole_crc32(parts))
        return head, digests.get("sha256", b""), verify(found, digests, bucket, key, head)

    def _fetch_range(
        self, bucket: Bucket, key: str, etag: str, descriptor: int, number: int, start: int, length: int
    ) -> Part:
        def take(_head: Head, reader: Reader) -> int:
            at, end, checksum = start, start + length, 0
            while at < end:
                view = piece()[: min(PIECE, end - at)]
                count = fill(reader, view)
                if not count:
                    raise StowageError("S3 sent fewer bytes than the range that was asked for. Run the sync again.")
                view = view[:count]
                checksum = zlib.crc32(view, checksum)
                while view:
                    count = os.pwrite(descriptor, view, at)
                    view, at = view[count:], at + count
            return checksum

        checksum = bucket.get(key, take, if_match=etag, start=start, length=length)
        return Part(number, etag, length, crc32_text(checksum))

    # Across

    def copy(
        self,
        bucket: Bucket,
        key: str,
        source: Bucket,
        source_key: str,
        etag: str,
        headers_of: Callable[[Head, Mapping[str, str]], Mapping[str, str]],
        guarded: Callable[[Callable[[Conditions], Stored]], Stored],
    ) -> Stored:
        """A copy above 5 GiB within S3, which then carries neither headers nor metadata nor tags, so they are said.

        `headers_of` gives what differs from the source's headers, which it is given with the tags; among it may be the
        algorithm of the checksum. `guarded`: see `upload`.
        """
        head = source.head(source_key)
        tags = source.tags(source_key)
        headers = {**carried(head), **headers_of(head, tags)}
        headers.pop("x-amz-metadata-directive", None)
        replaced = headers.pop("x-amz-tagging-directive", "") == "REPLACE"
        if not replaced and tags:
            headers["x-amz-tagging"] = urlencode(sorted(tags.items()))
        if not headers.get("x-amz-tagging"):
            headers.pop("x-amz-tagging", None)
        algorithm = headers.pop("x-amz-checksum-algorithm", "CRC32")
        pending = self._uploads.take(key)
        if pending is not None:
            self._uploads.abort(key, pending.upload_id)
        upload = bucket.create_upload(key, headers, copied=True, algorithm=algorithm)
        step, size = copy_part_size(head.size), head.size
        self._uploads.save(Pending(key, upload.id, upload.checksum, step, ""))
        tasks = (
            partial(
                bucket.copy_part,
                key,
                upload.id,
                number,
                source,
                source_key,
                start,
                min(step, size - start),
                source_if_match=etag or head.etag,
            )
            for number, start in enumerate(range(0, size, step), 1)
        )
        try:
            parts = list(self._in_order(tasks, bucket.gate))
            stored = guarded(
                lambda conditions: bucket.complete_upload(
                    key, upload.id, parts, size=size, checksum=upload.checksum, **conditions._asdict()
                )
            )
        except BaseException:
            self._uploads.abort(key, upload.id)
            raise
        self._uploads.done(key)
        return stored


class _Source:
    """A file that is uploaded: read once in order, for the checksum of each part and the digest of the whole."""

    def __init__(
        self,
        descriptor: int,
        size: int,
        step: int,
        arrived: Mapping[int, Part],
        send: Callable[[int, int, int, int], Part],
    ) -> None:
        self._descriptor, self._size, self._step, self._arrived, self._send = descriptor, size, step, arrived, send
        self.sha256 = hashlib.sha256()

    def tasks(self) -> Iterator[_Task]:
        """What is to be done for each part, hashed when it is asked for; nothing for what is there and as it should."""
        buffer = bytearray(BLOCK)
        for number, start in enumerate(range(0, self._size, self._step), 1):
            length, checksum = min(self._step, self._size - start), 0
            known = self._arrived.get(number)
            md5 = new_md5() if known is not None and not known.crc32 else None
            for view in _blocks(self._descriptor, start, length, buffer):
                self.sha256.update(view)
                checksum = zlib.crc32(view, checksum)
                if md5 is not None:
                    md5.update(view)
            etag = md5.hexdigest() if md5 is not None else ""
            if known is not None and known.size == length and _same(known, crc32_text(checksum), etag):
                yield partial(Part, number, known.etag, length, crc32_text(checksum))
            else:
                yield partial(self._send, number, start, length, checksum)


def _same(part: Part, crc32: str, md5: str) -> bool:
    """Whether a part that has arrived is the file's: by its CRC-32 where S3 tells it, else by its ETag."""
    return part.crc32 == crc32 if part.crc32 else bool(md5) and part.etag == md5


def _blocks(descriptor: int, start: int, length: int, buffer: bytearray) -> Iterator[memoryview]:
    """A piece of a file, in views of the buffer; raises FileChanged where the file ends early."""
    whole, at, end = memoryview(buffer), start, start + length
    while at < end:
        count = os.preadv(descriptor, [whole[: min(len(whole), end - at)]], at)
        if not count:
            raise FileChanged(WRITTEN)
        at += count
        yield whole[:count]


_own = threading.local()


def piece() -> memoryview:
    """This thread's buffer, of PIECE bytes."""
    if not hasattr(_own, "piece"):
        _own.piece = memoryview(bytearray(PIECE))
    own: memoryview = _own.piece
    return own


def fill(reader: Reader, view: memoryview) -> int:
    """Read until the view is full or the body ends; gives the number of bytes."""
    done = 0
    while done < len(view):
        count = reader.readinto(view[done:])
        if not count:
            break
        done += count
    return done


def _unchanged(descriptor: int, before: os.stat_result) -> None:
    if stamp(os.fstat(descriptor)) != stamp(before):
        raise FileChanged(WRITTEN)
