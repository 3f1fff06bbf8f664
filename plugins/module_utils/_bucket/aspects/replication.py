# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Replication: which objects S3 copies to which other buckets, as they are written.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect, Permissions, Remark, State
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.object_lock import TOKEN
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import (
    NUMBER,
    STATUS,
    SWITCH,
    TAGS,
    Document,
    Field,
    Values,
    merge,
)

_MOST = 1000  # rules of a bucket
_MINUTES = 15  # the only time that S3 promises
# A rule as S3 wrote it before 2018 (V1): no Filter and no Priority, and delete markers are replicated. Only our mark.
_OLD = "Old"
_NEWER = ("priority", "tags", "delete_marker_replication", "replica_modifications")  # what only later rules can say

_RULES = Field(
    "rules",
    "Rules",
    many=True,
    key="id",
    of=(
        Field("id", "ID", required=True),
        Field("priority", "Priority", NUMBER),
        Field("status", "Status", STATUS, choices=("enabled", "disabled"), spec={"default": "enabled"}),
        Field("prefix", "Filter.Prefix"),
        Field("tags", "Filter.Tags", TAGS),
        Field("delete_marker_replication", "DeleteMarkerReplication.Status", SWITCH, absent=False),
        Field(
            "sse_kms_encrypted_objects", "SourceSelectionCriteria.SseKmsEncryptedObjects.Status", SWITCH, absent=False
        ),
        Field("replica_modifications", "SourceSelectionCriteria.ReplicaModifications.Status", SWITCH, absent=False),
        Field("existing_object_replication", "ExistingObjectReplication.Status", SWITCH, absent=False),
        Field(
            "destination",
            "Destination",
            required=True,
            of=(
                Field("bucket", "Bucket", required=True),
                Field("account", "Account"),
                Field("owner", "AccessControlTranslation.Owner", choices=("Destination",)),
                Field(
                    "storage_class",
                    "StorageClass",
                    choices=(
                        "STANDARD",
                        "REDUCED_REDUNDANCY",
                        "STANDARD_IA",
                        "ONEZONE_IA",
                        "INTELLIGENT_TIERING",
                        "GLACIER",
                        "DEEP_ARCHIVE",
                        "OUTPOSTS",
                        "GLACIER_IR",
                        "SNOW",
                        "EXPRESS_ONEZONE",
                        "FSX_OPENZFS",
                        "FSX_ONTAP",
                        "AWS_BACKUP_WARM",
                        "AWS_BACKUP_LOW_COST_WARM",
                    ),
                ),
                Field("replica_kms_key_id", "EncryptionConfiguration.ReplicaKmsKeyID", no_log=False),
                Field("metrics", "Metrics.Status", SWITCH, absent=False),
                Field("metrics_event_threshold_minutes", "Metrics.EventThreshold.Minutes", NUMBER),
                Field("replication_time_minutes", "ReplicationTime.Minutes", NUMBER),
            ),
        ),
    ),
)


def _document(answer: dict[str, Any]) -> Document:
    configuration = dict(answer.get("ReplicationConfiguration", {}))
    if "Rules" in configuration:
        configuration["Rules"] = [_plain(rule) for rule in configuration["Rules"]]
    return configuration


def _plain(rule: Document) -> Document:
    """A rule whose filter is one of all conditions, and whose promised time is a number."""
    plain = dict(rule)
    if "Filter" in rule:
        nested = rule["Filter"]
        tags = [nested["Tag"]] if "Tag" in nested else []
        conditions = {name: value for name, value in nested.items() if name not in ("Tag", "And")}
        plain["Filter"] = {**conditions, **({"Tags": tags} if tags else {}), **nested.get("And", {})}
    else:
        plain["Filter"] = {"Prefix": plain.pop("Prefix", "")}
        plain[_OLD] = True
    if "ReplicationTime" in rule.get("Destination", {}):
        plain["Destination"] = dict(rule["Destination"])
        time = dict(plain["Destination"].pop("ReplicationTime"))
        minutes = time.pop("Time", {}).get("Minutes")
        if time.pop("Status") == "Enabled" and minutes:
            plain["Destination"]["ReplicationTime"] = {**time, "Minutes": minutes}
    return plain


