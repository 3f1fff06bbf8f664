# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One request until it is answered: signed, sent, and sent again where that can help."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn, TypeVar

from ansible_collections.stowage.s3.plugins.module_utils._errors import ConnectionFailed, S3Error, s3_error
from ansible_collections.stowage.s3.plugins.module_utils._s3 import documents
from ansible_collections.stowage.s3.plugins.module_utils._s3 import headers as header
from ansible_collections.stowage.s3.plugins.module_utils._s3.gate import BULK, Gate
from ansible_collections.stowage.s3.plugins.module_utils._s3.limits import UNLIMITED, Limits, Pace
from ansible_collections.stowage.s3.plugins.module_utils._s3.pool import Pool
from ansible_collections.stowage.s3.plugins.module_utils._s3.signing import (
    EMPTY_SHA256,
    UNSIGNED,
    authorization,
    encode_key,
    stamp,
)
from ansible_collections.stowage.s3.plugins.module_utils._s3.stats import Stats
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Endpoint, FileSlice, Keys, body_size
from ansible_collections.stowage.s3.plugins.module_utils._s3.waiting import asleep, blocking, finish
from ansible_collections.stowage.s3.plugins.module_utils._s3.wire import (
    CONTINUE_TIMEOUT,
    Answer,
    Reader,
    Wire,
    WireError,
)

T = TypeVar("T")

USER_AGENT = "stowage.s3"
ERROR_LIMIT = 64 * 1024
# From this size on a body is worth asking first whether it is wanted: a redirect or refusal then costs no upload.
EXPECT_FROM = 1024 * 1024
_LONGEST_WAIT = 20.0
_LONGEST_RETRY_AFTER = 60.0
# AWS sends blanks while it copies or puts parts together; others are silent meanwhile.
_PATIENCE = 5
# A clock is wrong for S3 beyond 15 minutes; less than this is no explanation of a refused request.
_SKEW = 300.0

_THROTTLES = {
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "RequestLimitExceeded",
    "TooManyRequests",
    "ServiceUnavailable",
}
_PASSING = _THROTTLES | {
    "InternalError",
    "RequestTimeout",
    "RequestTimeoutException",
    "OperationAborted",
    "ConditionalRequestConflict",
    "IncompleteBody",
}
# Worth one more try: it may have been the wire; a file that changed since its checksum was taken gives it each time.
_CORRUPTED = {"BadDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch"}
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired"}
_UNSAID = (
    "S3 gives no reason in an answer to HEAD; most often the session has expired: log in again or renew the credentials"
)
_SKEWED = {"RequestTimeTooSkewed", "RequestInTheFuture"}
_ELSEWHERE = {
    "PermanentRedirect",
    "TemporaryRedirect",
    "AuthorizationHeaderMalformed",
    "IllegalLocationConstraintException",
}
# What an answer without a body (HEAD) or without XML means.
_BY_STATUS = {
    301: "PermanentRedirect",
    304: "NotModified",
    307: "TemporaryRedirect",
    308: "PermanentRedirect",
    400: "BadRequest",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    412: "PreconditionFailed",
    416: "InvalidRange",
    429: "SlowDown",
    500: "InternalError",
    501: "NotImplemented",
    503: "ServiceUnavailable",
}


@dataclass
class Service:
    """What all buckets of a connection share. The callables come from whoever knows the AWS set-up.

    `keys` gives the present credentials, `renew` fetches new ones for those that were refused (False: there are no
    others), `endpoint` says where a bucket is in a region. `attempts` counts the first one. `aws`: the endpoint is
    Amazon's own, which understands all of its API. `sign_payload`: None leaves it to the transport. `gate` bounds the
    requests that are under way at once, `bulk` those that carry more than BULK bytes (None: both together).
    """

    pool: Pool
    keys: Callable[[], Keys]
    endpoint: Callable[[str, str], Endpoint]
    region: str
    renew: Callable[[Keys], bool] | None = None
    aws: bool = False
    attempts: int = 5
    sign_payload: bool | None = None
    sleep: Callable[[float], Coroutine[Any, Any, None]] = asleep
    stats: Stats = field(default_factory=Stats)
    gate: Gate = field(default_factory=lambda: Gate(16, 16))
    bulk: Gate | None = None
    limits: Limits = UNLIMITED
    skew: float = 0.0  # seconds to be added to this machine's clock


