# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Attribute-based access control: whether the bucket's tags count in policies.

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
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import SWITCH, Field


def _refuse(state: State) -> Iterator[Remark]:
    stays = state.before.get("abac") and state.after.get("abac")
    if stays and state.before.get("tags") != state.after.get("tags"):
        yield Remark(
            "tags",
            "with abac on, S3 lets nobody change a bucket's tags by PutBucketTagging.",
            "Set abac to false first, or use TagResource of S3 Control.",
        )


def _warn(state: State) -> Iterator[Remark]:
    if state.after.get("abac") and not state.before.get("abac"):
        yield Remark(
            "abac",
            "policies that look at the bucket's tags take effect, and the option tags can change none any more.",
            "Look through the policies of all who use the bucket first.",
        )


ABAC = Aspect(
    name="abac",
    options=(Field("abac", "Status", SWITCH, absent=False),),
    get="get_bucket_abac",
    put="put_bucket_abac",
    document=lambda answer: dict(answer.get("AbacStatus", {})),
    arguments=lambda document: {"AbacStatus": {"Status": document.get("Status", SWITCH.expand(False))}},
    permissions=Permissions(("s3:GetBucketAbac",), ("s3:PutBucketAbac",)),
    # Tags are changed while it is off.
    turn=lambda before, after: Turn.LAST if after.get("abac") else Turn.FIRST,
    refuse=_refuse,
    warn=_warn,
)
