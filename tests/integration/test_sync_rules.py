# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What objects carry: types, headers, metadata, tags, classes, encryption; and how they follow changed rules."""

from __future__ import annotations

from typing import Any

import pytest
from world import OLD, Reply, Request, World, verbs

UPDATED = [("update", "a.html", "attributes")]


def tags(world: World, key: str, prefix: str = "app/") -> dict[str, str]:
    found = world.s3.get_object_tagging(Bucket=world.bucket, Key=f"{world.base}{prefix}{key}")["TagSet"]
    return {tag["Key"]: tag["Value"] for tag in found}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.html", "text/html"), ("a.CSS", "text/css"), ("a.tar.gz", "application/gzip"),
        ("a.json", "application/json"),
        ("a.svg", "image/svg+xml"), ("Makefile", "application/octet-stream"),
    ],
)  # fmt: skip
def test_the_type_comes_from_the_name(world: World, name: str, expected: str) -> None:
    world.write({name: "x"})
    world.up()
    assert world.head(name)["ContentType"] == expected


def test_the_first_rule_that_matches_counts(world: World) -> None:
    world.write({"a.html": "1", "b.html": "2", "c.txt": "3"})
    rules = [
        {"match": ["/a.*", "*.xml"], "cache_control": "no-cache"},
        {"match": ["*.html"], "cache_control": "max-age=60", "content_type": "text/plain", "content_language": "en"},
    ]
    world.up(rules=rules)
    first, second, third = (world.head(name) for name in ("a.html", "b.html", "c.txt"))
    assert (first["CacheControl"], first["ContentType"], first.get("ContentLanguage")) == (
        "no-cache",
        "text/html",
        None,
    )
    assert (second["CacheControl"], second["ContentType"], second["ContentLanguage"]) == (
        "max-age=60",
        "text/plain",
        "en",
    )
    assert "CacheControl" not in third and third["ContentType"] == "text/plain"
    assert world.up(rules=rules)["changed"] is False


EVERYTHING: dict[str, Any] = {
    "match": ["*.html"],
    "content_type": "text/html; charset=utf-8",
    "cache_control": "max-age=31536000, immutable",
    "content_encoding": "gzip",
    "content_disposition": 'attachment; filename="a b.html"',
    "content_language": "de",
    "storage_class": "STANDARD_IA",
    "metadata": {"Owner": "web", "note": "naïve ✓"},
    "tags": {"team": "web + co = é/@", "empty": ""},
}


def check_everything(world: World) -> None:
    head = world.head("a.html")
    assert head["ContentType"] == "text/html; charset=utf-8"
    assert head["CacheControl"] == "max-age=31536000, immutable"
    assert head["ContentEncoding"] == "gzip"
    assert head["ContentDisposition"] == 'attachment; filename="a b.html"'
    assert head["ContentLanguage"] == "de"
    assert head["StorageClass"] == "STANDARD_IA"
    assert head["Metadata"]["owner"] == "web" and head["Metadata"]["mtime"] == str(OLD)
    assert tags(world, "a.html") == EVERYTHING["tags"]


@pytest.mark.needs("tags")
def test_all_that_a_rule_can_ask_for_is_sent_at_once(world: World) -> None:
    world.write({"a.html": "<p>"})
    result = world.up(rules=[EVERYTHING])
    assert verbs(result) == [("upload", "a.html", "new")] and result["summary"]["requests"] == {"list": 1, "put": 1}
    check_everything(world)
    assert world.up(rules=[EVERYTHING])["summary"]["requests"] == {"list": 1}
    # Nor does a runner that remembers nothing see a difference.
    assert world.up(rules=[EVERYTHING], state_dir=str(world.tmp_path / "fresh"))["changed"] is False


@pytest.mark.needs("tags", "storage class of copies")
def test_a_new_rule_updates_without_an_upload(world: World) -> None:
    world.write({"a.html": "<p>", "b.txt": "2"})
    world.up()
    etag = world.head("a.html")["ETag"]
    result = world.up(rules=[EVERYTHING])
    assert verbs(result) == UPDATED and not result.get("failed"), result
    assert result["stats"]["bytes_sent"] == 0 and world.head("a.html")["ETag"] == etag
    check_everything(world)
    assert world.objects()["a.html"] == "<p>"
    assert world.up(rules=[EVERYTHING])["summary"]["requests"] == {"list": 1}


