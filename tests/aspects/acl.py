# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from typing import Any

from recorder import CANONICAL_OWNER

from aspects.case import MOTO, RECORDER, SEAWEEDFS, Course, Refusal, Step

ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"
OPEN = {"ownership": "ObjectWriter", "public_access": {}}  # as buckets were before AWS turned ACLs off
OWNER = {"permission": "FULL_CONTROL", "id": CANONICAL_OWNER}
MOTO_OWNER = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a"
OTHER = {"permission": "READ", "id": "2" * 64}
LOGS = {"permission": "WRITE", "uri": "http://acs.amazonaws.com/groups/s3/LogDelivery"}


def acl(**parts: Any) -> dict[str, Any]:
    """The option as the recorder's buckets show it."""
    return {"acl": {"owner": CANONICAL_OWNER, **parts}}


COURSES = (
    Course(
        "canned, grants, canned",
        (
            Step({"acl": {"canned": "private"}}, after=acl(canned="private"), changed=False),
            Step(OPEN),
            Step({"acl": {"canned": "public-read"}}, after=acl(canned="public-read"), warns=("strangers",)),
            # The same in other words.
            Step(
                {"acl": {"grants": [{"permission": "READ", "uri": ALL_USERS}, OWNER]}},
                after=acl(canned="public-read"),
                changed=False,
            ),
            Step({"acl": {"canned": "public-read-write"}}, after=acl(canned="public-read-write")),
            Step({"acl": {"canned": "authenticated-read"}}, after=acl(canned="authenticated-read")),
            Step({"acl": {"grants": [OWNER, OTHER, LOGS]}}, after=acl(grants=[OWNER, OTHER, LOGS])),
            Step({"acl": {"grants": [LOGS, OTHER, OWNER]}}, after=acl(grants=[OWNER, OTHER, LOGS]), changed=False),
            Step({"acl": {}}, after=acl(canned="private")),
        ),
        (RECORDER,),
    ),
    Course(
        "ACLs are allowed before there is one, and turned off when it has gone",
        (
            Step(
                {"acl": {"grants": [OWNER, OTHER]}, "ownership": "BucketOwnerPreferred"},
                after=acl(grants=[OWNER, OTHER]),
            ),
            Step({"acl": {"canned": "private"}, "ownership": "BucketOwnerEnforced"}, after=acl(canned="private")),
        ),
        (RECORDER,),
    ),
    Course(
        "as moto has them",
        (
            Step({"acl": {"canned": "public-read"}}, after={"acl": {"owner": MOTO_OWNER, "canned": "public-read"}}),
            Step(
                {"acl": {"grants": [{**OWNER, "id": MOTO_OWNER}, OTHER]}},
                after={"acl": {"owner": MOTO_OWNER, "grants": [{**OWNER, "id": MOTO_OWNER}, OTHER]}},
            ),
            Step({"acl": {}}, after={"acl": {"owner": MOTO_OWNER, "canned": "private"}}),
        ),
        (MOTO,),
    ),
    Course(
        "as SeaweedFS has them",
        (
            Step({"ownership": "ObjectWriter"}),
            Step({"acl": {"canned": "public-read"}}, after={"acl": {"owner": "admin", "canned": "public-read"}}),
            Step({"acl": {}}, after={"acl": {"owner": "admin", "canned": "private"}}),
        ),
        (SEAWEEDFS,),
    ),
)
REFUSALS = (
    Refusal("ACLs are off", {"acl": {"canned": "public-read"}}, ("acl", "BucketOwnerEnforced", "policy")),
    Refusal(
        "public ones are blocked",
        {"ownership": "ObjectWriter", "acl": {"canned": "authenticated-read"}},
        ("acl", "block_public_acls"),
    ),
    Refusal(
        "ACLs are turned off while there is one",
        {"ownership": "BucketOwnerEnforced"},
        ("ownership", "canned: private"),
        before={"ownership": "ObjectWriter", "acl": {"grants": [OWNER, OTHER]}},
    ),
    Refusal("another owner", {"acl": {"owner": "3" * 64, "canned": "private"}}, ("acl.owner", CANONICAL_OWNER)),
    Refusal("a name and grants", {"acl": {"canned": "private", "grants": [OWNER]}}, ("mutually exclusive",)),
    Refusal("a grant to nobody", {"acl": {"grants": [{"permission": "READ"}]}}, ("required",)),
    Refusal(
        "too many",
        {"ownership": "ObjectWriter", "acl": {"grants": [{**OTHER, "id": f"{n:064}"} for n in range(101)]}},
        ("acl.grants", "101", "100"),
    ),
)
