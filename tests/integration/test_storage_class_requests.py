# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The requests that check mode foretells are those that the server is asked, one by one."""

from __future__ import annotations

import pathlib
from collections import Counter
from typing import Any

import pytest
from server import Server
from shelf import Shelf, small_copies
from world import Reply, Request

MIB = 1 << 20
_BY_QUERY = {
    "list-type": "list", "acl": "acl", "versioning": "bucket", "ownershipControls": "bucket", "object-lock": "bucket",
    "retention": "lock", "legal-hold": "lock", "tagging": "tags", "restore": "restore",
}  # fmt: skip
_BY_METHOD = {"HEAD": "head", "GET": "get", "DELETE": "delete", "PUT": "copy", "POST": "copy"}


def kind(request: Request) -> str:
    """A request in the words of the summary. All of a copy by parts count as copies."""
    return next((_BY_QUERY[name] for name in request.query if name in _BY_QUERY), _BY_METHOD[request.method])


def asked(shelf: Shelf, **options: Any) -> tuple[dict[str, int], dict[str, int], int]:
    """What was foretold, what the server did, and how often it refused."""
    foretold = shelf.once(check=True, **options)["summary"]["requests"]
    done, refused = Counter[str](), 0
    with shelf.gateway() as gateway:

        def after(request: Request, reply: Reply) -> None:
            nonlocal refused
            # There is none: an answer and no refusal.
            none = reply.status == 404 and request.method == "GET"
            if reply.status < 300 or none:
                done[kind(request)] += 1
            else:
                refused += 1

        gateway.after = after
        result = shelf.once(**options)
    assert not result.get("failed"), result["msg"]
    assert result["summary"]["requests"] == foretold
    return foretold, dict(done), refused


@pytest.mark.needs("archived objects", "copies by parts")
def test_of_small_large_and_archived_objects(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    small_copies(monkeypatch.setattr)
    shelf.put({f"{number:04}": "1" for number in range(40)})
    shelf.put({"large": b"x" * (12 * MIB)}, Tagging="a=b")
    shelf.put({"cold": "ice"}, StorageClass="GLACIER")
    shelf.put({"tiered": "1"}, StorageClass="INTELLIGENT_TIERING")
    foretold, done, refused = asked(shelf, storage_class="STANDARD_IA", restore={})
    assert foretold == done and refused == 0
    assert foretold["copy"] == 40 + 1 + (3 + 2) and foretold["restore"] == 1
    foretold, done, refused = asked(shelf, storage_class="STANDARD_IA")
    assert foretold == done and foretold["copy"] == 1
    foretold, done, refused = asked(shelf, storage_class="STANDARD_IA")
    assert foretold == done == {"list": 1, "head": 1, "acl": 1, "bucket": 3}


@pytest.mark.needs("object locks")
def test_of_versions_and_locks(server: Server, bucket: str, tmp_path: pathlib.Path, one_session: None) -> None:
    """This endpoint is tried first: if it heeds conditions, and if it copies an object onto itself as it is."""
    name = f"{bucket}-locks"[-63:]
    server.client("s3").create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    shelf = Shelf(server, name, tmp_path)
    shelf.put({f"{number:04}": "1" for number in range(20)})
    foretold, done, refused = asked(shelf, storage_class="STANDARD_IA", replaced_versions="delete")
    assert foretold == done and refused <= 3
    assert foretold == {"list": 1, "head": 41, "copy": 20, "lock": 40, "delete": 20, "bucket": 3}
