# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Configurations by id: what is written of them, and what only AWS's form shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aspects.intelligent_tiering import ALL
from aspects.inventory import KEY, inventory
from harness import run_module, warned
from recorder import Recorder, recording

pytestmark = pytest.mark.usefixtures("one_loader")

IDS = ("a", "b", "c", "d", "e")
KINDS: dict[str, tuple[str, Callable[[str], dict[str, Any]]]] = {
    "analytics": ("analytics", lambda name: {"id": name}),
    "intelligent_tiering": ("intelligent-tiering", lambda name: {**ALL, "id": name}),
    "inventory": ("inventory", lambda name: inventory(id=name)),
    "metrics": ("metrics", lambda name: {"id": name}),
}
KIND = pytest.mark.parametrize("option", KINDS)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """A recording server with a bucket b, that tells of two configurations at a time."""
    with recording() as recorder:
        recorder.make("b")
        recorder.page = 2
        yield recorder


def converge(recorder: Recorder, **options: Any) -> dict[str, Any]:
    """A run that has to succeed."""
    result = run_module("bucket", {"name": "b", **options}, server=recorder.server)
    assert not result.get("failed"), result
    return result


@KIND
def test_only_what_differs_is_written_and_only_what_is_there_is_deleted(option: str, recorder: Recorder) -> None:
    sub, make = KINDS[option]
    converge(recorder, **{option: [make(name) for name in IDS]})
    del recorder.requests[:]
    wanted = [make(name) for name in ("a", "b", "new")]
    wanted[1] = {**wanted[1], "prefix": "x"}
    converge(recorder, **{option: wanted})
    assert recorder.writes() == [f"PUT {sub}"] * 2 + [f"DELETE {sub}"] * 3
    del recorder.requests[:]
    assert not converge(recorder, **{option: wanted})["changed"]
    assert recorder.writes() == []


@KIND
def test_nothing_is_deleted_where_there_is_nothing(option: str, recorder: Recorder) -> None:
    # Some servers take that for the deletion of the bucket.
    assert not converge(recorder, **{option: []})["changed"]
    assert recorder.writes() == []
    assert "b" in recorder.buckets


@pytest.mark.parametrize(
    ("destination", "text"),
    [
        ({"encryption": "AES256"}, "<Encryption><SSE-S3"),
        (
            {"encryption": "aws:kms", "encryption_key_id": KEY},
            f"<Encryption><SSE-KMS><KeyId>{KEY}</KeyId></SSE-KMS></Encryption>",
        ),
    ],
)
def test_encryption_of_an_inventory_is_said_as_aws_says_it(
    destination: dict[str, Any], text: str, recorder: Recorder
) -> None:
    converge(recorder, inventory=[inventory(destination=destination)])
    assert text in recorder.text("b", "inventory", "all")


@pytest.mark.parametrize(
    ("conditions", "text"),
    [
        ({}, None),
        ({"prefix": "a"}, "<Filter><Prefix>a</Prefix></Filter>"),
        ({"tags": {"k": "v"}}, "<Filter><Tag><Key>k</Key><Value>v</Value></Tag></Filter>"),
        (
            {"prefix": "a", "tags": {"k": "v"}},
            "<Filter><And><Prefix>a</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></And></Filter>",
        ),
        (
            {"tags": {"k": "v", "l": "w"}},
            "<Filter><And><Tag><Key>k</Key><Value>v</Value></Tag>"
            "<Tag><Key>l</Key><Value>w</Value></Tag></And></Filter>",
        ),
    ],
)
def test_conditions_are_nested_as_aws_wants_it(
    conditions: dict[str, Any], text: str | None, recorder: Recorder
) -> None:
    converge(recorder, metrics=[{"id": "m", **conditions}])
    sent = recorder.text("b", "metrics", "m")
    assert text in sent if text else "Filter" not in sent


def test_archive_tiers_are_warned_of_when_they_are_new(recorder: Recorder) -> None:
    (warning,) = warned(converge(recorder, intelligent_tiering=[ALL]))
    assert "intelligent_tiering['all']" in warning and "90 days" in warning and "restored" in warning
    assert warned(converge(recorder, intelligent_tiering=[ALL])) == []
    assert warned(converge(recorder, intelligent_tiering=[{**ALL, "status": "disabled"}])) == []
