# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Refreshed prices on disk: one JSON file for each region, written whole or not at all.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import datetime
import json
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._files import write_whole

FORMAT = "stowage-s3-prices/1"
# As AWS names regions; it becomes a part of a path.
_REGION = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")


class Cached(NamedTuple):
    """What was refreshed. dated: when AWS published it; rows: see `prices`."""

    path: str
    dated: datetime.date
    origin: str
    rows: Sequence[Mapping[str, Any]]


def default_dir() -> str:
    """`$XDG_CACHE_HOME/stowage-s3`, by default `~/.cache/stowage-s3` (XDG Base Directory Specification)."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "stowage-s3")


def path_of(region: str, cache_dir: str | None) -> str | None:
    """Where a region's prices are kept; None if it does not look like a region."""
    if not _REGION.fullmatch(region):
        return None
    base = default_dir() if cache_dir is None else os.path.abspath(os.path.expanduser(cache_dir))
    return os.path.join(base, "prices", f"{region}.json")


def read(region: str, cache_dir: str | None) -> tuple[Cached | None, list[str]]:
    """What was refreshed, if anything, and warnings. A file that is broken, or not ours, is none."""
    path = path_of(region, cache_dir)
    if path is None:
        return None, []
    try:
        with open(path, encoding="utf-8") as file:
            return _cached(path, region, json.load(file)), []
    except FileNotFoundError:
        return None, []
    except (OSError, ValueError, RecursionError) as error:
        return None, [not_used(path, region, error)]


def not_used(path: str, region: str, why: object) -> str:
    """The warning of a file that is broken, or not ours."""
    return f"{path}: not used as prices of {region}: {str(why).rstrip('.')}. Refresh the prices, or remove the file."


def _cached(path: str, region: str, content: Any) -> Cached:
    """Raises ValueError if it is not a file of ours."""
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f"it is not a file of format {FORMAT}")
    if content.get("region") != region:
        raise ValueError(f"it holds the prices of {content.get('region')!r}")
    rows = content.get("rows")
    if not isinstance(rows, list) or not isinstance(content.get("origin"), str):
        raise ValueError("it holds no rows, or no origin")
    return Cached(path, datetime.date.fromisoformat(str(content.get("dated"))), content["origin"], rows)


def write(
    region: str, dated: datetime.date, origin: str, rows: Sequence[Mapping[str, Any]], cache_dir: str | None
) -> str:
    """Keep rows; returns the path. Raises StowageError."""
    path = path_of(region, cache_dir)
    if path is None:
        raise StowageError(f"region: {region!r} is not a region of AWS, whose prices could be kept.")
    content = {"format": FORMAT, "region": region, "dated": str(dated), "origin": origin, "rows": list(rows)}
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        write_whole(path, json.dumps(content, indent=1))
    except OSError as error:
        raise StowageError(
            f"The prices cannot be kept in {path!r}: {error.strerror}. Give a cache directory that can be written to."
        ) from error
    return path
