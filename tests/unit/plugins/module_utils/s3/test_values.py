# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Headers, documents, times, slices of files, and the arithmetic of parts."""

from __future__ import annotations

import contextvars
import email.header
import os
import threading
import zlib

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._errors import FileChanged, StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3 import documents, headers, multipart, stats
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import FileSlice, Part
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

# A busy machine may be slow: that is no failure.
STEADY = settings(derandomize=True, max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200)


@STEADY
@given(TEXT)
def test_metadata_survives_the_way_there_and_back(value):
    sent = headers.checked({"X-Amz-Meta-Name": value})["x-amz-meta-name"]
    assert sent.isascii()
    assert sent.isprintable()
    assert headers.head({"x-amz-meta-name": sent}).metadata == {"name": value.strip(" \t")}


@STEADY
@given(TEXT)
def test_metadata_is_encoded_as_the_standard_library_reads_it(value):
    sent = headers.checked({"x-amz-meta-name": "é" + value})["x-amz-meta-name"]
    assert str(email.header.make_header(email.header.decode_header(sent))) == ("é" + value).strip(" \t")
    assert all(len(word) <= 75 for word in sent.split())


@pytest.mark.parametrize("value", ["a\r\nx-amz-acl: public-read", "a\nb", "a\x00b", "a\x7fb"])
def test_headers_cannot_be_smuggled_in(value):
    with pytest.raises(StowageError, match="control character"):
        headers.checked({"x-amz-meta-a": value})


@pytest.mark.parametrize("name", ["", "a b", "a:b", "ä", "a\r\nb"])
def test_bad_header_names_are_refused(name):
    with pytest.raises(StowageError, match="name"):
        headers.checked({name: "x"})


def test_other_headers_must_be_ascii():
    with pytest.raises(StowageError, match="RFC 5987"):
        headers.checked({"content-disposition": 'attachment; filename="é"'})


@pytest.mark.parametrize("raw", ["=?UTF-8?B?!!!?=", "=?x-unknown?B?QQ==?=", "=?UTF-8?B?/w==?=", "=?"])
def test_what_only_looks_encoded_stays(raw):
    assert headers.head({"x-amz-meta-a": raw}).metadata["a"] == raw


def test_raw_utf8_from_other_servers_is_read():
    assert headers.head({"x-amz-meta-a": "Grüße".encode().decode("latin-1")}).metadata["a"] == "Grüße"


def test_head_reads_what_s3_says():
    head = headers.head(
        {
            "content-length": "10",
            "content-range": "bytes 0-9/123",
            "last-modified": "Thu, 01 Jan 1970 00:01:40 GMT",
            "etag": '"abc-2"',
            "x-amz-storage-class": "GLACIER",
            "x-amz-checksum-crc32": "AAAAAA==",
            "x-amz-checksum-type": "FULL_OBJECT",
            "x-amz-server-side-encryption": "aws:kms",
            "x-amz-server-side-encryption-aws-kms-key-id": "key",
            "x-amz-restore": 'ongoing-request="true"',
            "x-amz-archive-status": "ARCHIVE_ACCESS",
            "x-amz-mp-parts-count": "2",
            "x-amz-version-id": "v",
        }
    )
    assert (head.size, head.modified, head.etag, head.storage_class) == (123, 100.0, "abc-2", "GLACIER")
    assert (head.checksums, head.checksum_type) == ({"crc32": "AAAAAA=="}, "FULL_OBJECT")
    assert (head.encryption, head.encryption_key_id, head.parts, head.version_id) == ("aws:kms", "key", 2, "v")
    assert (head.restore, head.archive_status) == ('ongoing-request="true"', "ARCHIVE_ACCESS")


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        ("1970-01-01T00:00:00.000Z", 0.0),
        ("2026-11-22T11:25:43.125Z", 1795346743.125),
        ("2024-02-29T23:59:59Z", 1709251199.0),
    ],
)
def test_listing_times(moment, seconds):
    assert documents.epoch(moment) == seconds


@pytest.mark.parametrize("value", ["", "yesterday", "Sun, 99 Nov 2026 11:25:43 GMT", "Sun, 22 Xyz 2026 11:25:43 GMT"])
def test_a_bad_http_date_is_no_time(value):
    assert documents.http_time(value) == 0.0


def test_documents_may_not_declare_entities():
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb">]><Error><Code>&b;</Code></Error>'
    with pytest.raises(documents.Malformed, match="document type"):
        documents.read(bomb)
    assert documents.error_of(bomb) == {}


def test_documents_are_bounded():
    table = documents.Table(limit=100)
    table.feed(b"<a>" + b"x" * 90)
    with pytest.raises(documents.Malformed, match="larger"):
        table.feed(b"x" * 10)


@pytest.mark.parametrize("body", [b"", b"<html><body>Gateway</html>", b"<Error><Code>", b"\xff\xfe", b"<Other/>"])
def test_an_unreadable_error_is_no_error_document(body):
    assert documents.error_of(body) == {}


def test_blanks_before_the_declaration_are_taken():
    assert documents.read(b" \n \n<?xml version='1.0'?><A><B>c</B></A>").fields["B"] == "c"


