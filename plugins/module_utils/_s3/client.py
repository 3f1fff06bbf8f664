# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The objects of a bucket: S3's data plane, and nothing of its configuration."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
import threading
import zlib
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from functools import partial
from operator import le, lt
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from ansible_collections.stowage.s3.plugins.module_utils._errors import (
    Conflict,
    Denied,
    NotFound,
    S3Error,
    StowageError,
)
from ansible_collections.stowage.s3.plugins.module_utils._s3 import answers, documents
from ansible_collections.stowage.s3.plugins.module_utils._s3 import headers as header
from ansible_collections.stowage.s3.plugins.module_utils._s3.exchange import HEAD_BUCKET, Exchange, Operation, Service
from ansible_collections.stowage.s3.plugins.module_utils._s3.md5 import new_md5
from ansible_collections.stowage.s3.plugins.module_utils._s3.multipart import MAX_PARTS, crc32_text, whole_crc32
from ansible_collections.stowage.s3.plugins.module_utils._s3.signing import encode_query
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import (
    Acl,
    Begun,
    FileSlice,
    Head,
    Listed,
    Lock,
    NotDeleted,
    Part,
    Stored,
    Upload,
    Version,
    body_size,
)
from ansible_collections.stowage.s3.plugins.module_utils._s3.waiting import blocking
from ansible_collections.stowage.s3.plugins.module_utils._s3.wire import Answer, Reader

T = TypeVar("T")

LIST = Operation("ListObjectsV2", "list", "GET")
LIST_VERSIONS = Operation("ListObjectVersions", "list", "GET")
HEAD = Operation("HeadObject", "head", "HEAD")
GET = Operation("GetObject", "get", "GET")
PUT = Operation("PutObject", "put", "PUT")
COPY = Operation("CopyObject", "copy", "PUT")
DELETE = Operation("DeleteObject", "delete", "DELETE")
DELETE_MANY = Operation("DeleteObjects", "delete", "POST")
CREATE_UPLOAD = Operation("CreateMultipartUpload", "multipart", "POST")
UPLOAD_PART = Operation("UploadPart", "multipart", "PUT")
COPY_PART = Operation("UploadPartCopy", "multipart", "PUT")
COMPLETE = Operation("CompleteMultipartUpload", "multipart", "POST")
ABORT = Operation("AbortMultipartUpload", "multipart", "DELETE")
LIST_PARTS = Operation("ListParts", "multipart", "GET")
LIST_UPLOADS = Operation("ListMultipartUploads", "multipart", "GET")
GET_TAGS = Operation("GetObjectTagging", "tags", "GET")
PUT_TAGS = Operation("PutObjectTagging", "tags", "PUT")
RESTORE = Operation("RestoreObject", "restore", "POST")
GET_ACL = Operation("GetObjectAcl", "acl", "GET")
GET_BUCKET_ACL = Operation("GetBucketAcl", "acl", "GET")
GET_RETENTION = Operation("GetObjectRetention", "lock", "GET")
GET_HOLD = Operation("GetObjectLegalHold", "lock", "GET")
DELETE_VERSION = Operation("DeleteObjectVersion", "delete", "DELETE")
# What of a bucket's configuration matters to its objects: the name of the document, and how to ask for it.
CONFIGURATIONS = {
    "VersioningConfiguration": ("versioning", Operation("GetBucketVersioning", "bucket", "GET")),
    "OwnershipControls": ("ownershipControls", Operation("GetBucketOwnershipControls", "bucket", "GET")),
    "ObjectLockConfiguration": ("object-lock", Operation("GetBucketObjectLockConfiguration", "bucket", "GET")),
}

DELETE_LIMIT = 1000
_DELETE_ATTEMPTS = 3
_UNANSWERED = "The answer tells neither that it was deleted nor that it was not. Run the sync again"
_PIECES = re.compile(r"(?<=\A[0-9a-f]{32})-[0-9]+\Z")


