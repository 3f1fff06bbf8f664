# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What other tools get wrong of buckets, and the test of each that ours does not: here, if it has no other home."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import recorder as recorders
from ansible_collections.stowage.s3.plugins.module_utils._bucket import api, reconcile
from aspects.cors import READ
from aspects.lifecycle import LOGS, UPLOADS, rule
from aspects.policy import READ as STATEMENT
from aspects.policy import policy
from defects import shown
from harness import run_module
from recorder import OWNER, Answer, Kept, Recorder, recording

pytestmark = pytest.mark.usefixtures("one_loader")

S3_BUCKET, S3_BUCKET_INFO = "amazon.aws.s3_bucket", "amazon.aws.s3_bucket_info"
LIFECYCLE, NOTIFICATION, LOGGING, CORS, WEBSITE, METRICS = (
    f"community.aws.s3_{name}"
    for name in ("lifecycle", "bucket_notification", "logging", "cors", "website", "metrics_configuration")
)
ANSIBLE, TERRAFORM = "amazon.aws, community.aws", "Terraform's resources of buckets"
# Each was seen or read: the tool, what it does, and where it is tested that ours does not.
DEFECTS = [
    (S3_BUCKET, "skipped under --check", "test_bucket_aspects.py::test_course"),
    (S3_BUCKET, "no diff", "test_bucket_aspects.py::test_course"),
    (
        S3_BUCKET,
        "one flag of public access turns the other three off",
        "aspects/public_access.py::one at a time, and the others stay",
    ),
    (
        S3_BUCKET,
        "delete_public_access without the permission to read it is a warning, and nothing done",
        "test_bucket_aspects.py::test_a_denied_read_is_not_taken_for_nothing",
    ),
    (S3_BUCKET, "another KMS key turns the bucket key off", "aspects/encryption.py::KMS, another key, none"),
    (S3_BUCKET, "a bucket key of false fails with AES256", "aspects/encryption.py::KMS, another key, none"),
    (
        S3_BUCKET,
        "another KMS key drops the blocked types of encryption",
        "aspects/encryption.py::two layers, and what is blocked",
    ),
    (
        S3_BUCKET,
        "object lock is refused for a bucket that is there",
        "aspects/object_lock.py::on for a bucket that is there, another time, no time",
    ),
    (
        S3_BUCKET,
        "a default retention cannot be removed",
        "aspects/object_lock.py::on for a bucket that is there, another time, no time",
    ),
    (
        S3_BUCKET,
        "reads what nobody asked for, and fails where that is denied or not known",
        "test_bucket.py::test_only_what_the_task_speaks_of_is_read",
    ),
    (
        S3_BUCKET,
        "a bucket that is gone reads as one without configuration",
        "test_bucket_peers.py::test_a_bucket_that_is_gone_is_not_one_without_configuration",
    ),
    (
        S3_BUCKET,
        "a policy fails to apply, as S3 tells it in other words",
        "test_bucket_peers.py::test_a_policy_that_s3_tells_in_other_words_is_the_same",
    ),
    (
        S3_BUCKET,
        "encryption fails to apply, as S3 shows it late",
        "test_bucket.py::test_a_value_that_shows_late_is_waited_for",
    ),
    (
        S3_BUCKET,
        "404 after the bucket was made",
        "test_bucket_peers.py::test_a_new_bucket_that_is_not_known_everywhere_is_waited_for",
    ),
    (S3_BUCKET, "an inventory without optional fields crashes", "aspects/inventory.py::one, two, none"),
    (S3_BUCKET, "an inventory cannot be encrypted", "aspects/inventory.py::part by part"),
    (
        S3_BUCKET,
        "logging drops the partitioned prefix",
        "aspects/logging.py::another bucket, and the rest stays; another format; none",
    ),
    (S3_BUCKET, "an ACL is tried where ownership turns ACLs off", "aspects/acl.py::ACLs are off"),
    (S3_BUCKET, "statements of others are lost", "aspects/policy.py::statements of others stay, in place"),
    (
        S3_BUCKET,
        "force deletes a page after the other",
        "test_bucket_peers.py::test_pages_of_versions_are_deleted_side_by_side",
    ),
    (
        S3_BUCKET_INFO,
        "a denied read is told as no configuration",
        "test_bucket.py::test_info_tells_what_is_denied_unknown_absent_and_there",
    ),
    (
        S3_BUCKET_INFO,
        "one bucket takes the permission to list all",
        "test_bucket_peers.py::test_one_bucket_is_read_without_the_permission_to_list_all",
    ),
    (LIFECYCLE, "no check mode", "test_bucket_aspects.py::test_course"),
    (
        LIFECYCLE,
        "a rule is there twice when its filter changes",
        "aspects/lifecycle.py::rules of another owner stay, and none is there twice",
    ),
    (LIFECYCLE, "one rule a task", "aspects/lifecycle.py::one, two, none"),
    (
        LIFECYCLE,
        "TransitionDefaultMinimumObjectSize is reset on every write",
        "test_bucket_lifecycle.py::test_the_smallest_size_that_is_moved_is_sent_again_with_every_write",
    ),
    (
        LIFECYCLE,
        "a prefix of null writes the rule anew",
        "test_bucket_peers.py::test_an_empty_prefix_is_none",
    ),
    (
        LIFECYCLE,
        "knows no tags, so that a rule for some objects becomes one for all",
        "aspects/lifecycle.py::one condition, another, two of them, none",
    ),
    (LIFECYCLE, "knows no GLACIER_IR", "aspects/lifecycle.py::dates, and delete markers"),
    (
        LIFECYCLE,
        "knows no number of newer versions for transitions",
        "aspects/lifecycle.py::all that a rule can say, and another of each",
    ),
    (
        LIFECYCLE,
        "fails on rules with a prefix of their own",
        "test_bucket_lifecycle.py::test_a_rule_with_a_prefix_of_its_own_is_the_same_as_one_with_a_filter",
    ),
    (
        LIFECYCLE,
        "a loop loses rules, as each task reads before the last write shows",
        "test_bucket_peers.py::test_no_rule_is_lost_in_a_loop",
    ),
    (LIFECYCLE, "what S3 refuses is told as no change", "aspects/lifecycle.py::no action"),
    (NOTIFICATION, "EventBridge is turned off by every write", "aspects/notifications.py::EventBridge stays"),
    (NOTIFICATION, "knows 11 of 31 events", "aspects/notifications.py::kinds of events that are new"),
    (NOTIFICATION, "one configuration a task", "aspects/notifications.py::a function, a queue, a topic, none"),
    (
        LOGGING,
        "the partitioned prefix and grants are dropped",
        "aspects/logging.py::another bucket, and the rest stays; another format; none",
    ),
    (LOGGING, "writes an ACL, which modern buckets refuse", "test_bucket_peers.py::test_logging_touches_no_acl"),
    (
        CORS,
        "a denied read is told as no rules (before 11.2)",
        "test_bucket.py::test_what_may_not_be_read_is_not_taken_for_absent",
    ),
    (CORS, "absent is always changed (before 11.2)", "aspects/cors.py::one, two, none"),
    (
        CORS,
        "another order of rules is not seen",
        "aspects/cors.py::the first rule that fits counts, so the order does",
    ),
    (CORS, "rules of others are lost", "aspects/cors.py::rules of another owner stay"),
    (WEBSITE, "no check mode", "test_bucket_aspects.py::test_course"),
    (WEBSITE, "routing rules are lost on every write", "aspects/website.py::pages, rules, another page, none"),
    (WEBSITE, "an error page cannot be removed", "aspects/website.py::pages, rules, another page, none"),
    (METRICS, "one configuration a task", "aspects/metrics.py::two, one, none"),
    (METRICS, "tags in another order are a change", "test_bucket_peers.py::test_tags_have_no_order"),
    (
        ANSIBLE,
        "the expected owner is never sent",
        "test_bucket_peers.py::test_every_request_says_whose_bucket_is_meant",
    ),
    (ANSIBLE, "no way back", "test_bucket_wire.py::test_what_was_done_before_a_failure_can_be_undone"),
    (ANSIBLE, "no public access of accounts", "test_bucket.py::test_public_access_of_an_account"),
    (ANSIBLE, "no replication", "aspects/replication.py::all that can be said"),
    (ANSIBLE, "no archive tiers", "aspects/intelligent_tiering.py::one, two, one tier more, none"),
    (ANSIBLE, "no storage class analysis", "aspects/analytics.py::one, two, another destination, none"),
    (ANSIBLE, "no metadata tables", "aspects/metadata_tables.py::a table after the other, none"),
    (ANSIBLE, "no attribute-based access control", "aspects/abac.py::off as at first, on, off"),
    (
        TERRAFORM,
        "lifecycle drifts, as the default of the smallest size flips",
        "aspects/lifecycle.py::the smallest size that is moved stays",
    ),
    (
        TERRAFORM,
        "replication drifts where S3 tells it in its older form",
        "test_bucket_wire.py::test_rules_of_the_older_form_stay_so",
    ),
    (
        TERRAFORM,
        "versioning that was suspended by hand is not seen",
        "test_bucket_peers.py::test_what_was_done_by_hand_is_seen",
    ),
    (TERRAFORM, "notifications of other stacks are lost", "aspects/notifications.py::those of other stacks stay"),
    (
        TERRAFORM,
        "moves small objects at a price that nobody was told",
        "test_bucket_lifecycle.py::test_costs_and_dangers_are_warned_of_when_they_are_new",
    ),
    (
        TERRAFORM,
        "one flag of public access turns the other three off",
        "aspects/public_access.py::one at a time, and the others stay",
    ),
    (
        TERRAFORM,
        "a new bucket that does not show at once is tainted, and destroyed by the next run",
        "test_bucket_peers.py::test_a_new_bucket_that_is_not_known_everywhere_is_waited_for",
    ),
    (
        TERRAFORM,
        "to empty a large bucket takes hours",
        "test_bucket_peers.py::test_pages_of_versions_are_deleted_side_by_side",
    ),
]


