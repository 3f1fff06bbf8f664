# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Two sorted listings, and what was remembered of them, in lock step.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Entry, there


class Keyed(Protocol):
    """Anything that stands under a key."""

    @property
    def key(self) -> str:
        """The key."""


K = TypeVar("K", bound=Keyed)


def pair(source: Iterable[Entry], target: Iterable[Entry]) -> Iterator[tuple[Entry | None, Entry | None]]:
    """Join two streams that are in key order; each key comes once, with None for the side that lacks it."""
    left, right = iter(source), iter(target)
    one, other = next(left, None), next(right, None)
    while one is not None and other is not None:
        if one.key == other.key:
            yield one, other
            one, other = next(left, None), next(right, None)
        elif one.key < other.key:
            yield one, None
            one = next(left, None)
        else:
            yield None, other
            other = next(right, None)
    while one is not None:
        yield one, None
        one = next(left, None)
    while other is not None:
        yield None, other
        other = next(right, None)


def with_rows(
    pairs: Iterable[tuple[Entry | None, Entry | None]], rows: Iterable[K], orphan: Callable[[K], None]
) -> Iterator[tuple[Entry | None, Entry | None, K | None]]:
    """Join the state cache to the pairs; rows whose key neither side has any more go to `orphan`."""
    memory = iter(rows)
    row = next(memory, None)
    for source, target in pairs:
        entry = there(source or target)
        while row is not None and row.key < entry.key:
            orphan(row)
            row = next(memory, None)
        if row is not None and row.key == entry.key:
            yield source, target, row
            row = next(memory, None)
        else:
            yield source, target, None
    while row is not None:
        orphan(row)
        row = next(memory, None)