class Bucket:
    """One bucket. Thread-safe; the connections are shared by all buckets of one service.

    Every method raises S3Error (NotFound, Denied, Conflict), ConnectionFailed, and StowageError for what cannot be
    sent. `ordered`: the listing comes in the order of the keys' UTF-8 bytes; a breach is then an error.
    """

    def __init__(
        self,
        service: Service,
        name: str,
        *,
        expected_owner: str = "",
        requester_pays: bool = False,
        ordered: bool = False,
    ) -> None:
        self.name = name
        self.ordered = ordered
        self.expected_owner = expected_owner
        self.requester_pays = requester_pays
        self._aws = self.aws = service.aws
        self._sums = True  # whether new uploads ask for checksums
        always = {}
        if expected_owner:
            always["x-amz-expected-bucket-owner"] = expected_owner
        if requester_pays:
            always["x-amz-request-payer"] = "requester"
        self.gate, self.bulk = service.gate, service.bulk or service.gate
        self._exchange = Exchange(service, name, header.checked(always))

    @property
    def region(self) -> str:
        """Where the bucket is, as far as it is known; `check` finds out."""
        return self._exchange.region

    def check(self, below: str = "") -> None:
        """HeadBucket: whether the bucket is there and may be listed, be it below a prefix alone. Learns its region."""
        try:
            self._exchange.run(HEAD_BUCKET, "", answers.nothing)
        except NotFound as error:
            # A HEAD has no body and so no code; for a bucket 404 has one meaning.
            message = "The bucket does not exist"
            raise NotFound(
                "HeadBucket", self.name, status=404, code="NoSuchBucket", message=message, request_id=error.request_id
            ) from None
        except Denied:
            # It says no prefix, so who may list below one alone (the condition s3:prefix) is refused it.
            if not below or not self._may_list(below):
                raise

    def _may_list(self, prefix: str) -> bool:
        try:
            self._page(prefix, False, "", "")
        except Denied:
            return False
        return True

    # Listing

    def pages(
        self, prefix: str = "", *, start_after: str = "", until: str = "", level: bool = False
    ) -> Iterator[list[Listed]]:
        """The objects under a prefix, by pages (ListObjectsV2); the next is fetched while the caller works on one.

        `start_after`: only keys behind this one; `until`, of an ordered listing: only up to this one, itself included.
        `level`: what has another "/" behind the prefix is one entry up to there, with no size and no time.
        """
        ask = partial(self._page, prefix, level)
        page, following = ask(start_after, "")
        tokens, last = set[int](), start_after if self.ordered else ""
        while True:
            self._check_page(page, prefix, last)
            if until and page and page[-1].key >= until:
                page = [entry for entry in page if entry.key <= until]
                following = ""
            ahead = None
            if following:
                # Tokens may be long: their hashes do, and those of a billion objects' fit into memory.
                if hash(following) in tokens:
                    raise self._broken(LIST, "it gives a continuation token a second time")
                tokens.add(hash(following))
                ahead = _Ahead(partial(ask, "", following))
            if page:
                last = page[-1].key
                yield page
            if not ahead:
                return
            page, following = ahead.result()

    def _check_page(self, page: list[Listed], prefix: str, last: str) -> None:
        """A listing that repeats itself or strays must not be taken for the truth."""
        if not page:
            return
        keys = [entry.key for entry in page]
        if last and keys[0] == last:
            raise self._broken(LIST, f"it gives {last!r} a second time")
        self._check_keys(LIST, keys, prefix, last, lt)

    def _check_keys(
        self, operation: Operation, keys: list[str], prefix: str, last: str, order: Callable[[str, str], bool]
    ) -> None:
        # What begins with the prefix lies side by side in any order of strings: the ends tell of all.
        if "" in keys:
            raise self._broken(operation, "an object has no key")
        for key in (min(keys), max(keys)):
            if not key.startswith(prefix):
                raise self._broken(operation, f"{key!r} does not begin with {prefix!r}")
        # Python compares code points, which is the order of the UTF-8 bytes.
        if self.ordered and not all(map(order, [last, *keys], keys)):
            pairs = zip([last, *keys], keys, strict=False)
            before, key = next((one, other) for one, other in pairs if not order(one, other))
            raise self._broken(
                operation,
                f"{key!r} comes after {before!r}, against the order of the keys",
                "Set ordered_listing to false, so that the listing is sorted first",
            )

    async def _page_async(self, prefix: str, level: bool, start_after: str, token: str) -> tuple[list[Listed], str]:
        pairs = [("list-type", "2"), ("encoding-type", "url"), ("max-keys", "1000")]
        chosen = {
            "prefix": prefix,
            "delimiter": "/" * level,
            "start-after": start_after,
            "continuation-token": token,
        }
        pairs += [(name, value) for name, value in chosen.items() if value]
        headers = {"x-amz-optional-object-attributes": "RestoreStatus"} if self._aws else {}
        take = answers.level if level else answers.listing
        return await self._exchange.ask(LIST, "", take, query=encode_query(pairs), headers=headers)

    _page = blocking(_page_async)

    def versions(self, prefix: str = "") -> Iterator[list[Version]]:
        """The versions and delete markers under a prefix, by pages (ListObjectVersions), the next fetched meanwhile.

        Those of one key follow each other from the youngest on; without versioning each key has one, "null".
        """
        ask = partial(self._versions_page, prefix)
        page, following = ask(("", ""))
        markers, last = set[int](), ("", "")
        while True:
            self._check_versions(page, prefix, last)
            ahead = None
            if following != ("", ""):
                if hash(following) in markers:
                    raise self._broken(LIST_VERSIONS, "it gives a marker a second time")
                markers.add(hash(following))
                ahead = _Ahead(partial(ask, following))
            if page:
                last = page[-1][:2]
                yield page
            if not ahead:
                return
            page, following = ahead.result()

    def _check_versions(self, page: list[Version], prefix: str, last: tuple[str, str]) -> None:
        if not page:
            return
        if page[0][:2] == last:
            raise self._broken(LIST_VERSIONS, f"it gives a version of {last[0]!r} a second time")
        self._check_keys(LIST_VERSIONS, [each.key for each in page], prefix, last[0] if self.ordered else "", le)

    async def _versions_page_async(self, prefix: str, after: tuple[str, str]) -> answers.VersionsPage:
        pairs = [("versions", ""), ("encoding-type", "url"), ("max-keys", "1000")]
        chosen = {"prefix": prefix, "key-marker": after[0], "version-id-marker": after[1]}
        pairs += [(name, value) for name, value in chosen.items() if value]
        return await self._exchange.ask(LIST_VERSIONS, "", answers.versions, query=encode_query(pairs))

    _versions_page = blocking(_versions_page_async)

    async def absent_async(self, key: str) -> bool:
        """Whether a listing has no such key.

        Who may list below a prefix alone gets 403 for a key that is not there: S3 tells only those of 404 who may list
        the bucket, and a request for an object has no prefix that a condition could compare.
        """
        try:
            page, following = await self._page_async(key, False, "", "")
        except S3Error:
            return False
        return (self.ordered or not following) and all(entry.key != key for entry in page)

    absent = blocking(absent_async)

    def _broken(
        self,
        operation: Operation,
        reason: str,
        advice: str = "The server lists wrongly; nothing can be decided from this",
    ) -> S3Error:
        return S3Error(
            operation.name,
            self.name,
            status=200,
            code="BrokenListing",
            message=f"The listing cannot be trusted: {reason}",
            advice=advice,
        )

    # Objects

    async def head_async(self, key: str, *, part: int = 0) -> Head:
        """An object's headers and checksums, or those of one of its parts; the size is then the part's."""
        query = encode_query([("partNumber", str(part))]) if part else ""
        take = answers.part if part else answers.head
        try:
            return await self._exchange.ask(
                HEAD, _key(key), take, query=query, headers={"x-amz-checksum-mode": "ENABLED"}
            )
        except Denied:
            # Checksums of a KMS-encrypted object need kms:Decrypt, the rest of its headers does not.
            if not self._aws:
                raise
            return await self._exchange.ask(HEAD, key, take, query=query)

    head = blocking(head_async)

    async def get_async(
        self,
        key: str,
        consume: Callable[[Head, Reader], T],
        *,
        if_match: str = "",
        start: int = 0,
        length: int | None = None,
        size: int = 0,
    ) -> T:
        """Hand an object's headers and body to `consume`, and return what it returns.

        `consume` is called once per attempt and must begin anew each time: a body that is cut short raises inside the
        reader, must pass through, and is fetched again. Its own errors are not retried. Ranged if `start` or `length`
        is given; `head.size` is the size of the whole object all the same. `if_match` is an ETag without quotes;
        `size`: the object's, where it is known.
        """
        headers = {"x-amz-checksum-mode": "ENABLED"}
        if if_match:
            headers["if-match"] = f'"{if_match}"'
        ranged = bool(start or length is not None)
        if ranged:
            if start < 0 or (length is not None and length < 1):
                raise StowageError(f"No such range: {length} bytes from {start}; at least one byte must be asked for.")
            headers["range"] = f"bytes={start}-{start + length - 1 if length is not None else ''}"

        def take(answer: Answer, reader: Reader) -> T:
            # Status 206 is left out: rclone sends what was asked for, says so, and calls it 200.
            if ranged and not answer.headers.get("content-range", "").startswith(f"bytes {start}-"):
                raise S3Error(
                    "GetObject", self.name, key, status=answer.status, code="RangeIgnored",
                    message="A range was asked for, and something else came",
                    advice="This endpoint does not serve ranges",
                )  # fmt: skip
            return consume(header.head(answer.headers), reader)

        return await self._exchange.ask(GET, _key(key), take, headers=header.checked(headers), carries=length or size)

    get = blocking(get_async)

    async def put_async(
        self,
        key: str,
        body: bytes | FileSlice,
        headers: Mapping[str, str],
        *,
        sha256: str = "",
        crc32: str = "",
        if_match: str = "",
        if_none_match: bool = False,
    ) -> Stored:
        """Store an object in one request (at most 5 GiB); raises Conflict if a condition does not hold.

        `headers` are S3's own (content-type, cache-control, x-amz-meta-*, x-amz-storage-class, x-amz-tagging ...).
        `sha256` (hex) signs the body; without it bytes are hashed, and a file is hashed on plain HTTP and goes unsigned
        over TLS. `crc32` (base64) lets S3 check the body on arrival; computed where absent and the body is bytes.
        """
        if not crc32 and isinstance(body, bytes):
            crc32 = crc32_text(_crc32(body))
        sent = self._conditions(headers, if_match, if_none_match)
        if crc32:
            sent["x-amz-checksum-crc32"] = crc32
        try:
            return await self._exchange.ask(
                PUT, _key(key), answers.stored, headers=sent, body=body, sha256=sha256, carries=body_size(body)
            )
        except Conflict as error:
            if not error.retried:
                raise
            # An earlier attempt may have been stored and only its answer lost: then our own object is in the way.
            own = await self._own(key, body, sent, crc32)
            if own is None:
                raise
            return own

    put = blocking(put_async)

    async def _own(self, key: str, body: bytes | FileSlice, sent: Mapping[str, str], crc32: str) -> Stored | None:
        """What was stored, if the present object is just what was sent."""
        try:
            now = await self.head_async(key)
        except NotFound:
            return None
        size = body_size(body)
        # Compared as read: S3 may write the same text in other encoded words.
        metadata = header.head(dict(sent)).metadata
        if now.size != size or any(now.metadata.get(name) != value for name, value in metadata.items()):
            return None
        theirs = now.checksums.get("crc32", "")
        if theirs and crc32:
            same = theirs == crc32
        else:
            same = bool(now.etag) and now.etag == _md5(body)
        return Stored(now.etag, now.version_id, now.checksums) if same else None

    async def copy_async(
        self,
        key: str,
        source: Bucket,
        source_key: str,
        headers: Mapping[str, str],
        *,
        source_if_match: str = "",
        if_match: str = "",
        if_none_match: bool = False,
        unseen: Callable[[], Coroutine[Any, Any, Stored | None]] | None = None,
    ) -> Stored:
        """Copy an object within S3 (at most 5 GiB); metadata too, unless x-amz-metadata-directive is REPLACE.

        `unseen`: see `Exchange.ask`.
        """
        sent = {
            **self._conditions(headers, if_match, if_none_match),
            **self._source(source, source_key, source_if_match),
        }
        try:
            return await self._exchange.ask(
                COPY, _key(key), answers.copied, headers=sent, error_in_success=True, unseen=unseen
            )
        except Conflict as error:
            if not (error.retried and source_if_match and (if_match or if_none_match)):
                raise
            if unseen is not None and (found := await unseen()) is not None:
                return found
            if (source.name, source_key) == (self.name, key):
                raise  # its ETag is the same, copied or not
            # As with PUT; where KMS gives the copy another ETag there is no proof, and it stays a conflict.
            now = await self.head_async(key)
            if now.etag != source_if_match:
                raise
            return Stored(now.etag, now.version_id, now.checksums)

    copy = blocking(copy_async)

    def delete(
        self, keys: Sequence[str], etags: Mapping[str, str] | None = None, *, markers: dict[str, str] | None = None
    ) -> list[NotDeleted]:
        """Delete objects, 1,000 a request; gives those that S3 refused to. A key that is absent counts as deleted.

        `etags`: of keys that are to be deleted only if they have it still (else "PreconditionFailed"; of a key that is
        absent servers say either). `markers` receives the version ids of the delete markers that a versioned bucket
        puts in the objects' place, by key. S3 then names every key that it deletes, some 100 bytes each.
        """
        etags = etags or {}
        failed: list[NotDeleted] = []
        batch: list[str] = []
        for key in keys:
            if not _key(key).isascii():
                try:
                    key.encode()
                except UnicodeEncodeError:
                    failed.append(NotDeleted(key, "InvalidKey", "The key is not valid Unicode text"))
                    continue
            if documents.fits_xml(key):
                batch.append(key)
                if len(batch) == DELETE_LIMIT:
                    failed += self._delete_batch(batch, etags, markers)
                    batch = []
            else:
                failed += self._delete_one(key, etags.get(key, ""), markers)
        if batch:
            failed += self._delete_batch(batch, etags, markers)
        return failed

    def _delete_one(self, key: str, etag: str, markers: dict[str, str] | None) -> list[NotDeleted]:
        """XML cannot carry every key; a path can."""
        try:
            version = self._exchange.run(DELETE, key, answers.marker, headers=self._conditions({}, etag, False))
            if markers is not None and version:
                markers[key] = version
        except S3Error as error:
            if error.code == "NoSuchBucket":
                raise
            return [] if error.status == 404 else [NotDeleted(key, error.code, error.message)]
        return []

    def _delete_batch(
        self, keys: Sequence[str], etags: Mapping[str, str], markers: dict[str, str] | None
    ) -> list[NotDeleted]:
        failed: list[NotDeleted] = []
        for attempt in range(1, _DELETE_ATTEMPTS + 1):
            body = documents.delete_document(keys, etags, quiet=markers is None)
            table = self._exchange.run(
                DELETE_MANY,
                "",
                answers.document("Delete", "Error", "Deleted"),
                query="delete=",
                headers=_with_md5(body),
                body=body,
                error_in_success=True,
            )
            refused = [
                NotDeleted(row.get("Key", ""), row.get("Code", ""), row.get("Message", ""))
                for row in table.rows
                if row[""] == "Error"
            ]
            # Quiet, S3 names what it did not delete and nothing else (API_DeleteObjects): there silence is its word for
            # success. Not quiet it names each key, and silence says nothing.
            if markers is not None:
                told = {row.get("Key", "") for row in table.rows}
                failed += [NotDeleted(key, "Unanswered", _UNANSWERED) for key in keys if key not in told]
                for row in table.rows:
                    if row.get("DeleteMarkerVersionId"):
                        markers[row.get("Key", "")] = row["DeleteMarkerVersionId"]
            again = [one.key for one in refused if one.code in ("InternalError", "SlowDown", "ServiceUnavailable")]
            last = attempt == _DELETE_ATTEMPTS
            failed += [one for one in refused if one.code != "NoSuchKey" and (last or one.key not in again)]
            if not again or last:
                break
            self._exchange.pause(attempt)
            keys = again
        return failed

    # Multipart

    def create_upload(
        self, key: str, headers: Mapping[str, str], *, copied: bool = False, algorithm: str = "CRC32"
    ) -> Upload:
        """Begin a multipart upload that is to have a CRC-32 of the whole, as far as the endpoint knows such a thing.

        Its answer tells what the checksums of the upload are to be: others than AWS know them wholly, in part or not.
        `copied`: the parts will be copies, of which those others may tell no checksum; so none is asked for.
        `algorithm`: another than CRC-32, in S3's words; all but CRCs are of the parts alone.
        """
        sent = header.checked(headers)
        ask = self._aws or (self._sums and not copied)
        kind = "FULL_OBJECT" if algorithm.startswith("CRC") else "COMPOSITE"
        asked = {"x-amz-checksum-algorithm": algorithm, "x-amz-checksum-type": kind} if ask else {}
        try:
            upload = self._create_upload(key, {**sent, **asked})
        except S3Error as error:
            if self._aws or not asked or error.status not in (400, 501):
                raise
            upload = self._create_upload(key, sent)
            self._sums = False
        return upload._replace(checksum=kind) if self._aws else upload

    def _create_upload(self, key: str, headers: Mapping[str, str]) -> Upload:
        def take(answer: Answer, reader: Reader) -> Upload:
            table = answers.document("InitiateMultipartUpload")(answer, reader)
            known = answer.headers.get("x-amz-checksum-algorithm", "").upper() == "CRC32"
            kind = answer.headers.get("x-amz-checksum-type", "COMPOSITE").upper() if known else ""
            return Upload(table.fields.get("UploadId", ""), kind)

        upload = self._exchange.run(CREATE_UPLOAD, _key(key), take, query="uploads=", headers=headers)
        if not upload.id:
            raise S3Error(
                "CreateMultipartUpload",
                self.name,
                key,
                status=200,
                code="MalformedAnswer",
                message="No upload id was given",
            )
        return upload

    def upload_part(self, key: str, upload_id: str, number: int, body: bytes | FileSlice, *, crc32: str = "") -> Part:
        """Send a part; `crc32` (base64) is computed where absent: an upload with checksums needs one of every part."""
        crc32 = crc32 or crc32_text(_crc32(body))
        sent = {"x-amz-checksum-crc32": crc32}
        query, size = _part_query(number, upload_id), body_size(body)
        answer = self._exchange.run(
            UPLOAD_PART, _key(key), answers.stored, query=query, headers=sent, body=body, carries=size
        )
        return Part(number, answer.etag, size, crc32)

    def copy_part(
        self,
        key: str,
        upload_id: str,
        number: int,
        source: Bucket,
        source_key: str,
        start: int,
        length: int,
        *,
        source_if_match: str = "",
    ) -> Part:
        """Fill a part from a range of another object, within S3."""
        sent = {
            **self._source(source, source_key, source_if_match),
            "x-amz-copy-source-range": f"bytes={start}-{start + length - 1}",
        }
        table = self._exchange.run(
            COPY_PART,
            _key(key),
            answers.document("CopyPart"),
            query=_part_query(number, upload_id),
            headers=sent,
            error_in_success=True,
        )
        fields = table.fields
        others = ((name, fields[name]) for name in fields if name.startswith("Checksum") and name != "ChecksumCRC32")
        crc32, etag = fields.get("ChecksumCRC32", ""), fields.get("ETag", "").strip('"')
        return Part(number, etag, length, crc32, next(others, ("", "")))

    def complete_upload(
        self,
        key: str,
        upload_id: str,
        parts: Sequence[Part],
        *,
        size: int,
        checksum: str = "",
        crc32: str = "",
        if_match: str = "",
        if_none_match: bool = False,
    ) -> Stored:
        """Make the object of its parts. `crc32` is that of the whole; computed from the parts' where all are known.

        `checksum` is what `create_upload` said of the upload.
        """
        parts = sorted(parts)
        if not parts or len(parts) > MAX_PARTS:
            raise StowageError(f"A multipart upload has 1 to {MAX_PARTS} parts; {len(parts)} were given for {key!r}.")
        total = sum(part.size for part in parts)
        if total != size:
            raise StowageError(f"The parts of {key!r} have {total} bytes, not {size}: nothing was stored.")
        sent = self._conditions({}, if_match, if_none_match)
        whole = crc32 or whole_crc32(parts)
        if self._aws:
            sent["x-amz-mp-object-size"] = str(size)
        if whole and checksum == "FULL_OBJECT":
            sent.update({"x-amz-checksum-crc32": whole, "x-amz-checksum-type": "FULL_OBJECT"})
        body = documents.complete_document(parts, bool(checksum))
        query = encode_query([("uploadId", upload_id)])
        try:
            return self._exchange.run(
                COMPLETE, _key(key), answers.completed, query=query, headers=sent, body=body, error_in_success=True
            )
        except (NotFound, Conflict) as error:
            if not error.retried:
                raise
            # As with PUT: an earlier attempt may have completed it, and then it is gone. While it is there nothing was
            # made of it, and an object of the same parts is another's.
            gone = error.code == "NoSuchUpload" or self._gone(key, upload_id)
            own = self._completed(key, parts, size, whole) if gone else None
            if own is None:
                raise
            return own

    def _gone(self, key: str, upload_id: str) -> bool:
        query = encode_query([("uploadId", upload_id), ("max-parts", "1")])
        try:
            self._exchange.run(LIST_PARTS, _key(key), answers.nothing, query=query)
        except S3Error as error:
            return error.code == "NoSuchUpload"
        return False

    def _completed(self, key: str, parts: Sequence[Part], size: int, crc32: str) -> Stored | None:
        try:
            now = self.head(key)
        except NotFound:
            return None
        theirs = now.checksums.get("crc32", "")
        if theirs and crc32 and now.checksum_type != "COMPOSITE":
            same = theirs == crc32
        else:
            same = bool(now.etag) and now.etag == _composite_md5(parts)
        return Stored(now.etag, now.version_id, now.checksums) if same and now.size == size else None

    def abort_upload(self, key: str, upload_id: str) -> None:
        """Give a multipart upload up, its parts with it; one that is gone is none to complain of."""
        try:
            self._exchange.run(ABORT, _key(key), answers.nothing, query=encode_query([("uploadId", upload_id)]))
        except NotFound as error:
            if error.code == "NoSuchBucket":
                raise

    def parts(self, key: str, upload_id: str) -> list[Part]:
        """The parts that have arrived. Raises NotFound (NoSuchUpload) if the upload is gone."""
        parts: list[Part] = []
        marker = ""
        while True:
            pairs = [("uploadId", upload_id), ("max-parts", "1000")]
            if marker:
                pairs.append(("part-number-marker", marker))
            table = self._exchange.run(
                LIST_PARTS, _key(key), answers.document("ListParts", "Part"), query=encode_query(pairs)
            )
            try:
                for row in table.rows:
                    crc32 = row.get("ChecksumCRC32", "")
                    parts.append(Part(int(row["PartNumber"]), row["ETag"].strip('"'), int(row["Size"]), crc32))
            except (KeyError, ValueError):
                raise self._broken(LIST_PARTS, "a part lacks its number, ETag or size") from None
            if table.fields.get("IsTruncated", "").lower() != "true":
                return parts
            following = table.fields.get("NextPartNumberMarker", "")
            if not following.isdigit() or int(following) <= int(marker or "0"):
                raise self._broken(LIST_PARTS, "the parts go on, but from where is not told")
            marker = following

    def uploads(self, prefix: str) -> Iterator[Begun]:
        """The unfinished multipart uploads under a prefix."""
        at = ("", "")
        while True:
            pairs = [("uploads", ""), ("prefix", prefix)]
            if self._aws:
                # Others claim to encode these keys and do not (SeaweedFS).
                pairs.append(("encoding-type", "url"))
            if at != ("", ""):
                pairs += [("key-marker", at[0]), ("upload-id-marker", at[1])]
            table = self._exchange.run(
                LIST_UPLOADS, "", answers.document("ListMultipartUploads", "Upload"), query=encode_query(pairs)
            )
            decode = answers.decoder(table.fields)
            for row in table.rows:
                key = decode(row.get("Key", ""))
                # Not every server heeds the prefix.
                if key.startswith(prefix):
                    began = answers.epoch(row.get("Initiated", ""))
                    yield Begun(key, row.get("UploadId", ""), began, row.get("StorageClass") or "STANDARD")
            if table.fields.get("IsTruncated", "").lower() != "true":
                return
            following = (decode(table.fields.get("NextKeyMarker", "")), table.fields.get("NextUploadIdMarker", ""))
            if following in (at, ("", "")):
                raise self._broken(LIST_UPLOADS, "the uploads go on, but from where is not told")
            at = following

    # Tags and archives

    def tags(self, key: str) -> dict[str, str]:
        """An object's tags."""
        table = self._exchange.run(GET_TAGS, _key(key), answers.document("Tagging", "Tag"), query="tagging=")
        return {row.get("Key", ""): row.get("Value", "") for row in table.rows}

    def put_tags(self, key: str, tags: Mapping[str, str]) -> None:
        """Replace an object's tags."""
        body = documents.tags_document(tags)
        self._exchange.run(PUT_TAGS, _key(key), answers.nothing, query="tagging=", headers=_with_md5(body), body=body)

    async def restore_async(self, key: str, *, days: int, tier: str = "Standard") -> None:
        """Ask for a readable copy of an archived object, for `days` (0: INTELLIGENT_TIERING); asked already is fine."""
        body = documents.restore_document(days, tier)
        try:
            await self._exchange.ask(
                RESTORE, _key(key), answers.nothing, query="restore=", headers=_with_md5(body), body=body
            )
        except S3Error as error:
            if error.code != "RestoreAlreadyInProgress":
                raise

    restore = blocking(restore_async)

    # Who may, and what may not

    async def acl_async(self, key: str) -> Acl:
        """Who owns an object, and what is granted to whom."""
        return await self._exchange.ask(GET_ACL, _key(key), answers.acl, query="acl=")

    def bucket_acl(self) -> Acl:
        """The same of the bucket itself."""
        return self._exchange.run(GET_BUCKET_ACL, "", answers.acl, query="acl=")

    async def lock_async(self, key: str) -> Lock:
        """What keeps an object's present version from being deleted.

        HEAD tells it too, but says nothing to those who may not know, which looks as if there were none.
        """
        ask = self._exchange.ask
        mode = until = held = ""
        with contextlib.suppress(NotFound):
            table = await ask(GET_RETENTION, _key(key), answers.document("Retention"), query="retention=")
            mode, until = table.fields.get("Mode", ""), table.fields.get("RetainUntilDate", "")
        with contextlib.suppress(NotFound):
            table = await ask(GET_HOLD, _key(key), answers.document("LegalHold"), query="legal-hold=")
            held = table.fields.get("Status", "")
        return Lock(mode, until, held == "ON")

    def configuration(self, document: str) -> dict[str, str]:
        """One of CONFIGURATIONS, flattened; {} where the bucket has none."""
        query, operation = CONFIGURATIONS[document]
        try:
            # Where nothing is configured moto names the document after the operation.
            others = (operation.name,) if self._aws else (operation.name, answers.LISTING)
            take = answers.document(document, also=others)
            table = self._exchange.run(operation, "", take, query=f"{query}=")
            return {} if table.root.startswith(answers.LISTING) else table.fields
        except NotFound as error:
            if error.code == "NoSuchBucket":
                raise
            return {}

    async def delete_version_async(self, key: str, version: str) -> None:
        """Delete one version of an object for good; one that is gone is none to complain of."""
        if not version:
            raise StowageError(f"No version of {key!r} is named, so none is deleted.")
        query = encode_query([("versionId", version)])
        try:
            await self._exchange.ask(DELETE_VERSION, _key(key), answers.nothing, query=query)
        except NotFound as error:
            if error.code == "NoSuchBucket":
                raise

    # Headers

    def _conditions(self, headers: Mapping[str, str], if_match: str, if_none_match: bool) -> dict[str, str]:
        sent = header.checked(headers)
        if if_match:
            sent["if-match"] = f'"{if_match}"'
        if if_none_match:
            sent["if-none-match"] = "*"
        return sent

    def _source(self, source: Bucket, key: str, if_match: str) -> dict[str, str]:
        # An access point is named by its ARN, and its objects lie under "/object/".
        place = f"{source.name}/object/{_key(key)}" if source.name.startswith("arn:") else f"{source.name}/{_key(key)}"
        try:
            sent = {"x-amz-copy-source": quote(place, safe="/~")}
        except UnicodeEncodeError:
            raise StowageError(f"The key {ascii(key)} is not valid Unicode text, and S3 keys are UTF-8.") from None
        if if_match:
            sent["x-amz-copy-source-if-match"] = f'"{if_match}"'
        if source.expected_owner:
            sent["x-amz-source-expected-bucket-owner"] = source.expected_owner
        if source.requester_pays:
            sent["x-amz-request-payer"] = "requester"
        return sent


