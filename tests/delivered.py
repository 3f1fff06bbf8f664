# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files as AWS delivers them into a bucket: inventories and server access logs."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import pathlib
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus

_DAY = 86_400
MODIFIED = "2026-11-22T11:25:43.000Z"
CURRENT = ("Bucket", "Key", "Size", "StorageClass", "LastModifiedDate")
ALL = (
    "Bucket", "Key", "VersionId", "IsLatest", "IsDeleteMarker", "Size", "LastModifiedDate", "ETag", "StorageClass",
    "IntelligentTieringAccessTier", "EncryptionStatus",
)  # fmt: skip
# The columns of a row that a test gives; the others are filled in.
_OF_ROWS = {
    CURRENT: ("Key", "Size", "StorageClass"),
    ALL: (
        "Key", "VersionId", "IsLatest", "IsDeleteMarker", "Size", "StorageClass", "IntelligentTieringAccessTier",
        "EncryptionStatus",
    ),
}  # fmt: skip


class Inventory:
    """An inventory of 2026-11-25, as `S3 Inventory` writes it: contents by key, in the folder of its configuration."""

    def __init__(self, bucket: str, columns: Sequence[str], folder: str) -> None:
        self.bucket, self.columns, self.folder = bucket, tuple(columns), folder
        self.files: list[dict[str, Any]] = []
        self.contents: dict[str, bytes] = {}

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """A file with these rows."""
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for row in rows:
            told = dict(zip(_OF_ROWS[self.columns], map(self._text, row), strict=True))
            told["Key"] = quote_plus(told["Key"], safe="/")
            filled = {"Bucket": self.bucket, "LastModifiedDate": MODIFIED, "ETag": "e"} | told
            writer.writerow([filled[name] for name in self.columns])
        self.add_text(text.getvalue().encode())

    def add_text(self, text: bytes) -> None:
        """A file with this content."""
        self.add_bytes(gzip.compress(text))

    def add_bytes(self, data: bytes) -> None:
        """A file of these bytes, gzipped or not."""
        name = f"{self.folder}data/{len(self.files):08}-85a9-4ba8-87bd-9db705a579ce.csv.gz"
        self.contents[name] = data
        self.files.append({"key": name, "size": len(data), "MD5checksum": hashlib.md5(data).hexdigest()})

    def objects(self) -> dict[str, bytes]:
        """All that S3 writes, by key."""
        manifest = {
            "sourceBucket": self.bucket,
            "destinationBucket": "arn:aws:s3:::inventories",
            "version": "2016-11-30",
            "creationTimestamp": "1795568400000",
            "fileFormat": "CSV",
            "fileSchema": ", ".join(self.columns),
            "files": self.files,
        }
        text = json.dumps(manifest, indent=4).encode()
        dated = f"{self.folder}2026-11-25T01-00Z/"
        checksum = hashlib.md5(text).hexdigest().encode()
        return {**self.contents, f"{dated}manifest.json": text, f"{dated}manifest.checksum": checksum}

    def write(self, root: pathlib.Path) -> None:
        """A local copy."""
        for key, data in self.objects().items():
            path = root / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    def _text(self, value: Any) -> str:
        return str(value).lower() if isinstance(value, bool) else str(value)


OWNER = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"


def record(
    bucket: str,
    key: str,
    moment: float,
    *,
    operation: str = "REST.GET.OBJECT",
    status: int = 200,
    sent: int | str = 113,
    size: int | str = 226,
    request: str = "GET / HTTP/1.1",
    agent: str = "aws-cli",
) -> str:
    """A line of a server access log. The key is encoded as S3 does it for most operations: twice."""
    at = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(moment))
    named = quote_plus(quote_plus(key, safe="/"), safe="/") if key else "-"
    return (
        f"{OWNER} {bucket} [{at}] 192.0.2.3 arn:aws:iam::111122223333:user/x 3E57427F3EXAMPLE {operation} {named}"
        f' "{request}" {status} - {sent} {size} 70 10 "-" "{agent}" - s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6U='
        " SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader b.s3.us-west-1.amazonaws.com TLSV1.2 - Yes us-west-1\n"
    )


def logs_of(bucket: str, base: str, now: float, days: Mapping[str, float], first: float = 95) -> dict[str, str]:
    """Logs by name: each key below `base` was read so many days ago. Records of no read begin them, and end them."""
    asked = {"operation": "REST.HEAD.OBJECT"}
    lines = {
        first: [record(bucket, f"{base}app/never", now - first * _DAY, **asked)],
        0.1: [record(bucket, f"{base}app/never", now - 0.1 * _DAY, **asked)],
    }
    for key, ago in days.items():
        lines.setdefault(ago, []).append(record(bucket, f"{base}app/{key}", now - ago * _DAY))
    return {
        time.strftime("%Y-%m-%d-%H-%M-%S-", time.gmtime(now - ago * _DAY)) + "0123456789ABCDEF": "".join(texts)
        for ago, texts in lines.items()
    }


def local(root: pathlib.Path, logs: Mapping[str, str]) -> str:
    """A copy of logs in a new directory."""
    root.mkdir()
    for name, text in logs.items():
        (root / name).write_text(text)
    return str(root)
