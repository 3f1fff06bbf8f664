# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What goes over the wire for aspects of a bucket that are more than a get and a put."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aspects.inventory import inventory
from aspects.metadata_tables import KEY, SECRET
from aspects.notifications import UPLOADS
from aspects.replication import ALL, LOGS, ROLE
from harness import run_module, warned
from recorder import Answer, Kept, Recorder, recording
from server import Server

pytestmark = pytest.mark.usefixtures("one_loader")

LOCK = {"object_lock": {"enabled": True, "default_retention": {"mode": "GOVERNANCE", "days": 1}}}
LISTED = {
    "included_object_versions": "All",
    "frequency": "Daily",
    "destination": {"bucket": "arn:aws:s3:::lists", "format": "CSV"},
}
OLD = (
    "<ReplicationConfiguration><Role>" + ROLE + "</Role><Rule><ID>old</ID><Prefix>a/</Prefix><Status>Enabled</Status>"
    "<Destination><Bucket>arn:aws:s3:::copies</Bucket></Destination></Rule></ReplicationConfiguration>"
)
OLD_RULE = {"id": "old", "prefix": "a/", "status": "enabled", "destination": {"bucket": "arn:aws:s3:::copies"}}


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """A recording server with the bucket "b"."""
    with recording() as recorder:
        recorder.make("b")
        yield recorder


def run(server: Server, options: dict[str, Any], *, name: str = "b", check: bool = False) -> dict[str, Any]:
    """A run that has to succeed."""
    result = run_module("bucket", {"name": name, **options}, server=server, check=check, diff=True)
    assert not result.get("failed"), result
    return result


def sent(recorder: Recorder, options: dict[str, Any]) -> list[str]:
    """The writes of a run that changes something."""
    del recorder.requests[:]
    assert run(recorder.server, options)["changed"]
    return recorder.writes()


# What fails


def test_what_was_done_before_a_failure_can_be_undone(recorder: Recorder) -> None:
    run(recorder.server, {"tags": {"team": "web"}, "cors": []})
    recorder.denied.add("PUT cors")
    rule = {"id": "read", "allowed_methods": ["GET"], "allowed_origins": ["*"]}
    options = {"name": "b", "tags": {"team": "data"}, "cors": [rule], "request_payment": "requester"}
    result = run_module("bucket", options, server=recorder.server)
    assert result["failed"] and result["changed"] and "Before that these were changed: tags." in result["msg"]
    assert result["diff"]["before"] == {"tags": {"team": "web"}}
    assert result["rollback"] == {"name": "b", "tags": {"team": "web"}}
    recorder.denied.clear()
    run(recorder.server, result["rollback"])
    assert run(recorder.server, {"tags": {}}, check=True)["diff"]["before"] == {"tags": {"team": "web"}}


def test_what_was_written_and_cannot_be_looked_at_can_be_undone(recorder: Recorder) -> None:
    """Some servers take the deletion of a configuration by id for that of the bucket."""
    inventory = {"inventory": [{"id": "all", **LISTED}]}
    run(recorder.server, inventory)

    def before(asked: str, _query: dict[str, str], _headers: dict[str, str]) -> Answer | None:
        return recorder.answer("DELETE", "b", {}, {}, b"") if asked == "DELETE inventory" else None

    recorder.before = before
    result = run_module("bucket", {"name": "b", "inventory": []}, server=recorder.server)
    assert result["failed"] and result["msg"].startswith("inventory: written") and "NoSuchBucket" in result["msg"]
    assert result["changed"] and result["rollback"]["inventory"][0]["id"] == "all"


def test_a_refused_write_changes_nothing(recorder: Recorder) -> None:
    recorder.denied.add("PUT tagging")
    result = run_module("bucket", {"name": "b", "tags": {"team": "web"}}, server=recorder.server)
    assert result["failed"] and (result["changed"], result["rollback"]) == (False, {})


def test_a_bucket_that_was_made_before_a_failure_is_told(recorder: Recorder) -> None:
    recorder.denied.add("PUT tagging")
    result = run_module("bucket", {"name": "half", "tags": {"team": "web"}}, server=recorder.server)
    assert result["failed"] and result["rollback"] == {"name": "half", "state": "absent"}
    assert result["diff"]["before"] == {"state": "absent"} and "half" in recorder.buckets


