# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from policies.case import BUCKET, OWN, Case, Request

DIRECTORY = f"arn:aws:s3express:eu-central-1:{OWN}:bucket/a--euc1-az1--x-s3"
OTHER = "arn:aws:s3:::another-bucket"


def reads(action: str, resource: str, allowed: bool = True) -> Request:
    """A request for a configuration."""
    return Request(f"{action} {resource}", allowed, action, resource=resource)


CASES = (
    Case(
        {},
        (
            Request("reads a policy", True, "s3:GetBucketPolicy", None),
            Request("looks for a bucket", True, "s3:ListBucket", None),
            reads("s3:GetEncryptionConfiguration", OTHER),
            reads("s3:ListAllMyBuckets", "*"),
            reads("s3:GetAccountPublicAccessBlock", "*"),
            reads("s3:ListAccessPoints", "*"),
            reads("s3:ListMultiRegionAccessPoints", "*"),
            reads("s3express:ListAllMyDirectoryBuckets", "*"),
            reads("cloudtrail:DescribeTrails", "*"),
            reads("s3:GetAccessPoint", "*"),
            reads("s3express:GetLifecycleConfiguration", DIRECTORY),
            reads("cloudtrail:GetEventSelectors", f"arn:aws:cloudtrail:eu-central-1:{OWN}:trail/all"),
            reads("cloudtrail:GetTrailStatus", f"arn:aws:cloudtrail:eu-central-1:{OWN}:trail/all"),
            Request("reads an object", False),
            Request("writes a policy", False, "s3:PutBucketPolicy", None),
            Request("deletes a bucket", False, "s3:DeleteBucket", None),
            reads("iam:ListRoles", "*", False),
        ),
    ),
    Case(
        {"buckets": [BUCKET]},
        (
            Request("reads this", True, "s3:GetBucketPolicy", None),
            reads("s3:GetBucketPolicy", OTHER, False),
            reads("s3:ListAllMyBuckets", "*"),
        ),
    ),
)
