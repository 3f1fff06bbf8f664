# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What audits and remedies need, as the policy templates `audit` and `remediate` tell it, on moto with IAM enforced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.filter.remedies import remedies
from ansible_collections.stowage.s3.plugins.module_utils._policy.identity import iam_policy
from enforced import Account, without
from harness import run_module
from server import moto
from world import Gateway

BUCKET = "example-audited"
# moto asks for other actions than AWS does, or for some of services that it does not know.
UNKNOWN = {
    "S3.1": ["s3:GetAccountPublicAccessBlock"],
    "S3.25": ["s3express:GetLifecycleConfiguration", "s3express:ListAllMyDirectoryBuckets"],
}
# The remedies for which it asks as AWS does. It takes what blocks public access for the making of a bucket, and a
# policy that asks for TLS shuts everybody out, as it knows no conditions.
ASKED_AS_BY_AWS = ["S3.13", "S3.14"]
pytestmark = pytest.mark.usefixtures("one_loader")


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """With a bucket that has nothing set."""
    with moto() as server, Gateway(server) as gateway:
        account = Account(server, gateway)
        account.admin.client("s3").create_bucket(Bucket=BUCKET)
        yield account


def audit(account: Account) -> dict[str, Any]:
    """The audit of the bucket, by the user."""
    return run_module("audit_info", {"name": BUCKET}, server=account.user)


def unknown(result: dict[str, Any]) -> dict[str, list[str]]:
    """What was denied, by control."""
    return {
        each["control"]: each["evidence"]["values"]["missing_permissions"]
        for each in result["findings"]
        if each["verdict"] == "unknown"
    }


def test_an_audit_reads_all_of_it(account: Account) -> None:
    account.allow(iam_policy(["audit"]))
    assert unknown(audit(account)) == UNKNOWN
    (found,) = run_module("bucket_info", {"name": BUCKET}, server=account.user)["buckets"]
    assert not [name for name, value in found.items() if isinstance(value, dict) and "denied" in value]


def test_without_an_action_it_says_which(account: Account) -> None:
    account.allow(without(iam_policy(["audit"]), lambda _sid, action: action == "s3:GetBucketVersioning"))
    assert unknown(audit(account))["S3.14"] == ["s3:GetBucketVersioning"]


def test_remedies_are_written_with_both_and_not_with_one(account: Account) -> None:
    account.allow(iam_policy(["audit"]))
    findings = [each for each in audit(account)["findings"] if each["control"] in ASKED_AS_BY_AWS]
    (plan,) = remedies(findings)["buckets"]
    assert plan["controls"] == ASKED_AS_BY_AWS
    options = {"name": BUCKET, **plan["options"]}
    denied = run_module("bucket", options, server=account.user)
    assert denied["failed"] and "s3:PutBucketVersioning" in denied["msg"]
    both = iam_policy(["audit", "remediate"])
    account.allow(without(both, lambda _sid, action: action == "s3:PutLifecycleConfiguration"))
    denied = run_module("bucket", options, server=account.user)
    assert denied["failed"] and "s3:PutLifecycleConfiguration" in denied["msg"]
    account.allow(both)
    done = run_module("bucket", options, server=account.user)
    assert done["changed"] and not done.get("failed"), done["msg"]
    assert not run_module("bucket", options, server=account.user)["changed"]
