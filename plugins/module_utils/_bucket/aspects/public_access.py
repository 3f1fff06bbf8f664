# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The four switches that block public access to a bucket.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect, Permissions, Turn
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import FLAG, Field, Values

_SWITCHES = (
    ("block_public_acls", "BlockPublicAcls"),
    ("ignore_public_acls", "IgnorePublicAcls"),
    ("block_public_policy", "BlockPublicPolicy"),
    ("restrict_public_buckets", "RestrictPublicBuckets"),
)
SWITCHES = tuple(Field(name, aws, FLAG, absent=False) for name, aws in _SWITCHES)


def _turn(before: Values, after: Values) -> Turn:
    """Relaxed before a policy or an ACL needs it, tightened when those have gone."""
    old, new = before.get("public_access", {}), after.get("public_access", {})
    return Turn.FIRST if any(not new.get(name) for name in old) else Turn.LAST


PUBLIC_ACCESS = Aspect(
    name="public_access",
    options=(Field("public_access", "", of=SWITCHES),),
    get="get_public_access_block",
    put="put_public_access_block",
    delete="delete_public_access_block",
    missing=("NoSuchPublicAccessBlockConfiguration",),
    document=lambda answer: dict(answer.get("PublicAccessBlockConfiguration", {})),
    arguments=lambda document: {"PublicAccessBlockConfiguration": document},
    turn=_turn,
    initial={aws: True for _name, aws in _SWITCHES},
    permissions=Permissions(("s3:GetBucketPublicAccessBlock",), ("s3:PutBucketPublicAccessBlock",)),
)
