# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every aspect of a bucket: created, modified and removed, each as check, run, check again, run again; and rolled back.

The data are in `tests/aspects/`, a file for each aspect.
"""

from __future__ import annotations

import importlib
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import canonical
from ansible_collections.stowage.s3.plugins.module_utils._bucket.table import ASPECTS
from aspects.case import RECORDER, Course, Refusal, Step
from harness import run_module
from recorder import Recorder, recording
from server import Server

FIELDS = {each.name: each for aspect in ASPECTS for each in aspect.options}
DATA = {aspect.name: importlib.import_module(f"aspects.{aspect.name}") for aspect in ASPECTS}
COURSES = [
    pytest.param(course, server, id=f"{name}: {course.name} ({server})")
    for name, data in DATA.items()
    for course in data.COURSES
    for server in course.servers
]
REFUSALS = [
    pytest.param(refusal, id=f"{name}: {refusal.name}") for name, data in DATA.items() for refusal in data.REFUSALS
]


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """A recording server."""
    with recording() as recorder:
        yield recorder


@pytest.fixture
def place(recorder: Recorder, servers: Callable[[str], Server]) -> Callable[[str], Server]:
    """A server by name."""
    return lambda name: recorder.server if name == RECORDER else servers(name)


def converge(server: Server, name: str, options: dict[str, Any], *, check: bool = False) -> dict[str, Any]:
    """A run that has to succeed."""
    result = run_module("bucket", {"name": name, **options}, server=server, check=check, diff=True)
    assert not result.get("failed"), result
    return result


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """Values of options as they are compared: nothing for what is not configured."""
    found = {name: canonical(FIELDS[name], value) for name, value in values.items() if name in FIELDS}
    return {name: value for name, value in found.items() if value not in ("", [], {}, None, FIELDS[name].absent)}


def take(server: Server, name: str, step: Step) -> None:
    """A step as check, run, check again, run again; then back, and forth once more."""
    expected = step.options if step.after is None else step.after
    check = converge(server, name, step.options, check=True)
    assert check["changed"] == step.changed
    done = converge(server, name, step.options)
    assert (done["changed"], done["diff"]) == (check["changed"], check["diff"])
    assert bool(done["diff"]["after"]) == step.changed
    shown = {option: value for option, value in done["bucket"].items() if option in expected}
    assert plain(shown) == plain(expected)
    for again in (True, False):
        result = converge(server, name, step.options, check=again)
        assert not result["changed"], result["diff"]
        assert result["diff"]["before"] == result["diff"]["after"] == {} == result["rollback"]
    assert bool(done["irreversible"]) == step.final
    if step.changed and not step.final:
        back = converge(server, name, {**done["rollback"], **_mfa(step)})
        assert back["diff"]["before"] == done["diff"]["after"]
        assert back["diff"]["after"] == done["diff"]["before"]
        assert converge(server, name, step.options)["diff"] == done["diff"]


def _mfa(step: Step) -> dict[str, str]:
    return {"mfa": step.options["mfa"]} if "mfa" in step.options else {}


@pytest.mark.parametrize(("course", "server"), COURSES)
def test_course(course: Course, server: str, place: Callable[[str], Server]) -> None:
    there, name = place(server), f"test-{uuid.uuid4().hex}"
    there.client("s3").create_bucket(Bucket=name)
    for step in course.steps:
        take(there, name, step)


@pytest.mark.parametrize("refusal", REFUSALS)
def test_refusal(refusal: Refusal, recorder: Recorder) -> None:
    recorder.make("b")
    if refusal.before:
        converge(recorder.server, "b", refusal.before)
    del recorder.requests[:]
    for check in (True, False):
        result = run_module("bucket", {"name": "b", **refusal.options}, server=recorder.server, check=check)
        assert result.get("failed"), result
        for text in refusal.says:
            assert text in result["msg"]
    assert recorder.writes() == []
