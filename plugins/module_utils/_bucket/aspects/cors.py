# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Cross-origin requests: which web pages of other origins may use the bucket.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect, Permissions
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import NUMBER, Field

CORS = Aspect(
    name="cors",
    options=(
        Field(
            "cors",
            "CORSRules",
            many=True,
            key="id",
            of=(
                Field("id", "ID"),
                Field(
                    "allowed_methods", "AllowedMethods", many=True, required=True,
                    choices=("GET", "PUT", "HEAD", "POST", "DELETE"),
                ),
                Field("allowed_origins", "AllowedOrigins", many=True, required=True),
                Field("allowed_headers", "AllowedHeaders", many=True),
                Field("expose_headers", "ExposeHeaders", many=True),
                Field("max_age_seconds", "MaxAgeSeconds", NUMBER),
            ),
        ),
    ),
    get="get_bucket_cors",
    put="put_bucket_cors",
    delete="delete_bucket_cors",
    missing=("NoSuchCORSConfiguration",),
    document=lambda answer: {"CORSRules": answer["CORSRules"]} if answer.get("CORSRules") else {},
    arguments=lambda document: {"CORSConfiguration": document},
    permissions=Permissions(("s3:GetBucketCORS",), ("s3:PutBucketCORS",)),
)  # fmt: skip
