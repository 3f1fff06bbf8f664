# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""One transition of a prefix, as asked for, and what its bucket says of itself. Checked before anything is touched.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._classes.rules import Moment, Rules
from ansible_collections.stowage.s3.plugins.module_utils._errors import NotFound, S3Error, StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import CONFIGURATIONS, Bucket
from ansible_collections.stowage.s3.plugins.module_utils._sync.attributes import Attributes
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Direction
from ansible_collections.stowage.s3.plugins.module_utils._sync.filters import Filters
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import Job, Side

# How servers say that they have no such configuration, whatever the bucket.
_UNKNOWN = (400, 405, 409, 501)


@dataclass(frozen=True)
class Restore:
    """How archived objects are asked for. days: for which the readable copy stays; timeout: seconds, of waiting."""

    tier: str
    days: int
    wait: bool
    timeout: float


@dataclass(frozen=True)
class Facts:
    """What of a bucket's configuration matters to a copy.

    owner: the bucket's, "" where its objects have no ACLs. requests, acl_requests: how many it took to know.
    """

    versioned: bool
    mfa_delete: bool
    owner: str
    locks: bool
    requests: int = 0
    acl_requests: int = 0


@dataclass(frozen=True)
class Task:
    """Everything that is decided before looking. job: the sync's view of it, of a place onto itself."""

    job: Job
    rules: Rules
    restore: Restore | None
    facts: Facts
    delete_replaced: bool
    moment: Moment

    @property
    def side(self) -> Side:
        """Where the objects are."""
        return self.job.target


def job_of(side: Side, filters: Filters, concurrency: int) -> Job:
    """A sync of a place onto itself: what guards, workers and parts want to know."""
    return Job(
        direction=Direction.ACROSS,
        source=side,
        target=side,
        filters=filters,
        attributes=Attributes(),
        compare="existence",
        delete=False,
        max_delete=None,
        allow_empty_source=True,
        symlinks="skip",
        archived="fail",
        unicode_form="",
        concurrency=concurrency,
        multipart_threshold=0,
        fsync=False,
    )


def restore_of(params: Mapping[str, Any]) -> Restore | None:
    """The option `restore`; raises StowageError."""
    given = params["restore"]
    if given is None:
        return None
    for name in ("days", "wait_timeout"):
        if given[name] < 1:
            raise StowageError(f"restore.{name}: {given[name]} is given; allowed is 1 or more.")
    return Restore(given["tier"], given["days"], given["wait"], float(given["wait_timeout"]))


def facts_of(bucket: Bucket) -> Facts:
    """Ask a bucket what matters here. Raises S3Error."""
    versioning, ownership, lock = (_configuration(bucket, name) for name in CONFIGURATIONS)
    enforced = ownership.get("ObjectOwnership") == "BucketOwnerEnforced"
    return Facts(
        # Suspended too: what was written before has an id that stays.
        versioned=bool(versioning.get("Status")),
        mfa_delete="Enabled" in (versioning.get("MfaDelete"), versioning.get("MFADelete")),
        owner="" if enforced else _owner(bucket),
        locks=lock.get("ObjectLockEnabled") == "Enabled",
        requests=len(CONFIGURATIONS),
        acl_requests=not enforced,
    )


def _configuration(bucket: Bucket, name: str) -> dict[str, str]:
    try:
        return bucket.configuration(name)
    except S3Error as error:
        if bucket.aws or error.status not in _UNKNOWN:
            raise
        return {}


def _owner(bucket: Bucket) -> str:
    try:
        return bucket.bucket_acl().owner
    except S3Error as error:
        if bucket.aws or (error.status not in _UNKNOWN and not isinstance(error, NotFound)):
            raise
        return ""


def check_facts(task: Task) -> None:
    """Refuse what cannot be done, or not safely; raises StowageError."""
    if task.delete_replaced and task.facts.mfa_delete:
        raise StowageError(
            "replaced_versions: 'delete' is given, and the bucket has MFA delete, so that nobody but root with a"
            " code can delete versions. Set replaced_versions to keep, or turn mfa_delete off first."
        )
