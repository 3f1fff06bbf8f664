# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The tour: sync a real tree to S3 and back through the playbook, and prove each step by means of its own.

python tests/demo.py [DIRECTORY]    DIRECTORY is copied first and never touched.
"""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import sysconfig
import tempfile
import time
from typing import Any, NoReturn

from server import Server, seaweedfs

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUCKET, PREFIX = "demo", "tree/"  # as in inventories/local/group_vars/all/sync.yml
MIB = 1 << 20
VERBS = {"upload": "uploaded", "download": "downloaded", "update": "updated", "delete": "deleted"}


def main() -> None:
    started = time.monotonic()
    given = sys.argv[1] if len(sys.argv) > 1 and sys.argv[1] else ""
    if given and not pathlib.Path(given).is_dir():
        stop(f"{given} is not a directory. Give one: make demo SRC=directory")
    # Not below /tmp, which may be memory.
    with tempfile.TemporaryDirectory(prefix="stowage-demo-", dir="/var/tmp") as name, seaweedfs() as server:
        server.client().create_bucket(Bucket=BUCKET)
        tour(pathlib.Path(name), server, given)
    say("", f"All of it held. {time.monotonic() - started:.0f} s in all, nothing is left behind.")


def tour(folder: pathlib.Path, server: Server, given: str) -> None:
    tree, copy = folder / "source", folder / "copy"
    what = copied(tree, given)
    files = contents(tree)
    demand(files, f"there are no files in {given}")
    say("tree", f"{len(files):,} files, {size(tree)}: a copy of {what}")
    say("server", f"SeaweedFS at {server.endpoint}, bucket {BUCKET}")
    play = Play(server, folder, tree, copy)

    say("preview", play.command("upload", "--check", "--diff"))
    plan = play("upload", "--check", "--diff")
    demand(plan["changed"] and count(plan, "upload") == len(files), "the preview must name every file")
    demand(not listed(server), "a preview must not write")
    say("", f"would have {told(plan)}")
    once, monthly = plan["forecast"]["one_off_usd"], plan["forecast"]["monthly_usd"]
    demand(once > 0 and monthly > 0, "a preview must tell what it costs")
    say("cost", f"on AWS it would cost {once:.4f} USD, and {monthly:.4f} USD a month from then on")

    say("sync", play.command("upload"))
    run = play("upload")
    as_previewed(plan, run)
    demand(listed(server) == sizes(files), "the bucket must list what the tree holds")
    say("", f"{told(run)}, as previewed")

    again = play("upload")
    demand(not again["changed"] and count(again, "skip") == len(files), "a second sync must change nothing")
    say("again", f"{told(again)}")

    edits = edit(tree)
    before, files = listed(server), contents(tree)
    say("edit", edits)
    plan = play("upload", "--check", "--diff")
    demand(listed(server) == before, "a preview must not write")
    say("preview", f"would have {told(plan)}:")
    for line in plan["diff_text"].splitlines()[1:12]:
        say("", f"   {line}")
    run = play("upload")
    as_previewed(plan, run)
    demand(listed(server) == sizes(files), "the bucket must list what the tree holds")
    say("sync", f"{told(run)}, as previewed")

    say("back", play.command("download"))
    run = play("download")
    demand(count(run, "download") == len(files), "an empty directory must receive every file")
    say("", told(run))

    fetched = contents(copy)
    demand(fetched == files, f"the trees differ: {sorted(set(fetched.items()) ^ set(files.items()))[:5]}")
    say("proof", f"{len(files):,} files of both trees are equal byte for byte; boto lists the same names and sizes")


class Play:
    """Runs a job of the local inventory, and returns the module's result."""

    def __init__(self, server: Server, folder: pathlib.Path, tree: pathlib.Path, copy: pathlib.Path) -> None:
        self.variables = json.dumps({"local_source": f"{tree}/", "local_copy": str(copy), "local_bucket": BUCKET})
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ANSIBLE_"))},
            **server.env,
            "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
            # The state cache of the demo ends with it.
            "XDG_STATE_HOME": str(folder / "state"),
        }

    def command(self, job: str, *arguments: str) -> str:
        return " ".join(["ansible-playbook playbooks/sync.yml -i inventories/local --tags", job, *arguments])

    def __call__(self, job: str, *arguments: str) -> dict[str, Any]:
        program = pathlib.Path(sys.executable).with_name("ansible-playbook")
        command = [str(program), *self.command(job, *arguments).split()[1:], "-e", self.variables]
        started = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        seconds = time.monotonic() - started
        try:
            tasks = json.loads(done.stdout)["plays"][0]["tasks"]
            outcomes = [task["hosts"]["local"] for task in tasks if task["hosts"].get("local", {}).get("results")]
            result = outcomes[0]["results"][0]
        except (ValueError, LookupError):
            stop(f"{self.command(job)} gave no result:\n{done.stdout}\n{done.stderr}")
        if done.returncode or result.get("failed"):
            stop(f"{self.command(job)} failed: {result.get('msg')}\n{result.get('failures')}")
        diff = result.get("diff", {})
        text = diff.get("prepared", "") if isinstance(diff, dict) else "".join(part["prepared"] for part in diff)
        return {**result, "seconds": seconds, "diff_text": text}


