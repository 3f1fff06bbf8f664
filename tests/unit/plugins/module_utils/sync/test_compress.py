# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Packing and unpacking: nothing is lost, nothing is trusted, and what S3 contradicts is not believed."""

from __future__ import annotations

import base64
import dataclasses
import gzip
import hashlib
import io
import os
import pathlib
import zlib
from typing import Any

import pytest
import zstandard
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Head
from ansible_collections.stowage.s3.plugins.module_utils._sync import compress
from ansible_collections.stowage.s3.plugins.module_utils._sync.attributes import NOTHING_ASKED, Asked, Attributes
from ansible_collections.stowage.s3.plugins.module_utils._sync.compress import Damaged, Packed
from ansible_collections.stowage.s3.plugins.module_utils._sync.digests import Hashed, own_digest
from hypothesis import given
from hypothesis import strategies as st

ALGORITHMS = ("gzip", "zstd")
# From what can be packed very well to what cannot.
contents = st.builds(
    lambda piece, times, rest: piece * times + rest,
    st.binary(max_size=300),
    st.integers(0, 2000),
    st.binary(max_size=300),
)


def hashed(data: bytes) -> Hashed:
    return Hashed({"sha256": hashlib.sha256(data).digest()}, b"", True, len(data), 5)


def behind(data: bytes, algorithm: str) -> Packed:
    return Packed(algorithm, len(data), hashlib.sha256(data).digest())


class Trickle:
    """A source that gives a few bytes at a time, and counts them."""

    def __init__(self, data: bytes, step: int) -> None:
        self._data, self._step, self.given = data, step, 0

    def read(self, size: int = -1, /) -> bytes:
        wanted = self._step if size < 0 else min(size, self._step)
        piece = self._data[self.given : self.given + wanted]
        self.given += len(piece)
        return piece


def head(length: int, checksums: dict[str, str] | None = None, /, **metadata: str) -> Head:
    return Head(
        size=length, modified=0.0, etag="e", storage_class="STANDARD", content_type="", headers={},
        metadata={f"stowage-{name}": value for name, value in metadata.items()}, checksums=checksums or {},
        checksum_type="FULL_OBJECT", encryption="", encryption_key_id="", restore="", archive_status="", parts=0,
        version_id="",
    )  # fmt: skip


@given(contents, st.sampled_from(ALGORITHMS), st.integers(1, 5000))
def test_what_is_packed_is_smaller_and_comes_out_as_it_was(content: bytes, algorithm: str, step: int) -> None:
    packed, form = compress.pack(content, hashed(content), algorithm)
    if packed == content:
        assert form.headers == {"x-amz-meta-stowage-compress": algorithm}
        return
    assert len(packed) < len(content)
    assert form.hashed.size == len(packed) and form.hashed.digests["sha256"] == hashlib.sha256(packed).digest()
    assert b"".join(compress.unpack(Trickle(packed, step), behind(content, algorithm))) == content
    metadata = {name[19:]: value for name, value in form.headers.items() if name.startswith("x-amz-meta-stowage-")}
    assert compress.packed(head(len(packed), **metadata)) == behind(content, algorithm)
    assert form.headers["content-encoding"] == algorithm


@given(contents, st.sampled_from(ALGORITHMS))
def test_a_file_is_packed_as_bytes_are(content: bytes, algorithm: str) -> None:
    source, target = os.memfd_create("source"), os.memfd_create("target")
    try:
        os.write(source, content)
        whole, form = compress.pack_file(source, target, algorithm)
        packed, expected = compress.pack(content, hashed(content), algorithm)
        if packed == content:
            assert form is None
            return
        assert form is not None
        assert (whole.size, whole.digests["sha256"]) == (len(content), hashlib.sha256(content).digest())
        assert (form.headers, form.hashed.digests) == (expected.headers, expected.hashed.digests)
        assert os.pread(target, len(content), 0) == packed
    finally:
        os.close(source)
        os.close(target)


@given(st.sampled_from(ALGORITHMS), st.data())
def test_damage_is_never_taken_for_content(algorithm: str, data: Any) -> None:
    content = b"some content, " * 50 + data.draw(st.binary(max_size=50))
    packed, _form = compress.pack(content, hashed(content), algorithm)
    at = data.draw(st.integers(0, len(packed) - 1))
    kind = data.draw(st.sampled_from(["flip", "cut", "add"]))
    if kind == "flip":
        spoilt = packed[:at] + bytes([packed[at] ^ data.draw(st.integers(1, 255))]) + packed[at + 1 :]
    elif kind == "cut":
        spoilt = packed[:at]
    else:
        spoilt = packed + data.draw(st.binary(min_size=1, max_size=30))
    try:
        out = b"".join(compress.unpack(io.BytesIO(spoilt), behind(content, algorithm)))
    except Damaged:
        return
    # Bits that mean nothing (gzip's time, a window's size) may be others; the content may not.
    assert out == content


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_bomb_is_not_even_read_to_its_end(algorithm: str) -> None:
    bomb = gzip.compress(bytes(64 << 20)) if algorithm == "gzip" else zstandard.compress(bytes(64 << 20))
    source = Trickle(bomb, 512)
    with pytest.raises(Damaged, match="more comes out than the 1000 bytes"):
        next(compress.unpack(source, Packed(algorithm, 1000, b"")))
    assert source.given < len(bomb)


