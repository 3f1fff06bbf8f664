# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whether there are lifecycle rules.

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
)

_OPTIONS = {"lifecycle": [judges.ABORT_RULE], "purge_lifecycle": False}


def _judge(facts: Facts) -> Iterator[Judgement]:
    yield judges.lifecycle(facts["lifecycle"]["lifecycle"], _OPTIONS)


S3_13 = Control(
    id="S3.13",
    severity=Severity.LOW,
    title="There are lifecycle rules",
    scope=Scope.BUCKET,
    reads=("lifecycle",),
    judge=_judge,
    what="Lifecycle rules delete objects after some days, move them to cheaper storage, and abort uploads in parts"
    " that nobody finished.",
    why="What has no end is kept, and paid for, for ever: unfinished uploads too, which no listing shows.",
    how="Passes if a rule is on, whatever it does.",
    remedy="Add a rule that aborts uploads that were not finished in seven days. It deletes no object; other rules"
    " stay.",
    breaks="Uploads that take longer. MFA delete excludes lifecycle rules.",
    klass=Remedy.SAFE,
    module=BUCKET,
)
