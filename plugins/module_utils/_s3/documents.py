# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""S3's XML, read as it arrives and written. Every document is fields around one kind of repeated item."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import repeat, takewhile
from operator import is_
from typing import Any, NamedTuple
from xml.parsers import expat

from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Part

NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
# A page of 1,000 keys of 1,024 bytes, each byte as %XX, has some 4 MiB.
LIMIT = 16 * 1024 * 1024
_MIXED = re.compile(rb">[^<]+<[^/]")  # blanks, or what else is no part of an element of its own
# XML 1.0 has no way to write these, not even as character references.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Malformed(Exception):
    """An answer that is not what S3's API promises; the text tells why. Private: the client makes an S3Error of it."""


class Table:
    """A document being read: `root`, `fields` (leaf elements outside of items) and `rows` (the leaves of each item).

    `items` are the names of the elements that are rows; where there are several, a row has its own under "".

    Whatever is nested is flattened: S3's documents have no two leaves of one name that matter. Entities cannot be
    declared, and at most `limit` bytes are taken.
    """

    def __init__(self, *items: str, limit: int = LIMIT) -> None:
        self.root = ""
        self.fields: dict[str, str] = {}
        self.rows: list[dict[str, str]] = []
        self._left = limit
        self._started = False
        self._text = ""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.buffer_size = 65536
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        # Closures, not methods: these three are all the time that a listing costs.
        row: dict[str, str] | None = None
        text = ""
        several = len(items) > 1

        def start(name: str, _attributes: Any) -> None:
            nonlocal row, text
            text = ""
            if name in items:
                row = {"": name} if several else {}
            elif not self.root:
                self.root = name

        def data(piece: str) -> None:
            nonlocal text
            text += piece

        def end(name: str) -> None:
            nonlocal row, text
            if row is None:
                self.fields[name] = text
            elif name in items:
                self.rows.append(row)
                row = None
            else:
                row[name] = text
            text = ""

        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = data
        self._parser = parser

    def feed(self, data: bytes) -> None:
        """Take the next piece."""
        self._left -= len(data)
        if self._left < 0:
            raise Malformed("it is larger than any answer of S3")
        if not self._started:
            # S3 keeps a long copy's connection alive with blanks, which may not stand before an XML declaration.
            data = data.lstrip(b" \t\r\n")
            self._started = bool(data)
        _parse(self._parser, data, False)

    def close(self) -> Table:
        """The document must end here; nothing can be fed after it."""
        _parse(self._parser, b"", True)
        # The parser's handlers hold this table: without an end to that circle, pages of listings would pile up until
        # the garbage collector comes.
        del self._parser
        return self


class Columns(NamedTuple):
    """A document whose items all have the same leaves in the same order: its root, fields, and a column for each leaf.

    `items` is their number.
    """

    root: str
    fields: dict[str, str]
    columns: dict[str, list[str]]
    items: int


def columns(body: bytes, item: str) -> Columns | None:
    """Read a whole document by columns, in a third of the time that Table takes; None where it is not of that form.

    No Python is called for an element: the parser itself appends texts and names to one list, in which every item of
    such a document takes the same number of places. Raises Malformed.
    """
    body = body.lstrip(b" \t\r\n")
    start = body.find(f"<{item}>".encode())
    if not 0 <= start < LIMIT or _MIXED.search(body, body.find(b"?>") + 3):
        return None  # what stands before an element would become part of its text
    names: dict[str, str] = {}
    events: list[str] = []
    parser = expat.ParserCreate(intern=names)
    parser.buffer_text = True
    parser.buffer_size = 65536
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.EndElementHandler = events.append
    parser.CharacterDataHandler = events.append
    _parse(parser, body[:start], False)
    first = len(events)
    _parse(parser, body[start:], True)
    # A name is told from a text that reads like it by being that very object; single characters are all the same one.
    marks = {id(name) for name in names.values()}
    end = names.get(item)
    if end is None or any(len(name) == 1 for name in names.values()):
        return None
    stride = next(number for number, event in enumerate(events[first:], 1) if event is end)
    items = sum(1 for _end in takewhile(lambda event: event is end, events[first + stride - 1 :: stride]))
    after = first + items * stride
    if any(event is end for event in (*events[:first], *events[after:])):
        return None
    found: dict[str, list[str]] = {}
    for place in range(first, first + stride):
        name = events[place]
        if id(name) not in marks:
            continue
        if not all(map(is_, events[place:after:stride], repeat(name))):
            return None
        if name is not end:
            texts = place > first and id(events[place - 1]) not in marks
            found[name] = events[place - 1 : after - 1 : stride] if texts else [""] * items
            if texts and not marks.isdisjoint(map(id, found[name])):
                return None
    fields, text = {}, ""
    for event in (*events[:first], *events[after:]):
        if id(event) in marks:
            fields[event] = text
            text = ""
        else:
            text = event
    return Columns(events[-1], fields, found, items)


