# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import dataclasses

from policies.case import BUCKET, KEY_ARN, OWN, Case, Request
from policies.iam.audit import DIRECTORY, reads
from policies.iam.sync import DISKS, key

# Roles within it are allowed everything by their own policies.
OF = "boundary"
OTHER = "arn:aws:s3:::another-bucket"
OTHER_KEY = KEY_ARN.replace("1234", "4321")
CASES = (
    Case(
        {},
        (
            Request("reads", True),
            Request("deletes", True, "s3:DeleteObject"),
            Request("restores", True, "s3:RestoreObject"),
            Request("deletes a replaced version", True, "s3:DeleteObjectVersion"),
            Request("keeps a lock", True, "s3:PutObjectRetention"),
            Request("lists versions", True, "s3:ListBucketVersions", None),
            reads("cloudwatch:GetMetricData", "*"),
            reads("pricing:GetProducts", "*"),
            Request("gets around object lock", False, "s3:BypassGovernanceRetention"),
            Request("lists", True, "s3:ListBucket", None),
            Request("reads a policy", True, "s3:GetBucketPolicy", None),
            Request("blocks public access", True, "s3:PutBucketPublicAccessBlock", None),
            Request("looks for object lock", True, "s3:GetBucketObjectLockConfiguration", None),
            Request("writes a policy", False, "s3:PutBucketPolicy", None),
            Request("deletes a policy", False, "s3:DeleteBucketPolicy", None),
            Request("deletes a bucket", False, "s3:DeleteBucket", None),
            reads("s3:ListAllMyBuckets", "*"),
            reads("s3:PutAccountPublicAccessBlock", "*"),
            reads("s3:GetAccessPoint", "*"),
            reads("s3express:GetLifecycleConfiguration", DIRECTORY),
            reads("cloudtrail:GetTrailStatus", f"arn:aws:cloudtrail:eu-central-1:{OWN}:trail/all"),
            reads("iam:PutRolePolicy", f"arn:aws:iam::{OWN}:role/app", False),
            reads("iam:PassRole", f"arn:aws:iam::{OWN}:role/app", False),
            reads("sts:AssumeRole", f"arn:aws:iam::{OWN}:role/admin", False),
            key("writes encrypted", True, "GenerateDataKey", BUCKET),
            key("reads encrypted", True, "Decrypt", BUCKET),
            key("decrypts a disk", False, "Decrypt", BUCKET, DISKS),
            Request("decrypts by itself", False, "kms:Decrypt", context={}),
        ),
    ),
    Case(
        {"buckets": [BUCKET], "key_arns": [KEY_ARN], "bucket_policies": True},
        (
            Request("writes a policy", True, "s3:PutBucketPolicy", None),
            Request("reads", True),
            Request("reads elsewhere", False, resource=f"{OTHER}/a"),
            Request("looks elsewhere", False, "s3:GetBucketPolicy", resource=OTHER),
            key("uses the key", True, "Decrypt", BUCKET),
            dataclasses.replace(key("uses another key", False, "Decrypt", BUCKET), resource=OTHER_KEY),
        ),
    ),
)
