# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Event notifications, to queues, topics, functions and EventBridge.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect, Permissions, Remark, State
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import FLAG, Document, Field, Values

EVENTS = (
    "s3:IntelligentTiering",
    "s3:LifecycleExpiration:*",
    "s3:LifecycleExpiration:Delete",
    "s3:LifecycleExpiration:DeleteMarkerCreated",
    "s3:LifecycleTransition",
    "s3:ObjectAcl:Put",
    "s3:ObjectAnnotation:*",
    "s3:ObjectAnnotation:Delete",
    "s3:ObjectAnnotation:Put",
    "s3:ObjectCreated:*",
    "s3:ObjectCreated:CompleteMultipartUpload",
    "s3:ObjectCreated:Copy",
    "s3:ObjectCreated:Post",
    "s3:ObjectCreated:Put",
    "s3:ObjectRemoved:*",
    "s3:ObjectRemoved:Delete",
    "s3:ObjectRemoved:DeleteMarkerCreated",
    "s3:ObjectRestore:*",
    "s3:ObjectRestore:Completed",
    "s3:ObjectRestore:Delete",
    "s3:ObjectRestore:Post",
    "s3:ObjectRetention:Put",
    "s3:ObjectTagging:*",
    "s3:ObjectTagging:Delete",
    "s3:ObjectTagging:Put",
    "s3:ReducedRedundancyLostObject",
    "s3:Replication:*",
    "s3:Replication:OperationFailedReplication",
    "s3:Replication:OperationMissedThreshold",
    "s3:Replication:OperationNotTracked",
    "s3:Replication:OperationReplicatedAfterThreshold",
)
# The kind of destination: by AWS's member of its ARN, which of AWS's three lists holds it.
_LISTS = {
    "LambdaFunctionArn": "LambdaFunctionConfigurations",
    "QueueArn": "QueueConfigurations",
    "TopicArn": "TopicConfigurations",
}
_SERVICES = {"lambda_function_arn": "lambda", "queue_arn": "sqs", "topic_arn": "sns"}
_EVENT_BRIDGE = "EventBridgeConfiguration"
_MOST = 100  # configurations of a bucket


def _document(answer: dict[str, Any]) -> Document:
    """One list of all kinds. Members that nobody here knows stay: what is not sent again is gone."""
    known = {*_LISTS.values(), _EVENT_BRIDGE, "ResponseMetadata"}
    document = {name: value for name, value in answer.items() if name not in known}
    entries = [_plain(entry) for name in _LISTS.values() for entry in answer.get(name, ())]
    if entries:
        document["Entries"] = entries
    if _EVENT_BRIDGE in answer:  # its presence says it; it is always empty
        document["EventBridge"] = True
    return document


def _plain(entry: Document) -> Document:
    """The filter's rules by their names, which AWS writes in lower case or with a capital as it likes."""
    rules = entry.get("Filter", {}).get("Key", {}).get("FilterRules", ())
    plain = {name: value for name, value in entry.items() if name != "Filter"}
    return {**plain, "Filter": {rule["Name"].lower(): rule["Value"] for rule in rules}} if rules else plain


def _arguments(document: Document) -> dict[str, Any]:
    configuration = {name: value for name, value in document.items() if name not in ("Entries", "EventBridge")}
    for entry in document.get("Entries", ()):
        kind = next(name for arn, name in _LISTS.items() if arn in entry)
        configuration.setdefault(kind, []).append(_nested(entry))
    if document.get("EventBridge"):
        configuration[_EVENT_BRIDGE] = {}
    return {"NotificationConfiguration": configuration}


def _nested(entry: Document) -> Document:
    rules = [{"Name": name, "Value": value} for name, value in entry.get("Filter", {}).items()]
    nested = {name: value for name, value in entry.items() if name != "Filter"}
    return {**nested, "Filter": {"Key": {"FilterRules": rules}}} if rules else nested


def _events(entry: Values) -> list[str]:
    return list(entry.get("events", []))


def _normal(values: Values) -> Values:
    """Without the order of events, of which AWS promises nothing."""
    entries = values.get("notifications") or []
    return {**values, "notifications": [{**entry, "events": sorted(set(_events(entry)))} for entry in entries]}


def _new(state: State) -> list[Values]:
    """What the task brings: others' entries are as S3 took them."""
    before = state.before.get("notifications") or []
    return [entry for entry in state.after.get("notifications") or [] if entry not in before]


