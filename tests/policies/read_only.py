# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from policies.case import ADMIN, Case, Request

LESS_USUAL = (
    "BypassGovernanceRetention",
    "DeleteObjectTagging",
    "DeleteObjectVersionTagging",
    "PutObjectAcl",
    "PutObjectTagging",
    "PutObjectVersionAcl",
    "PutObjectVersionTagging",
    "ReplicateDelete",
    "ReplicateObject",
    "ReplicateTags",
)
CASES = (
    Case(
        {},
        (
            Request("a download", True),
            Request("a listing", True, "s3:ListBucket", None),
            Request("an upload", False, "s3:PutObject"),
            Request("a deletion", False, "s3:DeleteObject"),
            Request("a deletion of a version", False, "s3:DeleteObjectVersion"),
            *(Request(action, False, f"s3:{action}") for action in LESS_USUAL),
            Request("a rule that deletes", False, "s3:PutLifecycleConfiguration", None),
            Request("the end of the bucket", False, "s3:DeleteBucket", None),
            Request("the end of it all", True, "s3:DeleteBucketPolicy", None),
        ),
    ),
    Case(
        {"exempt_principals": [ADMIN]},
        (Request("an upload, exempt", True, "s3:PutObject", who=ADMIN), Request("an upload", False, "s3:PutObject")),
    ),
)
