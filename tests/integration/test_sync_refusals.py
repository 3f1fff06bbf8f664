# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What fails before anything is touched, in check mode as in a run; each message with what was given and what to do."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from harness import run_module
from world import Reply, Request, World, verbs, without_powers

# In these, {root} is a directory with files, {tmp} the one around it, {here} a prefix of a bucket, {bucket} the bucket.
Said = list[str]


@pytest.fixture
def full(world: World) -> World:
    """Files on both sides, all different: whatever is touched shows."""
    world.write({"a": "1", "d/b": "2"})
    world.put({"c": "3", "d/e": "4"})
    return world


def filled(world: World, value: Any) -> Any:
    """The value with its places filled in."""
    if not isinstance(value, str):
        return value
    return value.format(root=world.root, tmp=world.tmp_path, here=world.uri(""), bucket=world.bucket)


def refused(world: World, source: str, destination: str, said: Said, **options: Any) -> None:
    """Refused by sync, and the message says all of that."""
    options = {name: filled(world, value) for name, value in options.items()}
    message = world.refused(filled(world, source), filled(world, destination), **options)
    for part in said:
        assert filled(world, part) in message


# The two places

PLACES = {
    "two local paths": (
        "{root}",
        "{tmp}/other",
        ["'{root}'", "are both local", "has to be in S3", "ansible.builtin.copy"],
    ),
    "the same prefix": ("{here}app", "{here}app", ["'{here}app'", "are the same", "Give two prefixes"]),
    "the same prefix with a slash": ("{here}app", "{here}app/", ["'{here}app/'", "are the same", "Give two prefixes"]),
    "the same bucket": ("s3://{bucket}", "s3://{bucket}/", ["are the same", "Give two prefixes"]),
    "below the source": ("{here}app", "{here}app/d", ["one inside the other", "neither contains the other"]),
    "above the source": ("{here}app/d", "{here}app", ["one inside the other", "neither contains the other"]),
    "in the root of the bucket": ("s3://{bucket}", "{here}app", ["one inside the other", "Give two prefixes"]),
    "a scheme in upper case": ("{root}", "S3://{bucket}/x", ["destination: 'S3://{bucket}/x'", "Write s3://bucket"]),
    "one slash": ("s3:/{bucket}", "{root}", ["source: 's3:/{bucket}'", "names no bucket", "Write s3://bucket"]),
    "no slash": ("s3:{bucket}", "{root}", ["names no bucket", "Write s3://bucket"]),
    "no bucket": ("s3://", "{root}", ["source: 's3://'", "names no bucket", "Write s3://bucket"]),
    "a prefix without bucket": ("s3:///app", "{root}", ["'s3:///app'", "names no bucket"]),
    "no name of a bucket": ("{root}", "s3://my bucket/x", ["'s3://my bucket/x'", "lower-case letters, digits"]),
    "another cloud": ("gs://{bucket}", "{root}", ["'gs://{bucket}'", "neither a path nor in S3", "s3://bucket/prefix"]),
    "a URL": ("{root}", "https://example.com/x", ["'https://example.com/x'", "neither a path nor in S3"]),
    "nothing": (" ", "{here}", ["source: ' '", "is no place", "Give a path or s3://bucket/prefix"]),
    "a missing source": (
        "{root}/no/thing",
        "{here}app",
        ["'{root}/no/thing'", "does not exist", "{root} does", "Check"],
    ),
    "a device": ("/dev/null", "{here}app", ["'/dev/null'", "neither a directory nor a regular file"]),
    "a file as destination": ("{here}app", "{root}/a", ["'{root}/a'", "is no directory", "Give a directory"]),
    "a destination below a file": ("{here}app", "{root}/a/b", ["destination: '{root}/a/b'", "give another directory"]),
    "a missing bucket": (
        "{root}",
        "s3://no-such-bucket-1/x",
        ["s3://no-such-bucket-1", "NoSuchBucket", "Check the bucket"],
    ),
    "a missing bucket as source": ("s3://no-such-bucket-1/x", "{root}", ["NoSuchBucket", "Check the bucket's name"]),
}


@pytest.mark.parametrize(("source", "destination", "said"), PLACES.values(), ids=PLACES.keys())
def test_places(full: World, source: str, destination: str, said: Said) -> None:
    refused(full, source, destination, said)


def test_places_beside_each_other_are_fine(full: World) -> None:
    """Only whole names count: neither lies in the other."""
    full.sync(full.uri("app"), full.uri("application"))
    full.sync(full.uri("app/d"), full.uri("app/dd"))
    assert full.names("") == ["app/c", "app/d/e", "app/dd/e", "application/c", "application/d/e"]