def _refuse(state: State) -> Iterator[Remark]:
    entries = state.after.get("notifications") or []
    if len(entries) > _MOST:
        yield Remark("notifications", f"there would be {len(entries)}; S3 allows {_MOST}.", "Use event_bridge.")
    new = _new(state)
    for entry in new:
        yield from _refuse_entry(_place(entry), entry)
    if state.aws:  # other servers deliver an event to each
        for one, other in combinations(entries, 2):
            if one in new or other in new:
                yield from _refuse_overlap(one, other)


def _place(entry: Values, option: str = "") -> str:
    return f"notifications[{entry.get('id')!r}]{option and '.'}{option}"


def _refuse_entry(place: str, entry: Values) -> Iterator[Remark]:
    if not _events(entry):
        yield Remark(f"{place}.events", "it is empty.", "Name some, or leave the whole entry out.")
    for option, service in _SERVICES.items():
        arn = entry.get(option)
        if arn and arn.split(":")[2:3] != [service]:
            yield Remark(f"{place}.{option}", f"{arn!r} is no ARN of {service}.", f"Begin with arn:aws:{service}:.")
        if arn and arn.endswith(".fifo"):
            yield Remark(
                f"{place}.{option}", f"{arn!r}: S3 sends to no FIFO queue or topic.", "Use event_bridge with a rule."
            )
    for option in ("prefix", "suffix"):
        text = entry.get(option, "")
        if "*" in text or " " in text:
            yield Remark(
                f"{place}.{option}",
                f"{text!r}: S3 knows no wildcards here, and takes keys as in a URL.",
                "Leave the * out; write + for a blank, %2A for a star in a key.",
            )
        if len(text) > 1024:
            yield Remark(f"{place}.{option}", f"it has {len(text)} characters; S3 allows 1024.", "Shorten it.")


def _refuse_overlap(one: Values, other: Values) -> Iterator[Remark]:
    shared = {event for event in _events(one) for another in _events(other) if _same(event, another)}
    prefixes, suffixes = ([entry.get(name, "") for entry in (one, other)] for name in ("prefix", "suffix"))
    apart = not (_begins(*prefixes) and _begins(suffixes[0][::-1], suffixes[1][::-1]))
    if shared and not apart:
        yield Remark(
            _place(other),
            f"it overlaps with {one.get('id')!r}: both take {', '.join(sorted(shared))} of the same keys.",
            "S3 tells an event to one destination. Part them by prefix or suffix, or send to a topic that both hear.",
        )


def _same(one: str, other: str) -> bool:
    """Whether two kinds of events have an event in common: "s3:ObjectCreated:*" holds "s3:ObjectCreated:Put"."""
    return one == other or any(
        wide.endswith(":*") and narrow.startswith(wide[:-1]) for wide, narrow in ((one, other), (other, one))
    )


def _begins(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _warn(state: State) -> Iterator[Remark]:
    for entry in _new(state):
        for option in _SERVICES:
            account = "".join(entry.get(option, "").split(":")[4:5])
            if state.owner and account and account != state.owner:
                yield Remark(
                    _place(entry, option),
                    f"it is of account {account}, and the bucket of {state.owner}.",
                    "The names of objects go there; no policy about aws:ResourceOrgID sees it. Make sure it is meant.",
                )


NOTIFICATIONS = Aspect(
    name="notifications",
    options=(
        Field(
            "notifications",
            "Entries",
            many=True,
            key="id",
            of=(
                # S3 invents one where none is given, and the next run would not know its own.
                Field("id", "Id", required=True),
                Field("queue_arn", "QueueArn"),
                Field("topic_arn", "TopicArn"),
                Field("lambda_function_arn", "LambdaFunctionArn"),
                Field("events", "Events", many=True, required=True, choices=EVENTS),
                Field("prefix", "Filter.prefix"),
                Field("suffix", "Filter.suffix"),
            ),
            spec={"mutually_exclusive": [tuple(_SERVICES)], "required_one_of": [tuple(_SERVICES)]},
        ),
        Field("event_bridge", "EventBridge", FLAG, absent=False),
    ),
    get="get_bucket_notification_configuration",
    put="put_bucket_notification_configuration",
    # No delete: an empty configuration turns notifications off.
    document=_document,
    arguments=_arguments,
    permissions=Permissions(("s3:GetBucketNotification",), ("s3:PutBucketNotification",)),
    asides=(Field("skip_destination_validation", "SkipDestinationValidation", FLAG),),
    normal=_normal,
    refuse=_refuse,
    warn=_warn,
)
