# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""AWS Config delivers its history and snapshots.

Config records how resources were set up, and writes it to `[prefix/]AWSLogs/<account>/Config/`. It comes as the role
that it was given, or, where that may not, as `config.amazonaws.com`, for which `aws:SourceAccount` tells whose it is.

Danger: none but storage. If the bucket is encrypted with KMS, Config needs the key, too: `stowage.s3.key_policy`.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.kinds import ACCOUNT, PREFIX
from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import OWNER_HAS_IT, allow, service, source
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter


def _statements(place: Place, values: Values) -> list[Statement]:
    who, of_ours = service("config"), source(values["accounts"])
    resources = [place.objects(f"{values['prefix']}AWSLogs/{account}/Config/") for account in values["accounts"]]
    return [
        allow("StowageConfigDeliveryCheck", who, ["s3:GetBucketAcl", "s3:ListBucket"], place.arn, of_ours),
        allow("StowageConfigDeliveryWrite", who, "s3:PutObject", resources, of_ours, OWNER_HAS_IT),
    ]


def _key(_place: Place, values: Values) -> list[Statement]:
    actions = ["kms:Decrypt", "kms:GenerateDataKey"]
    return [allow("StowageConfigDeliveryKey", service("config"), actions, "*", source(values["accounts"]))]


CONFIG_DELIVERY = Template(
    "config_delivery",
    __doc__,
    _statements,
    parameters=(
        Parameter("accounts", ACCOUNT, "The accounts that are recorded.", many=True, required=True),
        Parameter("prefix", PREFIX, "The prefix of the delivery channel.", default=""),
    ),
    key=_key,
)
