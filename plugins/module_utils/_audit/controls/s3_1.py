# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The account's four switches against public access.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.stowage.s3.plugins.module_utils._audit import judges
from ansible_collections.stowage.s3.plugins.module_utils._audit.control import (
    PUBLIC_ACCESS_OF_ACCOUNT,
    Control,
    Facts,
    Judgement,
    Remedy,
    Scope,
    Severity,
)


def _judge(facts: Facts) -> Iterator[Judgement]:
    yield judges.switches(facts["account_public_access"], {"public_access": judges.ALL_ON})


S3_1 = Control(
    id="S3.1",
    severity=Severity.MEDIUM,
    title="The account blocks public access",
    scope=Scope.ACCOUNT,
    reads=("account_public_access",),
    judge=_judge,
    what="An account has four switches that keep the public out of all of its buckets and access points, whatever"
    " their policies and ACLs say. They count beside those of each bucket, and the stricter one wins.",
    why="One mistake in one policy then opens nothing.",
    how="Passes if all four are on. A switch that was never set is off.",
    remedy="Turn all four switches on with stowage.s3.account_public_access. Look first at what S3.2 and S3.3 say of"
    " each bucket: what is public on purpose stops.",
    breaks="Web sites and downloads that come from a bucket without CloudFront's origin access control, and what other"
    " accounts do by a public policy, in the whole account.",
    klass=Remedy.SAFE,
    module=PUBLIC_ACCESS_OF_ACCOUNT,
    cis={"v1.4": "2.1.5", "v3.0": "2.1.4", "v5.0": "2.1.4", "v6.0": "3.1.4", "v7.0": "3.1.4"},
    pci={"v3.2.1": "1.2.1, 1.3.1, 1.3.2, 1.3.4, 1.3.6", "v4.0.1": "1.4.4"},
)
