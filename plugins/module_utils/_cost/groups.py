# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Objects by what makes them cost alike, so that any number of them is a few sums. Pure.

Every limit of size that S3 bills by is a power of two: objects between two of those are billed alike, and the sum of
their bytes is all that has to be known of them.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


def least_of(bucket: int) -> int:
    """The smallest size that is in a bucket of sizes, in bytes; a bucket is a size's `bit_length()`."""
    return 1 << (bucket - 1) if bucket else 0


class Sum:
    """objects, and of all of them: size in bytes, early in byte-days that are due if they go now."""

    __slots__ = ("early", "objects", "size")

    def __init__(self) -> None:
        self.objects = self.size = self.early = 0


class Groups(Generic[K]):
    """Sums by a key and a bucket of sizes."""

    def __init__(self) -> None:
        self._sums: dict[tuple[K, int], Sum] = {}

    def add(self, key: K, size: int, *, early: int = 0, count: int = 1) -> None:
        """`count` objects of `size` bytes each; `early` is that of one."""
        place = (key, size.bit_length())
        found = self._sums.get(place)
        if found is None:
            found = self._sums[place] = Sum()
        found.objects += count
        found.size += size * count
        found.early += early * count

    def add_sum(self, key: K, least: int, group: Sum) -> None:
        """Another group's sum, whose smallest size is `least`."""
        found = self._sums.setdefault((key, least.bit_length()), Sum())
        found.objects += group.objects
        found.size += group.size
        found.early += group.early

    def __iter__(self) -> Iterator[tuple[K, int, Sum]]:
        """Key, the smallest size of the bucket in bytes, and the sum; in order."""
        for key, bucket in sorted(self._sums):
            yield key, least_of(bucket), self._sums[key, bucket]

    def __bool__(self) -> bool:
        return bool(self._sums)
