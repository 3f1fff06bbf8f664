# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is recommended of a bucket, and that the rules which it comes with are taken, and do what was said."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Iterator
from typing import Any

import pytest
from delivered import CURRENT, Inventory, local, logs_of
from harness import run_module, warned
from recorder import Recorder, recording
from server import Server
from shelf import Shelf

KB, MB = 1 << 10, 1 << 20


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    """A server that keeps all of a bucket's lifecycle, which none with objects does."""
    with recording() as recorder:
        recorder.make("b")
        yield recorder


def recommended(shelf: Shelf, **options: Any) -> dict[str, Any]:
    """The result, which check mode has to give as well; nothing of the bucket is changed for it."""
    before = shelf.kept()
    result = shelf.once(**options)
    assert shelf.once(check=True, **options) == result
    assert not result.get("failed") and not result["changed"], result
    assert shelf.kept() == before and "diff" not in result
    return result


def ways(result: dict[str, Any]) -> list[tuple[str, str, str, str, int]]:
    return [
        tuple(each[name] for name in ("prefix", "from", "to", "by", "objects")) for each in result["recommendations"]
    ]  # type: ignore[misc]


FILES = {"clips/a": 300 * KB, "clips/sub/b": 700 * KB, "clips/small": 2 * KB, "data/c": 300 * KB, "top": MB}


def test_a_bucket_is_listed_and_all_is_in_the_report(shelf: Shelf) -> None:
    shelf.put({key: bytes(size) for key, size in FILES.items()})
    path = shelf.tmp_path / "report.json"
    asked = {"prefix_depth": 1, "report": str(path)}
    checked = shelf.once(check=True, recommend=asked, max_actions=1)
    assert not path.exists()
    result = recommended(shelf, recommend=asked, max_actions=1)
    assert checked == result
    assert len(result["recommendations"]) == 1 and result["recommendations_truncated"]
    report = json.loads(path.read_text())
    assert report["recommendations"][:1] == result["recommendations"]
    assert sorted(ways(report)) == [
        ("", "STANDARD", "GLACIER_IR", "copy", 1),
        ("clips/", "STANDARD", "GLACIER_IR", "lifecycle", 2),
        ("data/", "STANDARD", "GLACIER_IR", "lifecycle", 1),
    ]
    assert report["saving_usd"] == result["saving_usd"]
    assert report["saving_usd"] == pytest.approx(
        sum(each["saving_usd"] for each in report["recommendations"]), abs=3e-6
    )
    assert (report["version"], report["bucket"], report["prefix"]) == (1, shelf.bucket, f"{shelf.base}app/")
    # What stands beside the folders has no rule.
    assert [each["rule"] for each in report["recommendations"] if not each["prefix"]] == [{}]
    none = recommended(shelf, recommend=asked, exclude=["*a", "*b", "*c", "top"], max_actions=0)
    assert (none["recommendations"], none["recommendations_truncated"], none["saving_usd"]) == ([], False, 0)


def test_an_inventory_tells_the_same(shelf: Shelf) -> None:
    shelf.put({key: bytes(size) for key, size in FILES.items()})
    inventory = Inventory(shelf.bucket, CURRENT, f"{shelf.base}inv/")
    inventory.add([(f"{shelf.base}app/{key}", size, "STANDARD") for key, size in FILES.items()])
    inventory.add([("elsewhere/x", 9 * MB, "STANDARD")])
    inventory.write(shelf.tmp_path)
    place = str(shelf.tmp_path / shelf.base / "inv")
    by_listing, by_inventory = (
        recommended(shelf, recommend={"prefix_depth": 1, **more}) for more in ({}, {"inventory": place})
    )
    told = by_listing.keys() - {"invocation"}
    assert len(told) > 3 and all(by_listing[name] == by_inventory[name] for name in told)


def test_rules_for_a_lifecycle_are_taken_and_cost_what_was_said(
    server: Server, shared_bucket: str, tmp_path: pathlib.Path, recorder: Recorder
) -> None:
    shelf = Shelf(server, shared_bucket, tmp_path)
    shelf.put({key: bytes(size) for key, size in FILES.items()})
    shelf.put({"clips/c": bytes(300 * KB)}, StorageClass="STANDARD_IA")
    found = recommended(shelf, recommend={"prefix_depth": 0}, horizon_months=24)
    told = [each for each in found["recommendations"] if each["by"] == "lifecycle"]
    assert len(told) == 2 and {each["from"] for each in told} == {"STANDARD", "STANDARD_IA"}
    options = {"name": "b", "lifecycle": [each["rule"] for each in told]}
    for each in told:
        assert each["rule"]["prefix"] == f"{shelf.base}app/"
        usage = [{"storage_class": each["from"], "objects": each["objects"], "bytes": each["bytes"]}]
        one = {"name": "b", "lifecycle": [each["rule"]], "lifecycle_usage": usage, "horizon_months": 24}
        forecast = run_module("bucket_lifecycle", one, server=recorder.server, check=True)["forecast"]
        difference = each["monthly_usd_then"] - each["monthly_usd"]
        assert forecast["monthly_usd"] == pytest.approx(difference, abs=3e-6)
        early = each["one_off_usd"] - sum(i["usd"] for i in forecast["items"] if i["kind"] == "transition")
        assert (early > 0) is (each["from"] == "STANDARD_IA")  # which a rule cannot know of each object
        assert forecast["traps"] == []
    result = run_module("bucket_lifecycle", options, server=recorder.server)
    assert result["changed"] and not warned(result), result
    assert not run_module("bucket_lifecycle", options, server=recorder.server)["changed"]


