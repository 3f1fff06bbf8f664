# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Temporary files of downloads and scratch directories: their names, and whether the run that made one is still there.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
import stat
import tempfile
from collections.abc import Iterator

TEMPORARY = re.compile(r"\.stowage-[0-9a-f]{16}\.part\Z")
AGE = 24 * 3600  # seconds after which one is left behind, where the file system has no locks that could tell


def create(directory: str) -> tuple[int, str]:
    """Make one; returns its descriptor, which holds a lock as long as this process lives, and its path."""
    path = f"{directory}/.stowage-{secrets.token_hex(8)}.part"
    # 0666 less the umask, as any program makes a file; mkstemp's 0600 would shut others out.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
    with contextlib.suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return descriptor, path


def left_behind(path: str, now: float) -> bool:
    """Whether no run will finish this one: it was made before `now`, and nobody holds its lock. Raises OSError."""
    status = os.lstat(path)
    if status.st_mtime < now - AGE:
        return True
    if status.st_mtime >= now:
        return False
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        # The kernel lets go of a lock however its owner ends. Where there are no locks this raises, and age must tell.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(descriptor)
    return True


# Scratch is a directory in TMPDIR, with files of known names. Its run holds a lock on it, and it has the second name
# only once it is locked.
_MADE, _LOCKED = "stowage-new-", "stowage-state-"
_SCRATCH = re.compile(_LOCKED + r"[0-9a-f]{16}\Z")
_FILES = re.compile(r"[0-9a-f]{32}\.sqlite3(-journal|\.lock)?\Z")


@contextlib.contextmanager
def scratch() -> Iterator[str]:
    """A directory of this run alone, which is removed at the end; the lock of a run that is killed ends with it.

    Raises OSError.
    """
    path = tempfile.mkdtemp(prefix=_MADE)
    descriptor = -1
    try:
        descriptor = _open_directory(path)
        # The lock first, then the name: there is no moment at which another run could take it for left behind. Where
        # there are no locks it keeps the name that nobody looks for.
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            name = os.path.join(os.path.dirname(path), _LOCKED + secrets.token_hex(8))
            os.rename(path, name)
            path = name
        yield path
    finally:
        _clear(path, descriptor)
        if descriptor >= 0:
            os.close(descriptor)


def sweep() -> None:
    """Remove the scratch that runs of this user left behind which were killed; whatever is not surely that stays."""
    place = tempfile.gettempdir()
    with contextlib.suppress(OSError):
        for name in filter(_SCRATCH.match, os.listdir(place)):
            with contextlib.suppress(OSError):
                _sweep_one(os.path.join(place, name))


def _sweep_one(path: str) -> None:
    descriptor = _open_directory(path)
    try:
        status = os.fstat(descriptor)
        if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o077:
            return  # mkdtemp makes none that others may enter
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _clear(path, descriptor)
    finally:
        os.close(descriptor)


def _open_directory(path: str) -> int:
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_DIRECTORY)


def _clear(path: str, descriptor: int) -> None:
    """Remove the files that are ours, and the directory if it is empty then."""
    with contextlib.suppress(OSError):
        for name in filter(_FILES.match, os.listdir(descriptor) if descriptor >= 0 else ()):
            os.unlink(name, dir_fd=descriptor)
        os.rmdir(path)
