# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Digests of files, and what S3's headers say that can be compared with them."""

from __future__ import annotations

import base64
import hashlib
import os
import pathlib
import time
import zlib
from collections.abc import Callable

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._errors import FileChanged
from ansible_collections.stowage.s3.plugins.module_utils._s3 import headers
from ansible_collections.stowage.s3.plugins.module_utils._sync import digests
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import stamp
from hypothesis import example, given, settings
from hypothesis import strategies as st

STEADY = settings(derandomize=True, max_examples=200, deadline=None)
CONTENT = os.urandom(3 * digests.BLOCK + 17)


def composite(data: bytes, size: int) -> bytes:
    """The oracle: S3's rule in its own words."""
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    return hashlib.md5(b"".join(hashlib.md5(part).digest() for part in parts)).digest()


@STEADY
@given(st.binary(max_size=60), st.integers(1, 20), st.lists(st.integers(1, 30), max_size=6))
@example(b"x" * 20, 10, [10])
@example(b"x" * 20, 10, [5, 5, 5])
@example(b"x" * 21, 10, [21])
@example(b"x", 10, [])
def test_the_etag_of_parts_whatever_the_pieces_in_which_the_bytes_come(data: bytes, size: int, cuts: list[int]) -> None:
    one, at = digests.new(f"md5:{size}"), 0
    for cut in [*cuts, len(data)]:
        one.update(memoryview(data)[at : at + cut])
        at += cut
    assert one.digest() == composite(data, size)


@STEADY
@given(st.lists(st.binary(max_size=20), max_size=5))
def test_checksums_of_pieces_are_those_of_the_whole(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    expected = {
        "crc32": zlib.crc32(whole).to_bytes(4, "big"),
        **{name: hashlib.new(name, whole).digest() for name in ("md5", "sha1", "sha256")},
    }
    for name, value in expected.items():
        one = digests.new(name)
        for piece in pieces:
            one.update(piece)
        assert one.digest() == value


@pytest.mark.parametrize("size", [0, 1, digests.BLOCK - 1, digests.BLOCK, digests.BLOCK + 1, len(CONTENT)])
def test_a_file_is_hashed_once_for_all(tmp_path: pathlib.Path, size: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENT[:size])
    os.utime(path, ns=(0, 1_600_000_000_123_456_789))
    hashed = digests.hash_file(str(path), ["sha256", "md5", "crc32", "md5:1000000"], follow=False)
    assert hashed.digests == {
        "sha256": hashlib.sha256(CONTENT[:size]).digest(),
        "md5": hashlib.md5(CONTENT[:size]).digest(),
        "crc32": zlib.crc32(CONTENT[:size]).to_bytes(4, "big"),
        "md5:1000000": composite(CONTENT[:size], 1_000_000),
    }
    assert (hashed.size, hashed.mtime_ns) == (size, 1_600_000_000_123_456_789)
    assert hashed.stamp == stamp(os.stat(path))
    # Its ctime is of this moment, whatever its mtime says: a rewrite in the same tick would not show.
    assert hashed.clean is False


def test_a_descriptor_is_hashed_from_its_start_and_stays_where_it_is(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    with open(tmp_path / "file", "rb") as file:
        file.seek(3)
        hashed = digests.hash_descriptor(file.fileno(), ["sha256"])
        assert hashed.digests["sha256"] == hashlib.sha256(b"content").digest() and os.lseek(file.fileno(), 0, 1) == 3


def grow(path: pathlib.Path) -> None:
    with open(path, "ab") as file:
        file.write(b"more")


def rewrite(path: pathlib.Path) -> None:
    with open(path, "r+b") as file:
        file.write(b"other")


def put_back(path: pathlib.Path) -> None:
    """Rewritten, and its time set back: ctime tells."""
    status = path.stat()
    rewrite(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize("change", [grow, rewrite, put_back, lambda path: os.truncate(path, 5)])
def test_a_file_that_changes_while_it_is_read(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[pathlib.Path], None]
) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    os.utime(path, (1, 1))
    # Old enough for a change to show in the coarse clock of the file system.
    while time.time_ns() < path.stat().st_ctime_ns + 20_000_000:
        pass
    preadv, changed = os.preadv, []

    def meddling(descriptor: int, buffers: list[bytearray], offset: int) -> int:
        count = preadv(descriptor, buffers, offset)
        if not changed:
            changed.append(change(path))
        return count

    monkeypatch.setattr(os, "preadv", meddling)
    with pytest.raises(FileChanged, match="written while it was read"):
        digests.hash_file(str(path), ["sha256"], follow=False)


def test_only_regular_files_are_opened(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_bytes(b"1")
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "fifo")  # to open it must not wait for a writer
    for name in ("fifo", "."):
        with pytest.raises(FileChanged, match="no longer a regular file"):
            digests.open_regular(str(tmp_path / name), follow=True)
    with pytest.raises(OSError, match="symbolic links"):
        digests.open_regular(str(tmp_path / "link"), follow=False)
    os.close(digests.open_regular(str(tmp_path / "link"), follow=True)[0])


@pytest.mark.parametrize(("age", "clean"), [(0, False), (1.9, False), (2.1, True), (-100, False)])
def test_when_times_can_be_trusted(tmp_path: pathlib.Path, age: float, clean: bool) -> None:
    (tmp_path / "file").write_bytes(b"1")
    status = os.stat(tmp_path / "file")
    assert digests.is_clean(status, max(status.st_mtime, status.st_ctime) + age) is clean
    os.utime(tmp_path / "file", (1, 1))
    status = os.stat(tmp_path / "file")
    assert digests.is_clean(status, status.st_ctime + age) is clean


# What S3 says

MD5 = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("etag", "parts", "md5"),
    [
        (MD5, 0, True),
        (f"{MD5}-1", 1, False),
        (f"{MD5}-10000", 10_000, False),
        (f"{MD5}-", 0, False),
        (f"{MD5}-123456", 0, False),
        (f"{MD5}\n", 0, False),
        (MD5.upper(), 0, False),
        (MD5[1:], 0, False),
        ("", 0, False),
    ],
)
def test_the_forms_of_etags(etag: str, parts: int, md5: bool) -> None:
    head = headers.head({"etag": f'"{etag}"'})
    assert (digests.parts_if_plain(head), digests.is_md5(etag)) == (parts, md5)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, True),
        ({"x-amz-server-side-encryption": "AES256"}, True),
        ({"x-amz-server-side-encryption": "aws:kms"}, False),
        ({"x-amz-server-side-encryption": "aws:kms:dsse"}, False),
        ({"x-amz-server-side-encryption-customer-algorithm": "AES256"}, False),
        ({"etag": f'"{MD5}-2"'}, False),
    ],
)
def test_which_etags_are_the_md5_of_the_content(more: dict[str, str], expected: bool) -> None:
    assert digests.etag_is_md5(headers.head({"etag": f'"{MD5}"', **more})) is expected


