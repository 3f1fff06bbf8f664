# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Server access logging: where S3 writes who asked the bucket for what.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect, Permissions, Remark, State
from ansible_collections.stowage.s3.plugins.module_utils._bucket.grants import (
    grants_field,
    plain,
    refuse_emails,
    typed,
)
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Document, Field

_SIMPLE = "simple"
# AWS's source of the date in a partitioned prefix, which it takes the first for where none is given.
_SOURCES = {"partitioned_event_time": "EventTime", "partitioned_delivery_time": "DeliveryTime"}
_FORMATS = {source: name for name, source in _SOURCES.items()}


def _document(answer: dict[str, Any]) -> Document:
    """AWS nests the format of the keys three levels deep; here it is one word."""
    found = dict(answer.get("LoggingEnabled") or {})
    partitioned = found.pop("TargetObjectKeyFormat", {}).get("PartitionedPrefix")
    if partitioned is not None:
        found["KeyFormat"] = _FORMATS[partitioned.get("PartitionDateSource") or "EventTime"]
    if "TargetGrants" in found:
        found["TargetGrants"] = plain(found["TargetGrants"])
    return found


def _arguments(document: Document) -> dict[str, Any]:
    """AWS has no delete: an empty status turns logging off."""
    if not document:
        return {"BucketLoggingStatus": {}}
    enabled = {"TargetPrefix": "", **document}
    source = _SOURCES.get(enabled.pop("KeyFormat", _SIMPLE))
    if source:
        enabled["TargetObjectKeyFormat"] = {"PartitionedPrefix": {"PartitionDateSource": source}}
    if "TargetGrants" in enabled:
        enabled["TargetGrants"] = typed(enabled["TargetGrants"])
    return {"BucketLoggingStatus": {"LoggingEnabled": enabled}}


def _refuse(state: State) -> Iterator[Remark]:
    after = state.after.get("logging") or {}
    if after and not after.get("target_bucket"):
        yield Remark("logging.target_bucket", "it is not given, and the bucket has none.", "Name the bucket for logs.")
    if after.get("target_bucket"):
        yield from state.elsewhere(after["target_bucket"], "logging.target_bucket", "logs")
    yield from refuse_emails(state, "logging.grants", after.get("grants", ()))


def _warn(state: State) -> Iterator[Remark]:
    after = state.after.get("logging") or {}
    if after.get("target_bucket") == state.bucket:
        yield Remark(
            "logging.target_bucket",
            "the bucket logs into itself, so each log makes entries for the next: it grows without end, and costs.",
            "Choose another bucket.",
        )


LOGGING = Aspect(
    name="logging",
    options=(
        Field(
            "logging",
            "",
            of=(
                Field("target_bucket", "TargetBucket"),
                Field("target_prefix", "TargetPrefix"),
                Field("key_format", "KeyFormat", choices=(_SIMPLE, *_SOURCES), absent=_SIMPLE, no_log=False),
                grants_field("TargetGrants", ("FULL_CONTROL", "READ", "WRITE")),
            ),
        ),
    ),
    others=lambda values: filter(None, [values.get("logging", {}).get("target_bucket")]),
    get="get_bucket_logging",
    put="put_bucket_logging",
    document=_document,
    arguments=_arguments,
    permissions=Permissions(("s3:GetBucketLogging",), ("s3:PutBucketLogging",)),
    refuse=_refuse,
    warn=_warn,
)
