# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Modules in this process: fast enough for thousands of runs, and whole but for the transport of their files."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import sys
from typing import Any
from unittest import mock

from ansible.module_utils.common import warnings
from ansible.module_utils.testing import patch_module_args
from server import Server

INTERNAL = ("run_id", "stats", "record", "invocation", "warnings", "deprecations")


def run_module(
    name: str, options: dict[str, Any], *, server: Server | None = None, check: bool = False, diff: bool = False
) -> dict[str, Any]:
    """Run `stowage.s3.<name>` and return what it gives Ansible; `failed` is true where the task would fail."""
    module = importlib.import_module(f"ansible_collections.stowage.s3.plugins.modules.{name}")
    arguments = dict(options)
    if server is not None:
        arguments.setdefault("endpoint_url", server.endpoint)
        arguments.setdefault("access_key", server.access_key)
        arguments.setdefault("secret_key", server.secret_key)
        arguments.setdefault("region", server.region)
    arguments |= {"_ansible_check_mode": check, "_ansible_diff": diff}
    # A module has a process of its own, and Ansible keeps warnings as long as that lives.
    warnings._global_warnings.clear()
    output = io.StringIO()
    argv, sys.argv = sys.argv, [f"{name}.py"]
    try:
        with (
            patch_module_args(arguments),
            # Ansible gathers them for the process, which is one run's alone elsewhere.
            mock.patch.multiple(warnings, _global_warnings={}, _global_deprecations={}),
            # A module is on its own there; here a filter may have been loaded, as the controller does.
            mock.patch("ansible.module_utils._internal.is_controller", False),
            contextlib.redirect_stdout(output),
        ):
            try:
                module.main()
            except SystemExit:
                pass
            else:
                raise AssertionError(f"{name} ended without a result")
    finally:
        sys.argv = argv
    return json.loads(output.getvalue().strip().splitlines()[-1])


def warned(result: dict[str, Any]) -> list[str]:
    """The texts of a result's warnings, which newer versions of Ansible wrap."""
    return [one if isinstance(one, str) else one["event"]["msg"] for one in result.get("warnings", [])]


def decided(result: dict[str, Any]) -> dict[str, Any]:
    """What check mode and run have to agree on."""
    return {name: result[name] for name in ("actions", "summary", "actions_truncated")}