def test_checksums_of_parts_are_none_of_the_whole() -> None:
    value = base64.b64encode(hashlib.sha256(b"x").digest()).decode()

    def said(value: str, **more: str) -> dict[str, bytes]:
        return digests.checksums(headers.head({"x-amz-checksum-sha256": value, **more}))

    assert said(value) == {"sha256": hashlib.sha256(b"x").digest()}
    assert said(value, **{"x-amz-checksum-type": "FULL_OBJECT"}) == {"sha256": hashlib.sha256(b"x").digest()}
    assert said(value, **{"x-amz-checksum-type": "COMPOSITE"}) == {}
    assert said(f"{value}-2") == {}
    assert said("no base64!") == {}
    assert digests.checksums(headers.head({"x-amz-checksum-new": value})) == {}
    assert digests.whole_checksums(headers.head({"x-amz-checksum-new": value})) == {"new": value}


def test_our_own_digest_is_read_only_if_it_is_one() -> None:
    def own(text: str) -> dict[str, bytes]:
        return digests.own_digest(headers.head({"x-amz-meta-stowage-sha256": text}))

    digest = hashlib.sha256(b"x")
    assert own(digest.hexdigest()) == {"sha256": digest.digest()}
    for text in ("", digest.hexdigest()[:-1], digest.hexdigest().upper(), "z" * 64, digest.hexdigest() + "0"):
        assert own(text) == {}
    assert digests.own_digest(headers.head({})) == {}


@pytest.mark.parametrize(
    ("etag", "kind", "whole"),
    [("0" * 32, "", True), ("0" * 32 + "-2", "", False), ("0" * 32 + "-2", "FULL_OBJECT", True)],
)
def test_a_checksum_of_unknown_kind_is_believed_of_what_has_no_parts(etag: str, kind: str, whole: bool) -> None:
    told = {"etag": f'"{etag}"', "x-amz-checksum-crc32": "AAAAAA==", "x-amz-checksum-type": kind}
    assert bool(digests.whole_checksums(headers.head(told))) is whole
