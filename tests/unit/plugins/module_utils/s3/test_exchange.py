# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What can go wrong with a request, and what is done about it."""

from __future__ import annotations

import email.utils
import hashlib
import os
import socket
import threading
import time

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._errors import (
    Conflict,
    ConnectionFailed,
    Denied,
    FileChanged,
    NotFound,
    S3Error,
    StowageError,
)
from ansible_collections.stowage.s3.plugins.module_utils._s3 import exchange, wire
from ansible_collections.stowage.s3.plugins.module_utils._s3.gate import BULK, Gate
from ansible_collections.stowage.s3.plugins.module_utils._s3.pool import Pool
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Endpoint, FileSlice, Keys
from ansible_collections.stowage.s3.plugins.module_utils._s3.waiting import Loop, finish
from scripted import DROP, Answer, answer, error

ETAG = '"0123"'
MIB = 1024 * 1024


def body_of(head, reader):
    return reader.read(10 * MIB)


# The gates


@pytest.mark.parametrize(("size", "bulk"), [(BULK, False), (BULK + 1, True)])
def test_what_carries_much_passes_a_gate_of_its_own(scripted, make, size, bulk):
    gates = {"gate": Recorded(9, 9), "bulk": Recorded(9, 9)}
    remote = make(gates)
    body = b"x" * size
    part = answer(headers={"etag": ETAG})
    scripted.play(part, part, answer(body=body), answer(body=body, headers={"content-range": f"bytes 0-{size - 1}/9"}))
    remote.put("a", body, {})
    remote.upload_part("a", "id", 1, body)
    remote.get("a", body_of, size=size)
    remote.get("a", body_of, length=size)
    scripted.play(answer())
    remote.head("a")  # carries nothing
    assert gates["bulk"].amounts == ([size] * 4 if bulk else [])
    assert gates["gate"].amounts == ([1] if bulk else [1] * 5)


class Recorded(Gate):
    def __init__(self, start, most):
        super().__init__(start, most)
        self.amounts = []

    def leave(self, token, amount=1):
        super().leave(token, amount)
        self.amounts.append(amount)


# Connections


def test_a_connection_is_kept_alive(scripted, remote):
    scripted.play(answer(body="one"), answer(body="two"), answer(404))
    assert [remote.get("a", body_of), remote.get("a", body_of)] == [b"one", b"two"]
    with pytest.raises(NotFound):
        remote.head("a")
    assert [request.connection for request in scripted.requests] == [1, 1, 1]


def test_a_body_that_was_not_read_does_not_spoil_the_next_answer(scripted, remote):
    scripted.play(answer(body=b"x" * 1000), answer(body=b"y" * 10 * MIB), answer(body="three"))
    assert remote.get("a", lambda head, reader: head.size) == 1000
    assert remote.get("a", lambda head, reader: reader.read(1)) == b"y"
    assert remote.get("a", body_of) == b"three"
    assert [request.connection for request in scripted.requests] == [1, 1, 2]


def test_a_stale_connection_is_replaced_at_once(scripted, remote, naps):
    scripted.play(Answer(answer(body="one").data, drop=True), answer(body="two"))
    remote.get("a", body_of)
    assert remote.get("a", body_of) == b"two"
    assert naps == []


def test_connection_close_is_heeded(scripted, remote):
    scripted.play(answer(body="one", connection="close"), answer(body="two"))
    assert [remote.get("a", body_of), remote.get("a", body_of)] == [b"one", b"two"]
    assert [request.connection for request in scripted.requests] == [1, 2]


def test_a_dropped_connection_is_retried_with_growing_waits(scripted, make, naps):
    bucket = make({"attempts": 3})
    scripted.play(DROP, DROP, answer(body="here"))
    assert bucket.get("a", body_of) == b"here"
    assert len(naps) == 2
    assert 0 <= naps[0] <= 0.4
    assert 0 <= naps[1] <= 0.8


