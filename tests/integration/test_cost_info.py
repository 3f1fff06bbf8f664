# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What cost_info tells of buckets, directories and workloads, on real servers."""

from __future__ import annotations

import datetime
import pathlib
import time
import uuid
from typing import Any

import price_entries
import pytest
from delivered import ALL, Inventory
from harness import run_module, warned
from server import Server

KB, MB, GB = 1 << 10, 1 << 20, 1 << 30
DAY = 86400
pytestmark = pytest.mark.usefixtures("one_session")


@pytest.fixture
def bucket(s3_server: Server) -> str:
    name = f"cost-{uuid.uuid4().hex[:8]}"
    s3_server.client("s3").create_bucket(Bucket=name)
    return name


def told(server: Server | None = None, **options: Any) -> dict[str, Any]:
    """The result, which check mode has to give as well."""
    result = run_module("cost_info", options, server=server)
    checked = run_module("cost_info", options, server=server, check=True)
    assert {**checked, "refreshed": ""} == {**result, "refreshed": ""}
    assert not result["changed"]
    return result


def refused(**options: Any) -> str:
    result = run_module("cost_info", options)
    assert result["failed"]
    return str(result["msg"])


def storage(result: dict[str, Any]) -> dict[tuple[str, str, str], tuple[int, int]]:
    return {
        (row["storage_class"], row["tier"], row["state"]): (row["objects"], row["bytes"]) for row in result["storage"]
    }


def test_a_bucket_with_versions_and_unfinished_uploads(s3_server: Server, bucket: str) -> None:
    s3 = s3_server.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for key, size, name in (
        ("logs/a", 100 * KB, "STANDARD_IA"),
        ("logs/a", 200 * KB, "STANDARD"),
        ("media/b", 300 * KB, "GLACIER_IR"),
        ("top", 1, "GLACIER"),
    ):
        s3.put_object(Bucket=bucket, Key=key, Body=bytes(size), StorageClass=name)
    s3.delete_object(Bucket=bucket, Key="media/b")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="logs/u")["UploadId"]
    s3.upload_part(Bucket=bucket, Key="logs/u", UploadId=upload, PartNumber=1, Body=bytes(5 * MB))

    result = told(s3_server, bucket=bucket, prefix_depth=1)
    assert storage(result) == {
        ("GLACIER", "", "current"): (1, 1),
        ("GLACIER_IR", "", "noncurrent"): (1, 300 * KB),
        ("STANDARD", "", "current"): (1, 200 * KB),
        ("STANDARD", "", "upload"): (1, 5 * MB),
        ("STANDARD_IA", "", "noncurrent"): (1, 100 * KB),
    }
    amounts = {(each["kind"], each["storage_class"]): each["quantity"] * GB for each in result["cost"]["items"]}
    assert amounts == pytest.approx(
        {
            ("storage", "STANDARD"): 200 * KB + 5 * MB + 8 * KB,
            ("storage", "STANDARD_IA"): 128 * KB,
            ("storage", "GLACIER_IR"): 300 * KB,
            ("storage", "GLACIER"): 1 + 32 * KB,
        },
        abs=600,  # a millionth of a GB
    )
    assert [row["prefix"] for row in result["prefixes"]] == ["logs/", "media/", ""]
    assert sum(row["objects"] for row in result["prefixes"]) == 5
    assert [trap["name"] for trap in result["traps"]] == [
        "small_objects",
        "archive_overhead",
        "noncurrent_versions",
        "unfinished_uploads",
    ]
    current = told(s3_server, bucket=bucket, versions=False, uploads=False)
    assert {state for _name, _tier, state in storage(current)} == {"current"}
    assert "Noncurrent versions are not reckoned, as versions is false." in current["assumptions"]
    below = told(s3_server, bucket=bucket, prefix="media/")
    assert storage(below) == {("GLACIER_IR", "", "noncurrent"): (1, 300 * KB)}


def test_what_was_found_can_be_reckoned_with(s3_server: Server, bucket: str) -> None:
    s3 = s3_server.client("s3")
    for number in range(6):
        s3.put_object(Bucket=bucket, Key=f"{number}", Body=bytes(number * 60 * KB), StorageClass="STANDARD_IA")
    found = told(s3_server, bucket=bucket)
    again = told(usage=found["usage"])
    assert again["cost"]["monthly_usd"] == found["cost"]["monthly_usd"]
    more = told(s3_server, bucket=bucket, usage=[{"internet_bytes": "1T"}])
    internet = told(usage=[{"internet_bytes": "1T"}])
    assert more["cost"]["monthly_usd"] == pytest.approx(
        found["cost"]["monthly_usd"] + internet["cost"]["monthly_usd"], abs=2e-6
    )


