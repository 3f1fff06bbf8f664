# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from policies.case import FULL_CONTROL, KEY_ARN, Case, Request

SITE, REPORTS, COPIES, STATE = "example-site", "example-reports", "example-copies", "example-state"
S3, DISKS = "s3.eu-central-1.amazonaws.com", "ec2.eu-central-1.amazonaws.com"


def arn(bucket: str, key: str = "") -> str:
    """Of a bucket or an object."""
    return f"arn:aws:s3:::{bucket}" + (f"/{key}" if key else "")


def may(what: str, action: str, bucket: str, key: str = "", **context: str) -> Request:
    """A request that is allowed."""
    return Request(what, True, f"s3:{action}", resource=arn(bucket, key), context=context)


def not_may(what: str, action: str, bucket: str, key: str = "", **context: str) -> Request:
    """One that is not."""
    return Request(what, False, f"s3:{action}", resource=arn(bucket, key), context=context)


def lists(bucket: str, prefix: str, allowed: bool = True) -> Request:
    """A listing below a prefix."""
    return Request(f"lists {prefix}", allowed, "s3:ListBucket", resource=arn(bucket), context={"s3:prefix": prefix})


def key(what: str, allowed: bool, action: str, where: str, via: str = S3) -> Request:
    """A use of the KMS key for a bucket or an object."""
    context = {"kms:ViaService": via, "kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{where}"}
    return Request(what, allowed, f"kms:{action}", context=context)


def key_uses(*places: str, writes: bool = True) -> tuple[Request, ...]:
    """What may be done with the key for these places, and not for others, nor by other services."""
    return (
        *(key(f"reads {place}", True, "Decrypt", place) for place in places),
        *(key(f"writes {place}", writes, "GenerateDataKey", place) for place in places),
        *(key(f"reads {place} by itself", False, "Decrypt", place, DISKS) for place in places),
        key("reads a stranger's", False, "Decrypt", "a-strangers-bucket/a"),
        Request("decrypts by itself", False, "kms:Decrypt", context={}),
        Request("looks at the key", False, "kms:DescribeKey", context={}),
    )


