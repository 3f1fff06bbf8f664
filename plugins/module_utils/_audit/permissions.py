# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The IAM actions that an audit takes, by its controls. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.stowage.s3.plugins.module_utils._audit.control import Control
from ansible_collections.stowage.s3.plugins.module_utils._audit.readings import READINGS
from ansible_collections.stowage.s3.plugins.module_utils._bucket.table import ASPECTS

POLICY_STATUS = "policy_status"  # what AWS says of a bucket's policy; None where it says nothing
HEAD = ("s3:ListBucket",)


def permissions(controls: Iterable[Control], *, listing: bool) -> list[str]:
    """The IAM actions that it takes to ask the controls. `listing`: of the buckets of the account."""
    wanted = {name for each in controls for name in (*each.reads, *each.consults)}
    known = {
        **{aspect.name: aspect.permissions.read for aspect in ASPECTS},
        **{reading.name: reading.permissions for reading in READINGS},
        POLICY_STATUS: ("s3:GetBucketPolicyStatus",),
    }
    always = ("sts:GetCallerIdentity", *HEAD, *(["s3:ListAllMyBuckets"] if listing else []))
    return sorted({*always, *(action for name in wanted for action in known.get(name, ()))})
