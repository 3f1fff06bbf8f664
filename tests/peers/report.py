# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the samples say: tables, and the targets with what was reached of them. Pure: values in, values out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from peers.tools import OURS, PING

Works = Mapping[str, Mapping[str, Any]]  # what Record.report() returns
FASTEST = "the fastest peer"
BY_CONTENT = ("rclone sync --checksum",)  # the only one that can tell what has changed
HEAD = ("", "wall s", "x ours", "min-max", "CPU s", "CPU µs/object", "MB", "server CPU s", "runs")
WIDTHS = (36, 9, 8, 14, 8, 15, 7, 14, 6)


@dataclasses.dataclass(frozen=True)
class Target:
    """Ours in WORK is to be at most LIMIT times what is named by THAN, plus MORE; without THAN, at most LIMIT.

    THAN names rows of the same work, of which the fastest counts (empty: an absolute limit), or in OTHER, where that is
    given, the same row of another work. WHAT is a figure of the row: wall (seconds), memory (MB), object (µs of CPU).
    """

    work: str
    limit: float
    than: tuple[str, ...] = ()
    what: str = "wall"
    more: float = 0.0
    other: str = ""
    verified: bool = False  # and every download has to be verified


TARGETS = (
    Target("many-same", 0.3, ("s5cmd sync",)),
    Target("many-same", 0.7, ("rclone sync --size-only",)),
    Target("up", 0.3, ("s5cmd sync",)),
    Target("up", 0.9, ("s5cmd cp",)),
    Target("up", 0.6, ("rclone sync",)),
    Target("up", 0.1, ("community.aws.s3_sync",)),
    Target("down", 0.3, ("s5cmd sync",)),
    Target("down", 1.0, ("s5cmd cp",)),
    Target("down", 0.75, ("rclone sync",)),
    Target("changed", 0.5, BY_CONTENT),
    Target("delete", 1.0, (FASTEST,)),
    Target("copy", 0.7, (FASTEST,)),
    Target("large-*-up", 1.1, (FASTEST,)),
    Target("large-*-down", 1.1, (FASTEST,), verified=True),
    Target("up", 280, what="object"),
    Target("down", 280, what="object"),
    Target("memory-same-*", 120, what="memory"),
    Target("memory-up-*", 120, what="memory"),
    Target("memory-same-1000000", 1.2, what="memory", other="memory-same-100000"),
    Target("memory-up-1000000", 1.2, what="memory", other="memory-up-100000"),
    Target("playbook", 1.3, (PING,), more=0.3),
)


def figure(work: Mapping[str, Any], row: Mapping[str, Any], what: str) -> float | None:
    """A figure of a row, in the unit that Target tells; None where there is none."""
    if "wall" not in row:
        return None
    if what == "memory":
        return float(row["memory"]) / 1e6
    if what == "object":
        return float(row["cpu"]) / work["objects"] * 1e6 if work["objects"] else None
    return float(row[what])


def judge(works: Works, targets: Sequence[Target] = TARGETS) -> list[dict[str, Any]]:
    """What was reached of each target: `{work, what, than, limit, more, measured, unverified, met}`.

    `measured` and `met` are None where a figure is missing.
    """
    return [verdict for target in targets for each in _spread(target, works) for verdict in [_judge(each, works)]]


def _spread(target: Target, works: Works) -> Iterator[Target]:
    """The target once for every work that its name stands for."""
    head, star, tail = target.work.partition("*")
    found = [name for name in works if name.startswith(head) and name.endswith(tail)] if star else [target.work]
    for name in found or [target.work]:
        yield dataclasses.replace(target, work=name)


def _judge(target: Target, works: Works) -> dict[str, Any]:
    work = works.get(target.work)
    ours = figure(work, work["rows"].get(OURS, {}), target.what) if work else None
    than, base = _base(target, works)
    measured = None
    if ours is not None and base is not None:
        measured = (ours - target.more) / base if base else None
    unverified = work["rows"][OURS].get("unverified", 0) if work and ours is not None and target.verified else 0
    return {
        "work": target.work,
        "what": target.what,
        "than": than,
        "limit": target.limit,
        "more": target.more,
        "measured": measured,
        "unverified": unverified,
        "met": None if measured is None else measured <= target.limit and not unverified,
    }


