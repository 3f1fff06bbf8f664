# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What CloudWatch's answers come to."""

from __future__ import annotations

import datetime

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._cost.classes import CLASSES
from ansible_collections.stowage.s3.plugins.module_utils._cost.meter import KINDS
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.cloudwatch import DAY
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.metrics import (
    CONTENT,
    INDEX,
    NAMES,
    PADDING,
    PARTS,
    STORAGE_TYPES,
    Requested,
    apart,
    measured,
    metrics_of,
    requested,
)
from ansible_collections.stowage.s3.plugins.module_utils._errors import Denied, StowageError, s3_error

TODAY = 20_000 * DAY
NOW = TODAY + 3600.0


class Answers:
    """Answers GetMetricData from values by metric, dimension and day, one metric a page; keeps what was asked."""

    def __init__(self, values, status="Complete", token=str):
        self.values, self.status, self.token, self.asked = values, status, token, []

    def call(self, method, **arguments):
        assert method == "get_metric_data"
        self.asked.append(arguments)
        queries, at = arguments["MetricDataQueries"], int(arguments.get("NextToken", "0"))
        answer = {"MetricDataResults": [self._result(queries[at])]}
        return answer if at + 1 == len(queries) else {**answer, "NextToken": self.token(at + 1)}

    def _result(self, query):
        metric = query["MetricStat"]["Metric"]
        told = self.values.get((metric["MetricName"], metric["Dimensions"][1]["Value"]), {})
        moments = [datetime.datetime.fromtimestamp(day, datetime.timezone.utc) for day in told]
        values = list(told.values())
        return {"Id": query["Id"], "Timestamps": moments, "Values": values, "StatusCode": self.status}


def sizes(**types):
    return {("BucketSizeBytes", name): days for name, days in types.items()}


def test_the_newest_day_is_told():
    values = sizes(StandardStorage={TODAY: 6.0, TODAY - DAY: 5.0}, GlacierObjectOverhead={TODAY: 32768.0})
    calls = Answers({**values, ("NumberOfObjects", "AllStorageTypes"): {TODAY: 3.0}})
    found = measured(calls, "b", NOW)
    assert (found.date, found.objects) == (TODAY, 3)
    assert {each.type.name: each.bytes for each in found.amounts} == {
        "StandardStorage": 6,
        "GlacierObjectOverhead": 32768,
    }
    first = calls.asked[0]
    assert (first["StartTime"].timestamp(), first["EndTime"].timestamp()) == (TODAY - 4 * DAY, TODAY + DAY)
    stat = first["MetricDataQueries"][1]["MetricStat"]
    assert (stat["Period"], stat["Stat"], stat["Metric"]["Namespace"]) == (DAY, "Average", "AWS/S3")
    assert stat["Metric"]["Dimensions"][0] == {"Name": "BucketName", "Value": "b"}


@pytest.mark.parametrize(
    ("standard", "glacier", "date"),
    [
        ((TODAY, TODAY - DAY), (TODAY - DAY,), TODAY - DAY),
        ((TODAY,), (TODAY - DAY,), TODAY - DAY),
        ((TODAY, TODAY - DAY), (TODAY - 2 * DAY,), TODAY),
        ((TODAY, TODAY - DAY), (TODAY,), TODAY),
        ((TODAY,), (), TODAY),
    ],
)
def test_a_day_whose_metrics_have_not_all_come_is_not_believed(standard, glacier, date):
    values = sizes(StandardStorage=dict.fromkeys(standard, 5.0), GlacierStorage=dict.fromkeys(glacier, 7.0))
    assert measured(Answers(values), "b", NOW).date == date


def test_a_day_without_the_number_of_objects_is_not_believed_after_one_that_has_it():
    values = sizes(StandardStorage={TODAY: 6.0, TODAY - DAY: 5.0})
    found = measured(Answers({**values, ("NumberOfObjects", "AllStorageTypes"): {TODAY - DAY: 3.0}}), "b", NOW)
    assert (found.date, found.objects) == (TODAY - DAY, 3)
    assert measured(Answers(values), "b", NOW).objects is None


@pytest.mark.parametrize("values", [{}, {("NumberOfObjects", "AllStorageTypes"): {TODAY: 3.0}}])
def test_no_metrics_are_an_error_and_not_an_empty_bucket(values):
    with pytest.raises(
        StowageError, match=r"no storage metrics of s3://b for the last 4 days.*listing or an inventory"
    ):
        measured(Answers(values), "b", NOW)


