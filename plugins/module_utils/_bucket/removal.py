# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Emptying and deleting a bucket: all versions, delete markers and unfinished uploads.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar

from ansible_collections.stowage.s3.plugins.module_utils._bucket.api import Api
from ansible_collections.stowage.s3.plugins.module_utils._errors import NotFound, StowageError
from ansible_collections.stowage.s3.plugins.module_utils._threads import Pool

AT_ONCE = 16  # requests of 1,000 deletions each
_TOLD = 5  # refused keys that an error names


@dataclass
class Contents:
    """What is in a bucket: counted whole, or just whether there is anything."""

    any: bool
    counts: dict[str, int] = field(default_factory=dict)

    PERMISSIONS: ClassVar = (
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:ListBucketMultipartUploads",
        "s3:ListBucketVersions",
    )


def contents_of(api: Api, *, count: bool) -> Contents:
    """What there is; `count`: how much of each. Raises StowageError."""
    counts = {"versions": 0, "delete_markers": 0, "uploads": 0}
    for page in _versions(api):
        counts["versions"] += len(page.get("Versions", ()))
        counts["delete_markers"] += len(page.get("DeleteMarkers", ()))
        if not count and any(counts.values()):
            return Contents(True)
    if count:
        for page in _uploads(api):
            counts["uploads"] += len(page.get("Uploads", ()))
    return Contents(any(counts.values()), counts if count else {})


def remove(api: Api, found: Contents) -> None:
    """Delete what is in the bucket, and the bucket. Raises StowageError, the bucket is there then.

    What object lock protects is refused by S3 and never forced.
    """
    if found.any:
        with Pool(AT_ONCE, thread_name_prefix="remove") as pool:
            window: deque[Future[list[str]]] = deque()
            refused: list[str] = []
            for work in _removals(api):
                while len(window) >= 2 * AT_ONCE:
                    refused += window.popleft().result()
                window.append(pool.submit(work))
            for future in window:
                refused += future.result()
        if refused:
            raise StowageError(
                f"s3://{api.bucket} stays, as {len(refused)} of what is in it could not be deleted:"
                f" {'; '.join(refused[:_TOLD])}. What object lock holds cannot be deleted before its time."
            )
    api.call("delete_bucket")


def _removals(api: Api) -> Iterator[Any]:
    for page in _versions(api):
        entries = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        if entries:
            objects = [{"Key": each["Key"], "VersionId": each.get("VersionId", "null")} for each in entries]
            yield partial(_delete, api, objects)
    for page in _uploads(api):
        for each in page.get("Uploads", ()):
            yield partial(_abort, api, each["Key"], each["UploadId"])


def _delete(api: Api, objects: list[dict[str, str]]) -> list[str]:
    answer = api.call("delete_objects", Delete={"Objects": objects, "Quiet": True})
    return [f"{each.get('Key')}: {each.get('Code')} {each.get('Message', '')}" for each in answer.get("Errors", ())]


def _abort(api: Api, key: str, upload: str) -> list[str]:
    try:
        api.call("abort_multipart_upload", Key=key, UploadId=upload)
    except NotFound:
        pass  # it has ended meanwhile
    except StowageError as error:
        return [str(error)]
    return []


def _versions(api: Api) -> Iterator[dict[str, Any]]:
    following: dict[str, str] = {}
    while True:
        page = api.call("list_object_versions", **following)
        yield page
        if not page.get("IsTruncated"):
            return
        following = {"KeyMarker": page["NextKeyMarker"]}
        if page.get("NextVersionIdMarker"):
            following["VersionIdMarker"] = page["NextVersionIdMarker"]


def _uploads(api: Api) -> Iterator[dict[str, Any]]:
    following: dict[str, str] = {}
    while True:
        page = api.call("list_multipart_uploads", **following)
        yield page
        if not page.get("IsTruncated"):
            return
        following = {"KeyMarker": page["NextKeyMarker"], "UploadIdMarker": page["NextUploadIdMarker"]}
