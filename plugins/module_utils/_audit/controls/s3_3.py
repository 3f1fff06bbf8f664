# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whether everybody may write.

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
    yield judges.public(facts, "writes")


S3_3 = Control(
    id="S3.3",
    severity=Severity.CRITICAL,
    title="No public write access",
    scope=Scope.BUCKET,
    reads=("acl", "policy", "public_access"),
    consults=("account_public_access", "policy_status"),
    judge=_judge,
    what="Whether anybody on the internet, or anybody with an account at AWS, can write objects, delete them or change"
    " settings. A policy, the older ACLs, or both may allow it; the switches of bucket and account may stop it.",
    why="Strangers replace what others trust, delete it, or keep theirs on your bill.",
    how=judges.PUBLIC_HOW,
    remedy=judges.PUBLIC_REMEDY,
    breaks=f"Whoever writes without an account. {judges.PUBLIC_BREAKS}",
    klass=Remedy.SAFE,
    module=BUCKET,
    pci={"v3.2.1": "1.2.1, 1.3.1, 1.3.2, 1.3.4, 1.3.6, 7.2.1"},
)
