# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Compression by rule: packed on the way up, whole on the way down, unchanged in the next run, and never trusted."""

from __future__ import annotations

import functools
import gzip
import hashlib
import os
import random
import shutil
import zlib
from typing import Any

import pytest
import zstandard
from ansible_collections.stowage.s3.plugins.module_utils._sync import compress
from harness import run_module
from world import OLD, Reply, Request, World, failures, verbs

TEXT = b"".join(b"line %d of a text that repeats itself\n" % number for number in range(500))
ALGORITHMS = ("gzip", "zstd")


def rules(algorithm: str = "gzip", **more: Any) -> list[dict[str, Any]]:
    return [{"match": ["*.txt", "*.html"], "compress": algorithm, **more}]


def body(world: World, key: str) -> bytes:
    """What another tool gets."""
    return world.s3.get_object(Bucket=world.bucket, Key=f"{world.base}app/{key}")["Body"].read()


def unpacked(algorithm: str, data: bytes) -> bytes:
    return gzip.decompress(data) if algorithm == "gzip" else zstandard.ZstdDecompressor().stream_reader(data).read()


def lose_the_cache(world: World) -> None:
    shutil.rmtree(world.state)


def info(world: World, source: str, destination: str, **options: Any) -> dict[str, Any]:
    return run_module("sync_info", {"source": source, "destination": destination, **options}, server=world.server)


@pytest.fixture(params=ALGORITHMS)
def algorithm(request: pytest.FixtureRequest) -> str:
    return request.param


# There and back


def test_what_goes_up_packed_comes_back_as_it_was(world: World, algorithm: str) -> None:
    world.write({"a.txt": TEXT, "b.html": "", "c.txt": "x", "d.bin": TEXT})
    os.utime(world.root / "a.txt", ns=(0, 1_600_000_000_123_456_789))
    assert len(verbs(world.up(rules=rules(algorithm)))) == 4

    head = world.head("a.txt")
    assert head["ContentEncoding"] == algorithm
    assert head["ContentType"] == "text/plain"
    assert head["ContentLength"] < len(TEXT) / 5
    packed = body(world, "a.txt")
    assert unpacked(algorithm, packed) == TEXT
    assert head["Metadata"] == {
        "mtime": "1600000000.123456789",
        "stowage-sha256": hashlib.sha256(TEXT).hexdigest(),
        "stowage-compress": algorithm,
        "stowage-size": str(len(TEXT)),
        "stowage-stored": f"{len(packed)}:{zlib.crc32(packed):08x}:{hashlib.sha256(packed).hexdigest()}:"
        + hashlib.md5(packed).hexdigest(),
    }
    # What packing makes no smaller is sent as it is, and what no rule speaks of.
    for key, content in (("b.html", b""), ("c.txt", b"x"), ("d.bin", TEXT)):
        assert "ContentEncoding" not in world.head(key)
        assert body(world, key) == content

    copy = world.tmp_path / "copy"
    world.sync(world.uri(), str(copy))
    assert world.tree(copy) == world.tree()
    assert (copy / "a.txt").stat().st_mtime_ns == 1_600_000_000_123_456_789


def test_the_next_run_finds_nothing_to_do(world: World, algorithm: str) -> None:
    world.write({"a.txt": TEXT, "b.txt": "", "c.txt": "incompressible", "d.bin": TEXT})
    world.up(rules=rules(algorithm))
    again = world.up(rules=rules(algorithm))
    assert not again["changed"] and set(again["summary"]["requests"]) == {"list"}
    lose_the_cache(world)
    assert world.up(rules=rules(algorithm))["changed"] is False
    # A fresh checkout: other times, other inodes, the same content.
    for path in world.root.iterdir():
        path.write_bytes(path.read_bytes())
    assert world.up(rules=rules(algorithm))["changed"] is False

    copy = world.tmp_path / "copy"
    world.sync(world.uri(), str(copy))
    assert world.sync(world.uri(), str(copy))["changed"] is False
    lose_the_cache(world)
    assert world.sync(world.uri(), str(copy))["changed"] is False
    assert world.down()["changed"] is False


