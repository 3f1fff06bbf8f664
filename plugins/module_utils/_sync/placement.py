# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Where a key may stand in a local directory: inside it, through no link, and in nobody's way.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import os
import stat
from typing import NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._sync.temporary import TEMPORARY

_RENAME = "Rename the object, or exclude it."


class Place(NamedTuple):
    """What stands at a key's path: `free`, `file`, `directory`, or with an error text `refused`.

    blocker: the key of a file in the place of a directory above (kind `below_file`).
    """

    kind: str
    text: str = ""


FREE = Place("free")


class Placement:
    """Looks at the target directory; remembers which directories were found to be real ones."""

    def __init__(self, root: str) -> None:
        """`root` is resolved; it may not exist yet."""
        self._root = root
        self._good = ""
        self._open: str | None = None
        self._why_closed = ""
        self._longest = os.statvfs(_existing(root)).f_namemax
        self._folded: dict[str, str] | None = {} if _ignores_case(root) else None

    def collides(self, key: str) -> bool:
        """Whether this key, or a directory above it, differs from an earlier one in case alone, where the file system
        knows no case.
        """
        if self._folded is None:
            return False
        at = -1
        while at < len(key):
            at = key.find("/", at + 1)
            at = len(key) if at < 0 else at
            # The first spelling of a name is the one that the directory keeps.
            if self._folded.setdefault(key[:at].casefold(), key[:at]) != key[:at]:
                return True
        return False

    def closed(self, key: str) -> str:
        """Why this user can write nothing into the directory of a key; "" if that may work."""
        directory = key.rstrip("/").rpartition("/")[0]
        if directory != self._open:
            existing = _existing(f"{self._root}/{directory}")
            self._open, self._why_closed = directory, ""
            if not os.access(existing, os.W_OK | os.X_OK):
                self._why_closed = f"Permission denied: {existing}. Grant write permission, or exclude the key."
        return self._why_closed

    def look(self, key: str) -> Place:
        """What stands where a key would be written; nothing is followed and nothing is made."""
        longest = max(len(part.encode()) for part in key.split("/"))
        if longest > self._longest:
            # Asked first: below a directory that is yet to be made, the file system would not tell.
            return Place(
                "refused", f"Its path has a name of {longest} bytes; {self._longest} are allowed here. {_RENAME}"
            )
        directory = key.rstrip("/").rpartition("/")[0]
        if directory != self._good:
            found = self._look_above(directory)
            if found is not FREE:
                return found
            self._good = directory
        return self._look_at(key.rstrip("/"))

    def _look_above(self, directory: str) -> Place:
        path = ""
        for part in directory.split("/"):
            path = f"{path}/{part}" if path else part
            found = self._look_at(path)
            if found.kind == "free":
                return FREE  # nothing below exists either
            if found.kind == "file":
                return Place("below_file", path)
            if found.kind != "directory":
                return found
        return FREE

    def _look_at(self, key: str) -> Place:
        try:
            mode = os.lstat(f"{self._root}/{key}").st_mode
        except FileNotFoundError:
            return FREE
        except OSError as error:
            return Place("refused", f"Its path cannot be used here: {error.strerror}. {_RENAME}")
        if stat.S_ISDIR(mode):
            return Place("directory")
        if stat.S_ISLNK(mode):
            return Place(
                "refused",
                f"{key!r} is a symbolic link here, and nothing is written through a link. Remove it, or exclude it.",
            )
        if stat.S_ISREG(mode):
            return Place("file")
        return Place("refused", f"{key!r} is a special file here. Remove it, or exclude it.")


def unusable(key: str) -> str:
    """Why a key cannot be the name of a file below a directory; "" if it can."""
    if "\0" in key:
        return f"Its key holds a NUL character, which no file name can. {_RENAME}"
    parts = key.split("/")
    if parts[-1] == "":
        parts.pop()  # a directory marker
    if not parts or "" in parts:
        return f"Its key begins with '/' or has an empty path component, which no file name can. {_RENAME}"
    if "." in parts or ".." in parts:
        return f"Its key has a '.' or '..' component and would leave its directory. {_RENAME}"
    if TEMPORARY.match(parts[-1]):
        return f"Its key is a name that the sync keeps for its own temporary files. {_RENAME}"
    return ""


def _existing(path: str) -> str:
    """A path, or the nearest one above it that exists."""
    while not os.path.lexists(path):
        path = os.path.dirname(path)
    return path


def _ignores_case(path: str) -> bool:
    """Whether a path's file system takes `A` for `a`, seen from the nearest directory that exists."""
    path = _existing(path)
    while path != "/":
        parent, name = os.path.split(path)
        other = name.swapcase()
        if other != name:
            try:
                return os.path.samestat(os.lstat(os.path.join(parent, other)), os.lstat(path))
            except OSError:
                return False
        path = parent
    return False