class Operation(NamedTuple):
    """An operation of S3's API: its name there, the kind it is counted as, its method."""

    name: str
    kind: str
    method: str


class _Request(NamedTuple):
    """What is to be sent, whatever the endpoint and the moment."""

    operation: Operation
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes | FileSlice
    sha256: str


class _Refused(Exception):
    """An answer that is an error, before it is decided whether to try again."""

    def __init__(self, answer: Answer, code: str, message: str, fields: Mapping[str, str]) -> None:
        super().__init__(code)
        self.answer = answer
        self.code = code
        self.message = message
        self.fields = fields


class Exchange:
    """The requests of one bucket. Remembers the bucket's region once it is known; thread-safe."""

    def __init__(self, service: Service, bucket: str, headers: Mapping[str, str]) -> None:
        self.service = service
        self.bucket = bucket
        self._headers = dict(headers)
        self._endpoint = service.endpoint(bucket, service.region)

    @property
    def region(self) -> str:
        """Where the bucket is, as far as it is known."""
        return self._endpoint.region

    async def ask(
        self,
        operation: Operation,
        key: str,
        take: Callable[[Answer, Reader], T],
        *,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes | FileSlice = b"",
        sha256: str = "",
        error_in_success: bool = False,
        carries: int = 0,
        unseen: Callable[[], Coroutine[Any, Any, T | None]] | None = None,
    ) -> T:
        """Send a request and hand the successful answer to `take`, once per attempt that gets so far.

        `headers` must be checked already. `sha256` is the body's, hex, where it is known. `error_in_success`: `take` is
        given a body to be read whole that may be an error under status 200 (CopyObject, CompleteMultipartUpload,
        UploadPartCopy); it is then handled as one. What else `take` raises goes through and drops the connection.
        `carries`: bytes of an object's content, either way. `unseen` is asked before a request is sent again that may
        have had its effect, and gives the result if it had: for what must not be done twice.

        Raises S3Error (NotFound, Denied, Conflict), ConnectionFailed, FileChanged, OSError of a FileSlice.
        """
        service = self.service
        request = _Request(operation, f"/{encode_key(key)}" if key else "", query, headers or {}, body, sha256)
        gate = service.gate if carries <= BULK else service.bulk or service.gate
        attempt, moved, renewed, adjusted, fresh = 1, False, False, False, False
        while True:
            wait, doubtful = 0.0, False
            try:
                token, done = await gate.enter(), 0
                try:
                    if service.limits.requests is not None:
                        await asleep(service.limits.requests.reserve(1))
                    # Only now, as both waits may be long, and what is signed holds for minutes.
                    endpoint, keys, now = self._endpoint, service.keys(), time.time() + service.skew
                    result = await self._once(request, endpoint, keys, now, take, error_in_success, fresh)
                    done = 1 if gate is service.gate else carries
                    return result
                finally:
                    gate.leave(token, done)
            except documents.Malformed as error:
                if attempt >= service.attempts:
                    raise self._malformed(operation, key, str(error)) from None
                wait, doubtful = self._wait(attempt, 0.2), True
                service.stats.retried()
            except WireError as error:
                if error.stale and not fresh:
                    fresh = True  # the server had closed the idle connection: nobody's failure, so not counted
                    service.stats.retried()
                    if unseen is not None and (found := await unseen()) is not None:
                        return found
                    continue
                if error.hopeless or attempt >= service.attempts:
                    self._unreachable(error, endpoint, attempt)
                wait, doubtful = self._wait(attempt, 0.2), True
                service.stats.retried()
                gate.refused()
            except _Refused as refused:
                status, code = refused.answer.status, refused.code
                if not moved and await self._moved(refused, endpoint):
                    moved = True
                    service.stats.retried()
                    continue
                if not renewed and self._renew(refused, operation, keys):
                    renewed = True
                    service.stats.retried()
                    continue
                if not adjusted and self._adjust(refused, now):
                    adjusted = True
                    service.stats.retried()
                    continue
                throttled = code in _THROTTLES or status in (429, 503)
                if throttled:
                    gate.refused()
                passing = throttled or code in _PASSING or status in (408, 500, 502, 504)
                passing = passing or (code in _CORRUPTED and attempt == 1)
                if not passing or attempt >= service.attempts:
                    unsaid = operation.method == "HEAD" and status == 400 and keys.token
                    advice = _UNSAID if unsaid else ""
                    raise self._error(operation, key, refused, attempt > 1 or fresh, advice) from None
                wait = max(self._wait(attempt, 1.0 if throttled else 0.2), _retry_after(refused.answer.headers))
                doubtful = not throttled
                service.stats.retried(throttled)
            attempt += 1
            fresh = True
            await service.sleep(wait)
            if doubtful and unseen is not None and (found := await unseen()) is not None:
                return found

    run = blocking(ask)

    def pause(self, attempt: int) -> None:
        """Wait as before another attempt, for those who repeat a part of a request."""
        self.service.stats.retried(throttled=True)
        finish(self.service.sleep(self._wait(attempt, 1.0)))

    async def _once(
        self,
        request: _Request,
        endpoint: Endpoint,
        keys: Keys,
        now: float,
        take: Callable[[Answer, Reader], T],
        error_in_success: bool,
        fresh: bool,
    ) -> T:
        """One attempt. Raises _Refused, WireError, Malformed, and what `take` and the body raise."""
        service = self.service
        stats = service.stats
        operation, body = request.operation, request.body
        path = endpoint.path + request.path or "/"
        signed = {
            **self._headers,
            **request.headers,
            "host": endpoint.header,
            "x-amz-content-sha256": request.sha256 or self._payload_hash(body, endpoint),
            "x-amz-date": stamp(now),
        }
        if keys.token:
            signed["x-amz-security-token"] = keys.token
        sign = authorization(operation.method, path, request.query, signed, keys, endpoint.region, endpoint.service)
        target = f"{path}?{request.query}" if request.query else path
        wire = await service.pool.take(endpoint.secure, endpoint.host, endpoint.port, fresh=fresh)
        whole = False
        try:
            stats.sent(operation.kind)
            begun = time.perf_counter()
            wire.begin(operation.method, _PATIENCE if error_in_success else 1)
            answer, sent = await self._send(wire, operation.method, target, signed, sign, body)
            stats.answered(time.perf_counter() - begun)
            reader = wire.reader(answer)
            reader.pace = service.limits.down
            await reader.fetch()
            try:
                if not 200 <= answer.status < 300:
                    raise _refusal(answer, await reader.read_async(ERROR_LIMIT))
                if error_in_success:
                    text = await reader.read_async(documents.LIMIT)
                    if documents.error_of(text):
                        raise _refusal(answer, text)
                    whole = sent and await reader.finish()
                    return take(answer, _Text(text))
                result = take(answer, reader)
                whole = sent and await reader.finish()
                return result
            except _Refused:
                whole = sent and await reader.finish()
                raise
            finally:
                if reader.count:
                    stats.moved(received=reader.count)
        finally:
            if whole:
                service.pool.give(wire)
            else:
                wire.close()

    async def _send(
        self, wire: Wire, method: str, target: str, signed: Mapping[str, str], sign: str, body: bytes | FileSlice
    ) -> tuple[Answer, bool]:
        """Send a request; its answer, and whether the body went out whole (else the connection is of no more use)."""
        length = body_size(body)
        if wire.through:
            target = f"http://{signed['host']}{target}"
        lines = [f"{method} {target} HTTP/1.1\r\n"]
        lines += [f"{name}: {value}\r\n" for name, value in signed.items()]
        if wire.through and wire.through.authorization:
            lines.append(f"proxy-authorization: {wire.through.authorization}\r\n")
        if length or method in ("PUT", "POST"):
            lines.append(f"content-length: {length}\r\n")
        expect = length >= EXPECT_FROM
        if expect:
            lines.append("expect: 100-continue\r\n")
        lines.append(f"user-agent: {USER_AGENT}\r\nauthorization: {sign}\r\n\r\n")
        head = "".join(lines).encode("latin-1")
        pace = self.service.limits.up
        if isinstance(body, bytes) and length <= (65536 if pace is None else min(65536, pace.piece)):
            if pace is not None and length:
                await asleep(pace.reserve(length))
            await wire.send(head + body)
            if length:
                self.service.stats.moved(sent=length)
            return await _final(wire), True
        await wire.send(head)
        if expect and await wire.answered_within(CONTINUE_TIMEOUT):
            answer = await wire.answer()
            if answer.status >= 200:
                return answer, False
        chunks: Iterable[bytes | memoryview] = (body,) if isinstance(body, bytes) else body.chunks()
        if pace is not None:
            chunks = _pieces(chunks, pace)
        try:
            for chunk in chunks:
                if pace is not None:
                    await asleep(pace.reserve(len(chunk)))
                await wire.send(chunk)
                self.service.stats.moved(sent=len(chunk))
        except WireError:
            # A server that refuses a body may answer and close while it is still being sent: its answer tells more.
            if not await wire.answered_within(CONTINUE_TIMEOUT):
                raise
            early = await _final(wire)
            if early.status < 300:
                raise
            return early, False
        return await _final(wire), True

    def _payload_hash(self, body: bytes | FileSlice, endpoint: Endpoint) -> str:
        """What x-amz-content-sha256 says. A file is hashed only where TLS does not protect it on its way."""
        sign = self.service.sign_payload
        if isinstance(body, bytes):
            if not body:
                return EMPTY_SHA256
            return UNSIGNED if sign is False else hashlib.sha256(body).hexdigest()
        if sign is False or (endpoint.secure and not sign):
            return UNSIGNED
        digest = hashlib.sha256()
        for chunk in body.chunks():
            digest.update(chunk)
        return digest.hexdigest()

    def _wait(self, attempt: int, base: float) -> float:
        """Seconds until the next attempt: exponential with full jitter (AWS, "Exponential Backoff And Jitter")."""
        return random.random() * min(_LONGEST_WAIT, base * 2.0**attempt)

    async def _moved(self, refused: _Refused, endpoint: Endpoint) -> bool:
        """Whether the bucket turns out to be in another region; then it is looked for there from now on."""
        status, code = refused.answer.status, refused.code
        if status not in (301, 307, 308) and code not in _ELSEWHERE and not (status == 400 and code == "BadRequest"):
            return False
        region = _region_of(refused.answer) or refused.fields.get("Region", "")
        if not region and status != 400 and self.service.aws:
            region = await self._ask_region(endpoint)
        if not region or region == endpoint.region:
            # Another thread may have found it meanwhile.
            return self._endpoint is not endpoint
        self._endpoint = self.service.endpoint(self.bucket, region)
        return True

    async def _ask_region(self, endpoint: Endpoint) -> str:
        """The region as HeadBucket tells it, whatever its status."""
        if self.service.limits.requests is not None:
            await asleep(self.service.limits.requests.reserve(1))
        keys, now = self.service.keys(), time.time() + self.service.skew
        try:
            request = _Request(HEAD_BUCKET, "", "", {}, b"", EMPTY_SHA256)
            return await self._once(request, endpoint, keys, now, _region_of, False, True)
        except _Refused as refused:
            return _region_of(refused.answer)
        except WireError:
            return ""

    def _renew(self, refused: _Refused, operation: Operation, keys: Keys) -> bool:
        """Whether the credentials had expired and others are there now. A HEAD has no code: it answers just 400."""
        expired = refused.code in _EXPIRED or (refused.answer.status == 400 and operation.method == "HEAD")
        return bool(keys.token) and expired and self.service.renew is not None and self.service.renew(keys)

    def _adjust(self, refused: _Refused, now: float) -> bool:
        """Whether the clock was the trouble; then the server's is followed. A HEAD has no code: its date must tell."""
        if refused.answer.status != 403 or refused.code not in _SKEWED | {"Forbidden"}:
            return False
        theirs = _clock(refused.answer.headers)
        if not theirs or abs(theirs - now) < _SKEW:
            return False
        self.service.skew = theirs - time.time()
        return True

    def _unreachable(self, error: WireError, endpoint: Endpoint, attempts: int) -> NoReturn:
        tried = f" ({attempts} attempts)" if attempts > 1 else ""
        advice = error.advice or "Check the endpoint, the region, the proxy settings and the network"
        raise ConnectionFailed(endpoint.host, endpoint.port, error.reason + tried, advice) from error

    def _malformed(self, operation: Operation, key: str, reason: str) -> S3Error:
        message, advice = f"The answer is broken: {reason}", "Is this an S3 endpoint, and no proxy in between?"
        return S3Error(
            operation.name, self.bucket, key, status=200, code="MalformedAnswer", message=message, advice=advice
        )

    def _error(self, operation: Operation, key: str, refused: _Refused, retried: bool, advice: str) -> S3Error:
        return s3_error(
            operation.name,
            self.bucket,
            key,
            status=refused.answer.status,
            code=refused.code,
            message=refused.message,
            request_id=refused.fields.get("RequestId", "") or refused.answer.headers.get("x-amz-request-id", ""),
            advice=advice,
            retried=retried,
        )