def test_retries_are_bounded_and_the_error_tells_where(scripted, make):
    bucket = make({"attempts": 3})
    scripted.play(DROP, DROP, DROP)
    with pytest.raises(ConnectionFailed, match=rf"127\.0\.0\.1 port {scripted.port}.*closed.*3 attempts.*Check the"):
        bucket.head("a")


def test_nobody_listens(make, scripted):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    def endpoint(bucket, region):
        return Endpoint(False, "127.0.0.1", port, f"/{bucket}", "127.0.0.1", region)

    with pytest.raises(ConnectionFailed, match="refused"):
        make({"endpoint": endpoint, "attempts": 2}).check()


# Bodies


@pytest.mark.parametrize(
    "broken",
    [
        Answer(answer(body=b"x" * 100).data[:-40], drop=True),
        Answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", drop=True),
        Answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", drop=True),
        Answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", drop=True),
        Answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\n\r\n", drop=True),
        Answer(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", drop=True),
        Answer(b"HTTP/1.1 200 OK\r\nContent-Le", drop=True),
        Answer(b"SSH-2.0-OpenSSH\r\n\r\n", drop=True),
        Answer(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", drop=True),
    ],
    ids=[
        "short",
        "cut chunk",
        "no last chunk",
        "bad size",
        "bad chunk",
        "bad length",
        "cut head",
        "no http",
        "long head",
    ],
)
def test_a_broken_body_is_fetched_again(scripted, remote, broken):
    scripted.play(broken, answer(body="whole"))
    calls = []
    assert remote.get("a", lambda head, reader: calls.append(1) or reader.read(1000)) == b"whole"
    assert len(scripted.requests) == 2


def test_chunked_bodies_with_extensions_and_trailers(scripted, remote):
    chunks = b"5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nx-trailer: 1\r\n\r\n"
    scripted.play(
        Answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks),
        answer(body="next"),
    )
    assert remote.get("a", body_of) == b"hello world"
    assert remote.get("a", body_of) == b"next"
    assert [request.connection for request in scripted.requests] == [1, 1]


def test_a_body_until_the_connection_ends(scripted, remote):
    scripted.play(Answer(b"HTTP/1.0 200 OK\r\n\r\nall of it", drop=True), answer(body="next"))
    assert remote.get("a", body_of) == b"all of it"
    assert remote.get("a", body_of) == b"next"


def test_interim_answers_are_skipped_but_not_for_ever(scripted, make):
    bucket = make({"attempts": 1})
    scripted.play(Answer(b"HTTP/1.1 103 Early\r\n\r\n" + answer(body="late").data))
    assert bucket.get("a", body_of) == b"late"
    scripted.play(Answer(b"HTTP/1.1 103 Early\r\n\r\n" * 50, drop=True))
    with pytest.raises(ConnectionFailed, match="interim"):
        bucket.head("a")


def test_reading_into_the_callers_memory(scripted, remote):
    data = os.urandom(300_000)
    scripted.play(answer(body=data))

    def consume(head, reader):
        target = bytearray(head.size)
        view, done = memoryview(target), 0
        while count := reader.readinto(view[done:]):
            done += count
        return bytes(target), reader.readinto(memoryview(bytearray(10)))

    assert remote.get("a", consume) == (data, 0)


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), StowageError("mine"), KeyError("bug")])
def test_the_consumers_own_errors_are_not_retried(scripted, remote, failure):
    scripted.play(answer(body="data"))

    def consume(head, reader):
        raise failure

    with pytest.raises(type(failure)):
        remote.get("a", consume)
    assert len(scripted.requests) == 1


def test_ranges_and_conditions(scripted, remote):
    scripted.play(answer(206, b"bc", content_range="bytes 1-2/10"))
    assert remote.get("a", lambda head, reader: (head.size, reader.read(9)), start=1, length=2, if_match="e") == (
        10,
        b"bc",
    )
    assert scripted.requests[0].headers["range"] == "bytes=1-2"
    assert scripted.requests[0].headers["if-match"] == '"e"'


def test_a_range_that_is_called_the_whole_is_a_range(scripted, remote):
    scripted.play(answer(200, b"bc", content_range="bytes 1-2/6"))
    assert remote.get("a", body_of, start=1, length=2) == b"bc"


