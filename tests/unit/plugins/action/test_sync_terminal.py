# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""ansible-playbook on a real pseudo-terminal, with a module that waits until the test has seen what it wants."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator

import pytest

ROOT = pathlib.Path(__file__).parents[4]
HERE = pathlib.Path(__file__).parent
BAR = re.compile(r"(\w+)  transfer  \[#{10}-{10}\]  50%  30/60  1\.0/2\.0 MiB  0\.0 MiB/s  some/key")

CONNECTION = '''
DOCUMENTATION = """
name: elsewhere
short_description: Another machine, as far as Ansible can tell
description: Another machine, as far as Ansible can tell.
author: Stowage contributors
extends_documentation_fragment: connection_pipelining
"""
from ansible.plugins.connection.local import Connection as Local
class Connection(Local):
    transport = "elsewhere"
'''
BECOME = '''
DOCUMENTATION = """
name: pretend
short_description: Becomes nobody else
description: Becomes nobody else.
author: Stowage contributors
options:
  become_user: {description: who, default: root, vars: [{name: ansible_become_user}], keyword: [{name: become_user}]}
  become_pass: {description: unused, vars: [{name: ansible_become_pass}]}
"""
from ansible.plugins.become import BecomeBase
class BecomeModule(BecomeBase):
    name = "pretend"
    def build_become_command(self, cmd, shell):
        super().build_become_command(cmd, shell)
        return "env PRETENDED=1 /bin/sh -c " + self._build_success_command(cmd, shell)
'''


@dataclasses.dataclass
class Outcome:
    output: str
    code: int
    results: dict[str, dict]

    @property
    def screen(self) -> list[str]:
        """The lines that are left on the terminal at the end."""
        lines, row, column = [""], 0, 0
        for code, letter, text in re.findall(r"\x1b\[(\d*)([A-Za-z])|([^\x1b])", self.output):
            if letter == "J":
                lines[row] = lines[row][:column]
                del lines[row + 1 :]
            elif letter == "A":
                row -= int(code or 1)
                assert row >= 0
            elif letter:
                raise AssertionError(f"unexpected sequence {letter}")
            elif text == "\n":
                row, column = row + 1, 0
                lines += [""] * (row + 1 - len(lines))
            elif text == "\r":
                column = 0
            else:
                lines[row] = lines[row][:column].ljust(column) + text + lines[row][column + 1 :]
                column += 1
        return [line for line in lines if line]


