# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The table of what the servers of the tests can do is true: each entry is tried, on each server.

Where a server is said to lack something the attempt has to fail, so that an entry that is no longer true shows.
"""

from __future__ import annotations

import datetime
import hashlib
import pathlib
import subprocess
import sys
import uuid
from collections.abc import Callable
from typing import Any

import botocore.exceptions
import pytest
from capabilities import CAPABILITIES, PAGE, SERVERS, lacking, page
from matrix import needs, place
from server import Server
from world import with_names_of_s3

MIB = 1 << 20
NOBODYS = '"' + "0" * 32 + '"'


class Bucket:
    """An empty bucket, and short words for what is asked of it."""

    def __init__(self, server: Server) -> None:
        self.server, self.name = server, f"capabilities-{uuid.uuid4().hex[:8]}"
        self.s3 = server.client(
            "s3", retries={"total_max_attempts": 1}, response_checksum_validation="when_required", read_timeout=30
        )
        self.s3.create_bucket(Bucket=self.name)

    def at(self, key: str) -> dict[str, str]:
        return {"Bucket": self.name, "Key": key}

    def put(self, key: str, body: bytes = b"x", **extra: Any) -> Any:
        return self.s3.put_object(**self.at(key), Body=body, **extra)

    def copy(self, source: str, target: str, **extra: Any) -> Any:
        return self.s3.copy_object(**self.at(target), CopySource=self.at(source), **extra)

    def head(self, key: str, **extra: Any) -> dict[str, Any]:
        return with_names_of_s3(self.s3.head_object(**self.at(key), **extra))

    def read(self, key: str) -> bytes:
        body: bytes = self.s3.get_object(**self.at(key))["Body"].read()
        return body

    def listed(self) -> dict[str, Any]:
        return {one["Key"]: one for one in self.s3.list_objects_v2(Bucket=self.name).get("Contents", [])}

    def keeps(self, *keys: str) -> bool:
        """Whether these keys can be stored, all of them, and are listed as they were written."""
        for key in keys:
            self.put(key, b"" if key.endswith("/") else b"x")
        return sorted(self.listed()) == sorted(keys)

    def put_by_parts(self, key: str, **extra: Any) -> str:
        """Store an object of two parts; the ETag that CompleteMultipartUpload tells."""
        upload = self.s3.create_multipart_upload(**self.at(key), **extra)["UploadId"]
        parts = []
        for number, body in enumerate((b"a" * 5 * MIB, b"b"), 1):
            told = self.s3.upload_part(**self.at(key), UploadId=upload, PartNumber=number, Body=body, **extra)
            fields = {name: told[name] for name in ("ETag", "ChecksumCRC32") if name in told}
            parts.append({"PartNumber": number, **fields})
        done = self.s3.complete_multipart_upload(**self.at(key), UploadId=upload, MultipartUpload={"Parts": parts})
        etag: str = done["ETag"]
        return etag


def refused(call: Callable[[], object], *codes: str) -> bool:
    """Whether S3 says no, with one of these codes."""
    try:
        call()
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"] in codes
    return False


FAILED = ("PreconditionFailed", "412")


def conditional_uploads(b: Bucket) -> bool:
    b.put("a")
    return refused(lambda: b.put("a", IfMatch=NOBODYS), *FAILED) and refused(
        lambda: b.put("a", IfNoneMatch="*"), *FAILED
    )


def conditional_copies(b: Bucket) -> bool:
    b.put("a")
    b.put("b")
    return refused(lambda: b.copy("a", "b", IfMatch=NOBODYS), *FAILED) and refused(
        lambda: b.copy("a", "b", CopySourceIfMatch=NOBODYS), *FAILED
    )


def conditional_deletions(b: Bucket) -> bool:
    b.put("a")
    b.s3.delete_objects(Bucket=b.name, Delete={"Objects": [{"Key": "a", "ETag": NOBODYS}]})
    return "a" in b.listed() and refused(lambda: b.s3.delete_object(**b.at("a"), IfMatch=NOBODYS), *FAILED)


def conditional_downloads(b: Bucket) -> bool:
    b.put("a")
    return refused(lambda: b.s3.get_object(**b.at("a"), IfMatch=NOBODYS), *FAILED)


def copies_by_parts(b: Bucket) -> bool:
    b.put("a", b"whole")
    upload = b.s3.create_multipart_upload(**b.at("b"))["UploadId"]
    named = {**b.at("b"), "UploadId": upload}
    part = b.s3.upload_part_copy(**named, PartNumber=1, CopySource=b.at("a"), CopySourceRange="bytes=1-3")
    parts = [{"PartNumber": 1, "ETag": part["CopyPartResult"]["ETag"]}]
    b.s3.complete_multipart_upload(**named, MultipartUpload={"Parts": parts})
    return b.read("b") == b"hol"


def etags_of_parts(b: Bucket) -> bool:
    told = b.put_by_parts("a")
    sums = b"".join(hashlib.md5(part).digest() for part in (b"a" * 5 * MIB, b"b"))
    return told == b.head("a")["ETag"] == b.listed()["a"]["ETag"] == f'"{hashlib.md5(sums).hexdigest()}-2"'


def tags(b: Bucket) -> bool:
    b.put("a", Tagging="team=web")
    return bool(b.s3.get_object_tagging(**b.at("a"))["TagSet"] == [{"Key": "team", "Value": "web"}])


def listed_storage_classes(b: Bucket) -> bool:
    b.put("a", StorageClass="STANDARD_IA")
    return bool(b.listed()["a"]["StorageClass"] == "STANDARD_IA")


def null_versions(b: Bucket) -> bool:
    b.put("a")
    b.s3.put_bucket_versioning(Bucket=b.name, VersioningConfiguration={"Status": "Enabled"})
    return b.head("a").get("VersionId") == "null"


def object_locks(b: Bucket) -> bool:
    name = f"{b.name}-locks"
    b.s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    place = {"Bucket": name, "Key": "a"}
    lock = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": until}
    b.s3.put_object(**place, **lock, ChecksumAlgorithm="CRC32")
    return bool(b.s3.get_object_retention(**place)["Retention"]["Mode"] == "GOVERNANCE")


def acls_of_copies(b: Bucket) -> bool:
    ownership = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    b.s3.put_bucket_ownership_controls(Bucket=b.name, OwnershipControls=ownership)
    b.put("a")
    b.copy("a", "a", MetadataDirective="REPLACE", GrantRead='id="other"')
    found = b.s3.get_object_acl(**b.at("a"))["Grants"]
    return [(one["Permission"], one["Grantee"]["ID"]) for one in found] == [("READ", "other")]


def redirects(b: Bucket) -> bool:
    b.put("a", WebsiteRedirectLocation="/b")
    return b.head("a").get("WebsiteRedirectLocation") == "/b"


def versions(b: Bucket) -> bool:
    b.s3.put_bucket_versioning(Bucket=b.name, VersioningConfiguration={"Status": "Enabled"})
    first = b.put("a", b"1")["VersionId"]
    b.put("a", b"2")
    return bool(b.s3.get_object(**b.at("a"), VersionId=first)["Body"].read() == b"1")


def versions_of_copies(b: Bucket) -> bool:
    b.s3.put_bucket_versioning(Bucket=b.name, VersioningConfiguration={"Status": "Enabled"})
    version = b.put("a")["VersionId"]
    return bool(b.copy("a", "b").get("CopySourceVersionId") == version)


def archived_objects(b: Bucket) -> bool:
    b.put("a", StorageClass="GLACIER")
    closed = refused(lambda: b.read("a"), "InvalidObjectState")
    b.s3.restore_object(**b.at("a"), RestoreRequest={"Days": 1})
    return closed and "Restore" in b.head("a")


def storage_class_of_copies(b: Bucket) -> bool:
    b.put("a", StorageClass="STANDARD_IA")
    b.copy("a", "b")
    b.copy("a", "c", StorageClass="ONEZONE_IA")
    return "StorageClass" not in b.head("b") and b.head("c").get("StorageClass") == "ONEZONE_IA"


def keys_as_written(b: Bucket) -> bool:
    return b.keeps("a//b", "./a", "../a", "c/../d")


def backslashes(b: Bucket) -> bool:
    return b.keeps("a\\b", "\\")


def line_breaks(b: Bucket) -> bool:
    return b.keeps("new\nline", "\x07bell")


def objects_below_objects(b: Bucket) -> bool:
    return b.keeps("a", "a/b")


def long_names(b: Bucket) -> bool:
    return b.keeps("n" * 256, "x/" + "é" * 128)


def directory_markers(b: Bucket) -> bool:
    return b.keeps("a/")


def markers_beside_objects(b: Bucket) -> bool:
    return b.keeps("a", "a/")


def encryption(b: Bucket) -> bool:
    return bool(b.put("a", ServerSideEncryption="AES256").get("ServerSideEncryption") == "AES256")


def signatures(b: Bucket) -> bool:
    stranger = Server(b.server.endpoint, b.server.access_key, "wrong", b.server.region, b.server.pid).client("s3")
    return refused(lambda: stranger.list_objects_v2(Bucket=b.name), "SignatureDoesNotMatch")


def digests(b: Bucket) -> bool:
    wrong = {"ContentMD5": "1B2M2Y8AsgTpgAmY7PhCfg==", "ChecksumSHA256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}
    codes = ("BadDigest", "XAmzContentChecksumMismatch")
    return all(refused(lambda name=name: b.put("a", **{name: wrong[name]}), *codes) for name in wrong)  # type: ignore[misc]


def etags_of_copies(b: Bucket) -> bool:
    etag = b.put("a")["ETag"]
    answers = [b.copy("a", "b"), b.copy("a", "a", MetadataDirective="REPLACE", Metadata={"a": "1"})]
    # SeaweedFS leaves out the quotes.
    return all(answer["CopyObjectResult"]["ETag"].strip('"') == etag.strip('"') for answer in answers)


def replaced_parts(b: Bucket) -> bool:
    upload = {**b.at("a"), "UploadId": b.s3.create_multipart_upload(**b.at("a"))["UploadId"]}
    etags = [b.s3.upload_part(**upload, PartNumber=1, Body=body)["ETag"] for body in (b"first", b"other")]
    b.s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etags[1]}]})
    return b.read("a") == b"other"


def vanished_uploads(b: Bucket) -> bool:
    upload = {**b.at("a"), "UploadId": b.s3.create_multipart_upload(**b.at("a"))["UploadId"]}
    b.s3.abort_multipart_upload(**upload)
    return refused(lambda: b.s3.upload_part(**upload, PartNumber=1, Body=b"a"), "NoSuchUpload")


def heads_of_parts(b: Bucket) -> bool:
    etag = b.put_by_parts("a")
    head = b.head("a", PartNumber=1)
    return (head["ETag"], head.get("PartsCount"), head["ContentLength"]) == (etag, 2, 5 * MIB)


def types_of_checksums(b: Bucket) -> bool:
    b.put_by_parts("a", ChecksumAlgorithm="CRC32")
    head = b.head("a", ChecksumMode="ENABLED")
    return "ChecksumCRC32" in head and head.get("ChecksumType") == "COMPOSITE"


def times_of_writing(b: Bucket) -> bool:
    b.put("a", Metadata={"mtime": "1600000000"})
    return bool(b.listed()["a"]["LastModified"] == b.head("a")["LastModified"])


def metadata_as_sent(b: Bucket) -> bool:
    b.put("a", Metadata={"one": "1"})
    b.copy("a", "b")
    b.copy("a", "c", MetadataDirective="REPLACE", Metadata={"two": "2"})
    return (b.head("b")["Metadata"], b.head("c")["Metadata"]) == ({"one": "1"}, {"two": "2"})


PROBES: dict[str, Callable[[Bucket], bool]] = {
    "conditional uploads": conditional_uploads,
    "conditional copies": conditional_copies,
    "conditional deletions": conditional_deletions,
    "conditional downloads": conditional_downloads,
    "copies by parts": copies_by_parts,
    "ETags of parts": etags_of_parts,
    "tags": tags,
    "redirects": redirects,
    "listed storage classes": listed_storage_classes,
    "null versions": null_versions,
    "object locks": object_locks,
    "ACLs of copies": acls_of_copies,
    "versions": versions,
    "versions of copies": versions_of_copies,
    "archived objects": archived_objects,
    "storage class of copies": storage_class_of_copies,
    "keys as written": keys_as_written,
    "backslashes": backslashes,
    "line breaks": line_breaks,
    "objects below objects": objects_below_objects,
    "long names": long_names,
    "directory markers": directory_markers,
    "markers beside objects": markers_beside_objects,
    "encryption": encryption,
    "signatures": signatures,
    "digests": digests,
    "ETags of copies": etags_of_copies,
    "replaced parts": replaced_parts,
    "vanished uploads": vanished_uploads,
    "heads of parts": heads_of_parts,
    "types of checksums": types_of_checksums,
    "times of writing": times_of_writing,
    "metadata as sent": metadata_as_sent,
}


@pytest.mark.parametrize("name", SERVERS)
@pytest.mark.parametrize("capability", CAPABILITIES)
def test_the_table_is_true(servers: Callable[[str], Server], name: str, capability: str) -> None:
    bucket = Bucket(servers(name))
    try:
        found = PROBES[capability](bucket)
    except (botocore.exceptions.ClientError, KeyError):
        found = False  # another refusal than the one that belongs to it, or half an answer
    assert found is not bool(lacking(name, [capability])), "has it" if found else "lacks it"


def test_each_entry_has_its_probe() -> None:
    assert PROBES.keys() == CAPABILITIES.keys()
    assert {name for entry in CAPABILITIES.values() for name in entry.lacking} <= set(SERVERS)
    assert all(entry.lacking for entry in CAPABILITIES.values()), "what all of them have needs no entry"


def test_the_documentation_has_the_table() -> None:
    """`python tests/capabilities.py` writes it."""
    text = PAGE.read_text()
    assert page(text) == text


@pytest.mark.needs("long names", "archived objects")
def test_a_test_runs_on_the_first_server_that_has_what_it_needs(request: pytest.FixtureRequest) -> None:
    assert needs(request.node) == ["archived objects", "long names"]
    assert place(request.node) == "moto"


@pytest.mark.parametrize("workers", ["0", "1"])
def test_what_does_not_run_is_told(workers: str) -> None:
    """Also where workers collect, and another process tells."""
    file = pathlib.Path(__file__).with_name("test_sync_info.py")
    name = "test_an_archived_object_is_compared_without_a_restore"
    command = [sys.executable, "-m", "pytest", "-q", "--server", "rclone", "-n", workers, "-k", name, str(file)]
    done = subprocess.run(command, cwd=file.parents[2], capture_output=True, text=True, check=False)
    assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED, done.stdout
    assert "not run on rclone: 1 tests" in done.stdout
    assert f"for want of archived objects: 1\n    tests/integration/test_sync_info.py::{name}\n" in done.stdout
