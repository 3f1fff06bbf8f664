# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The sections of a run: which works are done, where, by whom and in which turn.

The tools take turns, so that a slow minute of the machine falls on all of them, and what each has done is checked
before its time counts.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import pathlib
import re
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from peers import audits, buckets, prowler, proxy, stub, trees
from peers.measuring import Sample, environment, measure, say, summarise
from peers.tools import (
    BUCKET,
    COLLECTION,
    OURS,
    PING,
    PROWLER,
    Command,
    Place,
    Tool,
    configure_tools,
    large_tools,
    many_tools,
    network_tools,
    payload,
    plain,
    playbook,
    small_tools,
    stowage,
)
from server import REGION, Server, moto, seaweedfs

DELAY = 0.025  # seconds each way: 50 ms there and back
FILL = "s5cmd cp"
# A file's change within the granularity of its time would not show: the state cache hashes younger files once more,
# and LastModified has whole seconds.
SETTLED = 2.5


@dataclasses.dataclass(frozen=True)
class Settings:
    """How much is measured."""

    files: int
    many: int
    large: Sequence[tuple[int, int]]  # how many of how many MiB
    far: int
    memory: Sequence[int]
    million: bool
    buckets: int
    runs: int
    slow: bool
    only: tuple[str, ...]  # what the names of rows begin with
    works: tuple[str, ...]  # what the names of works begin with

    def takes(self, work: str) -> bool:
        return work.startswith(self.works)

    def chosen(self, tools: Sequence[Tool]) -> list[Tool]:
        return [tool for tool in tools if (tool.variant_of or tool.name).startswith(self.only)]


class Work(NamedTuple):
    """One table."""

    name: str
    title: str
    objects: int  # 0 where they say nothing of the costs
    bytes: int


class Record:
    """The samples of a run: by work, then by tool."""

    def __init__(self, *, loud: bool = True) -> None:
        self.works: dict[str, Work] = {}
        self.samples: dict[str, dict[str, list[Sample]]] = {}
        self._loud = loud

    def add(self, work: Work, tool: str, sample: Sample) -> None:
        self.works[work.name] = work
        self.samples.setdefault(work.name, {}).setdefault(tool, []).append(sample)
        if self._loud:
            verdict = f"FAILED: {sample.failure}" if sample.failure else f"{sample.wall:7.2f} s"
            say(f"{work.name:20} {tool:38} {verdict}")

    def report(self) -> dict[str, dict[str, Any]]:
        """Everything by the name of the work, as it is written to the file."""
        return {
            name: {
                **work._asdict(),
                "rows": {tool: summarise(samples) for tool, samples in rows},
                "samples": {tool: [sample._asdict() for sample in samples] for tool, samples in rows},
            }
            for name, work in self.works.items()
            # The turns have mixed the tools: ours first.
            for rows in [sorted(self.samples[name].items(), key=lambda row: not row[0].startswith(COLLECTION))]
        }


@dataclasses.dataclass(frozen=True)
class Ground:
    """Where a section works."""

    server: Server
    env: Mapping[str, str]
    tree: trees.Tree
    scratch: pathlib.Path
    client: Any

    @property
    def log(self) -> pathlib.Path:
        return self.scratch / "log"


def ground(server: Server, tree: trees.Tree, scratch: pathlib.Path, env: Mapping[str, str] | None = None) -> Ground:
    for name in ("empty", "home"):
        (scratch / name).mkdir(parents=True, exist_ok=True)
    return Ground(
        server, env or environment(server, scratch / "home"), tree, scratch, server.client(signature_version="s3v4")
    )


def turns(tools: Sequence[Tool], run: int, *, slow: bool) -> list[Tool]:
    """Who comes first has the quieter server: let it be another one each time. Variants follow their tools."""
    turn = [*tools[run % len(tools) :], *tools[: run % len(tools)]] if tools else []
    turn.sort(key=lambda tool: bool(tool.variant_of))
    return [tool for tool in turn if slow or not (tool.slow and run)]


