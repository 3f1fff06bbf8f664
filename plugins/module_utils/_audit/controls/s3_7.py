# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whether objects are replicated to another region.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.stowage.s3.plugins.module_utils._audit.control import (
    Control,
    Facts,
    Judgement,
    NotRead,
    Remedy,
    Scope,
    Severity,
    Unread,
    judged,
)
from ansible_collections.stowage.s3.plugins.module_utils._audit.judges import words


def _judge(facts: Facts) -> Iterator[Judgement]:
    rules = facts["replication"]["replication"].get("rules", [])
    targets = sorted({_name(rule["destination"]["bucket"]) for rule in rules if rule.get("status") == "enabled"})
    values = {"destinations": targets}
    if not targets:
        yield judged(False, "No replication rule is on.", values)
        return
    here, regions = facts["region"], facts["regions"]
    places = {name: regions.get(name) for name in targets}
    elsewhere = [name for name, region in places.items() if region and region != here]
    hidden = [name for name, region in places.items() if not region]
    if hidden and not elsewhere:
        raise NotRead("regions", Unread(f"the region of {words(hidden)} is not known", ("s3:ListBucket",)))
    evidence = f"Replicated to another region: {words(elsewhere)}." if elsewhere else f"All destinations are in {here}."
    yield judged(bool(elsewhere), evidence, {"destinations": targets, "regions": places})


def _name(arn: str) -> str:
    return arn.rpartition(":")[2]


S3_7 = Control(
    id="S3.7",
    severity=Severity.LOW,
    title="Objects are replicated to another region",
    scope=Scope.BUCKET,
    reads=("replication", "region", "regions"),
    judge=_judge,
    what="Replication copies new objects to another bucket as they are written. If that is in another region, it is"
    " another part of the world.",
    why="The data outlives the failure of a region, and what somebody does to the bucket here.",
    how="Passes if a rule is on whose destination is in another region. AWS flags destinations too: where one need not"
    " be replicated further, say so with a suppression.",
    remedy="Decide what is worth a copy, then set replication, with a role that may read here and write there, and"
    " versioning on both sides.",
    breaks="Nothing, but storage, requests and traffic cost once more, and objects under KMS keys need a rule that"
    " says so.",
    klass=Remedy.REPORT_ONLY,
    pci={"v3.2.1": "2.2"},
)
