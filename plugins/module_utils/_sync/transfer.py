# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Executing one action: upload, download, copy, update. Each one succeeds whole or leaves its target as it was.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import NamedTuple
from urllib.parse import urlencode

from ansible_collections.stowage.s3.plugins.module_utils._errors import FileChanged, StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket
from ansible_collections.stowage.s3.plugins.module_utils._s3.multipart import crc32_combine, part_size
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import FileSlice, Head, Part, Stored
from ansible_collections.stowage.s3.plugins.module_utils._s3.wire import Reader
from ansible_collections.stowage.s3.plugins.module_utils._sync.attributes import MTIME, carried, parse_mtime
from ansible_collections.stowage.s3.plugins.module_utils._sync.compress import (
    pack,
    pack_file,
    packed,
    tried,
    unpack_file,
)
from ansible_collections.stowage.s3.plugins.module_utils._sync.digests import (
    BLOCK,
    Hashed,
    checksums,
    etag_is_md5,
    hash_descriptor,
    is_clean,
    new,
    open_regular,
    own_digest,
)
from ansible_collections.stowage.s3.plugins.module_utils._sync.disk import Disk, NewFile
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Action, Row, Verb, stamp, there
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import Job, copy_part_size
from ansible_collections.stowage.s3.plugins.module_utils._sync.plan import RESTORE_DAYS, TIERED

IN_MEMORY = 1 << 20  # bytes; files up to this size are read once, hashed and sent from memory
READ_ATTEMPTS = 3  # of a file that is being written
NOTHING_MORE: Mapping[str, str] = {}
DIGEST_ATTEMPTS = 3  # of a download whose bytes do not fit their checksum


class Done(NamedTuple):
    """What came of an action: what the state cache may know, and whether a download's bytes could be verified."""

    row: Row | None = None
    verified: bool = True


class DigestMismatch(StowageError):
    """The bytes that came are not those that S3 says the object has."""


