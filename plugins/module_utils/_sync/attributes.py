# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What an object carries besides its bytes: headers, metadata, tags, storage class; by rule and by option.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import copy
import hashlib
import json
import mimetypes
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Head
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import there
from ansible_collections.stowage.s3.plugins.module_utils._sync.filters import Matcher

MTIME = "mtime"  # user metadata, seconds since the epoch with up to nine decimals: rclone's name and form
DIGEST = "stowage-sha256"  # user metadata, hexadecimal SHA-256 of the content
# User metadata of what is compressed by rule, see compress.py.
COMPRESS = "stowage-compress"  # the algorithm that was asked for
SIZE = "stowage-size"  # of the content, in bytes
# What is stored in its place, as size:CRC-32:SHA-256:MD5 in hexadecimal; the last is empty where there is no MD5.
STORED = "stowage-stored"
OWN = (MTIME, DIGEST, COMPRESS, SIZE, STORED)
HEADERS = {
    "content_type": "content-type",
    "cache_control": "cache-control",
    "content_encoding": "content-encoding",
    "content_disposition": "content-disposition",
    "content_language": "content-language",
    "storage_class": "x-amz-storage-class",
}
MAX_TAGS = 10  # per object; S3 user guide, "Categorizing your storage using tags"
MAX_METADATA = 2048  # bytes of names and values; S3 user guide, "Working with object metadata"
META = "x-amz-meta-"
# The standard library's own table, not the machine's /etc/mime.types: the same type on every control node.
_TYPES = mimetypes.MimeTypes(filenames=())
# RFC 9239; the tables before Python 3.12 have the type that it made obsolete.
for _suffix in (".js", ".mjs"):
    _TYPES.add_type("text/javascript", _suffix)


@dataclass(frozen=True)
class Asked:
    """What a rule asks for an object, as headers of a PUT, and the digest of all of it.

    headers: lower-case names of S3's headers, values as sent. tags: for comparison with what the object has.
    compress: how content is packed, "" for not at all. digest: 16 bytes, empty when nothing is asked; stored in the
    state cache.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] | None = None
    digest: bytes = b""
    compress: str = ""


NOTHING_ASKED = Asked()


class Attributes:
    """The rules and options of a run, compiled."""

    def __init__(
        self,
        rules: Sequence[Mapping[str, Any]] = (),
        *,
        form: str = "",
        storage_class: str | None = None,
        encryption: str | None = None,
        encryption_key_id: str | None = None,
        acl: str | None = None,
        compress: bool = True,
    ) -> None:
        """Compile, for keys in a Unicode form; raises StowageError for what S3 would refuse for every object.

        `compress`: whether the run can do what rules say of compression.
        """
        self._rules = [
            (Matcher(f"rules[{number}].match", rule["match"], form), _asked(number, rule, compress))
            for number, rule in enumerate(rules)
        ]
        for option, value in (("storage_class", storage_class), ("encryption_key_id", encryption_key_id)):
            if value is not None:
                _header_value(option, value)
        options = {"x-amz-storage-class": storage_class, "x-amz-acl": acl, "x-amz-server-side-encryption": encryption}
        self.options = {name: value for name, value in options.items() if value}
        if encryption_key_id:
            if encryption not in ("aws:kms", "aws:kms:dsse"):
                raise StowageError(
                    f"encryption_key_id is given, but encryption is {encryption or 'not set'}. A key id goes with"
                    " encryption aws:kms or aws:kms:dsse; set encryption, or leave encryption_key_id out."
                )
            self.options["x-amz-server-side-encryption-aws-kms-key-id"] = encryption_key_id

    def with_class(self, storage_class: str) -> Attributes:
        """The same with another storage class."""
        other = copy.copy(self)
        other.options = {**self.options, "x-amz-storage-class": storage_class}
        return other

    def asked(self, key: str) -> Asked:
        """What the first rule that matches asks for a key."""
        for matcher, asked in self._rules:
            if matcher.matches(key):
                return asked
        return NOTHING_ASKED

    def storage_class(self, key: str) -> str:
        """The class of a new object, or of a copy."""
        asked = self.asked(key).headers.get("x-amz-storage-class")
        return asked or self.options.get("x-amz-storage-class") or "STANDARD"

    @property
    def encryption_said(self) -> bool:
        """Whether the options say how objects are encrypted, and not the bucket alone."""
        return "x-amz-server-side-encryption" in self.options

    @property
    def by_kms(self) -> bool:
        """Whether the options say that KMS encrypts."""
        return self.options.get("x-amz-server-side-encryption", "").startswith("aws:kms")

    def for_upload(self, key: str, *, mtime_ns: int, digest: str = "") -> dict[str, str]:
        """All headers of a new object: type, what rules and options ask, modification time (ns), content digest."""
        asked = self.asked(key)
        headers = {"content-type": content_type(key), **self.options, **asked.headers}
        if not asked.tags:
            headers.pop("x-amz-tagging", None)
        headers[META + MTIME] = format_mtime(mtime_ns)
        if digest:
            headers[META + DIGEST] = digest
        return headers

    def for_copy(self, key: str, source: Head | None) -> dict[str, str]:
        """Headers of a server-side copy: S3 carries everything itself, unless a rule asks for something.

        Then S3 wants all of it said (MetadataDirective REPLACE): what the rule does not speak of comes from `source`.
        """
        asked = self.asked(key)
        headers = dict(self.options)
        directed = {name for name in asked.headers if name != "x-amz-storage-class"}
        if asked.tags is not None:
            directed.discard("x-amz-tagging")
            headers["x-amz-tagging-directive"] = "REPLACE"
            headers["x-amz-tagging"] = asked.headers["x-amz-tagging"]
        if directed:
            headers.update(carried(there(source)))
            headers["x-amz-metadata-directive"] = "REPLACE"
        headers.update(asked.headers)
        return headers

    def needs_head(self, key: str) -> bool:
        """Whether a copy of this key has to know the source's headers first."""
        return any(name not in ("x-amz-storage-class", "x-amz-tagging") for name in self.asked(key).headers)

    def for_update(self, key: str, head: Head) -> dict[str, str]:
        """Headers of a copy of an object onto itself that brings it to what the rules ask.

        Storage class and encryption are said again: a copy without them falls back to the bucket's defaults.
        """
        headers = {**carried(head), "x-amz-metadata-directive": "REPLACE"}
        if head.storage_class not in ("", "STANDARD"):
            headers["x-amz-storage-class"] = head.storage_class
        headers |= encrypted_alike(head)
        asked = self.asked(key)
        if asked.tags is not None:
            headers["x-amz-tagging-directive"] = "REPLACE"
        headers.update(asked.headers)
        if "x-amz-acl" in self.options:
            # A copy starts with a private ACL, whatever the object had.
            headers["x-amz-acl"] = self.options["x-amz-acl"]
        return headers


