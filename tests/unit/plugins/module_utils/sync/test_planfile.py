# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The format of saved plans: what goes in comes out, whatever its name; what is damaged is refused."""

from __future__ import annotations

import contextlib
import pathlib
import tracemalloc
from typing import Any

import pytest
import yaml
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.client import Bucket
from ansible_collections.stowage.s3.plugins.module_utils._s3.exchange import Service
from ansible_collections.stowage.s3.plugins.module_utils._s3.pool import Pool
from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Endpoint, Keys
from ansible_collections.stowage.s3.plugins.module_utils._sync import planfile
from ansible_collections.stowage.s3.plugins.module_utils._sync.attributes import Attributes
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import (
    STAMP_SIZE,
    Action,
    Direction,
    Entry,
    Problem,
    Row,
    Verb,
)
from ansible_collections.stowage.s3.plugins.module_utils._sync.filters import Filters
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import Job, Side
from ansible_collections.stowage.s3.plugins.module_utils._sync.plan import Plan
from ansible_collections.stowage.s3.plugins.module_utils._sync.run import COMMON_SPEC, SYNC_SPEC
from ansible_collections.stowage.s3.plugins.module_utils._sync.spool import Spool
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = pathlib.Path(__file__).resolve().parents[5]
NOW = 1_800_000_000.0
MADE_FOR = planfile.Terms(["local", "/tree"], ["aws:aws", "b", "p/"], "0" * 64)
# Options that a plan does not depend on: where and how fast, what is asked anew, and what the sides' identities hold.
FREE = {
    "source", "destination", "expected_bucket_owner", "source_expected_bucket_owner", "requester_pays", "concurrency",
    "ordered_listing", "max_actions", "max_delete", "allow_empty_source", "on_conflict", "fsync", "multipart_threshold",
    "max_bandwidth", "max_requests_per_second", "log", "state_dir", "plan_file", "apply_plan", "prices",
    "horizon_months",
}  # fmt: skip


@pytest.fixture(scope="session")
def up() -> Job:
    """Towards a bucket to which nothing is sent."""
    service = Service(
        Pool(), lambda: Keys("", ""), lambda _bucket, region: Endpoint(False, "", 1, "", "", region), "us-east-1"
    )
    return Job(
        Direction.UP, Side("here", path="/tree"), Side("s3://b/p", Bucket(service, "b"), "p/"), Filters(), Attributes(),
        "content", True, "100%", True, "follow", "fail", "", 1, 8 << 20, False, applying=True,
    )  # fmt: skip


# Any text at all, lone surrogates too, as far as it can be a path below a directory.
KEYS = st.text(st.characters(), min_size=1).filter(
    lambda key: not {"", ".", ".."} & set(key.split("/")) and "\0" not in key and not key.startswith(".stowage-")
)
COUNTS = st.integers(0, 1 << 60)
TIMES = st.floats(-1e12, 1e12)
STAMPS = st.binary(min_size=STAMP_SIZE, max_size=STAMP_SIZE)


@st.composite
def actions(draw: st.DrawFn) -> Action:
    key, size, etag = draw(KEYS), draw(COUNTS), draw(st.text(min_size=1))
    target = Entry(
        key, draw(COUNTS), draw(TIMES), etag, draw(st.text()), b"", "", draw(st.sampled_from([None, True, False]))
    )
    verb = draw(st.sampled_from([Verb.UPLOAD, Verb.UPDATE, Verb.DELETE]))
    if verb is Verb.DELETE:
        return Action(verb, key, size, "extra", None, target)
    source = Entry(key, draw(COUNTS), draw(TIMES), stamp=draw(STAMPS))
    if verb is Verb.UPLOAD:
        return Action(verb, key, size, draw(st.text()), source, draw(st.sampled_from([None, target])))
    digest = st.binary(max_size=32)
    row = Row(key, draw(STAMPS), draw(digest), draw(digest), etag, draw(st.booleans()), draw(st.booleans()))
    return Action(verb, key, size, "attributes", source, target, draw(st.sampled_from([None, row])))


def a_plan(found: list[Action]) -> Plan:
    plan = Plan(source_entries=7, target_entries=9, unproven=1, withheld=2)
    plan.requests.update(list=2, put=3)
    plan.ignored.update(link=1)
    plan.marked.update({"d", "d/\udcff"})
    plan.problem(Problem("bad\udce9", "upload", "It cannot be read."))
    plan.count(Action(Verb.SKIP, "same", 5, "same"))
    for action in found:
        plan.count(action)
        (plan.deletions if action.verb is Verb.DELETE else plan.transfers).append(action)
    return plan


