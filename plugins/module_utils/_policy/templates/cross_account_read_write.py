# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Other accounts list, read and write.

As `cross_account_read`, with uploads, also by parts. Objects belong to the account that uploads them, unless the
bucket has `ownership: BucketOwnerEnforced`, as new ones have: then they are the bucket's.

Danger: they overwrite what is there, so have `versioning` on. Without `BucketOwnerEnforced` say so by
`bucket_owner_enforced: false`: then uploads have to give you the object by the ACL `bucket-owner-full-control`. If
the bucket is encrypted with KMS, they need the key, too: `stowage.s3.key_policy`.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import (
    OWNER_HAS_IT,
    SHARED_WITH,
    allow,
    shared_key,
    shared_reading,
    shared_with,
)
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import FLAG
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter

NAME = "StowageCrossAccountReadWrite"


def _statements(place: Place, values: Values) -> list[Statement]:
    who, objects = shared_with(place, values), place.objects(values["prefix"])
    uploads, more = ["s3:PutObject"], ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObjectTagging"]
    if values["delete"]:
        more.append("s3:DeleteObject")
    enforced = values["bucket_owner_enforced"]
    # An ACL takes a permission of its own, where there are ACLs.
    as_owned = () if enforced else (OWNER_HAS_IT,)
    return [
        *shared_reading(NAME, place, values),
        allow(f"{NAME}Uploads", who, uploads if enforced else [*uploads, "s3:PutObjectAcl"], objects, *as_owned),
        allow(f"{NAME}Changes", who, more, objects),
    ]


def _key(place: Place, values: Values) -> list[Statement]:
    # Uploads by parts are put together by reading them.
    return shared_key(NAME, place, values, "kms:Decrypt", "kms:GenerateDataKey")


CROSS_ACCOUNT_READ_WRITE = Template(
    "cross_account_read_write",
    __doc__,
    _statements,
    parameters=(
        *SHARED_WITH,
        Parameter("delete", FLAG, "Whether they may delete, too.", default=False),
        Parameter(
            "bucket_owner_enforced", FLAG, "Whether the bucket's `ownership` is `BucketOwnerEnforced`.", default=True
        ),
    ),
    one_of=("accounts", "roles"),
    key=_key,
)
