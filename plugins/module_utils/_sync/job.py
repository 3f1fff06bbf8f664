# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""One sync, as asked for: both sides and every option, checked before anything is touched.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket
from ansible_collections.stowage.s3.plugins.module_utils._s3.gate import Gate
from ansible_collections.stowage.s3.plugins.module_utils._s3.limits import Limits, limits
from ansible_collections.stowage.s3.plugins.module_utils._s3.multipart import MAX_SINGLE_COPY, part_size
from ansible_collections.stowage.s3.plugins.module_utils._sync.attributes import Attributes
from ansible_collections.stowage.s3.plugins.module_utils._sync.compress import require
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Direction, Entry, there
from ansible_collections.stowage.s3.plugins.module_utils._sync.filters import Filters

MIN_PART = 5 << 20  # bytes; S3's smallest part
COPY_PART = 256 << 20  # bytes; nothing passes through this machine, so parts may be large
MIN_BANDWIDTH = 16 << 10  # bytes a second
MAX_CONCURRENCY = 256
MIN_REQUESTS, MAX_REQUESTS = 0.1, 1e6  # a second
_BUCKET_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,254}\Z")  # the old us-east-1 rules: older buckets still exist
_SIZE = re.compile(r"(\d+)\s*([KMGT]?)(?:i?B)?\Z", re.IGNORECASE)


class Place(NamedTuple):
    """A source or destination as written: a bucket and key, or a path."""

    text: str
    bucket: str = ""
    key: str = ""
    path: str = ""

    @property
    def remote(self) -> bool:
        """Whether it is in S3."""
        return bool(self.bucket)


@dataclass(frozen=True)
class Side:
    """One side of the sync, opened.

    bucket is None for a local side. prefix: "" or ending in "/". path: absolute, links resolved. only: the one key
    that this side has where a single file is synced.
    """

    text: str
    bucket: Bucket | None = None
    prefix: str = ""
    path: str = ""
    only: str = ""

    @property
    def s3(self) -> Bucket:
        """The bucket of a side that is in S3. Raises TypeError for a local one."""
        return there(self.bucket)

    def remote_key(self, entry_or_key: Entry | str) -> str:
        """The whole key of an object on this side."""
        if isinstance(entry_or_key, str):
            return self.prefix + entry_or_key
        return self.prefix + (entry_or_key.name or entry_or_key.key)

    def local_path(self, entry_or_key: Entry | str) -> str:
        """The path of a file on this side."""
        if self.only:
            return self.path
        if isinstance(entry_or_key, str):
            return f"{self.path}/{entry_or_key}"
        return f"{self.path}/{entry_or_key.name or entry_or_key.key}"


@dataclass(frozen=True)
class Job:
    """Everything that is decided before looking."""

    direction: Direction
    source: Side
    target: Side
    filters: Filters
    attributes: Attributes
    compare: str
    delete: bool
    max_delete: str | None
    allow_empty_source: bool
    symlinks: str
    archived: str
    unicode_form: str
    concurrency: int
    multipart_threshold: int
    fsync: bool
    # concurrency: the most at once; how many it is now, the gate tells.
    look_only: bool = False  # nothing will be executed: every difference is told, and nothing is refused
    largest_copy: int = MAX_SINGLE_COPY
    backup: Job | None = None  # from the target to backup_to: how what is replaced or deleted is kept
    on_conflict: str = "fail"
    applying: bool = False  # a saved plan is executed: whatever it speaks of has to be as it was then

    @property
    def gate(self) -> Gate:
        """What bounds the requests at once; both sides share it."""
        return there(self.source.bucket or self.target.bucket).gate

    @property
    def bulk(self) -> Gate:
        """The same of those that carry much."""
        return there(self.source.bucket or self.target.bucket).bulk


def copy_part_size(size: int) -> int:
    """The bytes of each part but the last when S3 copies an object of `size` bytes by parts."""
    return max(COPY_PART, part_size(size))


