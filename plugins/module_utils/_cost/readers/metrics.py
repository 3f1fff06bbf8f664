# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What CloudWatch tells of a bucket: cheap at any size, of whole buckets alone, and a day or two old.

Source: "Metrics and dimensions" in the S3 user guide. Noncurrent versions and unfinished uploads are in it.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Caller
from ansible_collections.stowage.s3.plugins.module_utils._cost.meter import Meter
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers import cloudwatch
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.cloudwatch import DAY, Metric, Points, points
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError

PERMISSIONS = cloudwatch.PERMISSIONS
DAYS = 4  # that are looked back: the newest two may not be there yet, and each is compared with the one before
CONTENT, PADDING, INDEX, NAMES, PARTS = "content", "padding", "index", "names", "parts"


class StorageType(NamedTuple):
    """A value of the dimension StorageType.

    storage_class: of the objects. meter: how it is billed. part: the objects' own bytes (content), what is missing to
    the smallest size that is billed (padding), what is billed besides of archived objects (index and names), or the
    parts of unfinished uploads into an archive class; those into other classes count as content.
    """

    name: str
    storage_class: str
    meter: Meter
    part: str = CONTENT


def _type(name: str, storage_class: str, *, tier: str = "", billed: str = "", part: str = CONTENT) -> StorageType:
    return StorageType(name, storage_class, Meter("storage", billed or storage_class, tier), part)


_TIERING = "INTELLIGENT_TIERING"
STORAGE_TYPES = {
    each.name: each
    for each in (
        _type("StandardStorage", "STANDARD"),
        _type("ReducedRedundancyStorage", "REDUCED_REDUNDANCY"),
        _type("StandardIAStorage", "STANDARD_IA"),
        _type("StandardIASizeOverhead", "STANDARD_IA", part=PADDING),
        _type("OneZoneIAStorage", "ONEZONE_IA"),
        _type("OneZoneIASizeOverhead", "ONEZONE_IA", part=PADDING),
        _type("GlacierInstantRetrievalStorage", "GLACIER_IR"),
        _type("GlacierIRSizeOverhead", "GLACIER_IR", part=PADDING),
        _type("IntelligentTieringFAStorage", _TIERING, tier="frequent"),
        _type("IntelligentTieringIAStorage", _TIERING, tier="infrequent"),
        _type("IntelligentTieringAIAStorage", _TIERING, tier="archive_instant"),
        _type("IntelligentTieringAAStorage", _TIERING, tier="archive"),
        _type("IntAAObjectOverhead", _TIERING, billed="GLACIER", part=INDEX),
        _type("IntAAS3ObjectOverhead", _TIERING, billed="STANDARD", part=NAMES),
        _type("IntelligentTieringDAAStorage", _TIERING, tier="deep_archive"),
        _type("IntDAAObjectOverhead", _TIERING, billed="DEEP_ARCHIVE", part=INDEX),
        _type("IntDAAS3ObjectOverhead", _TIERING, billed="STANDARD", part=NAMES),
        _type("GlacierStorage", "GLACIER"),
        _type("GlacierObjectOverhead", "GLACIER", part=INDEX),
        _type("GlacierS3ObjectOverhead", "GLACIER", billed="STANDARD", part=NAMES),
        _type("GlacierStagingStorage", "GLACIER", billed="STANDARD", part=PARTS),
        _type("DeepArchiveStorage", "DEEP_ARCHIVE"),
        _type("DeepArchiveObjectOverhead", "DEEP_ARCHIVE", part=INDEX),
        _type("DeepArchiveS3ObjectOverhead", "DEEP_ARCHIVE", billed="STANDARD", part=NAMES),
        _type("DeepArchiveStagingStorage", "DEEP_ARCHIVE", billed="STANDARD", part=PARTS),
    )
}
_OBJECTS = Metric("NumberOfObjects", "StorageType", "AllStorageTypes", "Average")
_SIZES = {name: Metric("BucketSizeBytes", "StorageType", name, "Average") for name in STORAGE_TYPES}