def _base(target: Target, works: Works) -> tuple[str, float | None]:
    """What ours is compared with, in words, and its figure; 1 where the limit is absolute."""
    if target.other:
        other = works.get(target.other)
        return f"{target.other}", figure(other, other["rows"].get(OURS, {}), target.what) if other else None
    if not target.than:
        return "", 1.0
    work = works.get(target.work)
    if not work:
        return " or ".join(target.than), None
    rows = {
        name: value
        for name, row in work["rows"].items()
        if (not name.startswith(OURS) if FASTEST in target.than else name in target.than)
        and (value := figure(work, row, target.what)) is not None
    }
    if not rows:
        return " or ".join(target.than), None
    best = min(rows, key=lambda name: rows[name])
    return best, rows[best]


def target_words(verdict: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """A verdict as cells: what is compared, the target, what was measured, met or missed."""
    than, what, measured = verdict["than"], verdict["what"], verdict["measured"]
    unit = {"memory": " MB", "object": " µs"}.get(what, " s") if not than else ""
    named = {"memory": "peak memory", "object": "CPU per object", "wall": "wall time"}[what]
    times = f" × {than}" if than else unit
    more = f" + {verdict['more']:g} s" if verdict["more"] else ""
    reached = (
        "not measured" if measured is None else f"{measured:.2f}{times}{more}" if than else f"{measured:.0f}{unit}"
    )
    if verdict["unverified"]:
        reached += f", {verdict['unverified']} not verified"
    met = {None: "-", True: "met", False: "missed"}[verdict["met"]]
    return f"{verdict['work']}, {named}", f"≤ {verdict['limit']:g}{times}{more}", reached, met


def rows_of(work: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """The cells of a work's table, without its head; a row that failed has its name and the failure."""
    ours = work["rows"].get(OURS, {})
    for name, row in work["rows"].items():
        if row["failures"]:
            yield name, f"FAILED: {row['failures'][0]}"
            continue
        each = figure(work, row, "object")
        yield (
            name,
            f"{row['wall']:.2f}",
            f"{row['wall'] / ours['wall']:.2f}" if ours.get("wall") else "-",
            f"{row['wall_min']:.2f}-{row['wall_max']:.2f}",
            f"{row['cpu']:.2f}",
            "-" if each is None else f"{each:.0f}",
            f"{row['memory'] / 1e6:.0f}",
            f"{row['server_cpu']:.2f}",
            str(row["runs"]),
        )


def tables(works: Works) -> str:
    """All tables, for a terminal."""
    lines = []
    for name, work in works.items():
        lines += ["", f"{name}: {work['title']}", _line(HEAD)]
        lines += [_line(cells) if len(cells) == len(HEAD) else f"  {cells[0]:36} {cells[1]}" for cells in rows_of(work)]
    return "\n".join(lines)


def target_table(verdicts: Sequence[Mapping[str, Any]]) -> str:
    """The table of the targets, for a terminal."""
    rows = [("", "target", "measured", ""), *map(target_words, verdicts)]
    widths = [max(len(row[column]) for row in rows) + 2 for column in range(4)]
    return "\n".join(
        "  " + "".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def failures(works: Works) -> list[str]:
    """Which works of ours were done wrong."""
    return [
        f"{tool} ({name})"
        for name, work in works.items()
        for tool, row in work["rows"].items()
        if row["failures"] and (tool.startswith(OURS))
    ]


def _line(cells: Sequence[str]) -> str:
    first, *others = cells
    return f"  {first:{WIDTHS[0]}}" + "".join(
        f"{cell:>{width}}" for cell, width in zip(others, WIDTHS[1:], strict=True)
    )
