# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a transition needs suffices, and without an action it fails and says which, as far as moto enforces IAM."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._classes.permissions import permissions
from ansible_collections.stowage.s3.plugins.modules import storage_class
from enforced import Account
from server import moto
from shelf import Shelf
from world import Gateway

BUCKET = "example-shelf"
OPTIONS: dict[str, Any] = {
    "storage_class": "STANDARD_IA",
    "restore": {},
    "replaced_versions": "delete",
    "aws_config": {"retries": {"max_attempts": 0}},
}


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """An account in which IAM is enforced; its bucket keeps versions."""
    with moto() as server, Gateway(server) as gateway:
        account = Account(server, gateway)
        s3 = account.admin.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield account


def tried(account: Account, folder: pathlib.Path, left_out: str = "") -> dict[str, Any]:
    """A run of a user who may do all that is needed but one action."""
    shelf = Shelf(account.admin, BUCKET, folder)
    shelf.put({"a": "1", "tagged": "2"}, Tagging="a=b")
    shelf.put({"cold": "3"}, StorageClass="GLACIER")
    needed = permissions(OPTIONS)
    where = {f"arn:aws:s3:::{BUCKET}": needed.bucket, f"arn:aws:s3:::{BUCKET}/*": needed.objects}
    allowed = [
        {"Effect": "Allow", "Action": [one for one in actions if one != left_out], "Resource": resource}
        for resource, actions in where.items()
    ]
    account.allow(
        {"Version": "2012-10-17", "Statement": [{"Sid": f"S{number}", **one} for number, one in enumerate(allowed)]}
    )
    shelf.server = account.user
    return shelf.once(**OPTIONS)


def test_they_suffice(account: Account, tmp_path: pathlib.Path) -> None:
    result = tried(account, tmp_path)
    assert not result.get("failed"), result["msg"]
    assert result["summary"]["transition"]["count"] == 2 and result["summary"]["restore"]["count"] == 1


# moto asks for no more of a copy than for s3:PutObject on its target.
@pytest.mark.parametrize(
    "action",
    [
        "s3:ListBucket", "s3:GetBucketVersioning", "s3:GetBucketAcl", "s3:GetObject", "s3:GetObjectAcl", "s3:PutObject",
        "s3:RestoreObject", "s3:DeleteObjectVersion",
    ],
)  # fmt: skip
def test_without_an_action_it_fails_and_says_which(account: Account, tmp_path: pathlib.Path, action: str) -> None:
    result = tried(account, tmp_path, action)
    assert result["failed"] and re.search(rf"\b{action}\b", result["msg"]), result["msg"]


def test_the_documentation_names_them() -> None:
    needed, read = permissions(OPTIONS), "s3:GetMetricsConfiguration"  # of access_metrics, apart from moving
    found = set(re.findall(r"C\((s3:\w+)\)", storage_class.DOCUMENTATION))
    assert found == {*needed.bucket, *needed.objects, read}
