# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The examples of the documentation that configure buckets: previewed and run, each on a server of its own."""

from __future__ import annotations

import json
import pathlib
import re
import sys
from typing import Any

import pytest
import yaml
from examples import Example, examples, pages
from plays import Run
from recorder import OWNER, recording
from server import Server

FOUND = [one for page in pages() for one in examples(page) if one.of_buckets and not one.of_inventory]


def plays(example: Example) -> list[dict[str, Any]]:
    """The example as a playbook of its own."""
    if example.kind == "playbook":
        return list(example.data)
    return [{"hosts": "localhost", "gather_facts": False, "tasks": example.data}]


def play(path: pathlib.Path, server: Server, *options: str) -> None:
    """Run a playbook that has to succeed."""
    run = Run(path, *options, **server.env, ANSIBLE_PYTHON_INTERPRETER=sys.executable)
    assert run.code == 0, run.why


def test_there_are_some() -> None:
    assert len(FOUND) >= 7


@pytest.mark.parametrize("example", FOUND, ids=str)
def test_example(example: Example, tmp_path: pathlib.Path, moto_server: Server) -> None:
    text = json.dumps(plays(example))
    with recording() as recorder:
        server, recorder.knows_who = recorder.server, True
        if any(name in text for name in ("account_public_access", "audit_info")):
            # They ask who they are, which the recorder does not know; moto's account has a number of its own.
            server, text = moto_server, text.replace(OWNER, "123456789012")
        for name in set(re.findall(r"example-[a-z-]+(?=[\"/])", text)):
            recorder.make(name)
        path = tmp_path / "example.yml"
        path.write_text(yaml.safe_dump(json.loads(text)))
        before = {name: dict(bucket.kept) for name, bucket in recorder.buckets.items()}
        play(path, server, "--check", "--diff")
        assert {name: bucket.kept for name, bucket in recorder.buckets.items()} == before
        assert set(recorder.writes()) <= {"POST"}  # which asks who asks
        play(path, server)
