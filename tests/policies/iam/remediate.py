# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from policies.case import BUCKET, Case, Request

CASES = (
    Case(
        {},
        (
            Request("blocks public access", True, "s3:PutBucketPublicAccessBlock", None),
            Request("makes an ACL private", True, "s3:PutBucketAcl", None),
            Request("adds a statement", True, "s3:PutBucketPolicy", None),
            Request("logs", True, "s3:PutBucketLogging", None),
            Request("adds a rule", True, "s3:PutLifecycleConfiguration", None),
            Request("keeps versions", True, "s3:PutBucketVersioning", None),
            Request("blocks public access to all", True, "s3:PutAccountPublicAccessBlock", resource="*"),
            Request("encrypts", False, "s3:PutEncryptionConfiguration", None),
            Request("deletes a policy", False, "s3:DeleteBucketPolicy", None),
            Request("deletes a bucket", False, "s3:DeleteBucket", None),
            Request("reads an object", False),
            Request("writes an object", False, "s3:PutObject"),
        ),
    ),
    Case(
        {"controls": ["S3.10", "S3.11", "S3.12", "S3.17"], "buckets": [BUCKET]},
        (
            Request("adds a rule", True, "s3:PutLifecycleConfiguration", None),
            Request("tells of events", True, "s3:PutBucketNotification", None),
            Request("turns ACLs off", True, "s3:PutBucketOwnershipControls", None),
            Request("encrypts", True, "s3:PutEncryptionConfiguration", None),
            Request("encrypts another", False, "s3:PutEncryptionConfiguration", resource="arn:aws:s3:::another-bucket"),
            Request("writes a policy", False, "s3:PutBucketPolicy", None),
            Request("blocks public access to all", False, "s3:PutAccountPublicAccessBlock", resource="*"),
        ),
    ),
)