@pytest.mark.parametrize("reply", [answer(200, b"abcdef"), answer(206, b"ab", content_range="bytes 0-1/6")])
def test_a_range_that_was_not_honoured_is_an_error(scripted, remote, reply):
    scripted.play(reply)
    with pytest.raises(S3Error, match="RangeIgnored"):
        remote.get("a", body_of, start=1, length=2)


# Large bodies


def test_a_large_body_waits_for_100_continue(scripted, remote):
    body = os.urandom(2 * MIB)
    scripted.play(Answer(b"HTTP/1.1 100 Continue\r\n\r\n"), answer(etag=ETAG))
    assert remote.put("a", body, {}).etag == "0123"
    assert scripted.requests[0].body == body
    assert scripted.requests[0].headers["x-amz-content-sha256"] == hashlib.sha256(body).hexdigest()


def test_a_large_body_is_sent_unasked_to_a_server_that_does_not_know_expect(scripted, remote, monkeypatch):
    monkeypatch.setattr(exchange, "CONTINUE_TIMEOUT", 0.01)
    scripted.play(answer(etag=ETAG))
    body = os.urandom(2 * MIB)
    remote.put("a", body, {})
    assert scripted.requests[0].body == body


def test_a_refused_large_body_is_not_sent(scripted, remote):
    scripted.play(error(403, "AccessDenied"))
    with pytest.raises(Denied, match="s3:PutObject"):
        remote.put("a", b"x" * 2 * MIB, {})
    assert scripted.requests[0].body == b""


def test_a_slice_is_read_anew_for_each_attempt(scripted, remote, tmp_path):
    data = os.urandom(3000)
    (tmp_path / "f").write_bytes(data)
    scripted.play(DROP, error(500, "InternalError"), answer(etag=ETAG))
    with (tmp_path / "f").open("rb") as file:
        remote.put("a", FileSlice(file.fileno(), 1000, 2000), {})
    assert [request.body for request in scripted.requests] == [data[1000:]] * 3
    assert scripted.requests[0].headers["x-amz-content-sha256"] == hashlib.sha256(data[1000:]).hexdigest()


def test_a_file_that_shrinks_while_it_is_sent_is_dropped(scripted, make, tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"x" * 1000)
    scripted.play(answer())
    with path.open("rb") as file, pytest.raises(FileChanged):
        make({"sign_payload": False}).put("a", FileSlice(file.fileno(), 0, 2000), {})
    scripted.wait_until_played()  # the client is done before the server has read what was sent
    assert scripted.requests == []  # the server has waited for the rest in vain


def test_a_refusal_while_the_body_is_still_being_sent_is_heard(make):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def refuse():
            connection, _address = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(error(400, "EntityTooLarge", connection="close").data)
                connection.shutdown(socket.SHUT_WR)
                # What is still on its way must be read, or the reset would overtake the answer.
                while connection.recv(65536):
                    pass

        server = threading.Thread(target=refuse)
        server.start()
        place = Endpoint(False, "127.0.0.1", port, "/b", "127.0.0.1", "us-east-1")
        with pytest.raises(S3Error, match="EntityTooLarge"):
            make({"endpoint": lambda bucket, region: place, "attempts": 1}).put("a", b"x" * 900_000, {})
        server.join(10)


def test_an_answer_that_came_before_the_connection_broke_is_used():
    ours, theirs = socket.socketpair()

    def refuse():
        theirs.recv(10)
        theirs.sendall(error(403, "AccessDenied").data)
        theirs.close()

    server = threading.Thread(target=refuse)
    server.start()
    connection = wire.Wire(ours, (False, "h", 80), None)
    service = exchange.Service(
        pool=Pool(),
        keys=lambda: Keys("AK", "S"),
        endpoint=lambda bucket, region: Endpoint(False, "h", 80, "", "h", region),
        region="us-east-1",
    )
    sender = exchange.Exchange(service, "b", {})
    reply, whole = finish(sender._send(connection, "PUT", "/a", {"host": "h"}, "sign", b"x" * 900_000))
    connection.close()
    server.join(10)
    assert (reply.status, whole) == (403, False)