def _arguments(document: Document) -> dict[str, Any]:
    rules = document.get("Rules", [])
    # S3 does not take both forms in one configuration.
    old = all(rule.get(_OLD) and "Priority" not in rule for rule in rules)
    nested = [_old(rule) if old else _nested(rule) for rule in rules]
    return {"ReplicationConfiguration": {**document, "Rules": nested}}


def _old(rule: Document) -> Document:
    nested = {name: value for name, value in rule.items() if name not in (_OLD, "Filter")}
    return _timed({**nested, "Prefix": rule.get("Filter", {}).get("Prefix", "")})


def _nested(rule: Document) -> Document:
    conditions = rule.get("Filter", {})
    tags = conditions.get("Tags", [])
    if len(tags) == 1 and len(conditions) == 1:
        nested = {"Tag": tags[0]}
    elif tags or len(conditions) > 1:
        nested = {"And": conditions}
    else:
        nested = conditions or {"Prefix": ""}
    rest = {name: value for name, value in rule.items() if name != _OLD}
    # S3 wants it said beside a Filter, either way.
    return _timed({"DeleteMarkerReplication": {"Status": "Disabled"}, **rest, "Filter": nested})


def _timed(rule: Document) -> Document:
    there = dict(rule.get("Destination", {}))
    time = dict(there.get("ReplicationTime", {}))
    if "Minutes" not in time:
        return rule
    minutes = time.pop("Minutes")
    there["ReplicationTime"] = {**time, "Status": "Enabled", "Time": {"Minutes": minutes}}
    return {**rule, "Destination": there}


def _union(present: Values, wanted: Values) -> Values:
    rules = merge(_RULES, wanted.get("rules", []), present.get("rules", []), purge=False)
    return {**present, **wanted, "rules": rules}


def _rules(values: Values) -> list[Values]:
    return (values.get("replication") or {}).get("rules") or []


def _normal(values: Values) -> Values:
    """Without the order of rules: they have priorities."""
    if not _rules(values):
        return values
    rules = sorted(_rules(values), key=lambda rule: str(rule.get("id")))
    return {**values, "replication": {**values["replication"], "rules": rules}}


def _place(rule: Values, part: str) -> str:
    return f"replication.rules[{rule.get('id')!r}].{part}"


def _refuse(state: State) -> Iterator[Remark]:
    after = state.after.get("replication")
    if not after:
        return
    versioning = state.after.get("versioning")
    if "versioning" in state.known and versioning != "enabled":
        yield Remark(
            "replication",
            f"it takes versioning, which is {versioning or 'not on'}.",
            "Set versioning to enabled, here and for the destinations.",
        )
    for part in ("role", "rules"):
        if not after.get(part):
            yield Remark(
                f"replication.{part}", "there would be none.", "Give it, or remove all replication: replication: {}."
            )
    rules = _rules(state.after)
    if len(rules) > _MOST:
        yield Remark("replication.rules", f"there would be {len(rules)}; S3 allows {_MOST}.", "Use wider prefixes.")
    yield from _refuse_priorities(rules, _rules(state.before))
    for rule in rules:
        if rule not in _rules(state.before):
            yield from _refuse_rule(rule, state)
            yield from _refuse_destination(rule)


def _refuse_priorities(rules: list[Values], before: list[Values]) -> Iterator[Remark]:
    numbers = Counter(rule["priority"] for rule in rules if "priority" in rule)
    for number in sorted(number for number, times in numbers.items() if times > 1):
        names = ", ".join(repr(rule["id"]) for rule in rules if rule.get("priority") == number)
        yield Remark("replication.rules", f"{names} have the priority {number}.", "Give each its own.")
    there = {rule.get("id") for rule in before if "priority" not in rule}
    old = all(rule.get("id") in there and not any(name in rule for name in _NEWER) for rule in rules)
    for rule in rules:
        if "priority" not in rule and not old:
            yield Remark(
                _place(rule, "priority"),
                "it has none; rules with and without do not go together, and a new one needs it.",
                "Give a number; where two rules fit and go to one bucket, the higher counts.",
            )