class Amount(NamedTuple):
    """The bytes of one storage type."""

    type: StorageType
    bytes: int


@dataclass(frozen=True)
class Measured:
    """A bucket on one day, which began at `date` (seconds since 1970).

    objects: noncurrent versions, delete markers and the parts of unfinished uploads are counted too; None where
    CloudWatch does not tell.
    """

    date: float
    amounts: tuple[Amount, ...]
    objects: int | None


def measured(calls: Caller, bucket: str, now: float, days: int = DAYS) -> Measured:
    """The newest day of which CloudWatch has everything.

    calls: see cloudwatch.caller. Raises StowageError: denied, or there is nothing for so many days.
    """
    end = now // DAY * DAY + DAY
    found = points(calls, bucket, (_OBJECTS, *_SIZES.values()), end - (days + 1) * DAY, end)
    date = _complete(found)
    if date is None:
        raise StowageError(
            f"CloudWatch has no storage metrics of s3://{bucket} for the last {days} days: there are none of empty"
            " buckets, and none before the second day. Read the bucket's listing or an inventory instead."
        )
    sizes = {name: found[metric] for name, metric in _SIZES.items()}
    amounts = (Amount(STORAGE_TYPES[name], round(on[date])) for name, on in sizes.items() if date in on)
    objects = found[_OBJECTS].get(date)
    return Measured(date, tuple(amounts), None if objects is None else round(objects))


def _complete(found: Points) -> float | None:
    """The newest day that lacks nothing of the day before: the metrics of one day do not all arrive at once."""
    dates = sorted({date for metric, on in found.items() if metric != _OBJECTS for date in on}, reverse=True)
    for date, before in pairwise(dates):
        if all(date in on for on in found.values() if before in on):
            return date
    return dates[-1] if dates else None


def metrics_of(configurations: list[Mapping[str, object]]) -> dict[str, str]:
    """The prefixes, by id, of those request metrics that are of a prefix or the whole bucket and of nothing less.

    configurations: the bucket's, in the shape of the option metrics.
    """
    less = ("tags", "access_point_arn")
    return {
        str(each["id"]): str(each.get("prefix") or "")
        for each in configurations
        if not any(each.get(name) for name in less)
    }


class Requested(NamedTuple):
    """What was asked for below a prefix. days: on which there were requests at all."""

    gets: int
    bytes: int
    days: int


def requested(calls: Caller, bucket: str, filters: Mapping[str, str], now: float, days: int) -> dict[str, Requested]:
    """The GET requests, and the bytes that were downloaded, of the last days up to now, by prefix.

    filters: prefixes by the id of their request metrics; see metrics_of. AWS counts on a best-effort basis. Raises
    StowageError.
    """
    by_id = {
        each: (Metric("GetRequests", "FilterId", each, "Sum"), Metric("BytesDownloaded", "FilterId", each, "Sum"))
        for each in filters
    }
    start = now // DAY * DAY - days * DAY
    found = points(calls, bucket, (metric for both in by_id.values() for metric in both), start, now)
    return {
        filters[each]: Requested(round(sum(found[gets].values())), round(sum(found[sizes].values())), len(found[gets]))
        for each, (gets, sizes) in by_id.items()
    }


def apart(found: Mapping[str, Requested]) -> dict[str, Requested]:
    """The same without what is below longer prefixes that are measured, too: a request counts for all of them."""
    own = {}
    for prefix, every in found.items():
        below = [each for each in found if each != prefix and each.startswith(prefix)]
        nearest = [found[each] for each in below if not any(each != one and each.startswith(one) for one in below)]
        gets, size = sum(each.gets for each in nearest), sum(each.bytes for each in nearest)
        own[prefix] = Requested(max(every.gets - gets, 0), max(every.bytes - size, 0), every.days)
    return own
