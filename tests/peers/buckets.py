# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One configuration of a bucket, as our module is told of it and as other collections' are; and whether it is there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import botocore.exceptions
from server import REGION

LOGS = "bench-logs"  # the bucket that receives the logs of the others
TAGS = {"team": "web", "stage": "prod"}
PUBLIC_ACCESS = dict.fromkeys(
    ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"), True
)
LOGGING = {"target_bucket": LOGS, "target_prefix": "web/"}
CORS = {
    "allowed_origins": ["https://example.com"],
    "allowed_methods": ["GET", "HEAD"],
    "allowed_headers": ["*"],
    "expose_headers": ["ETag"],
    "max_age_seconds": 3000,
}
KEY = f"arn:aws:kms:{REGION}:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001"
TOPIC = f"arn:aws:sns:{REGION}:111122223333:uploads"


def policy(bucket: str) -> dict[str, Any]:
    """The bucket's policy."""
    read = {
        "Sid": "Read",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": ["s3:GetObject", "s3:GetObjectVersion"],
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    return {"Version": "2012-10-17", "Statement": [read]}


def options(bucket: str) -> dict[str, Any]:
    """What `stowage.s3.bucket` is told: fifteen sub-resources."""
    return {
        "name": bucket,
        "ownership": "BucketOwnerPreferred",
        "tags": TAGS,
        "encryption": {"algorithm": "aws:kms", "key_id": KEY},
        "versioning": "enabled",
        # Without a time: moto tells one in days and in years, which amazon.aws takes for a change.
        "object_lock": {"enabled": True},
        "public_access": PUBLIC_ACCESS,
        "acl": {"canned": "private"},
        "policy": policy(bucket),
        "lifecycle": [
            {
                "id": "logs",
                "status": "enabled",
                "prefix": "logs/",
                "transitions": [{"days": 30, "storage_class": "STANDARD_IA"}, {"days": 90, "storage_class": "GLACIER"}],
                "expiration": {"days": 365},
            },
            {"id": "uploads", "status": "enabled", "abort_incomplete_multipart_days": 7},
        ],
        "cors": [CORS],
        "logging": LOGGING,
        "website": {"index_document": "index.html", "error_document": "404.html"},
        "accelerate": "enabled",
        "request_payment": "bucket_owner",
        "notifications": [{"id": "uploads", "topic_arn": TOPIC, "events": ["s3:ObjectCreated:*"]}],
    }


def one_option(bucket: str) -> dict[str, Any]:
    """The least that it can be told of a bucket that is so configured."""
    return {"name": bucket, "tags": TAGS}


def tasks(bucket: str) -> list[dict[str, Any]]:
    """The same as tasks of amazon.aws and community.aws, as few as can be.

    But for notifications: their module sends filters that are empty, which moto refuses.
    """
    return [
        {
            "name": "s3_bucket",
            "amazon.aws.s3_bucket": {
                "name": bucket,
                "object_ownership": "BucketOwnerPreferred",
                "tags": TAGS,
                "encryption": "aws:kms",
                "encryption_key_id": KEY,
                "versioning": True,
                "object_lock_enabled": True,
                "public_access": PUBLIC_ACCESS,
                "acl": "private",
                "policy": json.dumps(policy(bucket)),
                "logging": LOGGING,
                "accelerate_enabled": True,
                "requester_pays": False,
            },
        },
        {
            "name": "s3_lifecycle (logs)",
            "community.aws.s3_lifecycle": {
                "name": bucket,
                "rule_id": "logs",
                "prefix": "logs/",
                "transitions": [
                    {"transition_days": 30, "storage_class": "standard_ia"},
                    {"transition_days": 90, "storage_class": "glacier"},
                ],
                "expiration_days": 365,
            },
        },
        {
            "name": "s3_lifecycle (uploads)",
            "community.aws.s3_lifecycle": {
                "name": bucket,
                "rule_id": "uploads",
                "abort_incomplete_multipart_upload_days": 7,
            },
        },
        {
            "name": "s3_cors",
            "community.aws.s3_cors": {"name": bucket, "state": "present", "rules": [CORS]},
        },
        {
            "name": "s3_website",
            "community.aws.s3_website": {
                "name": bucket,
                "state": "present",
                "suffix": "index.html",
                "error_key": "404.html",
            },
        },
    ]


def prepare(client: Any) -> None:
    """What has to be there before such buckets are."""
    client.create_bucket(Bucket=LOGS)
    delivery = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{LOGS}/*",
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": [delivery]})
    client.put_bucket_policy(Bucket=LOGS, Policy=text)


def _rule(name: str, **parts: Any) -> dict[str, Any]:
    return {"ID": name, "Status": "Enabled", **parts}


# What S3 has to answer, by the methods of botocore that ask. What it says besides is its own.
EXPECTED: dict[str, Any] = {
    "get_bucket_ownership_controls": {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}},
    "get_bucket_encryption": {
        "ServerSideEncryptionConfiguration": {
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}}]
        }
    },
    "get_bucket_versioning": {"Status": "Enabled"},
    "get_object_lock_configuration": {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}},
    "get_public_access_block": {
        "PublicAccessBlockConfiguration": dict.fromkeys(
            ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
        )
    },
    "get_bucket_acl": {"Grants": [{"Permission": "FULL_CONTROL"}]},
    "get_bucket_lifecycle_configuration": {
        "Rules": [
            _rule(
                "logs",
                Filter={"Prefix": "logs/"},
                Transitions=[{"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 90, "StorageClass": "GLACIER"}],
                Expiration={"Days": 365},
            ),
            _rule("uploads", AbortIncompleteMultipartUpload={"DaysAfterInitiation": 7}),
        ]
    },
    "get_bucket_cors": {
        "CORSRules": [
            {
                "AllowedOrigins": CORS["allowed_origins"],
                "AllowedMethods": CORS["allowed_methods"],
                "AllowedHeaders": CORS["allowed_headers"],
                "ExposeHeaders": CORS["expose_headers"],
                "MaxAgeSeconds": CORS["max_age_seconds"],
            }
        ]
    },
    "get_bucket_logging": {"LoggingEnabled": {"TargetBucket": LOGS, "TargetPrefix": "web/"}},
    "get_bucket_website": {"IndexDocument": {"Suffix": "index.html"}, "ErrorDocument": {"Key": "404.html"}},
    "get_bucket_accelerate_configuration": {"Status": "Enabled"},
}


def check(client: Any, bucket: str) -> str:
    """What is not as it should be; empty if all is. Notifications and who pays are not looked at."""
    expected = {
        **EXPECTED,
        "get_bucket_tagging": {"TagSet": [{"Key": name, "Value": value} for name, value in TAGS.items()]},
        "get_bucket_policy": {"Policy": policy(bucket)},
    }
    wrong = [method for method, answer in expected.items() if not holds(answer, _answer(client, method, bucket))]
    return f"not as it should be: {', '.join(wrong)}" if wrong else ""


def _answer(client: Any, method: str, bucket: str) -> dict[str, Any]:
    try:
        found = dict(getattr(client, method)(Bucket=bucket))
    except botocore.exceptions.ClientError:
        return {}
    return {**found, "Policy": json.loads(found["Policy"])} if "Policy" in found else found


def holds(expected: Any, found: Any) -> bool:
    """Whether all that is expected is found. Lists are compared without their order."""
    if isinstance(expected, Mapping):
        return isinstance(found, Mapping) and all(holds(value, found.get(name)) for name, value in expected.items())
    if isinstance(expected, Sequence) and not isinstance(expected, str):
        return (
            isinstance(found, Sequence)
            and len(expected) == len(found)
            and all(any(holds(value, each) for each in found) for value in expected)
        )
    return bool(expected == found)
