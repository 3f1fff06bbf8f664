# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The state cache: what both sides were known to hold, so that the unchanged costs neither a hash nor a request.

It must never lie. A row is written after a transfer or a comparison has succeeded, never before; it names both
sides' state, and each side is compared with it again before it is believed. So a crash, a lost cache, or the cache
of another day cost time, never a wrong "same".

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._errors import Conflict, Denied, NotFound, StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import FileSlice, Head
from ansible_collections.stowage.s3.plugins.module_utils._s3.wire import Reader
from ansible_collections.stowage.s3.plugins.module_utils._sync.digests import BLOCK
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Row, there
from ansible_collections.stowage.s3.plugins.module_utils._sync.notes import Notes
from ansible_collections.stowage.s3.plugins.module_utils._sync.temporary import scratch, sweep

VERSION = 1
FOLDERS = ("cache", "runs", "uploads")  # what a state directory holds
BATCH = 1_000  # rows a transaction
_SCHEMA = """
CREATE TABLE IF NOT EXISTS identity (version INTEGER NOT NULL, text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS known (
    key TEXT PRIMARY KEY, stamp BLOB NOT NULL, digest BLOB NOT NULL, attributes BLOB NOT NULL,
    etag TEXT NOT NULL, clean INTEGER NOT NULL, proven INTEGER NOT NULL
) WITHOUT ROWID;
"""
# Of the columns, as SQLite gives them; damage may show as another type, or as text that is not UTF-8.
_TYPES = (str, bytes, bytes, bytes, str, int, int)
_UNREADABLE = (sqlite3.Error, UnicodeDecodeError)


def identity(**sides: Any) -> str:
    """One text for one pair of roots: endpoint, buckets, prefixes, local root, Unicode form."""
    return json.dumps(sides, sort_keys=True, ensure_ascii=True)


def pair_name(wanted: str) -> str:
    """The name that a pair's files have in the state directory; `wanted` is its identity."""
    return hashlib.sha256(wanted.encode()).hexdigest()[:32]


def default_state_dir() -> str:
    """`$XDG_STATE_HOME/stowage-s3`, by default `~/.local/state/stowage-s3` (XDG Base Directory Specification)."""
    base = os.environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(base, "stowage-s3")


def take_lock(path: str, doing: str) -> int:
    """A descriptor that holds a lock until it is closed. `doing`: what another run that holds it does.

    Raises StowageError where one does, OSError.
    """
    # flock is released by the kernel however the process ends, so no stale lock can stay.
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise StowageError(
            f"Another run {doing} (it holds {path}). Wait for it to end, or see why it hangs; two at once would undo"
            " each other's work."
        ) from error
    except OSError:
        os.close(lock)
        raise
    return lock


