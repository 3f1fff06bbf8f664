# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The bucket of the benchmark: our module makes it as it has to be, and what is not so is seen."""

from __future__ import annotations

import contextlib

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._bucket.plan import asked
from ansible_collections.stowage.s3.plugins.module_utils._bucket.table import ASPECTS
from harness import run_module
from peers import buckets
from server import Server

pytestmark = pytest.mark.usefixtures("one_loader")
NAME = "bench-bucket"


def test_the_bucket_of_the_benchmark(moto_server: Server) -> None:
    client = moto_server.client()
    with contextlib.suppress(client.exceptions.BucketAlreadyOwnedByYou):
        buckets.prepare(client)
    for options, change in ((buckets.options, True), (buckets.options, False), (buckets.one_option, False)):
        result = run_module("bucket", options(NAME), server=moto_server)
        assert not result.get("failed"), result
        assert (result["changed"], buckets.check(client, NAME)) == (change, "")
    client.delete_bucket_cors(Bucket=NAME)
    client.put_bucket_tagging(Bucket=NAME, Tagging={"TagSet": [{"Key": "team", "Value": "api"}]})
    assert buckets.check(client, NAME) == "not as it should be: get_bucket_cors, get_bucket_tagging"


def test_it_has_as_many_sub_resources_as_the_titles_say() -> None:
    wanted = asked(ASPECTS, buckets.options(NAME))
    assert len([aspect for aspect in ASPECTS if wanted.speaks_of(aspect)]) == 15