@pytest.mark.parametrize("compare", ["time", "size", "existence"])
def test_the_next_run_finds_nothing_to_do_by_other_comparisons(world: World, compare: str) -> None:
    world.write({"a.txt": TEXT, "c.txt": "x", "d.bin": TEXT})
    options = {"rules": rules(), "compare": compare}
    world.up(**options)
    again = world.up(**options)
    assert not again["changed"]
    asked = 0 if compare == "existence" else 2
    assert again["summary"]["requests"].get("head", 0) == asked
    copy = world.tmp_path / "copy"
    world.sync(world.uri(), str(copy), compare=compare)
    assert world.tree(copy) == world.tree()
    again = world.sync(world.uri(), str(copy), compare=compare)
    assert not again["changed"]
    assert again["summary"]["requests"].get("head", 0) == asked / 2


@pytest.mark.parametrize("compare", ["content", "time", "size"])
def test_a_change_is_seen(world: World, compare: str) -> None:
    world.write({"a.txt": TEXT})
    options = {"rules": rules(), "compare": compare}
    world.up(**options)
    packed = world.head("a.txt")["ContentLength"]
    changed = TEXT + b"!"
    world.write({"a.txt": changed})
    assert verbs(world.up(**options)) == [("upload", "a.txt", "size")]
    # As long as what is stored of another content.
    world.write({"a.txt": "x" * world.head("a.txt")["ContentLength"]})
    assert verbs(world.up(**options)) == [("upload", "a.txt", "size")]
    assert gzip.decompress(body(world, "a.txt")) == (world.root / "a.txt").read_bytes()
    assert packed != world.head("a.txt")["ContentLength"]


def test_a_change_of_the_same_size_is_seen_without_a_cache(world: World, algorithm: str) -> None:
    world.write({"a.txt": TEXT})
    world.up(rules=rules(algorithm))
    world.write({"a.txt": TEXT.replace(b"repeats", b"REPEATS")})
    lose_the_cache(world)
    copy = world.tmp_path / "copy"
    world.write({"a.txt": TEXT.replace(b"repeats", b"REPEATS")}, copy)
    assert verbs(world.sync(world.uri(), str(copy))) == [("download", "a.txt", "content")]
    assert (copy / "a.txt").read_bytes() == TEXT
    assert verbs(world.up(rules=rules(algorithm))) == [("upload", "a.txt", "content")]


def test_a_file_that_changed_costs_no_head_where_its_row_is_there(world: World) -> None:
    world.write({"a.txt": TEXT, "b": "short"})
    world.up(rules=rules())
    world.write({"a.txt": TEXT + b"more", "b": "longer than before"})
    result = world.up(rules=rules())
    assert verbs(result) == [("upload", "a.txt", "size"), ("upload", "b", "size")]
    assert "head" not in result["summary"]["requests"]


def test_sync_info_knows_what_is_behind_an_object(world: World, algorithm: str) -> None:
    world.write({"a.txt": TEXT, "b.txt": "x"})
    world.up(rules=rules(algorithm))
    assert info(world, str(world.root), world.uri(), rules=rules(algorithm))["in_sync"] is True
    assert info(world, str(world.root), world.uri())["in_sync"] is True
    assert info(world, world.uri(), str(world.root))["in_sync"] is True
    world.write({"a.txt": TEXT.replace(b"line 7", b"LINE 7")})
    for source, destination in ((str(world.root), world.uri()), (world.uri(), str(world.root))):
        told = info(world, source, destination)
        assert [(one["key"], one["reason"]) for one in told["differences"]] == [("a.txt", "content")]


def test_a_copy_within_s3_carries_everything(world: World, algorithm: str) -> None:
    world.write({"a.txt": TEXT, "b.txt": "x"})
    world.up(rules=rules(algorithm))
    across = {"rules": [*rules("zstd", cache_control="no-cache")]}
    assert len(verbs(world.sync(world.uri(), world.uri("other"), **across))) == 2
    assert world.sync(world.uri(), world.uri("other"), **across)["changed"] is False
    lose_the_cache(world)
    assert world.sync(world.uri(), world.uri("other"), **across)["changed"] is False
    head = world.head("a.txt", "other/")
    assert (head["ContentEncoding"], head["CacheControl"]) == (algorithm, "no-cache")
    world.sync(world.uri("other"), str(world.tmp_path / "copy"))
    assert world.tree(world.tmp_path / "copy") == world.tree()


