# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Lifecycle: rules that move objects to cheaper storage classes and delete them, by age or at a date.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket import filters, lifecycle_rules
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import (
    Aspect,
    Permissions,
    Remark,
    State,
    Turn,
)
from ansible_collections.stowage.s3.plugins.module_utils._bucket.keyed import differing, path_of, too_many
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import (
    DATE,
    FLAG,
    NUMBER,
    STATUS,
    Document,
    Field,
    Values,
)

_MINIMUM, MINIMUM_OPTION = "TransitionDefaultMinimumObjectSize", "transition_default_minimum_object_size"
MINIMUM_ABSENT = "all_storage_classes_128K"
_CLASS = Field("storage_class", "StorageClass", choices=lifecycle_rules.CLASSES, required=True)
_NONCURRENT = (
    Field("days", "NoncurrentDays", NUMBER, required=True),
    Field("newer_versions", "NewerNoncurrentVersions", NUMBER),
)
_CONDITIONS = ("prefix", "tags", "size_greater_than", "size_less_than")
_RULE = (
    Field("id", "ID", required=True),
    Field("status", "Status", STATUS, choices=("enabled", "disabled"), spec={"default": "enabled"}),
    filters.PREFIX,
    filters.OBJECT_TAGS,
    Field("size_greater_than", "Filter.ObjectSizeGreaterThan", NUMBER),
    Field("size_less_than", "Filter.ObjectSizeLessThan", NUMBER),
    Field(
        "expiration",
        "Expiration",
        of=(
            Field("days", "Days", NUMBER),
            Field("date", "Date", DATE),
            Field("expired_object_delete_marker", "ExpiredObjectDeleteMarker", FLAG, absent=False),
        ),
    ),
    Field(
        "transitions",
        "Transitions",
        many=True,
        key="storage_class",
        of=(Field("days", "Days", NUMBER), Field("date", "Date", DATE), _CLASS),
    ),
    Field("noncurrent_expiration", "NoncurrentVersionExpiration", of=_NONCURRENT),
    Field(
        "noncurrent_transitions",
        "NoncurrentVersionTransitions",
        many=True,
        key="storage_class",
        of=(*_NONCURRENT, _CLASS),
    ),
    Field("abort_incomplete_multipart_days", "AbortIncompleteMultipartUpload.DaysAfterInitiation", NUMBER),
)


def _document(answer: dict[str, Any]) -> Document:
    rules = [_unnested(rule) for rule in answer.get("Rules", [])]
    minimum = {_MINIMUM: answer[_MINIMUM]} if answer.get(_MINIMUM) else {}
    return {"Rules": rules, **minimum} if rules else {}


def _unnested(rule: dict[str, Any]) -> Document:
    """A rule's own Prefix is from before there were filters, and means the same."""
    rest = {name: value for name, value in rule.items() if name != "Prefix"}
    return filters.unnested({**rest, "Filter": {"Prefix": rule["Prefix"]}} if "Prefix" in rule else rest)


def _arguments(document: Document) -> dict[str, Any]:
    minimum = {_MINIMUM: document[_MINIMUM]} if _MINIMUM in document else {}
    return {"LifecycleConfiguration": {"Rules": [_nested(rule) for rule in document["Rules"]]}, **minimum}


def _nested(rule: Document) -> dict[str, Any]:
    """S3 wants a filter even where all objects are meant, and no false beside days or a date."""
    expiration = rule.get("Expiration", {})
    expiration = {name: value for name, value in expiration.items() if value is not False}
    rest = {name: value for name, value in rule.items() if name != "Expiration"}
    return {"Filter": {"Prefix": ""}, **filters.nested(rest), **({"Expiration": expiration} if expiration else {})}


def _refuse(state: State) -> Iterator[Remark]:
    yield from too_many(state, "lifecycle")
    for rule in differing(state, "lifecycle"):
        yield from lifecycle_rules.refused(rule, path_of("lifecycle", rule))
    rules = state.after.get("lifecycle")
    if state.after.get(MINIMUM_OPTION) and not rules:
        yield Remark(MINIMUM_OPTION, "S3 keeps it with lifecycle rules, of which there is none.", "Add one.")
    if rules and state.after.get("mfa_delete"):
        yield Remark("lifecycle", "S3 allows no rules beside MFA delete.", "Remove one of the two: mfa_delete: false.")


def _warn(state: State) -> Iterator[Remark]:
    minimum = state.after.get(MINIMUM_OPTION, MINIMUM_ABSENT)
    for rule in differing(state, "lifecycle"):
        path = path_of("lifecycle", rule)
        if rule.get("status") == "enabled":
            yield from lifecycle_rules.costly(rule, path, minimum)
        if "versioning" in state.known and not state.after.get("versioning") and _of_versions(rule):
            yield Remark(path, "a bucket without versioning has no noncurrent versions.", "Set versioning to enabled.")


def _of_versions(rule: Values) -> bool:
    return "noncurrent_expiration" in rule or "noncurrent_transitions" in rule


LIFECYCLE = Aspect(
    name="lifecycle",
    options=(
        Field("lifecycle", "Rules", many=True, key="id", of=_RULE, gathered={"filter": _CONDITIONS}),
        Field(
            MINIMUM_OPTION,
            _MINIMUM,
            choices=(MINIMUM_ABSENT, "varies_by_storage_class", ""),
            absent=MINIMUM_ABSENT,
            companion=True,
        ),
    ),
    get="get_bucket_lifecycle_configuration",
    put="put_bucket_lifecycle_configuration",
    delete="delete_bucket_lifecycle",
    missing=("NoSuchLifecycleConfiguration",),
    document=_document,
    arguments=_arguments,
    permissions=Permissions(("s3:GetLifecycleConfiguration",), ("s3:PutLifecycleConfiguration",)),
    needs=("versioning",),
    # Rules have to be gone before MFA delete is turned on.
    turn=lambda before, after: Turn.SET if after.get("lifecycle") else Turn.FIRST,
    refuse=_refuse,
    warn=_warn,
)
