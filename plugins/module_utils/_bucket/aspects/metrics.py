# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Request metrics in CloudWatch, by id, each of a part of the bucket.

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
from ansible_collections.stowage.s3.plugins.module_utils._bucket.keyed import differing, misnamed, path_of, too_many
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Field


def _refuse(state: State) -> Iterator[Remark]:
    yield from too_many(state, "metrics")
    yield from misnamed(state, "metrics")
    for each in differing(state, "metrics"):
        path, access_point = path_of("metrics", each), each.get("access_point_arn", "")
        yield from refused(each, path)
        if access_point and not access_point.startswith("arn:"):
            yield Remark(
                f"{path}.access_point_arn",
                f"{access_point!r} is no ARN.",
                "Write it as in arn:aws:s3:us-east-1:111122223333:accesspoint/name.",
            )


METRICS = KeyedAspect(
    name="metrics",
    options=(
        Field(
            "metrics",
            "Configurations",
            many=True,
            key="id",
            of=(
                Field("id", "Id", required=True),
                PREFIX,
                OBJECT_TAGS,
                Field("access_point_arn", "Filter.AccessPointArn"),
            ),
        ),
    ),
    get="list_bucket_metrics_configurations",
    put="put_bucket_metrics_configuration",
    delete="delete_bucket_metrics_configuration",
    member="MetricsConfiguration",
    document=unnested,
    arguments=nested,
    permissions=Permissions(("s3:GetMetricsConfiguration",), ("s3:PutMetricsConfiguration",)),
    refuse=_refuse,
)
