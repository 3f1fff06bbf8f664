# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""S3 delivers inventories and analyses of other buckets.

The options `inventory` and `analytics` of a bucket have lists of its objects written, daily or weekly, into this
bucket, by `s3.amazonaws.com`. `aws:SourceArn` and `aws:SourceAccount` tell for which.

Danger: lists of keys tell much; who reads them here needs no permission there. If they are to be encrypted with a KMS
key, S3 needs that, too: `stowage.s3.key_policy`.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.kinds import ACCOUNT, BUCKET, PREFIX
from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import (
    OWNER_HAS_IT,
    Condition,
    allow,
    service,
    source,
)
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter


def _from(place: Place, values: Values) -> Condition:
    return source(values["accounts"], map(place.other, values["source_buckets"]))


def _statements(place: Place, values: Values) -> list[Statement]:
    conditions = (_from(place, values), OWNER_HAS_IT)
    objects = place.objects(values["prefix"])
    return [allow("StowageInventoryDelivery", service("s3"), "s3:PutObject", objects, *conditions)]


def _key(place: Place, values: Values) -> list[Statement]:
    return [allow("StowageInventoryDeliveryKey", service("s3"), "kms:GenerateDataKey", "*", _from(place, values))]


INVENTORY_DELIVERY = Template(
    "inventory_delivery",
    __doc__,
    _statements,
    parameters=(
        Parameter("source_buckets", BUCKET, "The buckets that are listed or analysed.", many=True, required=True),
        Parameter("accounts", ACCOUNT, "Their accounts.", many=True, required=True),
        Parameter("prefix", PREFIX, "Only below it. It ends at a slash.", default=""),
    ),
    key=_key,
)