def course(on: Ground, tools: Sequence[Tool], works: Mapping[str, Work], run: int, record: Record) -> None:
    """The works, one after the other, each by all tools; every tool has a bucket of its own."""
    places: dict[str, Place] = {}
    for number, tool in enumerate(tools):
        if tool.variant_of:
            places[tool.name] = places[tool.variant_of]
            continue
        places[tool.name] = place = new_place(on, f"{on.scratch.name}-{run}-{number}")
        for bucket in (place.bucket, *([place.copied] if "copy" in works else [])):
            on.client.create_bucket(Bucket=bucket)
        if "up" not in tool.commands:
            fill(on, place)
    for verb, work in works.items():
        if verb == "changed":
            time.sleep(SETTLED)
            trees.change(on.tree, run)
        for tool in tools:
            if verb in tool.commands:
                place = places[tool.name]
                record.add(work, tool.name, do(on, tool.commands[verb], verb, place))
                if max(on.tree.sizes.values()) > trees.SIZE:
                    shutil.rmtree(place.target, ignore_errors=True)
                # Small ones stay to the end: for half a minute after many files were deleted ext4 looks through all
                # their inodes for each one that it gives out (recently_deleted in its ialloc.c), at a millisecond each.


def new_place(on: Ground, bucket: str, name: str = "") -> Place:
    own = on.scratch / (name or bucket)
    own.mkdir()
    return Place(on.tree.root, bucket, own / "target", on.scratch / "empty", own)


def do(on: Ground, command: Command, verb: str, place: Place) -> Sample:
    """One work of one tool, and whether it was done."""
    before = trees.objects(on.client, place.bucket) if verb == "same" else {}
    sample = measure(command(place), on.env, on.server.pid, on.log)
    if not sample.failure:
        failure = trees.check(verb, place, on.client, on.tree, before)
        sample = sample._replace(failure=failure, unverified=unverified(on.log))
    return sample


def told(log: pathlib.Path) -> dict[str, Any]:
    """The result of a module, or nothing if LOG is of something else."""
    try:
        result = json.loads(log.read_bytes())
    except ValueError:
        return {}
    return result if isinstance(result, dict) else {}


def unverified(log: pathlib.Path) -> int:
    """How many downloads a module of ours could not verify, by its own account; nothing where there is none."""
    return int(told(log).get("stats", {}).get("unverified", 0))


def fill(on: Ground, place: Place) -> None:
    """Put the tree into the bucket; nothing of it counts."""
    done = do(on, plain(up="s5cmd cp {source}/ {url}/")["up"], "up", place)
    if done.failure:
        raise RuntimeError(f"{FILL} could not fill a bucket: {done.failure}")


# --- the sections ---------------------------------------------------------------------------------


def small_works(files: int) -> dict[str, Work]:
    each, changed, size = f"{files:,}", f"{len(range(0, files, 100)):,}", trees.SIZE
    return {
        name: Work(name, title, count, count * size)
        for name, title, count in (
            ("up", f"{each} files of 4 KiB into an empty bucket", files),
            ("same", f"{each} files, again, nothing changed", files),
            ("changed", f"{each} files, again, {changed} of them changed", files),
            ("copy", f"{each} objects into another bucket", files),
            ("down", f"{each} objects into an empty directory", files),
            ("delete", f"all {each} objects, as their source is empty now", files),
        )
    }


def small(settings: Settings, record: Record, scratch: pathlib.Path) -> None:
    """Many small files: every work by every tool."""
    tools = [
        dataclasses.replace(
            tool,
            commands={verb: each for verb, each in tool.commands.items() if settings.slow or verb not in tool.extra},
        )
        for tool in settings.chosen(small_tools())
    ]
    works = small_works(settings.files)
    if not tools or not any(map(settings.takes, works)):
        return
    with seaweedfs() as server:
        on = ground(server, trees.small(scratch / "source", settings.files), scratch)
        time.sleep(SETTLED)
        for run in range(settings.runs):
            # The others work on what was uploaded.
            wanted = {verb: work for verb, work in works.items() if verb == "up" or settings.takes(verb)}
            course(on, turns(tools, run, slow=settings.slow), wanted, run, record)


def many(settings: Settings, record: Record, scratch: pathlib.Path) -> None:
    """A great many files that are there already; all tools look at the same objects."""
    files, tools = settings.many, settings.chosen(many_tools())
    work = Work("many-same", f"{files:,} files of 4 KiB, nothing changed", files, files * trees.SIZE)
    if not tools or not settings.takes(work.name):
        return
    with seaweedfs() as server:
        on = ground(server, trees.small(scratch / "source", files), scratch)
        on.client.create_bucket(Bucket="many")
        places = {tool.name: new_place(on, "many", f"tool-{number}") for number, tool in enumerate(tools)}
        time.sleep(SETTLED)
        fill(on, next(iter(places.values())))
        if OURS in places:
            # Its first run hashes the files and fills the state cache.
            first = do(on, tools[0].commands["same"], "same", places[OURS])
            if first.failure:
                record.add(work, OURS, first)
                return
        for run in range(settings.runs):
            for tool in turns(tools, run, slow=settings.slow):
                record.add(work, tool.name, do(on, tool.commands["same"], "same", places[tool.name]))


