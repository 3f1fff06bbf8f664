# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The bucket's methods: what they send, and what they make of the answers."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
import zlib
from urllib.parse import parse_qsl, quote_plus, urlsplit

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._errors import (
    Conflict,
    Denied,
    NotFound,
    S3Error,
    StowageError,
)
from ansible_collections.stowage.s3.plugins.module_utils._s3 import answers
from ansible_collections.stowage.s3.plugins.module_utils._s3.multipart import MIB
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import (
    Acl,
    FileSlice,
    Grant,
    NotDeleted,
    Part,
    Stored,
    Upload,
)
from ansible_collections.stowage.s3.plugins.module_utils._s3.waiting import finish
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scripted import DROP, Answer, answer, error

# A busy machine may be slow: that is no failure.
STEADY = settings(derandomize=True, max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CRC = base64.b64encode(zlib.crc32(b"data").to_bytes(4, "big")).decode()


def listing(*keys, token="", url=True, extra="", common=""):
    rows = "".join(
        f"<Contents><Key>{key}</Key><LastModified>2026-11-22T11:25:43.000Z</LastModified><ETag>&quot;e&quot;</ETag>"
        f"<Size>7</Size>{extra}</Contents>"
        for key in keys
    )
    more = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{token}</NextContinuationToken>" if token else ""
    kind = "<EncodingType>url</EncodingType>" if url else ""
    return answer(body=f"<?xml version='1.0'?>\n<ListBucketResult>{kind}{more}{rows}{common}</ListBucketResult>")


def keys_of(pages):
    return [entry.key for page in pages for entry in page]


def query(request):
    return dict(parse_qsl(urlsplit(request.target).query, keep_blank_values=True))


# Listing


def test_listing_page_by_page(scripted, remote):
    scripted.play(listing("p/a", "p/b", token="t+/="), listing(token="t2"), listing("p/c"))
    pages = list(remote.pages("p/", start_after="p/0"))
    assert keys_of(pages) == ["p/a", "p/b", "p/c"]
    assert all(pages)
    first = pages[0][0]
    assert (first.size, first.modified, first.etag, first.storage_class) == (7, 1795346743.0, "e", "STANDARD")
    assert query(scripted.requests[0]) == {
        "list-type": "2",
        "encoding-type": "url",
        "max-keys": "1000",
        "prefix": "p/",
        "start-after": "p/0",
    }
    assert query(scripted.requests[1])["continuation-token"] == "t+/="
    assert "start-after" not in query(scripted.requests[1])


def test_a_listing_up_to_a_key_ends_with_its_page(scripted, make):
    scripted.play(listing("a", "b", token="t"), listing("c", "d", token="t2"))
    assert keys_of(make(ordered=True).pages(until="c")) == ["a", "b", "c"]
    assert len(scripted.requests) == 2
    scripted.play(listing("a", "b", token="t"))
    assert keys_of(make(ordered=True).pages(until="b")) == ["a", "b"]


def test_the_next_page_is_fetched_while_the_caller_works(scripted, remote):
    asked = threading.Event()

    def second(request):
        asked.set()
        return listing("b")

    scripted.play(listing("a", token="t"), second)
    pages = remote.pages()
    next(pages)
    assert asked.wait(10)
    assert keys_of(pages) == ["b"]


def test_an_abandoned_listing_leaves_the_client_usable(scripted, remote):
    asked = threading.Event()

    def second(request):
        asked.set()
        return listing("b")

    scripted.play(listing("a", token="t"), second, answer(body="x"))
    pages = remote.pages()
    next(pages)
    pages.close()
    assert asked.wait(10)
    assert remote.get("x", lambda head, reader: reader.read(9)) == b"x"


@STEADY
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_keys_are_url_decoded(key):
    decode = answers.decoder({"EncodingType": "url"})
    assert decode(quote_plus(key, safe="/*")) == key
    assert decode(quote_plus(key, safe="")) == key
    assert answers.decoder({})("a%20+b") == "a%20+b"


def test_a_server_that_does_not_encode_keys_is_taken_at_its_word(scripted, remote):
    scripted.play(listing("a+b%20c", url=False))
    assert keys_of(remote.pages()) == ["a+b%20c"]


def test_restored_copies_are_told_on_aws(scripted, make):
    def restored(state):
        return f"<StorageClass>GLACIER</StorageClass><RestoreStatus>{state}</RestoreStatus>"

    bucket = make({"aws": True})
    scripted.play(
        listing("a", token="1", extra=restored("<IsRestoreInProgress>true</IsRestoreInProgress>")),
        listing("b", token="2", extra=restored("<IsRestoreInProgress>false</IsRestoreInProgress>")),
        listing("c", extra="<StorageClass>GLACIER</StorageClass>"),
    )
    assert [entry.restored for page in bucket.pages() for entry in page] == [False, True, None]
    assert scripted.requests[0].headers["x-amz-optional-object-attributes"] == "RestoreStatus"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ([listing("a", token="t"), listing("b", token="t")], "token a second time"),
        ([listing("a", token="t"), listing("a")], "'a' a second time"),
        ([listing("b", "a")], "against the order"),
        ([listing("b", token="t"), listing("a")], "against the order"),
        ([listing("a", "a")], "against the order"),
    ],
)
def test_a_listing_that_cannot_be_trusted_is_an_error(scripted, make, script, reason):
    scripted.play(*script)
    with pytest.raises(S3Error, match=reason):
        list(make(ordered=True).pages())


