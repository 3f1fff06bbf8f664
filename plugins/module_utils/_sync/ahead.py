# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A stream read ahead by a thread of its own, so that two listings, and what is decided of them, overlap.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from ansible_collections.stowage.s3.plugins.module_utils._sync.spool import Spool

T = TypeVar("T")
CHUNK = 500  # records handed over at once: a queue for each record would cost more than the record
DEPTH = 16  # chunks that wait


class Ahead(Generic[T]):
    """The same records in the same order; what the stream raises is raised when its turn comes.

    Begins at once. At most DEPTH chunks wait in memory; then the stream waits, or, if `overflow`, goes on into a spool
    that is read when it has ended: one that would otherwise stand still until another stream has been read whole.
    """

    def __init__(self, stream: Iterator[T], *, overflow: bool) -> None:
        self._stream, self._overflow = stream, overflow
        self._chunks: queue.Queue[list[T] | None] = queue.Queue(DEPTH)
        self._rest: Spool[T] = Spool()
        self._spilled = False
        self._stopped = threading.Event()
        self._error: BaseException | None = None
        # A daemon: an abandoned listing must not keep the process from ending.
        self._thread = threading.Thread(target=self._work, name="stowage-ahead", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[T]:
        """Once."""
        while True:
            chunk = self._chunks.get()
            if chunk is None:
                break
            yield from chunk
        self._thread.join()
        yield from self._rest
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """End the stream, wherever it is; one that waits for a server ends when that answers."""
        self._stopped.set()
        with contextlib.suppress(queue.Empty):
            while True:
                self._chunks.get_nowait()
        self._thread.join(timeout=1)
        self._rest.close()

    def _work(self) -> None:
        chunk: list[T] = []
        try:
            for record in self._stream:
                chunk.append(record)
                if len(chunk) == CHUNK:
                    self._hand_over(chunk)
                    chunk = []
                    if self._stopped.is_set():
                        return
        except BaseException as error:  # raised again where the records are read
            self._error = error
        finally:
            close: Any = getattr(self._stream, "close", None)
            if close is not None:
                close()
            self._hand_over(chunk)
            self._hand_over(None)

    def _hand_over(self, chunk: list[T] | None) -> None:
        if self._overflow and chunk and (self._spilled or self._chunks.full()):
            self._spilled = True
            for record in chunk:
                self._rest.append(record)
            return
        while not self._stopped.is_set():
            with contextlib.suppress(queue.Full):
                self._chunks.put(chunk, timeout=1)
                return