def carried(head: Head) -> dict[str, str]:
    """The headers and metadata that an object has, as a copy by REPLACE has to say them."""
    names = (
        "content-type",
        "cache-control",
        "content-encoding",
        "content-disposition",
        "content-language",
        "expires",
        "x-amz-website-redirect-location",
    )
    headers = {name: head.headers[name] for name in names if head.headers.get(name)}
    # aws-chunked describes one transfer, not the object; some servers give it back all the same.
    encoding = ",".join(
        part for part in headers.pop("content-encoding", "").split(",") if part.strip() not in ("", "aws-chunked")
    )
    if encoding:
        headers["content-encoding"] = encoding
    headers.update({META + name: value for name, value in head.metadata.items()})
    return headers


def encrypted_alike(head: Head) -> dict[str, str]:
    """The encryption that an object has, as a copy has to ask for it."""
    if not head.encryption:
        return {}
    headers = {"x-amz-server-side-encryption": head.encryption}
    if head.encryption_key_id:
        headers["x-amz-server-side-encryption-aws-kms-key-id"] = head.encryption_key_id
    if head.encryption == "aws:kms":
        # Left out it would be the bucket's default.
        enabled = head.headers.get("x-amz-server-side-encryption-bucket-key-enabled") == "true"
        headers["x-amz-server-side-encryption-bucket-key-enabled"] = "true" if enabled else "false"
    return headers


def satisfied(asked: Asked, head: Head, tags: Mapping[str, str] | None, *, storage_class: bool) -> bool:
    """Whether an object has what a rule asks.

    The storage class counts only when the rules are known to have changed (`storage_class`): otherwise another one
    is a lifecycle rule's doing, and to undo it in every run would cost money without end.
    """
    if asked.compress and head.metadata.get(COMPRESS) != asked.compress:
        return False
    for name, value in asked.headers.items():
        if name == "x-amz-tagging":
            if tags is None or dict(tags) != dict(asked.tags or {}):
                return False
        elif name == "x-amz-storage-class":
            if storage_class and head.storage_class != value:
                return False
        elif name.startswith(META):
            if head.metadata.get(name[len(META) :]) != value:
                return False
        elif head.headers.get(name, "") != value:
            return False
    return True


@lru_cache(maxsize=4096)
def _type_of_suffix(name: str) -> str:
    guess, encoding = _TYPES.guess_type("x" + name, strict=False)
    if encoding == "gzip":
        return "application/gzip"
    if encoding:
        return f"application/x-{encoding}"
    return guess or "application/octet-stream"


def content_type(key: str) -> str:
    """The media type by the key's suffix, from the standard library's table.

    A compressed file is its compression's type: `.tar.gz` sent as `application/x-tar` would claim to be unpacked.
    """
    name = key.rpartition("/")[2]
    at = name.find(".", 1)
    return _type_of_suffix(name[at:].lower() if at > 0 and len(name) - at < 32 else name[-16:].lower())


