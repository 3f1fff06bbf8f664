# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from audits.case import FAIL, PASS, Case

OWN, OTHER = {"permission": "FULL_CONTROL", "id": "1" * 64}, {"permission": "READ", "id": "2" * 64}
LOGS = {"permission": "WRITE", "uri": "http://acs.amazonaws.com/groups/s3/LogDelivery"}


def acl(*grants: dict[str, str], ownership: str = "ObjectWriter") -> dict[str, object]:
    return {"ownership": ownership, "acl": {"owner": "1" * 64, "grants": [OWN, *grants]}}


CASES = (
    Case("turned off", PASS, {"ownership": "BucketOwnerEnforced"}, says=("turned off",)),
    Case("private", PASS, {"ownership": "BucketOwnerPreferred", "acl": {"canned": "private"}}, says=("nobody",)),
    Case("only the owner", PASS, acl(), says=("nobody",)),
    Case("an account", FAIL, acl(OTHER), says=("READ 222",)),
    Case("an account, and ownership is not said", FAIL, acl(OTHER, ownership="")),
    Case("the delivery of logs", FAIL, acl(LOGS), says=("WRITE", "LogDelivery")),
    Case("everybody", FAIL, {"acl": {"canned": "public-read"}}, says=("READ", "AllUsers")),
    Case("a grant that is without effect", PASS, acl(OTHER, ownership="BucketOwnerEnforced")),
)
