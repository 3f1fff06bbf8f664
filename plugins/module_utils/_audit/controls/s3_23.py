# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whether what is read is recorded.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.stowage.s3.plugins.module_utils._audit import judges
from ansible_collections.stowage.s3.plugins.module_utils._audit.control import (
    Control,
    Facts,
    Judgement,
    Remedy,
    Scope,
    Severity,
)


def _judge(facts: Facts) -> Iterator[Judgement]:
    yield judges.data_events(facts, "read")


S3_23 = Control(
    id="S3.23",
    severity=Severity.MEDIUM,
    title="A trail records what is read",
    scope=Scope.ACCOUNT,
    reads=("trails",),
    judge=_judge,
    what="CloudTrail is AWS's record of who did what. A trail writes it into a bucket. What is done to single objects,"
    " its data events, it records only if told to; here it is about what is read.",
    why="Who read an object, and when, is otherwise in no record but the access log (S3.9).",
    how="Passes if a trail of all regions is running whose selectors take the read events of all objects of S3. One"
    " that is narrowed to some buckets, or by any other field, does not count.",
    remedy="Give a multi-region trail an event selector for read events of all objects: put-event-selectors of"
    " CloudTrail, with the selectors that are there, as it replaces them all. Which trail that is,"
    " often one of the organization, and who pays, has to be decided.",
    breaks="Nothing, but data events are charged by number. Leave the trail's own bucket out of what it records.",
    klass=Remedy.REPORT_ONLY,
    cis={"v1.4": "3.11", "v3.0": "3.9", "v5.0": "3.9", "v6.0": "4.9", "v7.0": "4.9"},
    pci={"v4.0.1": "10.2.1"},
)
