# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Inventories: lists of all objects that S3 writes to a bucket each day or week.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import KeyedAspect, Permissions, Remark, State
from ansible_collections.stowage.s3.plugins.module_utils._bucket.filters import PREFIX, refused
from ansible_collections.stowage.s3.plugins.module_utils._bucket.keyed import (
    destinations,
    differing,
    misdirected,
    misnamed,
    path_of,
    too_many,
)
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import FLAG, UNORDERED, Document, Field, Values

_OPTIONAL = (
    "BucketKeyStatus", "ChecksumAlgorithm", "ETag", "EncryptionStatus", "IntelligentTieringAccessTier",
    "IntelligentTieringReferenceDate", "IsMultipartUploaded", "LastModifiedDate", "LifecycleExpirationDate",
    "ObjectAccessControlList", "ObjectLockEventHoldDuration", "ObjectLockEventHoldStatus", "ObjectLockLegalHoldStatus",
    "ObjectLockMode", "ObjectLockRetainUntilDate", "ObjectOwner", "ReplicationStatus", "Size", "StorageClass",
)  # fmt: skip


def _document(configuration: dict[str, Any]) -> Document:
    """AWS says the kind of encryption by the member that is there; the fields by a word."""
    return _with_encryption(configuration, _worded)


def _arguments(document: Document) -> dict[str, Any]:
    return _with_encryption(document, _membered)


def _with_encryption(configuration: Document, convert: Callable[[Document], Document]) -> Document:
    destination = configuration.get("Destination", {})
    bucket = destination.get("S3BucketDestination", {})
    if not bucket.get("Encryption"):
        return configuration
    bucket = {**bucket, "Encryption": convert(bucket["Encryption"])}
    return {**configuration, "Destination": {**destination, "S3BucketDestination": bucket}}


def _worded(encryption: dict[str, Any]) -> Document:
    if "SSEKMS" in encryption:
        return {"Algorithm": "aws:kms", **encryption["SSEKMS"]}
    return {"Algorithm": "AES256"} if "SSES3" in encryption else encryption


def _membered(encryption: Document) -> dict[str, Any]:
    rest = {name: value for name, value in encryption.items() if name != "Algorithm"}
    if encryption.get("Algorithm") == "aws:kms":
        return {"SSEKMS": rest}
    return {"SSES3": {}} if "Algorithm" in encryption else rest


def _refuse(state: State) -> Iterator[Remark]:
    yield from too_many(state, "inventory")
    yield from misnamed(state, "inventory")
    for each in differing(state, "inventory"):
        path = path_of("inventory", each)
        yield from refused(each, path)
        yield from misdirected(state, each["destination"], f"{path}.destination", "inventories")
        yield from _refused_encryption(each["destination"], f"{path}.destination")


def _refused_encryption(destination: Values, path: str) -> Iterator[Remark]:
    kms, key = destination.get("encryption") == "aws:kms", destination.get("encryption_key_id")
    if kms and not key:
        yield Remark(f"{path}.encryption_key_id", "aws:kms takes a key here.", "Name the ARN of one, or take AES256.")
    if key and not kms:
        yield Remark(f"{path}.encryption_key_id", "it is used with aws:kms alone.", "Set encryption to aws:kms.")


INVENTORY = KeyedAspect(
    name="inventory",
    options=(
        Field(
            "inventory",
            "Configurations",
            many=True,
            key="id",
            of=(
                Field("id", "Id", required=True),
                Field("enabled", "IsEnabled", FLAG, spec={"default": True}),
                PREFIX,
                Field("included_object_versions", "IncludedObjectVersions", choices=("All", "Current"), required=True),
                Field("frequency", "Schedule.Frequency", choices=("Daily", "Weekly"), required=True),
                Field("optional_fields", "OptionalFields", UNORDERED, choices=_OPTIONAL, spec={"elements": "str"}),
                Field(
                    "destination",
                    "Destination.S3BucketDestination",
                    required=True,
                    of=(
                        Field("bucket", "Bucket", required=True),
                        Field("account_id", "AccountId"),
                        Field("prefix", "Prefix"),
                        Field("format", "Format", choices=("CSV", "ORC", "Parquet"), required=True),
                        Field("encryption", "Encryption.Algorithm", choices=("AES256", "aws:kms")),
                        Field("encryption_key_id", "Encryption.KeyId", no_log=False),
                    ),
                ),
            ),
        ),
    ),
    get="list_bucket_inventory_configurations",
    put="put_bucket_inventory_configuration",
    delete="delete_bucket_inventory_configuration",
    others=lambda values: destinations(values.get("inventory", ())),
    member="InventoryConfiguration",
    document=_document,
    arguments=_arguments,
    permissions=Permissions(("s3:GetInventoryConfiguration",), ("s3:PutInventoryConfiguration",)),
    refuse=_refuse,
)