def large(settings: Settings, record: Record, scratch: pathlib.Path) -> None:
    """Large files. The server keeps the space of what was deleted, so each run has a server of its own."""
    tools = settings.chosen(large_tools())
    for count, size in settings.large:
        name, title = f"large-{count}x{size}", f"{count} × {size:,} MiB"
        works = {verb: Work(f"{name}-{verb}", f"{title} {verb}", 0, count * size * 2**20) for verb in ("up", "down")}
        if not tools or not any(settings.takes(work.name) for work in works.values()):
            continue
        with below(scratch, name) as own:
            tree = trees.large(own / "source", count, size * 2**20)
            for run in range(settings.runs):
                with below(own, f"run-{run}") as here, seaweedfs() as server:
                    course(ground(server, tree, here), turns(tools, run, slow=True), works, run, record)


def network(settings: Settings, record: Record, scratch: pathlib.Path) -> None:
    """The same over TLS, and from a distance."""
    files, tools = settings.far, settings.chosen(network_tools())
    kinds = {"tls": "over TLS", "latency": f"with {2000 * DELAY:.0f} ms of added latency"}
    for kind, words in kinds.items():
        works = {
            verb: Work(f"{kind}-{verb}", f"{files:,} × 4 KiB {verb}, {words}", files, files * trees.SIZE)
            for verb in ("up", "down")
        }
        if not tools or not any(settings.takes(work.name) for work in works.values()):
            continue
        with below(scratch, kind) as own, seaweedfs() as server:
            certificate = proxy.make_certificate(own / "proxy.pem") if kind == "tls" else None
            tree = trees.small(own / "source", files)
            with proxy.running(
                server.endpoint, delay=DELAY if kind == "latency" else 0.0, certificate=certificate
            ) as endpoint:
                far = dataclasses.replace(server, endpoint=endpoint)
                # What is checked goes the short way.
                on = ground(server, tree, own, environment(far, own / "home", authority=certificate))
                for run in range(settings.runs):
                    course(on, turns(tools, run, slow=True), works, run, record)


def memory(settings: Settings, record: Record, scratch: pathlib.Path) -> None:
    """Our own memory against a server that lists any number of objects in order."""
    if not OURS.startswith(settings.only):
        return
    for count in (*settings.memory, *((10**6,) if settings.million else ())):
        works = {
            verb: Work(
                f"memory-{verb}-{count}", f"{count:,} objects of {stub.SIZE} bytes, {words}", count, count * stub.SIZE
            )
            for verb, words in (("same", "nothing changed"), ("up", "into an empty bucket"))
        }
        if not any(settings.takes(work.name) for work in works.values()):
            continue
        with below(scratch, f"memory-{count}") as own:
            trees.tiny(own / "source", count)
            time.sleep(SETTLED)
            (own / "home").mkdir()
            # A million take minutes, and memory varies less than time.
            runs = settings.runs if count < 10**6 else 1
            for verb, work in works.items():
                if settings.takes(work.name):
                    # The cache is of a server's address: so one serves all runs that are to know the files. Their
                    # first one hashes them, and does not count.
                    for group in [range(-1, runs)] if verb == "same" else [[run] for run in range(runs)]:
                        for run, sample in zip(group, _on_stub(verb, count, own, group), strict=True):
                            if run >= 0:
                                record.add(work, OURS, sample)


def _on_stub(verb: str, count: int, own: pathlib.Path, runs: Sequence[int]) -> list[Sample]:
    """Runs that share a stub and a state cache."""
    bucket = f"{'objects' if verb == 'same' else 'nothing'}-{count}"
    place = Place(own / "source", bucket, own / "target", own / "empty", own)
    expected = {} if verb == "same" else {bucket: count}
    samples = []
    with stub.running() as server:
        somebody = Server(server.endpoint, "AKIASTUB", "stub", REGION, server.pid)
        options = {"ordered_listing": True, "state_dir": str(own / f"state-{verb}-{runs[0]}")}
        for _run in runs:
            sample = measure(
                stowage(payload, **options)[verb](place), environment(somebody, own / "home"), server.pid, own / "log"
            )
            planned = told(own / "log").get("summary", {}).get("upload", {}).get("count")
            if not sample.failure and planned != sum(expected.values()):
                sample = sample._replace(failure=f"it planned {planned} uploads instead of {expected}")
            samples.append(sample)
        server.end()
    wrong = "" if server.put == expected else f"it put {server.put} instead of {expected}"
    return [sample if sample.failure else sample._replace(failure=wrong) for sample in samples]


