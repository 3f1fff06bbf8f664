# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Tags of the bucket.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect, Permissions, Remark, State
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import TAGS, Field


def _refuse(state: State) -> Iterator[Remark]:
    tags = state.after.get("tags") or {}
    if len(tags) > 50:
        yield Remark("tags", f"there would be {len(tags)}; S3 allows 50.", "Remove some.")
    for key, value in tags.items():
        if key.lower().startswith("aws:") and (state.before.get("tags") or {}).get(key) != value:
            yield Remark(f"tags[{key!r}]", "names that begin with aws: are AWS's own.", "Choose another name.")
        if len(key) > 128 or len(str(value)) > 256:
            yield Remark(f"tags[{key!r}]", "a key has at most 128 characters, a value 256.", "Shorten it.")


TAGS_OF_BUCKET = Aspect(
    name="tags",
    options=(Field("tags", "TagSet", TAGS, union=lambda present, wanted: {**present, **wanted}),),
    get="get_bucket_tagging",
    put="put_bucket_tagging",
    delete="delete_bucket_tagging",
    missing=("NoSuchTagSet",),
    document=lambda answer: {"TagSet": answer["TagSet"]} if answer.get("TagSet") else {},
    arguments=lambda document: {"Tagging": document},
    permissions=Permissions(("s3:GetBucketTagging",), ("s3:PutBucketTagging",)),
    refuse=_refuse,
)
