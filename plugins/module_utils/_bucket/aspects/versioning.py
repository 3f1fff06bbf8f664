# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Versioning, and MFA delete, which AWS keeps in the same place.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import (
    Aspect,
    Permissions,
    Remark,
    State,
    Turn,
)
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import STATUS, SWITCH, Field


def _refuse(state: State) -> Iterator[Remark]:
    if state.before.get("versioning") and not state.after.get("versioning"):
        yield Remark("versioning", "a bucket that had versioning once can never be without.", "Write suspended.")
    if state.before.get("versioning") == "enabled" and state.after.get("versioning") != "enabled":
        if (state.after.get("object_lock") or {}).get("enabled"):
            yield Remark("versioning", "object lock needs it, for as long as there is the bucket.", "Leave it enabled.")
        if state.after.get("replication"):
            yield Remark("versioning", "replication needs it.", "Remove that in the same task: replication: {}.")
    if state.after.get("mfa_delete") and state.after.get("versioning") != "enabled":
        yield Remark("mfa_delete", "it takes versioning.", "Set versioning to enabled.")
    if state.after.get("mfa_delete") and state.after.get("lifecycle"):
        yield Remark("mfa_delete", "S3 allows no lifecycle rules beside it.", "Remove one of the two: lifecycle: [].")


def _irreversible(state: State) -> Iterator[Remark]:
    if state.after.get("versioning") and not state.before.get("versioning"):
        yield Remark("versioning", "a bucket can never again be without it.", "It can be suspended.")


VERSIONING = Aspect(
    name="versioning",
    options=(
        Field("versioning", "Status", STATUS, choices=("enabled", "suspended")),
        Field("mfa_delete", "MFADelete", SWITCH, absent=False),
    ),
    get="get_bucket_versioning",
    put="put_bucket_versioning",
    document=lambda answer: {name: answer[name] for name in ("Status", "MFADelete") if name in answer},
    arguments=lambda document: {"VersioningConfiguration": document},
    permissions=Permissions(("s3:GetBucketVersioning",), ("s3:PutBucketVersioning",)),
    asides=(Field("mfa", "MFA", no_log=True),),
    needs=("lifecycle", "object_lock", "replication"),
    turn=lambda before, after: Turn.SET if after.get("versioning") == "enabled" else Turn.LAST,
    refuse=_refuse,
    irreversible=_irreversible,
)
