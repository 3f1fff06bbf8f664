# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The bucket's access control list: a canned one, or grants.

AWS answers grants only, so a canned ACL is known by the grants that it stands for.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect, Permissions, Remark, State
from ansible_collections.stowage.s3.plugins.module_utils._bucket.grants import (
    ALL_USERS,
    AUTHENTICATED_USERS,
    grants_field,
    pairs,
    plain,
    refuse_emails,
    typed,
)
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Document, Field, Values, flatten

PRIVATE = "private"
# What each grants besides FULL_CONTROL to the owner.
_CANNED = {
    PRIVATE: (),
    "public-read": (("READ", ALL_USERS),),
    "public-read-write": (("READ", ALL_USERS), ("WRITE", ALL_USERS)),
    "authenticated-read": (("READ", AUTHENTICATED_USERS),),
}
_MOST = 100  # grants


def _said(acl: Values) -> Values:
    """Nothing is what AWS gives a new bucket: it has no bucket without an ACL."""
    return {"canned": PRIVATE} if not acl or acl.get("grants") == [] else acl


_FIELDS = (
    Field(
        "acl",
        "",
        of=(
            Field("canned", "Canned", choices=tuple(_CANNED)),
            Field("owner", "Owner.ID"),
            grants_field("Grants", ("FULL_CONTROL", "WRITE", "WRITE_ACP", "READ", "READ_ACP")),
        ),
        said=_said,
        spec={"mutually_exclusive": [["canned", "grants"]]},
    ),
)


def meaning(values: Values) -> Any:
    """What an ACL grants: the name of a canned one, else permissions and grantees."""
    acl = values.get("acl") or {}
    found = pairs(acl.get("grants", ()))
    if acl.get("canned") or not found:
        return acl.get("canned") or PRIVATE
    owner = ("FULL_CONTROL", acl.get("owner"))
    return next((name for name, more in _CANNED.items() if found == {owner, *more}), sorted(found))


def _document(answer: dict[str, Any]) -> Document:
    owner = answer.get("Owner", {}).get("ID")
    found: Document = {"Owner": {"ID": owner}} if owner else {}
    grants = {**found, "Grants": plain(answer.get("Grants", ()))}
    canned = meaning(flatten(_FIELDS, grants))
    return {**found, "Canned": canned} if isinstance(canned, str) else grants


def _arguments(document: Document) -> dict[str, Any]:
    if "Grants" in document:
        return {"AccessControlPolicy": {"Owner": document["Owner"], "Grants": typed(document["Grants"])}}
    return {"ACL": document.get("Canned", PRIVATE)}


def _normal(values: Values) -> Values:
    """In the option's form, so that it can be compared as one."""
    found = meaning(values)
    if isinstance(found, str):
        return {"acl": {"canned": found}}
    return {"acl": {"grants": [{"permission": permission, "id": who} for permission, who in found]}}


def granted(values: Values) -> list[tuple[str, str]]:
    """What an ACL grants to whom: permissions and grantees. Of a canned one without what it grants the owner."""
    found = meaning(values)
    return list(_CANNED[found] if isinstance(found, str) else found)


def is_public(values: Values) -> bool:
    """Whether an ACL grants something to everybody, or to everybody with an account at AWS, which is no less."""
    return any(who in (ALL_USERS, AUTHENTICATED_USERS) for _permission, who in granted(values))


def _refuse(state: State) -> Iterator[Remark]:
    acl, before = state.after.get("acl") or {}, state.before.get("acl") or {}
    grants = acl.get("grants", [])
    if before.get("owner") and acl.get("owner") != before["owner"]:
        yield Remark("acl.owner", f"a bucket keeps its owner, who is {before['owner']}.", "Leave it out.")
    if grants and not acl.get("owner"):
        yield Remark("acl.owner", "grants need it, and it is not known of a new bucket.", "Give the account's id.")
    if len(grants) > _MOST:
        yield Remark("acl.grants", f"there are {len(grants)}; S3 allows {_MOST}.", "Write a policy instead.")
    yield from refuse_emails(state, "acl.grants", grants)
    if meaning(state.after) == PRIVATE:
        return
    if state.after.get("ownership") == "BucketOwnerEnforced":
        yield Remark(
            "acl",
            "ownership is BucketOwnerEnforced, which turns ACLs off.",
            "Write a policy instead, or set ownership to BucketOwnerPreferred.",
        )
    if is_public(state.after) and (state.after.get("public_access") or {}).get("block_public_acls"):
        yield Remark(
            "acl",
            "it is public, and public_access.block_public_acls is on.",
            "Leave the public grants out, or set that to false.",
        )


def _warn(state: State) -> Iterator[Remark]:
    if is_public(state.after) and meaning(state.after) != meaning(state.before):
        yield Remark("acl", "it lets strangers at the bucket.", "To list it, or to write into it, needs no account.")


ACL = Aspect(
    name="acl",
    options=_FIELDS,
    get="get_bucket_acl",
    put="put_bucket_acl",
    document=_document,
    arguments=_arguments,
    permissions=Permissions(("s3:GetBucketAcl",), ("s3:PutBucketAcl",)),
    needs=("ownership", "public_access"),
    initial={"Canned": PRIVATE},
    normal=_normal,
    refuse=_refuse,
    warn=_warn,
)
