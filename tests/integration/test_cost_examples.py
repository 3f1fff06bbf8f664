# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The examples that tell what something costs: they run, and change nothing."""

from __future__ import annotations

import json
import pathlib
import subprocess
import uuid
from typing import Any

import yaml
from examples import OURS, Example, examples, mappings, pages, playbook, problems
from plays import Run, clean_environment, program
from server import Server

MODULE = "stowage.s3.cost_info"
FOUND = [one for page in pages() for one in examples(page) if one.of_costs and not one.of_classes]
# Tasks that are not run, by words that only they have, with the reason. Their options are checked all the same.
NOT_RUN = {
    "by: metrics": "asks CloudWatch, which this server has not",
    "refresh: true": "fetches prices from AWS",
}


def staged(example: Example, word: str, server: Server, folder: pathlib.Path) -> list[dict[str, Any]]:
    """Its plays, with buckets and directories of their own; without the tasks that are not run."""
    plays, s3 = playbook(example), server.client("s3")
    for play in plays:
        play["tasks"] = [task for task in play["tasks"] if not reason(task)]
    for options in [each[MODULE] for each in mappings(plays) if MODULE in each]:
        if "bucket" in options:
            options["bucket"] = f"{word}-{options['bucket']}"
            s3.create_bucket(Bucket=options["bucket"])
            s3.put_object(Bucket=options["bucket"], Key="logs/a", Body=b"x" * 200_000, StorageClass="STANDARD_IA")
        if "path" in options:
            options["path"] = str(folder / options["path"].strip("/"))
            pathlib.Path(options["path"]).mkdir(parents=True, exist_ok=True)
            pathlib.Path(options["path"], "a").write_bytes(b"x" * 200_000)
    return plays


def reason(task: dict[str, Any]) -> str:
    """Why a task is not run; empty if it is."""
    text = yaml.safe_dump(task)
    return next((why for words, why in NOT_RUN.items() if words in text), "")


def test_there_are_some() -> None:
    assert {one.page for one in FOUND} >= {"plugins/modules/cost_info.py", "docs/cost.md"}


def test_what_is_not_run_is_there() -> None:
    texts = "".join(one.text for one in FOUND)
    assert [words for words in NOT_RUN if words not in texts] == []


def test_options_are_those_of_the_module() -> None:
    command = [program("ansible-doc"), "--json", MODULE, *OURS]
    output = subprocess.run(command, env=clean_environment(), capture_output=True, check=True).stdout
    documented = {name: found["doc"]["options"] for name, found in json.loads(output).items()}
    for example in FOUND:
        assert problems(example.data, documented) == [], str(example)


def test_examples(s3_server: Server, tmp_path: pathlib.Path) -> None:
    """All in one run, as to start one takes longer than an example does."""
    plays = []
    for number, example in enumerate(FOUND):
        plays += staged(example, uuid.uuid4().hex[:8], s3_server, tmp_path / str(number))
    path = tmp_path / "examples.yml"
    path.write_text(yaml.safe_dump([play for play in plays if play["tasks"]]))
    environment = {**s3_server.env, "XDG_STATE_HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    done = Run(path, **environment)
    assert done.code == 0, done.why
    assert done.stats["localhost"]["changed"] == 0
    assert done.stats["localhost"]["ok"] >= len(FOUND)
