# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""AWS Signature Version 4 for S3, in header form.

Source: "Authenticating Requests: Using the Authorization Header" of the Amazon S3 API Reference. S3 signs the path as
it is sent: encoded once, with "//", "." and ".." left alone.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import quote

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Keys

UNSIGNED = "UNSIGNED-PAYLOAD"
EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()


def encode_key(key: str) -> str:
    """A key as the path of a request (RFC 3986; "/" stays). Raises StowageError for what is not Unicode text."""
    try:
        return quote(key, safe="/~")
    except UnicodeEncodeError:
        raise StowageError(
            f"The key {ascii(key)} is no Unicode text, and S3's keys are UTF-8: rename the file."
        ) from None


def encode_query(pairs: Iterable[tuple[str, str]]) -> str:
    """A query string in canonical order and encoding: the same text is sent and signed."""
    encoded = []
    for name, value in pairs:
        try:
            encoded.append((quote(name, safe="~"), quote(value, safe="~")))
        except UnicodeEncodeError:
            raise StowageError(f"{ascii(value)} is no Unicode text, and S3's keys are UTF-8.") from None
    return "&".join(f"{name}={value}" for name, value in sorted(encoded))


@lru_cache(maxsize=16)
def _stamp(second: int) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(second))


def stamp(seconds: float) -> str:
    """The time as x-amz-date wants it."""
    return _stamp(int(seconds))


@lru_cache(maxsize=64)
def _signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    key = ("AWS4" + secret).encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def authorization(
    method: str, path: str, query: str, headers: Mapping[str, str], keys: Keys, region: str, service: str = "s3"
) -> str:
    """The Authorization header of a request whose `headers` (lower-case names) are all signed.

    They must hold host, x-amz-date and x-amz-content-sha256; path and query as encode_key and encode_query give them.
    """
    lines = []
    for name in sorted(headers):
        value = headers[name]
        if "  " in value or "\t" in value:
            value = " ".join(value.split())
        lines.append(f"{name}:{value}\n")
    signed = ";".join(sorted(headers))
    canonical = f"{method}\n{path}\n{query}\n{''.join(lines)}\n{signed}\n{headers['x-amz-content-sha256']}"
    moment = headers["x-amz-date"]
    date = moment[:8]
    scope = f"{date}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.digest(_signing_key(keys.secret, date, region, service), text.encode(), "sha256").hex()
    return f"AWS4-HMAC-SHA256 Credential={keys.access}/{scope}, SignedHeaders={signed}, Signature={signature}"
