# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Conditions on what is written and deleted in a bucket: only over what was listed, only where nothing was.

Source: "Add preconditions to S3 operations with conditional requests" in the S3 user guide. Other servers know some of
it, refuse it, or take it and do not heed it.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._errors import (
    Conflict,
    Denied,
    NotFound,
    S3Error,
    StowageError,
)
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import NotDeleted, Stored
from ansible_collections.stowage.s3.plugins.module_utils._s3.waiting import finish
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Action, Entry, Verb, there
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import Job, Side

NOBODYS = "0" * 32  # an ETag that no object has
TRIAL = 1 << 20  # bytes; the largest body that is sent to try a server
# How servers say that they do not know a header, or an element of a document.
_UNKNOWN = {
    "BadRequest",
    "InvalidArgument",
    "InvalidRequest",
    "MalformedXML",
    "MethodNotAllowed",
    "NotImplemented",
    "NotSupported",
}


class Words(NamedTuple):
    """How a run speaks of what it guards. changed: what is to be done where it changed; unconditional: a remark."""

    changed: str
    unconditional: str


SYNC = Words(
    "Run the sync again",
    "This endpoint {} conditions on writes ({}): what others write to the destination while a sync runs may be"
    " overwritten. Let nobody else write there meanwhile; on_conflict set to overwrite leaves the conditions out.",
)


class Conditions(NamedTuple):
    """What has to hold for a write to happen: the object there has this ETag, or there is none."""

    if_match: str = ""
    if_none_match: bool = False


NONE = Conditions()
_Send = Callable[[Conditions], Coroutine[Any, Any, Stored]]


class Changed(StowageError):
    """Something is not as it was listed (or planned), so it was left as it is."""


