# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""One object's transition or restore. It succeeds whole, or leaves the object as it was.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping

from ansible_collections.stowage.s3.plugins.module_utils._classes import kept
from ansible_collections.stowage.s3.plugins.module_utils._classes.plan import KEY_OF_ITS_OWN, restore_state
from ansible_collections.stowage.s3.plugins.module_utils._classes.task import Task
from ansible_collections.stowage.s3.plugins.module_utils._errors import S3Error, StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Acl, Head, Lock, Stored
from ansible_collections.stowage.s3.plugins.module_utils._s3.waiting import finish
from ansible_collections.stowage.s3.plugins.module_utils._sync.attempt import Done
from ansible_collections.stowage.s3.plugins.module_utils._sync.attributes import carried
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Action, Verb, there
from ansible_collections.stowage.s3.plugins.module_utils._sync.guards import Changed, Conditions, Guards, Words
from ansible_collections.stowage.s3.plugins.module_utils._sync.parts import Parts
from ansible_collections.stowage.s3.plugins.module_utils._sync.plan import TIERED

WORDS = Words(
    "Run it again",
    "This endpoint {} conditions on copies ({}): what others write to the bucket while this runs may be overwritten"
    " with what was there before. Let nobody else write there meanwhile.",
)
_CHANGED = f"It changed since it was listed, so it stays as it is. {WORDS.changed}."
_MINE = (
    "It belongs to another account ({}) than the bucket, and a copy would belong to who makes it. It stays as it is."
    " Have its owner do it, or set the bucket's object ownership to BucketOwnerEnforced."
)


