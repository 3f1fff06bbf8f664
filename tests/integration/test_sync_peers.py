# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What other tools get wrong, and the test of each that this one does not. Those without another home are here."""

from __future__ import annotations

import gc
import os
import threading
import tracemalloc

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._sync import ahead, spool
from defects import shown
from world import OLD, Reply, Request, World, verbs

# Each was seen: the tool, what it does, and where it is tested that the sync does not.
DEFECTS = [
    (
        "community.aws.s3_sync",
        "delete with a missing source deletes everything under the prefix and reports success",
        "test_sync_delete.py::test_a_missing_source_deletes_nothing",
    ),
    (
        "community.aws.s3_sync",
        "delete below the prefix app deletes application/",
        "test_sync_delete.py::test_a_prefix_ends_at_its_slash",
    ),
    (
        "community.aws.s3_sync",
        "delete deletes what is excluded",
        "test_sync_delete.py::test_excluded_keys_are_neither_deleted_nor_counted",
    ),
    (
        "community.aws.s3_sync",
        "the errors in the answer to a multi-delete are ignored",
        "test_sync_delete.py::test_what_a_policy_keeps_is_a_failure",
    ),
    (
        "community.aws.s3_sync",
        "one HEAD a file in every run",
        "test_sync_cache.py::test_the_unchanged_costs_one_listing_and_no_hash",
    ),
    ("community.aws.s3_sync", "one file at a time", "test_sync_peers.py::test_files_go_side_by_side"),
    ("community.aws.s3_sync", "no check mode", "test_sync_properties.py::test_random_worlds"),
    (
        "aws s3 sync",
        "a change of the same size with an older time is never seen",
        "test_sync_peers.py::test_a_change_of_the_same_size_with_an_older_time_is_seen",
    ),
    ("aws s3 sync", "a bare .. key leaves the target", "test_sync_down.py::test_no_key_leaves_the_target"),
    ("s5cmd sync", "a key with ../ leaves the target", "test_sync_down.py::test_no_key_leaves_the_target"),
    (
        "s5cmd sync",
        "an error at the source empties the destination",
        "test_sync_delete.py::test_a_listing_that_breaks_off_changes_nothing",
    ),
    (
        "s5cmd sync",
        "a directory that cannot be read empties the destination",
        "test_sync_delete.py::test_what_cannot_be_read_blocks_all_deletions",
    ),
    ("s5cmd sync", "out of memory on huge buckets", "test_sync_peers.py::test_memory_does_not_grow_with_the_bucket"),
    (
        "rclone sync",
        "one HEAD an object to learn its time",
        "test_sync_peers.py::test_a_time_costs_no_head",
    ),
    (
        "all of them",
        "the owner that is expected of a bucket is never sent",
        "test_sync_across.py::test_every_request_says_whose_bucket_is_meant",
    ),
]


@pytest.mark.parametrize("place", sorted({place for _tool, _defect, place in DEFECTS}))
def test_each_defect_has_its_test(place: str) -> None:
    assert shown(place)


@pytest.mark.parametrize("direction", ["up", "down", "across"])
def test_a_change_of_the_same_size_with_an_older_time_is_seen(world: World, direction: str) -> None:
    """Files from an older archive, or an object that another tool put back: sizes and times say nothing is to do."""
    verb = {"up": "upload", "down": "download", "across": "copy"}[direction]
    source = str(world.root) if direction == "up" else world.uri("one")
    target = str(world.root) if direction == "down" else world.uri("two")
    for content in ("1", "2"):
        if direction == "up":
            world.write({"a": content})
            os.utime(world.root / "a", (OLD - int(content), OLD - int(content)))
        else:
            world.put({"a": content}, "one/", Metadata={"mtime": str(OLD - int(content))})
        if direction == "down" and content == "2":
            # The target is newer than any object can be.
            os.utime(world.root / "a", (2_000_000_000, 2_000_000_000))
        result = world.sync(source, target)
        assert verbs(result) == [(verb, "a", "new" if content == "1" else "content")]
        assert (world.tree() if direction == "down" else world.objects("two/")) == {"a": content}