def _refuse_rule(rule: Values, state: State) -> Iterator[Remark]:
    if len(rule.get("id", "")) > 255:
        yield Remark(_place(rule, "id"), "it has more than 255 characters.", "Shorten it.")
    if rule.get("delete_marker_replication") and rule.get("tags"):
        yield Remark(
            _place(rule, "delete_marker_replication"),
            "a delete marker has no tags, so a rule with tags replicates none.",
            "Leave out one of the two.",
        )
    if rule["destination"].get("bucket", "").rpartition(":")[2] == state.bucket:
        yield Remark(_place(rule, "destination.bucket"), "it is the bucket itself.", "Name another one.")
    if state.aws and not rule["destination"].get("bucket", "").startswith("arn:"):
        yield Remark(
            _place(rule, "destination.bucket"),
            f"{rule['destination'].get('bucket')!r} is no ARN.",
            "Write it as arn:aws:s3:::name.",
        )
    key = rule["destination"].get("replica_kms_key_id")
    if bool(key) != bool(rule.get("sse_kms_encrypted_objects")):
        option = "destination.replica_kms_key_id" if key else "sse_kms_encrypted_objects"
        yield Remark(
            _place(rule, option),
            "objects under KMS are replicated where sse_kms_encrypted_objects is true and replica_kms_key_id given.",
            "Give both or none.",
        )


def _refuse_destination(rule: Values) -> Iterator[Remark]:
    there = rule["destination"]
    if there.get("owner") and not there.get("account"):
        yield Remark(_place(rule, "destination.owner"), "it takes the account.", "Give destination.account.")
    time, threshold = there.get("replication_time_minutes"), there.get("metrics_event_threshold_minutes")
    if time and not (there.get("metrics") and threshold):
        yield Remark(
            _place(rule, "destination.replication_time_minutes"),
            "a promised time takes metrics.",
            f"Set metrics to true and metrics_event_threshold_minutes to {_MINUTES}.",
        )
    if threshold and not (there.get("metrics") and time):
        yield Remark(
            _place(rule, "destination.metrics_event_threshold_minutes"),
            "it goes with metrics and replication_time_minutes alone.",
            "Give those too, or leave it out.",
        )
    for option, minutes in (("replication_time_minutes", time), ("metrics_event_threshold_minutes", threshold)):
        if minutes not in (None, _MINUTES):
            yield Remark(_place(rule, f"destination.{option}"), f"S3 knows no {minutes} minutes.", f"Write {_MINUTES}.")


def _warn(state: State) -> Iterator[Remark]:
    for rule in _rules(state.after):
        if rule in _rules(state.before):
            continue
        if rule["destination"].get("replication_time_minutes"):
            yield Remark(
                _place(rule, "destination.replication_time_minutes"),
                "a promised time is paid for each GB, and its metrics as those of CloudWatch.",
                "Leave it out where minutes do not matter.",
            )
        if rule.get("existing_object_replication"):
            yield Remark(
                _place(rule, "existing_object_replication"),
                "S3 takes it only where its support has turned it on.",
                "Replicate what is there already with S3 Batch Replication.",
            )


REPLICATION = Aspect(
    name="replication",
    options=(Field("replication", "", of=(Field("role", "Role"), _RULES), union=_union),),
    get="get_bucket_replication",
    put="put_bucket_replication",
    delete="delete_bucket_replication",
    missing=("ReplicationConfigurationNotFoundError",),
    document=_document,
    arguments=_arguments,
    permissions=Permissions(("s3:GetReplicationConfiguration",), ("iam:PassRole", "s3:PutReplicationConfiguration")),
    needs=("versioning",),
    asides=(TOKEN,),
    normal=_normal,
    refuse=_refuse,
    warn=_warn,
)
