# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the samples say: tables, and the targets with what was reached of them. Pure: values in, values out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from peers.tools import ALONE, AUDIT, BUCKET, COLLECTION, ONE_OPTION, OURS, PEERS_TASKS, PING, PROWLER

Row = Mapping[str, Any]
Work = Mapping[str, Any]
Works = Mapping[str, Work]  # what Record.report() returns
FASTEST = "the fastest peer"
BY_CONTENT = ("rclone sync --checksum",)  # the only one that can tell what has changed
NAME_WIDTH = 38


@dataclasses.dataclass(frozen=True)
class Target:
    """ROW in WORK is to be at most LIMIT times what is named by THAN, plus MORE; without THAN, at most LIMIT.

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
    row: str = OURS


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
    Target("configure-far-same", 0.125, (PEERS_TASKS,), row=BUCKET),
    # One round trip more than a single read.
    Target("configure-far-same", 1.0, (ONE_OPTION,), more=0.05, row=ALONE),
    Target("audit", 1.0, (PROWLER,), row=AUDIT),
    Target("audit-far", 1.0, (PROWLER,), row=AUDIT),
)


def figure(work: Work, row: Row, what: str) -> float | None:
    """A figure of a row, in the unit that Target tells; None where there is none."""
    if "wall" not in row:
        return None
    if what == "memory":
        return float(row["memory"]) / 1e6
    if what == "object":
        return float(row["cpu"]) / work["objects"] * 1e6 if work["objects"] else None
    return float(row[what])


def judge(works: Works, targets: Sequence[Target] = TARGETS) -> list[dict[str, Any]]:
    """What was reached of each target: `{work, row, what, than, limit, more, measured, unverified, met}`.

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
    ours = figure(work, work["rows"].get(target.row, {}), target.what) if work else None
    than, base = _base(target, works)
    measured = None
    if ours is not None and base is not None:
        measured = (ours - target.more) / base if base else None
    unverified = work["rows"][target.row].get("unverified", 0) if work and ours is not None and target.verified else 0
    return {
        "work": target.work,
        "row": target.row,
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
        return f"{target.other}", figure(other, other["rows"].get(target.row, {}), target.what) if other else None
    if not target.than:
        return "", 1.0
    work = works.get(target.work)
    if not work:
        return " or ".join(target.than), None
    rows = {
        name: value
        for name, row in work["rows"].items()
        if (not name.startswith(COLLECTION) if FASTEST in target.than else name in target.than)
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
    row = verdict["row"].partition(", ")[2]
    return f"{verdict['work']}{row and ', '}{row}, {named}", f"≤ {verdict['limit']:g}{times}{more}", reached, met


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of a work's table: how a row of it becomes a cell."""

    head: str
    width: int
    cell: Callable[[Work, Row], str]


def _times(work: Work, row: Row) -> str:
    ours = work["rows"].get(ours_of(work), {})
    return f"{row['wall'] / ours['wall']:.2f}" if ours.get("wall") else "-"


def _per_object(work: Work, row: Row) -> str:
    each = figure(work, row, "object")
    return "-" if each is None else f"{each:.0f}"


_TIMES = (
    Column("wall s", 9, lambda _work, row: f"{row['wall']:.2f}"),
    Column("x ours", 8, _times),
    Column("min-max", 14, lambda _work, row: f"{row['wall_min']:.2f}-{row['wall_max']:.2f}"),
    Column("CPU s", 8, lambda _work, row: f"{row['cpu']:.2f}"),
)
_COSTS = (
    Column("MB", 7, lambda _work, row: f"{row['memory'] / 1e6:.0f}"),
    Column("server CPU s", 14, lambda _work, row: f"{row['server_cpu']:.2f}"),
    Column("runs", 6, lambda _work, row: str(row["runs"])),
)
OF_OBJECTS = (*_TIMES, Column("CPU µs/object", 15, _per_object), *_COSTS)
OF_REQUESTS = (
    *_TIMES,
    Column("requests", 10, lambda _work, row: f"{row['requests']:g}" if "requests" in row else "-"),
    *_COSTS,
    Column("changed", 9, lambda _work, row: ", ".join(row.get("changed", ())) or "-"),
)


def ours_of(work: Work) -> str:
    """The row that the others are compared with."""
    return next((name for name in (OURS, BUCKET, AUDIT) if name in work["rows"]), "")


def columns_of(work: Work) -> Sequence[Column]:
    """The columns of a work's table besides the names."""
    return OF_REQUESTS if any("requests" in row for row in work["rows"].values()) else OF_OBJECTS


def rows_of(work: Work) -> Iterator[tuple[str, ...]]:
    """The cells of a work's table, without its head; a row that failed has its name and the failure."""
    for name, row in work["rows"].items():
        if row["failures"]:
            yield name, f"FAILED: {row['failures'][0]}"
        else:
            yield name, *(column.cell(work, row) for column in columns_of(work))


def tables(works: Works) -> str:
    """All tables, for a terminal."""
    lines = []
    for name, work in works.items():
        columns = columns_of(work)
        lines += ["", f"{name}: {work['title']}", _line(columns, ("", *(column.head for column in columns)))]
        lines += [
            _line(columns, cells) if len(cells) > 2 else f"  {cells[0]:{NAME_WIDTH}} {cells[1]}"
            for cells in rows_of(work)
        ]
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
        if row["failures"] and tool.startswith(COLLECTION)
    ]


def _line(columns: Sequence[Column], cells: Sequence[str]) -> str:
    first, *others = cells
    return f"  {first:{NAME_WIDTH}}" + "".join(
        f" {cell:>{column.width - 1}}" for cell, column in zip(others, columns, strict=True)
    )
