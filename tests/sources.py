# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Inventory sources read as Ansible reads them, one after the other in a process of their own; and as a user does.

Ansible's loader of collections cannot be had where modules were imported without it, as in the tests' own process.
`python tests/sources.py` is that process: a line with a request in, a line with what came of it out.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import pathlib
import subprocess
import sys
from typing import Any
from unittest import mock

import yaml
from plays import clean_environment, program


@dataclasses.dataclass(frozen=True)
class Read:
    """What came of a source: hosts with their variables, groups with their hosts, warnings and errors."""

    hosts: dict[str, dict[str, Any]]
    groups: dict[str, list[str]]
    warnings: list[str]
    errors: list[str]


class Reader:
    """The process that reads. Use `with Reader() as reader:`."""

    def __enter__(self) -> Reader:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=clean_environment(),
            text=True,
        )
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.communicate()

    def read(self, path: pathlib.Path, *, flush: bool = False, **environment: str) -> Read:
        """Read a source with these variables in the environment. flush: as with --flush-cache."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(
            json.dumps({"path": str(path), "cache": not flush, "environment": environment}) + "\n"
        )
        self._process.stdin.flush()
        return Read(**json.loads(self._process.stdout.readline()))


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


# In the process that reads


def _read(path: str, cache: bool) -> Read:
    from ansible import context
    from ansible.inventory.manager import InventoryManager
    from ansible.module_utils.common.collections import ImmutableDict
    from ansible.parsing.dataloader import DataLoader
    from ansible.utils.display import Display

    warnings: list[str] = []
    errors: list[str] = []
    context.CLIARGS = ImmutableDict(extra_vars=())
    with (
        mock.patch.object(Display, "warning", lambda _self, text, **_more: warnings.append(str(text))),
        mock.patch.object(
            Display, "error_as_warning", lambda _self, msg, exception, **_more: errors.append(str(exception))
        ),
    ):
        manager = InventoryManager(loader=DataLoader(), sources=[path], cache=cache)
    ours = {
        name: {key: value for key, value in host.vars.items() if key not in ("inventory_file", "inventory_dir")}
        for name, host in manager.hosts.items()
    }
    groups = {
        name: sorted(host.name for host in group.get_hosts())
        for name, group in manager.groups.items()
        if name not in ("all", "ungrouped")
    }
    return Read(ours, groups, warnings, errors)


def main() -> None:
    """Answer until the input ends."""
    import botocore.session
    from ansible.plugins.loader import init_plugin_loader

    # To read botocore's models of services takes most of a reading's time.
    botocore.session.create_loader = functools.cache(botocore.session.create_loader)
    init_plugin_loader()
    before, answers = dict(os.environ), os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what Ansible prints is no answer
    for line in sys.stdin:
        request = json.loads(line)
        os.environ.clear()
        os.environ.update({**before, **request["environment"]})
        found = _read(request["path"], request["cache"])
        answers.write(json.dumps(dataclasses.asdict(found)) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