def copied(tree: pathlib.Path, given: str) -> str:
    """Copy the user's directory, or the files of installed collections, and say what it was."""
    if given:
        shutil.copytree(given, tree, ignore=special, ignore_dangling_symlinks=True)
        return given
    collections = pathlib.Path(sysconfig.get_path("purelib")) / "ansible_collections"
    demand((collections / "amazon/aws").is_dir(), "amazon.aws is not installed; run: make env")
    for name in ("amazon", "community"):
        shutil.copytree(collections / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    return "the installed collections amazon.* and community.*"


def special(folder: str, names: list[str]) -> list[str]:
    """Sockets, pipes and devices, which cannot be copied."""
    modes = {name: os.stat(path).st_mode for name in names if os.path.exists(path := os.path.join(folder, name))}
    return [name for name, mode in modes.items() if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))]


def edit(tree: pathlib.Path) -> str:
    """Change a few files of a copy in ways that syncs are known to miss, and say which."""
    names = sorted(path for path in tree.rglob("*") if path.is_file() and path.stat().st_size > 10)
    demand(len(names) >= 8, "the demo needs at least eight files of more than ten bytes")
    with names[0].open("ab") as file:
        file.write(b"one line more\n")
    # The same size and the same time: only the content tells.
    times = (names[1].stat().st_atime_ns, names[1].stat().st_mtime_ns)
    data = names[1].read_bytes()
    names[1].write_bytes(bytes([data[0] ^ 1]) + data[1:])
    os.utime(names[1], ns=times)
    (tree / "new").mkdir()
    (tree / "new/50 % off & more+naïve.txt").write_text("a name to get wrong\n")
    (tree / "new/empty").touch()
    names[-1].rename(tree / "new/renamed")
    for path in names[-4:-1]:
        path.unlink()
    return "2 files changed (1 keeps its size and time), 2 added, 1 renamed, 3 deleted"


def contents(tree: pathlib.Path) -> dict[str, tuple[int, str]]:
    """Size and digest of every file, by its path."""
    found = {}
    for path in tree.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            found[path.relative_to(tree).as_posix()] = (len(data), hashlib.sha256(data).hexdigest())
    return found


def sizes(files: dict[str, tuple[int, str]]) -> dict[str, int]:
    return {name: length for name, (length, _digest) in files.items()}


def listed(server: Server) -> dict[str, int]:
    """What the bucket holds, as botocore lists it."""
    pages = server.client().get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=PREFIX)
    return {each["Key"].removeprefix(PREFIX): each["Size"] for page in pages for each in page.get("Contents", [])}


def as_previewed(plan: dict[str, Any], run: dict[str, Any]) -> None:
    for part in ("changed", "summary", "actions"):
        demand(plan[part] == run[part], f"{part} of preview and run differ:\n{plan[part]}\n{run[part]}")


def count(result: dict[str, Any], verb: str) -> int:
    return result["summary"][verb]["count"]


def told(result: dict[str, Any]) -> str:
    done = [
        f"{word} {count(result, verb):,} ({result['summary'][verb]['bytes'] / MIB:,.1f} MiB)"
        for verb, word in VERBS.items()
        if count(result, verb)
    ] or [f"changed nothing, {count(result, 'skip'):,} files are the same"]
    return f"{', '.join(done)} in {result['stats']['duration']:.1f} s (the whole playbook {result['seconds']:.1f} s)"


def size(tree: pathlib.Path) -> str:
    return f"{sum(path.stat().st_size for path in tree.rglob('*') if path.is_file()) / MIB:,.1f} MiB"


def demand(held: object, otherwise: str) -> None:
    if not held:
        stop(otherwise)


def say(topic: str, text: str) -> None:
    print(f"{topic:8} {text}", flush=True)


def stop(reason: str) -> NoReturn:
    raise SystemExit(f"The demo did not hold: {reason}")


if __name__ == "__main__":
    main()