def test_one_file_is_never_the_measure_of_deletions(full: World) -> None:
    refused(
        full, "{root}/a", "{here}app/", ["'{root}/a' is one file", "delete is true", "leave delete out"], delete=True
    )


# Files of the run's own

OWN = {
    "state in the source": ({"state_dir": "{root}/state"}, ["state_dir: '{root}/state'", "inside the source '{root}'"]),
    "state is the source": ({"state_dir": "{root}"}, ["inside the source"]),
    "state through a link": ({"state_dir": "{tmp}/link/state"}, ["inside the source", "Give a place outside"]),
    "state in the destination": ({"state_dir": "{here}app/state"}, ["inside the destination '{here}app'"]),
    "state is the destination": ({"state_dir": "{here}app/"}, ["inside the destination", "Give a place outside"]),
    "state above the source": (
        {"state_dir": "{tmp}", "source": "{tmp}/runs"},
        ["lies inside state_dir", "another state_dir"],
    ),
    "state above the destination": (
        {"state_dir": "{here}app", "destination": "{here}app/cache/x"},
        ["'{here}app/cache/x'", "another state_dir"],
    ),
    "state in a missing bucket": ({"state_dir": "s3://no-such-bucket-1"}, ["NoSuchBucket", "Check the bucket's name"]),
    "state in another cloud": ({"state_dir": "gs://{bucket}"}, ["state_dir: 'gs://{bucket}'", "Give a path"]),
    "a log in the source": ({"log": "{root}/log"}, ["log: '{root}/log'", "inside the source", "a place outside"]),
    "a log through a link": ({"log": "{tmp}/link/log"}, ["inside the source", "a place outside"]),
    "a log in S3": ({"log": "s3://{bucket}/log"}, ["nothing can be appended", "Give a local path"]),
    "a log nowhere": ({"log": "{tmp}/no/log"}, ["'{tmp}/no/log'", "no file in a directory that exists", "Give one"]),
    "a directory as log": ({"log": "{tmp}"}, ["no file in a directory that exists", "Give one"]),
}


@pytest.mark.parametrize(("options", "said"), OWN.values(), ids=OWN.keys())
def test_files_of_the_runs_own(full: World, options: dict[str, Any], said: Said) -> None:
    (full.tmp_path / "link").symlink_to(full.root)
    (full.tmp_path / "runs").mkdir()
    refused(full, **{"source": "{root}", "destination": "{here}app", "said": said, **options})


def test_files_of_the_runs_own_in_a_local_destination(full: World) -> None:
    for options in ({"state_dir": "{root}/state"}, {"log": "{root}/d/log"}):
        refused(full, "{here}app", "{root}", ["inside the destination '{root}'", "Give a place outside"], **options)


def test_files_of_the_runs_own_beside_are_fine(full: World) -> None:
    result = full.up(state_dir=f"{full.root}-state", log=f"{full.root}.log")
    assert len(verbs(result)) == 2
    # State may stand at the root of the bucket that is synced into: it occupies two prefixes of it.
    assert verbs(full.up(state_dir=full.uri(""), prefix="other")) != []
    assert {name.partition("/")[0] for name in full.names("")} == {"app", "other", "cache", "runs"}


# Who may enter


@pytest.mark.parametrize("side", ["source", "destination", "state_dir"])
def test_a_bucket_that_is_closed(full: World, side: str) -> None:
    """S3 says no more than 403 to a HEAD: the rest of the message is ours."""
    name = f"closed-{uuid.uuid4().hex}"
    full.s3.create_bucket(Bucket=name)

    def close(request: Request) -> Reply | None:
        return Reply(403, {}, b"") if request.path.startswith(name) else None

    with full.gateway() as gateway:
        gateway.before = close
        options = {"source": "{root}", "destination": "{here}app", side: f"s3://{name}/x"}
        if side == "source":
            options["destination"] = "{root}"
        refused(full, said=[f"s3://{name}", "403", "The credentials need s3:ListBucket"], **options)
    # Nothing was listed but to see whether it may be, below the prefix alone.
    listed = [request for request in gateway.requests if "list-type" in request.query]
    assert listed and all((request.path, request.query["prefix"][:2]) == (name, "x/") for request in listed)
    full.s3.delete_bucket(Bucket=name)


@pytest.mark.needs("signatures")
def test_credentials_that_are_not_known(full: World) -> None:
    refused(full, "{root}", "{here}app", [f"s3://{full.bucket}", "403"], access_key="AKIAUNKNOWN", secret_key="x" * 40)