class Transitions:
    """Executes actions; used by several threads. `replaced` counts versions: deleted, locked, unproven."""

    def __init__(self, task: Task, by_parts: Parts) -> None:
        self._task, self._by_parts = task, by_parts
        self._guards = Guards(task.job, WORDS)
        self._lock = threading.Lock()
        self._carries = True  # whether this endpoint copies an object onto itself with all its metadata
        self.replaced: Counter[str] = Counter()

    @property
    def remarks(self) -> list[str]:
        """What the user has to know of the guards, once."""
        return self._guards.remarks

    def small(self, action: Action) -> bool:
        """Whether an action is so little work that its thread can go on with others while it waits for an answer."""
        return action.size <= self._task.job.largest_copy

    async def run(self, action: Action) -> Done:
        """Execute an action; raises StowageError."""
        if action.verb is Verb.RESTORE:
            return await self._restore(action)
        head, lock, stored = await self._move(action)
        if self._task.facts.versioned and self._task.delete_replaced:
            await self._delete_replaced(action, head, lock, stored)
        return Done(None, True, stored.version_id, stored.source_version_id or head.version_id, stored.etag)

    async def ready(self, action: Action) -> bool:
        """Whether an archived object can be read by now."""
        return restore_state(await self._head(action)) == "restored"

    async def _restore(self, action: Action) -> Done:
        asked, entry, side = there(self._task.restore), there(action.target), self._task.side
        # Out of an archive tier an object comes for good.
        days = 0 if entry.storage_class == TIERED else asked.days
        await side.s3.restore_async(side.remote_key(entry), days=days, tier=asked.tier.capitalize())
        return Done()

    # What is there

    async def _head(self, action: Action) -> Head:
        side = self._task.side
        try:
            head = await side.s3.head_async(side.remote_key(action.key))
        except S3Error as error:
            if error.status == 400:
                raise StowageError(KEY_OF_ITS_OWN) from error
            raise
        listed = there(action.target).etag
        if listed and head.etag != listed:
            raise Changed(_CHANGED)
        return head

    async def _found(self, action: Action) -> tuple[Lock, Acl | None]:
        """What a HEAD does not tell, as far as the bucket has such things."""
        side, facts = self._task.side, self._task.facts
        key = side.remote_key(action.key)
        lock = await side.s3.lock_async(key) if facts.locks else Lock()
        if not facts.owner:
            return lock, None
        acl = await side.s3.acl_async(key)
        if acl.owner != facts.owner:
            raise StowageError(_MINE.format(acl.owner))
        return lock, acl

    # Moving

    async def _move(self, action: Action) -> tuple[Head, Lock, Stored]:
        lock, acl = await self._found(action)
        if self.small(action):
            head = await self._head(action)
            if head.storage_class == action.storage_class:
                return head, lock, Stored(head.etag, head.version_id, head.checksums)  # somebody else did it meanwhile
            headers = kept.said(head, action.storage_class, lock, acl, time.time())
            if self._task.facts.locks:
                headers |= kept.NO_BODY
            return head, lock, await self._copy(action, head, headers)
        return self._copy_by_parts(action, lock, acl)

    async def _copy(self, action: Action, head: Head, headers: Mapping[str, str]) -> Stored:
        side = self._task.side
        bucket, key = side.s3, side.remote_key(action.key)

        async def copy(headers: Mapping[str, str], conditions: Conditions) -> Stored:
            return await bucket.copy_async(
                key, bucket, key, headers, source_if_match=head.etag, unseen=unseen, **conditions._asdict()
            )

        async def send(conditions: Conditions) -> Stored:
            if self._carries:
                try:
                    return await copy(headers, conditions)
                except S3Error as error:
                    # Some servers do not take another class for a change (SeaweedFS). AWS does.
                    if bucket.aws or error.code != "InvalidRequest":
                        raise
                    self._carries = False
            return await copy(kept.replaced(head, headers), conditions)

        async def unseen() -> Stored | None:
            now = await self._made(action, head)
            return None if now is None else Stored(now.etag, now.version_id, now.checksums, head.version_id)

        return await self._guards.write(action, "copy", send)

    async def _made(self, action: Action, before: Head) -> Head | None:
        """The object as it is now, if a copy whose answer did not come was made all the same."""
        side = self._task.side
        now = await side.s3.head_async(side.remote_key(action.key))
        same = now.size == before.size and now.storage_class == action.storage_class != before.storage_class
        return now if same and (now.etag == before.etag or now.version_id != before.version_id) else None

    def _copy_by_parts(self, action: Action, lock: Lock, acl: Acl | None) -> tuple[Head, Lock, Stored]:
        side = self._task.side
        bucket, key = side.s3, side.remote_key(action.key)
        read: list[tuple[Head, Mapping[str, str]]] = []

        def headers_of(head: Head, tags: Mapping[str, str]) -> dict[str, str]:
            read.append((head, tags))
            headers = kept.said(head, action.storage_class, lock, acl, time.time())
            return kept.replaced(head, {**headers, **kept.summed_alike(head)})

        def guarded(complete: Callable[[Conditions], Stored]) -> Stored:
            # Conditions speak of ETags, which do not change with metadata and tags; and a large copy takes its time.
            if _carried(bucket.head(key), bucket.tags(key)) != _carried(*read[0]):
                raise Changed(_CHANGED)

            async def sent(conditions: Conditions) -> Stored:
                return complete(conditions)

            return finish(self._guards.write(action, "", sent))

        stored = self._by_parts.copy(bucket, key, bucket, key, there(action.target).etag, headers_of, guarded)
        return read[0][0], lock, stored

    # What it replaced

    async def _delete_replaced(self, action: Action, before: Head, lock: Lock, stored: Stored) -> None:
        version = stored.source_version_id or before.version_id
        if version == stored.version_id:
            return  # nothing was replaced: a null version is overwritten in its place
        if not version:
            self._count("unproven")
            return
        if kept.is_locked(lock, time.time()):
            self._count("locked")
            return
        side = self._task.side
        key = side.remote_key(action.key)
        if not _proven(before, await side.s3.head_async(key), action.storage_class, stored.version_id):
            self._count("unproven")
            return
        try:
            await side.s3.delete_version_async(key, version)
        except StowageError as error:
            raise StowageError(
                f"It is in {action.storage_class} now, but its version {version} stays: {error}"
            ) from error
        self._count("deleted")

    def _count(self, what: str) -> None:
        with self._lock:
            self.replaced[what] += 1


def _carried(head: Head, tags: Mapping[str, str]) -> tuple[object, ...]:
    """What a copy by parts has to be told, for comparison."""
    return head.version_id, head.etag, head.storage_class, carried(head), dict(tags)


def _proven(before: Head, now: Head, storage_class: str, version: str) -> bool:
    """Whether the present version is a copy of the same content: by a checksum that both have, else by the ETag."""
    if (now.version_id, now.size, now.storage_class) != (version, before.size, storage_class):
        return False
    if before.checksum_type == now.checksum_type:
        common = before.checksums.keys() & now.checksums.keys()
        if common:
            return all(before.checksums[name] == now.checksums[name] for name in common)
    return bool(now.etag) and now.etag == before.etag
