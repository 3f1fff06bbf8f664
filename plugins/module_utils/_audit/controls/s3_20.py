# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whether versions can be deleted without a second factor.

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
    not_applicable,
)


def _judge(facts: Facts) -> Iterator[Judgement]:
    if facts["lifecycle"]["lifecycle"]:
        yield not_applicable("There are lifecycle rules, which exclude MFA delete.")
        return
    on = bool(facts["versioning"]["mfa_delete"])
    values = {"mfa_delete": on, "versioning": facts["versioning"]["versioning"]}
    yield judged(on, f"MFA delete is {'on' if on else 'off'}.", values)


S3_20 = Control(
    id="S3.20",
    severity=Severity.LOW,
    title="MFA delete is on",
    scope=Scope.BUCKET,
    reads=("lifecycle", "versioning"),
    judge=_judge,
    what="With MFA delete, to delete a version for good or to suspend versioning takes a one-time code besides the"
    " credentials.",
    why="Stolen credentials alone then destroy nothing.",
    how="Passes if MFA delete is on. Not asked of buckets with lifecycle rules, which exclude it.",
    remedy="Only the account's root user, with its MFA device, turns it on: mfa_delete: true, with mfa and versioning"
    " enabled. Consider object lock instead (S3.15), which needs no root user.",
    breaks="Every deletion of a version by anybody else, and lifecycle rules.",
    klass=Remedy.REPORT_ONLY,
    cis={"v1.4": "2.1.3", "v3.0": "2.1.2", "v5.0": "2.1.2", "v6.0": "3.1.2", "v7.0": "3.1.2"},
)