def parse_place(option: str, text: str) -> Place:
    """Read `s3://bucket[/prefix]` or a path; raises StowageError."""
    if "\0" in text or not text.strip():
        raise StowageError(f"{option}: {text!r} is no place. Give a path or s3://bucket/prefix.")
    if re.match(r"[sS]3:", text):
        match = re.fullmatch(r"s3://([^/]*)(?:/(.*))?", text, re.DOTALL)
        name = match[1] if match else ""
        if match is None or not (_BUCKET_NAME.match(name) or name.startswith("arn:")):
            raise StowageError(
                f"{option}: {text!r} names no bucket. Write s3://bucket or s3://bucket/prefix, with a bucket name of"
                " 3 to 63 lower-case letters, digits, '.' and '-'."
            )
        if name.startswith("arn:"):
            # An access point's ARN has one slash of its own: arn:...:accesspoint/name.
            point, _slash, key = (match[2] or "").partition("/")
            return Place(text, f"{name}/{point}", key)
        return Place(text, name, match[2] or "")
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]+://", text):
        raise StowageError(f"{option}: {text!r} is neither a path nor in S3. Give a path or s3://bucket/prefix.")
    return Place(text, path=os.path.abspath(os.path.expanduser(text)))


def prefix_of(key: str) -> str:
    """A prefix ends at a "/" boundary, written or not: `app` must never reach `application/`."""
    stripped = key.rstrip("/")
    return stripped + "/" if stripped else ""


def parse_size(option: str, text: str | int) -> int:
    """Bytes from `67108864`, `64M`, `64MiB`; raises StowageError."""
    match = _SIZE.match(str(text).strip())
    if match is None:
        raise StowageError(f"{option}: {text!r} is no size. Give bytes, or a number with K, M or G, such as 64M.")
    return int(match[1]) << (10 * " KMGT".index(match[2].upper() or " "))


def parse_max_delete(text: str | None) -> str | None:
    """Check `max_delete`: a count or a percentage; raises StowageError."""
    if text is None:
        return None
    clean = str(text).strip()
    match = re.fullmatch(r"(\d+)\s*(%?)", clean)
    if match is None or (match[2] and int(match[1]) > 100):
        raise StowageError(
            f"max_delete: {text!r} is neither a count nor a percentage. Give how many deletions are allowed, such as"
            " 20, or which part of the target's keys, from 0% to 100%."
        )
    return match[1] + match[2]


def check_places(source: Place, target: Place) -> None:
    """Refuse pairs that cannot be synced or would feed on themselves; raises StowageError."""
    if not source.remote and not target.remote:
        raise StowageError(
            f"source {source.text!r} and destination {target.text!r} are both local. At least one has to be in S3"
            " (s3://bucket/prefix); for local copies use ansible.builtin.copy or ansible.posix.synchronize."
        )
    if source.remote and target.remote and source.bucket == target.bucket:
        one, other = prefix_of(source.key), prefix_of(target.key)
        if one.startswith(other) or other.startswith(one):
            raise StowageError(
                f"source {source.text!r} and destination {target.text!r} "
                + ("are the same" if one == other else "lie one inside the other")
                + ". Give two prefixes of which neither contains the other."
            )


def check_apart(option: str, place: Place, source: Place, target: Place) -> None:
    """Refuse files of the run's own inside what it syncs; raises StowageError."""
    for side, other in (("source", source), ("destination", target)):
        if contains(other, place):
            raise StowageError(
                f"{option}: {place.text!r} lies inside the {side} {other.text!r}, so the run would sync what it writes"
                f" itself. Give a place outside of it."
            )


def check_numbers(params: Mapping[str, Any]) -> None:
    """Refuse a concurrency, or a number of actions to list, that cannot be; raises StowageError."""
    if params["concurrency"] is not None and not 1 <= params["concurrency"] <= MAX_CONCURRENCY:
        raise StowageError(
            f"concurrency: {params['concurrency']} is given; allowed is 1 to {MAX_CONCURRENCY}. Leave it out to have it"
            " found out."
        )
    if params["max_actions"] < 0:
        raise StowageError(f"max_actions: {params['max_actions']} is given; allowed is 0 (list none) or more.")


def check_owners(params: Mapping[str, Any], *options: str) -> None:
    """Refuse account ids that are none; raises StowageError."""
    for option in options:
        if params[option] is not None and not re.fullmatch(r"[0-9]{12}", params[option]):
            raise StowageError(
                f"{option}: {params[option]!r} is no account. Give the 12 digits of its id (in quotes, or YAML takes a"
                " leading 0 for an octal number), or leave it out."
            )


