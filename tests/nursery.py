# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where runs of a module are born and killed."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import IO, Any

from server import Server

TESTS = pathlib.Path(__file__).resolve().parent
# A process that has imported everything and forks one for each run, so that kills hit work and no imports. What has
# ended waits until it is asked for: a kill can meet no other process.
NURSERY = """
import functools, json, os, sys
sys.path.insert(0, sys.argv[1])
import botocore.session
from ansible_collections.stowage.s3.plugins.module_utils._sync import cache
from harness import run_module
from {world} import {small}
{small}(setattr)
cache.BATCH = 4  # so that kills meet transactions, and rows are there before the end
botocore.session.Session = functools.cache(botocore.session.Session)
run_module("{module}", json.loads(sys.stdin.readline()), check=True)  # whatever is loaded late
print(flush=True)
for line in sys.stdin:
    options = json.loads(line)
    child = os.fork()
    if not child:
        try:
            result = run_module("{module}", options)
            os._exit(1 if result.get("failed") else 0)
        finally:
            os._exit(2)
    print(child, flush=True)
    sys.stdin.readline()
    print(os.waitpid(child, 0)[1], flush=True)
"""


class Nursery:
    """Where runs are born and killed."""

    def __init__(self, pipes: tuple[IO[str], IO[str]], server: Server, options: Callable[[], dict[str, Any]]) -> None:
        """`options`: the module's parameters."""
        self._orders, self._answers = pipes
        self._server, self._parameters = server, options
        self._say(self._options())

    def _options(self) -> str:
        server = self._server
        access = {"endpoint_url": server.endpoint, "access_key": server.access_key, "secret_key": server.secret_key}
        return json.dumps({**self._parameters(), **access, "region": server.region})

    def run(self, seconds: float) -> int:
        """A run that is killed after so many seconds; its status, as waitpid gives it."""
        pid = int(self._say(self._options()))
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        return int(self._say(""))

    def duration(self) -> float:
        """How long a run takes that is not killed."""
        started = time.monotonic()
        self._say(self._options())
        status = int(self._say(""))
        assert status == 0, "a run that nobody disturbed failed"
        return time.monotonic() - started

    def _say(self, line: str) -> str:
        self._orders.write(line + "\n")
        self._orders.flush()
        return self._answers.readline()


@contextlib.contextmanager
def nursery(
    module: str, world: str, small: str, server: Server, options: Callable[[], dict[str, Any]]
) -> Iterator[Nursery]:
    """A process that forks runs of a module. `world`, `small`: the file of tests, and what of it makes parts small."""
    code = NURSERY.replace("{module}", module).replace("{world}", world).replace("{small}", small)
    with subprocess.Popen(
        [sys.executable, "-c", code, str(TESTS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        yield Nursery((process.stdin, process.stdout), server, options)