@pytest.mark.needs("tags", "storage class of copies")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"cache_control": "no-cache"}, {"cache_control": "max-age=60"}),
        ({"content_type": "text/plain"}, {"content_type": "text/html; charset=utf-8"}),
        ({"metadata": {"a": "1", "b": "2"}}, {"metadata": {"a": "2"}}),
        ({"tags": {"a": "1", "b": "2"}}, {"tags": {"a": "1"}}),
        ({"tags": {"a": "1"}}, {"tags": {}}),
        ({"storage_class": "STANDARD_IA"}, {"storage_class": "STANDARD"}),
        ({"storage_class": "STANDARD"}, {"storage_class": "GLACIER_IR"}),
        ({"cache_control": "no-cache"}, {"cache_control": "no-cache", "storage_class": "ONEZONE_IA"}),
    ],
)
def test_a_changed_rule_updates_once(world: World, before: dict[str, Any], after: dict[str, Any]) -> None:
    world.write({"a.html": "<p>"})
    world.up(rules=[{"match": ["*.html"], **before}])
    rules = [{"match": ["*.html"], **after}]
    result = world.up(rules=rules)
    assert verbs(result) == UPDATED
    head = world.head("a.html")
    assert head["Metadata"]["mtime"] == str(OLD) and len(head["Metadata"]["stowage-sha256"]) == 64
    for option, value in after.items():
        if option == "tags":
            assert tags(world, "a.html") == value
        elif option == "metadata":
            assert head["Metadata"].items() >= value.items()
        elif option == "storage_class":
            assert head.get("StorageClass", "STANDARD") == value
        else:
            assert head[{"cache_control": "CacheControl", "content_type": "ContentType"}[option]] == value
    for _again in range(2):
        assert world.up(rules=rules)["changed"] is False
    assert world.up(rules=rules, state_dir=str(world.tmp_path / "fresh"))["changed"] is False


@pytest.mark.needs("conditional copies")
def test_an_update_that_was_only_tried_is_not_taken_for_done(world: World) -> None:
    """The first copy is sent on a condition that cannot hold. Where that is sent twice, the object is as it was."""
    world.write({"a.html": "1"})
    world.up()
    lost: list[Request] = []
    with world.gateway() as gateway:

        def before(request: Request) -> Reply | None:
            if "x-amz-copy-source" not in request.headers or lost:
                return None
            lost.append(request)
            return Reply(0, {}, b"")

        gateway.before = before
        result = world.run(str(world.root), world.uri(), rules=[{"match": ["*"], "cache_control": "no-cache"}])
    assert lost and lost[0].trial and verbs(result) == UPDATED and not result.get("failed")
    assert world.head("a.html")["CacheControl"] == "no-cache"


@pytest.mark.needs("tags", "encryption")
def test_an_update_keeps_what_the_rule_does_not_speak_of(world: World) -> None:
    world.write({"a.html": "<p>"})
    metadata = {"theirs": "kept", "mtime": str(OLD)}
    world.put(
        {"a.html": "<p>"}, CacheControl="no-cache", ContentLanguage="fr", Metadata=metadata, Tagging="team=theirs",
        StorageClass="STANDARD_IA", ServerSideEncryption="AES256",
    )  # fmt: skip
    assert verbs(world.up(rules=[{"match": ["*"], "content_type": "text/x"}])) == UPDATED
    head = world.head("a.html")
    assert (head["ContentType"], head["CacheControl"], head["ContentLanguage"]) == ("text/x", "no-cache", "fr")
    assert head["Metadata"] == {"theirs": "kept", "mtime": str(OLD)}
    assert head["StorageClass"] == "STANDARD_IA" and head["ServerSideEncryption"] == "AES256"
    assert tags(world, "a.html") == {"team": "theirs"}


def test_a_rule_that_is_gone_leaves_what_it_did(world: World) -> None:
    """What a task does not speak of it leaves alone."""
    world.write({"a.html": "<p>"})
    rules = [{"match": ["*"], "cache_control": "no-cache"}]
    world.up(rules=rules)
    assert world.up()["changed"] is False
    assert world.head("a.html")["CacheControl"] == "no-cache"
    # And back again, without an update that would change nothing.
    assert world.up(rules=rules)["changed"] is False


def test_content_and_rule_changed_at_once_is_one_upload(world: World) -> None:
    world.write({"a.html": "<p>"})
    world.up(rules=[{"match": ["*"], "cache_control": "no-cache"}])
    world.write({"a.html": "<b>"})
    rules = [{"match": ["*"], "cache_control": "max-age=1"}]
    assert verbs(world.up(rules=rules)) == [("upload", "a.html", "content")]
    assert world.head("a.html")["CacheControl"] == "max-age=1"
    assert world.up(rules=rules)["changed"] is False