def test_the_same_content_is_packed_to_the_same_bytes(world: World, algorithm: str) -> None:
    world.write({"a.txt": TEXT, "b.txt": TEXT})
    os.utime(world.root / "b.txt", (OLD + 5, OLD + 5))
    world.up(rules=rules(algorithm))
    assert world.head("a.txt")["ETag"] == world.head("b.txt")["ETag"]


# Large files


@pytest.fixture
def large(world: World) -> World:
    chance = random.Random(7)
    # Half of it can be packed: the packed form has parts as well.
    blocks = [chance.randbytes(1 << 19) + bytes(1 << 19) for _number in range(20)]
    world.write({"large.txt": b"".join(blocks), "noise.txt": chance.randbytes(9 << 20)})
    return world


@pytest.mark.needs("ETags of parts")
def test_large_files_are_packed_aside_and_sent_by_parts(
    large: World, algorithm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    aside = large.tmp_path / "aside"
    aside.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(aside))
    options = {"rules": rules(algorithm), "multipart_threshold": "5M"}
    large.up(**options)
    assert 10 << 20 < large.head("large.txt")["ContentLength"] < 11 << 20
    assert large.head("large.txt")["ContentEncoding"] == algorithm
    assert "-" in large.head("large.txt")["ETag"]
    assert unpacked(algorithm, body(large, "large.txt")) == (large.root / "large.txt").read_bytes()
    assert large.head("noise.txt")["Metadata"]["stowage-compress"] == algorithm
    assert body(large, "noise.txt") == (large.root / "noise.txt").read_bytes()
    lose_the_cache(large)
    assert large.up(**options)["changed"] is False

    copy = large.tmp_path / "copy"
    result = large.sync(large.uri(), str(copy), multipart_threshold="5M")
    assert result["stats"]["unverified"] == 0
    for name in ("large.txt", "noise.txt"):
        assert (copy / name).read_bytes() == (large.root / name).read_bytes()
        assert (copy / name).stat().st_mtime == OLD
    assert sorted(path.name for path in copy.iterdir()) == ["large.txt", "noise.txt"]
    assert not list(aside.iterdir())


