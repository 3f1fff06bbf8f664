# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Run the stages of `make test`, or those that are named; begin no other once one has failed.

Two lanes run side by side, of about the same length: much of a stage is waiting for one process. Each stage prints one
line: verdict, what it counted, time. A stage that ran nothing fails. Logs: build/test/<stage>.log
"""

from __future__ import annotations

import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from capabilities import SERVERS
from peers import prowler
from run.pythons import pythons
from server import moto, seaweedfs

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = pathlib.Path(sysconfig.get_path("purelib"))
WORKERS = str(min(4, os.cpu_count() or 1))
# A developer's AWS and Ansible settings must not reach the tests.
CLEAN_ENV = {
    name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ANSIBLE_", "MOLECULE_"))
}


class StageFailed(Exception):
    """What the stage found, in one line."""


class Stage:
    """Runs the commands of one stage, with their output in its log."""

    def __init__(self, name: str, logs: pathlib.Path) -> None:
        self.name = name
        self.log = logs / f"{name}.log"
        self.log.write_bytes(b"")

    def run(self, *command: str | os.PathLike[str], env: dict[str, str] | None = None, cwd: pathlib.Path = ROOT) -> str:
        """Run COMMAND; return its output. Raises StageFailed if it fails."""
        with open(self.log, "ab") as log:
            start = log.tell()
            log.write(("$ " + " ".join(map(str, command)) + "\n").encode())
            log.flush()
            done = subprocess.run(
                command,
                cwd=cwd,
                env={**CLEAN_ENV, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=False,
            )
        with open(self.log, "rb") as log:
            log.seek(start)
            output = log.read().decode(errors="replace")
        if done.returncode:
            raise StageFailed(f"{command[0]} returned {done.returncode}")
        return output

    def count(self, pattern: str, output: str) -> int:
        """The sum of the numbers that PATTERN finds. Raises StageFailed when that is nothing."""
        found = sum(int(number) for number in re.findall(pattern, output))
        if not found:
            raise StageFailed("nothing ran")
        return found


def style(stage: Stage) -> tuple[int, str]:
    """ruff and shellcheck: faults and format of the Python files and scripts."""
    files = stage.run("ruff", "check", "--show-files").count(".py\n")
    stage.run("ruff", "check", "--quiet", "--output-format=concise")
    stage.run("ruff", "format", "--check", "--quiet")
    stage.run("shellcheck", "tests/run/env", ".ci/run")
    if not files:
        raise StageFailed("no files")
    return files, "files"


def types(stage: Stage) -> tuple[int, str]:
    """mypy, strict, under the name that Ansible imports the code by."""
    with tempfile.TemporaryDirectory() as directory:
        parent = pathlib.Path(directory, "ansible_collections", "stowage")
        parent.mkdir(parents=True)
        (parent / "s3").symlink_to(ROOT)
        packages = [
            f"--package=ansible_collections.stowage.s3.plugins.{path.name}"
            for path in sorted((ROOT / "plugins").iterdir())
            if path.name != "doc_fragments" and any(path.rglob("*.py"))
        ]
        output = stage.run(
            "mypy", f"--config-file={ROOT}/pyproject.toml", *packages, env={"MYPYPATH": directory}, cwd=parent
        )
    return stage.count(r"no issues found in (\d+) source files", output), "files"


def unit(stage: Stage) -> tuple[int, str]:
    """pytest on tests/unit."""
    return _pytest(stage, "tests/unit"), "tests"


def integration(stage: Stage) -> tuple[int, str]:
    """pytest on tests/integration, each test on the first server that has what it needs: mostly SeaweedFS."""
    return _pytest(stage, "tests/integration"), "tests"


def servers(stage: Stage) -> tuple[int, str]:
    """The core of the sync's tests on each server but the first, where all of them run anyway."""
    return sum(_on_server(stage, server, "-m", "core") for server in SERVERS[1:]), "tests"


def matrix(stage: Stage) -> tuple[int, str]:
    """All tests of the sync on each server; tells what did not run there, and for want of what."""
    return sum(_on_server(stage, server) for server in SERVERS), "tests"