def whole_playbook(settings: Settings, record: Record, scratch: pathlib.Path) -> None:
    """A whole run of ansible-playbook, beside the smallest that there is."""
    work = Work("playbook", "a whole ansible-playbook run, 100 files, nothing changed", 0, 0)
    if not OURS.startswith(settings.only) or not settings.takes(work.name):
        return
    with seaweedfs() as server:
        on = ground(server, trees.small(scratch / "source", 100), scratch)
        place = new_place(on, "playbook")
        on.client.create_bucket(Bucket=place.bucket)
        time.sleep(SETTLED)
        ours = stowage(playbook)["same"]
        for _unused in range(2):
            done = measure(ours(place), on.env, server.pid, on.log)
            if done.failure:
                record.add(work, OURS, done)
                return
        ping = playbook(PING, {}, scratch / "ping.yml")
        for _run in range(max(5, settings.runs)):
            record.add(work, PING, measure(ping, on.env, server.pid, on.log))
            record.add(work, OURS, do(on, ours, "same", place))


NEAR, FAR = "configure", "configure-far"


def configure_works() -> dict[str, Work]:
    titles = {
        "first": "a bucket with 15 sub-resources, from nothing",
        "same": "the same bucket, again, nothing changed",
    }
    where = {NEAR: "", FAR: f", with {2000 * DELAY:.0f} ms of added latency"}
    return {
        f"{kind}-{verb}": Work(f"{kind}-{verb}", title + words, 0, 0)
        for kind, words in where.items()
        for verb, title in titles.items()
    }


def configure(settings: Settings, record: Record, scratch: pathlib.Path) -> None:
    """The configuration of a bucket, near and far."""
    tools = settings.chosen(configure_tools())
    works = {name: work for name, work in configure_works().items() if settings.takes(name)}
    kinds = [kind for kind in (NEAR, FAR) if any(f"{kind}-{verb}" in works for verb in ("first", "same"))]
    if not tools or not kinds:
        return
    with moto() as server:
        buckets.prepare(server.client())
        for kind in kinds:
            with below(scratch, kind) as own:
                (own / "home").mkdir()
                delay, requests = DELAY if kind == FAR else 0.0, own / "requests"
                # moto ends every connection, which S3 does not: so connections cost nothing here.
                with proxy.running(server.endpoint, delay=delay, at_once=True, log=requests) as endpoint:
                    env = environment(dataclasses.replace(server, endpoint=endpoint), own / "home")
                    for run in range(settings.runs):
                        turn = turns(tools, run, slow=True)
                        for verb, tool, sample in _configured(turn, f"{kind}-{run}", server, env, own):
                            if f"{kind}-{verb}" in works:
                                record.add(works[f"{kind}-{verb}"], tool, sample)


def _configured(
    tools: Sequence[Tool], prefix: str, server: Server, env: Mapping[str, str], own: pathlib.Path
) -> Iterator[tuple[str, str, Sample]]:
    """Both works, one after the other, each by all tools on buckets of their own: verb, tool, sample."""
    client, log, requests = server.client(), own / "log", own / "requests"
    places: dict[str, Place] = {}
    for number, tool in enumerate(tools):
        if tool.variant_of:
            places[tool.name] = places[tool.variant_of]
            continue
        scratch = own / f"{prefix}-{number}"
        scratch.mkdir()
        places[tool.name] = Place(scratch, scratch.name, scratch, scratch, scratch)
    for verb in ("first", "same"):
        for tool in tools:
            if verb not in tool.commands:
                continue
            place, before = places[tool.name], _lines(requests)
            sample = measure(tool.commands[verb](place), env, server.pid, log)
            sample = sample._replace(requests=_lines(requests) - before, changed=changed(log))
            failure = sample.failure or buckets.check(client, place.bucket)
            if not failure and verb == "same" and sample.changed and tool.name.startswith(COLLECTION):
                failure = "it reported a change where there was none"
            yield verb, tool.name, sample._replace(failure=failure)


def _lines(path: pathlib.Path) -> int:
    return path.read_bytes().count(b"\n")


def audit_works(count: int) -> dict[str, Work]:
    """An audit, near and far."""
    titles = {"audit": "", "audit-far": f", with {2000 * DELAY:.0f} ms of added latency"}
    return {name: Work(name, f"an audit of {count:,} buckets{words}", 0, 0) for name, words in titles.items()}


