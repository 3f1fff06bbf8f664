# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Inventory sources read in this process, as Ansible reads them; and as a user does, by ansible-inventory."""

from __future__ import annotations

import json
import pathlib
import subprocess
from typing import Any
from unittest import mock

import yaml
from ansible import context
from ansible.inventory.manager import InventoryManager
from ansible.module_utils.common.collections import ImmutableDict
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.utils.display import Display
from plays import clean_environment, program

init_plugin_loader()


class Read:
    """What came of a source: `hosts` with their variables, `groups` with their hosts, warnings and errors."""

    def __init__(self, path: pathlib.Path, *, cache: bool = True) -> None:
        self.warnings: list[str] = []
        self.errors: list[str] = []
        context.CLIARGS = ImmutableDict(extra_vars=(), flush_cache=not cache)
        with (
            mock.patch.object(Display, "warning", lambda _self, text, **_more: self.warnings.append(str(text))),
            mock.patch.object(Display, "error_as_warning", self._failed),
        ):
            manager = InventoryManager(loader=DataLoader(), sources=[str(path)], cache=cache)
        # The group's own and ours are looked at elsewhere.
        self.hosts = {name: self._variables(host.vars) for name, host in manager.hosts.items()}
        self.groups = {
            name: sorted(host.name for host in group.get_hosts())
            for name, group in manager.groups.items()
            if name not in ("all", "ungrouped")
        }

    def _failed(self, msg: str | None, exception: BaseException, **_more: Any) -> None:
        self.errors.append(f"{msg} {exception}")

    @staticmethod
    def _variables(found: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in found.items() if name not in ("inventory_file", "inventory_dir")}


def write_source(folder: pathlib.Path, plugin: str, options: dict[str, Any]) -> pathlib.Path:
    """An inventory file of one of our plugins."""
    path = folder / f"stowage_{plugin}.yml"
    path.write_text(yaml.safe_dump({"plugin": f"stowage.s3.{plugin}", **options}))
    return path


def listed(path: pathlib.Path, **environment: str) -> dict[str, Any]:
    """What `ansible-inventory --list` says of a source that has to be read without fault."""
    done = subprocess.run(
        [program("ansible-inventory"), "-i", str(path), "--list"],
        env={**clean_environment(), "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and not done.stderr, done.stderr
    return dict(json.loads(done.stdout))
