# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Look, decide, do, report: what all modules that configure a bucket share.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from ansible_collections.stowage.s3.plugins.module_utils._bucket.api import Api
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect
from ansible_collections.stowage.s3.plugins.module_utils._bucket.plan import Change, Plan, Wanted, differs
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Document, flatten
from ansible_collections.stowage.s3.plugins.module_utils._errors import S3Error, StowageError
from ansible_collections.stowage.s3.plugins.module_utils._threads import Pool

T = TypeVar("T")


class Unfinished(StowageError):
    """Not every change was made. `tried`: those that were, and the one that failed, if it may have come in part."""

    def __init__(self, message: str, tried: tuple[Change, ...]) -> None:
        super().__init__(message)
        self.tried = tried


AT_ONCE = 24  # reads under way: as many as there are aspects
# Seconds between two looks at whether what was written is there: S3's configurations spread in seconds.
LOOKS = (0.0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8)


def read(api: Api, aspects: Iterable[Aspect]) -> dict[str, Document]:
    """The present configurations by the names of aspects, side by side. Raises StowageError."""
    aspects = list(aspects)
    found = side_by_side([partial(aspect.read, api) for aspect in aspects])
    return {aspect.name: document for aspect, document in zip(aspects, found, strict=True)}


def side_by_side(works: Sequence[Callable[[], T]]) -> list[T]:
    """The results in order; the first error is raised when all have ended."""
    if not works:
        return []
    with Pool(min(AT_ONCE, len(works)), thread_name_prefix="read") as pool:
        return [future.result() for future in [pool.submit(work) for work in works]]


def involved(aspects: Sequence[Aspect], wanted: Wanted) -> list[Aspect]:
    """The aspects that have to be read: those that the task speaks of, and what their rules look at."""
    spoken = {aspect.name for aspect in aspects if wanted.speaks_of(aspect)}
    needed = {name for aspect in aspects if aspect.name in spoken for name in aspect.needs}
    return [aspect for aspect in aspects if aspect.name in spoken | needed]


def apply(
    api: Api, plan: Plan, extra: Mapping[str, Mapping[str, Any]], sleep: Callable[[float], None] = time.sleep
) -> None:
    """Write every change, then look until all are there. `extra`: more keywords, by the names of aspects.

    Raises Unfinished: refused by S3, or another value is there in the end.
    """
    for number, change in enumerate(plan.changes):
        try:
            change.aspect.write(api, change.old, change.new, extra.get(change.aspect.name, {}))
        except StowageError as error:
            done = ", ".join(each.aspect.name for each in plan.changes[:number])
            told = f" Before that these were changed: {done}." if done else ""
            # What S3 refused it did not do; of an answer that did not come nobody knows.
            undone = change.aspect.whole and isinstance(error, S3Error)
            tried = plan.changes[:number] if undone else plan.changes[: number + 1]
            raise Unfinished(f"{change.aspect.name}: {error}{told}", tried) from error
    left = list(plan.changes)
    for pause in LOOKS:
        sleep(pause)
        try:
            found = read(api, [change.aspect for change in left])
        except StowageError as error:
            names = ", ".join(change.aspect.name for change in left)
            raise Unfinished(
                f"{names}: written, and the look whether it is there failed: {error}", plan.changes
            ) from error
        left = [change for change in left if not _there(change, found[change.aspect.name])]
        if not left:
            return
    raise Unfinished(" ".join(_missing(change, found[change.aspect.name]) for change in left), plan.changes)


def _there(change: Change, found: Document) -> bool:
    return not differs(change.aspect, change.after, flatten(change.aspect.options, found))


def _missing(change: Change, found: Document) -> str:
    return (
        f"{change.aspect.name}: written, and taken, but another value is there. Asked for: {change.after}."
        f" There: {flatten(change.aspect.options, found)}. Either somebody else writes it too, or this endpoint does"
        " not keep all of it: then leave those parts out."
    )