@pytest.mark.parametrize(
    ("denied", "options", "permission"),
    [
        ("GET lifecycle", {"lifecycle": []}, "s3:GetLifecycleConfiguration"),
        (
            "PUT lifecycle",
            {"lifecycle": [{"id": "a", "abort_incomplete_multipart_days": 1}]},
            "s3:PutLifecycleConfiguration",
        ),
        ("GET metrics", {"metrics": []}, "s3:GetMetricsConfiguration"),
        ("PUT website", {"website": {"index_document": "i"}}, "s3:DeleteBucketWebsite, s3:PutBucketWebsite"),
    ],
)
def test_a_denial_names_the_permission(
    denied: str, options: dict[str, Any], permission: str, recorder: Recorder
) -> None:
    recorder.denied.add(denied)
    result = run_module("bucket", {"name": "b", **options}, server=recorder.server)
    assert result["failed"] and f"The credentials need {permission};" in result["msg"]


# Public policies


def test_where_public_policies_are_blocked_none_is_written(recorder: Recorder) -> None:
    """Not even for the sake of others' statements: S3 looks at the whole."""
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    lists = {"Sid": "Lists", "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:ListBucket"}
    ours = {"policy": {"Statement": {**lists, "Resource": "arn:aws:s3:::b"}}, "purge_policy": False}
    run(recorder.server, {"policy": {"Statement": everybody}, "public_access": {"block_public_policy": False}})
    run(recorder.server, {"public_access": {"block_public_policy": True}})
    del recorder.requests[:]
    result = run_module("bucket", {"name": "b", **ours}, server=recorder.server)
    assert result["failed"] and "policy.Statement[0]: it is public" in result["msg"]
    assert recorder.writes() == []
    assert run(recorder.server, {**ours, "public_access": {"block_public_policy": False}})["changed"]


# Other buckets


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"logging": {"target_bucket": "far"}}, "logging.target_bucket"),
        (
            {"inventory": [inventory(destination={"bucket": "arn:aws:s3:::far"})]},
            "inventory['all'].destination.bucket",
        ),
        (
            {"analytics": [{"id": "reads", "destination": {"bucket": "arn:aws:s3:::far"}}]},
            "analytics['reads'].destination.bucket",
        ),
    ],
)
def test_what_stays_in_a_region_is_not_sent_to_another(options: dict[str, Any], path: str, recorder: Recorder) -> None:
    """Said before S3 says it, and of a new bucket too. What is not there yet may come in time."""
    recorder.make("far", region="eu-west-1")
    for name in ("b", "new"):
        for check in (True, False):
            result = run_module("bucket", {"name": name, **options}, server=recorder.server, check=check)
            assert result["failed"] and f"{path}: far is in eu-west-1;" in result["msg"], result
    assert recorder.writes() == []
    del recorder.buckets["far"]
    assert run(recorder.server, options)["changed"]


# Object lock


@pytest.mark.parametrize("kind", ["recorder", "moto"])
def test_a_bucket_is_made_with_a_lock(kind: str, recorder: Recorder, servers: Callable[[str], Server]) -> None:
    server = recorder.server if kind == "recorder" else servers("moto")
    check = run(server, LOCK, name="made-with-a-lock", check=True)
    done = run(server, LOCK, name="made-with-a-lock")
    assert check["changed"] and done["changed"]
    assert check["diff"] == done["diff"]
    assert any(text.startswith("object_lock:") for text in check["irreversible"])
    assert server.client("s3").get_bucket_versioning(Bucket="made-with-a-lock")["Status"] == "Enabled"
    assert not run(server, {**LOCK, "versioning": "enabled"}, name="made-with-a-lock")["changed"]
    if kind == "recorder":
        assert recorder.buckets["made-with-a-lock"].created_with["x-amz-bucket-object-lock-enabled"] == "true"


def test_no_bucket_is_made_with_a_lock_and_suspended_versioning(recorder: Recorder) -> None:
    result = run_module("bucket", {"name": "new", **LOCK, "versioning": "suspended"}, server=recorder.server)
    assert result["failed"] and "object_lock.enabled" in result["msg"]
    assert recorder.writes() == []


# What goes with a write and is no configuration