def _on_server(stage: Stage, server: str, *arguments: str) -> int:
    start = time.monotonic()
    ran = _pytest(stage, "tests/integration", f"--server={server}", *arguments)
    sys.stdout.write(f"{ran:>6} tests on {server} ({time.monotonic() - start:.0f} s)\n")
    # With a choice of tests what was not chosen is no lack.
    if not arguments:
        summary = stage.log.read_text(errors="replace").rpartition(f"not run on {server}: ")[2]
        sys.stdout.write(f"{summary.split()[0]:>6} not:\n")
        for want, count in re.findall(r"^for want of (.*): (\d+)$", summary, re.MULTILINE):
            sys.stdout.write(f"{count:>11} for want of {want}\n")
    sys.stdout.flush()
    return ran


def faults(stage: Stage) -> tuple[int, str]:
    """The tests of faults, kills, resources and counts with their full numbers; tells how many of each there were."""
    names = ("sync_faults", "sync_kills", "sync_resources", "storage_class_faults", "forecast_counts")
    files = [f"tests/integration/test_{name}.py" for name in names]
    numbers = ["--every-fault", "--storms=100", "--kills=201", "--files=10000", "--objects=10000"]
    # Another one each time; a failure tells it, and then it is found again.
    seed = f"--seed={time.time_ns() // 1_000_000_000}"
    # Here tests take minutes, and servers seconds.
    ran = _pytest(stage, *files, *numbers, seed, spread="load")
    injected = sum(count for name, count in _told(stage).items() if name.startswith("fault: "))
    sys.stdout.write(f"{injected:>6} faults in all ({seed})\n")
    return ran, "tests"


def judge(stage: Stage) -> tuple[int, str]:
    """Prowler's judgement of what the baseline remedies, and the baseline's own test with all buckets."""
    prowler.make()
    ran = _pytest(stage, "tests/judges", "tests/integration/test_baseline.py", "--every-bucket")
    _told(stage)
    return ran, "tests"


def _told(stage: Stage) -> Counter[str]:
    """What the tests counted, which is printed."""
    told: Counter[str] = Counter()
    for one in ET.parse(stage.log.with_suffix(".xml")).getroot().iter("property"):  # noqa: S314 - our own file
        told[one.attrib["name"]] += int(one.attrib["value"])
    for name, count in sorted(told.items()):
        sys.stdout.write(f"{count:>6} {name}\n")
    return told


def _pytest(stage: Stage, *arguments: str, spread: str = "loadfile") -> int:
    report = stage.log.with_suffix(".xml")
    report.unlink(missing_ok=True)
    # Files stay together on a worker: their tests share servers and trees. They keep their order, as those of few tests
    # are the longest, and would else come last.
    workers = [f"--numprocesses={WORKERS}", f"--dist={spread}", "--no-loadscope-reorder"]
    stage.run("pytest", *arguments, *workers, f"--junit-xml={report}")
    suites = ET.parse(report).getroot().iter("testsuite")  # noqa: S314 - our own file
    total = skipped = 0
    for suite in suites:
        total += int(suite.attrib["tests"])
        skipped += int(suite.attrib["skipped"])
    if skipped or not total:
        raise StageFailed(f"{skipped} of {total} tests were skipped; a skipped test proves nothing")
    return total


def sanity(stage: Stage) -> tuple[int, str]:
    """ansible-test sanity, all tests, for every Python of this machine, on a copy of what git knows or would add."""
    home = _sanity_home(stage)
    interpreters = pythons()
    path = ":".join([*(os.path.dirname(each) for each in interpreters.values()), CLEAN_ENV["PATH"]])
    with _copy(stage) as copy:
        output = stage.run("ansible-test", "sanity", "--color", "no", env={"PATH": path, "HOME": str(home)}, cwd=copy)
    if "All targets skipped" in output:
        raise StageFailed("all targets were skipped")
    versions = {f"{major}.{minor}" for major, minor in interpreters}
    ran = {
        (test, version)
        for test, version in re.findall(r'Running sanity test "([^"]+)"(?: on Python (\S+))?', output)
        if not version or version in versions
    }
    missing = [
        f"{test} on {version}" for test in ("compile", "import") for version in versions if (test, version) not in ran
    ]
    # A Python that this machine lacks may be skipped, and nothing else.
    missing += re.findall(r"Skipping sanity test (?!.* because it could not be found)(.*)", output)
    if missing:
        raise StageFailed(f"did not run: {'; '.join(missing)}")
    return len(ran), "tests"


