# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A server of bucket configurations that keeps what it is sent, byte by byte, and can be given AWS's quirks.

What moto and SeaweedFS lose or do not know is tested here. It checks nothing but the expected owner: what is sent is
what comes back, and botocore's own model has checked it on its way.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
import threading
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from server import REGION, Server

OWNER = "111122223333"
CANONICAL_OWNER = "0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9"
Answer = tuple[int, dict[str, str], bytes]  # status, headers, body
_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_XMLNS = "http://s3.amazonaws.com/doc/2006-03-01/"
# What S3 answers where a sub-resource is not configured: an error code, or an empty document.
MISSING = {
    "cors": "NoSuchCORSConfiguration",
    "encryption": "ServerSideEncryptionConfigurationNotFoundError",
    "lifecycle": "NoSuchLifecycleConfiguration",
    "object-lock": "ObjectLockConfigurationNotFoundError",
    "ownershipControls": "OwnershipControlsNotFoundError",
    "policy": "NoSuchBucketPolicy",
    "publicAccessBlock": "NoSuchPublicAccessBlockConfiguration",
    "replication": "ReplicationConfigurationNotFoundError",
    "tagging": "NoSuchTagSet",
    "website": "NoSuchWebsiteConfiguration",
    "metadataConfiguration": "MetadataConfigurationNotFound",
}
EMPTY = {
    "abac": "AbacStatus",
    "accelerate": "AccelerateConfiguration",
    "logging": "BucketLoggingStatus",
    "notification": "NotificationConfiguration",
    "requestPayment": "RequestPaymentConfiguration",
    "versioning": "VersioningConfiguration",
}
# By id: what wraps the list of them.
KEYED = {
    "analytics": "ListBucketAnalyticsConfigurationResult",
    "intelligent-tiering": "ListBucketIntelligentTieringConfigurationsOutput",
    "inventory": "ListInventoryConfigurationsResult",
    "metrics": "ListMetricsConfigurationsResult",
}
# Of a configuration, but no part of its document.
KEPT_HEADERS = (
    "x-amz-transition-default-minimum-object-size",
    "x-amz-mfa",
    "x-amz-acl",
    "x-amz-skip-destination-validation",
    "x-amz-bucket-object-lock-token",
)
# What is changed by itself: the element of it, in the configuration that holds it.
PARTS = {
    "metadataAnnotationTable": "AnnotationTableConfiguration",
    "metadataInventoryTable": "InventoryTableConfiguration",
    "metadataJournalTable": "JournalTableConfiguration",
}
# What S3 says of a configuration that came without them.
HEADERS_UNSAID = {"lifecycle": {"x-amz-transition-default-minimum-object-size": "all_storage_classes_128K"}}
# What AWS gives a new bucket.
NEW = {
    "ownershipControls": "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule>"
    "</OwnershipControls>",
    "publicAccessBlock": "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>"
    "<IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy>"
    "<RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>",
    "encryption": "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
    "<SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false"
    "</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>",
}
# By canned ACL: permissions besides the owner's, and the group that has them.
_CANNED = {
    "private": (),
    "public-read": (("READ", "AllUsers"),),
    "public-read-write": (("READ", "AllUsers"), ("WRITE", "AllUsers")),
    "authenticated-read": (("READ", "AuthenticatedUsers"),),
}


def acl_of(canned: str) -> bytes:
    """The grants that a canned ACL stands for: S3 never answers its name."""
    grants = [("FULL_CONTROL", "CanonicalUser", f"<ID>{CANONICAL_OWNER}</ID><DisplayName>owner</DisplayName>")]
    for permission, group in _CANNED[canned]:
        grants.append((permission, "Group", f"<URI>http://acs.amazonaws.com/groups/global/{group}</URI>"))
    body = "".join(
        f'<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="{kind}">{who}</Grantee>'
        f"<Permission>{permission}</Permission></Grant>"
        for permission, kind, who in grants
    )
    owner = f"<Owner><ID>{CANONICAL_OWNER}</ID><DisplayName>owner</DisplayName></Owner>"
    return (
        f'{_XML}<AccessControlPolicy xmlns="{_XMLNS}">{owner}<AccessControlList>{body}</AccessControlList>'
        "</AccessControlPolicy>"
    ).encode()


