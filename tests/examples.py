# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The examples of the documentation: found, put on a stage of their own, and played.

Each example gets directories and buckets that nobody else has. Its places are mapped there, and both sides are filled,
so that there is something to transfer, something that is the same and something to delete.
"""

from __future__ import annotations

import ast
import copy
import dataclasses
import functools
import pathlib
import re
import textwrap
from collections.abc import Iterator
from typing import Any

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

ROOT = pathlib.Path(__file__).parents[1]
OURS = ("stowage.s3.sync", "stowage.s3.sync_info")
CLASSES = "stowage.s3.storage_class"
BUCKETS = (
    "stowage.s3.bucket",
    "stowage.s3.account_public_access",
    "stowage.s3.audit_info",
    "stowage.s3.baseline",
    "stowage.s3.policy_info",
)
COSTS = ("stowage.s3.cost_info", "stowage.s3.s3_cost")
IMPORT = "ansible.builtin.import_playbook"
ROLES = ("ansible.builtin.include_role", "ansible.builtin.import_role")
PLACES = ("source", "destination", "state_dir", "log", "backup_to", "plan_file", "apply_plan")
# What an inventory would say, for a playbook that leaves the jobs to it.
INVENTORY_JOB = {"name": "site", "source": "/srv/site", "destination": "s3://example-site"}

# New to the destination. Every include of an example has to take one of these, or its sync would do nothing.
NEW = (
    ".hidden", "about.html", "assets/app.css", "build/app.js", "draft-1.html", "drafts/plan.md", "notes.md",
    "photo.jpg", "report.pdf", "table.json", "tmp/scratch", "users.csv",
)  # fmt: skip
# At both sides, the first with another content. So many that one deletion stays below 5%.
OLD = tuple(f"pages/{number:02}.html" for number in range(24))
EXTRA = "gone.html"


@dataclasses.dataclass(frozen=True)
class Example:
    """A fenced YAML block, or the EXAMPLES of a module. kind: playbook, tasks, jobs (variables), or fragment."""

    page: str
    line: int
    text: str

    @functools.cached_property
    def data(self) -> Any:
        """The parsed YAML."""
        return yaml.safe_load(self.text)

    @property
    def kind(self) -> str:
        """What Ansible would take it for."""
        if isinstance(self.data, list):
            return "playbook" if all("hosts" in item or IMPORT in item for item in self.data) else "tasks"
        return "jobs" if "sync_jobs" in self.data else "fragment"

    @property
    def of_buckets(self) -> bool:
        """Whether it configures buckets: then it needs no files and objects, but a server that keeps configurations."""
        return any(word in self.text for word in BUCKETS)

    @property
    def of_classes(self) -> bool:
        """Whether it moves objects to other storage classes."""
        return f"{CLASSES}:" in self.text or "storage_class_jobs" in self.text

    @property
    def of_costs(self) -> bool:
        """Whether it tells what something costs."""
        return any(word in self.text for word in COSTS)

    @property
    def of_inventory(self) -> bool:
        """Whether it needs an organization to run: it is an inventory source, or plays on one."""
        return "plugin: stowage.s3." in self.text or self.page == "docs/accounts.md"

    @property
    def of_roles(self) -> bool:
        """Whether it makes roles or their policies."""
        return "amazon.aws.iam_" in self.text or "stowage.s3.iam\n" in self.text

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def pages() -> list[str]:
    """The modules, the inventory plugins, and the pages of documentation, relative to the root."""
    globs = ("plugins/modules/*.py", "plugins/inventory/*.py", "README.md", "docs/*.md", "roles/*/README.md")
    return [path.relative_to(ROOT).as_posix() for glob in globs for path in sorted(ROOT.glob(glob))]


def examples(page: str) -> list[Example]:
    """The examples of a page, in its order."""
    text = (ROOT / page).read_text()
    if page.endswith(".py"):
        for node in ast.parse(text).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "EXAMPLES":
                return [Example(page, node.lineno, ast.literal_eval(node.value))]
        return []
    fences = re.finditer(r"^( *)```ya?ml\b.*\n((?:.*\n)*?)\1```$", text, re.MULTILINE)
    return [Example(page, text.count("\n", 0, fence.start()) + 1, textwrap.dedent(fence[2])) for fence in fences]


def playbook(example: Example) -> list[dict[str, Any]]:
    """The example as a playbook of its own."""
    data = copy.deepcopy(example.data)
    if example.kind == "tasks":
        return [{"name": str(example), "hosts": "localhost", "gather_facts": False, "tasks": data}]
    if example.kind == "jobs":
        return [{IMPORT: "stowage.s3.sync", "vars": data}]
    assert example.kind == "playbook", f"{example} is no playbook, and has no tasks or jobs"
    for item in data:
        if IMPORT in item:
            item.setdefault("vars", {}).setdefault("sync_jobs", [dict(INVENTORY_JOB)])
    return data


def mappings(data: Any) -> Iterator[dict[str, Any]]:
    """Every mapping in it, the outer ones first."""
    if isinstance(data, dict):
        yield data
    for value in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from mappings(value)


def syncs(data: Any) -> list[dict[str, Any]]:
    """The options of every sync in it, and of every comparison: modules' and jobs'."""
    return [options for options in mappings(data) if {"source", "destination"} <= options.keys()]


class Stage:
    """Where one example plays: a directory, and buckets whose names begin with a word of its own."""

    def __init__(self, folder: pathlib.Path, word: str, s3: Any) -> None:
        self.folder, self.word, self.s3 = folder, word, s3
        self.buckets: set[str] = set()

    def build(self, data: Any) -> None:
        """Map the places in it, in place, and fill them."""
        compared = [options[OURS[1]] for options in mappings(data) if OURS[1] in options]
        for options in mappings(data):
            options.update({name: self.place(options[name]) for name in PLACES if isinstance(options.get(name), str)})
        for options in syncs(data):
            source, destination = options["source"], options["destination"]
            if not source.startswith("s3://") and pathlib.Path(source).suffix:
                self.write(source, "", "content\n")  # one file
                continue
            for key in (*NEW, *OLD):
                self.write(source, key, f"content of {key}\n")
            if any(options is one for one in compared):
                for key in (*NEW, *OLD):
                    self.write(destination, key, f"content of {key}\n")
                continue
            for key in OLD:
                self.write(destination, key, f"content of {key}\n" if key != OLD[0] else "older\n")
            self.write(destination, EXTRA, "nobody's\n")

    def place(self, text: str) -> str:
        """Where a place of the documentation is on this stage. Makes its bucket, or the directory that it is in."""
        match = re.fullmatch(r"s3://([a-z0-9.-]+)(.*)", text)
        if match is None:
            path = self.folder / text.lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            return str(path)
        bucket = f"{self.word}-{match[1]}"
        if bucket not in self.buckets:
            self.s3.create_bucket(Bucket=bucket)
            self.buckets.add(bucket)
        return f"s3://{bucket}{match[2]}"

    def write(self, place: str, key: str, content: str) -> None:
        """Put a file or an object at a key below a place; the place itself where the key is empty."""
        if place.startswith("s3://"):
            bucket, _slash, prefix = place.removeprefix("s3://").partition("/")
            name = f"{prefix.rstrip('/')}/{key}".lstrip("/")
            self.s3.put_object(Bucket=bucket, Key=name, Body=content.encode())
            return
        path = pathlib.Path(place, key) if key else pathlib.Path(place)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)

    def clear(self) -> None:
        """Remove the buckets, with what is in them."""
        for bucket in self.buckets:
            self.s3.delete_bucket(Bucket=bucket)


def problems(data: Any, documented: dict[str, Any]) -> list[str]:
    """What the argument specifications refuse in it, of modules, jobs and defaults of groups.

    documented: the options of our modules and of one of amazon.aws, by module, as ansible-doc tells them.
    """
    found: list[str] = []

    def judge(where: str, module: str, options: Any, *, partly: bool = False) -> None:
        # What a template makes of a list or dict shows in a run.
        left = [name for name, value in options.items() if isinstance(value, str) and value.startswith("{{")]
        spec = {name: each for name, each in _spec(documented[module], partly=partly).items() if name not in left}
        told = {name: value for name, value in options.items() if name not in left}
        found.extend(f"{where}: {why}" for why in ArgumentSpecValidator(spec).validate(told).error_messages)

    for each in mappings(data):
        for module in documented:
            if module in each:
                judge(module, module, each[module])
        for job in each.get("sync_jobs", ()):
            judge(f"job {job['name']}", OURS[0], {name: value for name, value in job.items() if name != "name"})
        judge("sync_defaults", OURS[0], each.get("sync_defaults", {}), partly=True)
        for group, options in each.get("module_defaults", {}).items():
            if group not in ("group/stowage.s3.s3", "group/stowage.s3.aws", *OURS):
                found.append(f"module_defaults: {group} is not known here")
            members = documented if group == "group/stowage.s3.aws" else [group] if group in OURS else OURS
            for module in members:
                judge(f"{group} for {module}", module, options, partly=True)
    return found


def _spec(options: dict[str, Any], *, partly: bool = False) -> dict[str, Any]:
    """An argument specification from documented options; `partly` asks for nothing that is required."""
    spec = {}
    for name, option in options.items():
        spec[name] = {key: option[key] for key in ("type", "elements", "choices", "aliases") if option.get(key)}
        spec[name]["required"] = bool(option.get("required")) and not partly
        if option.get("suboptions"):
            spec[name]["options"] = _spec(option["suboptions"])
    return spec
