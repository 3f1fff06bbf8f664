# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What moves objects to other classes, and what tells costs, with just what their policy templates allow.

Each runs on moto with IAM enforced, as a user who has the policy of its options, and then without one action after the
other. moto neither knows conditions nor asks for all that AWS does: PROVEN are those actions that it asks for.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import botocore.session
import pytest
from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import Policy, items, sid
from ansible_collections.stowage.s3.plugins.module_utils._policy.identity import iam_policy
from enforced import Account, without
from harness import run_module, warned
from server import moto
from shelf import small_copies
from world import Gateway

MIB = 1 << 20
MEDIA, STATE = "example-media", "example-state"


class Work(NamedTuple):
    """A module and its options, the template of its policy, and the actions that moto asks for, by statement."""

    module: str
    options: dict[str, Any]
    template: dict[str, Any]
    proven: dict[str, str]


JOB = {
    "bucket": MEDIA,
    "prefix": "old",
    "storage_class": "STANDARD_IA",
    "restore": {"tier": "bulk", "days": 1, "wait": False, "wait_timeout": 1},
    "replaced_versions": "delete",
    "state_dir": f"s3://{STATE}/moves",
}
LOOK = {"bucket": MEDIA, "recommend": {"prefix_depth": 0, "reads_per_month": 0.0}}
WORKS = {
    "a job": Work(
        "storage_class",
        JOB,
        {"storage_class": {**JOB, "acls": True}},
        {
            "StorageClassBucket": "GetBucketAcl GetBucketVersioning",
            "StorageClassObjectsList": "ListBucket",
            "StorageClassObjects": "DeleteObjectVersion GetObject GetObjectAcl PutObject RestoreObject",
            "StorageClassStateRuns": "PutObject",
        },
    ),
    "advice": Work(
        "storage_class",
        LOOK,
        {"storage_class": {**LOOK, "acls": True}},
        {"StorageClassObjectsList": "ListBucket", "StorageClassBucket": "GetBucketVersioning"},
    ),
    "costs": Work(
        "cost_info",
        {"bucket": MEDIA},
        {"cost": {"buckets": [MEDIA]}},
        {
            "CostBuckets": "ListBucket ListBucketMultipartUploads ListBucketVersions",
            "CostUploads": "ListMultipartUploadParts",
        },
    ),
}
PROVEN = [
    (name, end, each) for name, work in WORKS.items() for end, all_ in work.proven.items() for each in all_.split()
]


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """With objects above 5 MiB copied by parts."""
    with moto() as server, Gateway(server) as gateway, pytest.MonkeyPatch.context() as patch:
        small_copies(patch.setattr)
        patch.setattr("botocore.session.Session", functools.cache(botocore.session.Session))
        found = Account(server, gateway)
        s3 = found.admin.client()
        for name in (MEDIA, STATE):
            s3.create_bucket(Bucket=name, ObjectOwnership="ObjectWriter")
        s3.put_bucket_versioning(Bucket=MEDIA, VersioningConfiguration={"Status": "Enabled"})
        s3.create_multipart_upload(Bucket=MEDIA, Key="old/unfinished")
        yield found


def run(account: Account, name: str, policy: Policy) -> dict[str, Any]:
    """The work, on objects that are new, as the user with a policy."""
    s3, work = account.admin.client(), WORKS[name]
    for key, size, each in (("small", 1, "STANDARD"), ("large", 6 * MIB, "STANDARD"), ("cold", 1, "GLACIER")):
        s3.put_object(Bucket=MEDIA, Key=f"old/{key}", Body=bytes(size), StorageClass=each, Tagging="a=b")
    account.allow(policy)
    # A listing of the whole bucket has no condition.
    with account.as_aws() if "prefix" in work.options else contextlib.nullcontext():
        return run_module(work.module, work.options, server=account.user)


def told(result: dict[str, Any]) -> str:
    """All that a result says."""
    return " ".join([result.get("msg", ""), *(each["error"] for each in result.get("failures", ())), *warned(result)])


@pytest.mark.parametrize("name", WORKS)
def test_with_its_policy_it_does_all(name: str, account: Account) -> None:
    result = run(account, name, iam_policy([WORKS[name].template]))
    assert not result.get("failed"), told(result)
    assert "s3:" not in told(result)
    if name == "a job":
        assert result["summary"]["transition"]["count"] == 2 and result["summary"]["restore"]["count"] == 1
        # Of a copy by parts moto has no checksum to prove it by.
        assert (result["stats"]["versions_deleted"], result["stats"]["versions_unproven"]) == (1, 1)


@pytest.mark.parametrize(("name", "end", "action"), PROVEN, ids=map(" ".join, PROVEN))
def test_without_an_action_it_fails_and_says_which(name: str, end: str, action: str, account: Account) -> None:
    policy = iam_policy([WORKS[name].template])
    left_out = (f"Stowage{end}", f"s3:{action}")
    assert left_out in {(sid(each), one) for each in policy["Statement"] for one in items(each["Action"])}
    result = run(account, name, without(policy, lambda *each: each == left_out))
    assert result.get("failed") or end.startswith("StorageClassState")  # the job itself can do without
    assert re.search(rf"\bs3:{action}\b", told(result))