def test_the_order_is_that_of_utf8(scripted, make):
    keys = ["a-b", "a.txt", "a/x", "\ufffd", "😀"]
    scripted.play(listing(*keys))
    assert keys_of(make(ordered=True).pages()) == keys == sorted(keys, key=str.encode)


def test_a_level_has_the_objects_and_the_folders_of_one_place(scripted, remote):
    folders = "<Prefix>p/</Prefix>" + "".join(
        f"<CommonPrefixes><Prefix>{name}</Prefix></CommonPrefixes>" for name in ("p/b%20c/", "p/d/")
    )
    scripted.play(listing("p/a%2B", common=folders, token="t"), listing("p/e"))
    entries = [entry for page in remote.pages("p/", level=True) for entry in page]
    assert {entry.key: entry.size for entry in entries} == {"p/a+": 7, "p/b c/": 0, "p/d/": 0, "p/e": 7}
    assert [query(request)["delimiter"] for request in scripted.requests] == ["/", "/"]


def test_a_folder_without_a_name_is_an_error(scripted, remote):
    scripted.play(*[listing("p/a", common="<CommonPrefixes></CommonPrefixes>")] * 5)
    with pytest.raises(S3Error, match="lacks its key"):
        list(remote.pages("p/", level=True))


def test_other_servers_may_list_in_another_order(scripted, remote):
    scripted.play(listing("b", "a", token="t"), listing("c"))
    assert keys_of(remote.pages()) == ["b", "a", "c"]


# Versions


def version(key, name="1", latest=True, second=43, kind="Version"):
    size = "" if kind == "DeleteMarker" else "<Size>7</Size><StorageClass>GLACIER</StorageClass>"
    return (
        f"<{kind}><Key>{key}</Key><VersionId>{name}</VersionId><IsLatest>{str(latest).lower()}</IsLatest>"
        f"<LastModified>2026-11-22T11:25:{second}.000Z</LastModified>{size}</{kind}>"
    )


def versions(*rows, after=()):
    more = ""
    if after:
        key, name = after
        told = f"<NextKeyMarker>{key}</NextKeyMarker><NextVersionIdMarker>{name}</NextVersionIdMarker>"
        more = f"<IsTruncated>true</IsTruncated>{told}"
    kind = "<EncodingType>url</EncodingType>"
    return answer(body=f"<ListVersionsResult>{kind}{more}{''.join(rows)}</ListVersionsResult>")


def test_versions_page_by_page(scripted, make):
    scripted.play(
        versions(version("p/a+b", "2", kind="DeleteMarker"), version("p/a+b", "1", False), after=("p/a+b", "1")),
        versions(version("p/a+b", "0", False), version("p/c")),
    )
    found = [each for page in make(ordered=True).versions("p/") for each in page]
    assert [(each.key, each.id, each.latest, each.marker, each.size, each.storage_class) for each in found] == [
        ("p/a b", "2", True, True, 0, ""),
        ("p/a b", "1", False, False, 7, "GLACIER"),
        ("p/a b", "0", False, False, 7, "GLACIER"),
        ("p/c", "1", True, False, 7, "GLACIER"),
    ]
    asked = {"versions": "", "encoding-type": "url", "max-keys": "1000", "prefix": "p/"}
    assert query(scripted.requests[0]) == asked
    assert query(scripted.requests[1]) == {**asked, "key-marker": "p/a b", "version-id-marker": "1"}


def test_delete_markers_that_come_last_are_put_among_their_versions(scripted, make):
    marker = version("a", "2", kind="DeleteMarker", second=44)
    older = version("b", "1", False, 42, kind="DeleteMarker")
    scripted.play(versions(version("a", "1", False), version("b", "2"), version("b", "0", False, 41), marker, older))
    found = [(each.key, each.id) for page in make(ordered=True).versions() for each in page]
    assert found == [("a", "2"), ("a", "1"), ("b", "2"), ("b", "1"), ("b", "0")]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ([versions(version("a"), after=("a", "1")), versions(version("a"))], "'a' a second time"),
        ([versions(version("a"), after=("a", "1")), versions(version("b"), after=("a", "1"))], "marker a second time"),
        ([versions(version("b"), version("a"))], "against the order"),
        ([versions(version("b"), after=("b", "1")), versions(version("a"))], "against the order"),
        ([versions(version("other"))], "does not begin with"),
    ],
)
def test_versions_that_cannot_be_trusted_are_an_error(scripted, make, script, reason):
    scripted.play(*script)
    with pytest.raises(S3Error, match=f"ListObjectVersions.*{reason}"):
        list(make(ordered=True).versions("p/" if "begin" in reason else ""))


