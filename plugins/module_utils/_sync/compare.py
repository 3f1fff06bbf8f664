# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Same or different: pure decisions from what is known, and the question to ask when that is not enough.

Nothing here reads a file or sends a request. A judge gives a Verdict, or an Ask for one more piece of evidence; the
planner gets that piece and calls the judge again.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Head
from ansible_collections.stowage.s3.plugins.module_utils._sync.attributes import (
    MTIME,
    NOTHING_ASKED,
    Asked,
    parse_mtime,
    satisfied,
)
from ansible_collections.stowage.s3.plugins.module_utils._sync.compress import looks_packed, packed
from ansible_collections.stowage.s3.plugins.module_utils._sync.digests import (
    Hashed,
    checksums,
    composite,
    etag_is_md5,
    has_md5,
    is_md5,
    own_digest,
    parts_told,
    whole_checksums,
)
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Direction, Entry, Row, size_of

MTIME_TOLERANCE_NS = 1_000_000  # metadata written by other tools may have milliseconds only


class Verdict(NamedTuple):
    """`same`, or the reason why not; proven is False where times had to decide."""

    reason: str
    proven: bool = True


class Ask(NamedTuple):
    """Evidence that is missing: `hash` of the file, `head` of an object, `part` (size of its first part), `tags`."""

    what: str
    algorithms: tuple[str, ...] = ()


@dataclass
class Facts:
    """Evidence gathered for one pair so far."""

    hashed: Hashed | None = None
    source_head: Head | None = None
    target_head: Head | None = None
    part_size: int | None = None
    tags: Mapping[str, str] | None = None
    asked: set[str] = field(default_factory=set)


def by_time(source: Entry, target: Entry) -> Verdict:
    """`time`: sizes differ, or the source is newer than the target."""
    if source.size != target.size:
        return Verdict("size")
    return Verdict("newer" if newer(source, target) else "same")


def unpacked(file: Entry, remote: Entry, head: Head | None, *, ruled: bool) -> Entry | Ask:
    """The object with the size of its content, where sizes decide: that of one that a sync compressed is a HEAD away.

    Packing makes content smaller, or is left out. So only an object that is smaller than the file can hold the same;
    if a rule compresses the key (`ruled`), one of the same size may be another.
    """
    if remote.size > file.size or (remote.size == file.size and not ruled):
        return remote
    if head is None:
        return Ask("head")
    held = packed(head)
    return remote._replace(size=held.size) if held is not None else remote


def newer(source: Entry, target: Entry) -> bool:
    """Whether the source is newer, in whole seconds: S3's LastModified has no more."""
    return int(source.modified) > int(target.modified)


def by_size(source: Entry, target: Entry) -> Verdict:
    """`size`: nothing but sizes."""
    return Verdict("same" if source.size == target.size else "size")


def by_existence(source: Entry, target: Entry) -> Verdict:
    """`existence`: what is there is right."""
    return Verdict("same")


def file_and_object(file: Entry, remote: Entry, direction: Direction, row: Row | None, facts: Facts) -> Verdict | Ask:
    """`content`, between a local file and an object.

    | known                                              | answer                                              |
    |----------------------------------------------------|-----------------------------------------------------|
    | the object is larger                               | size                                                |
    | clean row, same stamp, same ETag                   | same                                                |
    | row, same ETag, other stamp (a fresh checkout)     | size, if the file's is not the row's                |
    |                                                    | else hash; the row's digest decides                 |
    | no such row, ETag is the file's MD5                | same (an equal ETag proves, another proves nothing) |
    | our metadata says that the object is compressed    | size and digest of the content that it tells        |
    | sizes differ                                       | size                                                |
    | ETag that S3 documents as MD5, and it differs      | content, even where a CRC agrees                    |
    | checksums that S3 computed                         | all that can be compared must agree, our digest too |
    | digest of the parts, and how the object was cut    | the file cut alike decides                          |
    | our digest in the object's metadata                | it decides                                          |
    | nothing of all this                                | times decide, unproven                              |

    What S3 computed comes before our digest: a tool that rewrites an object and carries its metadata along leaves the
    digest of what was there before.
    """
    # An object that a sync compressed is smaller than the file, so the size proves only in one way.
    if remote.size > file.size:
        return Verdict("size")
    untouched = row is not None and row.clean and row.stamp == file.stamp
    if row is not None and remote.etag and row.etag == remote.etag:
        if untouched:
            return Verdict("same", row.proven)
        if row.digest and row.proven:
            # It is the object that held what the file held then: that file's size counts, not what is stored of it.
            if file.size != size_of(row.stamp, remote.size):
                return Verdict("size")
            return _compare(facts, {"sha256": row.digest})
    equal = False
    if is_md5(remote.etag) and has_md5() and file.size == remote.size:
        if facts.hashed is None or "md5" not in facts.hashed.digests:
            return Ask("hash", ("md5", "sha256"))
        equal = facts.hashed.digests["md5"].hex() == remote.etag
        # The stored form of another content, fetched by a tool that does not unpack, has that ETag as well.
        if equal and not looks_packed(facts.hashed.start):
            return Verdict("same")
    head = facts.source_head if direction is Direction.DOWN else facts.target_head
    if head is None:
        return Ask("head")
    held = packed(head)
    if held is not None:
        return _compare(facts, {"sha256": held.sha256}) if held.size == file.size else Verdict("size")
    if equal:
        return Verdict("same")
    if head.size != file.size:
        return Verdict("size")
    if etag_is_md5(head) and has_md5():
        return _compare(facts, {"md5": bytes.fromhex(head.etag)})
    known, own = checksums(head), own_digest(head)
    if known:
        return _compare(facts, {**known, **own})
    if parts_told(head):
        if facts.part_size is None:
            return Ask("part")
        cut_alike = composite(head, facts.part_size)
        if cut_alike:
            # Parts of several sizes may add up to this as well: then one transfer too many, never one too few.
            return _compare(facts, cut_alike)
    if own:
        return _compare(facts, own)
    written = parse_mtime(head.metadata.get(MTIME, ""))
    if written is not None:
        # The uploader's own word of the file's time, so it can differ either way.
        same = abs(written - int(file.modified * 1e9)) < MTIME_TOLERANCE_NS
        return Verdict("same" if same else "time", False)
    source, target = (remote, file) if direction is Direction.DOWN else (file, remote)
    return Verdict("newer" if newer(source, target) else "same", False)


