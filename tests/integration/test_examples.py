# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The examples of the documentation do what a reader expects: preview and run agree, and a second run does nothing."""

from __future__ import annotations

import json
import pathlib
import subprocess
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from examples import IMPORT, ROLES, ROOT, Example, Stage, examples, mappings, pages, playbook, problems, syncs
from harness import decided
from plays import clean_environment, program
from server import Server
from warm import interpreter

# Examples that are not run, by their page and words that only they have, with the reason. Their syntax and options are
# checked all the same.
NOT_RUN = {
    ("docs/contributing.md", "minor_changes:"): "is a changelog fragment",
    ("docs/cost.md", "source: our contract"): "is an option of several modules",
    ("docs/cost.md", "price_list:"): "is an option of the task above it",
    ("docs/setup.md", "profile: staging"): "logs in to AWS through SSO",
    ("docs/setup.md", "# inventories/prod/host_vars/media.yml"): "is one variable, and does nothing",
    ("docs/setup.md", "assume_role_external_id:"): "assumes a role in an AWS account",
    ("docs/usage.md", "assume_role_arn: arn:"): "assumes a role in an AWS account",
    ("docs/usage.md", "plan_file:"): "executes its plan once, and refuses to a second time",
}

EVERY = {page: examples(page) for page in pages()}
ALL = {
    page: [
        one
        for one in found
        if not (one.of_buckets or one.of_classes or one.of_costs or one.of_inventory or one.of_roles)
    ]
    for page, found in EVERY.items()
}


def reason(example: Example) -> str:
    """Why an example is not run; empty if it is."""
    return next((why for (page, words), why in NOT_RUN.items() if page == example.page and words in example.text), "")


# So many are played by one run of ansible-playbook, which takes a second to start; the rest is left to other workers.
TOGETHER = 4
PLAYED = [one for found in ALL.values() for one in found if not reason(one)]


@pytest.fixture(scope="module")
def documented() -> dict[str, Any]:
    """The options of our modules and of one of amazon.aws, as their documentation has them."""
    modules = ["stowage.s3.sync", "stowage.s3.sync_info", "amazon.aws.s3_bucket"]
    output = ansible("ansible-doc", "--json", *modules).stdout
    return {name: found["doc"]["options"] for name, found in json.loads(output).items()}