@pytest.mark.parametrize(
    "body",
    [
        "<ListVersionsResult><IsTruncated>true</IsTruncated></ListVersionsResult>",
        "<ListVersionsResult><Version><Key>a</Key></Version></ListVersionsResult>",
        f"<ListVersionsResult>{version('a').replace('>7<', '>-7<')}</ListVersionsResult>",
        f"<ListVersionsResult>{version('a')}",
        "<ListBucketResult/>",
    ],
)
def test_a_broken_page_of_versions_is_fetched_again_and_then_an_error(scripted, make, body):
    bucket = make({"attempts": 2})
    scripted.play(answer(body=body), versions(version("a")))
    assert keys_of(bucket.versions()) == ["a"]
    scripted.play(answer(body=body), answer(body=body))
    with pytest.raises(S3Error, match="MalformedAnswer"):
        list(bucket.versions())


def test_denied_versions_name_the_permission(scripted, remote):
    scripted.play(error(403, "AccessDenied"))
    with pytest.raises(Denied, match="s3:ListBucketVersions"):
        list(remote.versions())


def test_keys_outside_the_prefix_are_an_error(scripted, remote):
    scripted.play(listing("application/x"))
    with pytest.raises(S3Error, match="does not begin with"):
        list(remote.pages("app/"))


@pytest.mark.parametrize(
    "body",
    [
        "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
        "<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>",
        "<ListBucketResult><Contents><Key>a</Key><Size>x</Size><LastModified>2026-11-22T11:25:43Z</LastModified></Contents></ListBucketResult>",
        "<ListBucketResult><Contents><Key>a</Key>",
        "<ListAllMyBucketsResult/>",
        "",
    ],
)
def test_a_broken_page_is_fetched_again_and_then_an_error(scripted, make, body):
    bucket = make({"attempts": 2})
    scripted.play(answer(body=body), listing("a"))
    assert keys_of(bucket.pages()) == ["a"]
    scripted.play(answer(body=body), answer(body=body))
    with pytest.raises(S3Error, match="MalformedAnswer"):
        list(bucket.pages())


def test_an_error_of_a_page_ahead_arrives_where_it_belongs(scripted, remote):
    scripted.play(listing("a", token="t"), error(403, "AccessDenied"))
    pages = remote.pages()
    assert keys_of([next(pages)]) == ["a"]
    with pytest.raises(S3Error, match="s3:ListBucket"):
        next(pages)


# Objects


def test_head_bucket_says_that_it_is_the_bucket(scripted, remote):
    scripted.play(answer(404))
    with pytest.raises(NotFound, match="The bucket does not exist") as caught:
        remote.check()
    assert caught.value.code == "NoSuchBucket"


def test_every_call_names_the_expected_owner_and_the_payer(scripted, make):
    owned = make(expected_owner="111122223333", requester_pays=True)
    source = make(name="s", expected_owner="444455556666")
    copied = answer(body="<CopyObjectResult><ETag>e</ETag></CopyObjectResult>")
    scripted.play(answer(), listing(), answer(), answer(), copied)
    owned.check()
    list(owned.pages())
    owned.head("a")
    owned.put("a", b"", {})
    owned.copy("a", source, "k", {})
    assert {request.headers["x-amz-expected-bucket-owner"] for request in scripted.requests} == {"111122223333"}
    assert {request.headers["x-amz-request-payer"] for request in scripted.requests} == {"requester"}
    assert scripted.requests[-1].headers["x-amz-source-expected-bucket-owner"] == "444455556666"


def test_put_sends_what_s3_needs_to_check_the_body(scripted, remote):
    scripted.play(answer(etag='"e"', x_amz_version_id="v", x_amz_checksum_crc32=CRC))
    stored = remote.put("a b", b"data", {"Content-Type": "text/plain", "x-amz-meta-a": "é"}, if_none_match=True)
    assert (stored.etag, stored.version_id, stored.checksums) == ("e", "v", {"crc32": CRC})
    sent = scripted.requests[0].headers
    assert scripted.targets() == ["PUT /b/a%20b"]
    assert sent["x-amz-checksum-crc32"] == CRC
    assert sent["x-amz-content-sha256"] == hashlib.sha256(b"data").hexdigest()
    assert (sent["content-type"], sent["if-none-match"], sent["content-length"]) == ("text/plain", "*", "4")
    signed = re.search("SignedHeaders=([^,]*)", sent["authorization"])[1].split(";")
    assert {name for name in sent if name.startswith("x-amz-")} | {"host", "content-type"} <= set(signed)


def test_put_takes_digests_that_are_known(scripted, make, tmp_path):
    (tmp_path / "f").write_bytes(b"data")
    scripted.play(answer(etag='"e"'))
    digest = hashlib.sha256(b"data").hexdigest()
    with (tmp_path / "f").open("rb") as file:
        make().put("a", FileSlice(file.fileno(), 0, 4), {}, sha256=digest, crc32=CRC, if_match="old")
    sent = scripted.requests[0].headers
    assert (sent["x-amz-content-sha256"], sent["x-amz-checksum-crc32"]) == (digest, CRC)
    assert sent["if-match"] == '"old"'


def test_an_empty_object(scripted, remote):
    scripted.play(answer(etag='"d41d8"'))
    remote.put("a", b"", {})
    assert scripted.requests[0].headers["content-length"] == "0"
    assert scripted.requests[0].headers["x-amz-content-sha256"] == hashlib.sha256(b"").hexdigest()


