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
from collections.abc import Callable, Mapping

from ansible_collections.stowage.s3.plugins.module_utils._errors import FileChanged
from ansible_collections.stowage.s3.plugins.module_utils._s3.gate import BULK
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import FileSlice, Head, Stored
from ansible_collections.stowage.s3.plugins.module_utils._s3.waiting import finish
from ansible_collections.stowage.s3.plugins.module_utils._s3.wire import Reader
from ansible_collections.stowage.s3.plugins.module_utils._sync.attempt import Done
from ansible_collections.stowage.s3.plugins.module_utils._sync.attributes import MTIME, parse_mtime
from ansible_collections.stowage.s3.plugins.module_utils._sync.compress import (
    disputed,
    pack,
    pack_file,
    packed,
    tried,
    unpack_file,
)
from ansible_collections.stowage.s3.plugins.module_utils._sync.digests import (
    Hashed,
    hash_descriptor,
    is_clean,
    new,
    open_regular,
)
from ansible_collections.stowage.s3.plugins.module_utils._sync.disk import Disk, NewFile
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Action, Row, Verb, stamp, there
from ansible_collections.stowage.s3.plugins.module_utils._sync.guards import TRIAL, Conditions, Guards
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import Job
from ansible_collections.stowage.s3.plugins.module_utils._sync.parts import WRITTEN, Parts, fill, piece
from ansible_collections.stowage.s3.plugins.module_utils._sync.plan import RESTORE_DAYS, TIERED
from ansible_collections.stowage.s3.plugins.module_utils._sync.verify import DigestMismatch, evidence, verify

SMALL = BULK  # bytes; an answer of this size with its head fits into a connection's buffer
SLOW = 0.002  # seconds for which a file may hold up the others of its thread, on average
IN_MEMORY = 1 << 20  # bytes; files up to this size are read once, hashed and sent from memory
READ_ATTEMPTS = 3  # of a file that is being written
DIGEST_ATTEMPTS = 3  # of a download whose bytes do not fit their checksum


class _FileSystem:
    """How long small files hold a thread up: longer on a network's file system, or where each is written through."""

    def __init__(self) -> None:
        self._mean = 0.0  # seconds a file; threads may lose each other's additions, which does no harm

    def took(self, seconds: float) -> None:
        self._mean += (seconds - self._mean) / 16

    @property
    def slow(self) -> bool:
        return self._mean > SLOW


