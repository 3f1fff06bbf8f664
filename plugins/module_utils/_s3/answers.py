# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What S3 answers, as values: one function for each kind of answer, as `Exchange.ask` takes them.

All raise documents.Malformed for what is none.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from math import isfinite
from operator import itemgetter
from typing import NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._s3 import documents
from ansible_collections.stowage.s3.plugins.module_utils._s3 import headers as header
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Acl, Grant, Head, Listed, Stored, Version
from ansible_collections.stowage.s3.plugins.module_utils._s3.wire import Answer, Reader

_ESCAPES = re.compile("(?:%[0-9A-Fa-f]{2})+")


def nothing(_answer: Answer, _reader: Reader) -> None:
    return None


def head(answer: Answer, _reader: Reader) -> Head:
    return header.head(answer.headers)


def part(answer: Answer, reader: Reader) -> Head:
    # S3 answers as to a range: Content-Range tells the whole object's size, Content-Length the part's.
    return replace(head(answer, reader), size=header.number(answer.headers, "content-length", 0))


def stored(answer: Answer, _reader: Reader) -> Stored:
    return header.stored(answer.headers)


def marker(answer: Answer, _reader: Reader) -> str:
    """The version id of a delete marker, "" where none was made."""
    made = answer.headers.get("x-amz-delete-marker", "") == "true"
    return answer.headers.get("x-amz-version-id", "") if made else ""


def document(name: str, *items: str, also: tuple[str, ...] = ()) -> Callable[[Answer, Reader], documents.Table]:
    """A document of that name, or of another one that may come in its place."""

    def take(_answer: Answer, reader: Reader) -> documents.Table:
        table = documents.Table(*items)
        while data := reader.read(65536):
            table.feed(data)
        table.close()
        # AWS says "Result" behind the name, others also "Response" (moto).
        if table.root.removesuffix("Result").removesuffix("Response") not in (name, *also):
            raise documents.Malformed(f"{name} was expected, {table.root} came")
        return table

    return take


# What a server answers to a question about a bucket that it does not know: it passes over it, and lists (rclone).
LISTING = "ListBucket"


def acl(answer: Answer, reader: Reader) -> Acl:
    """An ACL; one without an owner where the server knows none."""
    table = document("AccessControlPolicy", "Grant", also=(LISTING,))(answer, reader)
    if table.root.startswith(LISTING):
        return Acl("", ())
    return Acl(table.fields.get("ID", ""), tuple(map(_grant, table.rows)))


def _grant(row: Mapping[str, str]) -> Grant:
    for element, by in (("ID", "id"), ("URI", "uri"), ("EmailAddress", "emailAddress")):
        if row.get(element):
            return Grant(row.get("Permission", ""), by, row[element])
    raise documents.Malformed("a grant does not tell whom it is given to")


def copied(answer: Answer, reader: Reader) -> Stored:
    return _from_result(document("CopyObject")(answer, reader), answer)


def completed(answer: Answer, reader: Reader) -> Stored:
    return _from_result(document("CompleteMultipartUpload")(answer, reader), answer)


def _from_result(table: documents.Table, answer: Answer) -> Stored:
    fields = table.fields
    sums = {
        name[8:].lower(): value
        for name, value in fields.items()
        if name.startswith("Checksum") and name != "ChecksumType"
    }
    version, source = (answer.headers.get(f"x-amz-{name}", "") for name in ("version-id", "copy-source-version-id"))
    return Stored(fields.get("ETag", "").strip('"'), version, sums, source)


# A tuple of all fields made a Listed: the class's own constructor takes three times as long.
_listed: Callable[[tuple[object, ...]], Listed] = partial(tuple.__new__, Listed)


def listing(_answer: Answer, reader: Reader) -> tuple[list[Listed], str]:
    body = _whole(reader)
    form = documents.columns(body, "Contents") or documents.read(body, "Contents")
    if isinstance(form, documents.Columns):
        return _page(form.root, form.fields, _of_columns(form))
    return _page(form.root, form.fields, _of_rows(form.fields, form.rows))


def level(_answer: Answer, reader: Reader) -> tuple[list[Listed], str]:
    """A page of a listing with a delimiter. Its common prefixes are entries too: those that end with the delimiter."""
    table = documents.Table("Contents", "CommonPrefixes")
    table.feed(_whole(reader))
    fields, rows = table.close().fields, table.rows
    decode = decoder(fields)
    try:
        page = [Listed(decode(row["Prefix"]), 0, 0, "", "") for row in rows if row[""] == "CommonPrefixes"]
    except KeyError as error:
        raise _incomplete(error) from None
    return _page(table.root, fields, page + _of_rows(fields, [row for row in rows if row[""] == "Contents"]))


class VersionsPage(NamedTuple):
    """A page of versions, and the markers of the next one: key and version id; ("", "") after the last page."""

    versions: list[Version]
    following: tuple[str, str]