@pytest.mark.parametrize("place", sorted({place for _tool, _defect, place in DEFECTS}))
def test_each_defect_has_its_test(place: str) -> None:
    assert shown(place)


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """A recording server with a bucket b; as many looks and attempts as otherwise, without the waits between them."""
    monkeypatch.setattr(reconcile, "LOOKS", (0.0,) * len(reconcile.LOOKS))
    monkeypatch.setattr(api, "PAUSES", (0.0,) * len(api.PAUSES))
    with recording() as recorder:
        recorder.make("b")
        yield recorder


def converge(recorder: Recorder, name: str = "b", **options: Any) -> dict[str, Any]:
    """A run that has to succeed."""
    result = run_module("bucket", {"name": name, **options}, server=recorder.server, diff=True)
    assert not result.get("failed"), result
    return result


def no_such_bucket(recorder: Recorder) -> Answer:
    """What S3 says of a bucket that is not there, or that it does not know yet."""
    return recorder.error(404, "NoSuchBucket", "The specified bucket does not exist")


# What S3 does in its own time


def test_a_new_bucket_that_is_not_known_everywhere_is_waited_for(recorder: Recorder) -> None:
    late = Counter({"PUT tagging": 2, "GET tagging": 2})

    def before(asked: str, _query: dict[str, str], _headers: dict[str, str]) -> Answer | None:
        if "new" not in recorder.buckets or not late[asked]:
            return None
        late[asked] -= 1
        return no_such_bucket(recorder)

    recorder.before = before
    assert converge(recorder, "new", tags={"team": "web"})["bucket"]["tags"] == {"team": "web"}
    assert late.total() == 0