def test_a_silent_server_is_given_up(make):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        place = Endpoint(False, "127.0.0.1", port, "/b", "127.0.0.1", "us-east-1")
        pool = Pool(connect_timeout=10, read_timeout=0.05)
        with pytest.raises(ConnectionFailed, match=r"nothing moved for 0\.05 s \(2 attempts\)"):
            make({"endpoint": lambda bucket, region: place, "attempts": 2, "pool": pool}).head("a")


@pytest.mark.parametrize("first", [True, False])
def test_an_address_of_an_unknown_kind_is_passed_over(scripted, make, monkeypatch, first):
    known = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", scripted.port))]
    unknown = [(12345, socket.SOCK_STREAM, 6, "", ("::1", scripted.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_place, **_kind: unknown + known if first else known + unknown)
    scripted.play(answer())
    make({"attempts": 1}).head("a")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        known[0] = (*known[0][:4], listener.getsockname())
    with pytest.raises(ConnectionFailed, match="refused"):
        make({"attempts": 1}).head("a")


# Errors


def test_the_error_says_what_was_asked_what_s3_said_and_what_to_do(scripted, remote):
    scripted.play(error(403, "AccessDenied", "Access Denied"))
    with pytest.raises(Denied) as caught:
        remote.get("k\n1", body_of)
    failure = caught.value
    assert (failure.operation, failure.bucket, failure.key) == ("GetObject", "b", "k\n1")
    assert (failure.status, failure.code, failure.message, failure.request_id) == (
        403,
        "AccessDenied",
        "Access Denied",
        "R1",
    )
    assert str(failure).startswith(
        "GetObject s3://b/k\\n1: AccessDenied (403): Access Denied. The credentials need s3:GetObject"
    )


@pytest.mark.parametrize("body", [b"", b"<html>Forbidden</html>", b"<Error><Code>Acc", b"x" * 200_000])
def test_unreadable_errors_are_errors_all_the_same(scripted, remote, body):
    scripted.play(answer(403, body, content_type="text/html"))
    with pytest.raises(Denied, match="Forbidden"):
        remote.get("a", body_of)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (404, "NoSuchKey", NotFound),
        (404, "NoSuchBucket", NotFound),
        (412, "PreconditionFailed", Conflict),
        (400, "InvalidRequest", S3Error),
    ],
)
def test_kinds_of_errors(scripted, remote, status, code, kind):
    scripted.play(error(status, code))
    with pytest.raises(kind) as caught:
        remote.get("a", body_of)
    assert caught.type is kind
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (500, "InternalError"),
        (502, ""),
        (503, "SlowDown"),
        (503, "ServiceUnavailable"),
        (504, ""),
        (429, ""),
        (408, ""),
        (400, "RequestTimeout"),
        (409, "OperationAborted"),
        (409, "ConditionalRequestConflict"),
    ],
)
def test_what_passes_is_retried(scripted, make, naps, status, code):
    bucket = make({"attempts": 3})
    scripted.play(error(status, code), error(status, code), answer(body="now"))
    assert bucket.get("a", body_of) == b"now"
    scripted.play(*[error(status, code)] * 3)
    with pytest.raises(S3Error) as caught:
        bucket.get("a", body_of)
    assert caught.value.status == status
    assert caught.value.retried
    assert len(naps) == 4


@pytest.mark.parametrize(
    ("status", "code"), [(400, "InvalidArgument"), (404, "NoSuchKey"), (409, "BucketNotEmpty"), (501, "NotImplemented")]
)
def test_what_stays_is_not_retried(scripted, remote, status, code):
    scripted.play(error(status, code))
    with pytest.raises(S3Error):
        remote.get("a", body_of)
    assert len(scripted.requests) == 1


def test_retry_after_is_heeded_within_reason(scripted, remote, naps):
    scripted.play(error(503, "SlowDown", retry_after="7"), error(503, "SlowDown", retry_after="999999"), answer())
    remote.head("a")
    assert naps[0] >= 7
    assert naps[1] <= 60


