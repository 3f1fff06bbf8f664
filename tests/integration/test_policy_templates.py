# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Policies made of templates are taken by the module, and stay as they are beside those of others."""

from __future__ import annotations

import importlib
import json
import uuid
from collections.abc import Callable
from typing import Any

import botocore.exceptions
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
    # Nothing but that the servers here have no TLS, where a statement wants it.
    assert ["without TLS" in each for each in warned(done)] == [True] * ("aws:SecureTransport" in json.dumps(document))
    assert not run_module("bucket_policy", told, server=server)["changed"]
    return done["bucket"]["policy"]


@pytest.mark.parametrize("name", TEMPLATES)
def test_on_moto(name: str, moto_server: Server) -> None:
    bucket = f"test-{uuid.uuid4().hex}"
    moto_server.client("s3").create_bucket(Bucket=bucket)
    cases = importlib.import_module(f"policies.{name}").CASES
    document = policy([{name: {**each.parameters, "id": f"Case{n}"}} for n, each in enumerate(cases)], bucket)
    assert canonical(written(moto_server, bucket, document)) == canonical(document)


ENFORCED: dict[str, tuple[Any, dict[str, bool]]] = {
    "read only": ("read_only", {"put": False, "get": True, "list": True, "delete": False}),
    "over HTTP": ("tls_only", {"put": False, "get": False, "list": False, "delete": False}),
    "of an encryption nothing said": (
        {"deny_unencrypted": {"require_header": True}},
        {"put": False, "get": True, "list": True, "delete": True},
    ),
    "and nothing to be said": ("deny_unencrypted", {"put": True, "get": True, "list": True, "delete": True}),
}


def refused(call: Callable[..., Any], **arguments: Any) -> str:
    """The code of an error; none if there is no error."""
    try:
        call(**arguments)
    except botocore.exceptions.ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


@pytest.mark.parametrize(("wanted", "allowed"), ENFORCED.values(), ids=ENFORCED)
def test_on_a_server_that_enforces_policies(wanted: Any, allowed: dict[str, bool], s3_server: Server) -> None:
    s3, bucket = s3_server.client("s3"), f"test-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    # The module would look at what it wrote, over HTTP, too.
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy(wanted, bucket)))
    found = {
        "put": refused(s3.put_object, Bucket=bucket, Key="b", Body=b"x"),
        "get": refused(s3.get_object, Bucket=bucket, Key="a"),
        "list": refused(s3.list_objects_v2, Bucket=bucket),
        "delete": refused(s3.delete_object, Bucket=bucket, Key="a"),
    }
    assert found == {name: "" if may else "AccessDenied" for name, may in allowed.items()}


def test_no_task_shuts_itself_out(s3_server: Server) -> None:
    """Where policies are enforced and there is no TLS."""
    s3, there, new = s3_server.client("s3"), f"test-{uuid.uuid4().hex}", f"test-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=there)
    for module, bucket in (("bucket_policy", there), ("bucket", there), ("bucket", new)):
        told = {"name": bucket, "policy": policy("tls_only", bucket)}
        for check in (True, False):
            done = run_module(module, told, server=s3_server, check=check)
            assert done.get("failed") and "denies requests without TLS" in done["msg"] and "https://" in done["msg"]
    assert refused(s3.get_bucket_policy, Bucket=there) == "NoSuchBucketPolicy"
    assert refused(s3.get_bucket_policy, Bucket=new) == "NoSuchBucket"


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_seaweedfs_takes(name: str, s3_server: Server) -> None:
    """docs/policies.md says which operators it does not know."""
    s3, bucket = s3_server.client("s3"), f"test-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=bucket)
    document = json.dumps(policy([{name: importlib.import_module(f"policies.{name}").CASES[0].parameters}], bucket))
    unknown = "ArnNotLike" in document or "IfExists" in document
    found = refused(s3.put_bucket_policy, Bucket=bucket, Policy=document)
    assert found == ("InvalidPolicyDocument" if unknown else "")


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