def test_a_large_file_that_is_written_meanwhile_is_not_sent(large: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The packer is where a write can be placed at a moment that is known."""
    real = compress._packer

    def packer(algorithm: str) -> Any:
        with (large.root / "large.txt").open("r+b") as file:
            file.write(b"written meanwhile")
        return real(algorithm)

    large.root.joinpath("noise.txt").unlink()
    monkeypatch.setattr(compress, "_packer", packer)
    result = large.run(str(large.root), large.uri(), rules=rules())
    assert "It was written while it was read" in failures(result)["large.txt"]
    assert large.names() == []


def test_no_room_for_the_packed_form_is_told(large: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # /dev/full gives "no space left" to whoever writes.
    monkeypatch.setattr("tempfile.TemporaryFile", functools.partial(open, "/dev/full", "wb"))
    result = large.run(str(large.root), large.uri(), rules=rules())
    assert "No space left on device. Make room there, or set TMPDIR" in failures(result)["large.txt"]


# Rules that change


def test_a_rule_that_compresses_later_uploads_again_once(world: World) -> None:
    world.write({"a.txt": TEXT, "b.txt": "x"})
    world.up()
    again = [("upload", "a.txt", "attributes"), ("upload", "b.txt", "attributes")]
    assert [one["reason"] for one in info(world, str(world.root), world.uri(), rules=rules())["differences"]] == [
        "attributes"
    ] * 2
    assert verbs(world.up(rules=rules())) == again
    assert world.up(rules=rules())["changed"] is False
    assert gzip.decompress(body(world, "a.txt")) == TEXT
    # Another algorithm, and none at all, which leaves what was done.
    assert verbs(world.up(rules=rules("zstd"))) == again
    assert world.up()["changed"] is False
    lose_the_cache(world)
    assert world.up()["changed"] is False
    assert world.head("a.txt")["ContentEncoding"] == "zstd"


def test_other_attributes_change_by_a_copy_that_stays_packed(world: World) -> None:
    world.write({"a.txt": TEXT, "b.txt": "x"})
    world.up(rules=rules())
    changed = rules(cache_control="no-cache", metadata={"team": "web"})
    assert verbs(world.up(rules=changed)) == [("update", "a.txt", "attributes"), ("update", "b.txt", "attributes")]
    head = world.head("a.txt")
    assert (head["ContentEncoding"], head["CacheControl"], head["Metadata"]["team"]) == ("gzip", "no-cache", "web")
    assert world.up(rules=changed)["changed"] is False
    lose_the_cache(world)
    assert world.up(rules=changed)["changed"] is False


def test_files_that_turn_out_to_be_compressed_already_are_sent_as_they_are(world: World) -> None:
    world.write({"a.txt": TEXT})
    world.up(rules=rules())
    told = [{"match": ["*.txt"], "content_encoding": "gzip"}]
    assert verbs(world.up(rules=told)) == [("upload", "a.txt", "attributes")]
    assert body(world, "a.txt") == TEXT
    assert world.up(rules=told)["changed"] is False


# What others put there


def test_what_others_compressed_stays_as_it_is(world: World) -> None:
    packed = gzip.compress(TEXT)
    world.put({"a.txt": packed}, ContentEncoding="gzip")
    world.down()
    assert (world.root / "a.txt").read_bytes() == packed
    assert world.down()["changed"] is False
    lose_the_cache(world)
    assert world.down()["changed"] is False


@pytest.mark.parametrize("checksum", [{}, {"ChecksumAlgorithm": "CRC32"}])
def test_metadata_that_a_tool_carried_along_is_not_believed(world: World, checksum: dict[str, str]) -> None:
    world.write({"a.txt": TEXT})
    world.up(rules=rules())
    metadata = world.head("a.txt")["Metadata"]
    for other in (b"x" * world.head("a.txt")["ContentLength"], b"another size"):
        world.put({"a.txt": other}, Metadata=metadata, ContentEncoding="gzip", **checksum)
        lose_the_cache(world)
        copy = world.tmp_path / f"copy{len(other)}"
        world.sync(world.uri(), str(copy))
        assert (copy / "a.txt").read_bytes() == other
        assert info(world, str(world.root), world.uri())["in_sync"] is False
    assert [verb for verb, _key, _why in verbs(world.up(rules=rules()))] == ["upload"]
    assert gzip.decompress(body(world, "a.txt")) == TEXT


def test_a_file_that_is_the_stored_form_is_not_the_content(world: World, algorithm: str) -> None:
    """As it comes of a tool that does not unpack: with the very ETag of the object."""
    world.write({"a.txt": TEXT})
    world.up(rules=rules(algorithm))
    world.write({"a.txt": body(world, "a.txt")})
    lose_the_cache(world)
    assert info(world, str(world.root), world.uri())["in_sync"] is False
    world.down()
    assert (world.root / "a.txt").read_bytes() == TEXT


def forged(world: World, packed: bytes, size: int, algorithm: str, sha256: str = "0" * 64) -> None:
    """An object that claims to be a sync's."""
    stored = f"{len(packed)}:{zlib.crc32(packed):08x}:{hashlib.sha256(packed).hexdigest()}:"
    metadata = {
        "stowage-compress": algorithm, "stowage-size": str(size), "stowage-stored": stored, "stowage-sha256": sha256,
    }  # fmt: skip
    world.put({"a.txt": packed}, Metadata=metadata, ContentEncoding=algorithm)


def pack(algorithm: str, data: bytes) -> bytes:
    return gzip.compress(data, mtime=0) if algorithm == "gzip" else zstandard.ZstdCompressor().compress(data)


def test_a_bomb_stops_at_the_size_that_it_claims(world: World, algorithm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    forged(world, pack(algorithm, bytes(200 << 20)), 1 << 20, algorithm)
    world.write({"a.txt": "what was here"})
    most = 0
    real = compress._all

    def write(descriptor: int, data: bytes) -> None:
        nonlocal most
        real(descriptor, data)
        most = max(most, os.fstat(descriptor).st_size)

    monkeypatch.setattr(compress, "_all", write)
    result = world.run(world.uri(), str(world.root))
    assert "more comes out than the 1048576 bytes that its metadata tells" in failures(result)["a.txt"]
    assert most <= 1 << 20
    assert world.tree() == {"a.txt": "what was here"}


def damage(algorithm: str) -> dict[str, bytes]:
    whole = pack(algorithm, TEXT)
    return {
        "cut": whole[:-9],
        "garbage": whole[:60] + bytes(40) + whole[100:],
        "no header": b"\0" * 200,
        "trailing": whole + b"trailing",
        "twice": whole + pack(algorithm, b"more"),
        "less": pack(algorithm, TEXT[:-1]),
        "other": pack(algorithm, TEXT[:-1] + b"?"),
    }


@pytest.mark.parametrize("kind", list(damage("gzip")))
def test_a_damaged_object_is_a_failure_and_the_file_stays(world: World, algorithm: str, kind: str) -> None:
    forged(world, damage(algorithm)[kind], len(TEXT), algorithm, hashlib.sha256(TEXT).hexdigest())
    world.write({"a.txt": "what was here", "b": "x"})
    result = world.run(world.uri(), str(world.root))
    assert "It was compressed by a sync and cannot be unpacked" in failures(result)["a.txt"]
    assert world.tree() == {"a.txt": "what was here", "b": "x"}


def test_bytes_that_were_damaged_on_their_way_are_fetched_again(world: World) -> None:
    world.write({"a.txt": TEXT})
    world.up(rules=rules())
    spoilt: list[str] = []

    def spoil(request: Request, reply: Reply) -> None:
        if request.method == "GET" and "list-type" not in request.query and not spoilt:
            spoilt.append(request.key)
            reply.body = reply.body[:-1] + bytes([reply.body[-1] ^ 1])

    with world.gateway() as gateway:
        gateway.after = spoil
        world.run(world.uri(), str(world.tmp_path / "copy"))
    assert spoilt
    assert world.tree(world.tmp_path / "copy") == world.tree()


# What is refused


def test_an_encoding_beside_it_is_refused(world: World) -> None:
    world.write({"a.txt": TEXT})
    message = world.refused(str(world.root), world.uri(), rules=rules(content_encoding="br"))
    assert message.startswith("rules[0]: compress is 'gzip', and content_encoding 'br' is given as well.")


def test_names_of_its_own_metadata_are_refused(world: World) -> None:
    world.write({"a.txt": TEXT})
    for name in ("stowage-size", "stowage-stored", "Stowage-Compress"):
        assert "cannot be a name of user metadata" in world.refused(
            str(world.root), world.uri(), rules=rules(metadata={name: "1"})
        )
    assert "sync needs 320 itself" in world.refused(
        str(world.root), world.uri(), rules=rules(metadata={"a": "x" * 1800})
    )


def test_zstd_without_its_package_is_refused_before_anything_is_touched(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.write({"a.txt": TEXT})
    world.up(rules=rules("zstd"))
    monkeypatch.setattr(compress, "_package", None)
    monkeypatch.setattr(compress, "_native", None)
    message = world.refused(str(world.root), world.uri(), rules=[*rules(), *rules("zstd")])
    assert message.startswith("rules[1].compress: zstd needs the Python package zstandard, or Python 3.14")
    assert "Install the package there, or use gzip." in message
    result = world.run(world.uri(), str(world.tmp_path / "copy"))
    assert "zstd needs the Python package zstandard" in failures(result)["a.txt"]
    assert world.tree(world.tmp_path / "copy") == {}


def test_an_etag_that_the_listing_contradicts_is_no_reason_to_leave_content_packed(world: World) -> None:
    """Whose word holds cannot be told: so nothing is written, rather than the packed bytes in the content's place."""
    world.write({"a.txt": TEXT})
    world.up(rules=rules())
    world.write({"a.txt": b"what was here"})
    with world.gateway() as gateway:

        def lie(request: Request, reply: Reply) -> None:
            if request.method == "GET" and request.key.endswith("a.txt"):
                kept = {name: value for name, value in reply.headers.items() if name.lower() != "etag"}
                reply.headers = {**kept, "ETag": f'"{"1" * 32}"'}

        gateway.after = lie
        result = world.run(world.uri(), str(world.root))
    # Which of the two is seen first is a matter of what else the server tells.
    told = failures(result)["a.txt"]
    assert "another ETag than it was listed with" in told or "another md5" in told
    assert world.tree() == {"a.txt": "what was here"}
    world.run(world.uri(), str(world.root))
    assert world.tree() == {"a.txt": TEXT.decode()}
