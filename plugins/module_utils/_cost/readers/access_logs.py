# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""When each object was last read, as the bucket's server access logs tell it.

Source: "Amazon S3 server access log format" in the S3 user guide. AWS delivers logs within hours, on a best-effort
basis: a record may be missing.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from functools import lru_cache, partial
from types import TracebackType
from typing import IO, NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._cost.readers import files as places
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.files import Files, opened
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3 import answers, documents

PERMISSIONS = places.PERMISSIONS  # on the bucket that the logs are delivered to
EARLIER = 16  # older logs that are looked into, to know whether there were any then
IN_MEMORY = 20_000  # keys that are gathered before they go into the index
LONGEST = 1 << 16  # bytes of a record; keys, referers and agents are user input, but no header is longer
# Both formats of names end so: PREFIX2026-11-25-10-30-59-UNIQUE, PREFIX/account/region/bucket/2026/11/25/2026-...
_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-\d{2}-\d{2}-\d{2}-[0-9A-Z]+\Z")
# The request line may hold quotes, as the client sent them: it ends where the numbers behind it fit.
_RECORD = re.compile(
    rb"\S+ (?P<bucket>\S+) \[(?P<time>[^]]+)\] \S+ \S+ \S+ (?P<operation>\S+) (?P<key>\S+)"
    rb' (?:".*?"|-) (?P<status>\d{3}|-) \S+ (?P<sent>\d+|-) (?P<size>\d+|-) (?:\d+|-) (?:\d+|-)(?:\s|\Z)'
)
# What reads an object's content. Keys of these are URL-encoded twice, other than those of deletions and expirations.
_COPIED = b"REST.COPY.OBJECT_GET"
_READS = (b"REST.GET.OBJECT", b"WEBSITE.GET.OBJECT", _COPIED, b"REST.COPY.PART_GET")
_DONE = (b"200", b"206", b"304")
_DECODE = answers.decoder({"EncodingType": "url"})


class Record(NamedTuple):
    """A record of a log. key: of the object that was read; "" where none was. bytes: that were read of it."""

    bucket: str
    time: float
    key: str = ""
    bytes: int = 0


class Access(NamedTuple):
    """What is known of an object's reads: the time of the last (seconds since 1970), their number, and their bytes."""

    last: float
    gets: int
    bytes: int


def record_of(line: bytes) -> Record | None:
    """Parse a line of a log; None where it is none."""
    found = _RECORD.match(line)
    if not found:
        return None
    try:
        bucket, moment = found["bucket"].decode(), _moment(found["time"].decode())
        if not moment:
            return None
        if found["operation"] not in _READS or found["status"] not in _DONE or found["key"] == b"-":
            return Record(bucket, moment)
        # A copy within S3 sends nothing, and reads it all.
        count = found["size"] if found["operation"] == _COPIED and found["sent"] == b"-" else found["sent"]
        return Record(bucket, moment, _DECODE(_DECODE(found["key"].decode())), 0 if count == b"-" else int(count))
    except UnicodeDecodeError:
        return None


def _moment(text: str) -> float:
    """Seconds since 1970 of "06/Feb/2019:00:00:38 +0000", 0.0 of anything else."""
    minute, seconds = _minute(text[:17]), text[18:20]
    return minute + int(seconds) if minute and text[20:] == " +0000" and seconds.isdecimal() else 0.0


@lru_cache(maxsize=4096)
def _minute(text: str) -> float:
    day, _colon, clock = text.partition(":")
    return documents.http_time(f"_, {day.replace('/', ' ')} {clock}:00 GMT")