class Transfers:
    """Executes actions; used by several threads. `by_parts` moves the large files."""

    def __init__(self, job: Job, by_parts: Parts, disk: Disk | None, guards: Guards) -> None:
        self._job, self._by_parts, self._disk, self._guards = job, by_parts, disk, guards
        self._files = _FileSystem()

    def small(self, action: Action) -> bool:
        """Whether an action is so little work that its thread can go on with others while it waits for an answer."""
        job = self._job
        if job.backup is not None and action.target is not None:
            return False  # what goes to the backup may be large, or wait
        if action.verb in (Verb.COPY, Verb.UPDATE):
            return action.size <= job.largest_copy and action.reason != "restore"
        return action.size <= SMALL and not self._files.slow

    async def run(self, action: Action, make_room: Callable[[], None] | None = None) -> Done:
        """Execute an action; raises StowageError, OSError.

        `make_room` removes what stands in the way, at the last moment.
        """
        if action.verb is Verb.UPLOAD:
            return await self._upload(action)
        if action.verb is Verb.DOWNLOAD:
            return await self._download(action, make_room)
        if action.verb is Verb.COPY:
            return await self._copy(action)
        if action.verb is Verb.UPDATE and action.reason == "restore":
            side, source = self._job.source, there(action.source)
            await self._guards.object_as_planned(action)
            # Out of an archive tier an object comes for good.
            side.s3.restore(side.remote_key(source), days=0 if source.storage_class == TIERED else RESTORE_DAYS)
            return Done()
        if action.verb is Verb.UPDATE:
            return await self._update(action)
        raise AssertionError(action.verb)

    # Up

    async def _upload(self, action: Action) -> Done:
        job, begun = self._job, time.monotonic()
        asked = job.attributes.asked(action.key)
        descriptor, status = open_regular(job.source.local_path(there(action.source)), follow=job.symlinks == "follow")
        try:
            if job.applying:
                self._guards.planned(action, stamp(status))
            if action.size <= SMALL and status.st_size > IN_MEMORY:
                # As a small one it may share its thread, which what it has grown to would hold up.
                raise FileChanged(WRITTEN)
            if asked.compress:
                hashed, stored = await self._upload_compressed(action, descriptor, status, asked.compress)
            elif status.st_size <= min(IN_MEMORY, job.multipart_threshold):
                hashed, stored = await self._upload_small(action, descriptor, status, begun)
            else:
                hashed, stored = await self._upload_large(action, descriptor)
        finally:
            os.close(descriptor)
        row = Row(action.key, hashed.stamp, hashed.digests["sha256"], asked.digest, stored.etag, hashed.clean, True)
        return Done(row, version_id=stored.version_id)

    async def _upload_small(
        self, action: Action, descriptor: int, status: os.stat_result, begun: float
    ) -> tuple[Hashed, Stored]:
        data, hashed = _read_whole(descriptor, status)
        if hashed.size <= SMALL:
            self._files.took(time.monotonic() - begun)
        self._guards.planned(action, hashed.stamp)
        return hashed, await self._put(action, data, hashed)

    async def _upload_compressed(
        self, action: Action, descriptor: int, status: os.stat_result, algorithm: str
    ) -> tuple[Hashed, Stored]:
        if status.st_size <= min(IN_MEMORY, self._job.multipart_threshold):
            data, hashed = _read_whole(descriptor, status)
            self._guards.planned(action, hashed.stamp)
            body, form = pack(data, hashed, algorithm)
            return hashed, await self._put(action, body, form.hashed, form.headers)
        with tempfile.TemporaryFile() as file:
            hashed, smaller = pack_file(descriptor, file.fileno(), algorithm)
            if smaller is None:
                return await self._upload_large(action, descriptor, tried(algorithm))
            self._guards.planned(action, hashed.stamp)
            if smaller.hashed.size > self._job.multipart_threshold:
                stored = self._upload_parts(action, file.fileno(), smaller.headers, hashed.mtime_ns)[1]
            else:
                stored = await self._put_file(action, file.fileno(), smaller.hashed, smaller.headers)
            return hashed, stored

    async def _upload_large(
        self, action: Action, descriptor: int, extra: Mapping[str, str] | None = None
    ) -> tuple[Hashed, Stored]:
        if os.fstat(descriptor).st_size > self._job.multipart_threshold:
            return self._upload_parts(action, descriptor, extra)
        hashed = hash_descriptor(descriptor, ("sha256", "crc32"))
        self._guards.planned(action, hashed.stamp)
        return hashed, await self._put_file(action, descriptor, hashed, extra)

    def _upload_parts(
        self, action: Action, descriptor: int, extra: Mapping[str, str] | None, mtime_ns: int | None = None
    ) -> tuple[Hashed, Stored]:
        """`mtime_ns`: the modification time of the content, where it is not that of the open file."""
        attributes = self._job.attributes

        def headers(own_mtime_ns: int) -> dict[str, str]:
            # The digest is known when all is sent, too late for the metadata: the CRC-32 of the whole, or the parts'
            # ETags, tell the same content later.
            moment = own_mtime_ns if mtime_ns is None else mtime_ns
            return {**attributes.for_upload(action.key, mtime_ns=moment), **(extra or {})}

        return self._by_parts.upload(
            self._job.target.s3, self._target_key(action), descriptor, headers, self._guarded(action)
        )

    async def _put_file(
        self, action: Action, descriptor: int, hashed: Hashed, extra: Mapping[str, str] | None
    ) -> Stored:
        stored = await self._put(action, FileSlice(descriptor, 0, hashed.size), hashed, extra)
        _unchanged(descriptor, hashed)
        return stored

    async def _put(
        self, action: Action, body: bytes | FileSlice, hashed: Hashed, extra: Mapping[str, str] | None = None
    ) -> Stored:
        digest = hashed.digests["sha256"].hex()
        crc32 = hashed.digests.get("crc32")
        headers = {
            **self._job.attributes.for_upload(action.key, mtime_ns=hashed.mtime_ns, digest=digest),
            **(extra or {}),
        }

        async def send(conditions: Conditions) -> Stored:
            return await self._job.target.s3.put_async(
                self._target_key(action),
                body,
                headers,
                sha256=digest,
                crc32=base64.b64encode(crc32).decode() if crc32 else "",
                **conditions._asdict(),
            )

        return await self._guards.write(action, "put" if hashed.size <= TRIAL else "", send)

    # Down

    async def _download(self, action: Action, make_room: Callable[[], None] | None) -> Done:
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
        now, begun = time.time(), time.monotonic()
        with disk.new_file(aside) as file:
            took = time.monotonic() - begun
            for attempt in range(1, DIGEST_ATTEMPTS + 1):
                try:
                    head, digest, verified = await self._fetch(action, file)
                    held = packed(head)
                    if held is None and disputed(head, there(action.source).etag):
                        raise DigestMismatch(
                            "S3 sends it with another ETag than it was listed with, so whether it is to be unpacked"
                            " cannot be told; what was here stays. Run the sync again."
                        )
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
            begun = time.monotonic()
            status = disk.keep(file, action.key, action.target, mtime_ns)
            if action.size <= SMALL:
                self._files.took(took + time.monotonic() - begun)
        row = Row(action.key, stamp(status), digest, b"", head.etag, is_clean(status, now), True)
        return Done(row, verified, source_version_id=head.version_id)

    async def _fetch(self, action: Action, file: NewFile) -> tuple[Head, bytes, bool]:
        job = self._job
        bucket, source = job.source.s3, there(action.source)
        key = job.source.remote_key(source)
        if source.size > job.multipart_threshold:
            return self._by_parts.fetch(bucket, key, source.etag, source.size, file.descriptor)

        def take(head: Head, reader: Reader) -> tuple[Head, bytes, bool]:
            found = evidence(bucket, key, head)
            # What is proven already, and is large, is not hashed a second time for the state cache alone.
            enough = bool(found.known) and source.size > IN_MEMORY
            hashes = {name: new(name) for name in {*found.known, *(() if enough else ("sha256",))}}
            file.empty()
            buffer = piece()
            while count := fill(reader, buffer):
                for one in hashes.values():
                    one.update(buffer[:count])
                _write(file.descriptor, buffer[:count])
            digests = {name: one.digest() for name, one in hashes.items()}
            return head, digests.get("sha256", b""), verify(found, digests, bucket, key, head)

        return await bucket.get_async(key, take, if_match=source.etag, size=source.size)

    # Across

    async def _copy(self, action: Action) -> Done:
        job, source = self._job, there(action.source)
        source_key = job.source.remote_key(source)
        if action.size > job.largest_copy:
            stored = self._by_parts.copy(
                job.target.s3,
                self._target_key(action),
                job.source.s3,
                source_key,
                source.etag,
                lambda head, _tags: job.attributes.for_copy(action.key, head),
                self._guarded(action),
            )
        else:
            head = await job.source.s3.head_async(source_key) if job.attributes.needs_head(action.key) else None
            headers = job.attributes.for_copy(action.key, head)
            stored = await self._guards.write(
                action,
                "copy",
                lambda conditions: job.target.s3.copy_async(
                    self._target_key(action),
                    job.source.s3,
                    source_key,
                    headers,
                    source_if_match=source.etag,
                    **conditions._asdict(),
                ),
            )
        attributes = job.attributes.asked(action.key).digest
        row = Row(action.key, source.etag.encode(), b"", attributes, stored.etag, True, True)
        return Done(row, True, stored.version_id, stored.source_version_id)

    async def _update(self, action: Action) -> Done:
        job, target = self._job, there(action.target)
        bucket, key = job.target.s3, job.target.remote_key(target)
        if action.size > job.largest_copy:
            stored = self._by_parts.copy(
                bucket,
                key,
                bucket,
                key,
                target.etag,
                lambda head, _tags: job.attributes.for_update(action.key, head),
                self._guarded(action),
            )
        else:
            head = await bucket.head_async(key)
            headers = job.attributes.for_update(action.key, head)
            stored = await self._guards.write(
                action,
                "copy",
                lambda conditions: bucket.copy_async(
                    key, bucket, key, headers, source_if_match=target.etag, **conditions._asdict()
                ),
            )
        row = action.row._replace(etag=stored.etag) if action.row else None
        return Done(row, True, stored.version_id, stored.source_version_id)

    def _guarded(self, action: Action) -> Callable[[Callable[[Conditions], Stored]], Stored]:
        """How the last request of many is sent on its conditions."""

        def write(send: Callable[[Conditions], Stored]) -> Stored:
            async def sent(conditions: Conditions) -> Stored:
                return send(conditions)

            return finish(self._guards.write(action, "", sent))

        return write

    def _target_key(self, action: Action) -> str:
        # An object that is there keeps its name, also where another Unicode form stands for the same key.
        return self._job.target.remote_key(action.target or action.key)