def format_mtime(nanoseconds: int) -> str:
    """Nanoseconds since the epoch as rclone writes them: seconds, and as many decimals as there are."""
    sign = "-" if nanoseconds < 0 else ""
    whole, part = divmod(abs(nanoseconds), 1_000_000_000)
    return f"{sign}{whole}" + (f".{part:09d}".rstrip("0") if part else "")


def parse_mtime(text: str) -> int | None:
    """Nanoseconds since the epoch from metadata; None for what is not a time that a file can have."""
    match = re.fullmatch(r"(-?)(\d{1,11})(?:\.(\d{1,18}))?", text.strip(), re.ASCII)
    if match is None:
        return None
    value = int(match[2]) * 1_000_000_000 + int((match[3] or "").ljust(9, "0")[:9])
    return -value if match[1] else value


def _in_tags(char: str) -> bool:
    """Whether S3 takes a character in a tag; source: the pattern of Tag in its API reference."""
    return char in "_.:/=+-@" or unicodedata.category(char)[0] in "LNZ"


def _header_value(where: str, value: str) -> str:
    """The value of a header that is no metadata; raises StowageError for what no request can carry."""
    if not value.strip() or not value.isprintable():
        raise StowageError(
            f"{where}: {value!r} is not the value of an HTTP header. Give printable text, or leave it out."
        )
    if not value.isascii():
        raise StowageError(
            f"{where}: {value!r} is not ASCII, and HTTP allows no more in this header. Percent-encode it"
            " (in content_disposition as filename*=UTF-8''..., RFC 5987)."
        )
    return value


def _asked(number: int, rule: Mapping[str, Any], compressing: bool) -> Asked:
    where = f"rules[{number}]"
    headers: dict[str, str] = {}
    for option, header in HEADERS.items():
        value = rule.get(option)
        if value is not None:
            headers[header] = _header_value(f"{where}.{option}", value)
    for name, value in (rule.get("metadata") or {}).items():
        lower = str(name).lower()
        if not re.fullmatch(r"[a-z0-9!#$&'*+.^_`|~-]+", lower, re.ASCII) or lower in OWN:
            raise StowageError(
                f"{where}.metadata: {name!r} cannot be a name of user metadata. Use letters, digits and '-';"
                f" {MTIME!r} and 'stowage-...' are written by the sync itself."
            )
        if META + lower in headers:
            raise StowageError(
                f"{where}.metadata: {name!r} is given twice, as S3 does not tell upper from lower case in names. Give"
                " it once."
            )
        text = str(value)
        if text != text.strip() or any(ord(char) < 32 or ord(char) == 127 for char in text):
            raise StowageError(
                f"{where}.metadata.{name}: {text!r} cannot be sent as a header. Give printable text without surrounding"
                " spaces."
            )
        headers[META + lower] = text
    size = sum(len(name) - len(META) + len(text.encode()) for name, text in headers.items() if name.startswith(META))
    compress = rule.get("compress") or ""
    if compress and "content-encoding" in headers:
        raise StowageError(
            f"{where}: compress is {compress!r}, and content_encoding {headers['content-encoding']!r} is given as well."
            " compress sets the encoding itself; leave out one of the two."
        )
    if not compressing:
        compress = ""
    # What the sync adds itself needs its place as well.
    own = 320 if compress else 120
    if size > MAX_METADATA - own:
        raise StowageError(
            f"{where}.metadata: {size} bytes of names and values. S3 allows {MAX_METADATA}, of which the"
            f" sync needs {own} itself. Shorten it."
        )
    tags: dict[str, str] | None = None
    if rule.get("tags") is not None:
        tags = {str(name): str(value) for name, value in rule["tags"].items()}
        for name, value in tags.items():
            odd = "".join(sorted({char for char in name + value if not _in_tags(char)}))
            if odd or name.lower().startswith("aws:"):
                raise StowageError(
                    f"{where}.tags: {name!r}: {value!r} "
                    + (f"has {odd!r}" if odd else "begins with 'aws:', which AWS keeps for itself")
                    + ". S3 allows letters, digits, spaces and _ . : / = + - @ in tags."
                )
        if len(tags) > MAX_TAGS or any(not 0 < len(name) <= 128 or len(value) > 256 for name, value in tags.items()):
            raise StowageError(
                f"{where}.tags: S3 allows {MAX_TAGS} tags an object, keys of 1 to 128 and values of up to 256"
                f" characters; given were {len(tags)}. Shorten them."
            )
        headers["x-amz-tagging"] = urlencode(sorted(tags.items()))
    if not headers and not compress:
        return NOTHING_ASKED
    text = json.dumps([*sorted(headers.items()), *([["compress", compress]] if compress else [])], ensure_ascii=False)
    return Asked(headers, tags, hashlib.sha256(text.encode()).digest()[:16], compress)
