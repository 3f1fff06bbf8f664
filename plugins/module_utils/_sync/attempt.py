# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What came of one action: what was done, or the failure's text.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import errno
from typing import NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._errors import DESCRIPTORS
from ansible_collections.stowage.s3.plugins.module_utils._s3.stats import Tally
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Action, Row


class Done(NamedTuple):
    """What came of an action: what the state cache may know, and whether a download's bytes could be verified.

    version_id: of what was written (or of a delete marker), source_version_id: of what was read; "" where the bucket
    has no versioning, or S3 does not tell. etag: of what was written, where there is no row to tell it.
    """

    row: Row | None = None
    verified: bool = True
    version_id: str = ""
    source_version_id: str = ""
    etag: str = ""


class Result(NamedTuple):
    """What came of an action. kept: of its backup within S3 or out of it, if there was one."""

    action: Action
    done: Done | None
    error: str
    seconds: float
    tally: Tally | None = None
    kept: Done | None = None


_ROOM = "Make room there, and run the sync again."
_TODO = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EFBIG: _ROOM,
    errno.EMFILE: f"{DESCRIPTORS}.",
    errno.ENFILE: f"{DESCRIPTORS}.",
}


def explain(problem: Exception) -> str:
    """A failure's text for the user."""
    if isinstance(problem, FileNotFoundError):
        return "It vanished while the sync ran. Run the sync again."
    if isinstance(problem, PermissionError):
        return f"{problem.strerror}: {problem.filename or 'the file'}. Grant the permission, or exclude it."
    if isinstance(problem, OSError):
        todo = _TODO.get(problem.errno or 0, "")
        return f"{problem.strerror or problem}: {problem.filename or 'the file'}.{todo and ' '}{todo}"
    return str(problem)
