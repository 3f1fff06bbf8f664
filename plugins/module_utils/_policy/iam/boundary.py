# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The most that a role for this collection may ever have, whatever its own policies say.

A permission boundary allows nothing by itself: a role may do what both the boundary and its policies allow. This one is
the union of what the other templates can need, without the writing of bucket policies and without all of IAM. So who
makes roles, and may do that within this boundary alone (the condition `iam:PermissionsBoundary`), cannot make one that
does anything else.

Danger: a role within it cannot remedy S3.5, which writes a bucket's policy, unless `bucket_policies` is true. Without
`buckets` and `key_arns` it holds all of them. What is asked for through an access point is not in it.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._classes.permissions import permissions
from ansible_collections.stowage.s3.plugins.module_utils._cost import price_list
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers import cloudwatch, listing
from ansible_collections.stowage.s3.plugins.module_utils._policy.iam import audit, batch, cost, remediate
from ansible_collections.stowage.s3.plugins.module_utils._policy.kinds import KEY
from ansible_collections.stowage.s3.plugins.module_utils._policy.places import KEY_WRITES
from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import grant
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._sync.permissions import OBJECT_ACTIONS
from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import FLAG
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter

NAME = "StowageBoundary"
POLICY = "s3:PutBucketPolicy"
CLASSES = permissions({"restore": {}, "replaced_versions": "delete"})


def _statements(place: Place, values: Values) -> list[Statement]:
    of_audit = audit.AUDIT.statements(place, values)
    writes = {action for aspect in remediate.remedied(remediate.REMEDIES) for action in remediate.writes(aspect)}
    of_costs = {*listing.VERSIONS_PERMISSIONS, *listing.UPLOADS_PERMISSIONS} - {cost.PARTS}
    of_buckets = {*of_audit[0]["Action"], *writes, *batch.bucket_actions(), *of_costs}
    if not values["bucket_policies"]:
        of_buckets.discard(POLICY)
    buckets = audit.buckets(place, values)
    service = {"StringLike": {"kms:ViaService": f"s3.*.{place.domain}"}}
    keys = values["key_arns"] or f"arn:{place.partition}:kms:*:*:key/*"
    return [
        grant(f"{NAME}Buckets", sorted(of_buckets), buckets),
        grant(
            f"{NAME}Objects",
            sorted({*OBJECT_ACTIONS, *CLASSES.objects, *batch.object_actions()}),
            [f"{each}/*" for each in buckets],
        ),
        grant(
            f"{NAME}Account",
            [*of_audit[1]["Action"], remediate.ACCOUNT, *cloudwatch.PERMISSIONS, *price_list.PERMISSIONS],
            "*",
        ),
        *({**each, "Sid": each["Sid"].replace(audit.NAME, NAME)} for each in of_audit[2:]),
        grant(f"{NAME}Keys", KEY_WRITES, keys, service),
    ]


BOUNDARY = Template(
    "boundary",
    __doc__,
    _statements,
    (
        audit.BUCKETS,
        Parameter("key_arns", KEY, "Only these KMS keys, rather than all that S3 uses.", many=True, default=()),
        Parameter("bucket_policies", FLAG, "Whether a role within it may write bucket policies.", default=False),
    ),
)
