# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whether earlier versions ever go.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.stowage.s3.plugins.module_utils._audit import judges
from ansible_collections.stowage.s3.plugins.module_utils._audit.control import (
    BUCKET,
    Control,
    Facts,
    Judgement,
    Remedy,
    Scope,
    Severity,
    not_applicable,
)

_OPTIONS = {
    "lifecycle": [{"id": "expire-noncurrent-versions", "status": "enabled", "noncurrent_expiration": {"days": 90}}],
    "purge_lifecycle": False,
}


def _judge(facts: Facts) -> Iterator[Judgement]:
    versioning = facts["versioning"]["versioning"]
    if versioning != "enabled":
        yield not_applicable("Versioning is not on.", {"versioning": versioning})
    else:
        yield judges.lifecycle(facts["lifecycle"]["lifecycle"], _OPTIONS)


S3_10 = Control(
    id="S3.10",
    severity=Severity.MEDIUM,
    title="Versioned buckets have lifecycle rules",
    scope=Scope.BUCKET,
    reads=("lifecycle", "versioning"),
    judge=_judge,
    what="With versioning, what is replaced or deleted stays as an earlier (noncurrent) version. Lifecycle rules"
    " delete such versions after some days, or move them to cheaper storage.",
    why="Every version is paid for. Without a rule they pile up unseen, and personal data outlives its deletion.",
    how="Passes if a lifecycle rule is on, whatever it does. Not asked of buckets whose versioning is not on.",
    remedy="Add a rule that expires noncurrent versions; the one here keeps them for 90 days. Other rules stay.",
    breaks="It deletes: versions older than that cannot be brought back. MFA delete excludes lifecycle rules.",
    klass=Remedy.OPT_IN,
    module=BUCKET,
)
