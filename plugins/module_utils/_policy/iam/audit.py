# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Everything that audits and inventories read, and nothing that writes.

For `stowage.s3.audit_info`, `stowage.s3.bucket_info`, the inventory `stowage.s3.buckets`, and check mode of the bucket
modules: configurations of buckets, access points, trails and the account's switches. No object can be read.

Danger: to look for a bucket takes `s3:ListBucket`, which also shows the names of its objects. With `buckets` other
buckets' configurations are unknown to an audit, and not passed.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._audit.permissions import permissions
from ansible_collections.stowage.s3.plugins.module_utils._audit.table import CONTROLS
from ansible_collections.stowage.s3.plugins.module_utils._bucket.table import ASPECTS
from ansible_collections.stowage.s3.plugins.module_utils._policy.kinds import BUCKET
from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import grant
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter

NAME = "StowageAudit"
# It answers everybody, whatever a policy says.
_NEEDLESS = "sts:GetCallerIdentity"
# Actions that are about no bucket; the rest is about buckets.
ELSEWHERE = {
    "Account": (
        "*",
        (
            "cloudtrail:DescribeTrails",
            "s3:GetAccessPoint",
            "s3:GetAccountPublicAccessBlock",
            "s3:ListAccessPoints",
            "s3:ListAllMyBuckets",
            "s3:ListMultiRegionAccessPoints",
            "s3express:ListAllMyDirectoryBuckets",
        ),
    ),
    "Directory": ("s3express:*:*:bucket/*", ("s3express:GetLifecycleConfiguration",)),
    "Trails": ("cloudtrail:*:*:trail/*", ("cloudtrail:GetEventSelectors", "cloudtrail:GetTrailStatus")),
}
BUCKETS = Parameter("buckets", BUCKET, "Only these buckets, rather than all.", many=True, default=())


def reads() -> list[str]:
    """Every action that the modules read by."""
    aspects = {action for aspect in ASPECTS for action in aspect.permissions.read}
    return sorted({*permissions(CONTROLS, listing=True), *aspects} - {_NEEDLESS})


def buckets(place: Place, values: Values) -> list[str]:
    """Those that are meant."""
    return [place.other(each) for each in values["buckets"] or ["*"]]


def _statements(place: Place, values: Values) -> list[Statement]:
    elsewhere = {action for _resource, actions in ELSEWHERE.values() for action in actions}
    of_buckets = [action for action in reads() if action not in elsewhere]
    return [
        grant(f"{NAME}Buckets", of_buckets, buckets(place, values)),
        *(
            grant(f"{NAME}{name}", list(actions), resource if resource == "*" else f"arn:{place.partition}:{resource}")
            for name, (resource, actions) in ELSEWHERE.items()
        ),
    ]


AUDIT = Template("audit", __doc__, _statements, (BUCKETS,))
