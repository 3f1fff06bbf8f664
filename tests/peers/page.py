# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""docs/performance.md and its pictures, from build/bench.json.

The page is written by hand but for its blocks between `<!-- begin NAME ... -->` and `<!-- end NAME -->`, which are made
here; so what was measured and what people say of it stand together, and neither overwrites the other.
"""

from __future__ import annotations

import json
import pathlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from peers import pictures, report
from peers.tools import COLLECTION, OURS, ROOT

PAGE = ROOT / "docs" / "performance.md"
PICTURES = ROOT / "docs" / "pictures"
NOT_MEASURED = "Not measured yet."
# A block, and what the names of its works begin with.
BLOCKS = {
    "small": ("up", "same", "changed", "copy", "down", "delete"),
    "many": ("many-",),
    "large": ("large-",),
    "network": ("tls-", "latency-"),
    "playbook": ("playbook",),
    "configure": ("configure-",),
    "audit": ("audit",),
}
MEMORY_LIMIT = 120  # MB


def write(results: Mapping[str, Any]) -> list[pathlib.Path]:
    """Write page and pictures; returns their paths. Raises ValueError if the page lacks a block."""
    works = results["works"]
    blocks = {"machine": machine(results), "targets": targets(works)}
    drawn: dict[str, str] = {}
    for name, kinds in BLOCKS.items():
        shown = {key: work for key, work in works.items() if key.startswith(kinds)}
        blocks[name] = section(name, shown)
        if shown:
            drawn[name] = pictures.bars(f"Seconds by work and tool: {name}", _panels(shown), "s")
    series = memory_series(works)
    blocks["memory"] = memory(series)
    if series:
        drawn["memory"] = pictures.lines("Peak memory of stowage.s3.sync", series, MEMORY_LIMIT, "MB")
    page = fill(PAGE.read_text(), blocks)
    PICTURES.mkdir(exist_ok=True)
    paths = [PICTURES / f"{name}.svg" for name in drawn]
    for path, text in zip(paths, drawn.values(), strict=True):
        path.write_text(text)
    PAGE.write_text(page)
    return [PAGE, *paths]


def fill(page: str, blocks: Mapping[str, str]) -> str:
    """The page with its blocks replaced. Raises ValueError for a block that the page lacks."""
    for name, text in blocks.items():
        pattern = rf"(<!-- begin {name}\b[^>]*-->\n).*?(<!-- end {name} -->)"
        page, count = re.subn(pattern, _around(text), page, flags=re.DOTALL)
        if count != 1:
            raise ValueError(f"{PAGE.name} has {count} blocks '<!-- begin {name} -->'; it needs one.")
    return page


def _around(text: str) -> Callable[[re.Match[str]], str]:
    return lambda found: f"{found[1]}\n{text}\n\n{found[2]}"


def machine(results: Mapping[str, Any]) -> str:
    """Where and when it was measured, and with what."""
    on, versions = results["machine"], results["versions"]
    works = results["works"].values()
    rows = [
        # More than one where works were added to an earlier run.
        ("measured", ", ".join(sorted({work["started"][:10] for work in works}))),
        ("commit", ", ".join(sorted({work["commit"] for work in works}))),
        ("processor", f"{on['processor']}, {on['cpus']} CPUs"),
        ("memory", f"{on['memory'] / 2**30:.0f} GiB"),
        ("system", on["system"]),
        *versions.items(),
    ]
    return table(("", ""), rows)


def targets(works: report.Works) -> str:
    """The targets, and what was reached."""
    if not works:
        return NOT_MEASURED
    return table(("work", "target", "measured", ""), [report.target_words(each) for each in report.judge(works)])


def section(name: str, works: report.Works) -> str:
    """A picture and a table for each work."""
    if not works:
        return NOT_MEASURED
    parts = [f"![Seconds by work and tool](pictures/{name}.svg)"]
    for key, work in works.items():
        head = ("", *(column.head for column in report.columns_of(work)))
        rows = []
        for cells in report.rows_of(work):
            first, *others = cells
            shown = f"**{first}**" if first == report.ours_of(work) else first
            rows.append((shown, *others, *[""] * (len(head) - len(cells))))
        parts += [f"**{key}**: {work['title']}", table(head, rows)]
    return "\n\n".join(parts)


def memory_series(works: report.Works) -> dict[str, dict[int, float]]:
    """MB of ours by work and number of objects."""
    series: dict[str, dict[int, float]] = {}
    for key, work in works.items():
        kind, _hyphen, rest = key.partition("-")
        value = report.figure(work, work["rows"].get(OURS, {}), "memory")
        if kind == "memory" and value is not None:
            name = {"same": "no change", "up": "up"}[rest.partition("-")[0]]
            series.setdefault(name, {})[work["objects"]] = value
    return series


def memory(series: Mapping[str, Mapping[int, float]]) -> str:
    if not series:
        return NOT_MEASURED
    counts = sorted({count for points in series.values() for count in points})
    rows = [
        (name, *(f"{points[count]:.0f} MB" if count in points else "-" for count in counts))
        for name, points in series.items()
    ]
    head = ("", *(f"{count:,}" for count in counts))
    return "![Peak memory over the number of objects](pictures/memory.svg)\n\n" + table(head, rows)


def _panels(works: report.Works) -> list[pictures.Panel]:
    return [
        pictures.Panel(
            f"{key}: {work['title']}",
            sorted(
                (
                    pictures.Bar(tool, row["wall"], tool.startswith(COLLECTION))
                    for tool, row in work["rows"].items()
                    if not row["failures"]
                ),
                key=lambda bar: bar.value,
            ),
        )
        for key, work in works.items()
    ]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---", *("---" for _each in head[1:])], *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def read(path: pathlib.Path) -> dict[str, Any]:
    """What the last run has written. Raises FileNotFoundError if there was none."""
    found: dict[str, Any] = json.loads(path.read_text())
    return found
