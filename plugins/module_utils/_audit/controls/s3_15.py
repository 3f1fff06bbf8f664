# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whether versions can be protected from deletion.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.stowage.s3.plugins.module_utils._audit.control import (
    Control,
    Facts,
    Judgement,
    Remedy,
    Scope,
    Severity,
    judged,
)


def _judge(facts: Facts) -> Iterator[Judgement]:
    lock = facts["object_lock"]["object_lock"]
    on = bool(lock.get("enabled"))
    yield judged(on, f"Object lock is {'on' if on else 'off'}.", {"object_lock": lock})


S3_15 = Control(
    id="S3.15",
    severity=Severity.MEDIUM,
    title="Object lock is on",
    scope=Scope.BUCKET,
    reads=("object_lock",),
    judge=_judge,
    what="With object lock a version can be protected: until its time is over nobody deletes or replaces it, in the"
    " mode COMPLIANCE not even the root user.",
    why="It is what stands between ransomware and the last copy.",
    how="Passes if object lock is on, with or without a default retention.",
    remedy="Decide who needs it. object_lock: {enabled: true}, with versioning, turns it on for a bucket that is"
    " there.",
    breaks="It can never be turned off, nor versioning be suspended. With a default retention the bucket takes no"
    " access logs.",
    klass=Remedy.REPORT_ONLY,
    pci={"v4.0.1": "10.5.1"},
)
