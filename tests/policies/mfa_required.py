# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from policies.case import ADMIN, Case, Request, everybody_may

AGE, LOGS = "aws:MultiFactorAuthAge", "logging.s3.amazonaws.com"
CASES = (
    Case(
        {"exempt_principals": [ADMIN], "prefix": "papers"},
        (
            Request("a deletion", False, "s3:DeleteObject", "papers/a"),
            Request("a deletion, a minute after the code", True, "s3:DeleteObject", "papers/a", context={AGE: "60"}),
            Request("a deletion, a day after it", False, "s3:DeleteObjectVersion", "papers/a", context={AGE: "86400"}),
            Request("a deletion of a version", False, "s3:DeleteObjectVersion", "papers/a"),
            Request(
                "a deletion, two days after the code", False, "s3:DeleteObject", "papers/a", context={AGE: "172800"}
            ),
            Request("a deletion, exempt", True, "s3:DeleteObject", "papers/a", ADMIN),
            Request("a deletion a day after it, exempt", True, "s3:DeleteObject", "papers/a", ADMIN, {AGE: "86400"}),
            Request("a deletion elsewhere", True, "s3:DeleteObject", "a"),
            Request("a download", True, key="papers/a"),
        ),
    ),
    Case(
        {"actions": "all", "max_age": 600},
        (
            Request("a download", False),
            Request("a download, a minute after the code", True, context={AGE: "60"}),
            Request("a download, a quarter of an hour after it", False, context={AGE: "900"}),
            Request("an upload by a service", True, "s3:PutObject", who=LOGS),
            Request("the policy", True, "s3:PutBucketPolicy", None),
        ),
        beside=(everybody_may("s3:PutObject", who={"Service": LOGS}),),
    ),
)
