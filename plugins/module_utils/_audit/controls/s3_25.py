# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whether directory buckets have lifecycle rules.

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
    Verdict,
    not_applicable,
)


def _judge(facts: Facts) -> Iterator[Judgement]:
    found = facts["directory_buckets"]
    for each in found["buckets"]:
        yield judges.lifecycle(each["lifecycle"], resource=each["arn"], bucket=each["name"])
    if found["unreached"]:
        places = judges.words(found["unreached"])
        yield Judgement(
            Verdict.UNKNOWN,
            f"No endpoint of directory buckets was reached in {places}: AWS has none there, or something is between.",
            {"regions": found["unreached"]},
        )
    elif not found["buckets"]:
        yield not_applicable("There are no directory buckets.")


S3_25 = Control(
    id="S3.25",
    severity=Severity.LOW,
    title="Directory buckets have lifecycle rules",
    scope=Scope.ACCOUNT,
    reads=("directory_buckets",),
    judge=_judge,
    what="Directory buckets (S3 Express One Zone) are the fast kind, in one availability zone. Their lifecycle rules"
    " delete objects after some days and abort unfinished uploads.",
    why="It is the dearest storage of S3, and meant for what is short-lived.",
    how="Passes for each directory bucket with a rule that is on, in the regions of the audited buckets. AWS has"
    " directory buckets in some regions only; one whose endpoint is not reached is unknown.",
    remedy="Set a rule with put-bucket-lifecycle-configuration of the AWS CLI: this collection's modules are for"
    " general purpose buckets, and how long is short has to be decided.",
    breaks="A rule that expires objects deletes them; one that aborts unfinished uploads breaks those that take"
    " longer.",
    klass=Remedy.REPORT_ONLY,
)
