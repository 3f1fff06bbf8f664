# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Files that a task leaves: whole, or not at all.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import os
import secrets

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError


def absolute(path: str) -> str:
    """A path as a user gives it, in full."""
    return os.path.abspath(os.path.expanduser(path))


def write_whole(path: str, text: str) -> None:
    """Write a text in place of what is there. Raises OSError, UnicodeEncodeError; nothing has changed then."""
    part = os.path.join(os.path.dirname(path), f".stowage-{secrets.token_hex(8)}.part")
    try:
        with open(part, "x", encoding="utf-8", newline="") as file:
            file.write(text)
        os.replace(part, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(part)


def write_for(option: str, path: str, text: str) -> None:
    """The same at the path of an option. Raises StowageError."""
    path = absolute(path)
    try:
        write_whole(path, text)
    except OSError as error:
        raise StowageError(
            f"{option}: {path!r} cannot be written: {error.strerror}. Give a file in a directory that exists and can be"
            " written to."
        ) from error
