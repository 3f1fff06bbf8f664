# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Points of CloudWatch metrics.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any, NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._bucket.api import Api
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Caller
from ansible_collections.stowage.s3.plugins.module_utils._errors import Denied, StowageError

PERMISSIONS = ("cloudwatch:GetMetricData",)
DAY = 86400
_AT_ONCE = 500  # metrics in one request (API_GetMetricData)


class Metric(NamedTuple):
    """A daily metric of a bucket: `kind` and `value` are the dimension that it has besides the bucket's name."""

    name: str
    kind: str
    value: str
    statistic: str


Points = dict[Metric, dict[float, float]]  # by the beginning of the day, in seconds since 1970; only those there are


def caller(client: Any, bucket: str) -> Caller:
    """Calls of CloudWatch; the client has to be one of the bucket's region."""
    return Api(client, bucket, {}, {"get_metric_data": PERMISSIONS})


def points(calls: Caller, bucket: str, metrics: Iterable[Metric], start: float, end: float) -> Points:
    """The points of a bucket's daily metrics between two moments. Raises StowageError."""
    wanted = list(metrics)
    found: Points = {metric: {} for metric in wanted}
    for first in range(0, len(wanted), _AT_ONCE):
        _ask(calls, bucket, wanted[first : first + _AT_ONCE], start, end, found)
    return found


def _ask(calls: Caller, bucket: str, metrics: list[Metric], start: float, end: float, found: Points) -> None:
    by_id = {f"m{number}": metric for number, metric in enumerate(metrics)}
    asked: dict[str, Any] = {
        "MetricDataQueries": [{"Id": name, "MetricStat": _stat(bucket, metric)} for name, metric in by_id.items()],
        "StartTime": datetime.fromtimestamp(start, timezone.utc),
        "EndTime": datetime.fromtimestamp(end, timezone.utc),
    }
    token = ""
    while True:
        answer = calls.call("get_metric_data", **asked, **({"NextToken": token} if token else {}))
        for result in answer.get("MetricDataResults", []):
            _check(result, bucket)
            moments = (moment.timestamp() for moment in result["Timestamps"])
            found[by_id[result["Id"]]].update(zip(moments, result["Values"], strict=True))
        following = answer.get("NextToken") or ""
        if not following:
            return
        if following == token:
            raise StowageError(f"GetMetricData s3://{bucket}: it gives a continuation token a second time.")
        token = following


def _stat(bucket: str, metric: Metric) -> Mapping[str, Any]:
    dimensions = [{"Name": "BucketName", "Value": bucket}, {"Name": metric.kind, "Value": metric.value}]
    named = {"Namespace": "AWS/S3", "MetricName": metric.name, "Dimensions": dimensions}
    return {"Metric": named, "Period": DAY, "Stat": metric.statistic}


def _check(result: Mapping[str, Any], bucket: str) -> None:
    """An answer of status 200 may still refuse one metric, or have failed at it."""
    status = result.get("StatusCode", "Complete")
    if status == "Forbidden":
        raise Denied("GetMetricData", bucket, status=403, code=status, permission=PERMISSIONS[0])
    if status == "InternalError":
        raise StowageError(f"GetMetricData s3://{bucket}: CloudWatch failed. Try again later.")