class Cache:
    """The rows of one pair of roots, in SQLite.

    Opened for reading only in check mode: then nothing is made, locked or written, and an unreadable cache is no cache.
    """

    def __init__(self, path: str, wanted: str, *, write: bool) -> None:
        """Raises StowageError if another run holds this pair, or the directory cannot be written."""
        self.path, self._write = path, write
        self._pending: list[Row] = []
        self._gone: list[tuple[str]] = []
        self._lock: int | None = None
        self._database: sqlite3.Connection | None = None
        self.changed, self.failure = False, ""
        try:
            if write:
                os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
                self._lock = take_lock(f"{path}.lock", "is syncing the same source and destination")
            self._database = self._open(wanted)
        except OSError as error:
            self.close()
            raise StowageError(
                f"state_dir: {error.filename or path} cannot be used: {error.strerror}. Give a directory that this user"
                " can write, on a disk with space and file locks."
            ) from error
        except BaseException:
            self.close()
            raise

    def rows(self) -> Iterator[Row]:
        """All rows in key order; SQLite compares TEXT by its UTF-8 bytes, which is S3's order.

        Where damage shows they end early, and `failure` tells: less is known then, and nothing wrong.
        """
        # By batches, each a query of its own: one long read would keep a run beside a check mode from writing. What is
        # written in between is as true as what was there before.
        query = (
            "SELECT key, stamp, digest, attributes, etag, clean, proven FROM known WHERE key > ? ORDER BY key LIMIT ?"
        )
        last = ""
        while self._database is not None:
            try:
                batch = self._database.execute(query, (last, BATCH)).fetchall()
            except _UNREADABLE as error:
                self._abandon(str(error))
                return
            for values in batch:
                if tuple(map(type, values)) != _TYPES or values[0] <= last:
                    self._abandon("it is damaged")
                    return
                last = values[0]
                key, stamp, digest, attributes, etag, clean, proven = values
                yield Row(key, stamp, digest, attributes, etag, bool(clean), bool(proven))
            if len(batch) < BATCH:
                return

    def splits(self, distance: int) -> list[str]:
        """Keys that cut what was known into ranges of so many rows; none where there is but one range."""
        query = (
            "SELECT key FROM (SELECT key, row_number() OVER (ORDER BY key) AS number FROM known)"
            " WHERE number % ? = 0 ORDER BY key"
        )
        try:
            found = self._database.execute(query, (distance,)).fetchall() if self._database is not None else []
        except _UNREADABLE:
            return []  # `rows` will tell
        return [key for (key,) in found if isinstance(key, str)]

    def put(self, row: Row) -> None:
        """Remember a row (written in batches)."""
        if self._database is None:
            return
        self._pending.append(row)
        if len(self._pending) >= BATCH:
            self.flush()

    def drop(self, key: str) -> None:
        """Forget a key."""
        if self._database is None:
            return
        self._gone.append((key,))
        if len(self._gone) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what is pending, in one transaction. Where that fails (a full disk), the run goes on without a cache:
        what stands in it stays true, and `failure` says what happened.
        """
        if self._database is None or not (self._pending or self._gone):
            return
        try:
            with self._database:
                self._database.executemany("DELETE FROM known WHERE key = ?", self._gone)
                self._database.executemany("REPLACE INTO known VALUES (?, ?, ?, ?, ?, ?, ?)", self._pending)
        except sqlite3.Error as error:
            self.failure = str(error)
            self._shut()
        self._pending, self._gone = [], []

    def close(self) -> None:
        """Write what is pending and let go of the lock."""
        try:
            if self._write:
                self.flush()
            self._shut()
        finally:
            if self._lock is not None:
                os.close(self._lock)
                self._lock = None

    def __enter__(self) -> Cache:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _shut(self) -> None:
        if self._database is not None:
            self.changed = self._database.total_changes > 0
            self._database.close()
            self._database = None

    def _abandon(self, failure: str) -> None:
        """Give a damaged cache up; the next run begins a new one."""
        self.failure = failure
        self._shut()
        if self._write:
            self._remove()

    def _remove(self) -> None:
        for path in (self.path, self.path + "-journal"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)

    def _open(self, wanted: str) -> sqlite3.Connection | None:
        if not self._write and not os.path.exists(self.path):
            return None
        try:
            return self._connect(wanted)
        except _UNREADABLE:
            if not self._write:
                return None
        # A damaged cache is worth nothing and costs one run's hashing: begin anew.
        self._remove()
        try:
            return self._connect(wanted)
        except sqlite3.Error as error:
            raise StowageError(
                f"state_dir: the state cache {self.path} cannot be written: {error}. Give a directory on a disk with"
                " space and file locks, or see to its permissions."
            ) from error

    def _connect(self, wanted: str) -> sqlite3.Connection:
        if self._write:
            # Made by us first, so that nobody else can read the names in it.
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            # All work of the main thread; sqlite3 itself refuses other threads.
            database = sqlite3.connect(self.path, timeout=30)
        else:
            database = sqlite3.connect(f"file:{_uri(self.path)}?mode=ro", uri=True, timeout=30)
        try:
            if self._write:
                # No waiting for the disk, which takes longer than a small sync: rows are proved again before they are
                # believed, so what a power failure leaves of them costs time alone.
                database.execute("PRAGMA synchronous = OFF")
                database.executescript(_SCHEMA)
            found = database.execute("SELECT version, text FROM identity").fetchall()
            if found != [(VERSION, wanted)]:
                if not self._write:
                    raise sqlite3.DatabaseError("of another pair or version")
                with database:
                    database.execute("DELETE FROM identity")
                    database.execute("DELETE FROM known")
                    database.execute("INSERT INTO identity VALUES (?, ?)", (VERSION, wanted))
            # Damage must show now, not in the middle of planning.
            if database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("damaged")
        except BaseException:
            database.close()
            raise
        return database


def _uri(path: str) -> str:
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")


class State:
    """`state_dir`: a directory, or a prefix in S3 for runners that keep nothing themselves."""

    def __init__(self, directory: str, bucket: Bucket | None, prefix: str, warn: Callable[[str], None]) -> None:
        """Either directory, or bucket and prefix ("" or ending in "/"); warn takes a sentence for the user."""
        self.directory, self._bucket, self._prefix, self._warn = directory, bucket, prefix, warn

    @contextlib.contextmanager
    def cache(self, wanted: str, *, write: bool) -> Iterator[Cache]:
        """The cache of one pair; under S3 it is fetched first, and put back if nobody else has put it meanwhile."""
        name = pair_name(wanted) + ".sqlite3"
        if self._bucket is None:
            with self._opened(os.path.join(self.directory, "cache", name), wanted, write=write) as cache:
                yield cache
            return
        key = f"{self._prefix}cache/{name}"
        if write:
            sweep()
        with scratch() as place:
            path = os.path.join(place, name)
            etag = self._fetch(key, path)
            with self._opened(path, wanted, write=write) as cache:
                yield cache
            if cache.changed:
                self._give_back(key, path, etag)

    @contextlib.contextmanager
    def _opened(self, path: str, wanted: str, *, write: bool) -> Iterator[Cache]:
        cache = Cache(path, wanted, write=write)
        try:
            with cache:
                yield cache
        finally:
            if cache.failure:
                self._warn(
                    f"The state cache {cache.path} could not be used to the end: {cache.failure}. The sync itself does"
                    " not need it; the next run compares more. See that its disk is sound, has space and file locks."
                )

    def notes(self, kind: str, wanted: str) -> Notes:
        """The notes of one kind about one pair."""
        folder = os.path.join(self.directory, kind, pair_name(wanted))
        return Notes(folder, self._bucket, f"{self._prefix}{kind}/{pair_name(wanted)}/", self._warn)

    @contextlib.contextmanager
    def locked(self, kind: str, wanted: str, doing: str) -> Iterator[None]:
        """Keep other runs away from the notes of one kind about one pair. `doing`: what those would do.

        Under S3 nothing can be locked. Raises StowageError where another run is there.
        """
        if self._bucket is not None:
            yield
            return
        folder = os.path.join(self.directory, kind)
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            lock = take_lock(os.path.join(folder, f"{pair_name(wanted)}.lock"), doing)
        except OSError as error:
            raise StowageError(
                f"state_dir: {error.filename or folder} cannot be used: {error.strerror}. Give a directory that this"
                " user can write, on a disk with space and file locks."
            ) from error
        try:
            yield
        finally:
            os.close(lock)

    def check(self) -> None:
        """Whether the state can be kept there at all; raises StowageError, S3Error."""
        if self._bucket is not None:
            self._bucket.check(f"{self._prefix}runs/")

    def record(self, run_id: str, record: dict[str, Any]) -> str:
        """Store a run's record; returns where it stands. Raises S3Error, StowageError."""
        body = json.dumps(record, indent=2, sort_keys=True).encode() + b"\n"
        if self._bucket is not None:
            key = f"{self._prefix}runs/{run_id}.json"
            self._bucket.put(key, body, {"content-type": "application/json"})
            return f"s3://{self._bucket.name}/{key}"
        folder = os.path.join(self.directory, "runs")
        path, part = os.path.join(folder, f"{run_id}.json"), os.path.join(folder, f".{run_id}.part")
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            # A run that is killed here leaves no half record under a name that readers look for.
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
                file.write(body)
            os.rename(part, path)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.unlink(part)
            raise StowageError(
                f"state_dir: {path} cannot be written: {error.strerror}. Give a directory that can."
            ) from error
        return path

    def try_record(self, run_id: str, record: dict[str, Any]) -> str:
        """The same; a record that cannot be stored is a warning, since the work itself is done."""
        try:
            return self.record(run_id, record)
        except StowageError as error:
            self._warn(f"The run's record could not be stored: {error}")
            return ""

    def _fetch(self, key: str, path: str) -> str:
        def save(head: Head, reader: Reader) -> str:
            with open(path, "wb") as file:
                while True:
                    block = reader.read(BLOCK)
                    if not block:
                        return head.etag
                    file.write(block)

        try:
            return there(self._bucket).get(key, save)
        except NotFound as error:
            if error.code == "NoSuchBucket":
                raise
        except Denied:
            if not there(self._bucket).absent(key):
                raise
        return ""

    def _give_back(self, key: str, path: str, etag: str) -> None:
        """Two runs may have fetched the same cache: S3 refuses the second to put it, which loses its own rows alone."""
        bucket = there(self._bucket)
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            body = FileSlice(descriptor, 0, os.fstat(descriptor).st_size)
            bucket.put(key, body, {}, if_match=etag, if_none_match=not etag)
        except Conflict:
            self._warn(
                f"The state cache s3://{bucket.name}/{key} was written by another run in the meantime; its version"
                " stays. The next run compares what this one changed once more."
            )
        except StowageError as error:
            self._warn(f"The state cache could not be put back, so the next run compares more: {error}")
        finally:
            os.close(descriptor)
