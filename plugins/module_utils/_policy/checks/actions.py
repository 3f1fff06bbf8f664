# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a policy allows or denies. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._policy import known
from ansible_collections.stowage.s3.plugins.module_utils._policy.actions import DATE
from ansible_collections.stowage.s3.plugins.module_utils._policy.check import (
    BUCKET,
    GRAMMAR,
    IDENTITY,
    POLICIES,
    S3_GUIDE,
    TRUST,
    Check,
    Flaw,
    Severity,
    Subject,
)
from ansible_collections.stowage.s3.plugins.module_utils._policy.patterns import matches
from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import shown

_FORM = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+")
# Services whose actions S3 takes in a bucket's policy, and IAM in one of trust.
_TAKEN = {BUCKET: ("s3", "s3-object-lambda", "s3-outposts", "s3express"), TRUST: ("sts",)}
# Operations of S3's API that are no actions of IAM, and the actions that they take.
OPERATIONS = {
    "CompleteMultipartUpload": "s3:PutObject",
    "CopyObject": "s3:GetObject and s3:PutObject",
    "CreateMultipartUpload": "s3:PutObject",
    "DeleteBucketCors": "s3:PutBucketCORS",
    "DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "DeleteBucketReplication": "s3:PutReplicationConfiguration",
    "DeleteBucketTagging": "s3:PutBucketTagging",
    "DeleteObjects": "s3:DeleteObject",
    "DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "GetBucketLifecycle": "s3:GetLifecycleConfiguration",
    "GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    "GetBucketReplication": "s3:GetReplicationConfiguration",
    "GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "HeadBucket": "s3:ListBucket",
    "HeadObject": "s3:GetObject",
    "ListBuckets": "s3:ListAllMyBuckets",
    "ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "ListObjectVersions": "s3:ListBucketVersions",
    "ListObjects": "s3:ListBucket",
    "ListObjectsV2": "s3:ListBucket",
    "ListParts": "s3:ListMultipartUploadParts",
    "PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "PutBucketLifecycle": "s3:PutLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "PutBucketNotificationConfiguration": "s3:PutBucketNotification",
    "PutBucketReplication": "s3:PutReplicationConfiguration",
    "PutObjectLockConfiguration": "s3:PutBucketObjectLockConfiguration",
    "PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "SelectObjectContent": "s3:GetObject",
    "UploadPart": "s3:PutObject",
    "UploadPartCopy": "s3:GetObject and s3:PutObject",
}
_OPERATIONS = {f"s3:{name.lower()}": actions for name, actions in OPERATIONS.items()}


def _each(subject: Subject) -> Iterator[tuple[str, str]]:
    for statement in subject.statements:
        yield from statement.members("Action", "NotAction")


def _forms(subject: Subject) -> Iterator[Flaw]:
    for path, action in _each(subject):
        if not _FORM.fullmatch(action):
            yield Flaw(path, f"{shown(action)} is no action.", 'Write service:Action, as s3:GetObject, or "*".')


def _foreign(subject: Subject) -> Iterator[Flaw]:
    taken = _TAKEN[subject.type]
    for path, action in _each(subject):
        service, colon, _name = action.lower().partition(":")
        if colon and service not in taken:
            yield Flaw(path, f"{action} is of another service.", f"Here AWS takes those of {taken[0]} alone.")


def _operations(subject: Subject) -> Iterator[Flaw]:
    for path, action in _each(subject):
        if action.lower() in _OPERATIONS:
            yield Flaw(
                path,
                f"{action} is an operation of the API and no action of IAM.",
                f"Write {_OPERATIONS[action.lower()]}.",
            )


def _unknown(subject: Subject) -> Iterator[Flaw]:
    for path, action in _each(subject):
        service, _colon, name = action.lower().partition(":")
        names = known.names(service)
        if not names or not _FORM.fullmatch(action) or action.lower() in _OPERATIONS:
            continue
        if not any(matches(name, each) for each in names):
            near = difflib.get_close_matches(name, names, n=1, cutoff=0.75)
            yield Flaw(
                path,
                f"no action of {service} is {action}, as far as was known on {DATE}.",
                f"Did you mean {service}:{names[near[0]]}?" if near else "Correct it, if it is not newer.",
            )


def _all_but(subject: Subject) -> Iterator[Flaw]:
    for statement in subject.allows:
        if statement.not_actions:
            yield Flaw(
                f"{statement.path}.NotAction",
                "an Allow with it allows all that is not named, and all that AWS adds.",
                "Name what is allowed, with Action.",
            )
        if statement.not_resources:
            yield Flaw(
                f"{statement.path}.NotResource",
                "an Allow with it is about all that is not named, whatever comes into being.",
                "Name the resources, with Resource.",
            )


def _everything(subject: Subject) -> Iterator[Flaw]:
    for statement in subject.allows:
        if "*" in statement.resources and not statement.conditions:
            for path, action in statement.members("Action"):
                if action in ("*", "*:*"):
                    yield Flaw(path, "it allows everything, everywhere.", "Name what is needed.")


def _check(name: str, severity: Severity, meaning: str, find: Any, page: str, *types: str) -> Check:
    return Check(name, severity, types or POLICIES, meaning, GRAMMAR.format(page), find)


ACTION_FORM = _check(
    "action_form", Severity.ERROR, "An action is not written as service:Action.", _forms, "elements_action"
)
FOREIGN_ACTION = Check(
    "foreign_action",
    Severity.ERROR,
    (BUCKET, TRUST),
    "An action is of a service that the resource does not belong to.",
    S3_GUIDE.format("security_iam_service-with-iam"),
    _foreign,
)
OPERATION = Check(
    "operation",
    Severity.ERROR,
    POLICIES,
    "An operation of S3's API stands where an action of IAM has another name.",
    S3_GUIDE.format("using-with-s3-policy-actions"),
    _operations,
)
UNKNOWN_ACTION = Check(
    "unknown_action",
    Severity.WARNING,
    POLICIES,
    f"No action of S3, KMS, STS or IAM has this name or fits this pattern, as far as was known on {DATE}.",
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html",
    _unknown,
)
ALLOW_ALL_BUT = _check(
    "allow_all_but", Severity.WARNING, "An Allow with NotAction or NotResource.", _all_but, "elements_notaction"
)
ALLOW_EVERYTHING = _check(
    "allow_everything",
    Severity.WARNING,
    "Everything is allowed, everywhere.",
    _everything,
    "elements_action",
    IDENTITY,
)