def known_same(source: Entry, target: Entry, row: Row, *, down: bool) -> bool:
    """Whether the state cache alone proves that a file and an object hold the same content: nothing has moved since.

    The first two lines of the table of `file_and_object`, for rows that were proven.
    """
    file, remote = (target, source) if down else (source, target)
    return (
        row.stamp == file.stamp
        and row.etag == remote.etag != ""
        and row.clean
        and row.proven
        and file.size >= remote.size  # smaller: compressed
        and file.stamp != b""
    )


def two_objects(source: Entry, target: Entry, row: Row | None, facts: Facts) -> Verdict | Ask:
    """`content`, between two objects: ETags where they are equal, else the checksums that both sides have."""
    if source.size != target.size:
        return Verdict("size")
    if source.etag and source.etag == target.etag:
        return Verdict("same")
    if row is not None and source.etag and target.etag and (row.stamp, row.etag) == (source.etag.encode(), target.etag):
        return Verdict("same", row.proven)
    if facts.source_head is None or facts.target_head is None:
        return Ask("head")
    one, other = facts.source_head, facts.target_head
    if one.size != other.size:
        return Verdict("size")
    if etag_is_md5(one) and etag_is_md5(other):
        return Verdict("same" if one.etag == other.etag else "content")
    known, held = whole_checksums(one), whole_checksums(other)
    own, theirs = own_digest(one), own_digest(other)
    if known.keys() & held.keys():
        agree = all(known[name] == held[name] for name in known.keys() & held.keys())
        return Verdict("same" if agree and (not own or not theirs or own == theirs) else "content")
    if own and theirs:
        return Verdict("same" if own == theirs else "content")
    if one.checksum_type == other.checksum_type == "COMPOSITE" and one.checksums and one.checksums == other.checksums:
        return Verdict("same")
    return Verdict("newer" if newer(source, target) else "same", False)


def attributes_differ(key: str, asked: Asked, row: Row | None, target: Entry, facts: Facts) -> bool | Ask:
    """Whether an object of the right content lacks what the rules ask of it."""
    if asked is NOTHING_ASKED or not (asked.headers or asked.compress):
        return False
    remembered = row is not None and row.etag == target.etag and bool(target.etag)
    if remembered and row is not None and row.attributes == asked.digest:
        return False
    if facts.target_head is None:
        return Ask("target_head")
    if asked.tags is not None and facts.tags is None:
        return Ask("tags")
    # What is remembered was brought to other rules, so these are new, and their storage class is meant.
    return not satisfied(asked, facts.target_head, facts.tags, storage_class=remembered)


def _compare(facts: Facts, known: Mapping[str, bytes]) -> Verdict | Ask:
    """Whether the file's digests are these; asks for those that are missing."""
    have = facts.hashed.digests if facts.hashed is not None else {}
    missing = tuple(sorted(known.keys() - have.keys()))
    if missing:
        # SHA-256 always comes along: it is what the state cache keeps.
        return Ask("hash", tuple(sorted({*missing, "sha256"})))
    return Verdict("same" if all(have[name] == value for name, value in known.items()) else "content")
