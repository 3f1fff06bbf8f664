# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Readers take the same memory whatever the number of objects."""

from __future__ import annotations

import gzip
import tracemalloc
from functools import partial

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers import access_logs
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.access_logs import last_access
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.files import InDirectory
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.inventory import inventoried, read_manifest
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.listing import listed
from delivered import CURRENT, MODIFIED, Inventory, record
from scripted import answer

FEW, MANY = 5_000, 20_000


def peak(work):
    """The most bytes of Python's that were in use at once."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def grows(work):
    """How much more it takes for many than for few; the first time is for caches.

    Threads, the server's among them, meet by chance: the least of some peaks is what the number alone makes.
    """
    work(FEW)
    many, few = (min(peak(partial(work, count)) for _try in range(3)) for count in (MANY, FEW))
    return many / few


def test_an_inventory(tmp_path):
    def write(count):
        made = Inventory("source", CURRENT, f"{count}/")
        rows = (f'"source","key-{number}","7","STANDARD","{MODIFIED}"\n' for number in range(count))
        made.add_bytes(gzip.compress("".join(rows).encode(), 1))
        made.write(tmp_path)

    def read(count):
        files = InDirectory(str(tmp_path))
        assert sum(1 for _each in inventoried(files, read_manifest(files, f"{count}/", "source"))) == count

    for count in (FEW, MANY):
        write(count)
    assert grows(read) < 1.2


def test_access_logs(tmp_path, monkeypatch):
    monkeypatch.setattr(access_logs, "IN_MEMORY", 1000)
    for count in (FEW, MANY):
        path = tmp_path / str(count) / "2026-11-25-13-00-59-0123456789ABCDEF"
        path.parent.mkdir()
        path.write_text("".join(record("b", f"key-{number}", 1795346743) for number in range(count)))

    def read(count):
        with last_access(InDirectory(str(tmp_path / str(count))), "", "b") as accesses:
            assert sum(1 for _each in accesses) == count

    assert grows(read) < 1.2


@pytest.mark.parametrize("versions", [False, True])
def test_a_listing(scripted, make, versions):
    bucket = make(ordered=True)
    moment = f"<LastModified>{MODIFIED}</LastModified>"

    def page(first, last):
        told = "<VersionId>1</VersionId><IsLatest>true</IsLatest>" if versions else "<ETag>e</ETag>"
        item, root = ("Version", "ListVersionsResult") if versions else ("Contents", "ListBucketResult")
        rows = "".join(
            f"<{item}><Key>{number:09}</Key>{told}{moment}<Size>7</Size></{item}>"
            for number in range(first, first + 1000)
        )
        following = "NextKeyMarker" if versions else "NextContinuationToken"
        on = "" if last else f"<IsTruncated>true</IsTruncated><{following}>{first}</{following}>"
        return answer(body=f"<{root}>{on}{rows}</{root}>")

    def read(count):
        firsts = range(0, count, 1000)
        scripted.play(*[lambda _request, first=first: page(first, first == firsts[-1]) for first in firsts])
        assert sum(1 for _each in listed(bucket, versions=versions)) == count

    assert grows(read) < 1.2
