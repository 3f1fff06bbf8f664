# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""MD5, which S3 has in its ETags, and which some Pythons do not have at all."""

from __future__ import annotations

import hashlib


def new_md5() -> hashlib._Hash | None:
    """A fresh MD5, or None where there is none.

    It compares contents here and secures nothing: that is allowed under FIPS, if it is said. A Python that is built
    or set up without MD5 refuses all the same; then other evidence has to do.
    """
    try:
        return hashlib.md5(usedforsecurity=False)
    except ValueError:
        return None
