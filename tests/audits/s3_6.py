# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from typing import Any

from audits.case import FAIL, OWNER, PASS, STRANGER, UNKNOWN, Case, policy, statement

KNOWN = {"account": OWNER}


def allow(principal: Any = None, action: Any = "s3:PutBucketPolicy", **parts: Any) -> dict[str, Any]:
    who = {"AWS": STRANGER} if principal is None else principal
    return policy(statement(**{"Sid": "P", "Principal": who, "Action": action, **parts}))


CASES = (
    Case("no policy", PASS),
    Case("a stranger", FAIL, allow(), KNOWN, ("s3:PutBucketPolicy", "statements P")),
    Case("a stranger's role", FAIL, allow({"AWS": f"arn:aws:iam::{STRANGER}:role/r"}), KNOWN),
    Case("a stranger among others", FAIL, allow({"AWS": [OWNER, STRANGER]}), KNOWN),
    Case("oneself", PASS, allow({"AWS": OWNER}), KNOWN),
    Case("one's own role", PASS, allow({"AWS": f"arn:aws:iam::{OWNER}:role/r"}), KNOWN),
    Case("everybody", FAIL, allow("*")),
    Case("everybody but somebody", FAIL, allow(Principal=None, NotPrincipal={"AWS": OWNER})),
    Case("a service", PASS, allow({"Service": "logging.s3.amazonaws.com"})),
    Case("a canonical user", FAIL, allow({"CanonicalUser": "1" * 64}), KNOWN),
    Case("a condition does not count", FAIL, allow(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), KNOWN),
    Case("all actions", FAIL, allow(action="s3:*"), KNOWN, ("s3:DeleteBucketPolicy", "s3:PutObjectAcl")),
    Case("a pattern", FAIL, allow(action=["s3:Get*", "S3:put*ACL"]), KNOWN, ("s3:PutBucketAcl, s3:PutObjectAcl",)),
    Case(
        "all actions but some", FAIL, allow(Action=None, NotAction=["s3:Put*"]), KNOWN, ("may s3:DeleteBucketPolicy,",)
    ),
    Case("all but these", PASS, allow(Action=None, NotAction=["s3:Put*", "s3:Delete*"])),
    Case("other actions", PASS, allow(action=["s3:GetObject", "s3:PutObject"])),
    Case("denied", PASS, allow(Effect="Deny")),
    Case("nobody knows which account this is", UNKNOWN, allow(), says=("account",)),
)
