# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The buckets of an account as hosts."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from examples import examples
from plays import Run
from recorder import OWNER, Kept, Recorder, recording
from server import Server
from sources import Read, Reader, listed, write_source

HOME, AWAY = "us-east-1", "eu-west-1"


def tagging(**tags: str) -> Kept:
    inner = "".join(f"<Tag><Key>{key}</Key><Value>{value}</Value></Tag>" for key, value in tags.items())
    return Kept(f"<Tagging><TagSet>{inner}</TagSet></Tagging>".encode())


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """Three buckets in two regions."""
    with recording() as made:
        made.make("example-a").kept["tagging", ""] = tagging(team="web", denied="no")
        made.make("example-b", region=AWAY)
        made.make("other")
        yield made


@pytest.fixture
def read(reader: Reader, recorder: Recorder, tmp_path: pathlib.Path) -> Callable[..., Read]:
    """Read a source with these options."""

    def reading(**options: Any) -> Read:
        return reader.read(write_source(tmp_path, "buckets", options), **recorder.server.env)

    return reading


def test_ansible_inventory_lists_buckets(moto_server: Server, tmp_path: pathlib.Path) -> None:
    s3 = moto_server.client()
    s3.create_bucket(Bucket="inventory-a")
    s3.create_bucket(Bucket="inventory-b", CreateBucketConfiguration={"LocationConstraint": AWAY})
    s3.put_bucket_tagging(Bucket="inventory-b", Tagging={"TagSet": [{"Key": "team", "Value": "web"}]})
    options = {"name": ["inventory-*"], "keyed_groups": [{"key": "bucket_tags.team", "prefix": "team"}]}
    found = listed(write_source(tmp_path, "buckets", options), **moto_server.env)
    assert sorted(found["buckets"]["hosts"]) == ["inventory-a", "inventory-b"]
    assert found["region_eu_west_1"]["hosts"] == found["team_web"]["hosts"] == ["inventory-b"]
    variables = found["_meta"]["hostvars"]["inventory-b"]
    assert variables["aws_account_id"] == {"__ansible_unsafe": "123456789012"}


def test_a_host_has_what_tasks_take(read: Callable[..., Read]) -> None:
    found = read()
    assert found.errors == found.warnings == []
    assert found.hosts["example-a"] == {
        "bucket_name": "example-a",
        "bucket_arn": "arn:aws:s3:::example-a",
        "bucket_region": HOME,
        "bucket_created": "2026-01-01T00:00:00+00:00",
        "bucket_tags": {"team": "web", "denied": "no"},
    }
    assert found.hosts["other"]["bucket_tags"] == {}
    assert found.groups == {
        "buckets": ["example-a", "example-b", "other"],
        "region_us_east_1": ["example-a", "other"],
        "region_eu_west_1": ["example-b"],
    }


def test_buckets_are_chosen(read: Callable[..., Read], recorder: Recorder) -> None:
    assert sorted(read(name=["example-*", "other"]).hosts) == ["example-a", "example-b", "other"]
    assert list(read(name="example-?", regions=[AWAY]).hosts) == ["example-b"]
    recorder.requests.clear()
    found = read(name=["other", "gone"], tags=False)
    assert list(found.hosts) == ["other"] and "bucket_created" not in found.hosts["other"]
    assert found.warnings == ["stowage.s3.buckets: There is no bucket 'gone': correct or remove it."]
    assert set(recorder.requests) - {"POST"} == {"HEAD"}, "neither a listing nor tags were asked for"


def test_regions_that_the_listing_tells_are_not_asked_for(read: Callable[..., Read], recorder: Recorder) -> None:
    def names(asked: str, query: dict[str, str], _headers: dict[str, str]) -> Any:
        if asked != "GET max-buckets":
            return None
        first = "continuation-token" not in query
        name, more = ("example-a", "<ContinuationToken>t</ContinuationToken>") if first else ("example-b", "")
        bucket = f"<Bucket><Name>{name}</Name><BucketRegion>{AWAY}</BucketRegion></Bucket>"
        body = f"<ListAllMyBucketsResult><Buckets>{bucket}</Buckets>{more}</ListAllMyBucketsResult>"
        return 200, {}, body.encode()

    recorder.before = names
    found = read(tags=False)
    assert found.groups["region_eu_west_1"] == ["example-a", "example-b"]
    assert set(recorder.requests) <= {"POST"}


