# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Each multi-region access point's four switches against public access.

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
    yield from judges.each_blocks(facts["multi_region_access_points"], "There are no multi-region access points.")


S3_24 = Control(
    id="S3.24",
    severity=Severity.HIGH,
    title="Multi-region access points block public access",
    scope=Scope.ACCOUNT,
    reads=("multi_region_access_points",),
    judge=_judge,
    what="A multi-region access point is one name for buckets in several regions, with a policy and four switches of"
    " its own.",
    why="A public policy there is as public as one at the buckets.",
    how="Passes for each whose four switches are on.",
    remedy="Make a new one with all switches on, move its users there, and delete the old one.",
    breaks="Whoever uses the old one's alias.",
    klass=Remedy.IMPOSSIBLE,
    pci={"v4.0.1": "1.4.4"},
)