def contents(plan: Plan) -> dict[str, Any]:
    found = {
        name: value for name, value in vars(plan).items() if name not in ("remember", "forget", "stale", "refusal")
    }
    return {
        name: list(value) if name in ("transfers", "replacing", "deletions") else value for name, value in found.items()
    }


@given(found=st.lists(actions(), max_size=5))
@settings(max_examples=200, deadline=None)
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, up: Job, found: list[Action]) -> None:
    path = str(tmp_path_factory.mktemp("plan") / "plan")
    plan = a_plan(found)
    planfile.write(path, up, plan, MADE_FOR, NOW)
    assert contents(planfile.read(path, up, MADE_FOR, NOW).plan) == contents(plan)


def saved(up: Job, tmp_path: pathlib.Path) -> pathlib.Path:
    """A plan that is small, so that each of its bytes can be harmed."""
    path = tmp_path / "plan"
    listed = Entry("k", 1, 2.5, "e", "STANDARD")
    upload = Action(Verb.UPLOAD, "k", 1, "content", Entry("k", 1, 1.0, stamp=b"s" * STAMP_SIZE), listed)
    delete = Action(Verb.DELETE, "x", 1, "extra", None, listed._replace(key="x"))
    planfile.write(str(path), up, a_plan([upload, delete]), MADE_FOR, NOW)
    return path


def read(path: pathlib.Path, up: Job) -> Plan:
    return planfile.read(str(path), up, MADE_FOR, NOW).plan


def test_any_harmed_byte_is_noticed(up: Job, tmp_path: pathlib.Path) -> None:
    path = saved(up, tmp_path)
    whole = path.read_bytes()
    for at in range(len(whole)):
        for other in {whole[at] ^ (1 << at % 8), ord("\n")} - {whole[at]}:
            path.write_bytes(whole[:at] + bytes([other]) + whole[at + 1 :])
            with pytest.raises(StowageError, match="is damaged or no plan"):
                read(path, up)
    path.write_bytes(whole)
    assert len(read(path, up)) == 2


def test_any_cut_or_addition_is_noticed(up: Job, tmp_path: pathlib.Path) -> None:
    path = saved(up, tmp_path)
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    harmed = [whole[:at] for at in range(len(whole))] + [whole[at:] for at in range(1, len(whole))]
    harmed += [whole + b"\n", whole + whole, whole + lines[-1], whole.replace(b"\n", b"\r\n")]
    harmed += [b"".join(lines[:at] + lines[at + 1 :]) for at in range(len(lines))]
    harmed += [b"".join([*lines[:at], lines[at], *lines[at:]]) for at in range(len(lines))]
    for data in harmed:
        path.write_bytes(data)
        with pytest.raises(StowageError, match="is damaged or no plan"):
            read(path, up)


def test_memory_stays_flat(up: Job, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Tracing takes its time: smaller spools need fewer actions to show it.
    monkeypatch.setattr(Spool.__init__, "__defaults__", (500,))

    def peak(count: int) -> int:
        path = tmp_path / f"{count}"
        with contextlib.closing(Plan(source_entries=1, target_entries=count)) as plan:
            for number in range(count):
                listed = Entry(f"{number:09}", 1, 2.5, "e" * 32, "STANDARD")
                action = Action(Verb.DELETE, listed.key, 1, "extra", None, listed)
                plan.count(action)
                plan.deletions.append(action)
            tracemalloc.start()
            planfile.write(str(path), up, plan, MADE_FOR, NOW)
            written = tracemalloc.get_traced_memory()[1]
            tracemalloc.reset_peak()
            with contextlib.closing(read(path, up)) as again:
                most = max(written, tracemalloc.get_traced_memory()[1])
                tracemalloc.stop()
                assert len(again) == count
        return most

    assert peak(10_000) < 2 * peak(2_000)


def test_a_plan_is_written_whole_or_not_at_all(up: Job, tmp_path: pathlib.Path) -> None:
    path = saved(up, tmp_path)
    before = path.read_bytes()
    upload = Action(Verb.UPLOAD, "k", 1, "new", Entry("k", 1, 1.0, stamp=b"s" * STAMP_SIZE))
    odd = Action(Verb.UPLOAD, "l", 1, "new", Entry("l", 1, 1.0))
    with pytest.raises(StowageError, match="cannot be saved: the state of '/tree/l' was not noted"):
        planfile.write(str(path), up, a_plan([upload, odd]), MADE_FOR, NOW)
    assert path.read_bytes() == before and [one.name for one in tmp_path.iterdir()] == ["plan"]


def test_every_option_is_known_to_decide_or_not() -> None:
    options = {*COMMON_SPEC, *SYNC_SPEC}
    assert set(planfile.DECIDING) | FREE == options and not set(planfile.DECIDING) & FREE


def test_the_collections_version_is_the_present_one() -> None:
    assert yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"] == planfile.COLLECTION
