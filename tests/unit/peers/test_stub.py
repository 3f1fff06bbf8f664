# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The stub lists as S3 does, and takes what it would list."""

from __future__ import annotations

import hashlib
import http.client

from hypothesis import given
from hypothesis import strategies as st
from peers import stub
from server import REGION, Server

KEYS = sorted(["a", "a-b/x", "a-b/y", "a/b/c", "a/b/d", "a/e", "b", "b/", "b/c", "z/1", "z/2"])
NAMES = st.sampled_from(["", "a", "a-b/", "a/", "a/b/", "b", "b/", "c", "z/", "z/1", "zz"])


def listed(prefix: str, after: str, delimiter: str) -> list[str]:
    """What S3 lists, by definition: keys and common prefixes in one order."""
    found = []
    for key in KEYS:
        if not key.startswith(prefix):
            continue
        head, cut, _tail = key[len(prefix) :].partition(delimiter) if delimiter else (key, "", "")
        name = prefix + head + cut if cut else key
        # A group that start-after lies in is gone with its keys; a key has to come after it.
        if (cut and after.startswith(name)) or key <= after:
            continue
        if name not in found:
            found.append(name)
    return found


@given(prefix=NAMES, after=NAMES, delimiter=st.sampled_from(["", "/", "-"]), size=st.integers(1, 12))
def test_pages_together_are_the_listing(prefix: str, after: str, delimiter: str, size: int) -> None:
    found: list[str] = []
    start: int | None = 0
    while start is not None:
        page = stub.page(KEYS, prefix=prefix, after=after, start=start, delimiter=delimiter, size=size)
        names = sorted([*(KEYS[number] for number in page.numbers), *page.prefixes])
        assert len(names) == size or page.following is None or not names
        found += names
        assert page.following is None or page.following > start
        start = page.following
    assert found == listed(prefix, after, delimiter)


@given(st.integers(0, 10**8 - 1), st.integers(0, 10**8 - 1))
def test_keys_are_in_the_order_of_their_numbers(one: int, other: int) -> None:
    assert (stub.key_of(one) < stub.key_of(other)) == (one < other)
    assert stub.number_of(stub.key_of(one), one + 1) == one
    assert stub.number_of(stub.key_of(one), one) == -1


def test_a_client_reads_every_page() -> None:
    with stub.running() as running:
        client = Server(running.endpoint, "a", "b", REGION, running.pid).client()
        pages = list(client.get_paginator("list_objects_v2").paginate(Bucket="objects-2500"))
        found = [(each["Key"], each["Size"], each["ETag"]) for page in pages for each in page["Contents"]]
        folders = client.list_objects_v2(Bucket="objects-2500", Delimiter="/")["CommonPrefixes"]
        nothing = client.list_objects_v2(Bucket="nothing-2500")
    assert len(pages) == 3
    assert found == [
        (stub.key_of(number), 16, f'"{hashlib.md5(stub.content_of(number)).hexdigest()}"') for number in range(2500)
    ]
    assert [each["Prefix"] for each in folders] == ["part-00000/", "part-00001/", "part-00002/"]
    assert nothing["KeyCount"] == 0


def test_it_counts_different_objects_and_refuses_others() -> None:
    with stub.running() as running:
        client = http.client.HTTPConnection(running.endpoint.removeprefix("http://"))

        def put(key: str, content: bytes) -> tuple[int, str | None]:
            client.request("PUT", f"/nothing-9/{key}", body=content)
            answer = client.getresponse()
            answer.read()
            return answer.status, answer.headers["ETag"]

        assert put(stub.key_of(1), stub.content_of(1)) == (200, f'"{hashlib.md5(stub.content_of(1)).hexdigest()}"')
        put(stub.key_of(1), stub.content_of(1))
        put(stub.key_of(8), stub.content_of(8))
        for key, content in ((stub.key_of(2), stub.content_of(3)), (stub.key_of(9), stub.content_of(9)), ("x", b"")):
            assert put(key, content) == (400, None)
        client.close()
        running.end()
    assert running.put == {"nothing-9": 2}
