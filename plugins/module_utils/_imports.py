# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Imports from the archive that Ansible sends a module in, in half the time.

Python compiles what it finds in an archive twice: to learn the name of its file (`get_filename`), and to run it. A
finder that tells the name leaves the former out.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pkgutil import get_importer
from zipimport import zipimporter


class InArchive:
    """Finds what is in an archive, as `zipimport` does, and leaves all else to others."""

    @staticmethod
    def find_spec(fullname: str, path: Sequence[str] | None = None, _target: object = None) -> ModuleSpec | None:
        """Where a module is; None if it is in no archive."""
        for place in path or ():
            importer = get_importer(place)
            if isinstance(importer, zipimporter):
                found = _spec(importer, place, fullname)
                if found:
                    return found
        return None


def _spec(importer: zipimporter, place: str, fullname: str) -> ModuleSpec | None:
    name = fullname.rpartition(".")[2]
    try:
        package = importer.is_package(fullname)
    except ImportError:
        return None
    root = f"{place}/{name}"
    if package:
        return spec_from_file_location(
            fullname, f"{root}/__init__.py", loader=importer, submodule_search_locations=[root]
        )
    return spec_from_file_location(fullname, f"{root}.py", loader=importer)


def compile_once() -> None:
    """From now on. Where this module itself came out of no archive, nothing does."""
    if isinstance(getattr(sys.modules[__name__], "__loader__", None), zipimporter):
        sys.meta_path.insert(0, InArchive)
