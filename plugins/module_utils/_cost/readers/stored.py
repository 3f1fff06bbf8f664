# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is stored, as all readers tell it. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import NamedTuple

CURRENT, NONCURRENT, UPLOAD = "current", "noncurrent", "upload"


def day_of(seconds: float) -> str:
    """The day in UTC, such as 2026-11-25, of a moment in seconds since 1970."""
    return datetime.fromtimestamp(seconds, timezone.utc).date().isoformat()


class Stored(NamedTuple):
    """One thing that takes storage: an object, a noncurrent version of one, or an unfinished upload.

    size: an upload's is that of the parts that have arrived. storage_class: an upload's is the class that the object is
    to have. modified: when it was written or begun, in seconds since 1970. tier: of INTELLIGENT_TIERING, as in
    classes.TIERS, where the source tells. encryption: SSE-S3, SSE-KMS, DSSE-KMS, SSE-C or NOT-SSE, where the source
    tells. since: when a version became noncurrent; 0.0 where it is not known.
    """

    key: str
    size: int
    storage_class: str
    modified: float
    state: str = CURRENT
    tier: str = ""
    encryption: str = ""
    since: float = 0.0
