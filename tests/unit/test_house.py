# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The lists that are kept by hand agree with the files."""

from __future__ import annotations

import pathlib

import pytest
import yaml

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


@pytest.mark.parametrize("module", MODULES)
def test_modules_document_their_action_groups(module: str) -> None:
    source = (ROOT / "plugins" / "modules" / f"{module}.py").read_text()
    assert "stowage.s3.attributes" in source


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
