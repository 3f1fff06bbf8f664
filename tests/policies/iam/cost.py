# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from policies.case import BUCKET, KEY_ARN, Case
from policies.iam.audit import reads
from policies.iam.sync import key_uses, lists, may, not_may

LISTS, MORE, OTHER = "example-inventories", "example-more", "another-bucket"

CASES = (
    Case(
        {},
        (
            reads("s3:ListAllMyBuckets", "*"),
            may("lists", "ListBucket", OTHER),
            may("lists versions", "ListBucketVersions", OTHER),
            may("lists unfinished uploads", "ListBucketMultipartUploads", OTHER),
            may("lists their parts", "ListMultipartUploadParts", OTHER, "a"),
            not_may("reads", "GetObject", OTHER, "a"),
            not_may("writes", "PutObject", OTHER, "a"),
            not_may("ends an upload", "AbortMultipartUpload", OTHER, "a"),
            not_may("reads a policy", "GetBucketPolicy", OTHER),
            reads("cloudwatch:GetMetricData", "*", False),
            reads("pricing:GetProducts", "*", False),
        ),
    ),
    Case(
        {"buckets": [BUCKET], "versions": False, "uploads": False, "refresh": True},
        (
            may("lists", "ListBucket", BUCKET),
            not_may("lists another", "ListBucket", OTHER),
            not_may("lists versions", "ListBucketVersions", BUCKET),
            not_may("lists unfinished uploads", "ListBucketMultipartUploads", BUCKET),
            not_may("lists their parts", "ListMultipartUploadParts", BUCKET, "a"),
            reads("s3:ListAllMyBuckets", "*", False),
            reads("pricing:GetProducts", "*"),
            reads("cloudwatch:GetMetricData", "*", False),
        ),
    ),
    Case(
        {
            "by": ["metrics", "inventory"],
            "buckets": [BUCKET],
            "inventories": [f"s3://{LISTS}/{BUCKET}/all/", "/srv/inventories", f"s3://{MORE}/b/all/"],
            "inventory_keys": [KEY_ARN],
        },
        (
            may("looks for the bucket", "ListBucket", BUCKET),
            not_may("lists versions", "ListBucketVersions", BUCKET),
            reads("cloudwatch:GetMetricData", "*"),
            reads("s3:ListAllMyBuckets", "*", False),
            lists(LISTS, f"{BUCKET}/all/"),
            lists(LISTS, "", False),
            may("reads the inventory", "GetObject", LISTS, f"{BUCKET}/all/data/0.csv.gz"),
            lists(MORE, "b/all/"),
            lists(MORE, "", False),
            may("reads the other", "GetObject", MORE, "b/all/data/0.csv.gz"),
            not_may("reads a third", "GetObject", LISTS, "c/all/data/0.csv.gz"),
            *key_uses(LISTS, f"{LISTS}/{BUCKET}/all/data/0.csv.gz", MORE, f"{MORE}/b/all/data/0.csv.gz", writes=False),
        ),
    ),
    Case(
        {"by": "inventory", "inventories": [f"s3://{LISTS}/{BUCKET}/all/"]},
        (may("reads the inventory", "GetObject", LISTS, f"{BUCKET}/all/data/0.csv.gz"),),
    ),
)
