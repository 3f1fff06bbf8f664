# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Pages of listings as servers give them, spoiled: each ends as pages of sane objects, or in an S3Error."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._errors import S3Error
from ansible_collections.stowage.s3.plugins.module_utils._s3 import documents
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from scripted import Scripted, answer

SPOILED = settings(
    derandomize=True,
    max_examples=600,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
# Recorded: SeaweedFS, moto; the third as the API reference of AWS words it.
SEAWEEDFS = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>'
    b"bkt</Name><Prefix></Prefix><MaxKeys>2</MaxKeys><IsTruncated>true</IsTruncated><Contents><Key>a%20b&amp;c/%C3%A9<"
    b"/Key><ETag>&#34;9dd4e461268c8034f5c8564e155c67a6&#34;</ETag><Size>1</Size><StorageClass>STANDARD</StorageClass>"
    b"<LastModified>2026-11-24T19:54:35Z</LastModified></Contents><Contents><Key>a%2Bx%2520</Key><ETag>&#34;9dd4e4612"
    b"68c8034f5c8564e155c67a6&#34;</ETag><Size>1</Size><StorageClass>STANDARD</StorageClass><LastModified>2026-11-24T1"
    b"9:54:35Z</LastModified></Contents><NextContinuationToken>a+x%20</NextContinuationToken><EncodingType>url</Encodi"
    b"ngType><KeyCount>2</KeyCount></ListBucketResult>"
)
MOTO = (
    b'<?xml version="1.0" encoding="utf-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTru'
    b"ncated>false</IsTruncated><Contents><Key>a%20b%26c/%C3%A9</Key><LastModified>2026-11-24T19:54:36.000Z</LastModif"
    b'ied><ETag>"9dd4e461268c8034f5c8564e155c67a6"</ETag><Size>1</Size><StorageClass>STANDARD</StorageClass></Contents'
    b"><Name>bkt</Name><Prefix/><MaxKeys>2</MaxKeys><EncodingType>url</EncodingType><KeyCount>2</KeyCount></ListBucket"
    b"Result>"
)
AWS = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult>\n  <IsTruncated>false</IsTruncated>\n  <Contents>\n'
    b'    <ChecksumAlgorithm>CRC32</ChecksumAlgorithm>\n    <ChecksumType>FULL_OBJECT</ChecksumType>\n    <ETag>"e"</'
    b"ETag>\n    <Key>archive/a</Key>\n    <LastModified>2026-11-22T11:25:43.000Z</LastModified>\n    <Owner>\n      <"
    b"DisplayName>me</DisplayName>\n      <ID>1</ID>\n    </Owner>\n    <RestoreStatus>\n      <IsRestoreInProgress>fa"
    b"lse</IsRestoreInProgress>\n      <RestoreExpiryDate>2026-12-22T11:25:43.000Z</RestoreExpiryDate>\n    </RestoreS"
    b"tatus>\n    <Size>7</Size>\n    <StorageClass>GLACIER</StorageClass>\n  </Contents>\n  <CommonPrefixes>\n    <Pre"
    b"fix>p/</Prefix>\n  </CommonPrefixes>\n  <Name>bkt</Name>\n</ListBucketResult>\n"
)
BOMB = b"<!DOCTYPE l [<!ENTITY a 'lol'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)
PIECES = st.sampled_from(
    [
        b"<Key>", b"</Key>", b"<Contents>", b"</Contents>", b"<Contents/>", b"</ListBucketResult>", b"<Size>-1</Size>",
        b"<Key>b</Key>", b"<Size/>", b"<IsTruncated>true</IsTruncated>", b"<NextContinuationToken/>", b"<!--", b"-->",
        b"<![CDATA[", b"]]>", b"<?p ", b"?>", b"<!DOCTYPE l>", b"<!DOCTYPE l [<!ENTITY x 'y'>]>", b"&x;", b"&amp;",
        b"&#0;", b"&#x10FFFF;", b"&#xD800;", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"%", b"%zz", b"%FF", b"%00", b"+",
        b"9" * 5000, b"1e999", b"nan", b"inf", b"-1", b"1_0", "٣".encode(), b"0x1", b" 1 ", b"2026-13-45T99:99:99Z",
        b"T::", b"Z", b"\n", b" ", b'"', b"<", b">", b"/", b"=", b"<K>", b"<Key xmlns:a='b' a:c='d'>", b"true", b"",
    ]
)  # fmt: skip
PLACES = st.integers(0, 1 << 16)


