# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a transition asks of S3, by its options: at each place the IAM actions, and the keys that they are about. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._cost.readers import cloudwatch
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import parse_place, prefix_of
from ansible_collections.stowage.s3.plugins.module_utils._sync.permissions import WRITE, At, Use

# Of objects: to read, to copy with tags, and where there are such things, with an ACL and a lock.
MOVE = ("s3:GetObject", "s3:GetObjectTagging", "s3:PutObjectTagging", *WRITE)
ACLS = ("s3:GetObjectAcl", "s3:PutObjectAcl")
LOCKS = ("s3:GetObjectLegalHold", "s3:GetObjectRetention", "s3:PutObjectLegalHold", "s3:PutObjectRetention")
RESTORE, DELETE = "s3:RestoreObject", "s3:DeleteObjectVersion"
OBJECT_ACTIONS = (*MOVE, *ACLS, *LOCKS, RESTORE, DELETE)
# Of the bucket.
FACTS = ("s3:GetBucketObjectLockConfiguration", "s3:GetBucketOwnershipControls", "s3:GetBucketVersioning")
BUCKET_ACL, FILTERS = "s3:GetBucketAcl", "s3:GetMetricsConfiguration"
METRICS = cloudwatch.PERMISSIONS
# Of the state directory.
RECORDS, NOTES = ("s3:PutObject",), ("s3:DeleteObject", "s3:GetObject", "s3:PutObject")
_MANIFEST = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}-[0-9]{2}Z/.*\Z", re.DOTALL)


def permissions(params: Mapping[str, Any]) -> list[At]:
    """What is done with keys, by the options of the module, and `acls` and `locks`, which no option tells.

    Raises StowageError: places that are none.
    """
    looks = params["recommend"] is not None
    moved = () if looks else tuple(sorted(_moving(params)))
    found = [At("bucket", params["bucket"], (Use(prefix_of(params["prefix"]), moved),))]
    read = {"access_logs": params["access_logs"], "inventory": (params["recommend"] or {}).get("inventory")}
    found += [at for name, text in read.items() if text and (at := reading(name, text)) is not None]
    state = parse_place("state_dir", params["state_dir"]) if params["state_dir"] and not looks else None
    if state is not None and state.remote:
        above = prefix_of(state.key)
        found.append(At("state_dir", state.bucket, (Use(f"{above}runs/", RECORDS), Use(f"{above}uploads/", NOTES))))
    return found


def _moving(params: Mapping[str, Any]) -> Iterator[str]:
    yield from MOVE
    yield from ACLS if params["acls"] else ()
    yield from LOCKS if params["locks"] else ()
    if params["restore"] is not None:
        yield RESTORE
    if params["replaced_versions"] == "delete":
        yield DELETE


def of_bucket(params: Mapping[str, Any]) -> list[str]:
    """The actions that are about the bucket itself."""
    acl = [BUCKET_ACL] if params["acls"] else []
    return sorted([*FACTS, *acl, *([FILTERS] if params["access_metrics"] else [])])


def reading(name: str, text: str) -> At | None:
    """Files in a bucket that are read: logs, or an inventory. None of a directory. Raises StowageError."""
    place = parse_place(name, text)
    if not place.remote:
        return None
    # The files of an inventory lie beside the folders of its manifests.
    keys = _MANIFEST.sub("", place.key)
    return At(name, place.bucket, (Use(keys, ("s3:GetObject",)),))