class _Ahead(Generic[T]):
    """Work done in the background, its result or error kept for whoever asks."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._result: list[T] = []
        self._error: BaseException | None = None
        # A daemon: an abandoned listing must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="stowage-list", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._result.append(self._work())
        except BaseException as error:  # raised again where the result is asked for
            self._error = error

    def result(self) -> T:
        self._thread.join()
        if self._error:
            raise self._error
        return self._result[0]


def _key(key: str) -> str:
    # An empty key would address the bucket itself: a DELETE of it must never go out.
    if not key:
        raise StowageError("An object's key cannot be empty.")
    return key


def _part_query(number: int, upload_id: str) -> str:
    if not 1 <= number <= MAX_PARTS:
        raise StowageError(f"Part numbers go from 1 to {MAX_PARTS}; {number} was given.")
    return encode_query([("partNumber", str(number)), ("uploadId", upload_id)])


def _crc32(body: bytes | FileSlice) -> int:
    if isinstance(body, bytes):
        return zlib.crc32(body)
    crc32 = 0
    for chunk in body.chunks():
        crc32 = zlib.crc32(chunk, crc32)
    return crc32


def _md5(body: bytes | FileSlice) -> str:
    """Hexadecimal; "" where this Python has no MD5."""
    digest = new_md5()
    if digest is None:
        return ""
    for chunk in (body,) if isinstance(body, bytes) else body.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _composite_md5(parts: Sequence[Part]) -> str:
    """The ETag of an object made of these parts; "" where theirs are no MD5 sums, or this Python has none.

    A part that is a copy may itself be made of pieces (SeaweedFS): then the number of them counts for nothing.
    """
    digest = new_md5()
    try:
        raw = b"".join(bytes.fromhex(_PIECES.sub("", part.etag)) for part in parts)
    except ValueError:
        return ""
    if digest is None:
        return ""
    digest.update(raw)
    return f"{digest.hexdigest()}-{len(parts)}"


def _with_md5(body: bytes) -> dict[str, str]:
    headers = {"content-type": "application/xml"}
    digest = new_md5()
    if digest is None:
        # S3 takes any of its checksums in place of Content-MD5.
        return {**headers, "x-amz-checksum-sha256": base64.b64encode(hashlib.sha256(body).digest()).decode()}
    # Every S3 server knows Content-MD5, which these operations require; not all know the newer checksums.
    digest.update(body)
    return {**headers, "content-md5": base64.b64encode(digest.digest()).decode()}
