# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The forecast of new lifecycle rules: when there is one, and what is refused before a rule is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from harness import run_module
from recorder import Recorder, recording

pytestmark = pytest.mark.usefixtures("one_loader")

MB = 1 << 20
IA = {"id": "ia", "transitions": [{"days": 30, "storage_class": "STANDARD_IA"}]}
COLD = {"id": "cold", "prefix": "logs/", "transitions": [{"days": 0, "storage_class": "GLACIER_IR"}]}
USAGE = [{"objects": 2000, "bytes": 2000 * MB}, {"storage_class": "GLACIER", "objects": 5, "bytes": 5 * MB}]


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """A recording server with a bucket b."""
    with recording() as recorder:
        recorder.make("b")
        yield recorder


def run(recorder: Recorder, module: str = "bucket_lifecycle", **options: Any) -> dict[str, Any]:
    modes = {name: options.pop(name, False) for name in ("check", "diff")}
    return run_module(module, {"name": "b", **options}, server=recorder.server, **modes)


@pytest.mark.parametrize("module", ["bucket", "bucket_lifecycle"])
def test_new_rules_are_forecast_in_check_mode_and_in_the_diff(recorder: Recorder, module: str) -> None:
    asked = {"lifecycle": [IA], "lifecycle_usage": USAGE, "horizon_months": 24, "module": module}
    checked = run(recorder, check=True, diff=True, **asked)
    forecast = checked["forecast"]
    assert forecast["requests"] == {"transition": 2000}
    assert forecast["one_off_usd"] == pytest.approx(2000 * 0.01 / 1000)
    assert forecast["monthly_usd"] == pytest.approx(2000 / 1024 * (0.0125 - 0.023), abs=1e-6)
    assert [(each["id"], each["storage_class"]) for each in forecast["break_even"]] == [("ia", "STANDARD_IA")]
    assert "The endpoint is not AWS's. The prices are what AWS takes in us-east-1." in forecast["assumptions"]
    text = checked["diff"]["prepared"]
    least = forecast["break_even"][0]["bytes"]
    assert f"  ia: objects pay back in STANDARD_IA within 24 months from {least:,} bytes on\n" in text
    assert text.startswith("forecast: $0.0200 once, -$0.0205 a month (prices of us-east-1, ")
    assert recorder.writes() == []
    done = run(recorder, diff=True, **asked)
    assert (done["forecast"], done["diff"]) == (forecast, checked["diff"])
    # Nothing is reckoned where nobody looks, and nothing that was there before.
    assert "forecast" not in run(recorder, **asked)
    again = run(recorder, check=True, diff=True, **asked)
    assert not again["changed"] and "forecast" not in again and "prepared" not in again["diff"]


def test_only_what_is_new_is_reckoned(recorder: Recorder) -> None:
    run(recorder, lifecycle=[IA])
    asked = {"lifecycle_usage": USAGE, "check": True}
    both = run(recorder, lifecycle=[IA, COLD], **asked)["forecast"]
    alone = run(recorder, lifecycle=[COLD], purge_lifecycle=False, **asked)["forecast"]
    assert both == alone and {each["id"] for each in both["break_even"]} == {"cold"}
    removed = run(recorder, lifecycle=[], check=True, diff=True)
    assert removed["changed"] and "forecast" not in removed


def test_without_usage_a_sample_is_said_to_be_one(recorder: Recorder) -> None:
    forecast = run(recorder, lifecycle=[IA], check=True)["forecast"]
    assert forecast["requests"] == {"transition": 1000}
    assert forecast["assumptions"][0].startswith("What the bucket holds was not asked.")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"lifecycle_usage": [{"objects": 1, "size": 5}]}, "lifecycle_usage[0]: there is no size"),
        ({"lifecycle_usage": [{"bytes": "5G"}]}, "lifecycle_usage[0]: bytes are given, and no objects"),
        ({"lifecycle_usage": [{"objects": 1, "storage_class": "COLD"}]}, "lifecycle_usage[0].storage_class: 'COLD'"),
        ({"prices": [{"kind": "storage"}]}, "prices[0].storage_class: ''"),
        ({"horizon_months": -1}, "horizon_months: -1 is given"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_a_rule_is_written(
    recorder: Recorder, options: dict[str, Any], words: str
) -> None:
    for modes in ({}, {"diff": True}, {"check": True}):
        result = run(recorder, lifecycle=[IA], **options, **modes)
        assert result["failed"] and words in result["msg"], result
    assert recorder.writes() == []


def test_own_prices(recorder: Recorder) -> None:
    own = [{"kind": "transition", "storage_class": "STANDARD_IA", "usd": 5, "source": "our contract"}]
    result = run(recorder, lifecycle=[IA], prices=own, check=True)
    (item,) = (each for each in result["forecast"]["items"] if each["kind"] == "transition")
    assert (item["usd"], item["source"]) == (5.0, "our contract")
    assert [each["name"] for each in result["forecast"]["traps"]] == ["never_pays_back"]
