# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is known of reads: of each object by server access logs, of prefixes by CloudWatch's request metrics.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._access import boto_client
from ansible_collections.stowage.s3.plugins.module_utils._bucket.api import of_bucket
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.metrics import METRICS
from ansible_collections.stowage.s3.plugins.module_utils._bucket.plan import view
from ansible_collections.stowage.s3.plugins.module_utils._connection import Connection
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.access_logs import Access, Accesses, last_access
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.cloudwatch import caller
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.files import files_at
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.metrics import (
    Requested,
    apart,
    metrics_of,
    requested,
)
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.stored import day_of
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket

DAY = 86_400
# Days that records may begin later, and end earlier: logs come within hours, and only where there are requests.
LATE = 2
ACCESS_SPEC: dict[str, dict[str, Any]] = {
    "access_logs": {"type": "str"},
    "access_metrics": {"type": "bool", "default": False},
    "access_days": {"type": "int", "default": 90},
}


@dataclass(frozen=True)
class Known:
    """Reads of a bucket from `since` on, in seconds since 1970.

    logs: by object. metrics: of the prefixes that have request metrics.
    """

    since: float
    logs: Accesses | None = None
    metrics: Mapping[str, Requested] | None = None

    def of(self, key: str) -> Access | None:
        """What is known of an object's reads, by its whole key; None where there was none."""
        return self.logs.of(key) if self.logs is not None else None

    def prefix_of(self, key: str) -> str | None:
        """The longest prefix with request metrics that a key is below; None if there is none."""
        if self.metrics is None:
            return None
        return max((each for each in self.metrics if key.startswith(each)), key=len, default=None)

    def read(self, key: str) -> float | None:
        """When an object was read last, or since when it was not; None if nothing is known."""
        if self.logs is not None:
            access = self.logs.of(key)
            return access.last if access is not None else self.since
        prefix = self.prefix_of(key)
        if prefix is None or self.metrics is None:
            return None
        found = self.metrics[prefix]
        # Without any request CloudWatch has nothing at all, and then it cannot be told whether anybody counted.
        return self.since if found.days and not found.gets else None


@contextlib.contextmanager
def known(module: Any, connection: Connection, bucket: Bucket, now: float) -> Iterator[Known | None]:
    """What the options tell of reads; None without any. Raises StowageError."""
    params = module.params
    since = now - params["access_days"] * DAY
    if params["access_logs"]:
        files, prefix = files_at(params["access_logs"], connection.bucket)
        with last_access(files, prefix, bucket.name, since) as logs:
            _check_fresh(logs, now)
            yield Known(since if logs.earlier or logs.first - since <= LATE * DAY else logs.first, logs)
    elif params["access_metrics"]:
        yield Known(since, None, _measured(module, bucket, now))
    else:
        yield None


def check_access(params: Mapping[str, Any], idle_days: float) -> None:
    """Check the options. idle_days: the most that a rule asks for, 0 for none. Raises StowageError."""
    given = bool(params["access_logs"]), params["access_metrics"]
    if all(given):
        raise StowageError("access_logs and access_metrics are both given. Logs tell more: leave access_metrics out.")
    if not 1 <= params["access_days"] <= 3650:
        raise StowageError(f"access_days: {params['access_days']} is given; allowed is 1 to 3650.")
    if idle_days and not any(given):
        raise StowageError(
            f"A rule goes by {idle_days:g} idle days, and nothing is given that tells of reads. Give access_logs, where"
            " the bucket's server access logs are, or set access_metrics to true, where it has request metrics."
        )
    if idle_days > params["access_days"]:
        raise StowageError(
            f"A rule goes by {idle_days:g} idle days, and access_days is {params['access_days']}: what was not read for"
            " longer is not known then. Give a larger access_days."
        )


def check_known(found: Known | None, idle_days: float, now: float) -> None:
    """Refuse a rule that asks for more than is known. Raises StowageError."""
    if found is not None and idle_days * DAY > now - found.since:
        raise StowageError(
            f"A rule goes by {idle_days:g} idle days, and the access logs begin on {day_of(found.since)}: whether an"
            " object was read before cannot be told. Give fewer days, or wait until there are logs of as many."
        )


def _check_fresh(logs: Accesses, now: float) -> None:
    if now - logs.last > LATE * DAY:
        raise StowageError(
            f"access_logs: the last record is of {day_of(logs.last)}, and what was read since then cannot be told. See"
            " that the bucket still delivers its logs there. If nobody asked for anything, run it again in some hours:"
            " this run's own requests are logged, too."
        )


def _measured(module: Any, bucket: Bucket, now: float) -> Mapping[str, Requested]:
    api = of_bucket(boto_client(module, "s3"), bucket.name, module.params["expected_bucket_owner"])
    filters = metrics_of(view(METRICS, METRICS.read(api))["metrics"])
    if not filters:
        raise StowageError(
            f"access_metrics: s3://{bucket.name} has no request metrics of a prefix or of the whole. Configure some"
            " (option metrics of stowage.s3.bucket), and wait some weeks; or give access_logs."
        )
    calls = caller(boto_client(module, "cloudwatch", region=bucket.region), bucket.name)
    return apart(requested(calls, bucket.name, filters, now, module.params["access_days"]))