@pytest.mark.parametrize("direction", ["up", "down", "across"])
def test_files_go_side_by_side(world: World, direction: str) -> None:
    """None is answered before all four have been asked for."""
    files = {name: name for name in "abcd"}
    world.write(files)
    world.put(files, "one/")
    places = {
        "up": (str(world.root), world.uri("two")),
        "down": (world.uri("one"), str(world.tmp_path / "copy")),
        "across": (world.uri("one"), world.uri("two")),
    }[direction]
    together = threading.Barrier(len(files))

    def before(request: Request) -> Reply | None:
        if request.key.rpartition("/")[2] in files:
            together.wait(60)
        return None

    with world.gateway() as gateway:
        gateway.before = before
        # Without conditions, which the first file would try alone.
        result = world.run(*places, concurrency=len(files), on_conflict="overwrite")
    assert not result.get("failed") and len(result["actions"]) == len(files)


@pytest.mark.parametrize("direction", ["up", "down"])
def test_a_time_costs_no_head(world: World, direction: str) -> None:
    """Not even where times are all that is compared."""
    world.write({"a": "1", "b": "2"})
    world.put({"a": "1", "b": "2"})
    with world.gateway() as gateway:
        places = (str(world.root), world.uri()) if direction == "up" else (world.uri(), str(world.root))
        for compare in ("time", "content", "size", "existence"):
            result = world.run(*places, compare=compare, check=True)
            assert "head" not in result["summary"]["requests"]
    assert {request.method for request in gateway.requests if request.key} <= {"GET"}
    assert [request for request in gateway.requests if request.method == "HEAD" and request.key] == []


PAGE = 1_000


def a_page(prefix: str, start: int, count: int) -> Reply:
    """One page of a listing of `count` objects, from number `start` on."""
    end = min(start + PAGE, count)
    entries = "".join(
        f"<Contents><Key>{prefix}{number:09}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>"
        f"<ETag>&quot;{number:032x}&quot;</ETag><Size>{number}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        for number in range(start, end)
    )
    more = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{end}</NextContinuationToken>"
    text = (
        '<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Prefix>{prefix}</Prefix><EncodingType>url</EncodingType>{entries}"
        f"{more if end < count else '<IsTruncated>false</IsTruncated>'}</ListBucketResult>"
    )
    return Reply(200, {"content-type": "application/xml"}, text.encode())


@pytest.mark.parametrize(("ordered", "verb"), [(True, "copy"), (False, "skip")])
def test_memory_does_not_grow_with_the_bucket(
    world: World, monkeypatch: pytest.MonkeyPatch, ordered: bool, verb: str
) -> None:
    """Bytes at the highest, for listings of few pages and of many; all of them new, or all of them there."""
    # What is kept in memory before it goes to disk is a bound, too: lower ones show in a smaller bucket.
    monkeypatch.setattr(spool.Spool.__init__, "__defaults__", (2 * PAGE,))
    monkeypatch.setattr(spool.in_key_order, "__defaults__", (2 * PAGE,))
    monkeypatch.setattr(spool, "CHUNK", 50)
    monkeypatch.setattr(ahead, "DEPTH", 2)
    peaks = {}
    with world.gateway() as gateway:
        for pages in (4, 4, 24):  # what is made once for all is made in the first
            count = pages * PAGE

            def before(request: Request, count: int = count) -> Reply | None:
                if "list-type" not in request.query or (verb == "copy" and request.query["prefix"].endswith("two/")):
                    return None
                return a_page(request.query["prefix"], int(request.query.get("continuation-token", "0")), count)

            gateway.before = before
            gc.collect()
            tracemalloc.start()
            result = world.run(world.uri("one"), world.uri("two"), check=True, ordered_listing=ordered)
            peaks[pages] = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert result["summary"][verb]["count"] == count and not result.get("failed")
            assert result["summary"]["requests"]["list"] == pages + (1 if verb == "copy" else pages)
    # Six times the objects: what is kept of each would be six times as much.
    assert peaks[24] < 1.5 * peaks[4], peaks