def _sanity_home(stage: Stage) -> pathlib.Path:
    """A home directory for ansible-test, which keeps its environments there.

    It holds the script to install pip that ansible-test would fetch from a site of its own. Ours unpacks the wheel,
    which is fetched once: to install pip by pip takes five seconds for each of a dozen environments.
    """
    home = ROOT / "build" / "home"
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for name in (".cache", ".config", ".pip"):  # pip's settings stay the user's own
        if (pathlib.Path.home() / name).exists() and not (home / name).is_symlink():
            (home / name).symlink_to(pathlib.Path.home() / name)
    source = (PACKAGES / "ansible_test" / "_internal" / "python_requirements.py").read_text()
    versions = re.findall(r"\bpip='([\d.]+)'", source)
    if not versions:
        raise StageFailed("ansible-test no longer says which pip it wants")
    for version in versions:
        script = cache / f"get_pip_{version.replace('.', '_')}.py"
        if not script.exists():
            stage.run("pip", "download", "--quiet", "--no-deps", "--dest", cache, f"pip=={version}")
            (wheel,) = cache.glob(f"pip-{version}-*.whl")
            script.write_text(
                "import sysconfig, zipfile\n"
                f"zipfile.ZipFile({str(wheel)!r}).extractall(sysconfig.get_path('purelib'))\n"
            )
    return home


@contextmanager
def _copy(stage: Stage) -> Iterator[pathlib.Path]:
    """A copy of what git knows or would add, as ansible-test wants it: a repository under ansible_collections."""
    with tempfile.TemporaryDirectory() as directory:
        copy = pathlib.Path(directory, "ansible_collections", "stowage", "s3")
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        for name in map(os.fsdecode, filter(None, listed.stdout.split(b"\0"))):
            if (ROOT / name).is_file():  # what git lists may just have been removed
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, copy / name, follow_symlinks=False)
        # Sanity imports the modules, and they import amazon.aws.
        (copy.parents[1] / "amazon").mkdir()
        (copy.parents[1] / "amazon" / "aws").symlink_to(PACKAGES / "ansible_collections" / "amazon" / "aws")
        stage.run("git", "init", "--quiet", cwd=copy)
        stage.run("git", "add", "--all", cwd=copy)
        yield copy


def lint(stage: Stage) -> tuple[int, str]:
    """ansible-lint, production profile: roles, playbooks, and all YAML."""
    output = stage.run("ansible-lint", "--offline", "--nocolor", "--strict")
    return stage.count(r"Passed: 0 failure\(s\), 0 warning\(s\)(?: in| on) (\d+) files", output), "files"


def docs(stage: Stage) -> tuple[int, str]:
    """The documentation of the plugins, and the changelog's fragments."""
    stage.run("antsibull-changelog", "lint")
    # It copies amazon.aws as git sees it: not at all, when the environment is in an ignored folder of ours.
    hidden = {"GIT_CEILING_DIRECTORIES": str(ROOT)}
    stage.run(
        "antsibull-docs",
        "lint-collection-docs",
        "--plugin-docs",
        "--validate-collection-refs=dependent",
        ".",
        env=hidden,
    )
    return len(_modules()), "modules"


def molecule(stage: Stage) -> tuple[int, str]:
    """The molecule scenarios, each against a server of its own: SeaweedFS, or moto where buckets are configured."""
    scenarios = sorted(path.parent.name for path in ROOT.glob("extensions/molecule/*/molecule.yml"))
    for scenario in scenarios:
        # A directory of its own: in that of an earlier run molecule finds that it has prepared everything already.
        start = moto if scenario == "buckets" else seaweedfs
        with start() as server, tempfile.TemporaryDirectory(prefix="molecule-") as directory:
            env = {**server.env, "MOLECULE_EPHEMERAL_DIRECTORY": directory}
            stage.run("molecule", "test", "--scenario-name", scenario, env=env, cwd=ROOT / "extensions")
    if not scenarios:
        raise StageFailed("no scenarios")
    return len(scenarios), "scenarios"


