# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who audits which buckets; and whether they looked at all of them and changed nothing."""

from __future__ import annotations

import itertools
import pathlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from mess import KINDS, make
from peers import prowler
from peers.tools import AUDIT, PROWLER, Command, Tool, payload, playbook

FINDINGS = "findings.csv"  # in the directory of a tool


def _ours(runner: Callable[[str, dict[str, Any], pathlib.Path], Sequence[str]]) -> dict[str, Command]:
    def command(place: Any) -> Sequence[str]:
        return runner(AUDIT, {"output": {"csv": str(place.scratch / FINDINGS)}}, place.scratch / "run.py")

    return {"audit": command}


def tools() -> list[Tool]:
    """Who audits; all write their findings into a file."""
    return [
        Tool(AUDIT, _ours(playbook)),
        Tool(f"{AUDIT}, module alone", _ours(payload)),
        Tool(PROWLER, {"audit": lambda place: prowler.command(place.scratch)}),
    ]


def prepare(client: Any, count: int) -> list[str]:
    """So many buckets, of all kinds of wrong in turn; their names."""
    names = []
    for number, kind in zip(range(count), itertools.cycle(KINDS), strict=False):
        names.append(f"audit-{number:03}-{kind}")
        make(client, kind, names[-1])
    return names


def check(folder: pathlib.Path, names: Iterable[str], requests: Sequence[str]) -> str:
    """What is not as it should be; empty if all is. REQUESTS: the first lines of those that the server got."""
    writing = [line for line in requests if not _reads(line)]
    if writing:
        return f"it does not only read: {writing[0]}"
    try:
        text = (folder / FINDINGS).read_text(encoding="utf-8")
    except FileNotFoundError:
        return "it wrote no findings"
    missing = [name for name in names if name not in text]
    return f"it says nothing of {len(missing)} buckets, as {missing[0]}" if missing else ""


def _reads(line: str) -> bool:
    # Services that are asked by POST to their root: who am I, which regions and trails are there.
    return line.startswith(("GET ", "HEAD ", "POST / "))
