# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a transition asks of S3, as IAM actions. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

# Of the bucket itself. The last one where its objects have ACLs.
BUCKET = (
    "s3:ListBucket",
    "s3:GetBucketVersioning",
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketObjectLockConfiguration",
    "s3:GetBucketAcl",
)
# Of each object. A copy by parts is given up after a failure, and looked at after a cut.
OBJECT = (
    "s3:GetObject",
    "s3:GetObjectTagging",
    "s3:PutObject",
    "s3:PutObjectTagging",
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
)
# Where the bucket's ownership allows ACLs, and where it has object lock.
ACL = ("s3:GetObjectAcl", "s3:PutObjectAcl")
LOCK = ("s3:GetObjectRetention", "s3:GetObjectLegalHold", "s3:PutObjectRetention", "s3:PutObjectLegalHold")


class Needed(NamedTuple):
    """The actions on the bucket, and on the objects below the prefix."""

    bucket: tuple[str, ...]
    objects: tuple[str, ...]


def permissions(params: Mapping[str, Any], *, acls: bool = True, locks: bool = True) -> Needed:
    """What a run needs by the module's options. `acls`, `locks`: whether the bucket's objects have such."""
    objects = [*OBJECT, *(ACL if acls else ()), *(LOCK if locks else ())]
    if params.get("restore") is not None:
        objects.append("s3:RestoreObject")
    if params.get("replaced_versions") == "delete":
        objects.append("s3:DeleteObjectVersion")
    return Needed(BUCKET if acls else BUCKET[:-1], tuple(objects))
