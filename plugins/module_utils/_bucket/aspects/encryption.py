# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Encryption by default: SSE-S3, SSE-KMS or DSSE-KMS, the bucket key, and types that are refused.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect, Permissions, Remark, State
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import FLAG, Document, Field, Values

_DEFAULT = "ApplyServerSideEncryptionByDefault"


def _document(answer: dict[str, Any]) -> Document:
    rules = answer.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    return dict(rules[0]) if rules else {}


def _normal(values: Values) -> Values:
    """What AWS does with every bucket since 2023 is what a bucket without a configuration has."""
    plain = values.get("encryption") in ({"algorithm": "AES256"}, {"algorithm": "AES256", "bucket_key": False})
    return {**values, "encryption": {}} if plain else values


def _refuse(state: State) -> Iterator[Remark]:
    after = state.after.get("encryption") or {}
    algorithm = after.get("algorithm")
    if after and not algorithm:
        yield Remark("encryption.algorithm", "it is not given, and the bucket has none.", "Name one.")
    if after.get("key_id") and algorithm == "AES256":
        yield Remark("encryption.key_id", "AES256 uses no KMS key.", "Set algorithm to aws:kms, or leave the key out.")
    if after.get("bucket_key") and algorithm != "aws:kms":
        yield Remark("encryption.bucket_key", f"it saves nothing with {algorithm}.", "It goes with aws:kms alone.")


ENCRYPTION = Aspect(
    name="encryption",
    options=(
        Field(
            "encryption",
            "",
            of=(
                Field("algorithm", f"{_DEFAULT}.SSEAlgorithm", choices=("AES256", "aws:kms", "aws:kms:dsse")),
                Field("key_id", f"{_DEFAULT}.KMSMasterKeyID", no_log=False),
                Field("bucket_key", "BucketKeyEnabled", FLAG, absent=False),
                Field("blocked_types", "BlockedEncryptionTypes.EncryptionType", many=True, choices=("NONE", "SSE-C")),
            ),
        ),
    ),
    get="get_bucket_encryption",
    put="put_bucket_encryption",
    delete="delete_bucket_encryption",
    missing=("ServerSideEncryptionConfigurationNotFoundError",),
    document=_document,
    arguments=lambda document: {"ServerSideEncryptionConfiguration": {"Rules": [document]}},
    permissions=Permissions(("s3:GetEncryptionConfiguration",), ("s3:PutEncryptionConfiguration",)),
    initial={_DEFAULT: {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False},
    normal=_normal,
    refuse=_refuse,
)