def test_by_inventory(s3_server: Server, bucket: str) -> None:
    inventory = Inventory("example-media", ALL, "inv/example-media/all/")
    inventory.add(
        [
            ("a/x", "v1", "true", "false", 200 * KB, "INTELLIGENT_TIERING", "ARCHIVE_INSTANT_ACCESS", "SSE-S3"),
            ("a/y", "v1", "false", "false", 300 * KB, "STANDARD", "", "SSE-S3"),
            ("a/y", "v2", "true", "true", "", "", "", ""),
        ]
    )
    s3 = s3_server.client("s3")
    s3.create_bucket(Bucket="example-media")
    for key, body in inventory.objects().items():
        s3.put_object(Bucket=bucket, Key=key, Body=body)
    found = told(s3_server, bucket="example-media", by="inventory", inventory=f"s3://{bucket}/inv/example-media/all/")
    assert storage(found) == {
        ("INTELLIGENT_TIERING", "archive_instant", "current"): (1, 200 * KB),
        ("STANDARD", "", "noncurrent"): (1, 300 * KB),
    }
    assert "The inventory is of 2026-11-25. It tells of no unfinished uploads." in found["assumptions"]
    wrong = run_module(
        "cost_info",
        {"bucket": bucket, "by": "inventory", "inventory": f"s3://{bucket}/inv/example-media/all/"},
        server=s3_server,
    )
    assert wrong["failed"] and "is the inventory of the bucket 'example-media'" in wrong["msg"]


