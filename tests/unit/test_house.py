# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The lists that are kept by hand agree with the files."""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
import sys

import pytest
import yaml
from ansible_collections.stowage.s3.plugins.module_utils._version import VERSION

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
RUNTIME = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())
GALAXY = yaml.safe_load((ROOT / "galaxy.yml").read_text())


def test_there_are_modules() -> None:
    assert "sync" in MODULES


@pytest.mark.parametrize("group", ["aws", "s3"])
def test_action_groups_hold_every_module(group: str) -> None:
    members = [entry for entry in RUNTIME["action_groups"][group] if isinstance(entry, str)]
    assert members == MODULES


def test_aws_group_extends_the_groups_of_the_aws_collections() -> None:
    metadata = [entry["metadata"] for entry in RUNTIME["action_groups"]["aws"] if isinstance(entry, dict)]
    assert metadata == [{"extend_group": ["amazon.aws.aws", "community.aws.aws"]}]


INVENTORIES = sorted(path.stem for path in (ROOT / "plugins" / "inventory").glob("*.py"))


@pytest.mark.parametrize("name", INVENTORIES)
def test_inventory_plugins_are_named_after_their_files(name: str) -> None:
    text = (ROOT / "plugins" / "inventory" / f"{name}.py").read_text()
    for words in (f"name: {name}\n", f"choices: [stowage.s3.{name}]", f'NAME = "stowage.s3.{name}"'):
        assert words in text
    assert f'SUFFIX = "stowage_{name}"' in text and f"V(stowage_{name}.yml)" in text and f'GROUP = "{name}"' in text


def test_both_inventory_plugins_are_there() -> None:
    assert INVENTORIES == ["accounts", "buckets"]


def test_playbooks_take_the_same_variables_of_an_account() -> None:
    plays = [play for path in sorted((ROOT / "playbooks").glob("*.yml")) for play in yaml.safe_load(path.read_text())]
    ours = [play for play in plays if play.get("hosts") == "accounts"]
    taken = [play["module_defaults"]["group/stowage.s3.s3"] for play in ours if "module_defaults" in play]
    assert len(taken) >= 5 and all(each == taken[0] for each in taken)
    # The modules of amazon.aws know none of our own options, and no session tags.
    (handed,) = (json.dumps(play) for play in ours if "module_defaults" not in play)
    names = set(re.findall("aws_[a-z_]+", json.dumps(taken[0]))) - {"aws_role_session_tags"}
    assert names <= set(re.findall("aws_[a-z_]+", handed))


def python_files() -> list[pathlib.Path]:
    return sorted(path for folder in ("plugins", "tests") for path in (ROOT / folder).rglob("*.py"))


def test_python_files_begin_with_the_licence() -> None:
    header = (
        "# Copyright: (c) 2026, Stowage contributors\n"
        "# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)\n"
    )
    assert [
        str(path.relative_to(ROOT))
        for path in python_files()
        if path.stat().st_size and not path.read_text().removeprefix("#!/usr/bin/python\n").startswith(header)
    ] == []


def test_module_utils_are_packages() -> None:
    folders = {path.parent for path in (ROOT / "plugins" / "module_utils").rglob("*.py")}
    assert [str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_dependencies_agree() -> None:
    collections = yaml.safe_load((ROOT / "requirements.yml").read_text())["collections"]
    assert {entry["name"]: entry["version"] for entry in collections} == GALAXY["dependencies"]


MOVING = ("cost_info", "storage_class", "sync", "sync_info")


@pytest.mark.parametrize("name", [name for name in MODULES if name not in MOVING])
def test_modules_of_buckets_do_without_what_moves_objects(name: str) -> None:
    """All that a module imports is sent to the host and compiled there, in every run."""
    plugins = "ansible_collections.stowage.s3.plugins"
    script = f"import sys, {plugins}.modules.{name}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = [each.removeprefix(f"{plugins}.module_utils.") for each in done.stdout.split()]
    assert "_bucket.table" in loaded
    assert [each for each in loaded if each.startswith(("_connection", "_s3.", "_sync."))] == ["_s3.values"]


def test_versions_agree() -> None:
    assert GALAXY["version"] == VERSION


def anchors(page: str) -> set[str]:
    """The anchors that a forge makes of a page's headings: lower case, words joined by hyphens, no punctuation."""
    headings = re.findall(r"^#+ +(.+)$", page, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]), ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: pathlib.Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in link or page.name == "CHANGELOG.md":
            continue
        name, _sharp, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text())):
            broken.append(link)
    assert broken == []
