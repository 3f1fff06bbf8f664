# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What listings tell of what is stored."""

from __future__ import annotations

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.listing import listed
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.stored import NONCURRENT, UPLOAD, Stored
from ansible_collections.stowage.s3.plugins.module_utils._errors import ConnectionFailed, Denied, NotFound
from scripted import DROP, answer, error

BEGUN = "<UploadId>u</UploadId><Initiated>1970-01-01T00:00:09.000Z</Initiated><StorageClass>GLACIER</StorageClass>"


def moment(second):
    return f"<LastModified>1970-01-01T00:00:{second:02}.000Z</LastModified>"


def version(key, name, second, latest="false", kind="Version"):
    size = "" if kind == "DeleteMarker" else f"<Size>{second}</Size><StorageClass>GLACIER_IR</StorageClass>"
    told = f"<Key>{key}</Key><VersionId>{name}</VersionId><IsLatest>{latest}</IsLatest>"
    return f"<{kind}>{told}{moment(second)}{size}</{kind}>"


def versions(*rows, more=""):
    return answer(body=f"<ListVersionsResult>{more}{''.join(rows)}</ListVersionsResult>")


def uploads(*keys):
    rows = "".join(f"<Upload><Key>{key}</Key>{BEGUN}</Upload>" for key in keys)
    return answer(body=f"<ListMultipartUploadsResult>{rows}</ListMultipartUploadsResult>")


def parts(*sizes):
    rows = "".join(
        f"<Part><PartNumber>{number}</PartNumber><ETag>e</ETag><Size>{size}</Size></Part>"
        for number, size in enumerate(sizes, 1)
    )
    return answer(body=f"<ListPartsResult>{rows}</ListPartsResult>")


EMPTY = answer(body="<ListBucketResult/>")


def test_current_objects(scripted, remote):
    row = f"<Contents><Key>p/a</Key><Size>7</Size>{moment(9)}<StorageClass>GLACIER</StorageClass></Contents>"
    scripted.play(answer(body=f"<ListBucketResult>{row}</ListBucketResult>"))
    assert list(listed(remote, "p/")) == [Stored("p/a", 7, "GLACIER", 9.0)]


def test_versions_tell_since_when_they_are_noncurrent(scripted, remote):
    following = "<NextKeyMarker>a</NextKeyMarker><NextVersionIdMarker>2</NextVersionIdMarker>"
    scripted.play(
        versions(
            version("a", "3", 30, "true", "DeleteMarker"),
            version("a", "2", 20),
            more=f"<IsTruncated>true</IsTruncated>{following}",
        ),
        versions(version("a", "1", 10), version("b", "1", 40, "true"), version("b", "0", 5), version("c", "0", 6)),
    )
    assert list(listed(remote, versions=True)) == [
        Stored("a", 20, "GLACIER_IR", 20.0, NONCURRENT, since=30.0),
        Stored("a", 10, "GLACIER_IR", 10.0, NONCURRENT, since=20.0),
        Stored("b", 40, "GLACIER_IR", 40.0),
        Stored("b", 5, "GLACIER_IR", 5.0, NONCURRENT, since=40.0),
        Stored("c", 6, "GLACIER_IR", 6.0, NONCURRENT),
    ]


def test_unfinished_uploads_have_the_bytes_of_their_parts(scripted, remote):
    gone = error(404, "NoSuchUpload")
    scripted.play(EMPTY, uploads("a", "gone", "b"), parts(5, 6), gone, parts())
    assert list(listed(remote, uploads=True)) == [
        Stored("a", 11, "GLACIER", 9.0, UPLOAD),
        Stored("b", 0, "GLACIER", 9.0, UPLOAD),
    ]


@pytest.mark.parametrize(
    ("script", "asked", "permission"),
    [
        ([], {}, "s3:ListBucket;"),
        ([], {"versions": True}, "s3:ListBucketVersions"),
        ([EMPTY], {"uploads": True}, "s3:ListBucketMultipartUploads"),
        ([EMPTY, uploads("a")], {"uploads": True}, "s3:ListMultipartUploadParts"),
    ],
)
def test_what_is_denied_is_an_error_that_names_the_permission(scripted, remote, script, asked, permission):
    scripted.play(*script, error(403, "AccessDenied"))
    with pytest.raises(Denied, match=permission):
        list(listed(remote, **asked))


def test_a_listing_that_breaks_off_is_an_error(scripted, make):
    bucket = make({"attempts": 1})
    following = "<NextKeyMarker>a</NextKeyMarker><NextVersionIdMarker>2</NextVersionIdMarker>"
    scripted.play(versions(version("a", "2", 20), more=f"<IsTruncated>true</IsTruncated>{following}"), DROP, DROP)
    found = listed(bucket, versions=True)
    next(found)
    with pytest.raises(ConnectionFailed):
        next(found)


def test_a_bucket_that_goes_meanwhile_is_an_error(scripted, remote):
    scripted.play(EMPTY, uploads("a"), error(404, "NoSuchBucket"))
    with pytest.raises(NotFound):
        list(listed(remote, uploads=True))
