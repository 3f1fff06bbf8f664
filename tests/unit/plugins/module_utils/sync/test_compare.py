# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every row of the tables by which contents are compared, and evidence that contradicts itself."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Head
from ansible_collections.stowage.s3.plugins.module_utils._sync import compare
from ansible_collections.stowage.s3.plugins.module_utils._sync.attributes import NOTHING_ASKED, Attributes
from ansible_collections.stowage.s3.plugins.module_utils._sync.compare import Ask, Facts, Verdict
from ansible_collections.stowage.s3.plugins.module_utils._sync.digests import Hashed, computable, new
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Direction, Entry, Row

MINE, OTHER = b"the content", b"another one"
SAME, UNPROVEN_SAME, CONTENT = Verdict("same"), Verdict("same", False), Verdict("content")


def md5(data: bytes) -> str:
    return hashlib.md5(data).hexdigest()


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def b64(algorithm: str, data: bytes) -> str:
    digest = new(algorithm)
    digest.update(data)
    return base64.b64encode(digest.digest()).decode()


def head(
    etag: str,
    *,
    size: int = len(MINE),
    own: bytes | None = None,
    mtime: str = "",
    encryption: str = "",
    checksums: dict[str, str] | None = None,
    kind: str = "FULL_OBJECT",
    headers: dict[str, str] | None = None,
    storage_class: str = "STANDARD",
    metadata: dict[str, str] | None = None,
) -> Head:
    known = dict(metadata or {})
    if own is not None:
        known["stowage-sha256"] = sha256(own).hex()
    if mtime:
        known["mtime"] = mtime
    return Head(
        size=size, modified=1000.0, etag=etag, storage_class=storage_class, content_type="", headers=headers or {},
        metadata=known, checksums=checksums or {}, checksum_type=kind if checksums else "", encryption=encryption,
        encryption_key_id="", restore="", archive_status="", parts=0, version_id="",
    )  # fmt: skip


def file(content: bytes = MINE, *, modified: float = 1000.0, stamp: bytes = b"now") -> Entry:
    return Entry("k", len(content), modified, stamp=stamp)


def remote(etag: str, *, size: int = len(MINE), modified: float = 1000.0) -> Entry:
    return Entry("k", size, modified, etag, "STANDARD")


def row(**changes: Any) -> Row:
    base = Row("k", b"now", sha256(MINE), b"", "e1", True, True)
    return base._replace(**changes)


def judge(
    one: Entry,
    other: Entry,
    known: Row | None = None,
    *,
    content: bytes = MINE,
    seen: Head | None = None,
    part_size: int = 0,
    direction: Direction = Direction.UP,
) -> tuple[Verdict, list[str]]:
    """Play the planner: give each piece of evidence that is asked for. The verdict, and what was asked."""
    facts, asked = Facts(), []
    for _step in range(6):
        answer = compare.file_and_object(one, other, direction, known, facts)
        if isinstance(answer, Verdict):
            return answer, asked
        asked.append(answer.what)
        if answer.what == "hash":
            wanted = set(answer.algorithms) | (set(facts.hashed.digests) if facts.hashed else set())
            digests = {}
            for name in wanted:
                digest = new(name)
                digest.update(content)
                digests[name] = digest.digest()
            facts.hashed = Hashed(digests, one.stamp, True, len(content), 0)
        elif answer.what == "head":
            assert seen is not None, "a HEAD was not expected"
            if direction is Direction.DOWN:
                facts.source_head = seen
            else:
                facts.target_head = seen
        else:
            assert answer.what == "part"
            facts.part_size = part_size
    raise AssertionError(f"no verdict: {asked}")


# The table of file_and_object, row by row


def test_other_sizes_are_different_without_a_question() -> None:
    assert judge(file(MINE + b"!", stamp=b"later"), remote("e1"), row()) == (Verdict("size"), [])
    assert judge(file(MINE[1:], stamp=b"later"), remote("e1"), row()) == (Verdict("size"), [])
    assert judge(file(MINE[1:]), remote("e2")) == (Verdict("size"), [])


def test_a_clean_row_with_stamp_and_etag_is_same_without_a_question() -> None:
    assert judge(file(), remote("e1"), row()) == (SAME, [])
    assert judge(file(), remote("e1"), row(proven=False)) == (UNPROVEN_SAME, [])


@pytest.mark.parametrize("changes", [{"stamp": b"other"}, {"clean": False}])
def test_a_row_with_the_etag_alone_is_proved_by_a_hash_and_no_head(changes: dict[str, Any]) -> None:
    assert judge(file(), remote("e1"), row(**changes)) == (SAME, ["hash"])
    assert judge(file(), remote("e1"), row(**changes), content=OTHER) == (CONTENT, ["hash"])


