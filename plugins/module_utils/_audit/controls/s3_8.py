# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The bucket's four switches against public access.

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
    yield judges.switches(facts["public_access"]["public_access"], {"public_access": judges.ALL_ON})


S3_8 = Control(
    id="S3.8",
    severity=Severity.HIGH,
    title="The bucket blocks public access",
    scope=Scope.BUCKET,
    reads=("public_access",),
    judge=_judge,
    what="Four switches of a bucket keep the public out: two against ACLs, two against policies, in each case one that"
    " refuses what would open it and one that makes what is open harmless.",
    why="A later mistake in a policy or an ACL then opens nothing.",
    how="Passes if all four are on at the bucket itself, whatever the account's say.",
    remedy="Turn all four switches of public_access on. Look first at S3.2 and S3.3: what is public on purpose stops.",
    breaks="Web sites and downloads that come from the bucket without CloudFront's origin access control, and what"
    " other accounts do by a public policy.",
    klass=Remedy.SAFE,
    module=BUCKET,
    cis={"v1.4": "2.1.5", "v3.0": "2.1.4", "v5.0": "2.1.4", "v6.0": "3.1.4", "v7.0": "3.1.4"},
    pci={"v4.0.1": "1.4.4"},
)
