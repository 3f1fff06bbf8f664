# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Cross-origin requests: which web pages of other origins may use the bucket.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect, Permissions, Remark, State
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import NUMBER, Field

_MOST = 100  # rules
_LONGEST_ID = 255


def _refuse(state: State) -> Iterator[Remark]:
    rules = state.after.get("cors") or []
    if len(rules) > _MOST:
        yield Remark("cors", f"there are {len(rules)} rules; S3 allows {_MOST}.", "Join some.")
    for place, rule in enumerate(rules):
        path = f"cors[{place}]"
        if len(rule.get("id", "")) > _LONGEST_ID:
            yield Remark(f"{path}.id", f"it has more than {_LONGEST_ID} characters.", "Shorten it.")
        for name in ("allowed_methods", "allowed_origins"):
            if not rule.get(name):
                yield Remark(f"{path}.{name}", "it is empty, so the rule fits nothing.", "Give one, or leave it out.")
        for name in ("allowed_origins", "allowed_headers"):
            for value in rule.get(name, ()):
                if value.count("*") > 1:
                    yield Remark(f"{path}.{name}", f"{value} has more than one *.", "S3 allows one in each.")


CORS = Aspect(
    name="cors",
    options=(
        Field(
            "cors",
            "CORSRules",
            many=True,
            key="id",
            ordered=True,  # the first rule that fits a request counts
            of=(
                Field("id", "ID"),
                Field(
                    "allowed_methods", "AllowedMethods", many=True, required=True,
                    choices=("GET", "PUT", "HEAD", "POST", "DELETE"),
                ),
                Field("allowed_origins", "AllowedOrigins", many=True, required=True),
                Field("allowed_headers", "AllowedHeaders", many=True),
                Field("expose_headers", "ExposeHeaders", many=True),
                # Some servers say 0 where there is none.
                Field("max_age_seconds", "MaxAgeSeconds", NUMBER, absent=0),
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
    refuse=_refuse,
)  # fmt: skip
