# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The client against SeaweedFS, with botocore as the independent reader and writer."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import random
import socket
import threading
import zlib

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._connection import connect
from ansible_collections.stowage.s3.plugins.module_utils._errors import Conflict, Denied, FileChanged, NotFound, S3Error
from ansible_collections.stowage.s3.plugins.module_utils._s3.multipart import MIB
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import FileSlice
from ansible_collections.stowage.s3.plugins.module_utils._s3.waiting import asleep

KEYS = [
    "plain.txt",
    "a b/c+d&e=f.txt",
    "100%/%20/%zz",
    "quotes'\"/`$(x)`",
    "emoji 😀/é/e\u0301",
    "a-b/y",
    "a.txt",
    "a/x",
    " leading and trailing ",
    "plus+",
    "semi;colon:comma,",
    "?#[]@!*()",
    "<xml>&amp;",
    "x" * 200 + "/" + "y" * 200,
]


class Module:
    """As much of AnsibleAWSModule as a connection needs."""

    def __init__(self, server, **params):
        self.params = {
            "validate_certs": True,
            "endpoint_url": server.endpoint,
            "access_key": server.access_key,
            "secret_key": server.secret_key,
            "region": server.region,
            **params,
        }


@pytest.fixture
def connection(s3_server):
    """Our way to the server."""
    made = connect(Module(s3_server))
    yield made
    made.close()


@pytest.fixture
def ours(connection, bucket):
    """Our client of a new bucket."""
    return connection.bucket(bucket)


@pytest.fixture
def theirs(s3_server, bucket):
    """botocore's client, its Bucket argument filled in."""
    client = s3_server.client("s3")

    def call(operation, **arguments):
        return getattr(client, operation)(Bucket=bucket, **arguments)

    yield call
    client.close()


def whole(head, reader):
    return reader.read(64 * MIB)


def listed(bucket, prefix=""):
    return [entry for page in bucket.pages(prefix) for entry in page]


def crc32(data):
    return base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()


@pytest.mark.parametrize("key", KEYS)
def test_what_we_write_they_read_and_the_reverse(ours, theirs, key):
    body = os.urandom(100)
    headers = {"content-type": "text/x-odd", "cache-control": "max-age=1", "x-amz-meta-mtime": "123.5"}
    stored = ours.put(key, body, headers)
    got = theirs("get_object", Key=key)
    assert (got["Body"].read(), got["ETag"].strip('"')) == (body, stored.etag)
    assert (got["ContentType"], got["CacheControl"]) == ("text/x-odd", "max-age=1")
    assert got["Metadata"] == {"mtime": "123.5"}

    theirs("put_object", Key=key, Body=b"theirs", Metadata={"a": "b"}, ContentType="a/b")
    assert ours.get(key, whole) == b"theirs"
    head = ours.head(key)
    assert (head.size, head.metadata, head.content_type) == (6, {"a": "b"}, "a/b")
    assert head.etag == hashlib.md5(b"theirs").hexdigest()
    assert [entry.key for entry in listed(ours)] == [key]
    assert ours.delete([key]) == []
    assert "Contents" not in theirs("list_objects_v2")


