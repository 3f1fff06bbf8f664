# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Objects moved to other storage classes: what is planned, and that nothing but the class changes."""

from __future__ import annotations

import fcntl
import hashlib
import json
import pathlib
from typing import Any

import jsonschema
import pytest
from shelf import Shelf, small_copies
from world import Reply, Request, error_reply, failures

pytestmark = pytest.mark.needs("listed storage classes")
MIB = 1 << 20
KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "docs" / "schema"
RECORD, LINE = (json.loads((SCHEMAS / f"{name}.json").read_text()) for name in ("run-record", "log-line"))


@pytest.mark.needs("tags")
def test_a_prefix_is_moved_and_a_second_run_does_nothing(shelf: Shelf) -> None:
    shelf.put({"a": "1", "sub/b": "22", "ü &+%": "333"})
    shelf.put({"c": "4"}, StorageClass="STANDARD_IA")
    before = shelf.kept()
    result = shelf.move(storage_class="STANDARD_IA")
    assert result.get("changed") is True, result
    assert [(one["verb"], one["key"], one["from"], one["to"]) for one in result["actions"]] == [
        ("transition", key, "STANDARD", "STANDARD_IA") for key in ("a", "sub/b", "ü &+%")
    ]
    assert result["summary"]["transition"] == {"count": 3, "bytes": 6}
    assert result["summary"]["skip"] == {"count": 1, "bytes": 1}
    assert result["summary"]["by_class"] == [{"from": "STANDARD", "to": "STANDARD_IA", "count": 3, "bytes": 6}]
    assert shelf.classes() == dict.fromkeys(["a", "c", "sub/b", "ü &+%"], "STANDARD_IA")
    assert shelf.kept() == before
    again = shelf.move(storage_class="STANDARD_IA")
    assert (again["changed"], again["actions"], again["diff"]) == (False, [], {"prepared": ""})
    assert shelf.move(storage_class="STANDARD")["summary"]["transition"]["count"] == 4
    assert set(shelf.classes().values()) == {"STANDARD"} and shelf.kept() == before


RICH: dict[str, Any] = {
    "Metadata": {"mtime": "1600000000.5", "note": "=?UTF-8?B?R3LDtsOfZQ==?="},
    "ContentType": "text/x-note",
    "CacheControl": "max-age=60",
    "ContentDisposition": 'attachment; filename="a.txt"',
    "ContentEncoding": "gzip",
    "ContentLanguage": "de",
    "Expires": "Thu, 01 Dec 2033 16:00:00 GMT",
    "Tagging": "team=web&a%20b=c%2Fd",
}


@pytest.mark.needs("tags")
@pytest.mark.parametrize("checksum", ["CRC32", "SHA256", "CRC64NVME"])
def test_all_that_an_object_carries_is_kept(shelf: Shelf, checksum: str) -> None:
    shelf.put({"rich": "content"}, **RICH, ChecksumAlgorithm=checksum)
    place = {"Bucket": shelf.bucket, "Key": f"{shelf.base}app/rich", "ChecksumMode": "ENABLED"}
    before, sums = shelf.kept(), shelf.s3.head_object(**place)
    for storage_class in ("GLACIER_IR", "STANDARD", "ONEZONE_IA"):
        assert shelf.move(storage_class=storage_class)["changed"]
        assert shelf.classes() == {"rich": storage_class} and shelf.kept() == before
        after = shelf.s3.head_object(**place)
        assert after[f"Checksum{checksum}"] == sums[f"Checksum{checksum}"]


@pytest.mark.needs("redirects", "tags")
def test_a_redirect_is_kept(shelf: Shelf) -> None:
    shelf.put({"old": ""}, WebsiteRedirectLocation="/new")
    before = shelf.kept()
    shelf.move(storage_class="STANDARD_IA")
    assert shelf.kept() == before and before["old"][2]["WebsiteRedirectLocation"] == "/new"


