# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Metadata tables: Iceberg tables in which S3 keeps account of the bucket's objects.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import (
    Aspect,
    Caller,
    Permissions,
    Remark,
    State,
)
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import NUMBER, Document, Field, Kind

_JOURNAL, _INVENTORY, _ANNOTATION = (f"{name}TableConfiguration" for name in ("Journal", "Inventory", "Annotation"))
_UPDATES = {
    _JOURNAL: "update_bucket_metadata_journal_table_configuration",
    _INVENTORY: "update_bucket_metadata_inventory_table_configuration",
    _ANNOTATION: "update_bucket_metadata_annotation_table_configuration",
}
_ENCRYPTION = "EncryptionConfiguration"
_OFF: Document = {"ConfigurationState": "DISABLED"}
_NEVER = 0  # days after which records go
_SHORTEST, _LONGEST = 7, 2147483647
# "ENABLED" and "DISABLED", in the capitals of this API alone.
_STATE = Kind("bool", lambda value: "ENABLED" if value else "DISABLED", lambda value: value == "ENABLED")

_SSE = (
    Field("sse_algorithm", f"{_ENCRYPTION}.SseAlgorithm", choices=("AES256", "aws:kms"), write_only=True),
    Field("kms_key_arn", f"{_ENCRYPTION}.KmsKeyArn", no_log=False, write_only=True),
)
_ENABLED = Field("enabled", "ConfigurationState", _STATE, absent=False)


@dataclass(frozen=True, repr=False)
class TablesAspect(Aspect):
    """It is created and deleted whole, and changed a table at a time."""

    whole: ClassVar[bool] = False

    @property
    def methods(self) -> tuple[str, ...]:
        """What it calls."""
        return (*super().methods, *_UPDATES.values())

    def write(self, api: Caller, before: Document, after: Document, extra: Mapping[str, Any]) -> None:
        """Create, delete, or change the tables that differ."""
        if not before or not after:
            super().write(api, before, after, extra)
            return
        for name, method in _UPDATES.items():
            old, new = _told(before.get(name, _OFF)), after.get(name, _OFF)
            if old != _told(new):
                # A table that is there has its encryption, and S3 does not change it.
                made = name != _JOURNAL and old["ConfigurationState"] == "DISABLED"
                api.call(method, **{name: _nested(new if made else _told(new))})


def _told(table: Document) -> Document:
    """What S3 tells of a table, of what it was told."""
    return {name: value for name, value in table.items() if name != _ENCRYPTION}


def _document(answer: dict[str, Any]) -> Document:
    found = answer.get("GetBucketMetadataConfigurationResult", {}).get("MetadataConfigurationResult", {})
    tables = {name: found[f"{name}Result"] for name in _UPDATES if f"{name}Result" in found}
    return {name: _plain(table) for name, table in tables.items()}


def _plain(table: Document) -> Document:
    """Without what is no configuration (names, states), and the life of records as a number."""
    plain: Document = {name: table[name] for name in ("ConfigurationState", "Role") if name in table}
    life = table.get("RecordExpiration")
    if life:
        plain["RecordExpirationDays"] = life["Days"] if life["Expiration"] == "ENABLED" else _NEVER
    return plain


def _nested(table: Document) -> Document:
    nested = {name: value for name, value in table.items() if name != "RecordExpirationDays"}
    if "RecordExpirationDays" in table:
        days = table["RecordExpirationDays"]
        nested["RecordExpiration"] = {"Expiration": "ENABLED", "Days": days} if days else {"Expiration": "DISABLED"}
    return nested


def _arguments(document: Document) -> dict[str, Any]:
    return {"MetadataConfiguration": {name: _nested(table) for name, table in document.items()}}


def _refuse(state: State) -> Iterator[Remark]:
    after = state.after.get("metadata_tables")
    if after and "journal" not in after:
        yield Remark(
            "metadata_tables.journal",
            "it is not given, and there is no configuration without this table.",
            "Give record_expiration_days, 0 to keep all.",
        )
    days = (after or {}).get("journal", {}).get("record_expiration_days", _NEVER)
    if days != _NEVER and not _SHORTEST <= days <= _LONGEST:
        yield Remark(
            "metadata_tables.journal.record_expiration_days",
            f"{days} is not allowed.",
            f"Give {_SHORTEST} to {_LONGEST}, or {_NEVER} to keep all.",
        )
    for name, table in (state.wanted.get("metadata_tables") or {}).items():
        if name != "journal" and table and "enabled" not in table:
            yield Remark(f"metadata_tables.{name}.enabled", "it is not given.", "Write true or false.")
        algorithm, key = table.get("sse_algorithm"), table.get("kms_key_arn")
        if bool(key) != (algorithm == "aws:kms"):
            yield Remark(
                f"metadata_tables.{name}.{'kms_key_arn' if key else 'sse_algorithm'}",
                "a key goes with aws:kms, and aws:kms with a key.",
                "Give both, or AES256 alone.",
            )


def _warn(state: State) -> Iterator[Remark]:
    before, after = (values.get("metadata_tables") or {} for values in (state.before, state.after))
    for name in ("inventory", "annotation"):
        if after and before.get(name) and not after.get(name):
            yield Remark(
                f"metadata_tables.{name}",
                "the table stays, and is paid for.",
                "Delete it in S3 Tables, at the latest before you turn it on again.",
            )


def _irreversible(state: State) -> Iterator[Remark]:
    if state.before.get("metadata_tables") and not state.after.get("metadata_tables"):
        yield Remark(
            "metadata_tables",
            "the tables stay, are paid for and no longer kept, and S3 makes no new ones beside them.",
            "Delete them in S3 Tables.",
        )


def _tables(*names: str) -> tuple[str, ...]:
    return tuple(f"s3tables:{name}" for name in names)


METADATA_TABLES = TablesAspect(
    name="metadata_tables",
    options=(
        Field(
            "metadata_tables",
            "",
            of=(
                Field(
                    "journal",
                    _JOURNAL,
                    of=(Field("record_expiration_days", "RecordExpirationDays", NUMBER, required=True), *_SSE),
                ),
                Field("inventory", _INVENTORY, of=(_ENABLED, *_SSE)),
                Field("annotation", _ANNOTATION, of=(_ENABLED, Field("role", "Role"), *_SSE)),
            ),
        ),
    ),
    get="get_bucket_metadata_configuration",
    put="create_bucket_metadata_configuration",
    delete="delete_bucket_metadata_configuration",
    missing=("MetadataConfigurationNotFound",),
    document=_document,
    arguments=_arguments,
    # IAM calls the actions of both generations of this API "Table".
    permissions=Permissions(
        ("s3:GetBucketMetadataTableConfiguration",),
        (
            "iam:PassRole",
            "kms:DescribeKey",
            "s3:CreateBucketMetadataTableConfiguration",
            "s3:DeleteBucketMetadataTableConfiguration",
            "s3:UpdateBucketMetadataAnnotationTableConfiguration",
            "s3:UpdateBucketMetadataInventoryTableConfiguration",
            "s3:UpdateBucketMetadataJournalTableConfiguration",
            *_tables("CreateNamespace", "CreateTable", "CreateTableBucket", "GetTable"),
            *_tables("PutTableBucketPolicy", "PutTableEncryption", "PutTablePolicy"),
        ),
    ),
    refuse=_refuse,
    warn=_warn,
    irreversible=_irreversible,
)
