# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""stowage.s3's modules beside other tools, on one server, in one run.

What is measured is described in docs/performance.md. Prints tables, with what was reached of the targets, and writes
build/bench.json; `--docs` makes the page of the last run. A missed target is a figure, not a failure; a work of ours
that was not done as it should be is one. Linux only: memory is read from /proc.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from peers import page, prowler, report, sections
from peers.measuring import say
from peers.tools import ROOT, make_peers, versions

RESULTS = ROOT / "build" / "bench.json"


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The figures of stowage.s3's modules beside those of other tools.")
    parser.add_argument("--runs", type=int, default=3, help="how often; the median counts (default: 3)")
    parser.add_argument("--files", type=int, default=10_000, help="how many files of 4 KiB (default: 10000)")
    parser.add_argument("--files-many", type=int, default=100_000, help="the same for many-same (default: 100000)")
    parser.add_argument("--files-far", type=int, default=2_000, help="the same for tls and latency (default: 2000)")
    parser.add_argument(
        "--large", default="1x2048,20x64", help="large files, as COUNTxMIB,COUNTxMIB (default: 1x2048,20x64)"
    )
    parser.add_argument(
        "--objects", default="10000,100000", help="numbers of objects for memory (default: 10000,100000)"
    )
    parser.add_argument("--buckets", type=int, default=100, help="how many buckets to audit (default: 100)")
    parser.add_argument(
        "--million", action="store_true", help="memory at a million objects as well: a quarter hour more"
    )
    parser.add_argument("--slow", action="store_true", help="slow tools in every run and in every work")
    parser.add_argument("--quick", action="store_true", help="everything tiny, one run: does it work at all?")
    parser.add_argument(
        "--only-works", default="", metavar="NAMES",
        help="works whose name begins with one of these, comma-separated: up, same, changed, copy, down, delete, many,"
        " large, tls, latency, memory, playbook, configure, audit",
    )  # fmt: skip
    parser.add_argument("--only", default="", metavar="NAMES", help="tools whose name begins with one of these")
    parser.add_argument("--add", action="store_true", help="keep the other works of the last run in build/bench.json")
    parser.add_argument(
        "--docs", action="store_true", help="measure nothing: write docs/performance.md of the last run"
    )
    options = parser.parse_args()
    if options.quick:
        options.runs, options.files, options.files_many, options.files_far = 1, 200, 400, 100
        options.large, options.objects, options.buckets = "1x20,3x8", "100,1000", 15
    counts = (options.runs, options.files, options.files_many, options.files_far, options.buckets)
    if min(counts) < 1:
        parser.error("--runs and the numbers of files and buckets have to be 1 or more")
    try:
        options.large = [tuple(map(int, each.split("x", 1))) for each in options.large.split(",")]
        options.objects = [int(each) for each in options.objects.split(",")]
    except ValueError:
        parser.error("--large is like 1x2048,20x64, and --objects like 10000,100000")
    return options


def settings_of(options: argparse.Namespace) -> sections.Settings:
    return sections.Settings(
        files=options.files,
        many=options.files_many,
        large=options.large,
        far=options.files_far,
        memory=options.objects,
        million=options.million,
        buckets=options.buckets,
        runs=options.runs,
        slow=options.slow,
        only=tuple(options.only.split(",")),
        works=tuple(options.only_works.split(",")),
    )


def check_room(settings: sections.Settings, directory: pathlib.Path) -> None:
    """Refuse to begin what the disk cannot hold: a full one would disturb more than the figures."""
    size, files = sections.room(settings)
    state = os.statvfs(directory)
    free = state.f_bavail * state.f_frsize
    if size > free:
        raise SystemExit(
            f"{directory} has {free / 2**30:.0f} GiB free; this needs up to {size / 2**30:.0f} GiB. Set TMPDIR to a"
            " place with more, or give smaller --large."
        )
    if state.f_files and files > state.f_favail:
        raise SystemExit(
            f"{directory} has {state.f_favail:,} inodes free; this needs up to {files:,}. Set TMPDIR to a place"
            " with more."
        )


def machine() -> dict[str, Any]:
    info = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    name = next((line.partition(":")[2].strip() for line in info if line.startswith("model name")), platform.machine())
    return {
        "processor": name,
        "cpus": len(os.sched_getaffinity(0)),
        "memory": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "system": f"{platform.system()} {platform.release()}",
    }


def commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


def run(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    if not any(map(settings.takes, sections.names(settings))):
        raise SystemExit(
            f"--only-works: {options.only_works!r} begins no name; there are: {', '.join(sections.names(settings))}"
        )
    base = pathlib.Path(
        os.environ.get("TMPDIR") or ("/var/tmp" if os.path.isdir("/var/tmp") else tempfile.gettempdir())
    )
    check_room(settings, base)
    make_peers()
    before = page.read(RESULTS).get("works", {}) if options.add and RESULTS.exists() else {}
    head = {
        "started": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": machine(),
        "versions": {**versions(), "prowler": prowler.version()},
        "options": {name: value for name, value in vars(options).items() if name != "docs"},
    }
    record, took = sections.Record(), {}
    works: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="bench-", dir=base, ignore_cleanup_errors=True) as name:
        scratch = pathlib.Path(name)
        if not options.quick:
            with sections.below(scratch, "warm") as own:
                sections.warm(settings, own)
        for title, section in sections.SECTIONS.items():
            began = time.monotonic()
            with sections.below(scratch, title) as own:
                section(settings, record, own)
            took[title] = round(time.monotonic() - began, 1)
            measured = {
                name: {**work, "started": head["started"], "commit": head["commit"]}
                for name, work in record.report().items()
            }
            # The order of the tables, whatever was measured when.
            both = before | measured
            order = [name for name in sections.names(settings) if name in both]
            works = {name: both[name] for name in [*order, *(name for name in both if name not in order)]}
            # After each section: an hour's figures should survive the one that breaks.
            results = {**head, "took": took, "targets": report.judge(works), "works": works}
            RESULTS.parent.mkdir(exist_ok=True)
            RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    say(report.tables(works))
    say("\nTargets\n" + report.target_table(report.judge(works)))
    say(f"\nMedians, tools in turn. MB: PSS of the process tree, sampled. Sections took: {_times(took)}.")
    say(f"All samples: {RESULTS}")
    failed = report.failures(works)
    if failed:
        say("FAILED: " + ", ".join(failed))
    return 1 if failed else 0


def _times(took: dict[str, float]) -> str:
    return ", ".join(f"{name} {seconds:.0f} s" for name, seconds in took.items())


def main() -> int:
    options = read_options()
    if not options.docs:
        return run(options)
    if not RESULTS.exists():
        raise SystemExit(f"There is no {RESULTS.relative_to(ROOT)}. Run: make bench")
    for path in page.write(page.read(RESULTS)):
        say(f"written: {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