def versions(answer: Answer, reader: Reader) -> VersionsPage:
    """A page of versions and delete markers, each key's from the youngest on."""
    table = document("ListVersions", "Version", "DeleteMarker")(answer, reader)
    decode = decoder(table.fields)
    page = _mingled([_version(row, decode) for row in table.rows])
    following = ("", "")
    if table.fields.get("IsTruncated", "").lower() == "true":
        following = (decode(table.fields.get("NextKeyMarker", "")), table.fields.get("NextVersionIdMarker", ""))
        if not following[0]:
            raise documents.Malformed("the listing goes on, but no key marker is given")
    return VersionsPage(page, following)


def _mingled(page: list[Version]) -> list[Version]:
    """A page with each key's delete markers among its versions: some servers give all markers last."""
    markers = [each for each in page if each.marker]
    versions = [each for each in page if not each.marker]
    if not markers or page != versions + markers:
        return page
    return list(heapq.merge(versions, markers, key=lambda each: (each.key, not each.latest, -each.modified)))


def _version(row: Mapping[str, str], decode: Callable[[str], str]) -> Version:
    marker = row[""] == "DeleteMarker"
    try:
        modified = documents.epoch(row["LastModified"])
        size = 0 if marker else int(row["Size"])
        if size < 0 or not isfinite(modified):
            raise ValueError("it is no number")
        return Version(
            decode(row["Key"]),
            row["VersionId"],
            size,
            modified,
            row.get("ETag", "").strip('"'),
            "" if marker else row.get("StorageClass") or "STANDARD",
            row["IsLatest"].lower() == "true",
            marker,
        )
    except (KeyError, ValueError) as error:
        raise documents.Malformed(
            f"a version in the listing lacks its key, id, size, time or place ({error})"
        ) from None


def _whole(reader: Reader) -> bytes:
    body = reader.read(documents.LIMIT + 1)
    if len(body) > documents.LIMIT:
        raise documents.Malformed("it is larger than any answer of S3")
    return body


def _page(root: str, fields: Mapping[str, str], page: list[Listed]) -> tuple[list[Listed], str]:
    if root != "ListBucketResult":
        raise documents.Malformed(f"ListBucketResult was expected, {root} came")
    # Numbers to Python, and not to S3: they would be compared, and never be equal.
    if not isfinite(sum(map(itemgetter(2), page))) or min(map(itemgetter(1), page), default=0) < 0:
        raise documents.Malformed("the size or time of an object in the listing is none")
    following = ""
    if fields.get("IsTruncated", "").lower() == "true":
        following = fields.get("NextContinuationToken", "")
        if not following:
            raise documents.Malformed("the listing goes on, but no continuation token is given")
    return page, following


def _of_columns(form: documents.Columns) -> list[Listed]:
    columns, count = form.columns, form.items
    progress = columns.get("IsRestoreInProgress")
    try:
        fields = zip(
            map(decoder(form.fields), columns["Key"]),
            map(int, columns["Size"]),
            map(documents.epoch, columns["LastModified"]),
            [etag.strip('"') for etag in columns.get("ETag") or [""] * count],
            [name or "STANDARD" for name in columns.get("StorageClass") or [""] * count],
            [None] * count if progress is None else [one != "true" for one in progress],
            strict=True,
        )
        return list(map(_listed, fields))
    except (KeyError, ValueError) as error:
        raise _incomplete(error) from None


def _of_rows(fields: Mapping[str, str], rows: Iterable[Mapping[str, str]]) -> list[Listed]:
    decode, epoch = decoder(fields), documents.epoch
    page = []
    try:
        for row in rows:
            progress = row.get("IsRestoreInProgress")
            page.append(
                Listed(
                    decode(row["Key"]),
                    int(row["Size"]),
                    epoch(row["LastModified"]),
                    row.get("ETag", "").strip('"'),
                    row.get("StorageClass") or "STANDARD",
                    None if progress is None else progress != "true",
                )
            )
    except (KeyError, ValueError) as error:
        raise _incomplete(error) from None
    return page


def _incomplete(error: Exception) -> documents.Malformed:
    return documents.Malformed(f"an object in the listing lacks its key, size or time ({error})")


def decoder(fields: Mapping[str, str]) -> Callable[[str], str]:
    """How names are to be read: servers that do not know encoding-type=url say so by not repeating it."""
    if fields.get("EncodingType") != "url":
        return str

    def decode(name: str) -> str:
        # urllib's unquote_plus takes five times as long.
        if "+" in name:
            name = name.replace("+", " ")
        return _ESCAPES.sub(_unescape, name) if "%" in name else name

    return decode


def _unescape(escapes: re.Match[str]) -> str:
    return bytes.fromhex(escapes[0].replace("%", "")).decode()


def epoch(moment: str) -> float:
    try:
        return documents.epoch(moment)
    except ValueError:
        return 0.0
