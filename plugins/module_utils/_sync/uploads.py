# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The multipart uploads that are under way, written down so that a run that is killed is resumed by the next.

Only what stands here is ours: other uploads in the bucket, be it of the same key, are never touched.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Upload
from ansible_collections.stowage.s3.plugins.module_utils._sync.notes import Notes

VERSION = 1


@dataclass(frozen=True)
class Pending:
    """An upload under way.

    key: the whole key. checksum: see values.Upload. part_size: bytes. content: what the upload is of, as text that
    is equal for equal file, state and headers; "" for a copy, which is never resumed.
    """

    key: str
    upload_id: str
    checksum: str
    part_size: int
    content: str

    @property
    def upload(self) -> Upload:
        """As the client gave it."""
        return Upload(self.upload_id, self.checksum)


class Uploads:
    """Those of one pair of roots; used by several threads. What an earlier run left is taken, or aborted at the end."""

    def __init__(self, notes: Notes, bucket: Bucket, prefix: str) -> None:
        """`notes`: where they are kept; `bucket` and `prefix`: where they go."""
        self._notes, self._bucket = notes, bucket
        self._left: dict[str, Pending] = {}
        for body in notes.read():
            pending = _parse(body)
            # Whatever somebody wrote there: nothing outside of the target is touched for it.
            if pending is not None and pending.key.startswith(prefix):
                self._left[pending.key] = pending

    def take(self, key: str) -> Pending | None:
        """What an earlier run left of this key; to be resumed or aborted by the caller."""
        return self._left.pop(key, None)

    def save(self, pending: Pending) -> bool:
        """Write an upload down before its first part is sent; whether that worked."""
        body = json.dumps({"version": VERSION, **dataclasses.asdict(pending)}).encode()
        return self._notes.write(_name(pending.key), body)

    def done(self, key: str) -> None:
        """It was completed or aborted."""
        self._notes.remove(_name(key))

    def abort(self, key: str, upload_id: str) -> None:
        """Give an upload up. Where even that fails it stays written down, for the next run to abort."""
        try:
            self._bucket.abort_upload(key, upload_id)
        except StowageError:
            return  # the error that led here is the one to report
        self.done(key)

    def abort_rest(self, taken: Callable[[str], bool]) -> None:
        """Abort what earlier runs left and this one did not take up, of the keys that `taken` is true of."""
        for key in list(self._left):
            if taken(key):
                self.abort(key, self._left.pop(key).upload_id)


def _name(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:32] + ".json"


def _parse(body: bytes) -> Pending | None:
    """A note as it was written; None for anything else, such as half of one or one of another version."""
    try:
        fields = json.loads(body)
        if fields.pop("version") != VERSION:
            return None
        pending = Pending(**fields)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    texts = (pending.key, pending.upload_id, pending.checksum, pending.content)
    number = isinstance(pending.part_size, int) and not isinstance(pending.part_size, bool) and pending.part_size > 0
    whole = number and bool(pending.key and pending.upload_id)
    return pending if whole and all(isinstance(text, str) for text in texts) else None
