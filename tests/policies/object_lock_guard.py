# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from policies.case import ADMIN, Case, Request

LEFT, HOLD = "s3:object-lock-remaining-retention-days", "s3:object-lock-legal-hold"
CASES = (
    Case(
        {"exempt_principals": [ADMIN], "max_days": 400, "min_days": 30},
        (
            Request("gets around it", False, "s3:BypassGovernanceRetention"),
            Request("gets around it, exempt", True, "s3:BypassGovernanceRetention", who=ADMIN),
            Request("changes the default", False, "s3:PutBucketObjectLockConfiguration", None),
            Request("holds", True, "s3:PutObjectLegalHold", context={HOLD: "ON"}),
            Request("lets go", False, "s3:PutObjectLegalHold", context={HOLD: "OFF"}),
            Request("lets go, exempt", True, "s3:PutObjectLegalHold", who=ADMIN, context={HOLD: "OFF"}),
            Request("locks for a year", True, "s3:PutObjectRetention", context={LEFT: "365"}),
            Request("locks for ten", False, "s3:PutObjectRetention", context={LEFT: "3650"}),
            Request("locks for ten, exempt", False, "s3:PutObjectRetention", who=ADMIN, context={LEFT: "3650"}),
            Request("uploads with a lock of a day", False, "s3:PutObject", context={LEFT: "1"}),
            Request("shortens to a day", False, "s3:PutObjectRetention", context={LEFT: "1"}),
            Request("uploads with a lock of ten years", False, "s3:PutObject", context={LEFT: "3650"}),
            Request("uploads without a lock", True, "s3:PutObject"),
        ),
    ),
    Case(
        {},
        (
            Request("gets around it", False, "s3:BypassGovernanceRetention", who=ADMIN),
            Request("locks for a hundred years", True, "s3:PutObjectRetention", context={LEFT: "36500"}),
        ),
    ),
)
