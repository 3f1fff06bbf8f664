# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Findings as files for people and other tools: which formats there are, how a file is written, and read again.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ansible_collections.stowage.s3.plugins.module_utils._audit.formats import asff, junit, machine, sarif, table
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.about import About
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.machine import Earlier
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.page import whole as page
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._files import absolute, write_for

FORMATS: Mapping[str, Callable[[About], str]] = {
    "asff": asff.render,
    "csv": table.render,
    "html": page.render,
    "json": machine.render,
    "junit": junit.render,
    "sarif": sarif.render,
}


def write(path: str, text: str) -> None:
    """Write a file whole or not at all. Raises StowageError."""
    write_for("output", path, text)


def read(path: str, written: str) -> Earlier | None:
    """An earlier audit; None if this is the first run of a task that writes the same file. Raises StowageError."""
    path = absolute(path)
    try:
        with open(path, encoding="utf-8") as file:
            return machine.read(file.read())
    except FileNotFoundError:
        if written and path == absolute(written):
            return None
        raise _refused(path, "there is no such file, and output.json does not write it") from None
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(path, f"it cannot be read ({error})") from error
    except StowageError as error:
        raise _refused(path, str(error)) from error


def _refused(path: str, why: str) -> StowageError:
    return StowageError(
        f"previous: {path!r}: {why}. Give a file that output.json of an earlier audit wrote, or the one that"
        " output.json of this task writes; or leave previous out."
    )
