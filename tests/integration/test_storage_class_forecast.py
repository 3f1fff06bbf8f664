# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a transition is said to cost: requests, restores, minimums, and what stays where there is versioning."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest
from harness import run_module
from server import Server
from shelf import Shelf

KB, MB, GB = 1 << 10, 1 << 20, 1 << 30


def amounts(forecast: dict[str, Any]) -> dict[tuple[str, str, str], float]:
    """USD by when, kind and class."""
    found: dict[tuple[str, str, str], float] = {}
    for each in forecast["items"]:
        place = each["when"], each["kind"], each["storage_class"]
        found[place] = found.get(place, 0) + each["usd"]
    return found


@pytest.mark.core
@pytest.mark.needs("listed storage classes", "tags")
def test_a_move_is_forecast_in_check_mode_and_in_the_diff(shelf: Shelf) -> None:
    shelf.put({"a": bytes(MB), "b": bytes(MB)})
    shelf.put({"c": bytes(2 * MB)}, StorageClass="STANDARD_IA")
    asked = {"storage_class": "GLACIER_IR", "horizon_months": 24}
    checked = shelf.once(check=True, **asked)
    forecast = checked["forecast"]
    assert forecast["requests"] == checked["summary"]["requests"]
    assert forecast["storage"] == [
        {"storage_class": "GLACIER_IR", "objects": 3, "bytes": 4 * MB},
        {"storage_class": "STANDARD", "objects": -2, "bytes": -2 * MB},
        {"storage_class": "STANDARD_IA", "objects": -1, "bytes": -2 * MB},
    ]
    assert amounts(forecast) == pytest.approx(
        {
            ("monthly", "storage", "GLACIER_IR"): 4 / 1024 * 0.004,
            ("monthly", "storage", "STANDARD"): -2 / 1024 * 0.023,
            ("monthly", "storage", "STANDARD_IA"): -2 / 1024 * 0.0125,
            ("once", "put", "GLACIER_IR"): 3 * 0.02 / 1000,
            ("once", "put", "STANDARD"): forecast["requests"]["list"] * 0.005 / 1000,
            ("once", "get", "STANDARD"): (sum(forecast["requests"].values()) - forecast["requests"]["list"] - 4) * 4e-7,
            ("once", "get", "STANDARD_IA"): 1e-6,
            ("once", "retrieval", "STANDARD_IA"): 2 / 1024 * 0.01,
            ("once", "early_deletion", "STANDARD_IA"): 2 / 1024 * 0.0125,
        },
        abs=1e-6,
    )
    assert [each["name"] for each in forecast["traps"]] == ["early_deletion"]
    assert any("LastModified becomes the time of the copy" in each for each in forecast["assumptions"])
    text = checked["diff"]["prepared"]
    assert "\nforecast: $" in text and "  ! What leaves STANDARD_IA before 30 days are over is billed" in text
    done = shelf.once(**asked)
    # The age of c is a little larger by now, and not by a day.
    assert done["forecast"] == forecast and done["diff"] == checked["diff"]
    again = shelf.once(check=True, **asked)["forecast"]
    assert (again["storage"], again["monthly_usd"], again["traps"]) == ([], 0, [])
    options = shelf.options(storage_class="STANDARD")
    assert "forecast" not in run_module("storage_class", options, server=shelf.server)


def test_own_prices_and_what_is_refused_of_them(shelf: Shelf) -> None:
    shelf.put({"a": bytes(MB)})
    own = [{"kind": "put", "storage_class": "GLACIER_IR", "usd": 1000}]
    forecast = shelf.once(check=True, storage_class="GLACIER_IR", prices=own)["forecast"]
    assert amounts(forecast)["once", "put", "GLACIER_IR"] == 1
    (trap,) = forecast["traps"]
    assert trap["name"] == "never_pays_back" and trap["text"].startswith("To move 1 object (1,048,576 bytes) to")
    assert "prices[0].kind: 'x'" in shelf.refuse(storage_class="GLACIER_IR", prices=[{"kind": "x", "usd": 1}])
    assert "horizon_months: 0 is given" in shelf.refuse(storage_class="GLACIER_IR", horizon_months=0)


@pytest.mark.needs("versions")
@pytest.mark.parametrize("replaced", ["keep", "delete"])
def test_what_stays_where_there_is_versioning(
    server: Server, bucket: str, tmp_path: pathlib.Path, one_session: None, replaced: str
) -> None:
    s3 = server.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=bucket, Key="a", Body=bytes(MB), StorageClass="STANDARD_IA")
    options = {
        "bucket": bucket,
        "storage_class": "GLACIER_IR",
        "state_dir": str(tmp_path),
        "replaced_versions": replaced,
    }
    result = run_module("storage_class", options, server=server, check=True)
    forecast, traps = result["forecast"], [each["name"] for each in result["forecast"]["traps"]]
    new = {"storage_class": "GLACIER_IR", "objects": 1, "bytes": MB}
    if replaced == "keep":
        # Nothing leaves its class, so that no minimum is due, and both versions cost.
        assert forecast["storage"] == [new] and traps == ["kept_versions"]
        assert forecast["monthly_usd"] == pytest.approx(0.004 / 1024, abs=1e-6)
        assert "1 version (1,048,576 bytes)" in forecast["traps"][0]["text"]
    else:
        gone = {"storage_class": "STANDARD_IA", "objects": -1, "bytes": -MB}
        assert forecast["storage"] == [new, gone] and traps == ["early_deletion"]


@pytest.mark.needs("archived objects")
@pytest.mark.parametrize("wait", [False, True])
def test_a_restore_costs_its_request_its_bytes_and_a_copy(shelf: Shelf, wait: bool) -> None:
    shelf.put({"a": bytes(MB)}, StorageClass="DEEP_ARCHIVE")
    restore = {"tier": "bulk", "days": 30, "wait": wait}
    forecast = shelf.once(check=True, storage_class="STANDARD", restore=restore)["forecast"]
    found = amounts(forecast)
    assert found["once", "restore", "DEEP_ARCHIVE"] == pytest.approx(0.025 / 1000)
    assert found["once", "retrieval", "DEEP_ARCHIVE"] == pytest.approx(0.0025 / 1024, abs=1e-6)
    assert found["once", "storage", "STANDARD"] == pytest.approx(0.023 / 1024, abs=1e-6)
    assert (("monthly", "storage", "STANDARD") in found) is wait
    assert ([each["name"] for each in forecast["traps"]] == ["early_deletion", "never_pays_back"]) is wait
