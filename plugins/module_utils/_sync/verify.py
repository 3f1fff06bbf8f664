# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whether the bytes that came are those that the object has: the evidence, best first, and the comparison.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Head
from ansible_collections.stowage.s3.plugins.module_utils._sync.digests import (
    checksums,
    composite,
    etag_is_md5,
    has_md5,
    own_digest,
    parts_told,
)


class DigestMismatch(StowageError):
    """The bytes that came are not those that S3 says the object has."""


class Evidence(NamedTuple):
    """What an object's bytes can be checked against: raw digests by algorithm (`digests.new`), empty for nothing.

    part_size: bytes; not 0 where the digest is one of the parts' digests.
    """

    known: Mapping[str, bytes]
    part_size: int = 0


def evidence(bucket: Bucket, key: str, head: Head) -> Evidence:
    """What S3 computed of the whole, else of the parts (which costs a HEAD), else what its uploader says.

    Raises nothing: a server that does not know parts gives no evidence of them.
    """
    known = checksums(head)
    if not known and etag_is_md5(head) and has_md5():
        known["md5"] = bytes.fromhex(head.etag)
    if not known and parts_told(head):
        size = _size_of_part(bucket, key, head, 1)
        of_parts = composite(head, size)
        if of_parts:
            return Evidence(of_parts, size)
    return Evidence(known or own_digest(head))


def verify(found: Evidence, digests: Mapping[str, bytes], bucket: Bucket, key: str, head: Head) -> bool:
    """Whether the bytes are proven to be the object's; False where nothing can prove it. Raises DigestMismatch."""
    for name, value in found.known.items():
        if digests[name] == value:
            continue
        # A digest of parts that differs may come from parts of several sizes, of which none fits.
        if found.part_size and not _cut_evenly(bucket, key, head, found.part_size):
            return False
        raise DigestMismatch(
            f"The bytes that came have another {name} ({digests[name].hex()}) than S3 says ({value.hex()}); what"
            " was here stays. Run the sync again; if it stays so, the object is damaged or its metadata is of"
            " another one."
        )
    return bool(found.known)


def _cut_evenly(bucket: Bucket, key: str, head: Head, part_size: int) -> bool:
    # The first is known, and the last has what the others leave.
    return all(_size_of_part(bucket, key, head, number) == part_size for number in range(2, -(-head.size // part_size)))


def _size_of_part(bucket: Bucket, key: str, head: Head, number: int) -> int:
    """Bytes; 0 where it cannot be had, or the object is another one meanwhile."""
    try:
        part = bucket.head(key, part=number)
    except StowageError:
        return 0
    return part.size if part.etag == head.etag else 0
