# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Keeping what is replaced or deleted: where it goes, what cannot be kept, and the keeping, before anything is lost.

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
from ansible_collections.stowage.s3.plugins.module_utils._sync.attributes import Attributes
from ansible_collections.stowage.s3.plugins.module_utils._sync.digests import open_regular
from ansible_collections.stowage.s3.plugins.module_utils._sync.disk import Disk, inherit, sync_directory
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Action, Direction, Entry, Verb, stamp, there
from ansible_collections.stowage.s3.plugins.module_utils._sync.guards import Guards
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import Job, Place, Side, check_apart, contains
from ansible_collections.stowage.s3.plugins.module_utils._sync.listing import MAX_KEY
from ansible_collections.stowage.s3.plugins.module_utils._sync.parts import Parts
from ansible_collections.stowage.s3.plugins.module_utils._sync.placement import Placement, unusable
from ansible_collections.stowage.s3.plugins.module_utils._sync.plan import ARCHIVED, backup_of
from ansible_collections.stowage.s3.plugins.module_utils._sync.transfer import Done, Transfers

# The classes that a copy may name; of any other the copy gets the bucket's default.
CLASSES = {*ARCHIVED, "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "REDUCED_REDUNDANCY"}
# The file system has no links, the file has too many, or its owner is another one (fs.protected_hardlinks).
_NO_LINK = {errno.EXDEV, errno.EPERM, errno.EACCES, errno.EMLINK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS}
_CHANGED = "It was changed here after it was listed. Run the sync again."


class NotBackedUp(StowageError):
    """There is no backup, so the target stays."""


# Where


def check_backup_place(place: Place, source: Place, target: Place, state: Place) -> None:
    """Refuse a place for backups that the run would sync, or that it keeps its own files in; raises StowageError."""
    check_apart("backup_to", place, source, target)
    for option, other in (("source", source), ("destination", target)):
        if contains(place, other):
            raise StowageError(
                f"{option}: {other.text!r} lies inside backup_to {place.text!r}, so backups and what they are of would"
                " mix. Give a backup_to outside of it."
            )
    if contains(state, place):
        raise StowageError(
            f"backup_to: {place.text!r} lies inside state_dir {state.text!r}, where the sync keeps its own files. Give"
            " a place outside of it."
        )


def with_backup(job: Job, side: Side, encryption: str | None, encryption_key_id: str | None) -> Job:
    """The job with its backup, which goes to `side`: the place of this run alone."""
    source = job.target
    direction = Direction.UP if source.bucket is None else Direction.DOWN if side.bucket is None else Direction.ACROSS
    backup = replace(
        job,
        direction=direction,
        source=source,
        target=side,
        attributes=Attributes(encryption=encryption, encryption_key_id=encryption_key_id),
        compare="content",
        symlinks="skip",
        delete=False,
        on_conflict="overwrite",  # each run has a place of its own there
        applying=False,
    )
    return replace(job, backup=backup)


def backup_place(job: Job, action: Action) -> str:
    """Where the backup of what an action replaces or deletes stands; "" if it has none."""
    kept = backup_of(job, action)
    if kept is None:
        return ""
    side = there(job.backup).target
    return f"s3://{side.bucket.name}/{side.prefix}{kept.key}" if side.bucket is not None else f"{side.path}/{kept.key}"


# What cannot be kept


class Keepable:
    """Tells in advance what cannot be backed up, so that check mode knows it too. Wants actions in key order."""

    def __init__(self, job: Job) -> None:
        self._job, self._backup = job, there(job.backup)
        side = self._backup.target
        self._placement = Placement(side.path) if side.bucket is None else None
        self._ancestors: list[str] = []

    def why_not(self, action: Action) -> str:
        """Why what an action replaces or deletes cannot be backed up; "" if it can, or nothing is to be."""
        kept = backup_of(self._job, action)
        if kept is None:
            return ""
        target, source = there(kept.source), self._job.target
        if source.bucket is None:
            path = source.local_path(target)
            if not os.access(path, os.R_OK) and os.path.exists(path):
                return (
                    "It is to be replaced or deleted, and cannot be read to be backed up first: Permission denied."
                    " Grant read permission, or exclude it."
                )
        elif target.storage_class in ARCHIVED and not target.restored:
            return (
                f"It is to be replaced or deleted, and is archived ({target.storage_class}), so that it cannot be"
                " backed up before a restore. Restore it, exclude it, or leave backup_to out."
            )
        if self._placement is None:
            size = len(self._backup.target.remote_key(kept.key).encode())
            return "" if size <= MAX_KEY else _no_name(f"its key would have {size} bytes, and S3 allows {MAX_KEY}")
        return self._no_place(kept, self._placement) if source.bucket is not None else ""

    def _no_place(self, kept: Action, placement: Placement) -> str:
        key = kept.key.rstrip("/")
        while self._ancestors and not key.startswith(self._ancestors[-1]):
            self._ancestors.pop()
        why = unusable(kept.key) or placement.look(kept.key).text
        if why:
            return _no_name(why)
        if kept.key.endswith("/"):
            return _no_name("its key ends in '/', but it has content") if kept.size else ""
        above = [one for one in self._ancestors if key.startswith(one + "/")]
        if above:
            return _no_name(f"{above[0]!r} is to be kept as well, and a file cannot be a directory")
        if placement.collides(key):
            return _no_name("another key differs from it in upper and lower case alone")
        self._ancestors.append(key)
        return ""


def _no_name(reason: str) -> str:
    return (
        f"It is to be replaced or deleted, and cannot be backed up in backup_to: {reason.rstrip('.')}. Give another"
        " backup_to (in S3 any key can be kept), or exclude it."
    )


# Keeping


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