class Stage:
    """A collection with the real action plugin and the fake module, and the means to run a play with it."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.go = folder / "go"
        plugins = folder / "ansible_collections/stowage/s3/plugins"
        for kind in ("action", "modules"):
            (plugins / kind).mkdir(parents=True)
        shutil.copy(ROOT / "galaxy.yml", plugins.parent)
        shutil.copy(ROOT / "plugins/action/sync.py", plugins / "action/sync.py")
        shutil.copy(HERE / "fake_module.py", plugins / "modules/sync.py")
        (folder / "connection").mkdir()
        (folder / "connection/elsewhere.py").write_text(CONNECTION)
        (folder / "become").mkdir()
        (folder / "become/pretend.py").write_text(BECOME)

    def play(self, task: dict, host: str, hosts: tuple[str, ...]) -> list[str]:
        here = f"ansible_connection=local ansible_python_interpreter={sys.executable}"
        inventory = [f"{name} {here} {host}" for name in hosts] + [f"keeper {here}"]
        (self.folder / "hosts").write_text("\n".join(inventory) + "\n")
        sync = {"name": "Sync", "stowage.s3.sync": {"go": str(self.go)}, "register": "result", **task}
        keep = {
            "name": "Keep the result",
            "ansible.builtin.copy": {
                "content": "{{ result | to_json }}",
                "dest": f"{self.folder}/{{{{ inventory_hostname }}}}.json",
                "mode": "0600",
            },
            "delegate_to": "keeper",
            "check_mode": False,
            "diff": False,
            "no_log": True,
        }
        play = {"hosts": "all:!keeper", "gather_facts": False, "tasks": [sync, keep]}
        (self.folder / "play.yml").write_text(json.dumps([play]))
        return ["ansible-playbook", "-i", f"{self.folder}/hosts", f"{self.folder}/play.yml"]

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("HOME", "LANG", "LC_ALL") if name in os.environ}
        return {
            **kept,
            "PATH": f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}",
            "TERM": "xterm",
            "COLUMNS": "120",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_COLLECTIONS_PATH": str(self.folder),
            "ANSIBLE_CONNECTION_PLUGINS": str(self.folder / "connection"),
            "ANSIBLE_BECOME_PLUGINS": str(self.folder / "become"),
            # By default below the home, which Ansible asks of the user's account at one time and of HOME at another.
            "ANSIBLE_ASYNC_DIR": str(self.folder / "async"),
            "ANSIBLE_LOCALHOST_WARNING": "0",
            "ANSIBLE_DEVEL_WARNING": "0",
            **more,
        }

    def run(
        self,
        task: dict | None = None,
        *arguments: str,
        host: str = "",
        hosts: tuple[str, ...] = ("one",),
        wanted: int = 0,
        terminal: bool = True,
        **environment: str,
    ) -> Outcome:
        """Run the play; the module goes on once ``wanted`` hosts have a bar (0: at once)."""
        if not wanted:
            self.go.touch()
        command = [*self.play(task or {}, host, hosts), *arguments]
        outer, inner = pty.openpty() if terminal else os.pipe()
        if terminal:
            termios.tcsetwinsize(inner, (24, 120))
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=inner,
            stderr=subprocess.STDOUT,
            env=self.environment(**environment),
            cwd=self.folder,
        ) as process:
            os.close(inner)
            output = b""
            deadline = time.monotonic() + 100
            while time.monotonic() < deadline:
                if not select.select([outer], [], [], 1)[0]:
                    continue
                with contextlib.suppress(OSError):  # a terminal whose other end is closed
                    if data := os.read(outer, 1 << 16):
                        output += data
                        if wanted and len(shown(output)) >= wanted:
                            self.go.touch()
                        continue
                break
            else:
                process.kill()
            os.close(outer)
        results = {name: self.folder / f"{name}.json" for name in hosts}
        return Outcome(
            output.decode().replace("\r\n", "\n"),
            process.returncode,
            {name: json.loads(path.read_text()) for name, path in results.items() if path.exists()},
        )


def shown(output: bytes) -> set[str]:
    """The hosts that had a bar."""
    return set(BAR.findall(output.decode(errors="replace")))


@pytest.fixture
def stage() -> Iterator[Stage]:
    # Not pytest's folder, which it keeps to itself: another user must be able to come here.
    with tempfile.TemporaryDirectory(prefix="stowage-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        yield Stage(folder)


def assert_shown(outcome: Outcome, *hosts: str) -> None:
    assert outcome.code == 0, outcome.output
    assert shown(outcome.output.encode()) == set(hosts), outcome.output
    screen = outcome.screen
    assert not [line for line in screen if BAR.search(line)], outcome.output
    for host in hosts:
        assert f"changed: [{host}]" in screen, outcome.output
        path = outcome.results[host]["path"]
        assert path, outcome.results
        assert not os.path.exists(path)
        assert not os.path.exists(f"{path}.part")


def assert_silent(outcome: Outcome) -> None:
    assert outcome.code == 0, outcome.output
    assert "\x1b" not in outcome.output
    assert "PLAY RECAP" in outcome.output
    assert outcome.results["one"]["path"] is None


def test_a_bar_is_shown_while_the_module_runs_and_is_gone_afterwards(stage):
    assert_shown(stage.run(wanted=1), "one")


def test_several_hosts_have_a_line_each(stage):
    assert_shown(stage.run(wanted=3, hosts=("one", "two", "three")), "one", "two", "three")


def test_a_remote_host_is_watched_through_its_connection(stage):
    assert_shown(stage.run(host="ansible_connection=elsewhere", wanted=1), "one")


def test_a_remote_host_with_pipelining_is_watched(stage):
    assert_shown(stage.run(host="ansible_connection=elsewhere ansible_pipelining=true", wanted=1), "one")


def test_become_on_a_remote_host_is_watched(stage):
    outcome = stage.run({"become": True, "become_method": "pretend"}, host="ansible_connection=elsewhere", wanted=1)
    assert_shown(outcome, "one")


# To become another user without a password one must be root; the pretended become above covers the rest.
if os.geteuid() == 0:

    def test_an_unprivileged_become_user_is_watched(stage):
        outcome = stage.run(
            {"become": True, "become_method": "su", "become_user": "nobody", "become_flags": "-s /bin/sh"},
            host="ansible_python_interpreter=/usr/bin/python3",  # one that nobody may run
            wanted=1,
        )
        assert_shown(outcome, "one")
        assert outcome.results["one"]["user"] == "nobody"


def test_check_mode_and_diff_pass_through(stage):
    outcome = stage.run({}, "--check", "--diff", wanted=1)
    assert_shown(outcome, "one")
    assert outcome.results["one"]["check"] is True
    assert "+x" in outcome.screen


def test_no_log_hides_the_bar_and_the_result(stage):
    outcome = stage.run({"no_log": True})
    assert_silent(outcome)
    assert "some/key" not in outcome.output


def test_nothing_is_shown_where_nobody_looks(stage):
    assert_silent(stage.run(AWX_ISOLATED_DATA_DIR="/nowhere"))


def test_nothing_is_shown_without_a_terminal(stage):
    assert_silent(stage.run(terminal=False))


def test_async_of_the_user_is_left_alone(stage):
    outcome = stage.run({"async": 60, "poll": 1})
    assert_silent(outcome)
    assert outcome.results["one"]["changed"] is True


def test_async_with_poll_zero_returns_at_once(stage):
    # The module could not end before this task does: nothing lets it go on.
    outcome = stage.run({"async": 60, "poll": 0}, wanted=9)
    assert outcome.code == 0, outcome.output
    assert outcome.results["one"]["ansible_job_id"]
    assert "\x1b" not in outcome.output
    stage.go.touch()


def test_a_silent_task_makes_no_further_round_trips(stage):
    outcome = stage.run({}, "-vvv", host="ansible_connection=elsewhere ansible_pipelining=true", CI="true")
    assert outcome.code == 0, outcome.output
    task = outcome.output.split("TASK [Sync]")[1].split("TASK [")[0]
    assert len(re.findall(r"EXEC ", task)) == 1, task