class Transfers:
    """Executes actions; used by several threads. `parts` is the pool that all files' parts share."""

    def __init__(self, job: Job, parts: ThreadPoolExecutor, disk: Disk | None) -> None:
        self._job, self._parts, self._disk = job, parts, disk

    def run(self, action: Action, make_room: Callable[[], None] | None = None) -> Done:
        """Execute an action; raises StowageError, OSError.

        `make_room` removes what stands in the way, at the last moment.
        """
        if action.verb is Verb.UPLOAD:
            return self._upload(action)
        if action.verb is Verb.DOWNLOAD:
            return self._download(action, make_room)
        if action.verb is Verb.COPY:
            return self._copy(action)
        if action.verb is Verb.UPDATE and action.reason == "restore":
            side, source = self._job.source, there(action.source)
            # Out of an archive tier an object comes for good.
            side.s3.restore(side.remote_key(source), days=0 if source.storage_class == TIERED else RESTORE_DAYS)
            return Done()
        if action.verb is Verb.UPDATE:
            return self._update(action)
        raise AssertionError(action.verb)

    # Up

    def _upload(self, action: Action) -> Done:
        job = self._job
        descriptor = open_regular(job.source.local_path(there(action.source)), follow=job.symlinks == "follow")
        compress = job.attributes.asked(action.key).compress
        try:
            if compress:
                hashed, stored = self._upload_compressed(action, descriptor, compress)
            elif os.fstat(descriptor).st_size <= min(IN_MEMORY, job.multipart_threshold):
                hashed, stored = self._upload_small(action, descriptor)
            else:
                hashed, stored = self._upload_large(action, descriptor)
        finally:
            os.close(descriptor)
        attributes = job.attributes.asked(action.key).digest
        row = Row(action.key, hashed.stamp, hashed.digests["sha256"], attributes, stored.etag, hashed.clean, True)
        return Done(row)

    def _upload_small(self, action: Action, descriptor: int) -> tuple[Hashed, Stored]:
        data, hashed = _read_whole(descriptor)
        return hashed, self._put(action, data, hashed)

    def _upload_compressed(self, action: Action, descriptor: int, algorithm: str) -> tuple[Hashed, Stored]:
        if os.fstat(descriptor).st_size <= min(IN_MEMORY, self._job.multipart_threshold):
            data, hashed = _read_whole(descriptor)
            body, form = pack(data, hashed, algorithm)
            return hashed, self._put(action, body, form.hashed, form.headers)
        with tempfile.TemporaryFile() as file:
            hashed, smaller = pack_file(descriptor, file.fileno(), algorithm)
            if smaller is None:
                return self._upload_large(action, descriptor, tried(algorithm))
            return hashed, self._send_file(action, file.fileno(), smaller.hashed, smaller.headers)

    def _upload_large(
        self, action: Action, descriptor: int, extra: Mapping[str, str] = NOTHING_MORE
    ) -> tuple[Hashed, Stored]:
        hashed = hash_descriptor(descriptor, ("sha256", "crc32"))
        return hashed, self._send_file(action, descriptor, hashed, extra)

    def _send_file(self, action: Action, descriptor: int, hashed: Hashed, extra: Mapping[str, str]) -> Stored:
        if hashed.size > self._job.multipart_threshold:
            return self._upload_parts(action, descriptor, hashed, extra)
        stored = self._put(action, FileSlice(descriptor, 0, hashed.size), hashed, extra)
        _unchanged(descriptor, hashed)
        return stored

    def _put(
        self, action: Action, body: bytes | FileSlice, hashed: Hashed, extra: Mapping[str, str] = NOTHING_MORE
    ) -> Stored:
        digest = hashed.digests["sha256"].hex()
        crc32 = hashed.digests.get("crc32")
        return self._job.target.s3.put(
            self._target_key(action),
            body,
            {**self._job.attributes.for_upload(action.key, mtime_ns=hashed.mtime_ns, digest=digest), **extra},
            sha256=digest,
            crc32=base64.b64encode(crc32).decode() if crc32 else "",
        )

    def _upload_parts(self, action: Action, descriptor: int, hashed: Hashed, extra: Mapping[str, str]) -> Stored:
        bucket, key = self._job.target.s3, self._target_key(action)
        headers = self._job.attributes.for_upload(
            action.key, mtime_ns=hashed.mtime_ns, digest=hashed.digests["sha256"].hex()
        )
        upload_id = bucket.create_upload(key, {**headers, **extra})

        def send(number: int, start: int, length: int) -> Part:
            piece = FileSlice(descriptor, start, length)
            checksum = 0
            for chunk in piece.chunks():
                checksum = zlib.crc32(chunk, checksum)
            return bucket.upload_part(key, upload_id, number, piece, crc32=_base64_crc(checksum))

        try:
            parts = self._in_parts(hashed.size, part_size(hashed.size), send)
            whole = 0
            for part in parts:
                whole = crc32_combine(whole, int.from_bytes(base64.b64decode(part.crc32), "big"), part.size)
            _unchanged(descriptor, hashed)
            if whole.to_bytes(4, "big") != hashed.digests["crc32"]:
                raise FileChanged("It was written while it was read. Run the sync again when nothing writes there.")
            return bucket.complete_upload(key, upload_id, parts, size=hashed.size, crc32=_base64_crc(whole))
        except BaseException:
            _abort(bucket, key, upload_id)
            raise

    def _in_parts(self, size: int, step: int, send: Callable[[int, int, int], Part]) -> list[Part]:
        """Run `send(number, start, length)` for every part in the shared pool; an error stops those not begun."""
        futures: list[Future[Part]] = [
            self._parts.submit(send, number, start, min(step, size - start))
            for number, start in enumerate(range(0, size, step), 1)
        ]
        try:
            return [future.result() for future in futures]
        finally:
            for future in futures:
                future.cancel()
            wait(futures)

    # Down

    def _download(self, action: Action, make_room: Callable[[], None] | None) -> Done:
        job, disk = self._job, there(self._disk)
        # A file that is there keeps its name, also where another Unicode form stands for the same key.
        name = (action.target.name if action.target else "") or action.key
        directory = name.rstrip("/").rpartition("/")[0]
        if make_room is None:
            disk.ensure_directory(directory)
        if action.key.endswith("/"):
            if make_room is not None:
                make_room()
            disk.ensure_directory(action.key.rstrip("/"))
            return Done()
        # What stands in the way goes only once the new content is there.
        aside = directory if make_room is None else disk.nearest_directory(directory)
        now = time.time()
        with disk.new_file(aside) as file:
            for attempt in range(1, DIGEST_ATTEMPTS + 1):
                try:
                    head, digest, verified = self._fetch(action, file)
                    held = packed(head)
                    if held is not None:
                        digest, verified = unpack_file(file.descriptor, os.path.dirname(file.path), held), True
                    break
                except DigestMismatch:
                    if attempt == DIGEST_ATTEMPTS:
                        raise
            mtime_ns = None if job.compare == "time" else parse_mtime(head.metadata.get(MTIME, ""))
            if mtime_ns is None:
                mtime_ns = round(head.modified * 1e9)
            if make_room is not None:
                make_room()
                disk.ensure_directory(directory)
            status = disk.keep(file, action.key, action.target, mtime_ns)
        row = Row(action.key, stamp(status), digest, b"", head.etag, is_clean(status, now), True)
        return Done(row, verified)

    def _fetch(self, action: Action, file: NewFile) -> tuple[Head, bytes, bool]:
        job = self._job
        bucket, source = job.source.s3, there(action.source)
        key = job.source.remote_key(source)
        if source.size > job.multipart_threshold:
            head = self._fetch_parts(bucket, key, source.etag, source.size, file)
            known = _verifiable(head)
            hashed = hash_descriptor(file.descriptor, {"sha256", *known})
            _verify(known, hashed.digests)
            return head, hashed.digests["sha256"], bool(known)

        def take(head: Head, reader: Reader) -> tuple[Head, bytes, bool]:
            known = _verifiable(head)
            hashes = {name: new(name) for name in {"sha256", *known}}
            os.ftruncate(file.descriptor, 0)
            os.lseek(file.descriptor, 0, os.SEEK_SET)
            while True:
                data = reader.read(BLOCK)
                if not data:
                    break
                for one in hashes.values():
                    one.update(data)
                _write(file.descriptor, data)
            digests = {name: one.digest() for name, one in hashes.items()}
            _verify(known, digests)
            return head, digests["sha256"], bool(known)

        return bucket.get(key, take, if_match=source.etag)

    def _fetch_parts(self, bucket: Bucket, key: str, etag: str, size: int, file: NewFile) -> Head:
        # A ranged answer tells no checksum of the whole.
        head = bucket.head(key)

        def take_range(number: int, start: int, length: int) -> Part:
            def take(_head: Head, reader: Reader) -> None:
                at, end = start, start + length
                while at < end:
                    data = reader.read(min(BLOCK, end - at))
                    if not data:
                        raise StowageError("S3 sent fewer bytes than the range that was asked for. Run the sync again.")
                    view = memoryview(data)
                    while len(view):
                        count = os.pwrite(file.descriptor, view, at)
                        view, at = view[count:], at + count

            bucket.get(key, take, if_match=etag, start=start, length=length)
            return Part(number, etag, length)

        os.ftruncate(file.descriptor, size)
        self._in_parts(size, part_size(size), take_range)
        return head

    # Across

    def _copy(self, action: Action) -> Done:
        job, source = self._job, there(action.source)
        source_key = job.source.remote_key(source)
        if action.size > job.largest_copy:
            stored = self._copy_parts(job.source.s3, source_key, source.etag, action, job.attributes.for_copy)
        else:
            head = job.source.s3.head(source_key) if job.attributes.needs_head(action.key) else None
            stored = job.target.s3.copy(
                self._target_key(action),
                job.source.s3,
                source_key,
                job.attributes.for_copy(action.key, head),
                source_if_match=source.etag,
            )
        attributes = job.attributes.asked(action.key).digest
        return Done(Row(action.key, source.etag.encode(), b"", attributes, stored.etag, True, True))

    def _update(self, action: Action) -> Done:
        job, target = self._job, there(action.target)
        bucket, key = job.target.s3, job.target.remote_key(target)
        if action.size > job.largest_copy:
            stored = self._copy_parts(bucket, key, target.etag, action, job.attributes.for_update)
        else:
            head = bucket.head(key)
            stored = bucket.copy(
                key, bucket, key, job.attributes.for_update(action.key, head), source_if_match=target.etag
            )
        return Done(action.row._replace(etag=stored.etag) if action.row else None)

    def _copy_parts(
        self,
        source: Bucket,
        source_key: str,
        etag: str,
        action: Action,
        headers_of: Callable[[str, Head], Mapping[str, str]],
    ) -> Stored:
        """A copy above 5 GiB: S3 then carries neither headers nor metadata nor tags, so they are said."""
        bucket, key = self._job.target.s3, self._target_key(action)
        head = source.head(source_key)
        tags = source.tags(source_key)
        headers = {**carried(head), **headers_of(action.key, head)}
        headers.pop("x-amz-metadata-directive", None)
        replaced = headers.pop("x-amz-tagging-directive", "") == "REPLACE"
        if not replaced and tags:
            headers["x-amz-tagging"] = urlencode(sorted(tags.items()))
        if not headers.get("x-amz-tagging"):
            headers.pop("x-amz-tagging", None)
        upload_id = bucket.create_upload(key, headers)

        def send(number: int, start: int, length: int) -> Part:
            return bucket.copy_part(
                key, upload_id, number, source, source_key, start, length, source_if_match=etag or head.etag
            )

        try:
            parts = self._in_parts(head.size, copy_part_size(head.size), send)
            return bucket.complete_upload(key, upload_id, parts, size=head.size)
        except BaseException:
            _abort(bucket, key, upload_id)
            raise

    def _target_key(self, action: Action) -> str:
        # An object that is there keeps its name, also where another Unicode form stands for the same key.
        return self._job.target.remote_key(action.target or action.key)


