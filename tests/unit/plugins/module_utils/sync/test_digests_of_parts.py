# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Digests: known answers, and those of parts."""

from __future__ import annotations

import base64
import hashlib
import itertools
import zlib
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._s3 import headers
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Head
from ansible_collections.stowage.s3.plugins.module_utils._sync import digests
from ansible_collections.stowage.s3.plugins.module_utils._sync.digests import (
    checksums,
    composite,
    computable,
    new,
    parts_told,
)
from hypothesis import given, settings
from hypothesis import strategies as st

DATA = b"0123456789"


def head(**fields: str) -> Head:
    return headers.head({name.replace("_", "-"): value for name, value in fields.items()})


def digest(algorithm: str, *pieces: bytes) -> bytes:
    one = new(algorithm)
    for piece in pieces:
        one.update(piece)
    return one.digest()


# The check values of the catalogue of parametrised CRC algorithms (reveng.sourceforge.io) for "123456789".
@pytest.mark.parametrize(
    ("algorithm", "check"),
    [("crc32", "cbf43926"), ("crc32c", "e3069283"), ("crc64nvme", "ae8b14860a799888")],
)
def test_checksums_have_their_check_values(algorithm: str, check: str) -> None:
    """awscrt, which computes the last two, is part of the development environment."""
    assert computable(algorithm)
    assert digest(algorithm, b"1234", b"", b"56789").hex() == check
    assert digest(algorithm, memoryview(b"123456789")).hex() == check


def test_s3s_example_of_a_crc64nvme_is_comparable() -> None:
    value = base64.b64encode(bytes.fromhex("ae8b14860a799888")).decode()
    found = checksums(head(x_amz_checksum_crc64nvme=value, x_amz_checksum_type="FULL_OBJECT"))
    assert found == {"crc64nvme": digest("crc64nvme", b"123456789")}


@settings(derandomize=True, deadline=None)
@given(st.binary(max_size=40), st.integers(1, 12), st.lists(st.integers(0, 40), max_size=4))
def test_a_digest_of_parts_is_that_of_their_digests(data: bytes, size: int, cuts: list[int]) -> None:
    bounds = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[start:end] for start, end in itertools.pairwise(bounds)]
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    assert (
        digest(f"md5:{size}", *pieces) == hashlib.md5(b"".join(hashlib.md5(part).digest() for part in parts)).digest()
    )
    sums = b"".join(zlib.crc32(part).to_bytes(4, "big") for part in parts)
    assert digest(f"crc32:{size}", *pieces) == zlib.crc32(sums).to_bytes(4, "big")


def of_parts(size: int, **more: str) -> Head:
    etag = f'"{digest(f"md5:{size}", DATA).hex()}-{-(-len(DATA) // size)}"'
    return head(content_length=str(len(DATA)), etag=etag, **more)


def test_an_upload_by_parts_can_be_compared_if_the_parts_could_have_that_size() -> None:
    for size in (4, 5, 9):
        assert composite(of_parts(size), size) == {f"md5:{size}": digest(f"md5:{size}", DATA)}
    assert [composite(of_parts(4), size) for size in (0, 3, 5, 10)] == [{}, {}, {}, {}]


def test_a_composite_checksum_comes_before_the_etag() -> None:
    value = base64.b64encode(digest("crc32:4", DATA)).decode()
    both = of_parts(4, x_amz_checksum_crc32=f"{value}-3", x_amz_checksum_type="COMPOSITE")
    assert checksums(both) == {} and composite(both, 4) == {"crc32:4": digest("crc32:4", DATA)}
    unknown = of_parts(4, x_amz_checksum_xxhash=f"{value}-3", x_amz_checksum_type="COMPOSITE")
    assert list(composite(unknown, 4)) == ["md5:4"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, True),
        ({"x_amz_server_side_encryption": "AES256"}, True),
        ({"x_amz_server_side_encryption": "aws:kms"}, False),
        ({"x_amz_server_side_encryption_customer_algorithm": "AES256"}, False),
    ],
)
def test_an_etag_tells_of_parts_only_where_it_is_made_of_md5s(more: dict[str, str], told: bool) -> None:
    assert parts_told(of_parts(4, **more)) is told
    assert bool(composite(of_parts(4, **more), 4)) is told


def test_without_md5_an_etag_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: Any, **_options: Any) -> Any:
        raise ValueError("disabled for FIPS")

    one = of_parts(4)
    monkeypatch.setattr(hashlib, "md5", refuse)
    assert not digests.has_md5() and not parts_told(one) and composite(one, 4) == {}
