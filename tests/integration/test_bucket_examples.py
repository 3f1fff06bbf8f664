# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The examples of the documentation that configure buckets: previewed and run, each on a server of its own."""

from __future__ import annotations

import contextlib
import itertools
import json
import pathlib
import re
from typing import Any

import pytest
import yaml
from examples import Example, examples, pages
from plays import Run
from recorder import OWNER, Recorder, recording
from server import Server

# So many are played by one run of ansible-playbook, which takes a second to start; the rest is left to other workers.
TOGETHER = 4
FOUND = [one for page in pages() for one in examples(page) if one.of_buckets and not one.of_inventory]


def plays(example: Example) -> list[dict[str, Any]]:
    """The example as a playbook of its own."""
    if example.kind == "playbook":
        return list(example.data)
    return [{"hosts": "localhost", "gather_facts": False, "tasks": example.data}]


def staged(example: Example, recorder: Recorder, moto: Server) -> list[dict[str, Any]]:
    """Its plays on a server of its own, with the buckets that it names."""
    server, text, recorder.knows_who = recorder.server, json.dumps(plays(example)), True
    if any(name in text for name in ("account_public_access", "audit_info")):
        # They ask who they are, which the recorder does not know; moto's account has a number of its own.
        server, text = moto, text.replace(OWNER, "123456789012")
    for name in set(re.findall(r"example-[a-z-]+(?=[\"/])", text)):
        recorder.make(name)
    return [{**play, "environment": server.env} for play in json.loads(text)]


def test_there_are_some() -> None:
    assert len(FOUND) >= 7


@pytest.mark.parametrize("first", range(0, len(FOUND), TOGETHER), ids=lambda first: str(FOUND[first]))
def test_examples(first: int, tmp_path: pathlib.Path, moto_server: Server) -> None:
    chosen = FOUND[first : first + TOGETHER]
    with contextlib.ExitStack() as stack:
        recorders = [stack.enter_context(recording()) for _example in chosen]
        played = [staged(example, recorder, moto_server) for example, recorder in zip(chosen, recorders, strict=True)]
        path = tmp_path / "examples.yml"
        path.write_text(yaml.safe_dump(list(itertools.chain(*played))))
        before = [kept(recorder) for recorder in recorders]
        play(path, "--check", "--diff")
        assert [kept(recorder) for recorder in recorders] == before
        assert {each for recorder in recorders for each in recorder.writes()} <= {"POST"}  # which asks who asks
        play(path)


def play(path: pathlib.Path, *options: str) -> None:
    """Run a playbook that has to succeed."""
    run = Run(path, *options)
    assert run.code == 0, run.why


def kept(recorder: Recorder) -> list[dict[Any, Any]]:
    """The configurations of a server's buckets."""
    return [dict(bucket.kept) for _name, bucket in sorted(recorder.buckets.items())]