def _spoil(body: bytes, changes: list[tuple[str, int, int, bytes]]) -> bytes:
    for what, one, other, piece in changes:
        start, end = sorted((one % (len(body) + 1), other % (len(body) + 1)))
        if what == "insert":
            body = body[:start] + piece + body[start:]
        elif what == "cut":
            body = body[:start] + body[end:]
        elif what == "repeat":
            body = body[:start] + body[start:end] * 2 + body[end:]
        elif what == "end":
            body = body[:end]
        elif what == "text" and (close := body.find(b"</", start)) >= 0:
            # All of an element's text: such changes leave XML that can be read.
            body = body[: body.rfind(b">", 0, close) + 1] + piece + body[close:]
        elif what == "flip" and body:
            at = start % len(body)
            body = body[:at] + bytes([body[at] ^ 1 << other % 8]) + body[at + 1 :]
    return body


CHANGES = st.tuples(
    st.sampled_from(["insert", "cut", "repeat", "end", "text", "text", "text", "flip"]), PLACES, PLACES, PIECES
)
PAGES = st.builds(_spoil, st.sampled_from([SEAWEEDFS, MOTO, AWS]), st.lists(CHANGES, min_size=1, max_size=3))
LAUGHS = MOTO.replace(b"<ListBucketResult", BOMB + b"]><ListBucketResult", 1).replace(
    b"<Prefix/>", b"<Prefix>&j;</Prefix>"
)


@SPOILED
@given(PAGES)
@example(LAUGHS)
@example(LAUGHS.replace(b"a%20b", b"&j;"))
@example(MOTO.replace(b"36.000Z", b"nanZ"))
@example(MOTO.replace(b"36.000Z", b"1e999Z"))
@example(MOTO.replace(b"<Size>1<", b"<Size>-1<"))
def test_a_spoiled_page(make: Callable[..., Bucket], scripted: Scripted, body: bytes) -> None:
    # A page that names a following one gets itself again: at the second time that is noticed.
    bucket = make({"attempts": 1})
    scripted.play(*[answer(body=body)] * 4)
    try:
        found = [entry for page in bucket.pages() for entry in page]
    except S3Error:
        found = []
    finally:
        scripted.script.clear()
        bucket._exchange.service.pool.close()
    for entry in found:
        assert entry.key and entry.size >= 0 and math.isfinite(entry.modified)
        assert "lol" not in entry.key


@SPOILED
@given(PAGES)
def test_both_readers_read_the_same(body: bytes) -> None:
    """Where the fast one does not leave a page to the other, it must not see another one."""
    read: list[object] = []
    for reader in (documents.columns, documents.read):
        try:
            read.append(reader(body, "Contents"))
        except documents.Malformed:
            read.append("malformed")
    fast, slow = read
    if fast is None:
        return
    if fast == "malformed" or slow == "malformed":
        assert fast == slow
        return
    assert isinstance(fast, documents.Columns) and isinstance(slow, documents.Table)
    rows = [{name: column[number] for name, column in fast.columns.items()} for number in range(fast.items)]
    assert (fast.root, fast.fields, rows) == (slow.root, slow.fields, slow.rows)


@pytest.mark.parametrize("body", [SEAWEEDFS, MOTO, AWS])
def test_unspoiled_pages_are_read(make: Callable[..., Bucket], scripted: Scripted, body: bytes) -> None:
    scripted.play(answer(body=body.replace(b"<IsTruncated>true<", b"<IsTruncated>false<")))
    assert [len(page) for page in make().pages()] == [body.count(b"<Contents>")]
