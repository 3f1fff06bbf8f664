# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The role that S3 Batch Operations work as: read the list of objects, do one thing with each, and report.

A job of Batch Operations does one operation with each object of a manifest. It does so as a role, which the service
assumes: give that role the trust policy `batch_operations`. Whoever makes jobs needs `s3:CreateJob`, and `iam:PassRole`
of this role, which is not in here.

Danger: `retention` and `legal_hold` may lock objects for years. A copy without `acl` loses the ACLs of its objects,
where buckets still have some.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._policy.iam.sync import PLACE
from ansible_collections.stowage.s3.plugins.module_utils._policy.kinds import KEY
from ansible_collections.stowage.s3.plugins.module_utils._policy.places import KEY_READS, KEY_WRITES
from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import (
    grant,
    key_use,
    listing,
    objects,
    pattern,
)
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import parse_place, prefix_of
from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import FLAG, choice, shown
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter

NAME = "StowageBatch"


class _Keys(NamedTuple):
    """Keys of a bucket that begin alike."""

    bucket: str
    keys: str

    def objects(self, place: Place) -> str:
        """Their objects."""
        return objects(place, self.bucket, pattern(self.keys))


class Operation(NamedTuple):
    """What an operation takes, of the objects in the manifest and of their bucket. acl: what it takes more for ACLs."""

    objects: tuple[str, ...]
    bucket: tuple[str, ...] = ()
    acl: tuple[str, ...] = ()


# Source: "Granting permissions for Batch Operations" in the S3 user guide. Where the manifest tells versions, S3 asks
# for the permission of the version in place of the other.
OPERATIONS = {
    "copy": Operation(
        ("s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionTagging"),
        ("s3:ListBucket",),
        ("s3:GetObjectAcl", "s3:GetObjectVersionAcl"),
    ),
    "restore": Operation(("s3:RestoreObject",)),
    "put_tags": Operation(("s3:PutObjectTagging", "s3:PutObjectVersionTagging")),
    "delete_tags": Operation(("s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging")),
    "retention": Operation(("s3:PutObjectRetention",), ("s3:GetBucketObjectLockConfiguration",)),
    "legal_hold": Operation(("s3:PutObjectLegalHold",), ("s3:GetBucketObjectLockConfiguration",)),
}
COPIED, COPIED_ACL = ("s3:PutObject", "s3:PutObjectTagging"), "s3:PutObjectAcl"
MANIFEST, REPORT = ("s3:GetObject", "s3:GetObjectVersion"), ("s3:PutObject",)


def bucket_actions() -> set[str]:
    """What any operation takes of buckets."""
    return {action for each in OPERATIONS.values() for action in each.bucket}


def object_actions() -> set[str]:
    """What any operation takes of objects."""
    taken = {action for each in OPERATIONS.values() for action in (*each.objects, *each.acl)}
    return {*taken, *COPIED, COPIED_ACL, *MANIFEST, *REPORT}


def _statements(place: Place, values: Values) -> list[Statement]:
    operation, acl = OPERATIONS[values["operation"]], values["acl"]
    source, manifest = _under("source", values["source"], prefix_of), _under("manifest", values["manifest"], str)
    target, report = (
        _under(name, values[name], prefix_of) if values[name] else None for name in ("destination", "report")
    )
    if (values["operation"] == "copy") != bool(target) or (values["destination_keys"] and not target):
        raise StowageError(
            "policy template batch: destination: it goes with the operation copy, and copy and destination_keys with"
            " it. Give all of them or none."
        )
    found = [grant(f"{NAME}Objects", [*operation.objects, *(operation.acl if acl else ())], source.objects(place))]
    if "s3:ListBucket" in operation.bucket:
        found.append(listing(f"{NAME}List", place, source.bucket, [pattern(source.keys)]))
    elif operation.bucket:
        found.append(grant(f"{NAME}Bucket", list(operation.bucket), place.other(source.bucket)))
    if target:
        put = [*COPIED, *([COPIED_ACL] if acl else [])]
        found.append(grant(f"{NAME}Destination", put, target.objects(place)))
    found.append(grant(f"{NAME}Manifest", list(MANIFEST), manifest.objects(place)))
    if report:
        found.append(grant(f"{NAME}Report", list(REPORT), report.objects(place)))
    keys: dict[str, tuple[list[str], list[_Keys | None]]] = {
        "Source": (KEY_READS, [source]),
        "Destination": (KEY_WRITES, [target]),
        # An inventory that is encrypted takes both, says the user guide, and so does a report.
        "Manifest": (KEY_WRITES, [manifest, report]),
    }
    for name, (actions, places) in keys.items():
        arns = [arn for each in places if each for arn in (place.other(each.bucket), each.objects(place))]
        found += key_use(f"{NAME}{name}Key", place, values[f"{name.lower()}_keys"], actions, arns)
    return found


def _under(name: str, given: str, keys: Callable[[str], str]) -> _Keys:
    """Keys that begin as a place of S3 says. Raises StowageError for a path."""
    at = parse_place(name, given)
    if not at.remote:
        raise StowageError(f"policy template batch: {name}: {shown(at.text)} is not in S3. Give s3://bucket/prefix.")
    return _Keys(at.bucket, keys(at.key))


BATCH = Template(
    "batch",
    __doc__,
    _statements,
    (
        Parameter("operation", choice(*OPERATIONS), "What is done with each object.", required=True),
        Parameter("source", PLACE, "The objects, as s3://bucket/prefix.", required=True),
        Parameter("destination", PLACE, "Where copies go, as s3://bucket/prefix; it may be the same."),
        Parameter("manifest", PLACE, "The manifest, or what the keys of an inventory begin with.", required=True),
        Parameter("report", PLACE, "Where the job's report goes, as s3://bucket/prefix."),
        Parameter("acl", FLAG, "Whether copies take the ACLs along, or set others.", default=False),
        Parameter("source_keys", KEY, "The KMS keys of what is copied.", many=True, default=()),
        Parameter("destination_keys", KEY, "The KMS keys of the copies.", many=True, default=()),
        Parameter("manifest_keys", KEY, "The KMS keys of the manifest and of the report.", many=True, default=()),
    ),
)