def _read_whole(descriptor: int, before: os.stat_result) -> tuple[bytes, Hashed]:
    """A small file's content, the same before and after reading; raises FileChanged if it will not hold still.

    `before`: its status just now.
    """
    for _attempt in range(READ_ATTEMPTS):
        now = time.time()
        data = _content(descriptor, before.st_size)
        after = os.fstat(descriptor)
        mark = stamp(before)
        if mark == stamp(after) and len(data) == before.st_size:
            digests = {"sha256": hashlib.sha256(data).digest()}
            return data, Hashed(digests, mark, is_clean(before, now), before.st_size, before.st_mtime_ns)
        if before.st_size > 2 * IN_MEMORY:
            break
        before = after
    raise FileChanged(WRITTEN)


def _content(descriptor: int, size: int) -> bytes:
    """A file's bytes from its start: `size` of them, one more where it has grown, fewer where it has shrunk."""
    data = os.pread(descriptor, size + 1, 0)
    while len(data) < size:
        more = os.pread(descriptor, size + 1 - len(data), len(data))
        if not more:
            break
        data += more
    return data


def _unchanged(descriptor: int, hashed: Hashed) -> None:
    if stamp(os.fstat(descriptor)) != hashed.stamp:
        raise FileChanged(WRITTEN)


def _write(descriptor: int, view: memoryview) -> None:
    while len(view):
        view = view[os.write(descriptor, view) :]
