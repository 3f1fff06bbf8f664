# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a bucket's own listings tell. Slow on large buckets, and of this very moment.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.stored import NONCURRENT, UPLOAD, Stored
from ansible_collections.stowage.s3.plugins.module_utils._errors import NotFound
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket

PERMISSIONS = ("s3:ListBucket",)
VERSIONS_PERMISSIONS = ("s3:ListBucketVersions",)
UPLOADS_PERMISSIONS = ("s3:ListBucketMultipartUploads", "s3:ListMultipartUploadParts")


def listed(bucket: Bucket, prefix: str = "", *, versions: bool = False, uploads: bool = False) -> Iterator[Stored]:
    """All that lies under a prefix. versions: noncurrent ones too. uploads: unfinished ones too, after the rest.

    Delete markers are none of it: they have no bytes. Raises what Bucket raises.
    """
    yield from _versions(bucket, prefix) if versions else _current(bucket, prefix)
    if uploads:
        yield from _uploads(bucket, prefix)


def _current(bucket: Bucket, prefix: str) -> Iterator[Stored]:
    for page in bucket.pages(prefix):
        for each in page:
            yield Stored(each.key, each.size, each.storage_class, each.modified)


def _versions(bucket: Bucket, prefix: str) -> Iterator[Stored]:
    key, replaced = "", 0.0  # of the version before, which is the next younger one where it is of the same key
    for page in bucket.versions(prefix):
        for each in page:
            if not each.marker:
                told = (each.key, each.size, each.storage_class, each.modified)
                since = replaced if each.key == key else 0.0
                yield Stored(*told) if each.latest else Stored(*told, NONCURRENT, since=since)
            key, replaced = each.key, each.modified


def _uploads(bucket: Bucket, prefix: str) -> Iterator[Stored]:
    for begun in bucket.uploads(prefix):
        try:
            size = sum(part.size for part in bucket.parts(begun.key, begun.id))
        except NotFound as error:
            if error.code != "NoSuchUpload":
                raise
            continue  # it has ended since it was listed
        yield Stored(begun.key, size, begun.storage_class, begun.began, UPLOAD)