@pytest.mark.parametrize(
    ("status", "kind", "reason"),
    [("Forbidden", Denied, "cloudwatch:GetMetricData"), ("InternalError", StowageError, "CloudWatch failed")],
)
def test_a_metric_that_is_refused_is_an_error(status, kind, reason):
    with pytest.raises(kind, match=reason):
        measured(Answers({}, status), "b", NOW)


def test_an_answer_without_end_is_an_error():
    with pytest.raises(StowageError, match="token a second time"):
        measured(Answers({}, token=lambda at: "1"), "b", NOW)


@pytest.mark.parametrize(("status", "code"), [(403, "AccessDenied"), (400, "AccessDeniedException")])
def test_denied_is_denied_whatever_the_status(status, code):
    error = s3_error("GetMetricData", "b", "", status=status, code=code, message="", permission="cloudwatch:X")
    assert isinstance(error, Denied)
    assert "The credentials need cloudwatch:X" in str(error)


def test_every_class_and_tier_has_its_storage_types():
    meters = {each.meter for each in STORAGE_TYPES.values()}
    assert {(meter.storage_class, meter.detail) for meter in meters} == {
        *((name, "") for name in CLASSES if name != "INTELLIGENT_TIERING"),
        *(("INTELLIGENT_TIERING", tier) for tier in KINDS["storage"].details if tier),
    }


@pytest.mark.parametrize("storage_type", STORAGE_TYPES.values(), ids=STORAGE_TYPES)
def test_a_storage_type_is_what_its_name_says(storage_type):
    name, rules = storage_type.name, CLASSES[storage_type.storage_class]
    parts = {"SizeOverhead": PADDING, "S3ObjectOverhead": NAMES, "ObjectOverhead": INDEX, "StagingStorage": PARTS}
    assert storage_type.part == next((part for end, part in parts.items() if name.endswith(end)), CONTENT)
    assert (storage_type.part == PADDING) <= bool(rules.min_bytes)
    assert (storage_type.part == PARTS) <= rules.archived
    if storage_type.part in (NAMES, PARTS):
        assert storage_type.meter == ("storage", "STANDARD", "")


def test_requests_by_prefix():
    values = {
        ("GetRequests", "all"): {TODAY: 4.0, TODAY - DAY: 3.0},
        ("BytesDownloaded", "all"): {TODAY: 10.0},
    }
    calls = Answers(values)
    assert requested(calls, "b", {"all": "", "logs": "logs/"}, NOW, 30) == {
        "": Requested(7, 10, 2),
        "logs/": Requested(0, 0, 0),
    }
    assert (calls.asked[0]["StartTime"].timestamp(), calls.asked[0]["EndTime"].timestamp()) == (TODAY - 30 * DAY, NOW)
    assert calls.asked[0]["MetricDataQueries"][0]["MetricStat"]["Stat"] == "Sum"


def test_what_is_measured_below_a_prefix_is_not_its_own():
    """A request counts for every filter that it fits: logs/a/ is in logs/, and both are in the whole bucket."""
    found = {
        "": Requested(100, 1000, 9),
        "logs/": Requested(90, 900, 9),
        "logs/a/": Requested(60, 950, 9),
        "logs/a/x": Requested(1, 1, 9),
        "data/": Requested(0, 0, 0),
    }
    assert apart(found) == {
        "": Requested(10, 100, 9),
        "logs/": Requested(30, 0, 9),
        "logs/a/": Requested(59, 949, 9),
        "logs/a/x": Requested(1, 1, 9),
        "data/": Requested(0, 0, 0),
    }


def test_nothing_is_asked_without_request_metrics():
    calls = Answers({})
    assert requested(calls, "b", {}, NOW, 30) == {}
    assert calls.asked == []


def test_request_metrics_of_less_than_a_prefix_are_left_out():
    configurations = [
        {"id": "all"},
        {"id": "logs", "prefix": "logs/"},
        {"id": "tagged", "prefix": "logs/", "tags": {"a": "b"}},
        {"id": "point", "access_point_arn": "arn:aws:s3:us-east-1:111122223333:accesspoint/name"},
    ]
    assert metrics_of(configurations) == {"all": "", "logs": "logs/"}
