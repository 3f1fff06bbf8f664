# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Object ownership: who owns what others upload, and whether there are ACLs at all.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import (
    Aspect,
    Permissions,
    Remark,
    State,
    Turn,
)
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.acl import PRIVATE, meaning
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Document, Field

_NO_ACLS = "BucketOwnerEnforced"


def _document(answer: dict[str, Any]) -> Document:
    rules = answer.get("OwnershipControls", {}).get("Rules", [])
    return dict(rules[0]) if rules else {}


def _refuse(state: State) -> Iterator[Remark]:
    turned_off = state.after.get("ownership") == _NO_ACLS != state.before.get("ownership")
    if turned_off and meaning(state.after) != PRIVATE:
        yield Remark(
            "ownership",
            f"{_NO_ACLS} turns ACLs off, which S3 refuses while the bucket's ACL grants others something.",
            "Put into the policy what is to stay, and set acl to {canned: private}.",
        )


OWNERSHIP = Aspect(
    name="ownership",
    options=(Field("ownership", "ObjectOwnership", choices=(_NO_ACLS, "BucketOwnerPreferred", "ObjectWriter", "")),),
    get="get_bucket_ownership_controls",
    put="put_bucket_ownership_controls",
    delete="delete_bucket_ownership_controls",
    missing=("OwnershipControlsNotFoundError",),
    document=_document,
    arguments=lambda document: {"OwnershipControls": {"Rules": [document]}},
    permissions=Permissions(("s3:GetBucketOwnershipControls",), ("s3:PutBucketOwnershipControls",)),
    # ACLs have to be gone before they are turned off, and to be allowed before there are any.
    turn=lambda before, after: Turn.LAST if after.get("ownership") == _NO_ACLS else Turn.FIRST,
    needs=("acl",),
    initial={"ObjectOwnership": _NO_ACLS},
    creation=lambda values: {"ObjectOwnership": values["ownership"]} if values.get("ownership") else {},
    refuse=_refuse,
)