def test_listing_agrees_over_several_pages(ours, theirs):
    keys = [f"many/{i:04}é +%" for i in range(1203)] + ["other/x"]
    threads = [
        threading.Thread(target=lambda part=part: [ours.put(key, b"x", {}) for key in part])
        for part in (keys[i::8] for i in range(8))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    mine = listed(ours, "many/")
    assert sorted(entry.key for entry in mine) == keys[:-1]
    assert {(entry.size, entry.etag) for entry in mine} == {(1, hashlib.md5(b"x").hexdigest())}
    page = theirs("list_objects_v2", Prefix="many/")["Contents"]
    assert {entry.key: entry.modified for entry in mine}[page[0]["Key"]] == page[0]["LastModified"].timestamp()
    assert [entry.key for page in ours.pages("many/", start_after=keys[1200]) for entry in page] == keys[1201:1203]
    assert ours.delete(keys) == []
    assert listed(ours) == []


def test_metadata_beyond_ascii_comes_back(ours):
    ours.put("a", b"", {"x-amz-meta-name": "Grüße, 世界 😀" * 5, "x-amz-meta-plain": "a  b"})
    assert ours.head("a").metadata["name"] == "Grüße, 世界 😀" * 5
    assert ours.get("a", lambda head, reader: head.metadata["name"]) == "Grüße, 世界 😀" * 5


def test_ranges(ours):
    data = os.urandom(100_000)
    ours.put("a", data, {})
    assert ours.get("a", whole, start=10, length=20) == data[10:30]
    assert ours.get("a", whole, start=99_990) == data[99_990:]
    assert ours.get("a", whole, length=5) == data[:5]
    assert ours.get("a", lambda head, reader: (head.size, reader.length), start=10, length=20) == (100_000, 20)
    with pytest.raises(S3Error, match="416"):
        ours.get("a", whole, start=100_001)


def test_conditions(ours):
    first = ours.put("a", b"1", {}, if_none_match=True)
    with pytest.raises(Conflict):
        ours.put("a", b"2", {}, if_none_match=True)
    second = ours.put("a", b"2", {}, if_match=first.etag)
    with pytest.raises(Conflict):
        ours.put("a", b"3", {}, if_match=first.etag)
    with pytest.raises(Conflict):
        ours.get("a", whole, if_match=first.etag)
    assert ours.get("a", whole, if_match=second.etag) == b"2"


def test_a_wrong_checksum_is_refused(ours):
    with pytest.raises(S3Error, match="changed on its way"):
        ours.put("a", b"data", {}, crc32=crc32(b"date"))
    with pytest.raises(NotFound):
        ours.head("a")
    assert ours.put("a", b"data", {}).checksums == {"crc32": crc32(b"data")}
    assert ours.head("a").checksums == {"crc32": crc32(b"data")}


def test_slices_of_files_small_and_large(ours, tmp_path):
    data = os.urandom(3 * MIB)
    path = tmp_path / "f"
    path.write_bytes(data)
    with path.open("rb") as file:
        for offset, length in ((0, 0), (5, 1000), (100, 2 * MIB)):
            piece = data[offset : offset + length]
            ours.put("a", FileSlice(file.fileno(), offset, length), {}, crc32=crc32(piece))
            assert ours.get("a", whole) == piece
            known = hashlib.sha256(piece).hexdigest()
            ours.put("a", FileSlice(file.fileno(), offset, length), {}, sha256=known)
        with pytest.raises(FileChanged):
            ours.put("b", FileSlice(file.fileno(), 2 * MIB, 2 * MIB), {}, sha256="0" * 64)
    with pytest.raises(NotFound):
        ours.head("b")


def test_copies_carry_metadata_or_replace_it(ours, connection, s3_server, bucket):
    ours.put("é +%/from", b"data", {"content-type": "a/b", "x-amz-meta-a": "1"})
    ours.copy("to", ours, "é +%/from", {})
    assert (ours.head("to").content_type, ours.head("to").metadata) == ("a/b", {"a": "1"})
    replaced = {"x-amz-metadata-directive": "REPLACE", "content-type": "c/d", "x-amz-meta-b": "2"}
    stored = ours.copy("to", ours, "to", replaced)
    head = ours.head("to")
    assert (head.content_type, head.metadata, head.etag) == ("c/d", {"b": "2"}, stored.etag)
    with pytest.raises(Conflict):
        ours.copy("x", ours, "to", {}, source_if_match="0" * 32)
    with pytest.raises(NotFound):
        ours.copy("x", ours, "absent", {})


def test_multipart_is_one_object_of_the_same_bytes(ours, theirs, tmp_path):
    data = os.urandom(11 * MIB)
    path = tmp_path / "f"
    path.write_bytes(data)
    upload = ours.create_upload("big é+", {"content-type": "a/b", "x-amz-meta-mtime": "1"}).id
    assert [one[:2] for one in ours.uploads("big")] == [("big é+", upload)]
    with path.open("rb") as file:
        parts = [
            ours.upload_part("big é+", upload, 2, FileSlice(file.fileno(), 5 * MIB, 5 * MIB)),
            ours.upload_part("big é+", upload, 1, data[: 5 * MIB]),
            ours.upload_part("big é+", upload, 3, FileSlice(file.fileno(), 10 * MIB, MIB)),
        ]
    arrived = ours.parts("big é+", upload)
    assert [(part.number, part.etag, part.size) for part in arrived] == [
        (part.number, part.etag, part.size) for part in sorted(parts)
    ]
    stored = ours.complete_upload("big é+", upload, parts, size=len(data))
    got = theirs("get_object", Key="big é+")
    assert got["Body"].read() == data
    assert (got["ETag"].strip('"'), got["ContentType"], got["Metadata"]) == (stored.etag, "a/b", {"mtime": "1"})
    assert list(ours.uploads("")) == []


def test_multipart_from_another_object(ours):
    data = os.urandom(11 * MIB)
    ours.put("from é+", data, {})
    upload = ours.create_upload("to", {}).id
    parts = [
        ours.copy_part("to", upload, 1, ours, "from é+", 0, 6 * MIB),
        ours.copy_part("to", upload, 2, ours, "from é+", 6 * MIB, 5 * MIB),
    ]
    ours.complete_upload("to", upload, parts, size=len(data))
    assert ours.get("to", whole) == data


def test_an_aborted_upload_leaves_nothing(ours):
    upload = ours.create_upload("a", {}).id
    ours.upload_part("a", upload, 1, b"x")
    ours.abort_upload("a", upload)
    ours.abort_upload("a", upload)
    with pytest.raises(NotFound, match="start it again"):
        ours.parts("a", upload)


def test_tags(ours, theirs):
    ours.put("a", b"", {"x-amz-tagging": "x=1&y=a+b"})
    assert ours.tags("a") == {"x": "1", "y": "a b"}
    ours.put_tags("a", {"z": "é +=._:/@"})
    assert theirs("get_object_tagging", Key="a")["TagSet"] == [{"Key": "z", "Value": "é +=._:/@"}]


def test_deleting_odd_keys_deletes_just_them(ours):
    odd = ["ctl\x01", "tab\t", "line\n", "cr\r", "  ", "a&b<c>"]
    for key in [*odd, "stays"]:
        ours.put(key, b"", {})
    assert ours.delete(odd) == []
    assert [entry.key for entry in listed(ours)] == ["stays"]


def test_who_may_not_is_told_so(s3_server, bucket):
    stranger = connect(Module(s3_server, secret_key="wrong"))
    with pytest.raises(Denied, match="secret key"):
        list(stranger.bucket(bucket).pages())
    nobody = connect(Module(s3_server, access_key="nobody"))
    with pytest.raises(Denied, match="not known here"):
        list(nobody.bucket(bucket).pages())
    stranger.close()
    nobody.close()


def test_a_bucket_that_is_not_there(connection):
    absent = connection.bucket("absent-bucket")
    with pytest.raises(NotFound, match="The bucket does not exist"):
        absent.check()
    with pytest.raises(NotFound, match="NoSuchBucket"):
        list(absent.pages())


def test_many_threads_share_one_client(ours, connection):
    wrong = []

    def work(number):
        for i in range(25):
            key, body = f"{number}/{i}", os.urandom(1 + (number * i * 37) % 5000)
            ours.put(key, body, {})
            if ours.get(key, whole) != body:
                wrong.append(key)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(listed(ours)) == 400
    assert connection.stats.requests["put"] == 400


class Chaos:
    """A proxy that cuts connections at random, in either direction, in the middle of whatever passes."""

    def __init__(self, port, seed):
        self._target = port
        self._random = random.Random(seed)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self.cuts = 0
        self._open = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self):
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            self._open += [client, server]
            # A few requests pass, then the knife falls, wherever that may be.
            allowance = self._random.choice([100, 700, 5_000, 20_000, 60_000])
            for source, sink in ((client, server), (server, client)):
                thread = threading.Thread(target=self._pump, args=(source, sink, self._random.randrange(allowance)))
                self._threads.append(thread)
                thread.start()

    def _pump(self, source, sink, allowance):
        with contextlib.suppress(OSError):
            while data := source.recv(4096):
                sink.sendall(data[:allowance])
                allowance -= len(data)
                if allowance <= 0:
                    self.cuts += 1
                    break
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def stop(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in self._open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        for end in self._open:
            end.close()


def test_a_bad_line_costs_time_but_never_data(s3_server, ours):
    chaos = Chaos(int(s3_server.endpoint.rpartition(":")[2]), seed=4)
    module = Module(
        s3_server,
        endpoint_url=f"http://127.0.0.1:{chaos.port}",
        aws_config={"retries": {"total_max_attempts": 60}},
    )
    connection = connect(module)
    connection._service.sleep = lambda seconds: asleep(0)
    shaky = connection.bucket(ours.name)
    wrong = []

    def work(number):
        for i in range(12):
            key, body = f"{number}/{i}", random.Random(number * 100 + i).randbytes(i * 1500)
            # Conditional: an attempt that was stored and not heard of must be recognised as ours.
            stored = shaky.put(key, body, {"x-amz-meta-i": str(i)}, if_none_match=True)
            if shaky.get(key, whole, if_match=stored.etag) != body:
                wrong.append(key)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(entry.key for entry in listed(shaky)) == sorted(f"{n}/{i}" for n in range(6) for i in range(12))
    assert shaky.delete([entry.key for entry in listed(ours)][:36]) == []
    assert len(listed(ours)) == 36
    connection.close()
    chaos.stop()
    assert not wrong
    assert chaos.cuts > 20
    assert connection.stats.retries > 20
