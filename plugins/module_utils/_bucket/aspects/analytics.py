# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Storage class analysis: S3 watches how old the objects are that are read, and can write that to a bucket each day.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import KeyedAspect, Permissions, Remark, State
from ansible_collections.stowage.s3.plugins.module_utils._bucket.filters import (
    OBJECT_TAGS,
    PREFIX,
    nested,
    refused,
    unnested,
)
from ansible_collections.stowage.s3.plugins.module_utils._bucket.keyed import (
    destinations,
    differing,
    misdirected,
    misnamed,
    path_of,
    too_many,
)
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Document, Field

_BUCKET = "Destination.S3BucketDestination"


def _arguments(configuration: Document) -> Document:
    """The analysis itself has to be there, even if it says nothing: then it is shown in the console alone."""
    return {"StorageClassAnalysis": {}, **nested(configuration)}


def _refuse(state: State) -> Iterator[Remark]:
    yield from too_many(state, "analytics")
    yield from misnamed(state, "analytics")
    for each in differing(state, "analytics"):
        path = path_of("analytics", each)
        yield from refused(each, path)
        if "destination" in each:
            yield from misdirected(state, each["destination"], f"{path}.destination", "analyses")


ANALYTICS = KeyedAspect(
    name="analytics",
    options=(
        Field(
            "analytics",
            "Configurations",
            many=True,
            key="id",
            of=(
                Field("id", "Id", required=True),
                PREFIX,
                OBJECT_TAGS,
                Field(
                    "destination",
                    "StorageClassAnalysis.DataExport",
                    of=(
                        Field("bucket", f"{_BUCKET}.Bucket", required=True),
                        Field("account_id", f"{_BUCKET}.BucketAccountId"),
                        Field("prefix", f"{_BUCKET}.Prefix"),
                        Field("format", f"{_BUCKET}.Format", choices=("CSV",), spec={"default": "CSV"}),
                        Field("schema_version", "OutputSchemaVersion", choices=("V_1",), spec={"default": "V_1"}),
                    ),
                ),
            ),
        ),
    ),
    get="list_bucket_analytics_configurations",
    put="put_bucket_analytics_configuration",
    delete="delete_bucket_analytics_configuration",
    others=lambda values: destinations(values.get("analytics", ())),
    member="AnalyticsConfiguration",
    document=unnested,
    arguments=_arguments,
    permissions=Permissions(("s3:GetAnalyticsConfiguration",), ("s3:PutAnalyticsConfiguration",)),
    refuse=_refuse,
)
