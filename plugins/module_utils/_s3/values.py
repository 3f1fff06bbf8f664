# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The values that the client takes and gives."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._errors import FileChanged

CHUNK = 1024 * 1024


class Listed(NamedTuple):
    """An object as a listing shows it: `modified` in seconds since 1970, `etag` without quotes.

    `restored` speaks of an archived object, and only where the listing tells (AWS does when asked): True, a readable
    copy exists now; False, a restore is in progress; None, neither (never restored, not archived, or not told).
    """

    key: str
    size: int
    modified: float
    etag: str
    storage_class: str = "STANDARD"
    restored: bool | None = None


class Version(NamedTuple):
    """A version of an object as a listing shows it, or a delete marker (`marker`), which has no size and no class."""

    key: str
    id: str
    size: int
    modified: float
    etag: str
    storage_class: str
    latest: bool
    marker: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """The headers of an object. `size` is that of the whole object, in a ranged answer too.

    `headers` holds all of them under lower-case names; `metadata` the user's own, "x-amz-meta-" taken off and RFC 2047
    decoded; `checksums` maps "crc32", "crc32c", "crc64nvme", "sha1", "sha256" to base64; `encryption` is "" (not
    told), "AES256", "aws:kms", "aws:kms:dsse"; `restore` is x-amz-restore as it came; `parts` is 0 unless a part was
    asked for.
    """

    size: int
    modified: float
    etag: str
    storage_class: str
    content_type: str
    headers: dict[str, str]
    metadata: dict[str, str]
    checksums: dict[str, str]
    checksum_type: str
    encryption: str
    encryption_key_id: str
    restore: str
    archive_status: str
    parts: int
    version_id: str


class Stored(NamedTuple):
    """What S3 says of an object that it has just stored; `checksums` as in Head.

    The version ids are "" where the bucket has no versioning; `source_version_id` is that of what a copy was made of.
    """

    etag: str
    version_id: str
    checksums: dict[str, str]
    source_version_id: str = ""


class Upload(NamedTuple):
    """A multipart upload under way.

    `checksum`: "FULL_OBJECT", S3 has a CRC-32 of the whole in the end; "COMPOSITE", of the parts' ones; "", none.
    """

    id: str
    checksum: str = ""


class Begun(NamedTuple):
    """An unfinished multipart upload as a listing shows it; `began` in seconds since 1970."""

    key: str
    id: str
    began: float
    storage_class: str = "STANDARD"


class Part(NamedTuple):
    """A part of a multipart upload; `crc32` is base64, "" where it is not known.

    `checksum`: by another algorithm, as the name of its element in S3's documents and base64.
    """

    number: int
    etag: str
    size: int
    crc32: str = ""
    checksum: tuple[str, str] = ("", "")


class Grant(NamedTuple):
    """One line of an ACL: a permission, and whom it is given to, by the name of the attribute and its value.

    by: "id", "uri" or "emailAddress", as the headers that grant name them.
    """

    permission: str
    by: str
    grantee: str


class Acl(NamedTuple):
    """Who owns something, by canonical id, and what is granted to whom."""

    owner: str
    grants: tuple[Grant, ...]


class Lock(NamedTuple):
    """What keeps a version from being deleted: a mode until a time (as S3 writes it), and a legal hold."""

    mode: str = ""
    until: str = ""
    hold: bool = False


class NotDeleted(NamedTuple):
    """A key that a multi-delete left standing, and why."""

    key: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class FileSlice:
    """A piece of an open file as the body of a request: read by offset, so that a retry can read it again.

    The descriptor stays the caller's. A file that turns out shorter than promised raises FileChanged.
    """

    fd: int
    offset: int
    length: int

    def chunks(self) -> Iterator[bytes]:
        """The bytes, in pieces of at most 1 MiB."""
        at, end = self.offset, self.offset + self.length
        while at < end:
            data = os.pread(self.fd, min(CHUNK, end - at), at)
            if not data:
                raise FileChanged(
                    f"The file became shorter while it was being sent: {end} bytes were expected, {at} are there. "
                    "Nothing was stored; run again when nobody writes to it."
                )
            at += len(data)
            yield data


def body_size(body: bytes | FileSlice) -> int:
    """The bytes of a request's body."""
    return len(body) if isinstance(body, bytes) else body.length


class Keys(NamedTuple):
    """Credentials; `token` is "" for long-lived ones."""

    access: str
    secret: str
    token: str = ""

    def __repr__(self) -> str:
        # A traceback or a log that shows the value must not show the secret.
        return f"Keys(access={self.access!r})"


class Endpoint(NamedTuple):
    """Where a bucket's requests go and how they are signed. `path` is "" or "/bucket"; `header` the Host header."""

    secure: bool
    host: str
    port: int
    path: str
    header: str
    region: str
    service: str = "s3"