def _parse(parser: Any, data: bytes, final: bool) -> None:
    try:
        parser.Parse(data, final)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Malformed(f"its XML cannot be read: {error}") from None


def _refuse(*_arguments: Any) -> None:
    raise Malformed("its XML declares a document type, which S3's never does")


def read(body: bytes, item: str = "") -> Table:
    """A whole document."""
    table = Table(item)
    table.feed(body)
    return table.close()


def error_of(body: bytes) -> dict[str, str]:
    """The fields of an error document; {} where the body is empty, HTML or broken."""
    try:
        table = read(body)
    except Malformed:
        return {}
    return table.fields if table.root == "Error" else {}


def fits_xml(text: str) -> bool:
    """Whether XML can carry the text."""
    return not _NOT_XML.search(text)


# The standard library's escape() does the same, and loads half of its network modules with it.
_REFERENCES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"})


def text(value: str) -> str:
    """Character data; blanks that a parser would normalise are written as references."""
    return value.translate(_REFERENCES)


def delete_document(keys: Iterable[str], etags: Mapping[str, str], *, quiet: bool) -> bytes:
    """The body of DeleteObjects. `etags`: of those that have to have it still; `quiet`: only what fails is answered."""
    said = "true" if quiet else "false"
    objects = "".join(
        f'<Object><Key>{text(key)}</Key><ETag>"{text(etags[key])}"</ETag></Object>'
        if key in etags
        else f"<Object><Key>{text(key)}</Key></Object>"
        for key in keys
    )
    return f"<Delete {NAMESPACE}><Quiet>{said}</Quiet>{objects}</Delete>".encode()


def complete_document(parts: Sequence[Part], checksum: bool) -> bytes:
    """The body of CompleteMultipartUpload."""
    items = []
    for part in parts:
        name, value = ("ChecksumCRC32", part.crc32) if part.crc32 else part.checksum
        told = f"<{name}>{value}</{name}>" if checksum and value else ""
        items.append(f'<Part>{told}<ETag>"{text(part.etag)}"</ETag><PartNumber>{part.number}</PartNumber></Part>')
    return f"<CompleteMultipartUpload {NAMESPACE}>{''.join(items)}</CompleteMultipartUpload>".encode()


def tags_document(tags: Mapping[str, str]) -> bytes:
    """The body of PutObjectTagging."""
    items = "".join(f"<Tag><Key>{text(key)}</Key><Value>{text(value)}</Value></Tag>" for key, value in tags.items())
    return f"<Tagging {NAMESPACE}><TagSet>{items}</TagSet></Tagging>".encode()


def restore_document(days: int, tier: str) -> bytes:
    """The body of RestoreObject; 0 days for the archive tiers of INTELLIGENT_TIERING, where a restore has no end."""
    period = f"<Days>{days}</Days>" if days else ""
    job = f"<GlacierJobParameters><Tier>{text(tier)}</Tier></GlacierJobParameters>"
    return f"<RestoreRequest {NAMESPACE}>{period}{job}</RestoreRequest>".encode()


_EPOCH = date(1970, 1, 1).toordinal()
_MONTHS = {
    name: i
    for i, name in enumerate(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1)
}


@lru_cache(maxsize=4096)
def _midnight(day: str) -> int:
    return (date.fromisoformat(day).toordinal() - _EPOCH) * 86400


@lru_cache(maxsize=4096)
def _minute(moment: str) -> int:
    return _midnight(moment[:10]) + int(moment[11:13]) * 3600 + int(moment[14:16]) * 60


def epoch(moment: str) -> float:
    """Seconds since 1970 of "2026-11-22T11:25:43.123Z" (always UTC). Raises ValueError."""
    return _minute(moment[:16]) + float(moment[17:].rstrip("Z"))


def http_time(value: str) -> float:
    """Seconds since 1970 of "Sun, 22 Nov 2026 11:25:43 GMT" (RFC 9110); 0.0 for anything else."""
    try:
        _day, day, month, year, clock, _zone = value.split()
        hour, minute, second = clock.split(":")
        return float(
            _midnight(f"{int(year):04}-{_MONTHS[month]:02}-{int(day):02}")
            + int(hour) * 3600
            + int(minute) * 60
            + int(second)
        )
    except (ValueError, KeyError):
        return 0.0
