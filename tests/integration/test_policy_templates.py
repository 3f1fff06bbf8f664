# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Policies made of templates are taken by the module, and stay as they are beside those of others."""

from __future__ import annotations

import importlib
import uuid
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.filter.policy import policy
from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import canonical
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.table import TEMPLATES
from harness import run_module, warned
from recorder import recording
from server import Server

pytestmark = pytest.mark.usefixtures("one_loader")

THEIRS = {"Sid": "Theirs", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObjectAcl", "Resource": "*"}


def written(server: Server, bucket: str, document: Any, **options: Any) -> Any:
    """The policy after a run; a second one finds nothing to do."""
    told = {"name": bucket, "policy": document, **options}
    done = run_module("bucket_policy", told, server=server)
    assert done["changed"], done
    assert warned(done) == []
    assert not run_module("bucket_policy", told, server=server)["changed"]
    return done["bucket"]["policy"]


@pytest.mark.parametrize("name", TEMPLATES)
def test_on_moto(name: str, moto_server: Server) -> None:
    bucket = f"test-{uuid.uuid4().hex}"
    moto_server.client("s3").create_bucket(Bucket=bucket)
    cases = importlib.import_module(f"policies.{name}").CASES
    document = policy([{name: {**each.parameters, "id": f"Case{n}"}} for n, each in enumerate(cases)], bucket)
    assert canonical(written(moto_server, bucket, document)) == canonical(document)


def test_statements_of_others_stay() -> None:
    with recording() as recorder:
        recorder.make("example-bucket")
        written(recorder.server, "example-bucket", {"Version": "2012-10-17", "Statement": [THEIRS]})
        ours = policy(["tls_only", "deny_ssec"], "example-bucket")
        told = {"name": "example-bucket", "policy": ours, "purge_policy": False}
        check = run_module("bucket_policy", told, server=recorder.server, check=True, diff=True)
        after = written(recorder.server, "example-bucket", ours, purge_policy=False)
        assert check["diff"]["after"] == {"policy": after}
        assert after["Statement"] == [THEIRS, *ours["Statement"]]
