# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from policies.case import KEY_ARN, Case
from policies.iam.sync import COPIES, DISKS, REPORTS, SITE, key, lists, may, not_may

MANIFESTS = "example-manifests"
PLACES = {
    "source": f"s3://{REPORTS}/2026",
    "manifest": f"s3://{MANIFESTS}/restore.csv",
    "report": f"s3://{MANIFESTS}/reports",
}
READ = (REPORTS, f"{REPORTS}/2026/a")
WRITTEN = (COPIES, f"{COPIES}/2026/a", MANIFESTS, f"{MANIFESTS}/restore.csv", f"{MANIFESTS}/reports/a")
ALWAYS = (
    may("reads the manifest", "GetObject", MANIFESTS, "restore.csv"),
    may("reads a version of it", "GetObjectVersion", MANIFESTS, "restore.csv"),
    not_may("reads the report", "GetObject", MANIFESTS, "reports/a"),
    may("reports", "PutObject", MANIFESTS, "reports/a"),
    not_may("makes jobs", "ListBucketMultipartUploads", MANIFESTS),
)
CASES = (
    Case(
        {"operation": "restore", **PLACES},
        (
            *ALWAYS,
            may("restores", "RestoreObject", REPORTS, "2026/a"),
            not_may("restores beside it", "RestoreObject", REPORTS, "2025/a"),
            not_may("reads", "GetObject", REPORTS, "2026/a"),
            not_may("deletes", "DeleteObject", REPORTS, "2026/a"),
        ),
    ),
    Case(
        {
            "operation": "copy",
            **PLACES,
            "destination": f"s3://{COPIES}/2026",
            "source_keys": [KEY_ARN],
            "destination_keys": [KEY_ARN],
            "manifest_keys": [KEY_ARN],
        },
        (
            lists(REPORTS, "2026/"),
            lists(REPORTS, "", False),
            may("reads", "GetObject", REPORTS, "2026/a"),
            may("reads tags", "GetObjectTagging", REPORTS, "2026/a"),
            may("reads a version", "GetObjectVersion", REPORTS, "2026/a"),
            may("reads the tags of a version", "GetObjectVersionTagging", REPORTS, "2026/a"),
            may("writes", "PutObject", COPIES, "2026/a"),
            may("sets tags", "PutObjectTagging", COPIES, "2026/a"),
            not_may("writes at the source", "PutObject", REPORTS, "2026/a"),
            not_may("reads ACLs", "GetObjectAcl", REPORTS, "2026/a"),
            not_may("sets ACLs", "PutObjectAcl", COPIES, "2026/a"),
            *(key(f"reads {place}", True, "Decrypt", place) for place in READ),
            *(key(f"reads {place} by itself", False, "Decrypt", place, DISKS) for place in READ),
            *(key(f"reads back {place}", True, "Decrypt", place) for place in WRITTEN),
            *(key(f"writes {place}", True, "GenerateDataKey", place) for place in WRITTEN),
            *(key(f"writes {place} by itself", False, "GenerateDataKey", place, DISKS) for place in WRITTEN),
            key("writes at the source", False, "GenerateDataKey", f"{REPORTS}/2026/a"),
            key("reads elsewhere", False, "Decrypt", SITE),
        ),
    ),
    Case(
        {"operation": "copy", **PLACES, "destination": f"s3://{REPORTS}/2026", "acl": True},
        (
            may("reads ACLs", "GetObjectAcl", REPORTS, "2026/a"),
            may("reads the ACL of a version", "GetObjectVersionAcl", REPORTS, "2026/a"),
            may("sets ACLs", "PutObjectAcl", REPORTS, "2026/a"),
        ),
    ),
    Case(
        {"operation": "put_tags", **PLACES},
        (
            may("sets tags", "PutObjectTagging", REPORTS, "2026/a"),
            may("sets the tags of a version", "PutObjectVersionTagging", REPORTS, "2026/a"),
            not_may("deletes tags", "DeleteObjectTagging", REPORTS, "2026/a"),
        ),
    ),
    Case(
        {"operation": "delete_tags", **PLACES},
        (
            may("deletes tags", "DeleteObjectTagging", REPORTS, "2026/a"),
            may("deletes the tags of a version", "DeleteObjectVersionTagging", REPORTS, "2026/a"),
            not_may("sets tags", "PutObjectTagging", REPORTS, "2026/a"),
        ),
    ),
    Case(
        {"operation": "retention", **PLACES},
        (
            may("sets a retention", "PutObjectRetention", REPORTS, "2026/a"),
            may("looks for object lock", "GetBucketObjectLockConfiguration", REPORTS),
            not_may("gets around one", "BypassGovernanceRetention", REPORTS, "2026/a"),
        ),
    ),
    Case(
        {"operation": "legal_hold", **PLACES, "report": None},
        (
            may("holds", "PutObjectLegalHold", REPORTS, "2026/a"),
            not_may("reports", "PutObject", MANIFESTS, "reports/a"),
            not_may("writes", "PutObject", SITE, "a"),
        ),
    ),
)
