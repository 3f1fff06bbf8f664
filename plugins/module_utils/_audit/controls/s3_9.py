# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whether requests are logged.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.stowage.s3.plugins.module_utils._audit.control import (
    BUCKET,
    Control,
    Facts,
    Judgement,
    Remedy,
    Scope,
    Severity,
    judged,
    not_applicable,
)
from ansible_collections.stowage.s3.plugins.module_utils._audit.judges import words


def _judge(facts: Facts) -> Iterator[Judgement]:
    target, sources = facts["logging"]["logging"].get("target_bucket", ""), facts["log_sources"]
    if target:
        note = " That is the bucket itself: each log makes entries for the next." if target == facts.bucket else ""
        yield judged(True, f"Requests are logged in {target}.{note}", {"target_bucket": target})
    elif sources:
        yield not_applicable(f"Logs are kept here: of {words(sources)}.", {"log_sources": sources})
    else:
        yield judged(False, "Requests are not logged.", {"target_bucket": ""})


S3_9 = Control(
    id="S3.9",
    severity=Severity.MEDIUM,
    title="Requests are logged",
    scope=Scope.BUCKET,
    reads=("logging", "log_sources"),
    judge=_judge,
    what="Server access logging writes a line for each request into another bucket: who asked for what, when, from"
    " where, and what they got.",
    why="After an incident it is the only record of who read which object, unless CloudTrail's data events are on"
    " (S3.22, S3.23).",
    how="Passes if logging has a target. A bucket that another audited bucket logs to is not asked, as its own log"
    " would grow from itself.",
    remedy="Set logging.target_bucket: a bucket of the same region and account, without default retention. Its policy"
    " has to let logging.s3.amazonaws.com write; the statement StowageAccessLogsOfAccount, which the role baseline adds"
    " to it, does.",
    breaks="Nothing, but the log's storage costs: give the target a lifecycle rule. Never log a bucket to itself.",
    klass=Remedy.SAFE,
    module=BUCKET,
    pci={"v4.0.1": "10.2.1"},
)