def audit(settings: Settings, record: Record, scratch: pathlib.Path) -> None:
    """An audit of many buckets: nobody changes anything, so all look at the same ones."""
    tools = settings.chosen(audits.tools())
    works = {name: work for name, work in audit_works(settings.buckets).items() if settings.takes(name)}
    if not tools or not works:
        return
    if PROWLER in [tool.name for tool in tools]:
        prowler.make()
    with moto() as server:
        names = audits.prepare(server.client(), settings.buckets)
        for name, work in works.items():
            with below(scratch, name) as own:
                (own / "home").mkdir()
                # As for configure, connections cost nothing.
                delay = 0.0 if name == "audit" else DELAY
                with proxy.running(server.endpoint, delay=delay, at_once=True, log=own / "requests") as endpoint:
                    env = environment(dataclasses.replace(server, endpoint=endpoint), own / "home")
                    # In the first run Python compiles what it has not compiled yet, so it does not count.
                    for run in range(-1, settings.runs):
                        for tool in turns(tools, run, slow=True):
                            sample = _audited(tool, names, server, env, own)
                            if run >= 0:
                                record.add(work, tool.name, sample)


def _audited(tool: Tool, names: Sequence[str], server: Server, env: Mapping[str, str], own: pathlib.Path) -> Sample:
    """One audit, and whether it was one of these buckets that changed none."""
    requests = own / "requests"
    with below(own, "run") as folder:
        before = _lines(requests)
        command = tool.commands["audit"](Place(folder, "", folder, folder, folder))
        sample = measure(command, env, server.pid, own / "log")
        asked = requests.read_text().splitlines()[before:]
        failure = sample.failure or audits.check(folder, names, asked)
    return sample._replace(requests=len(asked), failure=failure)


_TASK = re.compile(r"^TASK \[(.*)\] \*+\n(?:(?!TASK ).*\n)*?changed: ", flags=re.MULTILINE)


def changed(log: pathlib.Path) -> tuple[str, ...]:
    """Who reported a change: tasks of a play, or a module of ours that ran alone."""
    if told(log).get("changed"):
        return (BUCKET,)
    return tuple(_TASK.findall(log.read_text(errors="replace")))


def warm(settings: Settings, scratch: pathlib.Path) -> None:
    """Fill the caches of the machine and compile what Python has not compiled yet; nothing of it counts."""
    few = dataclasses.replace(settings, files=20, runs=1, works=("up", "down"), slow=False)
    small(few, Record(loud=False), scratch)
    if any(map(settings.takes, configure_works())):
        configure(dataclasses.replace(few, works=(f"{NEAR}-first",)), Record(loud=False), scratch)


@contextlib.contextmanager
def below(scratch: pathlib.Path, name: str) -> Iterator[pathlib.Path]:
    """A directory that is gone afterwards, so that no section pays for another's files."""
    path = scratch / name
    path.mkdir(parents=True)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


SECTIONS = {
    "small": small,
    "many": many,
    "large": large,
    "network": network,
    "memory": memory,
    "playbook": whole_playbook,
    "configure": configure,
    "audit": audit,
}


def names(settings: Settings) -> list[str]:
    """The works that there are with these settings."""
    return [
        *small_works(settings.files),
        "many-same",
        *(f"large-{count}x{size}-{verb}" for count, size in settings.large for verb in ("up", "down")),
        *(f"{kind}-{verb}" for kind in ("tls", "latency") for verb in ("up", "down")),
        *(f"memory-{verb}-{count}" for count in settings.memory for verb in ("same", "up")),
        *(("memory-same-1000000", "memory-up-1000000") if settings.million else ()),
        "playbook",
        *configure_works(),
        *audit_works(settings.buckets),
    ]


def room(settings: Settings) -> tuple[int, int]:
    """The bytes and the files that a run needs of the disk, generously. The sections follow each other."""
    taken = {name.partition("-")[0] for name in names(settings) if settings.takes(name)}
    block, size, files = 4096, [0], [0]
    if taken & set(small_works(0)):
        # Each tool has its bucket and a copy of it in every run, and the server keeps all of it.
        size.append(settings.files * block * 3 * len(small_tools()) * settings.runs)
        # The source, and what each tool fetches.
        files.append(settings.files * (1 + len(small_tools()) * settings.runs))
    if "many" in taken:
        size.append(settings.many * block * 4)
        files.append(settings.many)
    if "large" in taken:
        size.append(max(count * mib * 2**20 for count, mib in settings.large) * (len(large_tools()) + 3))
    if "memory" in taken:
        most = max((*settings.memory, 10**6 if settings.million else 0))
        size.append(most * block * 2)
        files.append(most)
    return max(size), max(files) * 11 // 10