@STEADY
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_keys_survive_xml_or_are_known_not_to(key):
    if documents.fits_xml(key):
        assert [
            row["Key"] for row in documents.read(documents.delete_document([key], {}, quiet=True), "Object").rows
        ] == [key]
    else:
        with pytest.raises(documents.Malformed):
            documents.read(documents.delete_document([key], {}, quiet=True), "Object")


def test_a_slice_is_read_again_and_notices_that_the_file_shrank(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(os.urandom(3_000_000))
    with path.open("rb") as file:
        piece = FileSlice(file.fileno(), 10, 2_500_000)
        whole = path.read_bytes()[10:2_500_010]
        assert b"".join(piece.chunks()) == whole
        assert b"".join(piece.chunks()) == whole
        assert max(len(chunk) for chunk in piece.chunks()) <= 1024 * 1024
        os.truncate(path, 2_000_000)
        with pytest.raises(FileChanged, match="2000000 are there"):
            list(piece.chunks())


@STEADY
@given(st.lists(st.binary(max_size=2000), min_size=1, max_size=8))
def test_crc32_of_the_whole_from_the_parts(parts):
    whole = 0
    for part in parts:
        whole = multipart.crc32_combine(whole, zlib.crc32(part), len(part))
    assert whole == zlib.crc32(b"".join(parts))


@STEADY
@given(st.integers(1, multipart.MAX_OBJECT))
def test_parts_fit_the_limits(size):
    part = multipart.part_size(size)
    assert multipart.MIN_PART <= multipart.DEFAULT_PART <= part <= multipart.MAX_PART
    assert -(-size // part) <= multipart.MAX_PARTS


def test_an_object_beyond_the_limit_is_refused():
    with pytest.raises(StowageError, match="too large"):
        multipart.part_size(multipart.MAX_OBJECT + 1)


def test_parts_sort_by_number():
    assert sorted([Part(10, "a", 1), Part(9, "b", 1)])[0].number == 9


@STEADY
@given(st.lists(st.integers(0, 10_000_000), min_size=1, max_size=200))
def test_percentiles_are_within_a_bucket_of_the_truth(microseconds):
    counters = stats.Stats()
    for one in microseconds:
        counters.answered(one / 1e6 + 1e-9)
    ordered, latency = sorted(microseconds), counters.latency()
    for name, share in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99)):
        exact = ordered[max(0, -int(-share * len(ordered) // 1) - 1)] / 1000
        assert exact <= latency[name] + 0.0011 <= exact * 1.26 + 0.01
    assert latency["max"] == pytest.approx(ordered[-1] / 1000, abs=0.002)


TEXTS = st.lists(st.sampled_from(["K", "Key", "a", " ", "\n", "&", "<", "é", "Contents", "Size"]), max_size=3)
LEAVES = st.tuples(st.sampled_from(["Key", "Size", "ETag", "K"]), TEXTS.map("".join))


@STEADY
@given(st.lists(st.lists(LEAVES, max_size=4), max_size=5), st.sampled_from(["", "\n  "]), st.booleans())
def test_columns_are_the_rows_or_nothing(items: list[list[tuple[str, str]]], blank: str, same: bool) -> None:
    if same and items:
        # Other texts in the same elements: the form that columns are for.
        items = [[(name, f"{number}{text}") for name, text in items[0]] for number, _item in enumerate(items)]
    leaves = ["".join(f"<{name}>{documents.text(text)}</{name}>" for name, text in item) for item in items]
    contents = "".join(f"<Contents>{item}</Contents>" for item in leaves)
    body = f"<?xml version='1.0'?>\n<Root><Name>n</Name>{blank}{contents}{blank}<More>true</More></Root>".encode()
    table, form = documents.read(body, "Contents"), documents.columns(body, "Contents")
    if form is None:
        single = any(name == "K" for item in items for name, _text in item)
        assert blank or not items or single or not same, "it should have been read by columns"
        return
    rows = [{name: column[number] for name, column in form.columns.items()} for number in range(form.items)]
    assert (form.root, form.fields, rows) == (table.root, table.fields, table.rows)


@pytest.mark.parametrize("body", [b"<R><Contents><R>", b"<!DOCTYPE r><R><Contents></Contents></R>"])
def test_columns_refuse_what_tables_refuse(body: bytes) -> None:
    with pytest.raises(documents.Malformed):
        documents.columns(body, "Contents")


def test_a_tally_counts_one_piece_of_work_in_all_its_threads():
    counters = stats.Stats()
    counters.moved(sent=1)
    with stats.tallied() as tally:
        counters.moved(sent=10, received=20)
        counters.retried()
        thread = threading.Thread(target=contextvars.copy_context().run, args=(counters.moved,), kwargs={"sent": 5})
        other = threading.Thread(target=counters.moved, kwargs={"sent": 100})
        for each in (thread, other):
            each.start()
            each.join()
        with stats.tallied() as inner:
            counters.moved(received=7)
    counters.moved(sent=1000)
    assert (tally.bytes_sent, tally.bytes_received, tally.retries, inner.bytes_received) == (15, 20, 1, 7)
    assert (counters.bytes_sent, counters.bytes_received, counters.retries) == (1116, 27, 1)