def _metadata(body: bytes) -> bytes:
    """S3 tells the state of each table, and not how it is encrypted."""
    tables = _inner(re.sub(rb"<EncryptionConfiguration>.*?</EncryptionConfiguration>", b"", body, flags=re.DOTALL))
    tables = re.sub(rb"(</?\w+TableConfiguration)>", rb"\1Result>", tables)
    tables = re.sub(rb"(<\w+TableConfigurationResult>)", rb"\1<TableStatus>CREATING</TableStatus>", tables)
    kind = b"<DestinationResult><TableBucketType>aws</TableBucketType></DestinationResult>"
    inner = b"<MetadataConfigurationResult>" + kind + tables + b"</MetadataConfigurationResult>"
    return b"<GetBucketMetadataConfigurationResult>" + inner + b"</GetBucketMetadataConfigurationResult>"


def _inner(body: bytes) -> bytes:
    """What is in the root of a document."""
    found = re.fullmatch(rb"(?:<\?[^>]*>)?\s*<[^>]*?(?:/>|>(.*)</[^>]*>)", body, flags=re.DOTALL)
    return (found and found[1]) or b""


# Where S3 answers in another form than it was sent.
ANSWERS: dict[str, Callable[[bytes], bytes]] = {
    "metadataConfiguration": _metadata,
    "notification": lambda body: body.replace(b"<Name>p", b"<Name>P").replace(b"<Name>s", b"<Name>S"),
}


@dataclasses.dataclass
class Kept:
    """A document as it was sent, what came with it, and what was there before."""

    body: bytes
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    before: Kept | None = None
    stale: int = 0  # reads that still get what was there before


@dataclasses.dataclass
class Bucket:
    """A bucket's configurations, by sub-resource and id."""

    region: str
    created_with: dict[str, str]
    kept: dict[tuple[str, str], Kept] = dataclasses.field(default_factory=dict)