@pytest.mark.core
@pytest.mark.needs("listed storage classes", "tags")
def test_rules_by_reads_are_taken_and_nothing_is_recommended_after_them(shelf: Shelf, later: float) -> None:
    shelf.put({f"clips/{number}": bytes(300 * KB) for number in range(4)})
    shelf.put({"clips/sub/deep": bytes(700 * KB), "data/read": bytes(300 * KB)})
    reads = {"clips/0": 2.0, "data/read": 1.0}
    options = {"access_logs": local(shelf.tmp_path / "logs", logs_of(shelf.bucket, shelf.base, later, reads))}
    asked = {"candidates": ["GLACIER_IR", "ONEZONE_IA"], "prefix_depth": 1}
    found = recommended(shelf, recommend=asked, **options)
    quiet = [each for each in found["recommendations"] if "min_idle_days" in each["rule"]]
    assert [(each["prefix"], each["to"], each["by"], each["objects"]) for each in quiet] == [
        ("clips/", "GLACIER_IR", "copy", 4)
    ]
    rules = [each["rule"] for each in found["recommendations"] if each["by"] == "copy"]
    moved = shelf.move(rules=rules, **options)
    said = {(each["from"], each["to"]): 0 for each in found["recommendations"] if each["by"] == "copy"}
    for each in found["recommendations"]:
        if each["by"] == "copy":
            said[each["from"], each["to"]] += each["objects"]
    assert {(each["from"], each["to"]): each["count"] for each in moved["summary"]["by_class"]} == said
    classes = shelf.classes()
    assert {key for key, name in classes.items() if name == "GLACIER_IR"} >= {f"clips/{n}" for n in (1, 2, 3)}
    again = recommended(shelf, recommend=asked, **options)
    assert [each for each in again["recommendations"] if each["by"] == "copy"] == []
    assert not shelf.move(rules=rules, **options)["changed"]


@pytest.mark.needs("versions")
def test_with_versioning_lifecycle_rules_alone_are_recommended(
    server: Server, bucket: str, tmp_path: pathlib.Path, one_session: None
) -> None:
    s3 = server.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for name in ("STANDARD", "GLACIER_IR"):
        s3.put_object(Bucket=bucket, Key=f"a/{name}", Body=bytes(300 * KB), StorageClass=name)
        s3.put_object(Bucket=bucket, Key="a/replaced", Body=bytes(MB))
    options = {"bucket": bucket, "recommend": {"reads_per_month": 0}, "state_dir": str(tmp_path)}
    result = run_module("storage_class", options, server=server)
    # The replaced version is not counted.
    assert ways(result) == [("a/", "STANDARD", "GLACIER_IR", "lifecycle", 2)]
    assert any("lifecycle rules alone" in each for each in result["assumptions"])
    options["recommend"] = {"reads_per_month": 1000}
    assert run_module("storage_class", options, server=server)["recommendations"] == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rules": []}, "recommend and rules are both given"),
        ({"storage_class": "GLACIER"}, "recommend and storage_class are both given"),
        ({"recommend": {"prefix_depth": 21}}, "recommend.prefix_depth: 21 is given"),
        ({"recommend": {"reads_per_month": -1}}, "recommend.reads_per_month: -1 is given"),
        ({"recommend": {"candidates": ["COLD"]}}, "COLD"),
        ({"access_metrics": True, "access_logs": "x"}, "both given"),
        ({"horizon_months": 0}, "horizon_months: 0 is given"),
        ({"max_actions": -1}, "max_actions: -1 is given"),
        ({"concurrency": 0}, "concurrency: 0 is given"),
        ({"prices": [{"kind": "x", "usd": 1}]}, "prices[0].kind: 'x' is not a kind"),
        ({"recommend": {"report": "/nonexistent/x.json"}}, "recommend.report: '/nonexistent/x.json'"),
    ],
)
def test_what_cannot_be_meant_is_refused(shelf: Shelf, options: dict[str, Any], words: str) -> None:
    result = shelf.once(**{"recommend": {}, **options})
    assert result["failed"] and words in result["msg"], result