HEAD_BUCKET = Operation("HeadBucket", "head", "HEAD")


def _region_of(answer: Answer, _body: Reader | None = None) -> str:
    return answer.headers.get("x-amz-bucket-region", "")


class _Text(Reader):
    """A body that was read already."""

    __slots__ = ("_text",)

    def __init__(self, text: bytes) -> None:
        self._text = memoryview(text)
        self.length = len(text)
        self.count = 0

    async def readinto_async(self, view: memoryview) -> int:
        count = min(len(view), self.length - self.count)
        view[:count] = self._text[self.count : self.count + count]
        self.count += count
        return count


def _pieces(chunks: Iterable[bytes | memoryview], pace: Pace) -> Iterator[memoryview]:
    """The same bytes in pieces: a large one would make its connection wait in silence until it may go."""
    for chunk in chunks:
        view = memoryview(chunk)
        for at in range(0, len(view), pace.piece):
            yield view[at : at + pace.piece]


async def _final(wire: Wire) -> Answer:
    """The next answer that is no 1xx."""
    for _attempt in range(10):
        answer = await wire.answer()
        if answer.status >= 200:
            return answer
    raise WireError("the server sends one interim answer after the other")


def _refusal(answer: Answer, body: bytes) -> _Refused:
    fields = documents.error_of(body)
    code = fields.get("Code", "") or _BY_STATUS.get(answer.status, f"HTTP{answer.status}")
    message = fields.get("Message", "")
    if not message and body and not fields:
        kind = answer.headers.get("content-type", "unknown content")
        message = f"The answer is not S3's XML but {kind}; is this an S3 endpoint, and no proxy in between?"
    return _Refused(answer, code, message, fields)


def _retry_after(headers: Mapping[str, str]) -> float:
    return min(float(header.number(headers, "retry-after", 0)), _LONGEST_RETRY_AFTER)


def _clock(headers: Mapping[str, str]) -> float:
    """The server's clock; 0.0 where it does not tell."""
    return documents.http_time(headers.get("date", ""))
