# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Keeping what is replaced or deleted, before anything is lost.

A backup is a transfer like any other, from the sync's target to `backup_to`, so it is planned, guarded and verified as
one. Only from directory to directory there is nothing to transfer: the file itself moves, or is linked.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.waiting import finish
from ansible_collections.stowage.s3.plugins.module_utils._sync.attempt import Done
from ansible_collections.stowage.s3.plugins.module_utils._sync.digests import open_regular
from ansible_collections.stowage.s3.plugins.module_utils._sync.disk import Disk, inherit, sync_directory
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Action, Entry, Verb, stamp, there
from ansible_collections.stowage.s3.plugins.module_utils._sync.guards import Guards
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import Job
from ansible_collections.stowage.s3.plugins.module_utils._sync.parts import Parts
from ansible_collections.stowage.s3.plugins.module_utils._sync.plan import ARCHIVED, backup_of
from ansible_collections.stowage.s3.plugins.module_utils._sync.transfer import Transfers

# The classes that a copy may name; of any other the copy gets the bucket's default.
CLASSES = {*ARCHIVED, "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "REDUCED_REDUNDANCY"}
# The file system has no links, the file has too many, or its owner is another one (fs.protected_hardlinks).
_NO_LINK = {errno.EXDEV, errno.EPERM, errno.EACCES, errno.EMLINK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS}
_CHANGED = "It was changed here after it was listed. Run the sync again."


class NotBackedUp(StowageError):
    """There is no backup, so the target stays."""


class Keeper:
    """Keeps what is about to be replaced or deleted; used by several threads."""

    def __init__(self, job: Job, by_parts: Parts) -> None:
        """`by_parts` moves the large files."""
        self._job, self._backup, self._by_parts = job, there(job.backup), by_parts
        self._root = self._backup.target.path
        self._disk = Disk(self._root, fsync=job.fsync) if self._root else None
        self._transfers: dict[str, Transfers] = {}
        self._lock = threading.Lock()
        self._ready = self._disk is None

    async def keep_object(self, action: Action) -> Done | None:
        """Copy or fetch the object that an action is about to replace or delete, as it was listed.

        None if there is no such object. Raises NotBackedUp.
        """
        kept = backup_of(self._job, action)
        if kept is None:
            return None
        with self._explained():
            return await self._transfer(kept)

    def keep_file(self, path: str, listed: Entry, goes: bool) -> Entry:
        """Keep a local file that was found as listed and is about to be replaced or, if it `goes`, deleted.

        Gives its entry as it is then (a link to a file changes its ctime), to be compared once more: only a file that
        is still the same was kept whole. One that goes may be gone afterwards. Raises NotBackedUp.
        """
        name = listed.name or listed.key
        with self._explained():
            try:
                if self._disk is not None:
                    return self._keep_here(path, name, listed, goes)
                finish(self._transfer(Action(Verb.UPLOAD, name, listed.size, "backup", listed)))
            except FileNotFoundError:
                if os.path.lexists(path):
                    raise
                # There is nothing left that could be lost.
            return listed

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            self._make_root()
            yield
        except StowageError as error:
            raise NotBackedUp(f"It could not be backed up, so it stays as it is: {error}") from error
        except OSError as error:
            raise NotBackedUp(
                f"It could not be backed up, so it stays as it is: {error.strerror or error}:"
                f" {error.filename or self._backup.target.text}."
            ) from error

    def _make_root(self) -> None:
        with self._lock:
            if not self._ready:
                os.makedirs(os.path.dirname(self._root), exist_ok=True)
                # What was kept from others by a directory's mode must not show here.
                os.mkdir(self._root, 0o700)
                self._ready = True

    async def _transfer(self, kept: Action) -> Done:
        # A backup has the object's own class: what was put into STANDARD_IA or deeper was not meant to cost more.
        storage_class = there(kept.source).storage_class
        storage_class = storage_class if storage_class in CLASSES else ""
        with self._lock:
            transfers = self._transfers.get(storage_class)
            if transfers is None:
                job = self._backup
                if storage_class:
                    job = replace(job, attributes=job.attributes.with_class(storage_class))
                transfers = self._transfers[storage_class] = Transfers(job, self._by_parts, self._disk, Guards(job))
        return await transfers.run(kept)

    def _keep_here(self, path: str, name: str, listed: Entry, goes: bool) -> Entry:
        disk, kept = there(self._disk), f"{self._root}/{name}"
        disk.ensure_directory(name.rpartition("/")[0])
        before = os.lstat(path)
        if stamp(before) != listed.stamp:
            raise StowageError(_CHANGED)
        try:
            if goes:
                os.rename(path, kept)
                now = listed
            else:
                # The target must never be missing: it stays, and the link keeps the old file when the new one comes.
                os.link(path, kept, follow_symlinks=False)
                after = os.lstat(path)
                if _but_for_links(before) != _but_for_links(after):
                    raise StowageError(_CHANGED)
                now = listed._replace(stamp=stamp(after))
        except OSError as error:
            if error.errno not in ({errno.EXDEV} if goes else _NO_LINK):
                raise
            self._copy(path, name)
            return listed
        if self._job.fsync:
            sync_directory(os.path.dirname(kept))
        return now

    def _copy(self, path: str, name: str) -> None:
        disk = there(self._disk)
        with disk.new_file(name.rpartition("/")[0]) as new:
            descriptor, _status = open_regular(path, follow=False)
            with open(descriptor, "rb") as old, open(new.descriptor, "wb", closefd=False) as copy:
                shutil.copyfileobj(old, copy, 1 << 20)
                status = os.fstat(descriptor)
            inherit(new.descriptor, path)
            disk.keep(new, name, None, status.st_mtime_ns)


def _but_for_links(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