@pytest.mark.parametrize(
    "known", [None, row(etag="e0"), row(etag=""), row(stamp=b"x", proven=False), row(stamp=b"x", digest=b"")]
)
def test_a_row_that_says_nothing_of_this_object_is_not_believed(known: Row | None) -> None:
    assert judge(file(), remote("e1"), known, content=OTHER, seen=head("e1", own=MINE)) == (CONTENT, ["head", "hash"])


def test_an_object_without_etag_is_never_known_by_its_row() -> None:
    assert judge(file(), remote(""), row(etag=""), content=OTHER, seen=head("", own=MINE))[0] == CONTENT


def test_an_etag_that_is_the_md5_proves_sameness_without_a_head() -> None:
    assert judge(file(), remote(md5(MINE))) == (SAME, ["hash"])
    assert judge(file(), remote(md5(MINE)), row(etag="e0")) == (SAME, ["hash"])


def test_an_etag_that_is_documented_as_md5_and_differs_proves_difference() -> None:
    for encryption in ("", "AES256"):
        seen = head(md5(MINE), encryption=encryption)
        assert judge(file(OTHER), remote(md5(MINE)), content=OTHER, seen=seen) == (CONTENT, ["hash", "head"])


@pytest.mark.parametrize("encryption", ["aws:kms", "aws:kms:dsse"])
def test_an_etag_that_only_looks_like_an_md5_proves_nothing(encryption: str) -> None:
    look_alike = "0" * 32
    assert judge(file(), remote(look_alike), seen=head(look_alike, own=MINE, encryption=encryption))[0] == SAME
    assert judge(file(), remote(look_alike), seen=head(look_alike, own=OTHER, encryption=encryption))[0] == CONTENT
    seen = head(look_alike, encryption=encryption)
    assert judge(file(), remote(look_alike), seen=seen)[0] == UNPROVEN_SAME
    customer = {"x-amz-server-side-encryption-customer-algorithm": "AES256"}
    assert judge(file(), remote(look_alike), seen=head(look_alike, own=MINE, headers=customer))[0] == SAME


