# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""No upload is encrypted with another KMS key than these.

An upload may name a key of its own, and one of another account takes your data where you cannot follow: who owns the
key says who reads. One that asks for KMS and names no key gets the key `aws/s3` of its account, so that is kept out,
too. AWS compares with the key's ARN.

Danger: clients that name the key by its id or an alias, rather than its ARN, may get 403. Uploads that ask for
`AES256` name no key: to keep those out, too, have `deny_unencrypted` beside it.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.kinds import KEY
from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import deny
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import FLAG
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter

NAME = "s3:x-amz-server-side-encryption-aws-kms-key-id"


def _statements(place: Place, values: Values) -> list[Statement]:
    # As text: a key's id is no ARN, and what is no ARN might be neither equal nor unequal to one.
    others = {"StringNotEquals": {NAME: values["key_arns"]}}
    if values["require_header"]:  # which "not equal" means as well
        return [deny("StowageWrongKmsKey", "s3:PutObject", place.objects(), others)]
    asks = {"StringEquals": {"s3:x-amz-server-side-encryption": ["aws:kms", "aws:kms:dsse"]}}
    return [
        deny("StowageWrongKmsKey", "s3:PutObject", place.objects(), others, {"Null": {NAME: "false"}}),
        deny("StowageWrongKmsKeyUnnamed", "s3:PutObject", place.objects(), asks, {"Null": {NAME: "true"}}),
    ]


DENY_WRONG_KMS_KEY = Template(
    "deny_wrong_kms_key",
    __doc__,
    _statements,
    parameters=(
        Parameter("key_arns", KEY, "The keys that uploads may name.", many=True, required=True),
        Parameter(
            "require_header",
            FLAG,
            "Whether each upload has to name one. If not, it may leave that to the bucket.",
            default=False,
        ),
    ),
)
