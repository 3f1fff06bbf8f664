# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Headers on their way out and in: what may be sent, and what an answer's headers mean."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.documents import http_time
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Head, Stored

METADATA = "x-amz-meta-"
_CHECKSUM = "x-amz-checksum-"
_NAME = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+")  # RFC 9110, "token", in lower case
_WORD = re.compile(r"=\?([A-Za-z0-9_-]+)\?([BbQq])\?([^?]*)\?=(?:[ \t]+(?==\?))?")
# An encoded word has at most 75 characters (RFC 2047): 45 bytes make 60 of base64 and leave room for the frame.
_WORD_BYTES = 45


def checked(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers under lower-case names, fit to be sent.

    User metadata that is not plain ASCII is encoded as RFC 2047 tells, as S3 itself does and undoes. Raises
    StowageError for line breaks, other control characters, bad names, and for other headers that are not ASCII.
    """
    result = {}
    for given, value in headers.items():
        name = given.lower()
        if not _NAME.fullmatch(name):
            raise StowageError(
                f"{given!r} cannot be a header's name: letters, digits and '-' are allowed (in '{METADATA}<name>' too)."
            )
        value = value.strip(" \t")
        if not value.isprintable() and any(c != "\t" and (ord(c) < 32 or ord(c) == 127) for c in value):
            raise StowageError(
                f"The value of header {given!r} holds a line break or another control character: {value!r}."
            )
        if not value.isascii() or (name.startswith(METADATA) and "=?" in value):
            if not name.startswith(METADATA):
                raise StowageError(
                    f"The value of header {given!r} is not ASCII: {value!r}. HTTP allows no more; percent-encode it "
                    "(in content-disposition as filename*=UTF-8''..., RFC 5987)."
                )
            value = _encode_words(value)
        result[name] = value
    return result


def _encode_words(text: str) -> str:
    words, piece = [], b""
    for character in text:
        try:
            data = character.encode()
        except UnicodeEncodeError:
            raise StowageError(f"The metadata value {ascii(text)} is not valid Unicode text.") from None
        if len(piece) + len(data) > _WORD_BYTES:
            words.append(piece)
            piece = b""
        piece += data
    words.append(piece)
    return " ".join(f"=?UTF-8?B?{base64.b64encode(word).decode()}?=" for word in words)


def _decode_words(text: str) -> str:
    def decode(match: re.Match[str]) -> str:
        charset, kind, data = match.groups()
        if kind in "Bb":
            raw = base64.b64decode(data, validate=True)
        else:
            raw = binascii.a2b_qp(data.replace("_", " "), header=True)
        return raw.decode(charset)

    try:
        return _WORD.sub(decode, text)
    except (ValueError, LookupError):
        return text  # not what it looked like


def _metadata_value(value: str) -> str:
    if not value.isascii():
        # Some servers send back raw UTF-8; heads are read as Latin-1, which keeps every byte.
        try:
            value = value.encode("latin-1").decode()
        except UnicodeError:
            return value
    return _decode_words(value) if "=?" in value else value


def etag(headers: Mapping[str, str]) -> str:
    """The ETag without its quotes, and without the "W/" that a compressing proxy may put before it."""
    return headers.get("etag", "").removeprefix("W/").strip('"')


def checksums(headers: Mapping[str, str]) -> dict[str, str]:
    """The checksums an answer carries, by algorithm, as base64."""
    return {
        name[len(_CHECKSUM) :]: value
        for name, value in headers.items()
        if name.startswith(_CHECKSUM) and name not in ("x-amz-checksum-type", "x-amz-checksum-algorithm")
    }


def stored(headers: Mapping[str, str]) -> Stored:
    """The answer to a PUT."""
    return Stored(etag(headers), headers.get("x-amz-version-id", ""), checksums(headers))


def number(headers: Mapping[str, str], name: str, default: int) -> int:
    """A header that must be a plain non-negative number; `default` where it is absent or is none."""
    text = headers.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else default


def head(headers: dict[str, str]) -> Head:
    """The answer to a HEAD or GET."""
    get = headers.get
    total = get("content-range", "").rpartition("/")[2]
    metadata = {}
    for name, value in headers.items():
        if name.startswith(METADATA):
            metadata[name[len(METADATA) :]] = _metadata_value(value)
    return Head(
        size=int(total) if total.isascii() and total.isdigit() else number(headers, "content-length", 0),
        modified=http_time(get("last-modified", "")),
        etag=etag(headers),
        storage_class=get("x-amz-storage-class", "STANDARD"),
        content_type=get("content-type", ""),
        headers=headers,
        metadata=metadata,
        checksums=checksums(headers),
        checksum_type=get("x-amz-checksum-type", ""),
        encryption=get("x-amz-server-side-encryption", ""),
        encryption_key_id=get("x-amz-server-side-encryption-aws-kms-key-id", ""),
        restore=get("x-amz-restore", ""),
        archive_status=get("x-amz-archive-status", ""),
        parts=number(headers, "x-amz-mp-parts-count", 0),
        version_id=get("x-amz-version-id", ""),
    )