def ansible(name: str, *arguments: str | pathlib.Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program of Ansible's, without the settings of whoever runs the test."""
    return subprocess.run(
        [program(name), *arguments],
        env={**clean_environment(), "ANSIBLE_PIPELINING": "true", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def write(folder: pathlib.Path, plays: list[list[dict[str, Any]]]) -> None:
    """Write each playbook, and two that import them all: `once.yml` and `twice.yml`."""
    for number, play in enumerate(plays):
        (folder / f"example-{number}.yml").write_text(yaml.safe_dump(play))
    once = yaml.safe_dump([{IMPORT: f"example-{number}.yml"} for number in range(len(plays))])
    (folder / "once.yml").write_text(once)
    (folder / "twice.yml").write_text(once + once)
    here = {"ansible_connection": "local", "ansible_python_interpreter": interpreter()}
    (folder / "inventory.yml").write_text(yaml.safe_dump({"accounts": {"hosts": {"localhost": here}}}))


def played(path: pathlib.Path, *options: str, **environment: str) -> list[dict[str, Any]]:
    """The results of all tasks in their order, those of loops one by one; fails with the messages of failed tasks."""
    settings = {**environment, "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json"}
    done = ansible("ansible-playbook", "-i", path.with_name("inventory.yml"), *options, path, **settings)
    assert done.stdout.startswith("{"), done.stdout + done.stderr
    results = []
    for play in json.loads(done.stdout)["plays"]:
        for task in play["tasks"]:
            for result in task["hosts"].values():
                items = result.get("results", [result])
                results += [{"task": f"{play['play']['name']}: {task['task']['name']}", **item} for item in items]
    failed = [f"{one['task']}: {one.get('msg')}" for one in results if one.get("failed")]
    assert done.returncode == 0, "\n".join(failed) or done.stdout + done.stderr
    return results


@pytest.fixture
def stages(s3_server: Server, tmp_path: pathlib.Path) -> Iterator[list[Stage]]:
    """A stage for each example of a group."""
    s3 = s3_server.client()
    made = [Stage(tmp_path / f"stage-{number}", uuid.uuid4().hex[:8], s3) for number in range(TOGETHER)]
    yield made
    for stage in made:
        stage.clear()


@pytest.mark.parametrize("first", range(0, len(PLAYED), TOGETHER), ids=lambda first: str(PLAYED[first]))
def test_examples_do_what_their_preview_says_and_nothing_twice(first, s3_server, stages, tmp_path):
    plays = [playbook(example) for example in PLAYED[first : first + TOGETHER]]
    for stage, play in zip(stages, plays, strict=False):
        stage.build(play)
    write(tmp_path, plays)
    environment = {**s3_server.env, "XDG_STATE_HOME": str(tmp_path / "state")}

    preview = played(tmp_path / "once.yml", "--check", "--diff", **environment)
    both = played(tmp_path / "twice.yml", **environment)
    run, again = both[: len(both) // 2], both[len(both) // 2 :]
    done = [one for one in run if "summary" in one]
    assert len(done) == sum(len(syncs(play)) for play in plays), "an example was left out"
    for foretold, result in zip([one for one in preview if "summary" in one], done, strict=True):
        if "in_sync" in result:
            continue
        assert result["changed"], f"{result['task']} found nothing to do"
        assert decided(foretold) == decided(result), result["task"]
    assert [one["task"] for one in again if one["changed"]] == [], "a second run changes something"


def test_every_module_has_examples():
    assert [page for page, found in EVERY.items() if not found and page.startswith("plugins/modules/")] == []


@pytest.mark.parametrize("page", [page for page, found in ALL.items() if found])
def test_modules_and_roles_take_the_options_of_examples(page, documented):
    for example in ALL[page]:
        assert problems(example.data, documented) == [], str(example)
        roles = [each[role]["name"] for each in mappings(example.data) for role in ROLES if role in each]
        assert set(roles) <= {"stowage.s3.sync"}, str(example)


def test_what_is_not_run_is_known_and_valid(tmp_path):
    for page, words in NOT_RUN:
        assert len([one for one in ALL.get(page, ()) if words in one.text]) == 1, f"{page}: {words}"
    left = [one for found in ALL.values() for one in found if reason(one) and one.kind != "fragment"]
    write(tmp_path, [playbook(one) for one in left])
    done = ansible("ansible-playbook", "--syntax-check", "-i", tmp_path / "inventory.yml", tmp_path / "once.yml")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- stowage.s3.sync: {source: /srv, destination: 's3://example-a', exlude: ['*.tmp']}", "exlude"),
        ("- stowage.s3.sync_info: {source: /srv, destination: 's3://example-a', delete: true}", "delete"),
        ("sync_jobs: [{name: a, source: /srv, destination: 's3://example-a', compare: magic}]", "magic"),
        ("sync_jobs: []\nsync_defaults: {rules: [{cache_control: no-cache}]}", "match"),
        ("module_defaults: {group/stowage.s3.aws: {expected_account: '111122223333'}}", "expected_account"),
        ("module_defaults: {group/stowage.s4: {}}", "group/stowage.s4"),
    ],
)
def test_wrong_options_are_seen_where_nothing_is_run(documented, text, words):
    found = problems(yaml.safe_load(text), documented)
    assert len(found) >= 1
    assert all(words in one for one in found), found


def test_the_collection_is_the_one_beside_the_examples(documented):
    done = ansible("ansible-doc", "--json", "stowage.s3.sync")
    assert pathlib.Path(json.loads(done.stdout)["stowage.s3.sync"]["doc"]["filename"]).resolve().is_relative_to(ROOT)
