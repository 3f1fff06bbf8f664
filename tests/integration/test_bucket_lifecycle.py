# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Lifecycle rules that the module did not write, what a write carries forward, and what is warned of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from aspects.lifecycle import LOGS, MINIMUM, UPLOADS, VARIES, expiring, moving, rule
from harness import run_module, warned
from recorder import Kept, Recorder, recording

pytestmark = pytest.mark.usefixtures("one_loader")

HEADER = "x-amz-transition-default-minimum-object-size"
OLD = (
    "<LifecycleConfiguration>"
    "<Rule><ID>uploads</ID><Prefix></Prefix><Status>Enabled</Status>"
    "<AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload>"
    "</Rule>"
    "<Rule><ID>logs</ID><Prefix>logs/</Prefix><Status>Enabled</Status>"
    "<Expiration><Days>365</Days><ExpiredObjectDeleteMarker>false</ExpiredObjectDeleteMarker></Expiration>"
    "<Transition><Days>90</Days><StorageClass>GLACIER</StorageClass></Transition>"
    "<Transition><Days>30</Days><StorageClass>STANDARD_IA</StorageClass></Transition></Rule>"
    "</LifecycleConfiguration>"
)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """A recording server with a bucket b."""
    with recording() as recorder:
        recorder.make("b")
        yield recorder


@pytest.fixture
def old(recorder: Recorder) -> Recorder:
    """The same with rules as they were written before there were filters, in an order of their own."""
    recorder.buckets["b"].kept["lifecycle", ""] = Kept(OLD.encode(), {HEADER: VARIES})
    return recorder


def converge(recorder: Recorder, **options: Any) -> dict[str, Any]:
    """A run that has to succeed."""
    result = run_module("bucket", {"name": "b", **options}, server=recorder.server)
    assert not result.get("failed"), result
    return result


def test_a_rule_with_a_prefix_of_its_own_is_the_same_as_one_with_a_filter(old: Recorder) -> None:
    assert not converge(old, lifecycle=[LOGS, UPLOADS])["changed"]
    assert old.writes() == []


def test_rules_are_written_in_one_form_as_s3_takes_no_mixture(old: Recorder) -> None:
    converge(old, lifecycle=[moving((90, "GLACIER"), id="new")], purge_lifecycle=False)
    text = old.text("b", "lifecycle")
    assert text.count("<Rule>") == text.count("<Filter>") == text.count("<Prefix") == 3
    assert "<Filter><Prefix>logs/</Prefix></Filter>" in text
    assert "<Filter><Prefix></Prefix></Filter>" in text or "<Filter><Prefix /></Filter>" in text


def test_no_false_is_sent_beside_days(old: Recorder) -> None:
    converge(old, lifecycle=[{**LOGS, "expiration": {"days": 400, "expired_object_delete_marker": False}}])
    assert "ExpiredObjectDeleteMarker" not in old.text("b", "lifecycle")


def test_the_smallest_size_that_is_moved_is_sent_again_with_every_write(old: Recorder) -> None:
    converge(old, lifecycle=[UPLOADS])
    assert old.buckets["b"].kept["lifecycle", ""].headers[HEADER] == VARIES


def test_rules_go_before_mfa_delete_comes(recorder: Recorder) -> None:
    converge(recorder, versioning="enabled", lifecycle=[LOGS])
    del recorder.requests[:]
    converge(recorder, lifecycle=[], mfa_delete=True, mfa="arn:aws:iam::111122223333:mfa/root 123456")
    assert recorder.writes() == ["DELETE lifecycle", "PUT versioning"]


def test_rules_of_others_are_not_judged(old: Recorder) -> None:
    text = OLD.replace("<Days>30</Days>", "<Days>0</Days>")  # as S3 may have taken it once
    old.buckets["b"].kept["lifecycle", ""] = Kept(text.encode())
    converge(old, lifecycle=[{**UPLOADS, "id": "new"}], purge_lifecycle=False)
    assert "<Days>0</Days>" in old.text("b", "lifecycle")


COSTS = [
    pytest.param(rule(expiration={"days": 30}), {}, ("lifecycle['r'].expiration", "every object"), id="all objects"),
    pytest.param(
        moving((30, "GLACIER"), expiration={"days": 60}),
        {},
        ("lifecycle['r'].expiration", "after 30 days", "90 are billed"),
        id="gone before it is paid off",
    ),
    pytest.param(
        moving((30, "GLACIER"), (60, "DEEP_ARCHIVE")),
        {},
        ("transitions['DEEP_ARCHIVE']", "leave GLACIER after 30 days"),
        id="moved on before it is paid off",
    ),
    pytest.param(
        moving((0, "GLACIER")), {MINIMUM: VARIES}, ("transitions['GLACIER']", "128 KiB", "131072"), id="small objects"
    ),
    pytest.param(
        moving((30, "STANDARD_IA"), size_greater_than=0),
        {},
        ("transitions['STANDARD_IA']", "128 KiB"),
        id="small objects that the rule takes",
    ),
    pytest.param(
        rule(noncurrent_expiration={"days": 30}),
        {},
        ("lifecycle['r']", "Set versioning to enabled"),
        id="versions of a bucket without versioning",
    ),
]


@pytest.mark.parametrize(("one", "more", "says"), COSTS)
def test_costs_and_dangers_are_warned_of_when_they_are_new(
    one: dict[str, Any], more: dict[str, Any], says: tuple[str, ...], recorder: Recorder
) -> None:
    (warning,) = warned(converge(recorder, lifecycle=[one], **more))
    for text in says:
        assert text in warning
    assert warned(converge(recorder, lifecycle=[one], **more)) == []


@pytest.mark.parametrize(
    "one",
    [
        expiring(),
        moving((30, "STANDARD_IA"), (90, "GLACIER"), expiration={"days": 365}),
        moving((0, "INTELLIGENT_TIERING"), size_greater_than=0),
        moving((0, "GLACIER"), size_greater_than=131072),
        rule(status="disabled", expiration={"days": 1}),
        UPLOADS,
    ],
)
def test_nothing_else_is_warned_of(one: dict[str, Any], recorder: Recorder) -> None:
    assert warned(converge(recorder, lifecycle=[one])) == []


def test_nothing_is_said_of_versioning_that_cannot_be_read(recorder: Recorder) -> None:
    recorder.denied.add("GET versioning")
    result = converge(recorder, lifecycle=[rule(noncurrent_expiration={"days": 30})])
    assert result["changed"] and warned(result) == []
    assert "s3:GetBucketVersioning" not in result["permissions"]


def test_denied_is_not_taken_for_none(recorder: Recorder) -> None:
    recorder.denied.add("GET lifecycle")
    result = run_module("bucket", {"name": "b", "lifecycle": [UPLOADS]}, server=recorder.server)
    assert result["failed"] and "AccessDenied" in result["msg"]
    assert recorder.writes() == []
