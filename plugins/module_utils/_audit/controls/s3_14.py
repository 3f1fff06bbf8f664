# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whether earlier versions are kept.

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
)


def _judge(facts: Facts) -> Iterator[Judgement]:
    versioning = facts["versioning"]["versioning"]
    evidence = f"Versioning is {versioning}." if versioning else "Versioning was never turned on."
    yield judged(versioning == "enabled", evidence, {"versioning": versioning}, {"versioning": "enabled"})


S3_14 = Control(
    id="S3.14",
    severity=Severity.LOW,
    title="Versioning is on",
    scope=Scope.BUCKET,
    reads=("versioning",),
    judge=_judge,
    what="With versioning, S3 keeps what is replaced or deleted as an earlier version.",
    why="Mistakes and malice can be undone.",
    how="Passes if versioning is enabled; suspended is not.",
    remedy="Set versioning to enabled, with a lifecycle rule for noncurrent versions (S3.10).",
    breaks="Nothing, but every version costs. It can be suspended and never removed, and deletions free no space.",
    klass=Remedy.SAFE,
    module=BUCKET,
)