def test_what_may_not_be_read_is_not_taken_for_empty(
    read: Callable[..., Read], recorder: Recorder, tmp_path: pathlib.Path
) -> None:
    """Nor is the warning forgotten with the cache."""
    recorder.denied = {"GET tagging", "HEAD"}
    (tmp_path / "kept").mkdir()
    kept = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "kept")}
    for _time in ("asked", "from the cache"):
        found = read(**kept)
        assert all("bucket_tags" not in host and "bucket_region" not in host for host in found.hosts.values())
        region, tags = found.warnings
        assert "region of example-a, example-b, other; the credentials need s3:ListBucket." in region
        assert "tags of example-a, example-b, other; the credentials need s3:GetBucketTagging." in tags
        assert found.groups == {"buckets": ["example-a", "example-b", "other"]}
    lost = read(regions=[HOME])
    assert lost.hosts == {} and "Left out, as 'regions' is given: other." in lost.warnings[-1]


def test_servers_without_tags_are_told_of(read: Callable[..., Read], recorder: Recorder) -> None:
    recorder.unknown = {"tagging"}
    found = read(name="example-a")
    assert "tags of example-a; this endpoint does not know them (NotImplemented)" in found.warnings[0]
    assert "bucket_tags" not in found.hosts["example-a"]


def test_many_are_not_all_named(read: Callable[..., Read], recorder: Recorder) -> None:
    for number in range(9):
        recorder.make(f"many-{number}")
    recorder.denied = {"GET tagging"}
    assert "many-0, many-1, many-2, many-3, many-4 and 4 more; the" in read(name="many-*").warnings[0]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"expected_account": "1"}, "12 digits"),
        ({"expected_account": OWNER}, "nothing was done"),
        ({"nmae": "a"}, "There is no option nmae"),
        ({"endpoint_url": "nonsense"}, "'nonsense' cannot be used"),
    ],
)
def test_mistakes_are_told(read: Callable[..., Read], options: dict[str, Any], words: str) -> None:
    found = read(**options)
    assert words in found.errors[0] and found.hosts == {}


def test_a_denied_listing_names_the_permission(read: Callable[..., Read], recorder: Recorder) -> None:
    recorder.denied = {"GET max-buckets"}
    assert "s3:ListAllMyBuckets" in read().errors[0]


def test_buckets_of_others_are_refused_by_their_owner(read: Callable[..., Read]) -> None:
    found = read(name="other", expected_bucket_owner="999988887777")
    assert "s3:ListBucket" in found.warnings[0]


# Plays


def test_a_play_configures_each_bucket(moto_server: Server, tmp_path: pathlib.Path) -> None:
    """As the documentation has it."""
    s3 = moto_server.client()
    s3.create_bucket(Bucket="example-play-a")
    s3.create_bucket(Bucket="example-play-b", CreateBucketConfiguration={"LocationConstraint": AWAY})
    (text,) = [one.text for one in examples("docs/accounts.md") if "hosts: buckets" in one.text]
    (tmp_path / "play.yml").write_text(text)
    source = write_source(tmp_path, "buckets", {"name": "example-play-*"})
    run = Run(tmp_path / "play.yml", "-i", source, **moto_server.env)
    assert run.code == 0, run.why
    assert {name: stats["changed"] for name, stats in run.stats.items()} == {"example-play-a": 1, "example-play-b": 1}
    assert s3.get_bucket_versioning(Bucket="example-play-b")["Status"] == "Enabled"


def test_the_source_of_the_documentation_can_be_read(read: Callable[..., Read], recorder: Recorder) -> None:
    sources = [
        one
        for page in ("docs/accounts.md", "plugins/inventory/buckets.py")
        for one in examples(page)
        if "plugin: stowage.s3.buckets" in one.text
    ]
    assert len(sources) == 2
    for one in sources:
        options = {name: value for name, value in yaml.safe_load(one.text).items() if name not in ("plugin", "profile")}
        options.pop("expected_account", None)  # the recorder has no STS
        found = read(**options)
        assert found.errors == [] and "example-b" in found.hosts
