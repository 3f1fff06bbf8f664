# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Files that AWS delivers into a bucket, read there or from a local copy.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from typing import IO, Protocol

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import CHUNK, Head
from ansible_collections.stowage.s3.plugins.module_utils._s3.wire import Reader
from ansible_collections.stowage.s3.plugins.module_utils._threads import Pool

PERMISSIONS = ("s3:ListBucket", "s3:GetObject")  # kms:Decrypt too, where AWS was told to encrypt them with a key
IN_MEMORY = 1 << 20  # bytes of one file; what is larger goes to an unnamed temporary file
AT_ONCE = 16  # files that are fetched at once
_SCHEME = "s3://"


class Files(Protocol):
    """A place that has files by "/"-separated names. All methods raise StowageError."""

    def names(self, prefix: str) -> Iterator[str]:
        """The names of all files that begin so, in no order."""

    def folders(self, folder: str) -> Iterator[str]:
        """The names of the folders in one, each with its "/" at the end. `folder` is "" or ends so too."""

    def open(self, name: str) -> IO[bytes]:
        """A whole file, at its beginning."""

    def title(self, name: str) -> str:
        """What a message calls a file."""


class InBucket:
    """The objects of a bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def names(self, prefix: str) -> Iterator[str]:
        for page in self._bucket.pages(prefix):
            for each in page:
                yield each.key

    def folders(self, folder: str) -> Iterator[str]:
        for page in self._bucket.pages(folder, level=True):
            for each in page:
                if each.key.endswith("/") and each.key != folder:
                    yield each.key.removeprefix(folder)

    def open(self, name: str) -> IO[bytes]:
        def keep(_head: Head, reader: Reader) -> IO[bytes]:
            # Whoever asked for it closes it.
            file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
            try:
                while data := reader.read(CHUNK):
                    self._write(name, file, data)
            except BaseException:
                file.close()
                raise
            file.seek(0)
            return file

        return self._bucket.get(name, keep)

    def _write(self, name: str, file: IO[bytes], data: bytes) -> None:
        try:
            file.write(data)
        except OSError as error:
            raise StowageError(
                f"{self.title(name)} cannot be kept in {tempfile.gettempdir()}: {error.strerror}. Set TMPDIR to a"
                " directory on a disk with space."
            ) from error

    def title(self, name: str) -> str:
        return f"{_SCHEME}{self._bucket.name}/{name}"


class InDirectory:
    """A local copy: of a whole bucket, or of some of its folders."""

    def __init__(self, root: str) -> None:
        self._root = root

    def names(self, prefix: str) -> Iterator[str]:
        # Not os.walk, which holds all names of a folder: a million of logs may lie in one.
        stack = [prefix[: prefix.rfind("/") + 1]]
        while stack:
            folder = stack.pop()
            try:
                with os.scandir(os.path.join(self._root, folder)) as found:
                    for each in found:
                        if each.is_dir(follow_symlinks=False):
                            stack.append(f"{folder}{each.name}/")
                        elif f"{folder}{each.name}".startswith(prefix):
                            yield f"{folder}{each.name}"
            except OSError as error:
                self._fail(error)

    def folders(self, folder: str) -> Iterator[str]:
        try:
            with os.scandir(os.path.join(self._root, folder)) as found:
                yield from sorted(f"{each.name}/" for each in found if each.is_dir())
        except OSError as error:
            self._fail(error)

    def open(self, name: str) -> IO[bytes]:
        try:
            return open(self._place(name), "rb")
        except OSError as error:
            self._fail(error)
            raise AssertionError from error

    def _place(self, name: str) -> str:
        """Where a file lies: a copy may begin at any folder of the name, and the folder above may have been meant."""
        parts = name.split("/")
        if ".." in parts:
            raise StowageError(f"{name!r} leads out of its folder: no file is read there.")
        above = os.path.dirname(os.path.abspath(self._root))
        for at in range(len(parts)):
            for root in (self._root, above):
                path = os.path.join(root, *parts[at:])
                if os.path.isfile(path):
                    return path
        return self.title(name)

    def _fail(self, error: OSError) -> None:
        raise StowageError(
            f"{error.filename} cannot be read: {error.strerror}. Copy it there, or see to its permissions."
        ) from error

    def title(self, name: str) -> str:
        return os.path.join(self._root, name)


def files_at(place: str, bucket: Callable[[str], Bucket]) -> tuple[Files, str]:
    """The files at a place that a user names, and the name or its beginning there.

    place: `s3://bucket/prefix`, a directory, or one file. bucket: makes a bucket of its name. Raises StowageError.
    """
    if place.startswith(_SCHEME):
        name, _slash, prefix = place.removeprefix(_SCHEME).partition("/")
        if not name:
            raise StowageError(f"{place!r} names no bucket. Write s3://bucket/prefix.")
        return InBucket(bucket(name)), prefix
    path = os.path.expanduser(place)
    if os.path.isdir(path):
        return InDirectory(path), ""
    folder, name = os.path.split(path)
    return InDirectory(folder or "."), name


def opened(files: Files, names: Iterable[str], at_once: int = AT_ONCE) -> Iterator[tuple[str, IO[bytes]]]:
    """The files in order, some of them fetched ahead; each is closed when the next is asked for."""
    waiting: deque[tuple[str, Future[IO[bytes]]]] = deque()
    with Pool(at_once, thread_name_prefix="read") as pool:
        try:
            for name in names:
                waiting.append((name, pool.submit(files.open, name)))
                if len(waiting) >= at_once:
                    yield from _next(waiting)
            while waiting:
                yield from _next(waiting)
        finally:
            for _name, future in waiting:
                if not future.cancel():
                    with suppress(Exception):
                        future.result().close()


def _next(waiting: deque[tuple[str, Future[IO[bytes]]]]) -> Iterator[tuple[str, IO[bytes]]]:
    name, future = waiting.popleft()
    with future.result() as file:
        yield name, file