def test_asides_go_with_the_write(recorder: Recorder) -> None:
    run(recorder.server, {"notifications": [UPLOADS], "skip_destination_validation": True})
    run(recorder.server, {"versioning": "enabled", **LOCK, "object_lock_token": "token"})
    kept = recorder.buckets["b"].kept
    assert kept["notification", ""].headers == {"x-amz-skip-destination-validation": "true"}
    assert kept["object-lock", ""].headers == {"x-amz-bucket-object-lock-token": "token"}
    assert not run(recorder.server, {"notifications": [UPLOADS], "skip_destination_validation": False})["changed"]


def test_a_destination_of_another_account_is_warned_of(recorder: Recorder) -> None:
    queue = UPLOADS["queue_arn"].replace("111122223333", "444455556666")
    options = {"notifications": [{**UPLOADS, "queue_arn": queue}], "expected_bucket_owner": "111122223333"}
    assert "444455556666" in "".join(warned(run(recorder.server, options)))
    assert warned(run(recorder.server, options)) == []


# Replication


def test_rules_of_the_older_form_stay_so(recorder: Recorder) -> None:
    recorder.buckets["b"].kept["replication", ""] = Kept(OLD.encode())
    run(recorder.server, {"versioning": "enabled"})
    there = {"replication": {"rules": [OLD_RULE]}}
    assert not run(recorder.server, there)["changed"]
    slower = {**OLD_RULE, "status": "disabled"}
    assert sent(recorder, {"replication": {"rules": [slower]}, "purge_replication": False}) == ["PUT replication"]
    text = recorder.text("b", "replication")
    assert "<Prefix>a/</Prefix>" in text and "<Status>Disabled</Status>" in text
    assert "Filter" not in text and "DeleteMarkerReplication" not in text


def test_rules_of_both_forms_do_not_go_together(recorder: Recorder) -> None:
    recorder.buckets["b"].kept["replication", ""] = Kept(OLD.encode())
    run(recorder.server, {"versioning": "enabled"})
    options = {"name": "b", "replication": {"rules": [LOGS]}, "purge_replication": False}
    result = run_module("bucket", options, server=recorder.server)
    assert result["failed"] and "replication.rules['old'].priority" in result["msg"]
    done = run(recorder.server, {"replication": {"rules": [LOGS, {**OLD_RULE, "priority": 7}]}})
    assert [rule["id"] for rule in done["bucket"]["replication"]["rules"]] == ["logs", "old"]
    assert recorder.text("b", "replication").count("<Filter>") == 2


def test_no_replication_is_refused_for_what_nobody_may_read(recorder: Recorder) -> None:
    recorder.denied.add("GET versioning")
    assert sent(recorder, {"replication": {"role": ROLE, "rules": [ALL]}}) == ["PUT replication"]


def test_no_replication_is_deleted_that_is_not_there(recorder: Recorder) -> None:
    run(recorder.server, {"replication": {}})
    assert recorder.writes() == []


# Metadata tables


def test_tables_are_changed_one_at_a_time(recorder: Recorder) -> None:
    def tables(**said: dict[str, Any]) -> list[str]:
        return sent(recorder, {"metadata_tables": said})

    assert tables(journal={"record_expiration_days": 7}) == ["POST metadataConfiguration"]
    assert KEY not in recorder.text("b", "metadataConfiguration")
    assert tables(inventory={"enabled": True, **SECRET}) == ["PUT metadataInventoryTable"]
    assert recorder.text("b", "metadataConfiguration").count(KEY) == 1
    assert tables(journal={"record_expiration_days": 8, **SECRET}) == ["PUT metadataJournalTable"]
    again = tables(journal={"record_expiration_days": 9}, inventory={"enabled": True, **SECRET})
    assert again == ["PUT metadataJournalTable"]  # the other is as it should be, so far as S3 tells
    assert tables(annotation={"enabled": True, "role": "r"}) == ["PUT metadataAnnotationTable"]
    assert tables(annotation={"enabled": True, "role": "s", **SECRET}) == ["PUT metadataAnnotationTable"]
    assert recorder.text("b", "metadataConfiguration").count(KEY) == 1
    assert tables(inventory={"enabled": False}, annotation={}) == [
        "PUT metadataInventoryTable",
        "PUT metadataAnnotationTable",
    ]
    assert tables() == ["DELETE metadataConfiguration"]