def log_place(text: str) -> Place:
    """The option `log`; raises StowageError for one in S3."""
    place = parse_place("log", text)
    if place.remote:
        raise StowageError(f"log: {text!r} is in S3, where nothing can be appended. Give a local path.")
    return place


def check_log(place: Place) -> str:
    """The log's path; raises StowageError where no file can be."""
    if not os.path.isdir(os.path.dirname(place.path)) or os.path.isdir(place.path):
        raise StowageError(f"log: {place.text!r} is no file in a directory that exists. Give one that is.")
    return place.path


def contains(outer: Place, inner: Place) -> bool:
    """Whether one place is another, or lies below it."""
    if outer.remote or inner.remote:
        return outer.bucket == inner.bucket and prefix_of(inner.key).startswith(prefix_of(outer.key))
    root = os.path.realpath(outer.path)
    return os.path.commonpath([root, os.path.realpath(inner.path)]) == root


def local_source(place: Place, option: str = "source") -> str:
    """The resolved path of a local source, a directory or one file; raises StowageError if it cannot be read.

    `option`: which one gave the place.
    """
    path = os.path.realpath(place.path)
    if not os.path.lexists(path):
        raise StowageError(
            f"{option}: {place.text!r} does not exist{_where(path)}. Check the path, and that what should be mounted"
            " there is."
        )
    if os.path.isdir(path):
        try:
            with os.scandir(path):
                pass
        except OSError as error:
            raise StowageError(
                f"{option}: {place.text!r} cannot be read: {error.strerror}. Grant read permission to this user."
            ) from error
    elif not os.path.isfile(path):
        raise StowageError(f"{option}: {place.text!r} is neither a directory nor a regular file. Give one of the two.")
    return path


def local_target(place: Place, *, write: bool, option: str = "destination") -> str:
    """The resolved path of a local destination, which may not exist yet; raises StowageError if it cannot be one.

    `write`: or if this user cannot write there. `option`: which one gave the place.
    """
    path = os.path.realpath(place.path)
    if os.path.lexists(path) and not os.path.isdir(path):
        raise StowageError(f"{option}: {place.text!r} exists and is no directory. Give a directory.")
    existing = path
    while not os.path.lexists(existing):
        existing = os.path.dirname(existing)
    if not os.path.isdir(existing) or (write and not os.access(existing, os.W_OK | os.X_OK | os.R_OK)):
        raise StowageError(
            f"{option}: {place.text!r} cannot be written, as {existing} does not let this user. Grant write"
            " permission, or give another directory."
        )
    return path


def attributes_of(params: Mapping[str, Any], direction: Direction) -> Attributes:
    """The rules and writing options of a module's parameters; raises StowageError."""
    rules = params.get("rules") or ()
    attributes = Attributes(
        rules,
        form=params.get("unicode_form") or "",
        storage_class=params.get("storage_class"),
        encryption=params.get("encryption"),
        encryption_key_id=params.get("encryption_key_id"),
        acl=params.get("acl"),
        # What is copied within S3, or comes from there, is compressed already or is not.
        compress=direction is Direction.UP,
    )
    if direction is Direction.UP:
        for number, rule in enumerate(rules):
            require(rule.get("compress") or "", f"rules[{number}].compress")
    return attributes


def limits_of(params: Mapping[str, Any]) -> Limits:
    """The limits of a module's parameters; raises StowageError."""
    text, requests = params.get("max_bandwidth"), params.get("max_requests_per_second")
    bandwidth = None
    if text is not None:
        bandwidth = parse_size("max_bandwidth", text)
        if bandwidth < MIN_BANDWIDTH:
            raise StowageError(
                f"max_bandwidth: {text!r} is given; allowed are {MIN_BANDWIDTH} bytes a second (16K) and more, as"
                " connections that move less are given up. Give more, or leave it out for no limit."
            )
    if requests is not None and not MIN_REQUESTS <= requests <= MAX_REQUESTS:
        raise StowageError(
            f"max_requests_per_second: {requests:g} is given; allowed is {MIN_REQUESTS:g} to {MAX_REQUESTS:g}. Give a"
            " number in between, or leave it out for no limit."
        )
    return limits(bandwidth, requests)


def _where(path: str) -> str:
    parent = os.path.dirname(path)
    while not os.path.lexists(parent):
        parent = os.path.dirname(parent)
    return f" (of that path, {parent} does)"