class Accesses:
    """The reads of a bucket's objects, by key. On disk where they are many; in one thread.

    first, last: the times of the first and the last record that was read, of whichever operation: an object without an
    access was not read between them. earlier: whether there are older ones, which were left out. unread: lines that are
    no records.
    """

    def __init__(self) -> None:
        # A nameless database is a temporary file of SQLite's own, which it deletes, and which it writes only what does
        # not fit into its cache.
        self._database = sqlite3.connect("")
        self._database.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384;"
            "CREATE TABLE access (key TEXT PRIMARY KEY, last REAL, gets INTEGER, bytes INTEGER) WITHOUT ROWID;"
        )
        self._recent: dict[str, Access] = {}
        self.first, self.last = float("inf"), 0.0
        self.records = self.unread = 0
        self.earlier = False

    def __enter__(self) -> Accesses:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the disk space back."""
        self._database.close()

    def add(self, record: Record) -> None:
        """Take a record of the bucket."""
        self.records += 1
        self.first, self.last = min(self.first, record.time), max(self.last, record.time)
        if not record.key:
            return
        last, gets, size = self._recent.get(record.key, (0.0, 0, 0))
        self._recent[record.key] = Access(max(last, record.time), gets + 1, size + record.bytes)
        if len(self._recent) >= IN_MEMORY:
            self._flush()

    def of(self, key: str) -> Access | None:
        """What is known of an object; None where no read of it is."""
        self._flush()
        row = self._execute("SELECT last, gets, bytes FROM access WHERE key = ?", key).fetchone()
        return Access(*row) if row else None

    def __iter__(self) -> Iterator[tuple[str, Access]]:
        """All that were read, in the order of the keys' UTF-8 bytes."""
        self._flush()
        for key, *access in self._execute("SELECT key, last, gets, bytes FROM access ORDER BY key"):
            yield key, Access(*access)

    def _execute(self, statement: str, *values: str) -> sqlite3.Cursor:
        return self._database.execute(statement, values)

    def _flush(self) -> None:
        if not self._recent:
            return
        rows = sorted((key, *access) for key, access in self._recent.items())
        try:
            self._database.executemany(
                "INSERT INTO access VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
                " last = max(last, excluded.last), gets = gets + excluded.gets, bytes = bytes + excluded.bytes",
                rows,
            )
        except sqlite3.Error as error:
            raise StowageError(
                f"The index of the access logs cannot be kept: {error}. Set TMPDIR to a directory on a disk with space."
            ) from error
        self._recent.clear()


def last_access(files: Files, prefix: str, bucket: str, since: float = 0.0) -> Accesses:
    """The reads of a bucket's objects, as the logs whose names begin with `prefix` tell them.

    since: what was before is left out, and so are logs of earlier days. The caller closes the answer. Raises
    StowageError: also where there are no logs, and none of this bucket.
    """
    accesses = Accesses()
    try:
        count = 0
        for name, file in opened(files, _logs(files, prefix, since, accesses)):
            count += _within(name, since)
            _read(file, accesses, bucket, since)
        if not count or not accesses.records:
            raise _nothing(files, prefix, bucket, count, accesses.unread)
    except BaseException:
        accesses.close()
        raise
    return accesses


def _logs(files: Files, prefix: str, since: float, accesses: Accesses) -> Iterator[str]:
    looked = 0
    for name in files.names(prefix):
        if not _NAME.search(name):
            continue
        if _within(name, since):
            yield name
        elif not accesses.earlier and looked < EARLIER:
            looked += 1
            yield name


def _within(name: str, since: float) -> bool:
    """Whether a log may have records of the time asked for: none is younger than its log."""
    found = _NAME.search(name)
    return found is not None and _day_after(found[1]) > since


@lru_cache(maxsize=4096)
def _day_after(day: str) -> float:
    try:
        return documents.epoch(f"{day}T00:00:00Z") + 86400
    except ValueError:
        return 0.0


def _read(file: IO[bytes], accesses: Accesses, bucket: str, since: float) -> None:
    for line in iter(partial(file.readline, LONGEST), b""):
        record = record_of(line)
        if record is None:
            accesses.unread += bool(line.strip())
        elif record.bucket == bucket:
            if record.time >= since:
                accesses.add(record)
            else:
                accesses.earlier = True


def _nothing(files: Files, prefix: str, bucket: str, count: int, unread: int) -> StowageError:
    place = files.title(prefix)
    if not count:
        return StowageError(
            f"{place}: there are no server access logs of the time asked for. Their names end like"
            " 2026-11-25-10-30-59-0123456789ABCDEF; name the prefix that the bucket's logging has."
        )
    return StowageError(
        f"{place}: in {count} server access logs there is no record of the bucket {bucket!r}, and {unread} lines are"
        " no records. Name the logs of this bucket."
    )
