# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Grants, as ACLs and the delivery of logs have them: who may do what.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Remark, State
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Document, Field

ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"
AUTHENTICATED_USERS = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
_GROUPS = (ALL_USERS, AUTHENTICATED_USERS, "http://acs.amazonaws.com/groups/s3/LogDelivery")
# By the option: AWS's member, and the type that AWS wants to be told besides.
_GRANTEES = {
    "id": ("ID", "CanonicalUser"),
    "uri": ("URI", "Group"),
    "email": ("EmailAddress", "AmazonCustomerByEmail"),
}


def grants_field(aws: str, permissions: tuple[str, ...]) -> Field:
    """The option `grants`."""
    return Field(
        "grants",
        aws,
        many=True,
        of=(
            Field("permission", "Permission", choices=permissions, required=True),
            Field("id", "Grantee.ID"),
            Field("uri", "Grantee.URI", choices=_GROUPS),
            Field("email", "Grantee.EmailAddress"),
        ),
        spec={"mutually_exclusive": [list(_GRANTEES)], "required_one_of": [list(_GRANTEES)]},
    )


def plain(grants: Iterable[Document]) -> list[Document]:
    """Grants without what AWS adds to its answers: names for people, and the type that follows from the rest."""
    members = [member for member, _type in _GRANTEES.values()]
    return [
        {
            "Permission": grant["Permission"],
            "Grantee": {member: grant["Grantee"][member] for member in members if grant["Grantee"].get(member)},
        }
        for grant in grants
    ]


def typed(grants: Iterable[Document]) -> list[Document]:
    """Grants as AWS wants them."""
    return [
        {**grant, "Grantee": {**grant["Grantee"], "Type": kind}}
        for grant in grants
        for member, kind in _GRANTEES.values()
        if member in grant["Grantee"]
    ]


def pairs(grants: Iterable[dict[str, Any]]) -> set[tuple[str, str]]:
    """Permission and grantee of an option's grants."""
    return {(each["permission"], each.get("id") or each.get("uri") or each.get("email", "")) for each in grants}


def refuse_emails(state: State, path: str, grants: Iterable[dict[str, Any]]) -> Iterator[Remark]:
    """AWS has taken none since October 2025; before that it kept the account's id in its place."""
    for place, each in enumerate(grants):
        if state.aws and each.get("email"):
            yield Remark(f"{path}[{place}].email", "AWS takes e-mail addresses no more.", "Give the account's id.")
