# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which test runs on which server: by what it needs, and told where it does not run.

A test that takes the fixture `server` (worlds, pairs and scenes do) says what it needs beyond the common:

    @pytest.mark.needs("conditional writes")

Without `--server` it runs on the first server that has all of it. `--server NAME` takes the tests that can run there,
and the terminal's summary names the others, with what that server lacks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from capabilities import CAPABILITIES, SERVERS, lacking

FIXED = ("s3_server", "moto_server")  # a test that asks for one of these is about that server
OUTPUT = "stowage_not_run"


def needs(item: pytest.Item) -> list[str]:
    """What a test needs of its server. Raises UsageError for what the table does not have."""
    found = sorted({name for mark in item.iter_markers("needs") for name in mark.args})
    if unknown := [name for name in found if name not in CAPABILITIES]:
        raise pytest.UsageError(f"{item.nodeid} needs {unknown}, which tests/capabilities.py does not have")
    return found


def place(item: pytest.Item) -> str:
    """The name of the server that a test runs on."""
    chosen: str | None = item.config.getoption("--server")
    needed = needs(item)
    names = [chosen] if chosen else [name for name in SERVERS if not lacking(name, needed)]
    if not names:
        raise pytest.UsageError(f"{item.nodeid} needs {needed}, which no single server has")
    return names[0]


class Matrix:
    """A pytest plugin: takes out what a server cannot do, and tells of it at the end."""

    def __init__(self, server: str | None) -> None:
        self.server = server
        self.not_run: dict[str, list[str]] = {}
        self.elsewhere = 0

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        taken, left = [], []
        for item in items:
            fixtures: Sequence[str] = getattr(item, "fixturenames", ())
            needed = needs(item)
            if self.server is None:
                taken.append(item)
            elif "server" not in fixtures or any(name in fixtures for name in FIXED):
                self.elsewhere += 1
                left.append(item)
            elif missing := lacking(self.server, needed):
                self.not_run[item.nodeid] = missing
                left.append(item)
            else:
                taken.append(item)
        if left:
            config.hook.pytest_deselected(items=left)
            items[:] = taken

    # Under pytest-xdist the workers collect, and the process that tells of it does not.

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[OUTPUT] = [self.not_run, self.elsewhere]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        not_run, elsewhere = getattr(node, "workeroutput", {}).get(OUTPUT, ({}, 0))
        self.not_run |= not_run
        self.elsewhere = max(self.elsewhere, elsewhere)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.server is None:
            return
        terminalreporter.section(f"not run on {self.server}: {len(self.not_run)} tests")
        by_want: dict[str, list[str]] = {}
        for test, missing in self.not_run.items():
            by_want.setdefault(", ".join(missing), []).append(test)
        for want, tests in sorted(by_want.items()):
            terminalreporter.write_line(f"for want of {want}: {len(tests)}")
            for test in sorted(tests):
                terminalreporter.write_line(f"    {test}")
        terminalreporter.write_line(f"without a server, or about one of their own: {self.elsewhere}")
