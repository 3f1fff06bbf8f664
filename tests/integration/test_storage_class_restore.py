# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Archived objects that are to get another class: planned as what will happen."""

from __future__ import annotations

import types
from collections import Counter
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._classes import execute
from shelf import Shelf
from world import Gateway, Reply, Request, error_reply, failures, verbs

pytestmark = pytest.mark.needs("archived objects")

ONGOING, READY = 'ongoing-request="true"', 'ongoing-request="false", expiry-date="Fri, 21 Dec 2035 00:00:00 GMT"'


@pytest.fixture
def archive(shelf: Shelf) -> Shelf:
    """An object in each archive, and one that is in none."""
    shelf.put({"cold": "ice"}, StorageClass="GLACIER")
    shelf.put({"deep": "snow"}, StorageClass="DEEP_ARCHIVE")
    shelf.put({"warm": "tea"})
    return shelf


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks again at once."""
    monkeypatch.setattr(execute, "FIRST_LOOK", 0.001)
    monkeypatch.setattr(execute, "PART", 0.0)


class Restores:
    """What a gateway lets HEADs tell of restores; how often each key was looked at, and what was asked for."""

    def __init__(self, gateway: Gateway, looks: int = 10**9) -> None:
        """`looks`: after so many looks at a key that was asked for it is ready."""
        self._looks, self.looked, self.asked = looks, Counter[str](), dict[str, bytes]()
        self.ongoing: set[str] = set()
        gateway.before, gateway.after = self._before, self._after

    def _before(self, request: Request) -> Reply | None:
        if "restore" not in request.query:
            return None
        name = request.key.rpartition("/")[2]
        self.asked[name] = request.body
        self.ongoing.add(name)
        return None

    def _after(self, request: Request, reply: Reply) -> None:
        name = request.key.rpartition("/")[2]
        if request.method != "HEAD" or name not in self.ongoing:
            return
        self.looked[name] += 1
        reply.headers["x-amz-restore"] = READY if self.looked[name] >= self._looks else ONGOING


def test_by_default_it_fails(archive: Shelf) -> None:
    result = archive.move(storage_class="STANDARD_IA")
    assert failures(result).keys() == {"cold", "deep"}
    assert "restore" in failures(result)["cold"] and "lifecycle" in failures(result)["cold"]
    assert archive.classes() == {"cold": "GLACIER", "deep": "DEEP_ARCHIVE", "warm": "STANDARD_IA"}
    assert result["states"] == {"restored": 0, "restoring": 0, "archived": 0}


def test_it_is_restored_and_a_later_run_moves_it(archive: Shelf) -> None:
    result = archive.move(storage_class="STANDARD_IA", restore={"tier": "bulk", "days": 2})
    assert verbs(result) == [
        ("restore", "cold", "archived"), ("restore", "deep", "archived"), ("transition", "warm", "rule")
    ]  # fmt: skip
    assert result["summary"]["restore"] == {"count": 2, "bytes": 7}
    assert result["summary"]["requests"]["restore"] == 2 and result["states"]["archived"] == 2
    assert result["diff"]["prepared"].splitlines()[1:6] == [
        "restore 2 keys, 7 B",
        "  ~ cold  (GLACIER, 3 B)",
        "  ~ deep  (DEEP_ARCHIVE, 4 B)",
        "transition 1 key, 3 B",
        "  ~ warm  (STANDARD -> STANDARD_IA, 3 B)",
    ]
    # moto restores at once. A restored object needs no option any more.
    result = archive.move(storage_class="STANDARD_IA")
    assert verbs(result) == [("transition", "cold", "rule"), ("transition", "deep", "rule")]
    assert result["states"] == {"restored": 2, "restoring": 0, "archived": 0}
    assert set(archive.classes().values()) == {"STANDARD_IA"}
    assert archive.objects() == {"cold": "ice", "deep": "snow", "warm": "tea"}
    assert not archive.move(storage_class="STANDARD_IA")["changed"]


def test_what_is_asked_for(archive: Shelf) -> None:
    with archive.gateway() as gateway:
        restores = Restores(gateway)
        archive.once(storage_class="STANDARD_IA", restore={"tier": "bulk", "days": 2})
    assert restores.asked.keys() == {"cold", "deep"}
    assert all(b"<Days>2</Days>" in body and b"<Tier>Bulk</Tier>" in body for body in restores.asked.values())


def test_a_restore_under_way_is_not_asked_for_again(archive: Shelf) -> None:
    with archive.gateway() as gateway:
        restores = Restores(gateway)
        restores.ongoing = {"cold"}
        result = archive.move(storage_class="GLACIER_IR", restore={}, exclude=["deep"])
        assert verbs(result) == [("transition", "warm", "rule")]
        assert result["summary"]["skip"]["count"] == 1 and result["states"]["restoring"] == 1
        assert not result.get("failed") and not restores.asked
        result = archive.move(storage_class="GLACIER_IR", exclude=["deep"])
        assert "under way" in failures(result)["cold"]


def test_it_waits_and_moves_in_the_same_run(archive: Shelf) -> None:
    with archive.gateway() as gateway:
        restores = Restores(gateway, looks=5)
        result = archive.once(storage_class="STANDARD_IA", restore={"wait": True})
    assert not result.get("failed"), result
    assert verbs(result) == [
        ("restore", "cold", "archived"), ("transition", "cold", "restored"),
        ("restore", "deep", "archived"), ("transition", "deep", "restored"),
        ("transition", "warm", "rule"),
    ]  # fmt: skip
    assert min(restores.looked.values()) >= 5 and restores.asked.keys() == {"cold", "deep"}
    assert set(archive.classes().values()) == {"STANDARD_IA"}


def test_it_waits_for_what_others_asked_for(archive: Shelf) -> None:
    with archive.gateway() as gateway:
        restores = Restores(gateway, looks=4)
        restores.ongoing = {"cold", "deep"}
        # moto has to know of it as well.
        for key in ("cold", "deep"):
            place = {"Bucket": archive.bucket, "Key": f"{archive.base}app/{key}"}
            archive.s3.restore_object(**place, RestoreRequest={"Days": 1})
        result = archive.once(storage_class="STANDARD_IA", restore={"wait": True})
    assert verbs(result)[:2] == [("transition", "cold", "restored"), ("transition", "deep", "restored")]
    assert not restores.asked and set(archive.classes().values()) == {"STANDARD_IA"}


def test_it_does_not_wait_for_ever(archive: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, slept = iter(range(0, 10**6, 600)), list[float]()
    times = types.SimpleNamespace(monotonic=lambda: float(next(clock)), sleep=slept.append)
    monkeypatch.setattr(execute, "time", times)
    with archive.gateway() as gateway:
        Restores(gateway)
        result = archive.once(storage_class="STANDARD_IA", restore={"wait": True, "wait_timeout": 6000})
    assert slept and failures(result).keys() == {"cold", "deep"} and "6000 s" in failures(result)["cold"]
    assert archive.classes() == {"cold": "GLACIER", "deep": "DEEP_ARCHIVE", "warm": "STANDARD_IA"}


def test_a_tier_that_a_class_does_not_have_is_a_failure_in_advance(archive: Shelf) -> None:
    result = archive.move(storage_class="STANDARD_IA", restore={"tier": "expedited"})
    assert failures(result).keys() == {"deep"} and "standard, bulk" in failures(result)["deep"]
    assert ("restore", "cold", "archived") in verbs(result)


def test_a_restore_that_is_refused_is_not_waited_for(archive: Shelf) -> None:
    with archive.gateway() as gateway:
        refused = error_reply(503, "GlacierExpeditedRetrievalNotAvailable")
        gateway.before = lambda request: refused if "restore" in request.query and "cold" in request.path else None
        options: dict[str, Any] = {"restore": {"wait": True}, "aws_config": {"retries": {"max_attempts": 0}}}
        result = archive.once(storage_class="STANDARD_IA", **options)
    assert [one["key"] for one in result["failures"]] == ["cold"]
    assert archive.classes() == {"cold": "GLACIER", "deep": "STANDARD_IA", "warm": "STANDARD_IA"}


@pytest.mark.parametrize(("status", "tier"), [("", ""), ("ARCHIVE_ACCESS", "Expedited"), ("DEEP_ARCHIVE_ACCESS", "")])
def test_the_archive_tiers_of_intelligent_tiering(shelf: Shelf, status: str, tier: str) -> None:
    """Its listing does not tell in which tier an object is."""
    shelf.put({"a": "1"}, StorageClass="INTELLIGENT_TIERING")
    with shelf.gateway() as gateway:
        restores = Restores(gateway)
        told, asked = restores._after, restores._before

        def after(request: Request, reply: Reply) -> None:
            told(request, reply)
            if request.method == "HEAD" and status:
                reply.headers["x-amz-archive-status"] = status

        def before(request: Request) -> Reply | None:
            asked(request)
            return Reply(202, {}, b"") if "restore" in request.query else None

        gateway.after, gateway.before = after, before
        result = shelf.move(storage_class="STANDARD_IA", restore={"tier": "expedited"})
    if not status:
        assert verbs(result) == [("transition", "a", "rule")] and not restores.asked
        return
    if not tier:
        assert "expedited" in failures(result)["a"]
        return
    assert verbs(result) == [("restore", "a", "archived")]
    # From these tiers objects come back for good: S3 refuses a number of days.
    assert b"<Days>" not in restores.asked["a"] and f"<Tier>{tier}</Tier>".encode() in restores.asked["a"]


def test_objects_are_put_into_an_archive_without_being_read(archive: Shelf) -> None:
    result = archive.move(rules=[{"match": ["warm"], "storage_class": "DEEP_ARCHIVE"}])
    assert result["summary"]["requests"] == {"list": 1, "head": 2, "copy": 1, "acl": 2, "bucket": 3}
    assert archive.classes() == {"cold": "GLACIER", "deep": "DEEP_ARCHIVE", "warm": "DEEP_ARCHIVE"}
    assert not archive.move(rules=[{"match": ["warm"], "storage_class": "DEEP_ARCHIVE"}])["changed"]