def test_a_wrong_digest_is_tried_just_once_more(scripted, remote):
    scripted.play(error(400, "BadDigest"), error(400, "BadDigest"))
    with pytest.raises(S3Error, match="changed on its way"):
        remote.put("a", b"x", {})


# Regions


@pytest.mark.parametrize(
    "refusal",
    [
        error(301, "PermanentRedirect", x_amz_bucket_region="eu-west-1"),
        error(307, "TemporaryRedirect", x_amz_bucket_region="eu-west-1"),
        error(400, "AuthorizationHeaderMalformed", more="<Region>eu-west-1</Region>"),
        error(400, "IllegalLocationConstraintException", x_amz_bucket_region="eu-west-1"),
    ],
)
def test_the_region_is_learned_and_remembered(scripted, remote, refusal):
    scripted.play(refusal, answer(body="found"), answer(body="again"))
    assert remote.get("a", body_of) == b"found"
    assert remote.get("a", body_of) == b"again"
    assert remote.region == "eu-west-1"
    regions = [request.headers["authorization"].split("/")[2] for request in scripted.requests]
    assert regions == ["us-east-1", "eu-west-1", "eu-west-1"]


def test_a_head_learns_the_region_too(scripted, remote):
    scripted.play(Answer(b"HTTP/1.1 400 Bad Request\r\nx-amz-bucket-region: eu-west-1\r\n\r\n"), answer())
    remote.check()
    assert remote.region == "eu-west-1"


def test_head_bucket_is_asked_where_a_redirect_does_not_tell(scripted, make):
    bucket = make({"aws": True})
    moved = Answer(b"HTTP/1.1 403 Forbidden\r\nx-amz-bucket-region: eu-west-1\r\n\r\n")
    scripted.play(error(301, "PermanentRedirect"), moved, answer(body="found"))
    assert bucket.get("a", body_of) == b"found"
    assert scripted.targets() == ["GET /b/a", "HEAD /b", "GET /b/a"]


def test_redirects_in_a_circle_end(scripted, remote):
    scripted.play(
        error(301, "PermanentRedirect", x_amz_bucket_region="eu-west-1"),
        error(301, "PermanentRedirect", x_amz_bucket_region="us-east-1"),
    )
    with pytest.raises(S3Error, match="another region"):
        remote.get("a", body_of)


# Credentials and clocks


def test_expired_credentials_are_renewed_once(scripted, make):
    held = [Keys("OLD", "S", "T")]

    def renew(old):
        assert old.access == "OLD"
        held[0] = Keys("NEW", "S", "T2")
        return True

    bucket = make({"keys": lambda: held[0], "renew": renew})
    scripted.play(error(400, "ExpiredToken"), answer(body="in"))
    assert bucket.get("a", body_of) == b"in"
    assert [request.headers["x-amz-security-token"] for request in scripted.requests] == ["T", "T2"]
    assert "Credential=NEW/" in scripted.requests[1].headers["authorization"]


def test_expired_credentials_without_others_are_an_error(scripted, make):
    bucket = make({"keys": lambda: Keys("OLD", "S", "T"), "renew": lambda old: False})
    scripted.play(error(400, "ExpiredToken"))
    with pytest.raises(S3Error, match="log in again"):
        bucket.get("a", body_of)