def _read_whole(descriptor: int) -> tuple[bytes, Hashed]:
    """A small file's content, the same before and after reading; raises FileChanged if it will not hold still."""
    for _attempt in range(READ_ATTEMPTS):
        now = time.time()
        before = os.fstat(descriptor)
        # One byte more than there should be, so that growth shows.
        data = b"".join(_blocks(descriptor, before.st_size + 1))
        after = os.fstat(descriptor)
        if stamp(before) == stamp(after) and len(data) == before.st_size:
            digests = {"sha256": hashlib.sha256(data).digest()}
            return data, Hashed(digests, stamp(before), is_clean(before, now), before.st_size, before.st_mtime_ns)
        if before.st_size > 2 * IN_MEMORY:
            break
    raise FileChanged("It was written while it was read. Run the sync again when nothing writes there.")


def _blocks(descriptor: int, limit: int) -> Iterable[bytes]:
    at = 0
    while at < limit:
        data = os.pread(descriptor, limit - at, at)
        if not data:
            return
        at += len(data)
        yield data


def _unchanged(descriptor: int, hashed: Hashed) -> None:
    if stamp(os.fstat(descriptor)) != hashed.stamp:
        raise FileChanged("It was written while it was read. Run the sync again when nothing writes there.")


def _verifiable(head: Head) -> dict[str, bytes]:
    """What the bytes of an object can be checked against: what S3 computed, else what its uploader says."""
    known = checksums(head)
    if not known and etag_is_md5(head):
        known["md5"] = bytes.fromhex(head.etag)
    return known or own_digest(head)


def _verify(known: Mapping[str, bytes], digests: Mapping[str, bytes]) -> None:
    for name, value in known.items():
        if digests[name] != value:
            raise DigestMismatch(
                f"The bytes that came have another {name} ({digests[name].hex()}) than S3 says ({value.hex()}); what"
                " was here stays. Run the sync again; if it stays so, the object is damaged or its metadata is of"
                " another one."
            )


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while len(view):
        view = view[os.write(descriptor, view) :]


def _base64_crc(value: int) -> str:
    return base64.b64encode(value.to_bytes(4, "big")).decode()


def _abort(bucket: Bucket, key: str, upload_id: str) -> None:
    try:
        bucket.abort_upload(key, upload_id)
    except StowageError:
        return  # the error that led here is the one to report; S3's lifecycle rule removes the parts