@pytest.mark.parametrize("algorithm", [*filter(computable, ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"])])
def test_checksums_of_s3_decide(algorithm: str) -> None:
    for held, expected in ((MINE, SAME), (OTHER, CONTENT)):
        seen = head("opaque", checksums={algorithm: b64(algorithm, held)})
        assert judge(file(), remote("opaque"), seen=seen) == (expected, ["head", "hash"])


def test_all_checksums_have_to_agree() -> None:
    seen = head("opaque", checksums={"sha256": b64("sha256", OTHER), "crc32": b64("crc32", MINE)})
    assert judge(file(), remote("opaque"), seen=seen)[0] == CONTENT


def test_checksums_that_cannot_be_compared_are_no_evidence() -> None:
    composite = head("opaque", checksums={"crc32": b64("crc32", MINE)}, kind="COMPOSITE")
    unknown = head("opaque", checksums={"xxh3": "AAAA"})
    broken = head("opaque", checksums={"crc32": "!"})
    for seen in (composite, unknown, broken):
        assert judge(file(), remote("opaque"), seen=seen) == (UNPROVEN_SAME, ["head"])


def test_our_digest_in_the_metadata_decides_where_s3_says_nothing() -> None:
    assert judge(file(), remote("opaque"), seen=head("opaque", own=MINE)) == (SAME, ["head", "hash"])
    assert judge(file(), remote("opaque"), seen=head("opaque", own=OTHER)) == (CONTENT, ["head", "hash"])


def test_metadata_that_a_rewrite_carried_along_is_no_proof() -> None:
    """Tools that edit objects in place (mounts, scripts) keep the metadata, and with it the old content's digest."""
    seen = head(md5(OTHER), own=MINE)
    assert judge(file(), remote(md5(OTHER)), seen=seen)[0] == CONTENT
    seen = head("opaque", own=MINE, checksums={"crc32": b64("crc32", OTHER)})
    assert judge(file(), remote("opaque"), seen=seen)[0] == CONTENT


def multipart_etag(content: bytes, part_size: int) -> str:
    digest = new(f"md5:{part_size}")
    digest.update(content)
    return f"{digest.digest().hex()}-{-(-len(content) // part_size)}"


def test_a_multipart_etag_is_compared_with_the_file_cut_alike() -> None:
    etag = multipart_etag(MINE, 4)
    assert judge(file(), remote(etag), seen=head(etag), part_size=4) == (SAME, ["head", "part", "hash"])
    assert judge(file(), remote(etag), seen=head(etag), part_size=5) == (CONTENT, ["head", "part", "hash"])
    # Cut into parts of several sizes, or by a server that knows no parts: times decide.
    assert judge(file(), remote(etag), seen=head(etag), part_size=6) == (UNPROVEN_SAME, ["head", "part"])
    assert judge(file(), remote(etag), seen=head(etag), part_size=0) == (UNPROVEN_SAME, ["head", "part"])
    assert judge(file(), remote(etag), seen=head(etag, encryption="aws:kms"), part_size=4)[1] == ["head"]
    customer = {"x-amz-server-side-encryption-customer-algorithm": "AES256"}
    assert judge(file(), remote(etag), seen=head(etag, headers=customer), part_size=4)[1] == ["head"]


def test_a_rewrite_by_parts_that_carried_the_metadata_along_is_no_proof() -> None:
    etag = multipart_etag(OTHER, 4)
    assert judge(file(), remote(etag), seen=head(etag, own=MINE), part_size=4)[0] == CONTENT
    # How it was cut cannot be told: our digest is all there is.
    assert judge(file(), remote(etag), seen=head(etag, own=MINE), part_size=0)[0] == SAME


def test_a_crc_that_agrees_by_chance_is_no_proof_against_an_md5_that_differs() -> None:
    mine, other = b"plumless", b"buckeroo"
    assert b64("crc32", mine) == b64("crc32", other)
    seen = head(md5(other), size=8, checksums={"crc32": b64("crc32", other)})
    assert judge(file(mine), remote(md5(other), size=8), content=mine, seen=seen)[0] == CONTENT
    assert across(head(md5(mine), size=8, checksums={"crc32": b64("crc32", mine)}), seen) == (CONTENT, True)


def test_times_decide_where_nothing_else_can() -> None:
    assert judge(file(modified=1000.9), remote("opaque"), seen=head("opaque"))[0] == UNPROVEN_SAME
    assert judge(file(modified=1001.0), remote("opaque"), seen=head("opaque"))[0] == Verdict("newer", False)
    down = {"direction": Direction.DOWN, "seen": head("opaque")}
    assert judge(file(modified=999.0), remote("opaque"), **down)[0] == Verdict("newer", False)
    assert judge(file(modified=2000.0), remote("opaque"), **down)[0] == UNPROVEN_SAME


def test_the_uploaders_own_word_of_the_time_goes_both_ways() -> None:
    for modified, expected in ((500.25, UNPROVEN_SAME), (500.0, Verdict("time", False)), (501, Verdict("time", False))):
        seen = head("opaque", mtime="500.25")
        assert judge(file(modified=modified), remote("opaque"), seen=seen)[0] == expected


def test_a_size_that_changed_since_the_listing_is_a_difference() -> None:
    assert judge(file(), remote("opaque"), seen=head("opaque", size=3, own=MINE))[0] == Verdict("size")


# Two objects


def across(one: Head, other: Head, known: Row | None = None) -> tuple[Verdict, bool]:
    """The verdict, and whether it took a HEAD of each."""
    source, target = remote(one.etag, size=one.size), remote(other.etag, size=other.size)
    facts = Facts()
    answer = compare.two_objects(source, target, known, facts)
    if isinstance(answer, Verdict):
        return answer, False
    assert answer == Ask("head")
    facts.source_head, facts.target_head = one, other
    verdict = compare.two_objects(source, target, known, facts)
    assert isinstance(verdict, Verdict)
    return verdict, True


def test_two_objects_by_etag_and_row() -> None:
    known = row(stamp=b"s1", etag="t1", digest=b"")
    assert across(head("e"), head("e")) == (SAME, False)
    assert across(head("s1"), head("t1"), known) == (SAME, False)
    assert across(head("s1"), head("t1"), known._replace(proven=False)) == (UNPROVEN_SAME, False)
    assert across(head("s2"), head("t1"), known)[1]
    assert across(head("s1"), head("t2"), known)[1]
    assert across(head("e", size=1), head("e", size=2)) == (Verdict("size"), False)


def test_objects_without_etags_are_not_the_same_for_that() -> None:
    assert across(head("", own=MINE), head("", own=OTHER), row(stamp=b"", etag="")) == (CONTENT, True)


def test_a_row_whose_bytes_are_damaged_is_not_believed() -> None:
    assert across(head("s1", own=MINE), head("t1", own=OTHER), row(stamp=b"\xff\xfe", etag="t1")) == (CONTENT, True)


def test_two_objects_by_checksums_also_those_that_cannot_be_computed_here() -> None:
    for held, expected in (("AAAA", SAME), ("BBBB", CONTENT)):
        one, other = head("a", checksums={"xxh3": "AAAA"}), head("b", checksums={"xxh3": held, "crc32": "AAAAAA=="})
        assert across(one, other) == (expected, True)


def test_two_objects_by_composite_checksums() -> None:
    one, other = head("a", checksums={"crc32": "AA-2"}, kind="COMPOSITE"), head("b", checksums={"crc32": "AA-2"})
    assert across(one, head("b", checksums={"crc32": "AA-2"}, kind="COMPOSITE"))[0] == SAME
    assert across(one, head("b", checksums={"crc32": "BB-2"}, kind="COMPOSITE"))[0] == UNPROVEN_SAME
    assert across(one, other)[0] == UNPROVEN_SAME


def test_two_objects_by_md5_and_by_our_digests() -> None:
    kms = "aws:kms"
    assert across(head(md5(MINE)), head(md5(OTHER)))[0] == CONTENT
    assert across(head("0" * 32, own=MINE, encryption=kms), head(md5(MINE), own=MINE))[0] == SAME
    assert across(head("0" * 32, own=MINE, encryption=kms), head(md5(OTHER), own=OTHER))[0] == CONTENT
    assert across(head("0" * 32, encryption=kms), head(md5(MINE)))[0] == UNPROVEN_SAME


def test_a_source_that_was_rewritten_with_its_metadata_is_not_the_same() -> None:
    assert across(head(md5(OTHER), own=MINE), head(md5(MINE), own=MINE))[0] == CONTENT
    one = head("a", own=MINE, checksums={"xxh3": "AAAA"})
    assert across(one, head("b", own=MINE, checksums={"xxh3": "BBBB"}))[0] == CONTENT


# Times, sizes, existence


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ((5, 10.0), (6, 20.0), ("size", "size", "same")),
        ((5, 20.0), (5, 10.0), ("newer", "same", "same")),
        ((5, 10.9), (5, 10.0), ("same", "same", "same")),
        ((5, 10.0), (5, 20.0), ("same", "same", "same")),
        ((0, 10.0), (0, 10.0), ("same", "same", "same")),
    ],
)
def test_the_other_comparisons(
    source: tuple[int, float], target: tuple[int, float], expected: tuple[str, str, str]
) -> None:
    one, other = Entry("k", *source), Entry("k", *target)
    verdicts = [judge(one, other) for judge in (compare.by_time, compare.by_size, compare.by_existence)]
    assert verdicts == [Verdict(reason) for reason in expected]


# Attributes


def attributes(**rule: Any) -> Any:
    return Attributes([{"match": ["k"], **rule}]).asked("k")


def test_what_nobody_asked_for_does_not_differ() -> None:
    assert compare.attributes_differ("k", NOTHING_ASKED, None, remote("e1"), Facts()) is False


def test_a_row_of_the_same_rules_answers_without_a_head() -> None:
    asked = attributes(cache_control="no-cache")
    known = row(attributes=asked.digest)
    assert compare.attributes_differ("k", asked, known, remote("e1"), Facts()) is False
    for other in (known._replace(etag="e0"), known._replace(attributes=b"x"), None):
        assert compare.attributes_differ("k", asked, other, remote("e1"), Facts()) == Ask("target_head")
    assert compare.attributes_differ("k", asked, known._replace(etag=""), remote(""), Facts()) == Ask("target_head")


def test_headers_metadata_and_tags_are_compared() -> None:
    asked = attributes(cache_control="no-cache", metadata={"team": "web"}, tags={"a": "b"})
    good = head("e1", headers={"cache-control": "no-cache"}, metadata={"team": "web"})
    assert compare.attributes_differ("k", asked, None, remote("e1"), Facts(target_head=good)) == Ask("tags")
    for seen, tags, expected in (
        (good, {"a": "b"}, False),
        (good, {"a": "c"}, True),
        (good, {"a": "b", "c": "d"}, True),
        (head("e1", metadata={"team": "web"}), {"a": "b"}, True),
        (head("e1", headers={"cache-control": "no-cache"}), {"a": "b"}, True),
    ):
        facts = Facts(target_head=seen, tags=tags)
        assert compare.attributes_differ("k", asked, None, remote("e1"), facts) is expected


def test_another_storage_class_counts_only_when_the_rules_changed() -> None:
    asked = attributes(storage_class="STANDARD_IA")
    facts = Facts(target_head=head("e1", storage_class="GLACIER_IR"))
    assert compare.attributes_differ("k", asked, None, remote("e1"), facts) is False
    assert compare.attributes_differ("k", asked, row(attributes=b"older rules"), remote("e1"), facts) is True
