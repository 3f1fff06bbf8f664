# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whether events are told to anybody.

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
    told = facts["notifications"]
    entries, bridge = told["notifications"], bool(told["event_bridge"])
    ways = [f"{len(entries)} notifications"] if entries else []
    ways += ["EventBridge"] if bridge else []
    evidence = f"Events go to: {' and '.join(ways)}." if ways else "Events are told to nobody."
    values = {"notifications": [each.get("id", "") for each in entries], "event_bridge": bridge}
    yield judged(bool(ways), evidence, values, {"event_bridge": True})


S3_11 = Control(
    id="S3.11",
    severity=Severity.MEDIUM,
    title="Events are told",
    scope=Scope.BUCKET,
    reads=("notifications",),
    judge=_judge,
    what="S3 can tell of what happens to objects as it happens: to a queue, a topic, a function, or to EventBridge,"
    " AWS's bus for events.",
    why="Who watches learns of unexpected deletions in seconds.",
    how="Passes if there is a notification, or events go to EventBridge.",
    remedy="Turn event_bridge on, then write rules in EventBridge for what matters. Notifications that are there stay.",
    breaks="Nothing, but rules in EventBridge that take all events of S3 get those of this bucket, too; its targets"
    " cost.",
    klass=Remedy.OPT_IN,
    module=BUCKET,
)
