# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the servers of the tests do not keep of a bucket's configurations: told clearly, and nothing is harmed.

Some of them take a request for a configuration that they do not know for one of the bucket itself: to create it, or to
delete it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._bucket import reconcile
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import flatten
from ansible_collections.stowage.s3.plugins.module_utils._bucket.table import ASPECTS
from aspects.case import MOTO, SEAWEEDFS
from aspects.inventory import PLAIN
from capabilities import PAGE
from generated import data
from harness import run_module
from keeping import LACKING, Lack, page
from server import Server

pytestmark = pytest.mark.usefixtures("one_loader")

BY_NAME = {aspect.name: aspect for aspect in ASPECTS}
LACKS = [
    pytest.param(server, lack, id=f"{server}: {lack.aspect}: {lack.does}")
    for server, lacks in LACKING.items()
    for lack in lacks
]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many looks as otherwise, without the waits between them."""
    monkeypatch.setattr(reconcile, "LOOKS", (0.0,) * len(reconcile.LOOKS))


def nothing(aspect: Aspect) -> dict[str, Any]:
    """Options that remove an aspect, or turn it off where that is all that can be done."""
    empty = {each.name: each.empty for each in aspect.options if each.empty in ({}, [], False)}
    return {**empty, **flatten(aspect.options, aspect.document({}))}


@pytest.mark.parametrize(("kind", "lack"), LACKS)
def test_what_a_server_lacks_is_told_and_the_bucket_stays(
    kind: str, lack: Lack, servers: Callable[[str], Server]
) -> None:
    server, name = servers(kind), f"test-{uuid.uuid4().hex}"
    s3 = server.client("s3")

    def run(module: str, **options: Any) -> dict[str, Any]:
        return run_module(module, {"name": name, **options}, server=server)

    s3.create_bucket(Bucket=name)
    if lack.before:
        assert not run("bucket", **lack.before).get("failed")
    found = run("bucket_info", aspects=[lack.aspect])["buckets"]
    # Where nothing is kept first empty, as such a bucket is deleted by one request.
    for keys in ([], ["a"]) if lack.whole else (["a"],):
        for key in keys:
            s3.put_object(Bucket=name, Key=key, Body=b"kept")
        told = run("bucket", **lack.options)
        assert told.get("failed") and told["msg"].startswith(f"{lack.aspect}: ") and lack.says in told["msg"], told
        if lack.removed:
            empty = run("bucket", **nothing(BY_NAME[lack.aspect]))
            assert not empty.get("changed")
            assert lack.says in empty.get("msg", lack.says)
            assert run("bucket_info", aspects=[lack.aspect])["buckets"] == found
        assert [each["Key"] for each in s3.list_objects_v2(Bucket=name).get("Contents", [])] == keys
    assert s3.get_object(Bucket=name, Key="a")["Body"].read() == b"kept"


def test_moto_takes_the_deletion_of_an_inventory_for_that_of_the_bucket(moto_server: Server) -> None:
    """It goes if it is empty, so nothing in it is lost, and the task fails."""
    s3, name = moto_server.client("s3"), f"test-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="a", Body=b"kept")
    run_module("bucket", {"name": name, "inventory": [PLAIN]}, server=moto_server)
    told = run_module("bucket", {"name": name, "inventory": []}, server=moto_server)
    assert told["failed"] and "BucketNotEmpty" in told["msg"]
    s3.delete_object(Bucket=name, Key="a")
    told = run_module("bucket", {"name": name, "inventory": []}, server=moto_server)
    assert told["failed"] and "NoSuchBucket" in told["msg"] and told["rollback"]["inventory"]


@pytest.mark.parametrize("server", [SEAWEEDFS, MOTO])
def test_each_aspect_has_a_course_on_a_server_or_is_lacking_there(server: str) -> None:
    kept = {aspect.name for aspect in ASPECTS for course in data(aspect).COURSES if server in course.servers}
    lacking = {lack.aspect for lack in LACKING[server] if lack.whole}
    assert kept | lacking == set(BY_NAME) and not kept & lacking


def test_the_documentation_has_the_table() -> None:
    """`python tests/keeping.py` writes it."""
    text = PAGE.read_text()
    assert page(text) == text
