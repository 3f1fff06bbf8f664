# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Writing into a local target: whole files or none, through no link, and only over what was listed.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Container, Iterable, Iterator

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Entry, stamp
from ansible_collections.stowage.s3.plugins.module_utils._sync.temporary import create

_CHANGED = "It was changed here after it was listed, so it stays as it is. Run the sync again."


class NewFile:
    """A temporary file beside its place, which becomes the file in one rename; then its path is empty."""

    def __init__(self, descriptor: int, path: str) -> None:
        self.descriptor, self.path = descriptor, path
        self._new = True

    def empty(self) -> None:
        """Make it empty, from where writing begins."""
        if not self._new:
            os.ftruncate(self.descriptor, 0)
            os.lseek(self.descriptor, 0, os.SEEK_SET)
        self._new = False


class Disk:
    """A local target; used by several threads."""

    def __init__(self, root: str, *, fsync: bool, back_up: Callable[[str, Entry, bool], Entry] | None = None) -> None:
        """`root` is resolved; it is made when the first file comes.

        `back_up(path, listed, goes)` is called before a file is replaced or (`goes`) deleted; it gives the entry as it
        is afterwards, or raises StowageError, and then the file stays.
        """
        self._root, self._fsync, self._back_up = root, fsync, back_up
        self._real: set[str] = set()

    def ensure_directory(self, directory: str) -> None:
        """Make a directory below the root ("" is the root); raises StowageError if a link or file is above it."""
        if directory in self._real:
            return
        path = f"{self._root}/{directory}" if directory else self._root
        if directory:
            self.ensure_directory(directory.rpartition("/")[0])
            with contextlib.suppress(FileExistsError):
                os.mkdir(path)
        else:
            os.makedirs(path, exist_ok=True)
        if not stat.S_ISDIR(os.lstat(path).st_mode):
            raise StowageError(
                f"{directory!r} is no directory here, and nothing is written through a link. Remove it, or exclude it."
            )
        self._real.add(directory)

    def nearest_directory(self, directory: str) -> str:
        """The directory itself, or the nearest real one above it: where a file can wait until its place is free."""
        while directory:
            with contextlib.suppress(OSError):
                if stat.S_ISDIR(os.lstat(f"{self._root}/{directory}").st_mode):
                    break
            directory = directory.rpartition("/")[0]
        self.ensure_directory(directory)
        return directory

    @contextlib.contextmanager
    def new_file(self, directory: str) -> Iterator[NewFile]:
        """A temporary file in a directory that exists; it is gone at the end unless `keep` gave it its name."""
        descriptor, path = create(f"{self._root}/{directory}")
        new = NewFile(descriptor, path)
        try:
            yield new
        finally:
            os.close(descriptor)
            if new.path:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(new.path)

    def keep(self, new: NewFile, key: str, listed: Entry | None, mtime_ns: int) -> os.stat_result:
        """Put a complete temporary file in its place; returns its status there.

        Raises StowageError if something stands there that was not listed, or is not as it was listed; OSError.
        """
        path = f"{self._root}/{(listed.name or key) if listed else key}"
        self._check(path, listed)
        if listed is not None:
            inherit(new.descriptor, path)
        os.utime(new.descriptor, ns=(mtime_ns, mtime_ns))
        if self._fsync:
            os.fsync(new.descriptor)
        if listed is not None and self._back_up is not None:
            self._check(path, self._back_up(path, listed, False))
        os.rename(new.path, path)
        new.path = ""
        if self._fsync:
            sync_directory(os.path.dirname(path))
        return os.fstat(new.descriptor)

    def delete(self, listed: Entry) -> None:
        """Remove a file that is as it was listed; one that is gone is no error. Raises StowageError, OSError."""
        name = listed.name or listed.key
        try:
            self._check_above(name.rpartition("/")[0])
            self._check(f"{self._root}/{name}", listed)
            if self._back_up is not None:
                self._check(f"{self._root}/{name}", self._back_up(f"{self._root}/{name}", listed, True))
            os.unlink(f"{self._root}/{name}")
        except (FileNotFoundError, NotADirectoryError):
            return

    def prune(self, directories: Iterable[str], keep: Container[str]) -> None:
        """Remove directories that deletions left empty, and those above them, never the root nor those to keep."""
        for directory in sorted(directories, reverse=True):
            while directory and directory not in keep:
                try:
                    os.rmdir(f"{self._root}/{directory}")
                except OSError:
                    break
                self._real.discard(directory)
                directory = directory.rpartition("/")[0]

    def clear(self, directory: str) -> None:
        """Remove a directory in which nothing but empty directories is left. Raises StowageError if there is more."""
        for top, folders, files in os.walk(f"{self._root}/{directory}", topdown=False):
            if files or any(os.path.islink(f"{top}/{name}") for name in folders):
                raise StowageError(f"{directory!r} holds what was not listed, so it stays. Run the sync again.")
            os.rmdir(top)

    @staticmethod
    def _check(path: str, listed: Entry | None) -> None:
        try:
            status = os.lstat(path)
        except FileNotFoundError:
            return  # there is nothing that could be lost
        if listed is None or stamp(status) != listed.stamp:
            raise StowageError(_CHANGED)

    def _check_above(self, directory: str) -> None:
        """Nothing is deleted through a link, even one that was put there since the listing."""
        if not directory or directory in self._real:
            return
        path = self._root
        for part in directory.split("/"):
            path = f"{path}/{part}"
            if stat.S_ISLNK(os.lstat(path).st_mode):
                raise StowageError(_CHANGED)
        self._real.add(directory)


def inherit(descriptor: int, path: str) -> None:
    """Give a file the owner, mode and extended attributes (SELinux context, ACL) of the file that is replaced."""
    try:
        old, new = os.lstat(path), os.fstat(descriptor)
    except FileNotFoundError:
        return
    if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, old.st_uid, old.st_gid)
    # After the owner, as a change of owner takes set-user-id away.
    os.fchmod(descriptor, stat.S_IMODE(old.st_mode))
    if not hasattr(os, "listxattr"):
        return  # macOS has them, Python there does not
    with contextlib.suppress(OSError):
        for name in os.listxattr(path, follow_symlinks=False):
            with contextlib.suppress(OSError):
                os.setxattr(descriptor, name, os.getxattr(path, name, follow_symlinks=False))


def sync_directory(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
