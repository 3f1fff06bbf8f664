# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The temporary files of downloads: their names, and whether the run that made one is still there.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets

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