def test_a_bucket_that_is_gone_is_not_one_without_configuration(recorder: Recorder) -> None:
    """Somebody deletes it between two requests."""
    recorder.before = lambda asked, query, headers: no_such_bucket(recorder) if asked == "GET tagging" else None
    for options in ({"tags": {}}, {"tags": {"team": "web"}}):
        result = run_module("bucket", {"name": "b", **options}, server=recorder.server)
        assert result["failed"] and "NoSuchBucket" in result["msg"]
    assert recorder.writes() == []
    found = run_module("bucket_info", {"name": "b", "aspects": ["tags", "cors"]}, server=recorder.server)
    assert [each.get("tags") for each in found["buckets"]] == [None]


def test_no_rule_is_lost_in_a_loop(recorder: Recorder) -> None:
    recorder.stale = 3
    for one in (LOGS, UPLOADS):
        converge(recorder, lifecycle=[one], purge_lifecycle=False)
    assert recorder.text("b", "lifecycle").count("<Rule>") == 2


def test_what_was_done_by_hand_is_seen(recorder: Recorder) -> None:
    converge(recorder, versioning="enabled")
    by_hand = b"<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>"
    recorder.buckets["b"].kept["versioning", ""] = Kept(by_hand)
    assert converge(recorder, versioning="enabled")["diff"]["before"] == {"versioning": "suspended"}


# What means the same