def test_a_destination_that_cannot_be_written(full: World) -> None:
    full.root.chmod(0o555)
    options = {"source": full.uri(), "destination": str(full.root), "state_dir": str(full.state)}
    for result in without_powers(full.server, options):
        assert result["failed"] and "actions" not in result
        assert f"destination: '{full.root}' cannot be written" in result["msg"] and "Grant write" in result["msg"]
    # To look at it, no more than reading is needed.
    full.root.chmod(0o755)
    assert full.tree() == {"a": "1", "d/b": "2"}


# Options

OPTIONS = {
    "a percentage above all": ({"max_delete": "150%"}, ["max_delete: '150%'", "from 0% to 100%", "such as 20"]),
    "a negative count": ({"max_delete": "-1"}, ["max_delete: '-1'", "neither a count nor a percentage"]),
    "a word": ({"max_delete": "all"}, ["max_delete: 'all'", "Give how many deletions are allowed"]),
    "part of a percentage": ({"max_delete": "2.5%"}, ["max_delete: '2.5%'", "from 0% to 100%"]),
    "a percentage of nothing": ({"max_delete": "%"}, ["max_delete: '%'", "from 0% to 100%"]),
    "no worker": ({"concurrency": 0}, ["concurrency: 0", "1 to 256", "Leave it out"]),
    "too many workers": ({"concurrency": 257}, ["concurrency: 257", "1 to 256"]),
    "fewer than no actions": ({"max_actions": -1}, ["max_actions: -1", "0 (list none) or more"]),
    "a threshold below a part": ({"multipart_threshold": "4M"}, ["multipart_threshold: 4194304", "(5M) to", "(5G)"]),
    "a threshold above a PUT": ({"multipart_threshold": "6GiB"}, ["multipart_threshold: 6442450944", "(5G)"]),
    "a threshold in apples": ({"multipart_threshold": "5 apples"}, ["'5 apples' is no size", "such as 64M"]),
    "a negative threshold": ({"multipart_threshold": "-64M"}, ["'-64M' is no size", "Give bytes, or a number with K"]),
    "a key without encryption": ({"encryption_key_id": "k"}, ["encryption is not set", "set encryption, or leave"]),
    "a key with another encryption": (
        {"encryption_key_id": "k", "encryption": "AES256"},
        ["encryption is AES256", "goes with encryption aws:kms"],
    ),
    "a header in the storage class": (
        {"storage_class": "STANDARD\r\nx-amz-acl: public-read"},
        ["storage_class: ", "Give printable text"],
    ),
    "an owner that is no account": ({"expected_bucket_owner": "me"}, ["expected_bucket_owner: 'me'", "12 digits"]),
    "an owner as YAML reads it": ({"expected_bucket_owner": 8_947_848}, ["'8947848' is no account", "in quotes"]),
    "an owner that is empty": ({"source_expected_bucket_owner": ""}, ["source_expected_bucket_owner: ''", "12 digits"]),
    "an include that is none": ({"include": ["a", "[b"]}, ["include: '[b'", "without its ']'", "Close the class"]),
    "an exclude that is negated": ({"exclude": ["!a"]}, ["exclude: '!a'", "There is no negation", "include"]),
    "the habit of aws s3 sync": ({"exclude": ["*"], "include": ["*.html"]}, ["exclude: '*'", "order does not matter"]),
    "a rule for no glob": (
        {"rules": [{"match": ["*"]}, {"match": ["a//b"], "content_type": "x/y"}]},
        ["rules[1].match: 'a//b'", "single"],
    ),
    "a rule that S3 would refuse": (
        {"rules": [{"match": ["*"], "tags": {"a": "b!"}}]},
        ["rules[0].tags: 'a': 'b!' has '!'", "S3 allows letters"],
    ),
}


@pytest.mark.parametrize(("options", "said"), OPTIONS.values(), ids=OPTIONS.keys())
def test_options(full: World, options: dict[str, Any], said: Said) -> None:
    refused(full, "{root}", "{here}app", said, **options)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"destination": "{tmp}/other"}, "are both local"),
        ({"source": "{root}/missing"}, "does not exist"),
        ({"destination": "s3://no-such-bucket-1"}, "NoSuchBucket"),
        ({"exclude": ["**"]}, "order does not matter"),
        ({"concurrency": 1000}, "1 to 256"),
        ({"expected_bucket_owner": "1234"}, "12 digits"),
        ({"rules": [{"match": ["*"], "content_type": ""}]}, "rules[0].content_type: ''"),
    ],
)
def test_sync_info_refuses_the_same(full: World, options: dict[str, Any], said: str) -> None:
    asked = {"source": "{root}", "destination": "{here}app", **options}
    result = run_module("sync_info", {name: filled(full, one) for name, one in asked.items()}, server=full.server)
    assert result["failed"] and said in result["msg"] and "in_sync" not in result
