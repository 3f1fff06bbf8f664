# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whether everybody may read.

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


def _judge(facts: Facts) -> Iterator[Judgement]:
    yield judges.public(facts, "reads")


S3_2 = Control(
    id="S3.2",
    severity=Severity.CRITICAL,
    title="No public read access",
    scope=Scope.BUCKET,
    reads=("acl", "policy", "public_access"),
    consults=("account_public_access", "policy_status"),
    judge=_judge,
    what="Whether anybody on the internet, or anybody with an account at AWS, can read objects, list them or read"
    " settings. A policy, the older ACLs, or both may allow it; the switches of bucket and account may stop it.",
    why="Most leaks of data from S3 were buckets that everybody could read.",
    how=judges.PUBLIC_HOW,
    remedy=judges.PUBLIC_REMEDY,
    breaks=f"Whoever reads without an account. {judges.PUBLIC_BREAKS}",
    klass=Remedy.SAFE,
    module=BUCKET,
    pci={"v3.2.1": "1.2.1, 1.3.1, 1.3.2, 1.3.6, 7.2.1"},
)