def test_a_window_that_would_take_much_memory_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=27)
    # Of unknown size, or the window would be cut down to it.
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    content = os.urandom(1000) * 100
    packed = packer.compress(content) + packer.flush()
    with pytest.raises(Damaged, match="memory"):
        list(compress.unpack(io.BytesIO(packed), behind(content, "zstd")))


CRC = f"{zlib.crc32(b'12345'):08x}"
GOOD = {"compress": "gzip", "size": "10", "stored": f"5:{CRC}:{'a' * 64}:", "sha256": "b" * 64}


@pytest.mark.parametrize(
    ("changes", "size"),
    [
        ({"compress": ""}, 5), ({"compress": "br"}, 5), ({"size": ""}, 5), ({"size": "5"}, 5), ({"size": "-10"}, 5),
        ({"size": "1e3"}, 5), ({"size": "١٢"}, 5), ({"stored": ""}, 5), ({"stored": f"5:{CRC}"}, 5),
        ({"sha256": ""}, 5), ({"sha256": "x" * 64}, 5), ({"stored": f"05:{CRC}:{'a' * 63}:"}, 5), ({}, 6), ({}, 4),
    ],
)  # fmt: skip
def test_metadata_that_is_not_whole_or_of_another_size_is_not_ours(changes: dict[str, str], size: int) -> None:
    assert compress.packed(head(5, **GOOD)) == Packed("gzip", 10, b"\xbb" * 32)
    assert compress.packed(head(size, **{**GOOD, **changes})) is None


def test_metadata_that_the_checksum_contradicts_is_not_ours() -> None:
    right, wrong = (base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode() for data in (b"12345", b"12346"))
    assert compress.packed(head(5, {"crc32": right}, **GOOD)) is not None
    assert compress.packed(head(5, {"crc32": wrong}, **GOOD)) is None


def test_metadata_that_the_etag_contradicts_is_not_ours() -> None:
    told = {**GOOD, "stored": GOOD["stored"] + "c" * 32}
    for etag, ours in (("c" * 32, True), ("d" * 32, False), ("d" * 32 + "-2", True), ("opaque", True)):
        assert (compress.packed(dataclasses.replace(head(5, **told), etag=etag)) is not None) is ours
    # Of no MD5 when it was written, and of an ETag that is none, nothing can be told.
    assert compress.packed(dataclasses.replace(head(5, **GOOD), etag="d" * 32)) is not None
    assert compress.packed(dataclasses.replace(head(5, **told), etag="d" * 32, encryption="aws:kms")) is not None


def test_the_digest_of_an_objects_bytes_is_that_of_what_is_stored() -> None:
    assert own_digest(head(5, **GOOD)) == {"sha256": b"\xaa" * 32}
    assert own_digest(head(5, sha256="b" * 64)) == {"sha256": b"\xbb" * 32}


def test_only_a_new_upload_packs_otherwise() -> None:
    packed, plain, tried = head(5, **GOOD), head(5, sha256="b" * 64), head(5, compress="gzip", sha256="b" * 64)
    gzipped, zstandarded = Asked(compress="gzip"), Asked(compress="zstd")
    told = Asked({"content-encoding": "gzip"})
    assert [compress.repack(gzipped, one) for one in (packed, plain, tried)] == [False, True, False]
    assert [compress.repack(zstandarded, one) for one in (packed, plain, tried)] == [True, True, True]
    assert [compress.repack(told, one) for one in (packed, plain, tried)] == [True, False, False]
    assert not any(compress.repack(NOTHING_ASKED, one) for one in (packed, plain, tried))


def test_what_rules_ask_is_remembered_by_its_digest() -> None:
    def asked(**rule: str) -> Asked:
        return Attributes([{"match": ["*"], **rule}]).asked("a")

    digests = {
        asked(**rule).digest for rule in ({"compress": "gzip"}, {"compress": "zstd"}, {"content_encoding": "gzip"}, {})
    }
    assert len(digests) == 4
    assert Attributes([{"match": ["*"], "compress": "gzip"}], compress=False).asked("a") is NOTHING_ASKED


def test_a_large_object_is_unpacked_beside_its_place(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compress, "IN_MEMORY", 100)
    content = b"".join(b"%d " % number for number in range(1_000_000))
    packed, _form = compress.pack(content, hashed(content), "gzip")
    path = tmp_path / "file"
    path.write_bytes(packed)
    with path.open("r+b") as file:
        assert (
            compress.unpack_file(file.fileno(), str(tmp_path), behind(content, "gzip"))
            == hashed(content).digests["sha256"]
        )
    assert path.read_bytes() == content
    assert os.listdir(tmp_path) == ["file"]
