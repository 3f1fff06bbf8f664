# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Object ownership: who owns what others upload, and whether there are ACLs at all.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect, Permissions, Turn
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Document, Field


def _document(answer: dict[str, Any]) -> Document:
    rules = answer.get("OwnershipControls", {}).get("Rules", [])
    return dict(rules[0]) if rules else {}


OWNERSHIP = Aspect(
    name="ownership",
    options=(
        Field(
            "ownership", "ObjectOwnership", choices=("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter", "")
        ),
    ),
    get="get_bucket_ownership_controls",
    put="put_bucket_ownership_controls",
    delete="delete_bucket_ownership_controls",
    missing=("OwnershipControlsNotFoundError",),
    document=_document,
    arguments=lambda document: {"OwnershipControls": {"Rules": [document]}},
    permissions=Permissions(("s3:GetBucketOwnershipControls",), ("s3:PutBucketOwnershipControls",)),
    # ACLs have to be gone before they are turned off, and to be allowed before there are any.
    turn=lambda before, after: Turn.LAST if after.get("ownership") == "BucketOwnerEnforced" else Turn.FIRST,
    initial={"ObjectOwnership": "BucketOwnerEnforced"},
    creation=lambda values: {"ObjectOwnership": values["ownership"]} if values.get("ownership") else {},
)