class Guards:
    """The conditions of one run; used by several threads. `remarks` says what the user has to know, once."""

    def __init__(self, job: Job, words: Words = SYNC) -> None:
        self._job, self._words = job, words
        self._lock = threading.Lock()
        self._tried: set[str] = set()
        self._unknown = False
        self.remarks: list[str] = []

    @property
    def looks(self) -> bool:
        """Whether every object is looked at before it is touched: a saved plan may be of yesterday, and only AWS is
        sure to heed conditions.
        """
        job = self._job
        return job.applying and job.target.bucket is not None and not job.target.bucket.aws

    async def write(self, action: Action, kind: str, send: _Send) -> Stored:
        """Have `send` store an object if its place is as it was listed. `kind`: put or copy; "" for what is too costly
        to send twice.

        Raises Changed if it is not, and what `send` raises.
        """
        if self.looks:
            await self._look(action)
        wanted = self._wanted(action.target)
        if wanted == NONE:
            return await send(NONE)
        try:
            if kind and self._first(kind):
                stored = await self._trial(kind, send)
                if stored is not None:
                    return stored
            return await send(wanted)
        except S3Error as error:
            if error.code in ("NoSuchBucket", "NoSuchUpload"):
                raise
            if isinstance(error, (Conflict, NotFound)) or error.code == "ConditionalRequestConflict":
                return await self._in_the_way(action, error, send)
            if self._job.target.s3.aws or error.code not in _UNKNOWN:
                raise
            stored = await send(NONE)
            self._refused(error)
            return stored

    def delete(self, actions: Sequence[Action], markers: dict[str, str] | None = None) -> list[NotDeleted]:
        """Delete objects that are as they were listed; gives those that stay, by their whole key.

        `markers`: see the client's.
        """
        side = self._job.target
        stays: list[NotDeleted] = []
        etags: dict[str, str] = {}
        keys: list[str] = []
        for action in actions:
            key = _key(side, action)
            try:
                self.still_extra(action)
            except Changed as error:
                stays.append(NotDeleted(key, "", str(error)))
                continue
            if self.looks and finish(_state(side, key, action.target)) == "other":
                stays.append(NotDeleted(key, "", self._changed("destination")))
                continue
            keys.append(key)
            wanted = self._wanted(action.target)
            if wanted.if_match:
                etags[key] = wanted.if_match
        try:
            refused = side.s3.delete(keys, etags, markers=markers)
        except S3Error as error:
            if not etags or side.s3.aws or error.code not in _UNKNOWN:
                raise
            refused, etags = side.s3.delete(keys, {}, markers=markers), {}
            self._refused(error)
        listed = {_key(side, action): action.target for action in actions} if refused else {}
        for one in refused:
            if one.code == "PreconditionFailed" and one.key in etags:
                stays += self._not_deleted(one.key, listed[one.key])
            elif one.code == "AccessDenied":
                advice = "The credentials need s3:DeleteObject"
                if one.key in etags:
                    advice += (
                        ", and s3:GetObject to see that it is what was listed; without the latter set on_conflict to"
                        " overwrite"
                    )
                stays.append(one._replace(message=f"{one.message}. {advice}."))
            else:
                stays.append(one)
        return stays

    # Guards of saved plans alone, which may be of yesterday; what was listed just now needs none of them.

    def planned(self, action: Action, stamp: bytes) -> None:
        """Raises Changed if a file to be uploaded is not the one that a saved plan speaks of."""
        if self._job.applying and (action.source is None or action.source.stamp != stamp):
            raise Changed(self._changed("source"))

    async def object_as_planned(self, action: Action) -> None:
        """Raises Changed if the source's object is not the one that a saved plan speaks of."""
        side, source = self._job.source, there(action.source)
        if self._job.applying and await _state(side, side.remote_key(source), source) != "same":
            raise Changed(self._changed("source"))

    def still_extra(self, action: Action) -> None:
        """Raises Changed if the source has a key again that a saved plan deletes for the lack of it."""
        side = self._job.source
        if not self._job.applying:
            return
        if side.bucket is None:
            back = os.path.lexists(side.local_path(action.key))
        else:
            back = finish(_state(side, side.remote_key(action.key), None)) != "gone"
        if back:
            raise Changed(
                "The source has it again since the deletion was planned, so it stays as it is. Make a new plan."
            )

    # Conditions

    def _wanted(self, listed: Entry | None) -> Conditions:
        if self._unknown or (self._job.on_conflict == "overwrite" and not self._job.applying):
            return NONE
        # A server that lists no ETags gives nothing to compare.
        return Conditions(if_none_match=True) if listed is None else Conditions(if_match=listed.etag)

    def _first(self, kind: str) -> bool:
        """Whether nobody knows yet if this server heeds conditions on this kind of write."""
        if self._job.target.s3.aws:
            return False
        with self._lock:
            first = kind not in self._tried
            self._tried.add(kind)
            return first

    async def _trial(self, kind: str, send: _Send) -> Stored | None:
        """Whether a condition is heeded shows only when it does not hold: None then, and nothing was stored. Where it
        was not heeded the object is stored, no worse than without any condition.
        """
        try:
            stored = await send(Conditions(if_match=NOBODYS))
        except (Conflict, NotFound):
            return None
        self._remark("does not heed", kind)
        return stored

    def _refused(self, error: S3Error) -> None:
        self._unknown = True
        self._remark("does not know", f"{error.operation}: {error.code}")

    def _remark(self, what: str, detail: str) -> None:
        with self._lock:
            if not self.remarks:
                self.remarks.append(self._words.unconditional.format(what, detail))

    # When a condition did not hold

    async def _in_the_way(self, action: Action, error: S3Error, send: _Send) -> Stored:
        side, listed = self._job.target, action.target
        both = "source or destination" if action.verb in (Verb.COPY, Verb.UPDATE) else "destination"
        if side.s3.aws or await _state(side, _key(side, action), listed) != ("same" if listed else "gone"):
            raise Changed(self._changed(both)) from error
        # The server misjudges (SeaweedFS takes "d" for there where "d/x" is), or lists other ETags than it compares.
        try:
            return await send(NONE)
        except Conflict:
            raise Changed(self._changed(both)) from error

    def _not_deleted(self, key: str, listed: Entry | None) -> list[NotDeleted]:
        side = self._job.target
        state = finish(_state(side, key, listed))
        if state == "gone":
            return []  # perhaps by an earlier attempt, whose answer was lost
        if state == "same" and not side.s3.aws:
            return side.s3.delete([key])
        return [NotDeleted(key, "", self._changed("destination"))]

    async def _look(self, action: Action) -> None:
        """Raises Changed where a saved plan is stale."""
        job = self._job
        if await _state(job.target, _key(job.target, action), action.target) != ("same" if action.target else "gone"):
            raise Changed(self._changed("destination"))
        if action.verb is Verb.COPY:
            await self.object_as_planned(action)

    def _changed(self, side: str) -> str:
        if self._job.applying:
            return f"It changed at the {side} since it was planned, so it stays as it is. Make a new plan."
        if self._words is not SYNC:
            return f"It changed since it was listed, so it stays as it is. {self._words.changed}."
        return f"It changed at the {side} since it was listed, so it stays as it is. {self._words.changed}" + (
            ", or set on_conflict to overwrite." if self._job.on_conflict == "fail" else "."
        )


def _key(side: Side, action: Action) -> str:
    # An object that is there keeps its name, also where another Unicode form stands for the same key.
    return side.remote_key(action.target or action.key)


async def _state(side: Side, key: str, listed: Entry | None) -> str:
    """What became of an object: `same` as it was listed, `gone`, or `other`. Raises StowageError."""
    try:
        head = await side.s3.head_async(key)
    except NotFound as error:
        if error.code == "NoSuchBucket":
            raise
        return "gone"
    except Denied:
        if not await side.s3.absent_async(key):
            raise
        return "gone"
    return "same" if listed is not None and head.etag == listed.etag else "other"
