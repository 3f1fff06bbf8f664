# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What it takes to tell what buckets cost: their listings, inventories or metrics, and nothing that writes.

For `stowage.s3.cost_info` and the playbook `cost`. `by` says how they learn what is in the buckets: by `listing` them,
by the `inventories` of S3 Inventory, which lie elsewhere, or by the `metrics` of CloudWatch, which show no keys. No
object of the buckets can be read.

Danger: a listing shows all names of objects, and so does an inventory. CloudWatch knows no buckets: with `metrics` in
`by` all metrics of the account can be read.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._cost import price_list
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers import cloudwatch, listing
from ansible_collections.stowage.s3.plugins.module_utils._cost.run import COST_INFO_SPEC
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._policy.iam.audit import BUCKETS, buckets
from ansible_collections.stowage.s3.plugins.module_utils._policy.iam.sync import PLACE, SWITCH
from ansible_collections.stowage.s3.plugins.module_utils._policy.kinds import KEY
from ansible_collections.stowage.s3.plugins.module_utils._policy.places import granted, reading
from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import grant
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import choice
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter

NAME = "StowageCost"
LISTED, INVENTORY, METRICS = COST_INFO_SPEC["by"]["choices"]
ALL_BUCKETS = "s3:ListAllMyBuckets"
PARTS = "s3:ListMultipartUploadParts"  # the only one that is about keys
PARAMETERS = (
    Parameter("by", choice(*COST_INFO_SPEC["by"]["choices"]), "How, one or several.", many=True, default=(LISTED,)),
    BUCKETS,
    Parameter("versions", SWITCH, "Whether noncurrent versions are listed.", default=True),
    Parameter("uploads", SWITCH, "Whether unfinished uploads are listed.", default=True),
    Parameter("inventories", PLACE, "Where inventories are, as s3://bucket/prefix.", many=True, default=()),
    Parameter("inventory_keys", KEY, "The KMS keys of the inventories.", many=True, default=()),
    Parameter("refresh", SWITCH, "Whether prices are fetched.", default=False),
)


def _statements(place: Place, values: Values) -> list[Statement]:
    arns, by_listing = buckets(place, values), LISTED in values["by"]
    # Whatever is read, the bucket is looked for.
    actions = {*listing.PERMISSIONS}
    if by_listing:
        actions |= {*(listing.VERSIONS_PERMISSIONS if values["versions"] else ())}
        actions |= {*(listing.UPLOADS_PERMISSIONS if values["uploads"] else ())}
    found = [grant(f"{NAME}Buckets", sorted(actions - {PARTS}), arns)]
    if PARTS in actions:
        found.append(grant(f"{NAME}Uploads", PARTS, [f"{each}/*" for each in arns]))
    elsewhere = [
        *([] if values["buckets"] else [ALL_BUCKETS]),
        *(cloudwatch.PERMISSIONS if METRICS in values["by"] else ()),
        *(price_list.PERMISSIONS if values["refresh"] else ()),
    ]
    if elsewhere:
        found.append(grant(f"{NAME}Account", elsewhere, "*"))
    return found + _inventories(place, values)


def _inventories(place: Place, values: Values) -> list[Statement]:
    if INVENTORY in values["by"] and not values["inventories"]:
        raise StowageError(
            "policy template cost: by has inventory, and inventories is not given. Give where S3 delivers them, such as"
            " s3://bucket/prefix/source-bucket/id/."
        )
    ats = [at for text in values["inventories"] for at in reading("inventories", text)]
    found: list[Statement] = []
    for number, at in enumerate(ats, 1):
        sid = f"{NAME}Inventory{number if len(ats) > 1 else ''}"
        found += granted(sid, place, at, list(values["inventory_keys"]))
    return found


COST = Template("cost", __doc__, _statements, PARAMETERS)
