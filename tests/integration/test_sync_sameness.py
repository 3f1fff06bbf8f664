# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Files and objects under attack: whatever is done to them, the sync never says a wrong "same".

Each test ends with the contents of both sides, read by others than the sync.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import types
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket
from ansible_collections.stowage.s3.plugins.module_utils._sync import digests, disk, entry, listing, planner, transfer
from harness import decided
from pair import NOTHING, OLD, Opaque, Pair, keys_of, seed, settle


@pytest.fixture
def coarse_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system whose times have whole seconds, and whose ctime a user can set: stamps show nearly nothing."""

    def coarse(status: os.stat_result) -> bytes:
        seconds = status.st_mtime_ns // 10**9
        return entry._STAMP.pack(status.st_dev, status.st_ino, status.st_size, seconds * 10**9, 0)

    for module in (digests, disk, listing, planner, transfer):
        monkeypatch.setattr(module, "stamp", coarse)


# Files


@pytest.mark.usefixtures("years_later")
def test_a_rewrite_of_the_same_size_with_the_old_time_is_seen(pair: Pair) -> None:
    seed(pair)
    settle(pair)
    pair.rewrite("f", b"FIRST f")
    assert keys_of(pair.sync(check=True)) == ["f"]
    assert keys_of(pair.sync()) == ["f"]
    pair.assert_equal()


@pytest.mark.usefixtures("coarse_times", "always_young")
def test_a_rewrite_within_one_clock_tick_is_seen(pair: Pair) -> None:
    """Where no time can show a write, files that were young when they were hashed are hashed again."""
    seed(pair)
    settle(pair)
    for number in range(4):
        pair.rewrite("f", f"{number}irst f".encode())
        pair.rewrite("sub/h", f"{number}irst sub/h".encode())
        assert keys_of(pair.sync()) == ["f", "sub/h"]
        pair.assert_equal()


@pytest.mark.usefixtures("coarse_times", "always_young")
def test_a_rewrite_right_after_hashing_is_seen(up: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    seed(up)
    real, attacks, inode = transfer.is_clean, iter([b"later f", b"after f"]), (up.tree / "f").stat().st_ino

    def attacked(status: os.stat_result, now: float) -> bool:
        # The content has just been read, and its stamp is taken: nothing looks at the file again.
        content = next(attacks, None) if status.st_ino == inode else None
        if content is not None:
            up.rewrite("f", content)
        return real(status, now)

    monkeypatch.setattr(transfer, "is_clean", attacked)
    up.sync()
    for _attack in range(2):
        assert up.objects()["f"] != up.files()["f"], "the attack came too late to be one"
        assert keys_of(up.sync()) == ["f"]
    up.assert_equal()


@pytest.mark.parametrize("times", ["st_mtime", "st_ctime"])
def test_a_stamp_is_trusted_only_if_both_its_times_are_clearly_older_than_the_hashing(times: str) -> None:
    for age, clean in ((-3600, False), (0, False), (1.9, False), (2.1, True)):
        status = types.SimpleNamespace(**{"st_mtime": 10.0, "st_ctime": 10.0, times: 1000.0 - age})
        assert digests.is_clean(status, 1000.0) is clean  # type: ignore[arg-type]


@pytest.mark.usefixtures("years_later")
def test_a_file_swapped_by_rename_is_seen(pair: Pair) -> None:
    seed(pair)
    settle(pair)
    before = (pair.tree / "f").stat()
    pair.write("new", b"FIRST f", mtime_ns=before.st_mtime_ns)
    os.rename(pair.tree / "new", pair.tree / "f")
    assert (pair.tree / "f").stat().st_mtime_ns == before.st_mtime_ns
    assert keys_of(pair.sync()) == ["f"]
    pair.assert_equal()


@pytest.mark.usefixtures("years_later")
def test_files_that_change_places_are_seen(pair: Pair) -> None:
    """By renaming the files, and by renaming the directories above them, which touches nothing of the files."""
    for name in ("a/x", "b/x", "c", "d"):
        (pair.write if pair.direction == "up" else pair.put)(name, b"content of " + name[:1].encode())
    settle(pair)
    if pair.direction == "down":
        for path in pair.tree.rglob("*"):
            os.utime(path, ns=(OLD, OLD))
        settle(pair)
    for one, other in (("a", "b"), ("c", "d")):
        os.rename(pair.tree / one, pair.root / "aside")
        os.rename(pair.tree / other, pair.tree / one)
        os.rename(pair.root / "aside", pair.tree / other)
    assert keys_of(pair.sync()) == ["a/x", "b/x", "c", "d"]
    pair.assert_equal()


@pytest.mark.usefixtures("years_later")
def test_a_link_that_leads_elsewhere_is_seen(up: Pair) -> None:
    for name in ("v1", "v2"):
        (up.root / name).mkdir()
        (up.root / name / "x").write_bytes(b"content of " + name.encode())
        os.utime(up.root / name / "x", ns=(OLD, OLD))
    (up.tree / "current").symlink_to(up.root / "v1")
    (up.tree / "file").symlink_to(up.root / "v1" / "x")
    up.sync()
    for name in ("current", "file"):
        (up.tree / name).unlink()
    (up.tree / "current").symlink_to(up.root / "v2")
    (up.tree / "file").symlink_to(up.root / "v2" / "x")
    assert keys_of(up.sync()) == ["current/x", "file"]
    assert up.objects() == {"current/x": b"content of v2", "file": b"content of v2"}


# Objects


@pytest.mark.usefixtures("years_later")
def test_an_object_rewritten_with_the_same_size_is_seen(pair: Pair) -> None:
    seed(pair)
    settle(pair)
    pair.put("f", b"FIRST f")
    assert keys_of(pair.sync()) == ["f"]
    pair.assert_equal()


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.usefixtures("years_later")
def test_an_object_rewritten_with_the_metadata_it_had_is_seen(pair: Pair, lost: bool) -> None:
    """Mounts and scripts that edit in place carry metadata along, and with it the digest of what was there before."""
    metadata = {"mtime": "1500000000", "stowage-sha256": hashlib.sha256(b"first f").hexdigest()}
    if pair.direction == "down":
        pair.put("f", b"first f", Metadata=metadata)
    seed(pair, ("f", "g") if pair.direction == "up" else ("g",))
    settle(pair)
    metadata = pair.head("f")["Metadata"]
    assert metadata["stowage-sha256"] == hashlib.sha256(b"first f").hexdigest()
    pair.put("f", b"FIRST f", Metadata=metadata)
    if lost:
        shutil.rmtree(pair.state)
    assert keys_of(pair.sync()) == ["f"]
    pair.assert_equal()


def by_parts(pair: Pair) -> None:
    pair.put_by_parts("f", b"first f", Metadata=pair.head("f")["Metadata"])


def by_parts_without_metadata(pair: Pair) -> None:
    pair.put_by_parts("f", b"first f")


def onto_itself(pair: Pair) -> None:
    pair.copy_onto_itself("f")


@pytest.mark.needs("ETags of parts", "copies by parts")
@pytest.mark.parametrize("stored_anew", [by_parts, by_parts_without_metadata, onto_itself])
@pytest.mark.usefixtures("years_later")
def test_the_same_content_under_another_etag_is_recognised_once(
    pair: Pair, stored_anew: Callable[[Pair], None]
) -> None:
    """A HEAD or two, no transfer, then nothing."""
    seed(pair)
    settle(pair)
    before = pair.head("f")
    stored_anew(pair)
    assert pair.head("f")["ETag"] != before["ETag"]
    for check in (True, False):
        result = pair.sync(check=check)
        assert (result["changed"], result["actions"], result["summary"]["unproven"]) == (False, [], 0)
        assert 1 <= result["summary"]["requests"]["head"] <= 2
    assert pair.sync()["summary"]["requests"] == NOTHING
    pair.assert_equal()


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.usefixtures("years_later")
def test_an_object_rewritten_by_parts_with_the_metadata_it_had_is_seen(up: Pair, lost: bool) -> None:
    """As mounts store what was edited in place in a large file: neither the ETag nor the digest is of the content."""
    seed(up)
    settle(up)
    up.put_by_parts("f", b"FIRST f", Metadata=up.head("f")["Metadata"])
    if lost:
        shutil.rmtree(up.state)
    assert keys_of(up.sync()) == ["f"]
    up.assert_equal()


@pytest.mark.usefixtures("years_later")
def test_other_content_with_the_same_crc_is_seen(pair: Pair) -> None:
    assert zlib.crc32(b"plumless") == zlib.crc32(b"buckeroo")
    pair.write("f", b"plumless")
    pair.put("f", b"buckeroo", ChecksumAlgorithm="CRC32")
    assert pair.s3.head_object(**pair.place("f"), ChecksumMode="ENABLED")["ChecksumCRC32"]
    assert keys_of(pair.sync()) == ["f"]
    pair.assert_equal()


def test_an_object_rewritten_while_planning_looks_at_it_is_not_remembered_as_the_one_listed(
    up: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed(up)
    up.sync()
    real, attacks = Bucket.head, iter([b"FIRST f"])

    def attacked(self: Bucket, key: str, **options: Any) -> Any:
        content = next(attacks, None) if key.endswith("/f") else None
        if content:
            up.put("f", content, CacheControl="no-cache", Metadata={"mtime": "1500000000"})
        return real(self, key, **options)

    monkeypatch.setattr(Bucket, "head", attacked)
    # The rule asks for a HEAD of each object; what it finds under `f` is no longer what was listed.
    rules = [{"match": ["*"], "cache_control": "no-cache"}]
    first = up.sync(rules=rules)
    second = up.sync(rules=rules)
    assert next(attacks, None) is None, "the attack did not take place"
    assert ("f", "content") in [(one["key"], one["reason"]) for one in first["actions"] + second["actions"]]
    up.assert_equal()


@pytest.mark.usefixtures("years_later")
def test_etags_that_only_look_like_md5s(up: Pair, opaque: Opaque, hashed: list[str]) -> None:
    seed(up)
    settle(up)
    opaque.renew()
    hashed.clear()
    result = up.sync()
    assert (result["changed"], result["summary"]["unproven"]) == (False, 0), "our digest in the metadata was not used"
    assert result["summary"]["requests"] == {"list": 1, "head": 3}
    assert up.sync()["summary"]["requests"] == NOTHING
    # And a change is still a change, of either side.
    up.rewrite("f", b"FIRST f")
    assert keys_of(up.sync()) == ["f"]
    opaque.renew()
    up.rewrite("g", b"FIRST g")
    assert keys_of(up.sync()) == ["g"]
    up.assert_equal()


@pytest.mark.usefixtures("years_later")
def test_what_times_decided_is_counted_each_time(up: Pair, opaque: Opaque) -> None:
    seed(up)
    for name, content in up.files().items():
        up.put(name, content)  # without a digest, and the ETag says nothing
    for requests in ({"list": 1, "head": 3}, NOTHING, NOTHING):
        checked, done = up.sync(check=True), up.sync()
        assert decided(checked) == decided(done)
        assert (done["changed"], done["summary"]["unproven"], done["summary"]["requests"]) == (False, 3, requests)
    up.assert_equal()


# Everything at once


def rewrite_file(pair: Pair, name: str, content: bytes) -> None:
    pair.rewrite(name, content)


def swap_file(pair: Pair, name: str, content: bytes) -> None:
    pair.write("aside", content, mtime_ns=(pair.tree / name).stat().st_mtime_ns)
    os.rename(pair.tree / "aside", pair.tree / name)


def touch_file(pair: Pair, name: str, _content: bytes) -> None:
    os.utime(pair.tree / name)


def rewrite_object(pair: Pair, name: str, content: bytes) -> None:
    pair.put(name, content)


def rewrite_object_with_metadata(pair: Pair, name: str, content: bytes) -> None:
    pair.put(name, content, Metadata=pair.head(name)["Metadata"])


def rewrite_object_by_parts(pair: Pair, name: str, content: bytes) -> None:
    pair.put_by_parts(name, content)


def copy_object_onto_itself(pair: Pair, name: str, _content: bytes) -> None:
    pair.copy_onto_itself(name)


def lose_cache(pair: Pair, _name: str, _content: bytes) -> None:
    shutil.rmtree(pair.state, ignore_errors=True)


def keep_cache(pair: Pair, _name: str, _content: bytes) -> None:
    if pair.state.exists():
        shutil.copytree(pair.state / "cache", pair.root / "kept", dirs_exist_ok=True)


def roll_cache_back(pair: Pair, _name: str, _content: bytes) -> None:
    if (pair.root / "kept").exists():
        shutil.copytree(pair.root / "kept", pair.state / "cache", dirs_exist_ok=True)


def damage_cache(pair: Pair, _name: str, content: bytes) -> None:
    for path in (pair.state / "cache").glob("*.sqlite3"):
        held, dice = bytearray(path.read_bytes()), random.Random(content)
        for _flip in range(3):
            held[dice.randrange(len(held))] = dice.randrange(256)
        path.write_bytes(held)


ATTACKS = (
    rewrite_file, swap_file, touch_file, rewrite_object, rewrite_object_with_metadata, rewrite_object_by_parts,
    copy_object_onto_itself, lose_cache, keep_cache, roll_cache_back, damage_cache,
)  # fmt: skip


@pytest.mark.needs("ETags of parts", "copies by parts")
@pytest.mark.parametrize("stamps", ["years_later", "always_young"])
def test_random_attacks(pair: Pair, stamps: str, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(stamps)
    dice = random.Random(f"{pair.direction} {stamps}")
    names = ("f", "g", "sub/h")
    seed(pair, names)
    pair.sync()
    for number in range(16):
        done = []
        for _attack in range(dice.randint(1, 4)):
            attack, name = dice.choice(ATTACKS), dice.choice(names)
            attack(pair, name, f"{number:05} {name}".encode())
            done.append((attack.__name__, name))
        checked, result = pair.sync(check=True), pair.sync()
        assert result["actions"] == checked["actions"], done
        assert result["summary"]["unproven"] == 0, done
        assert pair.files() == pair.objects(), done