def package(stage: Stage) -> tuple[int, str]:
    """Build the tarball, install it into an empty directory, and read each module's documentation from there."""
    with tempfile.TemporaryDirectory() as directory, _copy(stage) as copy:
        stage.run("ansible-galaxy", "collection", "build", "--output-path", directory, cwd=copy)
        (tarball,) = pathlib.Path(directory).glob("stowage-s3-*.tar.gz")
        # Away from the environment, where the working tree is already installed.
        away = pathlib.Path(directory, "installed")
        env = {"ANSIBLE_COLLECTIONS_PATH": str(away), "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false"}
        stage.run("ansible-galaxy", "collection", "install", tarball, "--no-deps", "-p", away, env=env, cwd=away.parent)
        # amazon.aws would come from Galaxy; here it is lent.
        (away / "ansible_collections" / "amazon").symlink_to(PACKAGES / "ansible_collections" / "amazon")
        installed = away / "ansible_collections" / "stowage" / "s3"
        unwanted = [name for name in ("tests", "Makefile", ".ci", "pyproject.toml") if (installed / name).exists()]
        if unwanted:
            raise StageFailed(f"the tarball holds {', '.join(unwanted)}")
        modules = [f"stowage.s3.{name}" for name in _modules()]
        output = stage.run("ansible-doc", "--json", *modules, env=env, cwd=away.parent)
    documented = json.loads(output[output.index("{") :])
    elsewhere = [name for name in modules if not _comes_from(documented.get(name), installed)]
    if elsewhere:
        raise StageFailed(f"the installed collection does not document {', '.join(elsewhere)}")
    return len(modules), "modules"


def _comes_from(documented: dict[str, Any] | None, directory: pathlib.Path) -> bool:
    return documented is not None and documented["doc"]["filename"].startswith(f"{directory}/")


def _modules() -> list[str]:
    names = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
    if not names:
        raise StageFailed("there are no modules")
    return names


LANES: tuple[tuple[Callable[[Stage], tuple[int, str]], ...], ...] = (
    (integration,),
    (style, types, lint, docs, unit, sanity, molecule, package, servers),
)
# Those that take longer than a change should wait, run when they are named.
NAMED = (faults, matrix, judge)


class Suite:
    """The stages that are run: how many tests passed, and whether one has failed."""

    def __init__(self, logs: pathlib.Path) -> None:
        self.logs = logs
        self.passed = self.failed = 0
        self._lock = threading.Lock()

    def run(self, stages: Iterable[Callable[[Stage], tuple[int, str]]]) -> None:
        """One lane."""
        for function in stages:
            if self.failed:
                return
            stage = Stage(function.__name__, self.logs)
            start = time.monotonic()
            try:
                count, unit_name = function(stage)
            except StageFailed as failure:
                with self._lock:
                    self.failed += 1
                    tail = "\n".join(stage.log.read_text(errors="replace").splitlines()[-60:])
                    took = f"{time.monotonic() - start:.0f} s"
                    sys.stdout.write(f"{tail}\nFAILED {stage.name:12} {failure} ({took}); log: {stage.log}\n")
                    sys.stdout.flush()
                return
            with self._lock:
                self.passed += count
                sys.stdout.write(f"ok     {stage.name:12} {count} {unit_name} ({time.monotonic() - start:.0f} s)\n")
                sys.stdout.flush()


def main(names: list[str]) -> int:
    known = {stage.__name__: stage for stage in (*itertools.chain(*LANES), *NAMED)}
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.stderr.write(f"No such stage: {', '.join(unknown)}. There are: {', '.join(known)}\n")
        return 2
    logs = ROOT / "build" / "test"
    logs.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()
    suite = Suite(logs)
    # Stages that are named run one after the other, in the order of their names.
    lanes = [[known[name] for name in names]] if names else LANES
    with ThreadPoolExecutor(len(lanes)) as pool:
        for lane in [pool.submit(suite.run, stages) for stages in lanes]:
            lane.result()
    took = f"{time.monotonic() - begin:.0f} s"
    sys.stdout.write(f"{suite.passed} passed, {suite.failed} failed (Python {sys.version.split()[0]}, {took})\n")
    return 1 if suite.failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
