# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Playbooks run by tests, as a user runs them."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from typing import Any

import yaml
from warm import interpreter

# With pipelining a task takes one process here and not four.
SETTINGS = {"ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json", "ANSIBLE_PIPELINING": "true"}


def program(name: str) -> str:
    """A program of this environment."""
    return str(pathlib.Path(sys.executable).with_name(name))


def clean_environment() -> dict[str, str]:
    """The environment without what would lead elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ANSIBLE_"))}


class Run:
    """A run of ansible-playbook: its exit code, its messages of failure, and what the roles registered, by host."""

    RESULTS = frozenset(
        {"sync_results", "buckets_results", "baseline_result", "iam_results", "storage_class_results", "cost_results"}
    )

    def __init__(self, *arguments: str | pathlib.Path, **environment: str) -> None:
        done = subprocess.run(
            [program("ansible-playbook"), *map(str, arguments), "-e", f"ansible_python_interpreter={interpreter()}"],
            env={**clean_environment(), **SETTINGS, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        self.code, self.output = done.returncode, done.stdout + done.stderr
        self.results: dict[str, dict[str, Any]] = {}  # of the last role that ran
        self.stats: dict[str, dict[str, int]] = {}
        self.messages: list[str] = []
        self.items: dict[str, list[dict[str, Any]]] = {}  # the results of loops, by host
        if environment.get("ANSIBLE_STDOUT_CALLBACK"):
            return
        told = json.loads(done.stdout)
        self.stats = told["stats"]
        for play in told["plays"]:
            for task in play["tasks"]:
                for host, result in task["hosts"].items():
                    self.items.setdefault(host, []).extend(result.get("results", ()))
                    if result.get("failed"):
                        self.messages.append(result.get("msg", ""))
                    facts = result.get("ansible_facts", {})
                    for name in self.RESULTS & facts.keys():
                        self.results[host] = facts[name]

    @property
    def why(self) -> str:
        """What went wrong."""
        return "\n".join(self.messages) or self.output[-3000:]

    def given(self, host: str = "localhost") -> dict[str, dict[str, Any]]:
        """What the module was given, by job."""
        return {name: result["given"] for name, result in self.results[host].items()}


def documented(module: str) -> dict[str, Any]:
    """The options of a module, as its documentation has them."""
    output = subprocess.run(
        [program("ansible-doc"), "--json", f"stowage.s3.{module}"],
        env=clean_environment(),
        capture_output=True,
        check=True,
    ).stdout
    found: dict[str, Any] = json.loads(output)[f"stowage.s3.{module}"]["doc"]["options"]
    return found


def specification(option: dict[str, Any], inner: str) -> dict[str, Any]:
    """What an option takes, where the options within it stand under this word."""
    told = {key: option[key] for key in ("type", "elements", "choices", "required") if option.get(key)}
    if option.get(inner):
        told["options"] = {name: specification(each, inner) for name, each in option[inner].items()}
    return told


def prove_options(role: str, module: dict[str, Any], own: set[str]) -> None:
    """The jobs of a role take each option as the module does, and its defaults all but the job's own."""
    path = pathlib.Path(__file__).parents[1] / "roles" / role / "meta/argument_specs.yml"
    specs = yaml.safe_load(path.read_text())["argument_specs"]["main"]["options"]
    jobs = dict(specs[f"{role}_jobs"]["options"])
    assert jobs.pop("name")["required"]
    wanted = {name: specification(option, "suboptions") for name, option in module.items()}
    taken = {name: specification(option, "options") for name, option in jobs.items()}
    others = [name for name in taken.keys() | wanted.keys() if taken.get(name) != wanted.get(name)]
    assert not others, f"roles/{role} takes these otherwise than the module, or not at all: {others}"
    assert specs[f"{role}_defaults"]["options"].keys() | own == wanted.keys()
    assert {name for name, option in jobs.items() if option.get("no_log")} == {"secret_key", "session_token"}


def write_play(folder: pathlib.Path, *tasks: dict[str, Any], **play: Any) -> pathlib.Path:
    """A playbook of one play."""
    path = folder / "play.yml"
    path.write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": list(tasks), **play}]))
    return path
