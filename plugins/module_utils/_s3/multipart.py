# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The arithmetic of multipart uploads: sizes of parts, and the CRC-32 of the whole from those of the parts."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from functools import lru_cache

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Part

MIB = 1024 * 1024
GIB = 1024 * MIB
# Amazon S3 user guide, "multipart upload limits".
MAX_PARTS = 10_000
MIN_PART = 5 * MIB
MAX_PART = 5 * GIB
MAX_SINGLE_PUT = 5 * GIB
MAX_SINGLE_COPY = 5 * GIB
MAX_OBJECT = MAX_PARTS * MAX_PART
DEFAULT_PART = 16 * MIB


def part_size(size: int) -> int:
    """The bytes of each part but the last for an object of `size` bytes: 16 MiB, more where 10,000 would not do."""
    if size > MAX_OBJECT:
        raise StowageError(
            f"An object of {size} bytes is too large: S3 takes at most {MAX_OBJECT} (10,000 parts of 5 GiB)."
        )
    needed = -(-size // MAX_PARTS)
    return max(DEFAULT_PART, -(-needed // MIB) * MIB)


_POLYNOMIAL = 0xEDB88320


def _multiply(a: int, b: int) -> int:
    """a * b modulo the CRC-32 polynomial, bits reversed as CRC-32 has them (zlib's multmodp)."""
    product, bit = 0, 1 << 31
    while True:
        if a & bit:
            product ^= b
            if not a & (bit - 1):
                return product
        bit >>= 1
        if not bit:
            return product
        b = (b >> 1) ^ _POLYNOMIAL if b & 1 else b >> 1


@lru_cache(maxsize=64)
def _shift(length: int) -> int:
    """x^(8 * length) modulo the polynomial: what moves a checksum past `length` bytes."""
    power, square = 1 << 31, 1 << 23  # x^0 and x^8
    while length:
        if length & 1:
            power = _multiply(square, power)
        square = _multiply(square, square)
        length >>= 1
    return power


def crc32_combine(a: int, b: int, length_b: int) -> int:
    """The CRC-32 of A + B from those of A and B (zlib has this, Python's zlib does not).

    Method: zlib's crc32_combine; S3 wants the result as the full-object checksum of a multipart upload.
    """
    return _multiply(_shift(length_b), a) ^ b


def crc32_text(crc32: int) -> str:
    """A CRC-32 as S3 writes it: base64 of its four bytes, big-endian."""
    return base64.b64encode(crc32.to_bytes(4, "big")).decode()


def whole_crc32(parts: Iterable[Part]) -> str:
    """The CRC-32 of an object from those of its parts, in their order, base64; "" where one is not known."""
    whole = 0
    for part in parts:
        raw = base64.b64decode(part.crc32)
        if len(raw) != 4:
            return ""
        whole = crc32_combine(whole, int.from_bytes(raw, "big"), part.size)
    return crc32_text(whole)
