# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What an S3 Inventory tells: a day or a week old, and cheaper than a listing of millions of objects.

Source: "Amazon S3 Inventory" in the S3 user guide: gzipped CSV files without headers, keys URL-encoded, and a manifest
that names the files, their MD5 sums and their columns. Unfinished uploads are in none.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._cost.classes import TIERS
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers import files as places
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.files import Files
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.stored import CURRENT, NONCURRENT, Stored
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3 import answers, documents
from ansible_collections.stowage.s3.plugins.module_utils._s3.md5 import new_md5
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import CHUNK

PERMISSIONS = places.PERMISSIONS  # on the bucket that the inventory is delivered to
MANIFEST, CHECKSUM = "manifest.json", "manifest.checksum"
NEEDED = ("Key", "Size", "LastModifiedDate", "StorageClass")
LIMIT = 64 << 20  # bytes of a manifest, which has some 200 for each file
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}-\d{2}Z/\Z")
_MD5 = re.compile(r"[0-9a-f]{32}\Z")
_BROKEN = (OSError, EOFError, zlib.error, csv.Error, ValueError)
# What the column IntelligentTieringAccessTier says of TIERS.
_TIERS = dict(
    zip(
        ("FREQUENT", "INFREQUENT", "ARCHIVE_INSTANT_ACCESS", "ARCHIVE_ACCESS", "DEEP_ARCHIVE_ACCESS"),
        TIERS,
        strict=True,
    )
)


class File(NamedTuple):
    """A file of an inventory; `md5` in lower-case hex."""

    name: str
    size: int
    md5: str


@dataclass(frozen=True)
class Manifest:
    """An inventory. created: when its scan of the bucket began, in seconds since 1970."""

    bucket: str
    created: float
    columns: tuple[str, ...]
    files: tuple[File, ...]

    @property
    def versions(self) -> bool:
        """Whether noncurrent versions are in it."""
        return "IsLatest" in self.columns


def read_manifest(files: Files, name: str, bucket: str) -> Manifest:
    """An inventory by its manifest, or its folder, or the newest in the folder of its configuration.

    bucket: the one that it has to be of. Raises StowageError.
    """
    if not name.endswith(".json"):
        name = _newest(files, f"{name}/" if name and not name.endswith("/") else name)
    title, text = files.title(name), _read(files, name)
    manifest = manifest_of(text, title)
    if manifest.bucket != bucket:
        raise StowageError(f"{title} is the inventory of the bucket {manifest.bucket!r}, not of {bucket!r}.")
    return manifest


def _read(files: Files, name: str) -> bytes:
    with files.open(name) as file:
        text = file.read(LIMIT + 1)
    if len(text) > LIMIT:
        raise StowageError(f"{files.title(name)} is larger than any manifest of S3 Inventory.")
    return text


def _newest(files: Files, folder: str) -> str:
    if f"{folder}{MANIFEST}" in files.names(f"{folder}manifest."):
        return f"{folder}{MANIFEST}"
    dated = sorted((each for each in files.folders(folder) if _DATED.match(each)), reverse=True)
    for each in dated:
        name = f"{folder}{each}{MANIFEST}"
        # The checksum is the last file that S3 writes: the event that tells of a new inventory is its.
        if f"{folder}{each}{CHECKSUM}" in files.names(f"{folder}{each}manifest."):
            return name
    raise StowageError(
        f"{files.title(folder)} has no inventory: no folder such as 2026-11-25T01-00Z/ with {MANIFEST} and {CHECKSUM}."
        " Name the folder of the configuration (prefix/bucket/id/) or a manifest; the first inventory comes within"
        " 48 hours."
    )


def manifest_of(text: bytes, title: str) -> Manifest:
    """Parse a manifest; title: what a message calls it. Raises StowageError."""
    try:
        found = json.loads(text)
        form = found["fileFormat"]
        if form != "CSV":
            raise StowageError(
                f"{title}: the inventory's files are {form}. Only CSV is read: choose the format CSV in the"
                " bucket's inventory configuration."
            )
        columns = tuple(name.strip() for name in found["fileSchema"].split(","))
        files = tuple(map(_file, found["files"]))
        manifest = Manifest(str(found["sourceBucket"]), int(found["creationTimestamp"]) / 1000, columns, files)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StowageError(f"{title} is no manifest of S3 Inventory ({type(error).__name__}: {error}).") from error
    if lacking := [name for name in NEEDED if name not in columns]:
        raise StowageError(
            f"{title}: the inventory lacks {', '.join(lacking)}. Add to optional_fields in the bucket's inventory"
            " configuration, and wait for the next one."
        )
    return manifest


def _file(found: Any) -> File:
    md5 = found["MD5checksum"].lower()
    if not _MD5.match(md5) or found["size"] < 0:
        raise ValueError(f"{found['key']!r} has no MD5 sum or no size")
    return File(str(found["key"]), int(found["size"]), md5)


def inventoried(files: Files, manifest: Manifest, prefix: str = "") -> Iterator[Stored]:
    """All that an inventory has under a prefix, in its own order. Each file is proved whole before it is believed.

    Since when a version is noncurrent is not told. Raises StowageError.
    """
    read = row_reader(manifest.columns)
    for each in manifest.files:
        title = files.title(each.name)
        with files.open(each.name) as file:
            _prove(file, each, title)
            for stored in _rows(file, read, title):
                if stored.key.startswith(prefix):
                    yield stored


def _prove(file: IO[bytes], expected: File, title: str) -> None:
    md5, size = new_md5(), 0
    while data := file.read(CHUNK):
        size += len(data)
        if md5:
            md5.update(data)
    # Without MD5, size and gzip's own CRC-32 have to do.
    if size != expected.size or (md5 and md5.hexdigest() != expected.md5):
        raise StowageError(
            f"{title} is not the file that the manifest names: its size or MD5 sum is another. Copy it again, or take"
            " another day's inventory."
        )
    file.seek(0)


def _rows(file: IO[bytes], read: Callable[[Sequence[str]], Stored | None], title: str) -> Iterator[Stored]:
    at = 0
    try:
        with gzip.open(file) as plain, io.TextIOWrapper(plain, encoding="utf-8", newline="") as text:
            rows = csv.reader(text, strict=True)
            for row in rows:
                at = rows.line_num
                stored = read(row)
                if stored is not None:
                    yield stored
    except _BROKEN as error:
        raise StowageError(f"{title} cannot be read behind or in line {at}: {error}.") from error


def row_reader(columns: Sequence[str]) -> Callable[[Sequence[str]], Stored | None]:
    """What makes a value of a row, None of a delete marker. It raises ValueError for a row of other columns."""
    place = {name: at for at, name in enumerate(columns)}
    key, size, modified, storage_class = (place[name] for name in NEEDED)
    latest, marker = place.get("IsLatest"), place.get("IsDeleteMarker")
    tier, encryption = place.get("IntelligentTieringAccessTier"), place.get("EncryptionStatus")
    decode = answers.decoder({"EncodingType": "url"})

    def read(row: Sequence[str]) -> Stored | None:
        if len(row) != len(columns):
            raise ValueError(f"it has {len(row)} columns, and the manifest names {len(columns)}")
        if marker is not None and row[marker].lower() == "true":
            return None
        return Stored(
            decode(row[key]),
            int(row[size]),
            row[storage_class] or "STANDARD",
            documents.epoch(row[modified]),
            CURRENT if latest is None or row[latest].lower() == "true" else NONCURRENT,
            "" if tier is None else _TIERS.get(row[tier], ""),
            "" if encryption is None else row[encryption],
        )

    return read
