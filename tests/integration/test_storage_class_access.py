# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Objects moved by when they were read: by access logs and by request metrics, and what is refused of both."""

from __future__ import annotations

import datetime
import pathlib
import time
import uuid
from collections.abc import Mapping

import pytest
from delivered import local, logs_of
from harness import run_module
from server import Server
from shelf import Shelf
from world import Gateway, Reply, Request

DAY = 86_400
IDLE = {"storage_class": "GLACIER_IR", "min_idle_days": 60}


READS = {"lately": 10, "ü &+%": 59.9, "long ago": 61}


@pytest.mark.core
@pytest.mark.needs("listed storage classes", "tags")
def test_what_was_not_read_moves_and_nothing_else(shelf: Shelf, later: float) -> None:
    shelf.put(dict.fromkeys([*READS, "never", "sub/never"], "1"))
    logs = logs_of(shelf.bucket, shelf.base, later, READS)
    shelf.put(logs, prefix="logs/")
    place = f"s3://{shelf.bucket}/{shelf.base}logs/"
    result = shelf.move(rules=[IDLE], access_logs=place)
    idle = ["long ago", "never", "sub/never"]
    assert [each["key"] for each in result["actions"]] == idle
    assert shelf.classes() == {**dict.fromkeys(READS, "STANDARD"), **dict.fromkeys(idle, "GLACIER_IR")}
    assert not shelf.move(rules=[IDLE], access_logs=place)["changed"]
    # The others, by the condition that is the opposite.
    read = [{"storage_class": "STANDARD_IA", "max_idle_days": 60, "from": ["STANDARD"]}]
    assert [each["key"] for each in shelf.move(rules=read, access_logs=place)["actions"]] == ["lately", "ü &+%"]


def test_what_was_written_lately_is_not_idle(shelf: Shelf) -> None:
    """The clock is right here: objects are some seconds old, whatever the logs say."""
    shelf.put({"a": "1"})
    logs = logs_of(shelf.bucket, shelf.base, time.time(), {})
    place = local(shelf.tmp_path / "logs", logs)
    assert not shelf.move(rules=[IDLE], access_logs=place)["changed"]


def test_only_classes_that_are_named_move(shelf: Shelf) -> None:
    for name in ("STANDARD", "STANDARD_IA", "ONEZONE_IA"):
        shelf.put({name: "1"}, StorageClass=name)
    shelf.move(rules=[{"from": ["STANDARD", "ONEZONE_IA"], "storage_class": "GLACIER_IR"}])
    assert shelf.classes() == {"STANDARD": "GLACIER_IR", "STANDARD_IA": "STANDARD_IA", "ONEZONE_IA": "GLACIER_IR"}


def test_as_many_days_as_are_looked_back_can_be_asked_for(shelf: Shelf, later: float) -> None:
    """No record is of just that moment: logs that begin a day later do."""
    shelf.put({"a": "1"})
    rule = {**IDLE, "min_idle_days": 30}
    for first, enough in ((29, True), (27.9, False)):
        place = local(shelf.tmp_path / f"logs{first}", logs_of(shelf.bucket, shelf.base, later, {}, first))
        result = shelf.once(check=True, rules=[rule], access_logs=place, access_days=30)
        assert bool(result.get("changed")) is enough, result


def test_what_is_not_known_is_refused(shelf: Shelf, later: float) -> None:
    shelf.put({"a": "1"})
    young = local(shelf.tmp_path / "young", logs_of(shelf.bucket, shelf.base, later, {}, first=20))
    stale = local(shelf.tmp_path / "stale", logs_of(shelf.bucket, shelf.base, later - 3 * DAY, {}))
    others = local(shelf.tmp_path / "others", logs_of("another-bucket", shelf.base, later, {}))
    (shelf.tmp_path / "none").mkdir()
    for options, words in (
        ({}, "A rule goes by 60 idle days, and nothing is given that tells of reads"),
        ({"access_logs": young, "access_metrics": True}, "access_logs and access_metrics are both given"),
        ({"access_logs": young, "access_days": 30}, "A rule goes by 60 idle days, and access_days is 30"),
        ({"access_logs": young}, "the access logs begin on"),
        ({"access_logs": stale}, "access_logs: the last record is of"),
        ({"access_logs": others}, f"no record of the bucket '{shelf.bucket}'"),
        ({"access_logs": str(shelf.tmp_path / "none")}, "there are no server access logs of the time asked for"),
        ({"access_logs": "s3://"}, "names no bucket"),
        ({"access_days": 0, "access_logs": young}, "access_days: 0 is given"),
    ):
        assert words in shelf.refuse(rules=[IDLE], **options)


# Request metrics, which moto's CloudWatch has, and whose configuration moto forgets


CONFIGURED = """<?xml version="1.0" encoding="UTF-8"?>
<ListMetricsConfigurationsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>false</IsTruncated>
{}</ListMetricsConfigurationsResult>"""
METRIC = "<MetricsConfiguration><Id>{}</Id><Filter><Prefix>{}</Prefix></Filter></MetricsConfiguration>"


def publish(server: Server, bucket: str, now: float, gets: Mapping[str, Mapping[float, float]]) -> None:
    """GET requests by the id of a metric and how many days ago."""
    told = [
        {
            "MetricName": "GetRequests",
            "Dimensions": [{"Name": "BucketName", "Value": bucket}, {"Name": "FilterId", "Value": name}],
            "Timestamp": datetime.datetime.fromtimestamp(now - ago * DAY, datetime.timezone.utc),
            "Value": count,
        }
        for name, points in gets.items()
        for ago, count in points.items()
    ]
    server.client("cloudwatch").put_metric_data(Namespace="AWS/S3", MetricData=told)


def test_prefixes_of_which_nothing_was_read_move(moto_server: Server, tmp_path: pathlib.Path, later: float) -> None:
    bucket = f"metrics-{uuid.uuid4().hex[:8]}"
    s3 = moto_server.client("s3")
    s3.create_bucket(Bucket=bucket)
    for folder in ("quiet", "busy", "unknown", "silent"):
        s3.put_object(Bucket=bucket, Key=f"{folder}/a", Body=b"1")
    prefixes = {"q": "quiet/", "b": "busy/", "s": "silent/"}

    def configured(request: Request) -> Reply | None:
        if "metrics" not in request.query:
            return None
        text = CONFIGURED.format("".join(METRIC.format(*each) for each in prefixes.items()))
        return Reply(200, {"Content-Type": "application/xml"}, text.encode())

    options = {"bucket": bucket, "rules": [IDLE], "access_metrics": True, "state_dir": str(tmp_path / "state")}
    with Gateway(moto_server) as gateway:
        result = run_module("storage_class", options, server=gateway.server)
        assert "has no request metrics of a prefix or of the whole" in result["msg"]
        gateway.before = configured
        # Requests of other kinds were made of quiet/, and none at all of silent/, where perhaps nobody counted.
        publish(moto_server, bucket, later, {"q": {80: 0.0, 3: 0.0}, "b": {2: 0.0, 70: 5.0}})
        for check in (True, False):
            result = run_module("storage_class", options, server=gateway.server, check=check)
            assert [each["key"] for each in result["actions"]] == ["quiet/a"], result