class Recorder:
    """The state of the server, and its quirks. Use `with Recorder() as recorder:`."""

    def __init__(self, *, modern: bool = True) -> None:
        self.modern = modern  # new buckets have what AWS gives them
        self.buckets: dict[str, Bucket] = {}
        self.requests: list[str] = []  # "PUT versioning"
        self.connections = 0  # that were made to it
        self.denied: set[str] = set()  # "GET policy"
        self.unknown: set[str] = set()  # sub-resources that this server does not know
        self.stale = 0  # reads after a write that still get what was there before
        self.busy: Counter[str] = Counter()  # how often "PUT cors" is refused as another change is under way
        self.dropped: set[str] = set()  # sub-resources that are taken and not kept
        self.page = 1000  # configurations by id a page
        self.delay = 0.0  # seconds before each answer
        self.knows_who = False  # answers as STS does, too: who asks is the owner
        # Looks at each request, "PUT cors" with its query and headers, and may answer it.
        self.before: Callable[[str, dict[str, str], dict[str, str]], Answer | None] = lambda *_request: None
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._http.daemon_threads = True
        self._http.recorder = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.server = Server(f"http://127.0.0.1:{self._http.server_address[1]}", "AK", "SK", REGION, os.getpid())

    def __enter__(self) -> Recorder:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def make(self, name: str, *, region: str = REGION) -> Bucket:
        """A bucket, as `create_bucket` makes it."""
        bucket = self.buckets[name] = Bucket(region, {})
        if self.modern:
            bucket.kept = {(sub, ""): Kept(body.encode()) for sub, body in NEW.items()}
        bucket.kept["acl", ""] = Kept(acl_of("private"))
        return bucket

    def text(self, name: str, sub: str, identifier: str = "") -> str:
        """What is kept of a sub-resource."""
        kept = self.buckets[name].kept.get((sub, identifier))
        return kept.body.decode() if kept else ""

    def connected(self) -> None:
        """Count a connection."""
        with self._lock:
            self.connections += 1

    def writes(self) -> list[str]:
        """The requests that changed something."""
        return [each for each in self.requests if not each.startswith(("GET", "HEAD"))]

    # One answer

    def answer(self, method: str, name: str, query: dict[str, str], headers: dict[str, str], body: bytes) -> Answer:
        """What the server says."""
        sub = next((each for each in query if each not in ("id", "continuation-token", "x-id")), "")
        asked = f"{method} {sub}".strip()
        answered = self.before(asked, query, headers)
        if answered:
            return answered
        with self._lock:
            self.requests.append(asked)
            if headers.get("x-amz-expected-bucket-owner", OWNER) != OWNER:
                return self.error(403, "AccessDenied", "Access Denied")
            if asked in self.denied:
                return self.error(403, "AccessDenied", "Access Denied")
            if self.busy[asked]:
                self.busy[asked] -= 1
                return self.error(409, "OperationAborted", "A conflicting operation is in progress. Try again.")
            if not name and self.knows_who and b"GetCallerIdentity" in body:
                return self._identity()
            if not name:
                return self._names()
            if not sub:
                return self._bucket(method, name, headers, body)
            if name not in self.buckets:
                return self.error(404, "NoSuchBucket", "The specified bucket does not exist")
            if sub in self.unknown:
                return self.error(501, "NotImplemented", "Not implemented")
            return self._configuration(method, self.buckets[name], sub, query, headers, body)

    @staticmethod
    def _identity() -> Answer:
        account = f"<GetCallerIdentityResult><Account>{OWNER}</Account></GetCallerIdentityResult>"
        return 200, {}, f"<GetCallerIdentityResponse>{account}</GetCallerIdentityResponse>".encode()

    def _names(self) -> Answer:
        inner = "".join(
            f"<Bucket><Name>{name}</Name><CreationDate>2026-01-01T00:00:00.000Z</CreationDate></Bucket>"
            for name in sorted(self.buckets)
        )
        root = "ListAllMyBucketsResult"
        return 200, {}, f'{_XML}<{root} xmlns="{_XMLNS}"><Buckets>{inner}</Buckets></{root}>'.encode()

    def _bucket(self, method: str, name: str, headers: dict[str, str], body: bytes) -> Answer:
        there = self.buckets.get(name)
        if method == "PUT":
            if there:
                return self.error(409, "BucketAlreadyOwnedByYou", "It is yours already")
            region = body.partition(b"<LocationConstraint>")[2].partition(b"<")[0].decode() or REGION
            bucket = self.make(name, region=region)
            bucket.created_with = {name: value for name, value in headers.items() if name.startswith("x-amz-")}
            ownership = headers.get("x-amz-object-ownership")
            if ownership:
                text = NEW["ownershipControls"].replace("BucketOwnerEnforced", ownership)
                bucket.kept["ownershipControls", ""] = Kept(text.encode())
            if headers.get("x-amz-bucket-object-lock-enabled", "").lower() == "true":
                for sub, text in (
                    (
                        "object-lock",
                        "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>",
                    ),
                    ("versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"),
                ):
                    bucket.kept[sub, ""] = Kept(text.encode())
            return 200, {"location": f"/{name}"}, b""
        if not there:
            return self.error(404, "NoSuchBucket", "The specified bucket does not exist")
        if method == "DELETE":
            del self.buckets[name]
            return 204, {}, b""
        return 200, {"x-amz-bucket-region": there.region}, b""

    def _configuration(
        self, method: str, bucket: Bucket, sub: str, query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> Answer:
        if sub in PARTS:
            body = self._with_part(bucket, PARTS[sub], body)
            sub = "metadataConfiguration"
        place = (sub, query.get("id", ""))
        if method in ("PUT", "POST"):
            sent = {name: headers[name] for name in KEPT_HEADERS if name in headers}
            extra = {**HEADERS_UNSAID.get(sub, {}), **sent}
            if sub == "acl" and "x-amz-acl" in headers:
                body = acl_of(headers["x-amz-acl"])
            if sub not in self.dropped:
                bucket.kept[place] = Kept(body, extra, bucket.kept.get(place), self.stale)
            return 200, {}, b""
        if method == "DELETE":
            # As S3's emulators do, and as nobody should rely on: to delete what is not there deletes the bucket.
            if place not in bucket.kept and sub in (*KEYED, "website", "replication"):
                self.buckets = {name: each for name, each in self.buckets.items() if each is not bucket}
            bucket.kept.pop(place, None)
            return 204, {}, b""
        if sub in KEYED and "id" not in query:
            return self._listed(bucket, sub, query)
        kept = self._now(bucket, place)
        if kept is not None:
            return 200, kept.headers, ANSWERS.get(sub, bytes)(kept.body)
        if sub in MISSING or sub in KEYED:
            return self.error(404, MISSING.get(sub, "NoSuchConfiguration"), "There is none")
        root = EMPTY.get(sub, "ListVersionsResult" if sub == "versions" else "ListMultipartUploadsResult")
        return 200, {}, f'{_XML}<{root} xmlns="{_XMLNS}"></{root}>'.encode()

    @staticmethod
    def _with_part(bucket: Bucket, element: str, body: bytes) -> bytes:
        whole = bucket.kept["metadataConfiguration", ""].body.decode()
        part = f"<{element}>{_inner(body).decode()}</{element}>"
        rest = re.sub(rf"<{element}>.*?</{element}>", "", whole, flags=re.DOTALL)
        return rest.replace("</MetadataConfiguration>", f"{part}</MetadataConfiguration>").encode()

    def _now(self, bucket: Bucket, place: tuple[str, str]) -> Kept | None:
        kept = bucket.kept.get(place)
        if kept is not None and kept.stale:
            kept.stale -= 1
            return kept.before
        return kept

    def _listed(self, bucket: Bucket, sub: str, query: dict[str, str]) -> Answer:
        identifiers = sorted(each for name, each in bucket.kept if name == sub)
        begin = int(query.get("continuation-token", "0"))
        page, rest = identifiers[begin : begin + self.page], identifiers[begin + self.page :]
        bodies = [kept.body for each in page if (kept := self._now(bucket, (sub, each)))]
        root = KEYED[sub]
        inner = b"".join(body.partition(b"?>")[2] if body.startswith(b"<?xml") else body for body in bodies)
        token = f"<NextContinuationToken>{begin + self.page}</NextContinuationToken>" if rest else ""
        tail = f"<IsTruncated>{str(bool(rest)).lower()}</IsTruncated>{token}</{root}>"
        return 200, {}, f'{_XML}<{root} xmlns="{_XMLNS}">'.encode() + inner + tail.encode()

    @staticmethod
    def error(status: int, code: str, message: str) -> Answer:
        """An error, as S3 writes it."""
        return status, {}, f"{_XML}<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        recorder: Recorder = self.server.recorder  # type: ignore[attr-defined]
        recorder.connected()
        super().setup()

    def _serve(self) -> None:
        recorder: Recorder = self.server.recorder  # type: ignore[attr-defined]
        split = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(split.query, keep_blank_values=True))
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length") or 0))
        if recorder.delay:
            threading.Event().wait(recorder.delay)
        name = urllib.parse.unquote(split.path.strip("/"))
        status, more, answer = recorder.answer(self.command, name, query, headers, body)
        self.send_response(status)
        for header, value in more.items():
            self.send_header(header, value)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _serve  # noqa: N815

    def log_message(self, *_args: object) -> None:
        """Nothing."""


@contextlib.contextmanager
def recording(*, modern: bool = True) -> Iterator[Recorder]:
    """A recorder that serves meanwhile."""
    with Recorder(modern=modern) as recorder:
        yield recorder
