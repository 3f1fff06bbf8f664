# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What became of findings between two audits."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._audit.changes import Changes, Kind, Reach, compare, shared
from ansible_collections.stowage.s3.plugins.module_utils._audit.control import Severity, Verdict
from hypothesis import given
from hypothesis import strategies as st

ACCOUNT = "AWS::::Account:111122223333"
GOOD = ("pass", "not_applicable")
# What a finding may be, as Change has it.
WORDS = (*GOOD, "fail", "unknown", "suppressed")


def said(
    word: str, bucket: str = "a", control: str = "S3.8", severity: str = "high", resource: str = ""
) -> dict[str, Any]:
    """A finding as `audit_info` returns it; "suppressed" is a failure that is."""
    return {
        "control": control,
        "bucket": bucket,
        "resource": resource or (f"arn:aws:s3:::{bucket}" if bucket else ACCOUNT),
        "severity": severity,
        "title": "It is so",
        "verdict": "fail" if word == "suppressed" else word,
        "suppressed": {"reason": "It may"} if word == "suppressed" else {},
    }


def told(changes: Changes) -> list[tuple[str, str, str, str, str]]:
    """All of them, short."""
    return [
        (each.kind.value, each.finding["control"], each.finding["bucket"], each.before, each.after)
        for each in changes.changes
    ]


@pytest.mark.parametrize("before", WORDS)
@pytest.mark.parametrize("after", WORDS)
def test_what_a_finding_is_now_tells_what_became_of_it(before: str, after: str) -> None:
    kinds = {"fail": "worse", "unknown": "unclear", "suppressed": "suppressed"}
    same = before == after or (before in GOOD and after in GOOD)
    found = told(compare([said(before)], [said(after)]))
    assert found == ([] if same else [(kinds.get(after, "better"), "S3.8", "a", before, after)])


def test_buckets_that_are_new_or_gone_are_named_and_nothing_of_theirs() -> None:
    found = compare([said("fail", "a"), said("fail", "old")], [said("pass", "a"), said("fail", "new")])
    assert (found.new, found.gone) == (("new",), ("old",))
    assert told(found) == [("better", "S3.8", "a", "fail", "pass")]


def point(word: str, name: str = "one", bucket: str = "a") -> dict[str, Any]:
    """A finding on an access point."""
    return said(word, bucket, "S3.19", "critical", f"arn:aws:s3:eu-west-1:111122223333:accesspoint/{name}")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([said("not_applicable", "", "S3.19")], [point("fail")], [("worse", "S3.19", "a", "not_applicable", "fail")]),
        ([said("unknown", "", "S3.19")], [point("pass")], [("better", "S3.19", "a", "unknown", "pass")]),
        ([said("unknown", "", "S3.19")], [point("unknown")], []),
        # A denied look is no deletion.
        ([point("fail")], [said("unknown", "", "S3.19")], [("unclear", "S3.19", "a", "fail", "unknown")]),
        ([point("fail")], [said("not_applicable", "", "S3.19")], [("gone", "S3.19", "a", "fail", "")]),
        ([point("fail"), point("pass", "two")], [point("pass", "two")], [("gone", "S3.19", "a", "fail", "")]),
        ([point("pass"), point("pass", "two")], [point("pass", "two")], []),
        ([point("pass", "two")], [point("pass", "two"), point("fail")], [("worse", "S3.19", "a", "", "fail")]),
        # The point is a new bucket's, and is told all the same.
        ([said("pass")], [said("pass"), said("fail", "b"), point("fail", "b", "b")],
         [("worse", "S3.19", "b", "", "fail")]),
    ],
)  # fmt: skip
def test_what_an_account_has_comes_and_goes(before: list[Any], after: list[Any], expected: list[Any]) -> None:
    assert told(compare(before, after)) == expected


def test_an_account_is_one_whether_its_number_is_known_or_not() -> None:
    numberless = {**said("fail", "", "S3.1"), "resource": "AWS::::Account:"}
    assert told(compare([numberless], [said("fail", "", "S3.1")])) == []


def test_the_most_severe_comes_first() -> None:
    before = [said("pass", name, control, severity) for name, control, severity in (
        ("a", "S3.13", "low"), ("b", "S3.8", "high"), ("a", "S3.8", "high"), ("b", "S3.2", "critical"),
    )]  # fmt: skip
    found = compare(before, [{**each, "verdict": "fail"} for each in before])
    assert [each[1:3] for each in told(found)] == [("S3.2", "b"), ("S3.8", "a"), ("S3.8", "b"), ("S3.13", "a")]


@pytest.mark.parametrize(
    ("one", "other", "left"),
    [
        (("*", ("S3.8", "S3.19")), ("*", ("S3.8", "S3.19")), ["a", "ab", "b"]),
        (("*", ("S3.8",)), ("a*", ("S3.8",)), ["a", "ab"]),
        (("a", ("S3.8",)), ("a*", ("S3.8",)), ["a"]),
        (("*", ("S3.8", "S3.19")), ("a", ("S3.19",)), ["b"]),
        (("*", ("S3.1",)), ("*", ("S3.8",)), []),
    ],
)
def test_only_what_both_audits_asked_is_compared(one: Any, other: Any, left: list[str]) -> None:
    findings = [said("fail", "a"), said("fail", "ab"), point("fail", bucket="b")]
    reaches = [Reach(name, frozenset(controls)) for name, controls in (one, other)]
    assert [each["bucket"] for each in shared(findings, *reaches)] == left


AUDITS = st.lists(
    st.builds(said, st.sampled_from(WORDS), st.sampled_from("abc"), st.sampled_from(["S3.8", "S3.9"])),
    unique_by=lambda each: (each["control"], each["bucket"]),
)


@given(AUDITS, AUDITS)
def test_there_and_back(one: list[Any], other: list[Any]) -> None:
    """An audit is no change to itself; what changes one way changes back, and nobody calls a failure better."""
    assert compare(one, one) == Changes()
    there, back = compare(one, other), compare(other, one)
    assert (there.new, there.gone) == (back.gone, back.new)
    assert {(each.finding["resource"], each.before, each.after) for each in there.changes if each.after} == {
        (each.finding["resource"], each.after, each.before) for each in back.changes if each.before
    } or any(each.kind is Kind.GONE for each in (*there.changes, *back.changes))
    for each in there.of(Kind.BETTER):
        assert each.after in GOOD
    assert [each["after"] for each in there.shown["worse"]] == ["fail"] * len(there.of(Kind.WORSE))


def test_every_verdict_and_severity_is_thought_of() -> None:
    assert {verdict.value for verdict in Verdict} | {"suppressed"} == set(WORDS)
    assert [said("fail", severity=each.value)["severity"] for each in Severity] == ["critical", "high", "medium", "low"]