def test_another_hand_on_the_attributes_is_not_seen_and_not_fought(world: World) -> None:
    """Metadata cannot change without the object changing: the ETag stays, and so the sync cannot know for free."""
    world.write({"a.html": "<p>"})
    rules = [{"match": ["*"], "cache_control": "no-cache"}]
    world.up(rules=rules)
    key = f"{world.base}app/a.html"
    world.s3.copy_object(
        Bucket=world.bucket, Key=key, CopySource={"Bucket": world.bucket, "Key": key},
        MetadataDirective="REPLACE", CacheControl="theirs",
    )  # fmt: skip
    assert world.up(rules=rules)["changed"] is False
    # A runner without memory looks, and mends.
    assert verbs(world.up(rules=rules, state_dir=str(world.tmp_path / "fresh"))) == UPDATED
    assert world.head("a.html")["CacheControl"] == "no-cache"


def test_a_lifecycle_rule_is_not_fought(world: World) -> None:
    world.write({"a.html": "<p>"})
    rules = [{"match": ["*"], "storage_class": "STANDARD_IA"}]
    world.up(rules=rules)
    world.put({"a.html": "<p>"}, StorageClass="GLACIER_IR", Metadata=world.head("a.html")["Metadata"])
    assert world.up(rules=rules)["changed"] is False
    assert world.up(rules=rules, state_dir=str(world.tmp_path / "fresh"))["changed"] is False
    assert world.head("a.html")["StorageClass"] == "GLACIER_IR"


@pytest.mark.needs("tags")
def test_rules_hold_for_copies(world: World) -> None:
    world.put(
        {"a.html": "<p>", "b": "2"}, "one/", Metadata={"theirs": "kept"}, Tagging="team=theirs", ContentType="x/y"
    )
    rules = [{"match": ["*.html"], "cache_control": "no-cache", "tags": {"team": "ours"}}]
    result = world.sync(world.uri("one"), world.uri("two"), rules=rules)
    assert verbs(result) == [("copy", "a.html", "new"), ("copy", "b", "new")]
    head = world.head("a.html", "two/")
    assert (head["CacheControl"], head["ContentType"]) == ("no-cache", "x/y") and head["Metadata"] == {"theirs": "kept"}
    assert tags(world, "a.html", "two/") == {"team": "ours"} and tags(world, "b", "two/") == {"team": "theirs"}
    assert world.sync(world.uri("one"), world.uri("two"), rules=rules)["changed"] is False
    rules[0]["tags"] = {}
    assert verbs(world.sync(world.uri("one"), world.uri("two"), rules=rules)) == UPDATED
    assert tags(world, "a.html", "two/") == {} and world.head("a.html", "two/")["CacheControl"] == "no-cache"


def test_rules_do_not_hold_for_downloads(world: World) -> None:
    world.put({"a.html": "<p>"})
    rules = [{"match": ["*"], "cache_control": "no-cache"}]
    world.down(rules=rules)
    assert world.down(rules=rules)["changed"] is False
    assert "CacheControl" not in world.head("a.html")


# Options for all that is written


def test_a_storage_class_for_all_and_another_by_rule(world: World) -> None:
    world.write({"a.html": "<p>", "b": "2"})
    options = {"storage_class": "STANDARD_IA", "rules": [{"match": ["*.html"], "storage_class": "ONEZONE_IA"}]}
    world.up(**options)
    assert world.head("a.html")["StorageClass"] == "ONEZONE_IA" and world.head("b")["StorageClass"] == "STANDARD_IA"
    assert world.up(**options)["changed"] is False


@pytest.mark.needs("encryption")
def test_encryption_with_a_key(world: World) -> None:
    key = world.server.client("kms").create_key()["KeyMetadata"]["Arn"]
    world.write({"a.html": "<p>"})
    options = {"encryption": "aws:kms", "encryption_key_id": key}
    world.up(**options)
    head = world.head("a.html")
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", key)
    assert world.up(**options)["changed"] is False
    # An update is a copy, and a copy forgets the key unless it is said.
    assert verbs(world.up(rules=[{"match": ["*"], "cache_control": "no-cache"}])) == UPDATED
    head = world.head("a.html")
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", key)
    world.sync(world.uri(), world.uri("two"), encryption="AES256")
    assert world.head("a.html", "two/")["ServerSideEncryption"] == "AES256"


@pytest.mark.needs("conditional uploads", "conditional copies")
def test_acl_is_sent_with_what_is_written(world: World) -> None:
    world.write({"a.html": "<p>"})
    with world.gateway() as gateway:
        world.run(str(world.root), world.uri(), acl="bucket-owner-full-control")
        world.run(
            str(world.root), world.uri(), acl="bucket-owner-full-control",
            rules=[{"match": ["*"], "cache_control": "no-cache"}],
        )  # fmt: skip
        world.run(world.uri(), world.uri("two"), acl="bucket-owner-full-control")
    puts = [request for request in gateway.requests if request.method == "PUT" and not request.trial]
    assert ["x-amz-copy-source" in request.headers for request in puts] == [False, True, True]
    assert {request.headers.get("x-amz-acl") for request in puts} == {"bucket-owner-full-control"}