@pytest.mark.parametrize("act", [lambda b: b.put("", b"", {}), lambda b: b.delete(["a", ""]), lambda b: b.head("")])
def test_an_empty_key_never_reaches_the_bucket_itself(scripted, remote, act):
    with pytest.raises(StowageError, match="empty"):
        act(remote)
    assert scripted.requests == []


def test_a_head_without_kms_permission_goes_without_checksums(scripted, make):
    bucket = make({"aws": True})
    scripted.play(answer(403), Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"))
    assert bucket.head("a").size == 5
    assert ["x-amz-checksum-mode" in request.headers for request in scripted.requests] == [True, False]


def test_copy_names_its_source(scripted, make):
    bucket = make()
    scripted.play(*[answer(body="<CopyObjectResult><ETag>&quot;e&quot;</ETag></CopyObjectResult>")] * 2)
    bucket.copy("t", make(name="s"), "a b/é+?", {}, source_if_match="x", if_match="y", if_none_match=False)
    sent = scripted.requests[0].headers
    assert sent["x-amz-copy-source"] == "s/a%20b/%C3%A9%2B%3F"
    assert (sent["x-amz-copy-source-if-match"], sent["if-match"]) == ('"x"', '"y"')
    bucket.copy("t", make(name="arn:aws:s3:us-west-2:1:accesspoint/p"), "k", {})
    assert scripted.requests[1].headers["x-amz-copy-source"] == (
        "arn%3Aaws%3As3%3Aus-west-2%3A1%3Aaccesspoint/p/object/k"
    )


def test_a_copy_whose_answer_was_lost_is_recognised(scripted, remote):
    head = Answer(b'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nETag: "src"\r\n\r\n')
    scripted.play(DROP, error(412, "PreconditionFailed"), head)
    assert remote.copy("t", remote, "s", {}, source_if_match="src", if_none_match=True).etag == "src"
    scripted.play(DROP, error(412, "PreconditionFailed"), head)
    with pytest.raises(Conflict):
        remote.copy("t", remote, "s", {}, source_if_match="other", if_none_match=True)


# Deletion


def deleted(*failures):
    rows = "".join(
        f"<Error><Key>{key}</Key><Code>{code}</Code><Message>{code}!</Message></Error>" for key, code in failures
    )
    return answer(body=f"<DeleteResult>{rows}</DeleteResult>")


def keys_in(request):
    return re.findall("<Key>(.*?)</Key>", request.body.decode())


def test_deletions_go_by_the_thousand(scripted, remote):
    scripted.play(deleted(), deleted(), deleted(("k2000", "AccessDenied")))
    assert remote.delete([f"k{i}" for i in range(2001)]) == [NotDeleted("k2000", "AccessDenied", "AccessDenied!")]
    assert [len(keys_in(request)) for request in scripted.requests] == [1000, 1000, 1]
    first = scripted.requests[0]
    assert first.target == "/b?delete="
    assert first.headers["content-md5"] == base64.b64encode(hashlib.md5(first.body).digest()).decode()


def test_passing_errors_of_single_keys_are_retried_but_not_for_ever(scripted, remote, naps):
    scripted.play(
        deleted(("a", "InternalError"), ("b", "AccessDenied")),
        deleted(("a", "SlowDown")),
        deleted(("a", "InternalError")),
    )
    failed = remote.delete(["a", "b", "c"])
    assert [(one.key, one.code) for one in failed] == [("b", "AccessDenied"), ("a", "InternalError")]
    assert [keys_in(request) for request in scripted.requests] == [["a", "b", "c"], ["a"], ["a"]]
    assert len(naps) == 2


def test_keys_that_xml_cannot_carry_are_deleted_singly(scripted, remote):
    scripted.play(answer(204), error(403, "AccessDenied"), answer(404), deleted())
    failed = remote.delete(["a\x01", "b\x02", "c\x03", "plain", "\udce9"])
    assert [(one.key, one.code) for one in failed] == [("b\x02", "AccessDenied"), ("\udce9", "InvalidKey")]
    assert scripted.targets() == ["DELETE /b/a%01", "DELETE /b/b%02", "DELETE /b/c%03", "POST /b?delete="]


def test_deletions_may_depend_on_etags(scripted, remote):
    scripted.play(answer(204), deleted(("b", "PreconditionFailed")), deleted())
    failed = remote.delete(["a", "b", "c\x01"], {"b": "1-2", "c\x01": "3"})
    assert failed == [NotDeleted("b", "PreconditionFailed", "PreconditionFailed!")]
    single, several = scripted.requests
    assert single.headers["if-match"] == '"3"'
    assert several.body.decode().partition("</Quiet>")[2] == (
        '<Object><Key>a</Key></Object><Object><Key>b</Key><ETag>"1-2"</ETag></Object></Delete>'
    )
    remote.delete(["a"])
    assert b"ETag" not in scripted.requests[-1].body


def test_a_deletion_that_was_not_answered_is_no_success(scripted, make):
    bucket = make({"attempts": 1})
    scripted.play(answer(body=""))
    with pytest.raises(S3Error, match="MalformedAnswer"):
        bucket.delete(["a"])


def test_delete_markers_are_told_to_those_who_ask(scripted, remote):
    rows = (
        "<Deleted><Key>a</Key><DeleteMarker>true</DeleteMarker><DeleteMarkerVersionId>v1</DeleteMarkerVersionId>"
        "</Deleted><Deleted><Key>b</Key></Deleted><Error><Key>c</Key></Error>"
    )
    marker = {"x-amz-delete-marker": "true", "x-amz-version-id": "v2"}
    scripted.play(
        answer(body=f"<DeleteResult>{rows}</DeleteResult>"),
        answer(204, headers=marker),
        answer(204, headers={"x-amz-version-id": "v3"}),
    )
    markers: dict[str, str] = {}
    assert remote.delete(["a", "b", "c"], markers=markers) == [NotDeleted("c", "", "")]
    assert b"<Quiet>false</Quiet>" in scripted.requests[0].body
    assert markers == {"a": "v1"}
    # Singly: a version that was deleted is no marker.
    assert remote.delete(["d\x01", "e\x01"], markers=markers) == [] and markers == {"a": "v1", "d\x01": "v2"}


def test_a_key_that_an_answer_passes_over_is_not_taken_for_deleted(scripted, remote):
    rows = "<Deleted><Key>a</Key></Deleted><Error><Key>b</Key><Code>AccessDenied</Code></Error>"
    scripted.play(answer(body=f"<DeleteResult>{rows}</DeleteResult>"), deleted())
    failed = remote.delete(["a", "b", "c"], markers={})
    assert {one.key: one.code for one in failed} == {"b": "AccessDenied", "c": "Unanswered"}
    # Unless it was asked to name failures alone.
    assert remote.delete(["a", "b", "c"]) == []
    assert b"<Quiet>true</Quiet>" in scripted.requests[1].body


def test_nothing_to_delete_sends_nothing(scripted, remote):
    assert remote.delete([]) == []


# Multipart


def test_the_size_of_a_part_is_the_parts(scripted, remote):
    part = b'HTTP/1.1 206 Partial\r\nContent-Length: 5\r\nContent-Range: bytes 0-4/9\r\nETag: "e-2"\r\n\r\n'
    scripted.play(Answer(part))
    assert (remote.head("k", part=1).size, scripted.targets()) == (5, ["HEAD /b/k?partNumber=1"])


UPLOAD = answer(body="<InitiateMultipartUploadResult><UploadId>u/1+</UploadId></InitiateMultipartUploadResult>")
COMPLETED = answer(
    body="  \n<CompleteMultipartUploadResult><ETag>&quot;e-2&quot;</ETag></CompleteMultipartUploadResult>",
    x_amz_version_id="v",
)


def test_multipart_with_checksums_on_aws(scripted, make, tmp_path):
    bucket = make({"aws": True})
    (tmp_path / "f").write_bytes(b"datadata2")
    scripted.play(UPLOAD, answer(etag='"p1"'), answer(etag='"p2"'), COMPLETED)
    upload, checksum = bucket.create_upload("k", {"content-type": "a/b"})
    one = bucket.upload_part("k", upload, 1, b"data")
    with (tmp_path / "f").open("rb") as file:
        two = bucket.upload_part("k", upload, 2, FileSlice(file.fileno(), 4, 5))
    stored = bucket.complete_upload("k", upload, [two, one], size=9, checksum=checksum, if_none_match=True)
    assert (one, two[:3]) == (Part(1, "p1", 4, CRC), (2, "p2", 5))
    assert (stored.etag, stored.version_id) == ("e-2", "v")
    create, first, _second, complete = scripted.requests
    assert create.headers["x-amz-checksum-algorithm"] == "CRC32"
    assert create.headers["x-amz-checksum-type"] == "FULL_OBJECT"
    assert create.headers["content-type"] == "a/b"
    assert query(first) == {"partNumber": "1", "uploadId": "u/1+"}
    assert first.headers["x-amz-checksum-crc32"] == CRC
    whole = base64.b64encode(zlib.crc32(b"datadata2").to_bytes(4, "big")).decode()
    assert complete.headers["x-amz-checksum-crc32"] == whole
    assert complete.headers["x-amz-mp-object-size"] == "9"
    assert complete.headers["if-none-match"] == "*"
    assert re.findall(r"<PartNumber>(\d)</PartNumber>", complete.body.decode()) == ["1", "2"]


def begun(**headers):
    return answer(
        body="<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>", **headers
    )


@pytest.mark.parametrize(
    ("told", "kind", "whole", "each"),
    [
        ({}, "", False, False),
        ({"x_amz_checksum_algorithm": "CRC32"}, "COMPOSITE", False, True),
        ({"x_amz_checksum_algorithm": "CRC32", "x_amz_checksum_type": "COMPOSITE"}, "COMPOSITE", False, True),
        ({"x_amz_checksum_algorithm": "CRC32", "x_amz_checksum_type": "FULL_OBJECT"}, "FULL_OBJECT", True, True),
        ({"x_amz_checksum_algorithm": "SHA256", "x_amz_checksum_type": "COMPOSITE"}, "", False, False),
    ],
)
def test_other_servers_are_asked_for_checksums_and_get_those_they_know(scripted, remote, told, kind, whole, each):
    scripted.play(begun(**told), COMPLETED)
    upload = remote.create_upload("k", {})
    assert upload == Upload("u", kind)
    remote.complete_upload("k", upload.id, [Part(1, "p1", 4, CRC)], size=4, checksum=upload.checksum)
    create, complete = scripted.requests
    assert create.headers["x-amz-checksum-type"] == "FULL_OBJECT"
    assert ("x-amz-checksum-crc32" in complete.headers) is whole and (b"ChecksumCRC32" in complete.body) is each
    assert "x-amz-mp-object-size" not in complete.headers


@pytest.mark.parametrize("status", [400, 501])
def test_a_server_that_refuses_checksums_is_asked_once(scripted, remote, status):
    scripted.play(error(status, "InvalidArgument"), begun(), begun())
    for _upload in range(2):
        assert remote.create_upload("k", {"content-type": "a/b"}) == Upload("u", "")
    assert [("x-amz-checksum-type" in request.headers) for request in scripted.requests] == [True, False, False]
    assert all(request.headers["content-type"] == "a/b" for request in scripted.requests)


def test_a_refusal_on_aws_is_one(scripted, make):
    scripted.play(error(400, "InvalidArgument"))
    with pytest.raises(S3Error):
        make({"aws": True}).create_upload("k", {})


def test_copies_by_parts_ask_none_but_aws_for_checksums(scripted, make, remote):
    scripted.play(begun(), begun())
    remote.create_upload("k", {}, copied=True)
    make({"aws": True}).create_upload("k", {}, copied=True)
    assert [("x-amz-checksum-type" in request.headers) for request in scripted.requests] == [False, True]


@pytest.mark.parametrize(
    ("algorithm", "kind"),
    [("SHA256", "COMPOSITE"), ("SHA1", "COMPOSITE"), ("CRC64NVME", "FULL_OBJECT"), ("CRC32C", "FULL_OBJECT")],
)
def test_a_copy_by_parts_keeps_the_algorithm_of_a_checksum(scripted, make, algorithm, kind):
    bucket = make({"aws": True})
    part = f"<CopyPartResult><ETag>&quot;p&quot;</ETag><Checksum{algorithm}>sum=</Checksum{algorithm}></CopyPartResult>"
    scripted.play(begun(), answer(body=part), COMPLETED)
    upload = bucket.create_upload("k", {}, copied=True, algorithm=algorithm)
    assert upload.checksum == kind
    copied = bucket.copy_part("k", upload.id, 1, bucket, "k", 0, 7)
    bucket.complete_upload("k", upload.id, [copied], size=7, checksum=upload.checksum)
    create, _copy, complete = scripted.requests
    told = {name: value for name, value in create.headers.items() if name.startswith("x-amz-checksum")}
    assert told == {"x-amz-checksum-algorithm": algorithm, "x-amz-checksum-type": kind}
    assert f"<Checksum{algorithm}>sum=</Checksum{algorithm}>".encode() in complete.body
    assert not [name for name in complete.headers if name.startswith("x-amz-checksum")]


@pytest.mark.parametrize("parts", [[], [Part(1, "a", 3)], [Part(i, "a", 0) for i in range(10_001)]])
def test_parts_that_do_not_add_up_are_never_completed(scripted, remote, parts):
    with pytest.raises(StowageError, match="parts"):
        remote.complete_upload("k", "u", parts, size=4)


def composite(*digests):
    return hashlib.md5(b"".join(bytes.fromhex(digest) for digest in digests)).hexdigest() + f"-{len(digests)}"


def test_a_completion_whose_answer_was_lost_is_recognised(scripted, remote):
    digest = hashlib.md5(b"data").hexdigest()
    head = f'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nETag: "{composite(digest)}"\r\n\r\n'.encode()
    scripted.play(DROP, error(404, "NoSuchUpload"), Answer(head))
    assert remote.complete_upload("k", "u", [Part(1, digest, 4)], size=4).etag == composite(digest)


@pytest.mark.parametrize("there", [True, False, None])
def test_an_object_of_the_same_parts_is_another_s_while_the_upload_is_there(scripted, remote, there):
    digest = hashlib.md5(b"data").hexdigest()
    head = f'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nETag: "{composite(digest)}"\r\n\r\n'.encode()
    scripted.play(DROP, error(412, "PreconditionFailed"))
    if there is False:
        scripted.play(error(404, "NoSuchUpload"), Answer(head))
        assert remote.complete_upload("k", "u", [Part(1, digest, 4)], size=4, if_none_match=True).etag
        return
    # Who may not ask cannot tell.
    scripted.play(answer(body="<ListPartsResult></ListPartsResult>") if there else error(403, "AccessDenied"))
    with pytest.raises(Conflict):
        remote.complete_upload("k", "u", [Part(1, digest, 4)], size=4, if_none_match=True)
    assert query(scripted.requests[-1]) == {"uploadId": "u", "max-parts": "1"}


def test_parts_that_are_made_of_pieces_make_an_etag_all_the_same(scripted, remote):
    first, last = (hashlib.md5(text).hexdigest() for text in (b"two pieces", b"one"))
    head = f'HTTP/1.1 200 OK\r\nContent-Length: 8\r\nETag: "{composite(first, last)}"\r\n\r\n'.encode()
    scripted.play(DROP, error(404, "NoSuchUpload"), Answer(head))
    stored = remote.complete_upload("k", "u", [Part(1, f"{first}-2", 5), Part(2, last, 3)], size=8)
    assert stored.etag == composite(first, last)


def test_an_upload_that_is_gone_without_an_object_is_an_error(scripted, remote):
    digest = hashlib.md5(b"data").hexdigest()
    scripted.play(DROP, error(404, "NoSuchUpload"), answer(404))
    with pytest.raises(NotFound, match="start it again"):
        remote.complete_upload("k", "u", [Part(1, digest, 4)], size=4)
    other = b'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nETag: "x-1"\r\n\r\n'
    scripted.play(DROP, error(404, "NoSuchUpload"), Answer(other))
    with pytest.raises(NotFound):
        remote.complete_upload("k", "u", [Part(1, digest, 4)], size=4)


def test_a_part_copied_from_a_range(scripted, make):
    scripted.play(answer(body="<CopyPartResult><ETag>&quot;p&quot;</ETag></CopyPartResult>"))
    part = make().copy_part("k", "u", 2, make(name="s"), "x", 5 * MIB, 7, source_if_match="e")
    assert part == Part(2, "p", 7)
    sent = scripted.requests[0].headers
    assert sent["x-amz-copy-source-range"] == f"bytes={5 * MIB}-{5 * MIB + 6}"
    assert (sent["x-amz-copy-source"], sent["x-amz-copy-source-if-match"]) == ("s/x", '"e"')


def test_parts_over_several_pages(scripted, remote):
    def page(number, more):
        row = f"<Part><PartNumber>{number}</PartNumber><ETag>&quot;p{number}&quot;</ETag><Size>5</Size></Part>"
        return answer(body=f"<ListPartsResult>{more}{row}</ListPartsResult>")

    on = "<IsTruncated>true</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker>"
    scripted.play(page(1, on), page(2, ""))
    assert remote.parts("k", "u") == [Part(1, "p1", 5), Part(2, "p2", 5)]
    scripted.play(page(1, on), page(1, on))
    with pytest.raises(S3Error, match="ListParts"):
        remote.parts("k", "u")


def test_uploads_over_several_pages(scripted, remote):
    def page(key, more=""):
        row = f"<Upload><Key>{key}</Key><UploadId>u</UploadId><Initiated>1970-01-01T00:00:09.000Z</Initiated></Upload>"
        kind = "<EncodingType>url</EncodingType>"
        return answer(body=f"<ListMultipartUploadsResult>{kind}{more}{row}</ListMultipartUploadsResult>")

    on = "<IsTruncated>true</IsTruncated><NextKeyMarker>p%2Fa</NextKeyMarker><NextUploadIdMarker>u</NextUploadIdMarker>"
    scripted.play(page("p%2Fa", on), page("other"))
    assert list(remote.uploads("p/")) == [("p/a", "u", 9.0, "STANDARD")]
    assert query(scripted.requests[1])["key-marker"] == "p/a"
    scripted.play(page("p%2Fa", on), page("p%2Fa", on))
    with pytest.raises(S3Error, match="ListMultipartUploads"):
        list(remote.uploads("p/"))


def test_aborting_what_is_gone_is_fine_but_not_in_a_bucket_that_is_gone(scripted, remote):
    scripted.play(answer(204), error(404, "NoSuchUpload"), error(404, "NoSuchBucket"))
    remote.abort_upload("k", "u")
    remote.abort_upload("k", "u")
    with pytest.raises(NotFound):
        remote.abort_upload("k", "u")


# Tags and archives


def test_tags_there_and_back(scripted, remote):
    scripted.play(answer(200), lambda request: answer(body=scripted.requests[0].body))
    tags = {"a b": "<&>", "é": ""}
    remote.put_tags("k", tags)
    assert remote.tags("k") == tags


def test_restore(scripted, remote):
    scripted.play(answer(202), error(409, "RestoreAlreadyInProgress"), error(403, "InvalidObjectState"), answer(202))
    remote.restore("k", days=3, tier="Bulk")
    assert b"<Days>3</Days>" in scripted.requests[0].body
    assert b"<Tier>Bulk</Tier>" in scripted.requests[0].body
    remote.restore("k", days=3)
    with pytest.raises(S3Error):
        remote.restore("k", days=3)
    remote.restore("k", days=0)
    assert b"Days" not in scripted.requests[3].body


# Who may, and what may not


def test_an_acl(scripted, remote):
    owner = "<Owner><ID>me</ID><DisplayName>x</DisplayName></Owner>"
    rows = (
        "<Grant><Grantee><ID>me</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant>"
        "<Grant><Grantee><URI>http://all</URI></Grantee><Permission>READ</Permission></Grant>"
        "<Grant><Grantee><EmailAddress>a@b</EmailAddress></Grantee><Permission>READ_ACP</Permission></Grant>"
    )
    whole = f"<AccessControlPolicy>{owner}<AccessControlList>{rows}</AccessControlList></AccessControlPolicy>"
    scripted.play(answer(body=whole), answer(body=whole))
    expected = Acl(
        "me",
        (
            Grant("FULL_CONTROL", "id", "me"),
            Grant("READ", "uri", "http://all"),
            Grant("READ_ACP", "emailAddress", "a@b"),
        ),
    )
    assert finish(remote.acl_async("k")) == remote.bucket_acl() == expected
    assert scripted.targets() == ["GET /b/k?acl=", "GET /b?acl="]


def test_a_grant_to_nobody_is_no_acl(scripted, make):
    lost = "<AccessControlPolicy><Grant><Permission>READ</Permission></Grant></AccessControlPolicy>"
    scripted.play(answer(body=lost))
    with pytest.raises(S3Error, match="whom"):
        make({"attempts": 1}).bucket_acl()


RETENTION = "<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2099-01-01T00:00:00Z</RetainUntilDate></Retention>"


@pytest.mark.parametrize(
    ("retention", "hold", "expected"),
    [
        (answer(body=RETENTION), answer(body="<LegalHold><Status>ON</Status></LegalHold>"), ("GOVERNANCE", True)),
        (error(404, "NoSuchObjectLockConfiguration"), error(404, "NoSuchObjectLockConfiguration"), ("", False)),
        (answer(body=RETENTION), answer(body="<LegalHold><Status>OFF</Status></LegalHold>"), ("GOVERNANCE", False)),
    ],
)
def test_a_lock(scripted, remote, retention, hold, expected):
    scripted.play(retention, hold)
    lock = finish(remote.lock_async("k"))
    assert (lock.mode, lock.hold) == expected and lock.until == ("2099-01-01T00:00:00Z" if expected[0] else "")
    assert scripted.targets() == ["GET /b/k?retention=", "GET /b/k?legal-hold="]


@pytest.mark.parametrize("number", [0, 1])
def test_a_lock_that_may_not_be_read_is_not_none(scripted, remote, number):
    scripted.play(*[answer(body=RETENTION)] * number, error(403, "AccessDenied"))
    with pytest.raises(Denied):
        finish(remote.lock_async("k"))


def test_configurations(scripted, remote):
    enabled = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
    scripted.play(answer(body=enabled), error(404, "OwnershipControlsNotFoundError"), error(404, "NoSuchBucket"))
    assert remote.configuration("VersioningConfiguration") == {"Status": "Enabled", "VersioningConfiguration": ""}
    assert remote.configuration("OwnershipControls") == {}
    with pytest.raises(NotFound):
        remote.configuration("ObjectLockConfiguration")
    assert scripted.targets() == ["GET /b?versioning=", "GET /b?ownershipControls=", "GET /b?object-lock="]


def test_a_server_that_lists_instead_has_no_configurations_and_no_acls(scripted, remote, make):
    lists = answer(body="<ListBucketResult><Status>Enabled</Status></ListBucketResult>")
    scripted.play(lists, lists)
    assert remote.configuration("VersioningConfiguration") == {}
    assert remote.bucket_acl() == Acl("", ())
    scripted.play(lists)
    with pytest.raises(S3Error, match="VersioningConfiguration was expected"):
        make({"aws": True, "attempts": 1}).configuration("VersioningConfiguration")


def test_one_version_is_deleted_by_its_id_and_never_without_one(scripted, remote):
    scripted.play(answer(204), error(404, "NoSuchVersion"))
    for _time in range(2):
        finish(remote.delete_version_async("k/é", "v 1+"))
    assert scripted.targets() == ["DELETE /b/k/%C3%A9?versionId=v%201%2B"] * 2
    with pytest.raises(StowageError, match="No version"):
        finish(remote.delete_version_async("k", ""))
    assert len(scripted.requests) == 2


# What must not be done twice

COPIED = answer(body="<CopyObjectResult><ETag>&quot;e&quot;</ETag></CopyObjectResult>")
CLASS = {"x-amz-storage-class": "GLACIER_IR"}


def copied_once(bucket, made):
    """A copy of an object onto itself; `made` answers whether it was made, each time that is asked."""
    asked = []

    async def unseen():
        asked.append(True)
        return Stored("seen", "v2", {}) if made else None

    stored = finish(bucket.copy_async("k", bucket, "k", CLASS, source_if_match="e", if_match="e", unseen=unseen))
    return stored.etag, len(asked)


@pytest.mark.parametrize(
    "lost", [DROP, error(500, "InternalError"), answer(body="<html>"), error(200, "InternalError")]
)
def test_a_copy_that_may_have_been_made_is_looked_for_before_it_is_made_again(scripted, remote, lost):
    scripted.play(lost)
    assert copied_once(remote, True) == ("seen", 1) and len(scripted.requests) == 1
    scripted.play(lost, COPIED)
    assert copied_once(remote, False) == ("e", 1)


def test_one_that_was_refused_for_being_too_much_was_not_made(scripted, remote):
    scripted.play(error(503, "SlowDown"), COPIED)
    assert copied_once(remote, True) == ("e", 0)


@pytest.mark.parametrize("made", [True, False])
def test_a_conflict_after_another_attempt_proves_nothing_of_a_copy_onto_itself(scripted, remote, made):
    """The ETag stays the same, whether it was copied or not."""
    scripted.play(error(503, "SlowDown"), error(412, "PreconditionFailed"))
    if made:
        assert copied_once(remote, True) == ("seen", 1)
    else:
        with pytest.raises(Conflict):
            copied_once(remote, False)