@pytest.mark.needs("encryption", "copies by parts")
@pytest.mark.parametrize(
    "extra",
    [
        {"ServerSideEncryption": "AES256"},
        {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": KEY, "BucketKeyEnabled": True},
        {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": KEY},
    ],
)
def test_encryption_is_kept(shelf: Shelf, extra: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the bucket's default is by then."""
    small_copies(monkeypatch.setattr)
    shelf.put({"small": "1", "large": b"x" * (5 * MIB + 1)}, **extra)
    before = {key: encryption(shelf, key) for key in shelf.names()}
    with shelf.gateway() as gateway:
        assert shelf.move(storage_class="GLACIER_IR")["changed"]
        made = [one for one in gateway.requests if "x-amz-storage-class" in one.headers]
    assert {key: encryption(shelf, key) for key in shelf.names()} == before
    assert before["small"]["ServerSideEncryption"] == extra["ServerSideEncryption"]
    told = {"AES256": None, "aws:kms": "true" if "BucketKeyEnabled" in extra else "false"}
    name = "x-amz-server-side-encryption-bucket-key-enabled"
    assert {one.headers.get(name) for one in made} == {told[extra["ServerSideEncryption"]]}


def encryption(shelf: Shelf, key: str) -> dict[str, Any]:
    """What a HEAD tells of it, but for bucket keys, which moto forgets of uploads by parts."""
    return {name: value for name, value in shelf.head(key).items() if "SSE" in name or "Side" in name}


@pytest.mark.needs("tags", "copies by parts")
def test_a_large_object_is_moved_by_parts_with_all_that_it_carries(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_copies(monkeypatch.setattr)
    content = bytes(range(256)) * (11 * MIB // 256) + b"end"
    shelf.put({"large": content, "small": "1"}, **RICH)
    before = shelf.kept()
    result = shelf.move(storage_class="GLACIER_IR")
    # Besides those of the run: a HEAD and a look at the tags before and after, and three parts between two requests.
    assert result["summary"]["requests"]["copy"] == 1 + 5 and result["summary"]["requests"]["tags"] == 2
    assert shelf.classes() == {"large": "GLACIER_IR", "small": "GLACIER_IR"}
    after = shelf.kept()
    for found in (before, after):
        found["large"][2].pop("ETag")  # which tells of the parts
    assert after == before
    assert shelf.move(storage_class="GLACIER_IR")["changed"] is False


def test_the_first_rule_whose_conditions_hold_counts(shelf: Shelf) -> None:
    sizes = {"a.mp4": 300, "b.mp4": 100, "raw/c.txt": 300, "d.txt": 1, "skip.mp4": 999}
    shelf.put({key: b"x" * size for key, size in sizes.items()})
    rules = [
        {"match": ["*.mp4"], "min_size": "200", "storage_class": "GLACIER_IR"},
        {"match": ["/raw/", "*.mp4"], "storage_class": "ONEZONE_IA"},
        {"min_age_days": 1, "storage_class": "STANDARD_IA"},
        {"max_size": "1K", "max_age_days": 30, "match": ["nothing"], "storage_class": "STANDARD_IA"},
    ]
    result = shelf.move(rules=rules, exclude=["skip*"])
    moved = {"a.mp4": "GLACIER_IR", "b.mp4": "ONEZONE_IA", "raw/c.txt": "ONEZONE_IA"}
    assert shelf.classes() == {**dict.fromkeys(sizes, "STANDARD"), **moved}
    assert result["summary"]["left"] == {"same": 0, "no_rule": 1}
    assert result["summary"]["by_class"] == [
        {"from": "STANDARD", "to": "GLACIER_IR", "count": 1, "bytes": 300},
        {"from": "STANDARD", "to": "ONEZONE_IA", "count": 2, "bytes": 400},
    ]
    assert not shelf.move(rules=rules, exclude=["skip*"])["changed"]


def test_the_diff_and_the_listed_actions_are_bounded(shelf: Shelf) -> None:
    shelf.put({f"{number}": "12" for number in range(4)})
    result = shelf.move(storage_class="STANDARD_IA", max_actions=2)
    assert len(result["actions"]) == 2 and result["actions_truncated"] is True
    assert result["diff"]["prepared"].splitlines()[:5] == [
        f"s3://{shelf.bucket}/{shelf.base}app/",
        "transition 4 keys, 8 B",
        "  ~ 0  (STANDARD -> STANDARD_IA, 2 B)",
        "  ~ 1  (STANDARD -> STANDARD_IA, 2 B)",
        "    ... and 2 more",
    ]


def test_a_prefix_ends_at_a_slash(shelf: Shelf) -> None:
    shelf.put({"a": "1"})
    shelf.put({"a": "1"}, prefix="application/")
    shelf.move(storage_class="STANDARD_IA")
    assert shelf.head("a", prefix="application/").get("StorageClass", "STANDARD") == "STANDARD"


# What is refused before anything is touched


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "storage_class are not given"),
        ({"storage_class": "STANDARD", "rules": []}, "both given"),
        ({"storage_class": "FROZEN"}, "'FROZEN' is no storage class"),
        ({"rules": [{"storage_class": "standard"}]}, "rules[0].storage_class: 'standard'"),
        ({"rules": [{"storage_class": "GLACIER", "min_size": "big"}]}, "rules[0].min_size: 'big'"),
        ({"rules": [{"storage_class": "GLACIER", "min_size": "2M", "max_size": "1M"}]}, "holds for nothing"),
        ({"rules": [{"storage_class": "GLACIER", "min_age_days": -1}]}, "rules[0].min_age_days: -1"),
        ({"rules": [{"storage_class": "GLACIER", "match": ["!x"]}]}, "rules[0].match: '!x'"),
        ({"storage_class": "STANDARD", "exclude": ["*"]}, "exclude: '*'"),
        ({"storage_class": "STANDARD", "bucket": "s3://a"}, "bucket: 's3://a'"),
        ({"storage_class": "STANDARD", "bucket": "a--use1-az4--x-s3"}, "directory bucket"),
        ({"storage_class": "STANDARD", "bucket": "there-is-none-of-this-name"}, "does not exist"),
        ({"storage_class": "STANDARD", "prefix": "/a"}, "prefix: '/a'"),
        ({"storage_class": "STANDARD", "restore": {"days": 0}}, "restore.days: 0"),
        ({"storage_class": "STANDARD", "restore": {"wait_timeout": 0}}, "restore.wait_timeout: 0"),
        ({"storage_class": "STANDARD", "concurrency": 0}, "concurrency: 0"),
        ({"storage_class": "STANDARD", "max_actions": -1}, "max_actions: -1"),
        ({"storage_class": "STANDARD", "expected_bucket_owner": "1"}, "expected_bucket_owner: '1'"),
        ({"storage_class": "STANDARD", "log": "/nowhere/at/all"}, "log: '/nowhere/at/all'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_options(shelf: Shelf, options: dict[str, Any], words: str) -> None:
    shelf.put({"a": "1"})
    assert words in shelf.refuse(**options)


def test_state_inside_of_what_is_moved(shelf: Shelf) -> None:
    place = f"s3://{shelf.bucket}/{shelf.base}app/state"
    assert "lies inside" in shelf.refuse(storage_class="STANDARD_IA", state_dir=place)


def test_rules_that_would_undo_each_other(shelf: Shelf) -> None:
    """What was moved counts as new, so that the other rule would take it back."""
    shelf.put({"a": "1"}, StorageClass="STANDARD_IA")
    rules = [
        {"max_age_days": 0, "storage_class": "GLACIER_IR"},
        {"min_age_days": 0, "storage_class": "STANDARD"},
    ]
    for result in (shelf.once(rules=rules, check=True), shelf.once(rules=rules)):
        assert "rules[1] moves 'a' to STANDARD" in result["msg"]
        assert "rules[0] would move it to GLACIER_IR" in result["msg"]
    assert shelf.classes() == {"a": "STANDARD_IA"}


# An endpoint that lacks a class, objects that change, keys of their own


def test_a_class_that_the_endpoint_does_not_have_is_one_failure(shelf: Shelf) -> None:
    shelf.put({f"{number}": "1" for number in range(20)})
    shelf.put({"other": "1"})
    rules = [{"match": ["other"], "storage_class": "STANDARD_IA"}, {"storage_class": "GLACIER_IR"}]
    with shelf.gateway() as gateway:

        def before(request: Request) -> Reply | None:
            refused = request.headers.get("x-amz-storage-class") == "GLACIER_IR"
            return error_reply(400, "InvalidStorageClass") if refused else None

        gateway.before = before
        result = shelf.move(rules=rules)
        tried = [one for one in gateway.requests if one.headers.get("x-amz-storage-class") == "GLACIER_IR"]
    assert failures(result).keys() == {"0"} and result["failed"] and len(tried) == 1
    assert "InvalidStorageClass" in failures(result)["0"] and "The 19 other objects" in failures(result)["0"]
    assert {key for key, name in shelf.classes().items() if name != "STANDARD"} == {"other"}


@pytest.mark.needs("conditional copies")
def test_what_changed_since_it_was_listed_is_left_as_it_is(shelf: Shelf) -> None:
    """Before the HEAD, and between it and the copy."""
    shelf.put({"a": "1", "b": "2", "c": "3"})
    with shelf.gateway() as gateway:

        def after(request: Request, _reply: Reply) -> None:
            if request.method == "GET" and "list-type" in request.query:
                shelf.put({"a": "another's"})
            if request.method == "HEAD" and request.key.endswith("/b"):
                shelf.put({"b": "another's"})

        gateway.after = after
        result = shelf.once(storage_class="STANDARD_IA")
    assert failures(result).keys() == {"a", "b"} and all("changed" in text for text in failures(result).values())
    assert shelf.objects() == {"a": "another's", "b": "another's", "c": "3"}
    assert shelf.classes() == {"a": "STANDARD", "b": "STANDARD", "c": "STANDARD_IA"}


@pytest.mark.needs("tags", "copies by parts")
def test_new_tags_are_not_lost_to_a_copy_that_takes_long(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    small_copies(monkeypatch.setattr)
    shelf.put({"large": b"x" * (6 * MIB)}, Tagging="a=1")
    place = {"Bucket": shelf.bucket, "Key": f"{shelf.base}app/large"}
    with shelf.gateway() as gateway:

        def after(request: Request, _reply: Reply) -> None:
            if request.query.get("partNumber") == "1":
                shelf.s3.put_object_tagging(**place, Tagging={"TagSet": [{"Key": "a", "Value": "2"}]})

        gateway.after = after
        result = shelf.once(storage_class="STANDARD_IA")
    assert "changed" in failures(result)["large"] and shelf.classes() == {"large": "STANDARD"}
    assert not shelf.s3.list_multipart_uploads(Bucket=shelf.bucket, Prefix=shelf.base).get("Uploads")
    assert shelf.move(storage_class="STANDARD_IA")["changed"]
    assert shelf.kept()["large"][1] == [("a", "2")]


def test_an_object_with_a_key_of_its_writers_own_is_a_failure_that_says_so(shelf: Shelf) -> None:
    shelf.put({"a": "1", "secret": "2"})
    with shelf.gateway() as gateway:

        def before(request: Request) -> Reply | None:
            return Reply(400, {}, b"") if request.method == "HEAD" and request.key.endswith("secret") else None

        gateway.before = before
        result = shelf.move(storage_class="STANDARD_IA")
    assert "SSE-C" in failures(result)["secret"] and shelf.classes() == {"a": "STANDARD_IA", "secret": "STANDARD"}


@pytest.mark.needs("archived objects")
def test_one_of_which_planning_has_to_ask_says_so_too(shelf: Shelf) -> None:
    shelf.put({"secret": "2"}, StorageClass="GLACIER")
    with shelf.gateway() as gateway:
        gateway.before = lambda request: Reply(400, {}, b"") if request.method == "HEAD" and request.key else None
        assert "SSE-C" in failures(shelf.move(storage_class="STANDARD_IA", restore={}))["secret"]


def test_metadata_that_no_header_can_carry_is_not_lost(shelf: Shelf) -> None:
    """A server that copies with all metadata by itself keeps them; where they have to be said, the object stays."""
    shelf.put({"a": "1"})
    with shelf.gateway() as gateway:

        def after(request: Request, reply: Reply) -> None:
            if request.method == "HEAD":
                reply.headers["x-amz-missing-meta"] = "1"

        gateway.after = after
        result = shelf.once(storage_class="STANDARD_IA")
        copies = [one for one in gateway.requests if "x-amz-copy-source" in one.headers]
    replaced = [one for one in copies if "x-amz-metadata-directive" in one.headers]
    assert replaced == [] and bool(failures(result)) == (shelf.classes()["a"] == "STANDARD")


def test_two_runs_do_not_go_side_by_side(shelf: Shelf) -> None:
    """Each would copy what the other one has copied."""
    shelf.put({"a": "1"})
    shelf.move(storage_class="STANDARD_IA")
    (lock,) = (shelf.state / "uploads").glob("*.lock")
    with open(lock, "rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        result = shelf.once(storage_class="STANDARD")
        assert "Another run changes" in result["msg"] and shelf.classes() == {"a": "STANDARD_IA"}
        assert shelf.once(storage_class="STANDARD", check=True)["changed"] is True
    assert shelf.move(storage_class="STANDARD")["changed"]


def test_what_somebody_else_has_moved_meanwhile_is_not_copied_again(shelf: Shelf) -> None:
    shelf.put({"a": "1"})
    place = {"Bucket": shelf.bucket, "Key": f"{shelf.base}app/a"}
    with shelf.gateway() as gateway:

        def after(request: Request, _reply: Reply) -> None:
            if "list-type" in request.query:
                shelf.s3.copy_object(**place, CopySource=place, MetadataDirective="REPLACE", StorageClass="STANDARD_IA")

        gateway.after = after
        result = shelf.once(storage_class="STANDARD_IA")
        assert not [one for one in gateway.requests if one.method == "PUT"]
    assert not result.get("failed") and shelf.classes() == {"a": "STANDARD_IA"}


def test_log_and_record(shelf: Shelf) -> None:
    shelf.put({"a": "1"})
    log = shelf.tmp_path / "log"
    result = shelf.once(storage_class="STANDARD_IA", log=str(log))
    start, line, end = map(json.loads, log.read_text().splitlines())
    for one in (start, line, end):
        jsonschema.validate(one, LINE, jsonschema.Draft202012Validator)
    assert start["source"] == start["destination"] == f"s3://{shelf.bucket}/{shelf.base}app/"
    told = {name: line[name] for name in ("event", "verb", "key", "from", "to", "outcome", "etag", "replaced_etag")}
    assert told == {
        "event": "object", "verb": "transition", "key": "a", "from": "STANDARD", "to": "STANDARD_IA", "outcome": "done",
        "etag": hashlib.md5(b"1").hexdigest(), "replaced_etag": hashlib.md5(b"1").hexdigest(),
    }  # fmt: skip
    assert (end["event"], end["status"], end["done"]) == ("end", "done", 1)
    record = json.loads(pathlib.Path(result["record"]).read_text())
    jsonschema.validate(record, RECORD, jsonschema.Draft202012Validator)
    assert (record["status"], record["summary"], record["log"]) == ("done", result["summary"], str(log))
    assert record["options"]["storage_class"] == "STANDARD_IA" and "secret_key" not in record["options"]
