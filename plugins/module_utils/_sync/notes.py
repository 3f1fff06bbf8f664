# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Small files of one kind in the state directory, local or in S3: written whole, read whole, removed.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable

from ansible_collections.stowage.s3.plugins.module_utils._errors import NotFound, StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Head
from ansible_collections.stowage.s3.plugins.module_utils._s3.wire import Reader

LARGEST = 1 << 16  # bytes of a note


class Notes:
    """One folder of notes; used by several threads.

    The sync can do without them: where they cannot be read or written, the user is warned once, and nothing raises.
    """

    def __init__(self, folder: str, bucket: Bucket | None, prefix: str, warn: Callable[[str], None]) -> None:
        """Either folder, a local path, or bucket and prefix (ending in "/"); `warn` takes a sentence for the user."""
        self._folder, self._bucket, self._prefix, self._warn = folder, bucket, prefix, warn
        self._failed = False

    def read(self) -> list[bytes]:
        """All notes that are there."""
        try:
            return self._read_objects(self._bucket) if self._bucket is not None else self._read_files()
        except (StowageError, OSError) as error:
            self._fail(error)
            return []

    def write(self, name: str, body: bytes) -> bool:
        """Write a note whole, in place of one of that name; whether it worked."""
        try:
            if self._bucket is not None:
                self._bucket.put(self._prefix + name, body, {"content-type": "application/json"})
            else:
                self._write_file(name, body)
        except (StowageError, OSError) as error:
            self._fail(error)
            return False
        return True

    def remove(self, name: str) -> None:
        """Remove a note, if it is there."""
        try:
            if self._bucket is not None:
                for one in self._bucket.delete([self._prefix + name]):
                    raise StowageError(
                        f"{one.key!r} could not be deleted: {one.code}: {one.message} (it takes s3:DeleteObject)"
                    )
                return
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(self._folder, name))
        except (StowageError, OSError) as error:
            self._fail(error)

    def _read_files(self) -> list[bytes]:
        found = []
        try:
            names = sorted(os.listdir(self._folder))
        except FileNotFoundError:
            return []
        for name in names:
            path = os.path.join(self._folder, name)
            if name.endswith(".json"):
                with open(path, "rb") as file:
                    found.append(file.read(LARGEST))
            else:
                # Half written by a run that was killed: two runs of one pair do not go side by side.
                os.unlink(path)
        return found

    def _write_file(self, name: str, body: bytes) -> None:
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        scratch = os.path.join(self._folder, f"{secrets.token_hex(8)}.part")
        with open(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(body)
        os.rename(scratch, os.path.join(self._folder, name))

    def _read_objects(self, bucket: Bucket) -> list[bytes]:
        def take(_head: Head, reader: Reader) -> bytes:
            return reader.read(LARGEST)

        found = []
        for page in bucket.pages(self._prefix):
            for listed in page:
                with contextlib.suppress(NotFound):
                    found.append(bucket.get(listed.key, take))
        return found

    def _fail(self, error: Exception) -> None:
        if self._failed:
            return
        self._failed = True
        self._warn(
            f"state_dir: what is under way cannot be written down or read: {error}. The sync itself does not need it,"
            " but an upload that is cut off will begin anew, and what S3 has of it stays until a lifecycle rule of the"
            " bucket removes it."
        )