def test_by_metrics(moto_server: Server) -> None:
    name, now = f"cost-{uuid.uuid4().hex[:8]}", time.time()
    moto_server.client("s3").create_bucket(Bucket=name)
    days = [datetime.datetime.fromtimestamp(now // DAY * DAY - back * DAY, datetime.timezone.utc) for back in (1, 2)]
    moto_server.client("cloudwatch").put_metric_data(
        Namespace="AWS/S3",
        MetricData=[
            {
                "MetricName": metric,
                "Dimensions": [{"Name": "BucketName", "Value": name}, {"Name": "StorageType", "Value": kind}],
                "Timestamp": day,
                "Value": value,
            }
            for day in days
            for metric, kind, value in (
                ("BucketSizeBytes", "StandardStorage", 100.0 * GB),
                ("BucketSizeBytes", "GlacierStorage", 50.0 * GB),
                ("BucketSizeBytes", "GlacierObjectOverhead", 1.0 * GB),
                ("NumberOfObjects", "AllStorageTypes", 12.0),
            )
        ],
    )
    found = told(moto_server, bucket=name, by="metrics")
    assert found["cost"]["monthly_usd"] == pytest.approx(2.3 + 51 * 0.0036)
    assert {row["storage_class"]: row["bytes"] for row in found["storage"]} == {
        "STANDARD": 100 * GB,
        "GLACIER": 50 * GB,
    }
    assert found["assumptions"][1].startswith("The metrics are of ")
    assert found["usage"] == []


def test_a_directory_before_it_is_uploaded(tmp_path: pathlib.Path) -> None:
    for name, size in (("a.log", 300 * KB), ("b.log", KB), ("keep/c.bin", 70 * MB), ("skip/d", MB)):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        with path.open("wb") as file:
            file.truncate(size)
    rules = [{"match": ["*.log"], "storage_class": "STANDARD_IA"}]
    found = told(path=str(tmp_path), rules=rules, storage_class="GLACIER", exclude=["/skip/"])
    assert found["storage"] == [
        {"storage_class": "GLACIER", "objects": 1, "bytes": 70 * MB},
        {"storage_class": "STANDARD_IA", "objects": 2, "bytes": 301 * KB},
    ]
    puts = {each["storage_class"]: each["quantity"] * 1000 for each in found["cost"]["items"] if each["kind"] == "put"}
    # Two files at once, one by parts: all but the last of its requests are priced as STANDARD's.
    parts = puts.pop("STANDARD") + puts["GLACIER"] - 2
    assert puts == pytest.approx({"GLACIER": 1, "STANDARD_IA": 2}) and parts > 1
    assert [trap["name"] for trap in found["traps"]] == ["small_objects", "dearer_class"]
    again = told(usage=found["usage"])
    assert again["cost"]["monthly_usd"] == found["cost"]["monthly_usd"]
    one = told(path=str(tmp_path / "a.log"))
    assert one["storage"] == [{"storage_class": "STANDARD", "objects": 1, "bytes": 300 * KB}]


def test_old_prices_are_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    from ansible_collections.stowage.s3.plugins.module_utils._cost import price_table

    monkeypatch.setattr(price_table, "DATED", datetime.date(2020, 1, 1))
    result = run_module("cost_info", {"usage": [{"bytes": 1}]})
    assert warned(result)[0].startswith("The prices are those of 2020-01-01 (the table of 2020-01-01), ")


def test_a_region_without_prices_is_warned_of() -> None:
    result = run_module("cost_info", {"usage": [{"bytes": "1G"}], "region": "cn-north-1"})
    assert "No prices of region cn-north-1 are at hand" in warned(result)[0]
    assert result["cost"]["items"][0]["source"].startswith("unverified: price of us-east-1")


def test_prices_are_fetched_for_the_region_of_the_bucket(
    s3_server: Server, bucket: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the bucket's, whose prices are used, and not that of the task: another server's are those of us-east-1."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    offer = tmp_path / "offer.json"
    offer.write_text(price_entries.offer(price_entries.s3(), "2026-08-01T00:00:00Z"))
    options = {"bucket": bucket, "region": "eu-west-1", "refresh": True, "price_list": [str(offer)]}
    checked = run_module("cost_info", options, server=s3_server, check=True)
    assert checked["refreshed"] == "" and not (tmp_path / "cache").exists()
    result = run_module("cost_info", options, server=s3_server)
    assert result["refreshed"] == str(tmp_path / "cache/stowage-s3/prices/us-east-1.json")
    assert result["prices"] == {
        "region": "us-east-1", "dated": "2026-08-01", "origin": "AWS's price list of 2026-08-01",
    }  # fmt: skip
    assert not result["changed"]


def test_own_prices_and_a_horizon() -> None:
    given = [{"kind": "storage", "storage_class": "STANDARD", "usd": 0.01}]
    found = told(usage=[{"bytes": "100G"}], prices=given, horizon_months=36)
    assert (found["cost"]["monthly_usd"], found["cost"]["horizon_usd"]) == (1.0, 36.0)
    assert found["cost"]["items"][0]["source"] == "given by the task"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "None of bucket, path, usage and refresh is given."),
        ({"bucket": "b", "path": "/tmp"}, "bucket and path are both given."),
        ({"bucket": "b", "by": "inventory"}, "by is inventory, and inventory is not given."),
        ({"bucket": "b", "by": "metrics", "prefix": "a"}, "by is metrics, and prefix or prefix_depth is given."),
        ({"bucket": "b", "prefix_depth": 21}, "prefix_depth: 21 is given; allowed is 0 to 20."),
        ({"usage": [], "price_list": ["x"]}, "price_list is given, and refresh is false."),
        ({"bucket": "b", "inventory": "/x"}, "inventory is given, and by is listing. Set by to inventory"),
        ({"path": "/tmp", "prefix": "a"}, "prefix is given, which is of bucket, and no bucket."),
        ({"bucket": "b", "include": ["a"]}, "include is given, which is of path, and no path."),
        ({"path": "/tmp", "storage_class": "COLD"}, "storage_class: 'COLD' has no prices. Give one of STANDARD, "),
        (
            {"path": "/tmp", "rules": [{"match": ["a"], "storage_class": "COLD"}]},
            "rules[0].storage_class: 'COLD' has no prices.",
        ),
        ({"usage": [{"byte": 1}]}, "usage[0]: there is no byte."),
        ({"usage": [], "horizon_months": -1}, "horizon_months: -1 is given; allowed is more than 0"),
        ({"usage": [], "prices": [{"kind": "rent"}]}, "prices[0].kind: 'rent' is not a kind."),
        ({"path": "/no/such/place"}, "path: '/no/such/place' does not exist"),
    ],
)
def test_what_is_refused(options: dict[str, Any], said: str) -> None:
    assert refused(**options).startswith(said)


def test_a_bucket_that_is_not_there(s3_server: Server) -> None:
    result = run_module("cost_info", {"bucket": "no-such-bucket-here"}, server=s3_server)
    assert result["failed"] and "does not exist" in result["msg"]
