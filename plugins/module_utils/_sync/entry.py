# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The values that flow through a sync: what was listed, what was decided, what failed.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

_STAMP = struct.Struct("<QQQqq")
STAMP_SIZE = _STAMP.size


class Verb(str, Enum):
    """What is done with one key."""

    UPLOAD = "upload"
    DOWNLOAD = "download"
    COPY = "copy"
    UPDATE = "update"
    DELETE = "delete"
    SKIP = "skip"
    # These two are none of a sync's: another storage class and nothing else, and a readable copy of what is archived.
    TRANSITION = "transition"
    RESTORE = "restore"


SYNCED = (Verb.UPLOAD, Verb.DOWNLOAD, Verb.COPY, Verb.UPDATE, Verb.DELETE, Verb.SKIP)


class Direction(Enum):
    """Which side is S3; the value is the verb of a transfer."""

    UP = Verb.UPLOAD
    DOWN = Verb.DOWNLOAD
    ACROSS = Verb.COPY


class Entry(NamedTuple):
    """One file or object as its listing showed it.

    A NamedTuple, since a run makes millions of them and a frozen dataclass costs four times as much to make.

    key: relative to the root, "/"-separated. Python compares strings by code point, which is the order of their
        UTF-8 bytes, and so the order in which S3 lists.
    size: bytes. modified: seconds since the epoch. etag: without quotes.
    stamp: of a local file, what stat says of its identity and state; empty for an object.
    name: the name on this side where it is not the key (another Unicode form).
    restored: of an archived object, whether a readable copy exists now; None if the listing does not tell.
    """

    key: str
    size: int
    modified: float
    etag: str = ""
    storage_class: str = ""
    stamp: bytes = b""
    name: str = ""
    restored: bool | None = None


# From a tuple of all eight fields: the class's own constructor is written in Python and takes three times as long.
entry_of: Callable[[tuple[Any, ...]], Entry] = partial(tuple.__new__, Entry)


class Row(NamedTuple):
    """What the state cache remembers of one key: both sides held this content when it was written.

    stamp: of the local file (entry.stamp), or the source's ETag between buckets. digest: SHA-256 of the content, empty
    if it was never seen (a server-side copy). attributes: digest of what the rules asked. etag: the target's, or
    between a directory and a bucket the object's. clean: the stamp can be trusted to show any later change.
    proven: the content was compared; else sameness was taken from times.
    """

    key: str
    stamp: bytes
    digest: bytes
    attributes: bytes
    etag: str
    clean: bool
    proven: bool


class Action(NamedTuple):
    """One decision: what happens to a key, and why.

    row: what the state cache will know once it is done, where the plan knows it already. storage_class: the one that
    the object gets, where nothing else of it changes.
    """

    verb: Verb
    key: str
    size: int
    reason: str
    source: Entry | None = None
    target: Entry | None = None
    row: Row | None = None
    storage_class: str = ""

    def public(self) -> dict[str, str | int]:
        """The form in which results, diffs and plans show an action."""
        shown = {"verb": self.verb.value, "key": self.key, "size": self.size, "reason": self.reason}
        if self.storage_class:
            shown |= {"from": there(self.target).storage_class, "to": self.storage_class}
        return shown


class Problem(NamedTuple):
    """A key that cannot be synced, and what to do about it."""

    key: str
    verb: str
    error: str

    def public(self) -> dict[str, str]:
        """The form in which results show a failure: printable text, whatever bytes a name has."""
        return {"key": printable(self.key), "verb": self.verb, "error": printable(self.error)}


def stamp(status: os.stat_result) -> bytes:
    """Pack device, inode, size, mtime and ctime (ns): equal stamps mean that nobody touched the file in between.

    ctime is in it because mtime can be set back by anyone, ctime by nobody.
    """
    return _STAMP.pack(
        status.st_dev, status.st_ino, status.st_size, _wrapped(status.st_mtime_ns), _wrapped(status.st_ctime_ns)
    )


def size_of(stamped: bytes, default: int) -> int:
    """The size that a stamp holds, in bytes; the default for what is no stamp."""
    return int(_STAMP.unpack(stamped)[2]) if len(stamped) == _STAMP.size else default


def _wrapped(nanoseconds: int) -> int:
    """As 64 bits with a sign, which reach from 1677 to 2262: a file's times may lie beyond."""
    return (nanoseconds + (1 << 63)) % (1 << 64) - (1 << 63)


def there(value: T | None) -> T:
    """A value that the code before made sure of, where types cannot tell. Raises TypeError: a fault of this code."""
    if value is None:
        raise TypeError("a value that must be there is not")
    return value


def printable(text: str) -> str:
    """Undecodable bytes of a file name (surrogates) as backslash escapes, so that JSON and terminals take the text."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