@pytest.mark.parametrize("token", ["T", ""])
def test_a_head_of_expired_credentials_has_no_words_so_the_message_has(scripted, make, token):
    bucket = make({"keys": lambda: Keys("OLD", "S", token), "renew": lambda old: False})
    scripted.play(Answer(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", drop=True))
    with pytest.raises(S3Error, match=r"HeadObject s3://b/a: BadRequest \(400\)") as caught:
        bucket.head("a")
    # Keys that last have no session that could end.
    assert ("session has expired" in str(caught.value)) == bool(token)


def test_renewed_credentials_that_are_refused_again_end_it(scripted, make):
    bucket = make({"keys": lambda: Keys("OLD", "S", "T"), "renew": lambda old: True})
    scripted.play(error(400, "ExpiredToken"), error(400, "ExpiredToken"))
    with pytest.raises(S3Error):
        bucket.get("a", body_of)


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_wrong_clock_follows_the_servers(scripted, remote, method):
    date = email.utils.formatdate(time.time() + 7200, usegmt=True)
    scripted.play(
        error(403, "RequestTimeTooSkewed", date=date)
        if method == "get"
        else Answer(f"HTTP/1.1 403 F\r\ndate: {date}\r\n\r\n".encode()),
        answer(),
        answer(),
    )
    act = remote.head if method == "head" else lambda key: remote.get(key, body_of)
    act("a")
    act("a")
    first, second, third = (request.headers["x-amz-date"] for request in scripted.requests)
    assert first < second <= third
    assert email.utils.parsedate_to_datetime(date).strftime("%Y%m%dT%H") == second[:11]


def test_a_plain_refusal_is_not_blamed_on_the_clock(scripted, remote):
    scripted.play(Answer(f"HTTP/1.1 403 F\r\ndate: {email.utils.formatdate(usegmt=True)}\r\n\r\n".encode()))
    with pytest.raises(Denied):
        remote.head("a")


# Errors under status 200


COPIED = "<CopyObjectResult><ETag>&quot;e1&quot;</ETag><ChecksumCRC32>AAAAAA==</ChecksumCRC32></CopyObjectResult>"


def test_an_error_inside_200_is_retried(scripted, remote):
    scripted.play(error(200, "InternalError"), answer(body=COPIED))
    assert remote.copy("a", remote, "b", {}).etag == "e1"


def test_an_error_inside_200_is_an_error(scripted, remote):
    scripted.play(error(200, "NoSuchKey"))
    with pytest.raises(NotFound):
        remote.copy("a", remote, "b", {})


@pytest.mark.parametrize("body", ["", "<html></html>", "<CopyObjectResult>", "<Other/>"])
def test_a_success_without_its_document_is_no_success(scripted, make, body):
    bucket = make({"attempts": 2})
    scripted.play(answer(body=body), answer(body=body))
    with pytest.raises(S3Error, match="MalformedAnswer"):
        bucket.copy("a", bucket, "b", {})


def test_a_copy_that_takes_its_time_holds_nobody_up(make):
    begun, other = threading.Event(), threading.Event()
    reply = f"{len(COPIED):x}\r\n{COPIED}\r\n0\r\n\r\n".encode()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            slow, _address = listener.accept()
            with slow:
                slow.recv(4000)
                slow.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n \r\n")
                begun.set()
                fast, _address = listener.accept()
                with fast:
                    fast.recv(4000)
                    fast.sendall(answer().data)
                    if other.wait(10):
                        slow.sendall(reply)

        server = threading.Thread(target=serve)
        server.start()
        place = Endpoint(False, "127.0.0.1", listener.getsockname()[1], "/b", "127.0.0.1", "us-east-1")
        pool = Pool(connect_timeout=10, read_timeout=1)
        bucket = make({"endpoint": lambda bucket, region: place, "pool": pool, "attempts": 1})
        loop, ended = Loop(), []
        loop.start(bucket.copy_async("a", bucket, "b", {}))
        while not begun.is_set():
            loop.step(0.01)
        loop.start(bucket.head_async("c"))
        while loop.live:
            ended += loop.step()
            if ended:
                other.set()
        loop.close()
        pool.close()
        server.join(10)
    assert [getattr(one, "etag", "") for one in ended] == ["", "e1"]


# Conditions that fail on our own success


def stored(body, **headers):
    named = {"content-length": str(len(body)), "etag": f'"{hashlib.md5(body).hexdigest()}"', **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return Answer(f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode())


def test_a_conflict_with_our_own_lost_success_is_success(scripted, remote):
    scripted.play(DROP, error(412, "PreconditionFailed"), stored(b"mine"))
    assert remote.put("a", b"mine", {}, if_none_match=True).etag == hashlib.md5(b"mine").hexdigest()


def test_the_same_metadata_in_other_words_is_ours(scripted, remote):
    theirs = {"x-amz-meta-name": "=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=", "x-amz-meta-mtime": "1"}
    scripted.play(DROP, error(412, "PreconditionFailed"), stored(b"mine", **theirs))
    remote.put("a", b"mine", {"x-amz-meta-name": "Grüße", "x-amz-meta-mtime": "1"}, if_none_match=True)


def test_the_same_bytes_with_other_metadata_are_not_ours(scripted, remote):
    scripted.play(DROP, error(412, "PreconditionFailed"), stored(b"mine", **{"x-amz-meta-mtime": "1"}))
    with pytest.raises(Conflict):
        remote.put("a", b"mine", {"x-amz-meta-mtime": "2"}, if_none_match=True)


def test_a_checksum_proves_better_than_an_etag(scripted, remote):
    scripted.play(DROP, error(412, "PreconditionFailed"), stored(b"mine", **{"x-amz-checksum-crc32": "AAAAAA=="}))
    with pytest.raises(Conflict):
        remote.put("a", b"mine", {}, if_none_match=True)


def test_a_conflict_after_a_retry_with_other_content_is_a_conflict(scripted, remote):
    scripted.play(DROP, error(412, "PreconditionFailed"), stored(b"hers"))
    with pytest.raises(Conflict):
        remote.put("a", b"mine", {}, if_none_match=True)


def test_a_conflict_at_once_is_a_conflict(scripted, remote):
    scripted.play(error(412, "PreconditionFailed"))
    with pytest.raises(Conflict):
        remote.put("a", b"mine", {}, if_match="0123")


def test_a_redirect_before_a_conflict_makes_it_no_success(scripted, remote):
    scripted.play(error(301, "PermanentRedirect", x_amz_bucket_region="eu-west-1"), error(412, "PreconditionFailed"))
    with pytest.raises(Conflict):
        remote.put("a", b"mine", {}, if_none_match=True)


# Proxies


def test_an_http_proxy_gets_the_whole_address_and_its_own_credentials(scripted, make):
    asked = []

    def proxy(secure, host, port):
        asked.append((secure, host, port))
        return wire.Proxy("127.0.0.1", scripted.port, wire.basic("user", "pass"))

    pool = Pool(proxy=proxy)
    bucket = make({"pool": pool, "endpoint": lambda b, r: Endpoint(False, "s3.test", 80, f"/{b}", "s3.test", r)})
    scripted.play(answer())
    bucket.head("a b")
    pool.close()
    assert asked == [(False, "s3.test", 80)]
    assert scripted.targets() == ["HEAD http://s3.test/b/a%20b"]
    assert scripted.requests[0].headers["proxy-authorization"] == "Basic dXNlcjpwYXNz"
    assert "proxy-authorization" not in scripted.requests[0].headers["authorization"]


def test_a_proxy_that_refuses_the_tunnel_is_named_without_its_password(scripted, make):
    pool = Pool(proxy=lambda secure, host, port: wire.Proxy("127.0.0.1", scripted.port, wire.basic("user", "pass")))
    bucket = make({"pool": pool, "endpoint": lambda b, r: Endpoint(True, "s3.test", 443, f"/{b}", "s3.test", r)})
    scripted.play(answer(407))
    with pytest.raises(ConnectionFailed, match="407 to CONNECT") as caught:
        bucket.head("a")
    pool.close()
    assert scripted.targets() == ["CONNECT s3.test:443"]
    assert "pass" not in str(caught.value)
    assert "dXNlcjpwYXNz" not in str(caught.value)


# Counters


def test_every_request_sent_is_counted(scripted, make):
    bucket = make()
    service = bucket._exchange.service
    scripted.play(DROP, error(503, "SlowDown"), answer(body="data"), answer(etag=ETAG))
    bucket.get("a", body_of)
    bucket.put("a", b"12345", {})
    stats = service.stats
    assert stats.requests == {"get": 3, "put": 1}
    assert (stats.retries, stats.throttled) == (2, 1)
    assert stats.bytes_sent == 5
    assert stats.latency()["max"] > 0
