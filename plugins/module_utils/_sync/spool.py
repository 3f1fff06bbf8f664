# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Lists that may be longer than memory: kept in memory up to a bound, in an unnamed temporary file above it.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import heapq
import pickle
import tempfile
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import IO, Generic, TypeVar

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Entry

T = TypeVar("T")
CHUNK = 1_000  # records written at once
IN_MEMORY = 20_000  # records; some 10 MB of actions or entries
WIDTH = 32  # runs that are merged at once: each is a file, and holds CHUNK records in memory meanwhile


class Spool(Generic[T]):
    """Append records, then read them back in order, as often as needed.

    The file is unlinked from the start, so that nothing is left behind and nobody else can write to it: that is
    what makes pickle safe here. Appending raises StowageError where the disk is full.
    """

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._limit = in_memory
        self._recent: list[T] = []
        self._file: IO[bytes] | None = None
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, record: T) -> None:
        """Add a record at the end."""
        self._count += 1
        self._recent.append(record)
        if len(self._recent) >= self._limit:
            self._spill()

    def __iter__(self) -> Iterator[T]:
        """Read from the beginning; appending while reading is not supported."""
        if self._file is not None:
            position = 0
            end = self._file.seek(0, 2)
            while position < end:
                # Each read seeks for itself, so that two readers of one spool do not disturb each other.
                self._file.seek(position)
                chunk = pickle.load(self._file)  # noqa: S301 - written by this process alone
                position = self._file.tell()
                yield from chunk
        yield from self._recent

    def close(self) -> None:
        """Give the disk space back."""
        if self._file is not None:
            with contextlib.suppress(OSError):  # what a full disk did not take is not wanted any more
                self._file.close()
            self._file = None
        self._recent, self._count = [], 0

    def _spill(self) -> None:
        try:
            if self._file is None:
                # A file that outlives this method; close() or the end of the process removes it.
                self._file = tempfile.TemporaryFile(prefix="stowage-")  # noqa: SIM115
            self._file.seek(0, 2)
            for start in range(0, len(self._recent), CHUNK):
                pickle.dump(self._recent[start : start + CHUNK], self._file, protocol=5)
            self._file.flush()
        except OSError as error:
            self.close()
            raise StowageError(
                "The temporary directory cannot hold the lists of this sync, some 200 bytes a key:"
                f" {error.strerror or error}. Make room there, or name another one in TMPDIR."
            ) from error
        self._recent = []


def in_key_order(entries: Iterable[Entry], in_memory: int = 50_000, *, keep_equals: bool = False) -> Iterator[Entry]:
    """Sort a listing by key: in memory up to a bound, by merging sorted runs on disk above it.

    Of two entries with one key (a listing during which the object was written) the later one counts, unless
    keep_equals asks for all. The sort is stable.
    """
    runs = _Runs()
    recent: list[Entry] = []
    try:
        for entry in entries:
            recent.append(entry)
            if len(recent) >= in_memory:
                recent.sort(key=itemgetter(0))
                runs.add(recent)
                recent = []
        recent.sort(key=itemgetter(0))
        merged = runs.merged_with(recent)
        yield from merged if keep_equals else _last_of_equals(merged)
    finally:
        runs.close()


class _Runs:
    """Sorted runs on disk. WIDTH of one level become one of the next, so that few files are open at any length."""

    def __init__(self) -> None:
        self._levels: list[list[Spool[Entry]]] = []

    def add(self, entries: Iterable[Entry], level: int = 0) -> None:
        """Store a sorted run, the latest one."""
        run: Spool[Entry] = Spool(in_memory=CHUNK)
        for entry in entries:
            run.append(entry)
        if level == len(self._levels):
            self._levels.append([])
        runs = self._levels[level]
        runs.append(run)
        if len(runs) == WIDTH:
            self.add(heapq.merge(*runs, key=itemgetter(0)), level + 1)
            for run in runs:
                run.close()
            runs.clear()

    def merged_with(self, recent: list[Entry]) -> Iterable[Entry]:
        """All runs and what came last, in order; of equals the earlier one first."""
        if not self._levels:
            return recent
        # What is on a higher level came before what is on a lower one.
        runs = [run for level in reversed(self._levels) for run in level]
        return heapq.merge(*runs, recent, key=itemgetter(0))

    def close(self) -> None:
        """Give the disk space back."""
        for runs in self._levels:
            for run in runs:
                run.close()


def _last_of_equals(entries: Iterable[Entry]) -> Iterator[Entry]:
    previous: Entry | None = None
    for entry in entries:
        if previous is not None and previous.key != entry.key:
            yield previous
        previous = entry
    if previous is not None:
        yield previous