def test_a_policy_that_s3_tells_in_other_words_is_the_same(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    told = STATEMENT["Principal"]["AWS"]  # type: ignore[index]
    sent = {**STATEMENT, "Principal": {"AWS": told.split(":")[4]}, "Action": ["s3:GetObject"], "Resource": ["*"]}
    words = {
        f'"{sent["Principal"]["AWS"]}"': f'"{told}"',  # type: ignore[index]
        '["s3:GetObject"]': '"s3:GetObject"',
        '["*"]': '"*"',
    }

    def other_words(body: bytes) -> bytes:
        text = body.decode()
        for mine, its in words.items():
            assert mine in text
            text = text.replace(mine, its)
        return text.encode()

    monkeypatch.setitem(recorders.ANSWERS, "policy", other_words)
    assert converge(recorder, **policy(sent))["changed"]
    assert not converge(recorder, **policy(sent))["changed"]


@pytest.mark.parametrize("prefix", [None, ""])
def test_an_empty_prefix_is_none(recorder: Recorder, prefix: str | None) -> None:
    converge(recorder, lifecycle=[UPLOADS])
    assert not converge(recorder, lifecycle=[{**UPLOADS, "prefix": prefix}])["changed"]


A, B = ("<Tag><Key>a</Key><Value>1</Value></Tag>", "<Tag><Key>b</Key><Value>2</Value></Tag>")
TAGS = {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    ("sub", "text", "options"),
    [
        ("tagging", f"<Tagging><TagSet>{B}{A}</TagSet></Tagging>", {"tags": TAGS}),
        (
            "metrics",
            f"<MetricsConfiguration><Id>m</Id><Filter><And>{B}{A}</And></Filter></MetricsConfiguration>",
            {"metrics": [{"id": "m", "tags": TAGS}]},
        ),
        (
            "lifecycle",
            f"<LifecycleConfiguration><Rule><ID>r</ID><Filter><And>{B}{A}</And></Filter><Status>Enabled</Status>"
            "<Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>",
            {"lifecycle": [rule(tags=TAGS, expiration={"days": 1})]},
        ),
    ],
)
def test_tags_have_no_order(sub: str, text: str, options: dict[str, Any], recorder: Recorder) -> None:
    recorder.buckets["b"].kept[sub, "m" if sub in recorders.KEYED else ""] = Kept(text.encode())
    assert not converge(recorder, **options)["changed"]


# What is asked for, and how


def test_logging_touches_no_acl(recorder: Recorder) -> None:
    recorder.make("logs")
    converge(recorder, logging={"target_bucket": "logs", "key_format": "partitioned_event_time"})
    assert Counter(recorder.requests) == {"HEAD": 2, "GET logging": 2, "PUT logging": 1}


def test_one_bucket_is_read_without_the_permission_to_list_all(recorder: Recorder) -> None:
    recorder.denied = {"GET"}
    found = run_module("bucket_info", {"name": "b", "aspects": ["ownership"]}, server=recorder.server)
    assert [each["ownership"] for each in found["buckets"]] == ["BucketOwnerEnforced"]
    assert run_module("bucket_info", {}, server=recorder.server)["failed"]


def test_every_request_says_whose_bucket_is_meant(recorder: Recorder) -> None:
    unsaid = []

    def before(asked: str, _query: dict[str, str], headers: dict[str, str]) -> Answer | None:
        if headers.get("x-amz-expected-bucket-owner") != OWNER:
            unsaid.append(asked)
        return None

    recorder.before = before
    owner = {"expected_bucket_owner": OWNER}
    configured = {
        "cors": [READ],
        "metrics": [{"id": "all"}],
        "policy": policy({**STATEMENT, "Resource": "*"})["policy"],
    }
    converge(recorder, "new", **owner, **configured)
    run_module("bucket_info", {"name": "new", **owner}, server=recorder.server)
    converge(recorder, "new", **owner, cors=[], metrics=[], policy={})
    converge(recorder, "new", **owner, state="absent", force=True)
    assert unsaid == ["PUT"]  # which creates it: there is no owner yet, nor a place for one in that request


def test_pages_of_versions_are_deleted_side_by_side(recorder: Recorder) -> None:
    """None is answered before both have been asked for."""
    together = threading.Barrier(2)

    def before(asked: str, query: dict[str, str], _headers: dict[str, str]) -> Answer | None:
        if asked == "GET versions":
            more = "key-marker" not in query
            return (
                200,
                {},
                (
                    f"<ListVersionsResult><IsTruncated>{str(more).lower()}</IsTruncated><NextKeyMarker>k</NextKeyMarker>"
                    "<Version><Key>k</Key><VersionId>v</VersionId></Version></ListVersionsResult>"
                ).encode(),
            )
        if asked == "POST delete":
            together.wait(60)
            return 200, {}, b"<DeleteResult></DeleteResult>"
        return None

    recorder.before = before
    assert converge(recorder, state="absent", force=True)["deleted"]["versions"] == 2
    assert recorder.buckets == {}