CASES = (
    Case(
        {
            "name": "site",
            "source": "/srv/site",
            "destination": f"s3://{SITE}/www",
            "delete": True,
            "state_dir": f"s3://{STATE}/site",
        },
        (
            lists(SITE, "www/"),
            lists(SITE, "www/docs/"),
            lists(SITE, "", False),
            lists(SITE, "www-old/", False),
            not_may("lists everything", "ListBucket", SITE),
            may("looks", "GetObject", SITE, "www/a"),
            may("writes", "PutObject", SITE, "www/a"),
            may("deletes", "DeleteObject", SITE, "www/a"),
            may("gives an upload up", "AbortMultipartUpload", SITE, "www/a"),
            may("resumes an upload", "ListMultipartUploadParts", SITE, "www/a"),
            not_may("writes beside it", "PutObject", SITE, "www-old/a"),
            not_may("reads beside it", "GetObject", SITE, "a"),
            not_may("deletes a version", "DeleteObjectVersion", SITE, "www/a"),
            not_may("gives away", "PutObjectAcl", SITE, "www/a", **FULL_CONTROL),
            not_may("sets tags", "PutObjectTagging", SITE, "www/a"),
            not_may("lists what others upload", "ListBucketMultipartUploads", SITE),
            not_may("changes the bucket", "PutLifecycleConfiguration", SITE),
            lists(STATE, "site/uploads/0123/"),
            lists(STATE, "site/cache/0123.sqlite3"),
            lists(STATE, "site/runs/"),
            lists(STATE, "site/", False),
            may("keeps a record", "PutObject", STATE, "site/runs/r.json"),
            not_may("reads records", "GetObject", STATE, "site/runs/r.json"),
            not_may("deletes records", "DeleteObject", STATE, "site/runs/r.json"),
            may("fetches the cache", "GetObject", STATE, "site/cache/c.sqlite3"),
            may("puts the cache back", "PutObject", STATE, "site/cache/c.sqlite3"),
            not_may("deletes the cache", "DeleteObject", STATE, "site/cache/c.sqlite3"),
            may("reads a note", "GetObject", STATE, "site/uploads/0/n.json"),
            may("writes a note", "PutObject", STATE, "site/uploads/0/n.json"),
            may("deletes a note", "DeleteObject", STATE, "site/uploads/0/n.json"),
        ),
    ),
    # What only looks at sizes, and overwrites, need not read.
    Case(
        {
            "source": "/srv/drop",
            "destination": f"s3://{SITE}",
            "compare": "size",
            "on_conflict": "overwrite",
            "acl": "bucket-owner-full-control",
            "rules": [{"match": ["*.html"], "tags": {"team": "web"}}],
            "state_dir": f"s3://{STATE}",
        },
        (
            lists(SITE, ""),
            may("looks for the bucket", "ListBucket", SITE),
            may("writes", "PutObject", SITE, "a", **FULL_CONTROL),
            not_may("reads", "GetObject", SITE, "a"),
            may("gives to the owner", "PutObjectAcl", SITE, "a", **FULL_CONTROL),
            not_may("gives to everybody", "PutObjectAcl", SITE, "a", **{"s3:x-amz-acl": "public-read"}),
            may("sets tags", "PutObjectTagging", SITE, "a"),
            not_may("reads tags", "GetObjectTagging", SITE, "a"),
            not_may("deletes", "DeleteObject", SITE, "a"),
            not_may("keeps a cache", "PutObject", STATE, "cache/c.sqlite3"),
            may("writes a note", "PutObject", STATE, "uploads/0/n.json"),
        ),
    ),
    # A saved plan has conditions, whatever else is said.
    Case(
        {
            "source": "/srv/drop",
            "destination": f"s3://{SITE}",
            "compare": "size",
            "on_conflict": "overwrite",
            "apply_plan": "/srv/plan.jsonl",
        },
        (may("reads", "GetObject", SITE, "a"),),
    ),
    # Rules change objects whose content is right, by a copy, which carries tags.
    Case(
        {
            "source": "/srv/site",
            "destination": f"s3://{SITE}/www",
            "rules": [{"match": ["*"], "cache_control": "no-cache"}],
            "destination_keys": [KEY_ARN],
        },
        (
            may("reads tags", "GetObjectTagging", SITE, "www/a"),
            may("sets tags", "PutObjectTagging", SITE, "www/a"),
            *key_uses(f"{SITE}/www/a", SITE),
        ),
    ),
    Case(
        {
            "source": f"s3://{REPORTS}/2026",
            "destination": "/srv/reports",
            "delete": True,
            "archived": "restore",
            "backup_to": f"s3://{COPIES}/old",
            "source_keys": [KEY_ARN],
            "state_dir": f"s3://{STATE}",
        },
        (
            lists(REPORTS, "2026/"),
            lists(REPORTS, "", False),
            may("reads", "GetObject", REPORTS, "2026/a"),
            may("restores", "RestoreObject", REPORTS, "2026/a"),
            not_may("reads tags", "GetObjectTagging", REPORTS, "2026/a"),
            not_may("writes", "PutObject", REPORTS, "2026/a"),
            not_may("deletes", "DeleteObject", REPORTS, "2026/a"),
            may("keeps what it replaces", "PutObject", COPIES, "old/run/a"),
            may("gives an upload up", "AbortMultipartUpload", COPIES, "old/run/a"),
            not_may("reads what it kept", "GetObject", COPIES, "old/run/a"),
            not_may("sets tags", "PutObjectTagging", COPIES, "old/run/a"),
            not_may("deletes what it kept", "DeleteObject", COPIES, "old/run/a"),
            may("writes a note", "PutObject", STATE, "uploads/0/n.json"),
            lists(COPIES, "old/"),
            lists(COPIES, "", False),
            lists(STATE, "uploads/0/"),
            lists(STATE, "", False),
            may("reads a note", "GetObject", STATE, "uploads/0/n.json"),
            may("deletes a note", "DeleteObject", STATE, "uploads/0/n.json"),
            may("fetches the cache", "GetObject", STATE, "cache/c.sqlite3"),
            may("puts the cache back", "PutObject", STATE, "cache/c.sqlite3"),
            *key_uses(f"{REPORTS}/2026/a", REPORTS, writes=False),
        ),
    ),
    Case(
        {
            "source": f"s3://{REPORTS}",
            "destination": "/srv/reports",
            "state_dir": f"s3://{STATE}",
            "state_keys": [KEY_ARN],
        },
        (
            not_may("restores", "RestoreObject", REPORTS, "a"),
            not_may("writes a note", "PutObject", STATE, "uploads/0/n.json"),
            may("keeps a record", "PutObject", STATE, "runs/r.json"),
            *key_uses(STATE, f"{STATE}/runs/r.json", f"{STATE}/cache/c.sqlite3"),
        ),
    ),
    Case(
        {
            "source": f"s3://{REPORTS}/2026",
            "destination": f"s3://{SITE}/www",
            "backup_to": f"s3://{COPIES}",
            "encryption": "aws:kms",
            "encryption_key_id": KEY_ARN,
            "compare": "size",
            "on_conflict": "overwrite",
        },
        (
            may("reads", "GetObject", REPORTS, "2026/a"),
            may("reads tags", "GetObjectTagging", REPORTS, "2026/a"),
            may("writes", "PutObject", SITE, "www/a"),
            may("carries tags", "PutObjectTagging", SITE, "www/a"),
            may("reads what it replaces", "GetObject", SITE, "www/a"),
            may("reads the tags of it", "GetObjectTagging", SITE, "www/a"),
            may("keeps it", "PutObject", COPIES, "run/a"),
            may("keeps its tags", "PutObjectTagging", COPIES, "run/a"),
            not_may("deletes", "DeleteObject", SITE, "www/a"),
            *key_uses(SITE, f"{SITE}/www/a", COPIES, f"{COPIES}/run/a"),
        ),
    ),
    # The key is named otherwise, so its ARN has to be told.
    Case(
        {
            "source": "/srv/site",
            "destination": f"s3://{SITE}/www",
            "backup_to": f"s3://{COPIES}",
            "encryption": "aws:kms",
            "encryption_key_id": "alias/site",
            "destination_keys": [KEY_ARN],
            "backup_keys": [KEY_ARN],
        },
        key_uses(SITE, f"{SITE}/www/a", COPIES, f"{COPIES}/run/a"),
    ),
    # One file is one key, and what is a pattern elsewhere is a letter of it.
    Case(
        {"source": "/srv/report[1].txt", "destination": f"s3://{SITE}/in*/", "file": True, "compare": "existence"},
        (
            may("writes", "PutObject", SITE, "in*/report[1].txt"),
            may("looks", "GetObject", SITE, "in*/report[1].txt"),
            lists(SITE, "in*/report[1].txt"),
            lists(SITE, "in*/", False),
            not_may("writes another", "PutObject", SITE, "in*/report[1].txt.old"),
            not_may("writes elsewhere", "PutObject", SITE, "inbox/report[1].txt"),
        ),
    ),
    Case(
        {"source": "/srv/report.txt", "destination": f"s3://{SITE}/latest", "file": True},
        (
            may("writes", "PutObject", SITE, "latest"),
            not_may("writes below it", "PutObject", SITE, "latest/report.txt"),
        ),
    ),
)
