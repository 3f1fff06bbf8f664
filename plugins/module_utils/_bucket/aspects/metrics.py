# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Request metrics in CloudWatch, by id, each of a part of the bucket.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import KeyedAspect, Permissions
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Field

METRICS = KeyedAspect(
    name="metrics",
    options=(Field("metrics", "Configurations", many=True, key="id", of=(Field("id", "Id", required=True),)),),
    get="list_bucket_metrics_configurations",
    put="put_bucket_metrics_configuration",
    delete="delete_bucket_metrics_configuration",
    member="MetricsConfiguration",
    document=lambda answer: answer,
    arguments=lambda document: document,
    permissions=Permissions(("s3:GetMetricsConfiguration",), ("s3:PutMetricsConfiguration",)),
)
