# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from typing import Any

from aspects.case import RECORDER, Course, Refusal, Step

ROLE = "arn:aws:iam::111122223333:role/replication"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001"
ON = {"versioning": "enabled"}

ALL: dict[str, Any] = {
    "id": "all",
    "priority": 1,
    "status": "enabled",
    "destination": {"bucket": "arn:aws:s3:::copies", "storage_class": "STANDARD_IA"},
}
LOGS: dict[str, Any] = {
    "id": "logs",
    "priority": 2,
    "status": "disabled",
    "prefix": "logs/",
    "delete_marker_replication": True,
    "replica_modifications": True,
    "destination": {
        "bucket": "arn:aws:s3:::copies",
        "metrics": True,
        "metrics_event_threshold_minutes": 15,
        "replication_time_minutes": 15,
    },
}
SECRET: dict[str, Any] = {
    "id": "secret",
    "priority": 3,
    "status": "enabled",
    "prefix": "secret/",
    "tags": {"kind": "secret", "team": "web"},
    "sse_kms_encrypted_objects": True,
    "existing_object_replication": True,
    "destination": {
        "bucket": "arn:aws:s3:::elsewhere",
        "account": "444455556666",
        "owner": "Destination",
        "replica_kms_key_id": KEY,
    },
}


def some(*rules: dict[str, Any]) -> dict[str, Any]:
    """The option, with these rules."""
    return {"replication": {"role": ROLE, "rules": [*rules]}}


def without(rule: dict[str, Any], part: str) -> dict[str, Any]:
    """A rule that does not say something."""
    return {name: value for name, value in rule.items() if name != part}


def there(rule: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """A rule with more of a destination."""
    return {**rule, "destination": {**rule["destination"], **parts}}


COURSES = (
    Course(
        "one rule, another class, none",
        (
            Step(ON, final=True),
            Step(some(ALL)),
            Step(some({**ALL, "destination": {"bucket": "arn:aws:s3:::copies"}})),
            Step({"replication": {}}),
            Step({"replication": {}}, changed=False),  # and the bucket still stands
            Step(some(ALL)),
            # The role stays.
            Step(
                {"replication": {"rules": [{**ALL, "status": "disabled"}]}}, after=some({**ALL, "status": "disabled"})
            ),
        ),
    ),
    Course(
        "all that can be said",
        (
            Step({**ON, **some(LOGS)}, final=True),
            Step(some(LOGS, SECRET)),
            Step(
                some({**LOGS, "tags": {"one": "1"}, "delete_marker_replication": False}, SECRET),
                after=some({**without(LOGS, "delete_marker_replication"), "tags": {"one": "1"}}, SECRET),
            ),
            Step(some({**ALL, "id": "secret", "tags": {"one": "1"}})),
            Step(some({**ALL, "id": "secret"})),
        ),
        (RECORDER,),
    ),
    Course(
        "rules of others stay",
        (
            Step(ON, final=True),
            Step(some(ALL, LOGS)),
            Step({"replication": {"rules": [SECRET]}, "purge_replication": False}, after=some(ALL, LOGS, SECRET)),
            Step(
                {"replication": {"rules": [{**ALL, "prefix": "a/"}]}, "purge_replication": False},
                after=some({**ALL, "prefix": "a/"}, LOGS, SECRET),
            ),
            Step(
                {"replication": {}, "purge_replication": False},
                after=some({**ALL, "prefix": "a/"}, LOGS, SECRET),
                changed=False,
            ),
        ),
        (RECORDER,),
    ),
    # Replication goes before versioning does.
    Course(
        "off with versioning",
        (Step({**ON, **some(ALL)}, final=True), Step({"versioning": "suspended", "replication": {}})),
    ),
)
REFUSALS = (
    Refusal("without versioning", some(ALL), ("replication", "versioning", "not on", "Set versioning to enabled")),
    Refusal("with versioning suspended", some(ALL), ("replication", "suspended"), {"versioning": "suspended"}),
    Refusal(
        "versioning suspended then",
        {"versioning": "suspended"},
        ("versioning", "replication: {}"),
        {**ON, **some(ALL)},
    ),
    Refusal("no role", {"replication": {"rules": [ALL]}}, ("replication.role",), ON),
    Refusal("no rules", some(), ("replication.rules", "replication: {}"), ON),
    Refusal(
        "no rules left",
        {"replication": {"rules": []}},
        ("replication.rules", "replication: {}"),
        {**ON, **some(ALL)},
    ),
    Refusal("a name twice", some(ALL, {**LOGS, "id": "all"}), ("replication.rules: id 'all' is there twice",), ON),
    Refusal("a priority twice", some(ALL, {**LOGS, "priority": 1}), ("'all', 'logs'", "priority 1"), ON),
    Refusal("no priority", some(without(ALL, "priority")), ("replication.rules['all'].priority", "Give a number"), ON),
    Refusal(
        "too many rules",
        some(*({**ALL, "id": f"r{number}", "priority": number} for number in range(1001))),
        ("replication.rules", "1001", "1000"),
        ON,
    ),
    Refusal("a long name", some({**ALL, "id": "x" * 256}), ("255",), ON),
    Refusal(
        "delete markers of tags", some({**LOGS, "tags": {"a": "b"}}), ("['logs'].delete_marker_replication", "tags"), ON
    ),
    Refusal("itself", some(there(ALL, bucket="arn:aws:s3:::b")), ("destination.bucket", "the bucket itself"), ON),
    Refusal(
        "a key without a choice",
        some(without(SECRET, "sse_kms_encrypted_objects")),
        ("['secret'].destination.replica_kms_key_id", "sse_kms_encrypted_objects"),
        ON,
    ),
    Refusal(
        "a choice without a key",
        some({**ALL, "sse_kms_encrypted_objects": True}),
        ("['all'].sse_kms_encrypted_objects", "replica_kms_key_id"),
        ON,
    ),
    Refusal("an owner without an account", some(there(ALL, owner="Destination")), ("destination.owner", "account"), ON),
    Refusal(
        "a time without metrics",
        some(there(ALL, replication_time_minutes=15)),
        ("['all'].destination.replication_time_minutes", "metrics"),
        ON,
    ),
    Refusal(
        "a threshold without metrics",
        some(there(ALL, metrics_event_threshold_minutes=15)),
        ("destination.metrics_event_threshold_minutes", "metrics"),
        ON,
    ),
    Refusal(
        "a threshold without a time",
        some(there(ALL, metrics=True, metrics_event_threshold_minutes=15)),
        ("destination.metrics_event_threshold_minutes", "replication_time_minutes"),
        ON,
    ),
    Refusal(
        "another time",
        some(there(LOGS, replication_time_minutes=30)),
        ("destination.replication_time_minutes", "30", "15"),
        ON,
    ),
)
