# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Each access point's four switches against public access.

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
    yield from judges.each_blocks(facts["access_points"], "There are no access points.")


S3_19 = Control(
    id="S3.19",
    severity=Severity.CRITICAL,
    title="Access points block public access",
    scope=Scope.ACCOUNT,
    reads=("access_points",),
    judge=_judge,
    what="An access point is another name for a bucket, with a policy and four switches of its own. They count beside"
    " the bucket's and the account's.",
    why="A public policy at an access point is as public as one at the bucket, and easier to overlook.",
    how="Passes for each access point whose four switches are on, in the regions of the audited buckets.",
    remedy="Make a new access point with all switches on, move its users there, and delete the old one.",
    breaks="Whoever uses the old one's name or alias.",
    klass=Remedy.IMPOSSIBLE,
    pci={"v4.0.1": "1.4.4"},
)
