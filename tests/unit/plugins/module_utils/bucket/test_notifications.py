# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules of notifications that hold on AWS alone: there an event goes to one destination."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.notifications import EVENTS, NOTIFICATIONS
from ansible_collections.stowage.s3.plugins.module_utils._bucket.plan import Plan, Wanted, decide
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError

QUEUE = "arn:aws:sqs:us-east-1:111122223333:uploads"


def entry(name: str, *events: str, **more: str) -> dict[str, Any]:
    """One of an option's entries."""
    return {"id": name, "queue_arn": QUEUE, "events": list(events), **more}


def planned(*entries: dict[str, Any], aws: bool = True, owner: str = "", before: Any = None) -> Plan:
    """What is to be done."""
    facts = {"bucket": "b", "aws": aws, "created": False, "owner": owner}
    return decide([NOTIFICATIONS], Wanted({"notifications": [*entries]}), {"notifications": before or {}}, **facts)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (entry("a", "s3:ObjectCreated:*"), entry("b", "s3:ObjectCreated:Put")),
        (entry("a", "s3:ObjectCreated:Put"), entry("b", "s3:ObjectRemoved:*", "s3:ObjectCreated:Put")),
        (entry("a", "s3:ObjectCreated:*", prefix="logs/"), entry("b", "s3:ObjectCreated:*", prefix="logs/web/")),
        (entry("a", "s3:ObjectCreated:*", suffix=".gz"), entry("b", "s3:ObjectCreated:*", suffix=".tar.gz")),
        (entry("a", "s3:ObjectCreated:*", prefix="logs/"), entry("b", "s3:ObjectCreated:*", suffix=".gz")),
    ],
)
def test_entries_that_overlap_are_refused(one: dict[str, Any], other: dict[str, Any]) -> None:
    for pair in ((one, other), (other, one)):
        with pytest.raises(StowageError, match=r"notifications\['[ab]'\]: it overlaps with '[ab]'.*Part them"):
            planned(*pair)
        assert len(planned(*pair, aws=False).changes) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (entry("a", "s3:ObjectCreated:Put"), entry("b", "s3:ObjectCreated:Post")),
        (entry("a", "s3:ObjectTagging:*"), entry("b", "s3:ObjectAnnotation:*")),
        (entry("a", "s3:ObjectCreated:*", prefix="a/"), entry("b", "s3:ObjectCreated:*", prefix="b/")),
        (
            entry("a", "s3:ObjectCreated:*", prefix="a/", suffix=".gz"),
            entry("b", "s3:ObjectCreated:*", prefix="a/", suffix=".csv"),
        ),
    ],
)
def test_entries_that_do_not_overlap_are_taken(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert len(planned(one, other).changes) == 1


def test_what_s3_has_taken_is_not_judged() -> None:
    there = planned(entry("a", *EVENTS[:1]), entry("b", *EVENTS[:1]), aws=False).changes[0].new
    assert planned(entry("a", *EVENTS[:1]), entry("b", *EVENTS[:1]), before=there).changes == ()


def test_a_destination_of_another_account_is_told() -> None:
    (warning,) = planned(entry("a", "s3:ObjectCreated:*"), owner="444455556666").warnings
    assert warning.option == "notifications['a'].queue_arn"
    assert "111122223333" in str(warning) and "444455556666" in str(warning)
    assert planned(entry("a", "s3:ObjectCreated:*"), owner="111122223333").warnings == ()
    assert planned(entry("a", "s3:ObjectCreated:*")).warnings == ()


def test_members_of_later_versions_of_s3_are_sent_again() -> None:
    answer = {"StepFunctionConfigurations": [{"Id": "x"}], "ResponseMetadata": {}, "EventBridgeConfiguration": {}}
    document = NOTIFICATIONS.document(answer)
    (change,) = planned(entry("a", "s3:ObjectCreated:*"), before=document).changes
    sent = NOTIFICATIONS.arguments(change.new)["NotificationConfiguration"]
    assert sorted(sent) == ["EventBridgeConfiguration", "QueueConfigurations", "StepFunctionConfigurations"]
