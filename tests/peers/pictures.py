# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Pictures as SVG, made of text: bars for times, lines for memory, curves for costs.

Each picture has a background of its own, light or dark as the reader's browser wants it, so it can be read on any page.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

WIDTH, LABELS, VALUES = 780, 260, 90
BAR, GAP = 18, 8
_STYLE = (
    "<style>"
    ".page{fill:#ffffff}.text{fill:#1f2328}.quiet{fill:#59636e}.ours{fill:#0969da}.peer{fill:#afb8c1}"
    ".c{stroke:#1a7f37}.fc{fill:#1a7f37}.d{stroke:#8250df}.fd{fill:#8250df}.e{stroke:#cf222e}.fe{fill:#cf222e}"
    ".f{stroke:#59636e}.ff{fill:#59636e}"
    ".axis{stroke:#d1d9e0}.limit{stroke:#cf222e}.a{stroke:#0969da}.b{stroke:#bf8700}.fa{fill:#0969da}.fb{fill:#bf8700}"
    "@media(prefers-color-scheme:dark){"
    ".page{fill:#0d1117}.text{fill:#f0f6fc}.quiet{fill:#9198a1}.ours{fill:#4493f8}.peer{fill:#484f58}"
    ".c{stroke:#3fb950}.fc{fill:#3fb950}.d{stroke:#ab7df8}.fd{fill:#ab7df8}.e{stroke:#f85149}.fe{fill:#f85149}"
    ".f{stroke:#9198a1}.ff{fill:#9198a1}"
    ".axis{stroke:#3d444d}.limit{stroke:#f85149}.a{stroke:#4493f8}.b{stroke:#d29922}.fa{fill:#4493f8}.fb{fill:#d29922}}"
    "text{font:13px -apple-system,'Segoe UI',Helvetica,Arial,sans-serif}.title{font-weight:600}"
    "</style>"
)


class Bar(NamedTuple):
    """One row of a panel."""

    name: str
    value: float
    ours: bool


class Panel(NamedTuple):
    """One work: its bars have a scale of their own."""

    title: str
    bars: Sequence[Bar]


def bars(title: str, panels: Sequence[Panel], unit: str) -> str:
    """Horizontal bars, a panel under the other."""
    parts: list[str] = []
    y = 14
    for panel in panels:
        parts.append(_text(16, y + 14, panel.title, "text title"))
        y += 28
        most = max((one.value for one in panel.bars), default=0.0) or 1.0
        for one in panel.bars:
            length = max(1.0, one.value / most * (WIDTH - LABELS - VALUES))
            parts += [
                _text(LABELS - 8, y + 13, one.name, "text" if one.ours else "quiet", anchor="end"),
                f'<rect class="{"ours" if one.ours else "peer"}" x="{LABELS}" y="{y}" width="{length:.1f}"'
                f' height="{BAR}" rx="3"/>',
                _text(LABELS + length + 8, y + 13, f"{_number(one.value)} {unit}", "text"),
            ]
            y += BAR + GAP
        y += 14
    return _picture(title, y, parts)


def lines(title: str, series: Mapping[str, Mapping[int, float]], limit: float, unit: str) -> str:
    """Lines over numbers of objects, which grow by powers of ten; LIMIT is drawn across."""
    height, left, right, top, bottom = 320, 70, 110, 50, 50
    xs = sorted({x for points in series.values() for x in points})
    most = max([limit, *(y for points in series.values() for y in points.values())]) * 1.1
    low, high = math.log10(xs[0]), math.log10(xs[-1])

    def at(x: float, y: float) -> tuple[float, float]:
        share = (math.log10(x) - low) / (high - low) if high > low else 0.5
        return left + share * (WIDTH - left - right), height - bottom - y / most * (height - top - bottom)

    end = WIDTH - right
    parts = [_text(16, 28, title, "text title")]
    for step in _ticks(most):
        _x, y = at(xs[0], step)
        parts.append(f'<line class="axis" x1="{left}" x2="{end}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(_text(left - 8, y + 4, f"{step:g} {unit}", "quiet", anchor="end"))
    for x in xs:
        parts.append(_text(at(x, 0)[0], height - bottom + 22, f"{x:,}", "quiet", anchor="middle"))
    parts.append(_text((left + end) / 2, height - 8, "objects", "quiet", anchor="middle"))
    _x, y = at(xs[0], limit)
    parts.append(f'<line class="limit" stroke-dasharray="6 4" x1="{left}" x2="{end}" y1="{y:.1f}" y2="{y:.1f}"/>')
    parts.append(_text(end + 10, y + 4, f"target {limit:g}", "quiet"))
    taken: list[float] = [y]
    for kind, (name, points) in zip("ab", series.items(), strict=False):
        places = [at(x, points[x]) for x in sorted(points)]
        if not places:
            continue
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline class="{kind}" fill="none" stroke-width="2.5" points="{path}"/>')
        parts += [f'<circle class="f{kind}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in places]
        # Names keep apart, where the lines do not.
        y = places[-1][1]
        while any(abs(y - other) < 16 for other in taken):
            y += 2
        taken.append(y)
        parts.append(_text(end + 10, y + 4, name, f"f{kind}"))
    return _picture(title, height, parts)


class Axis(NamedTuple):
    """An axis with a logarithmic scale: what it is of, and the places that are written there."""

    title: str
    ticks: Mapping[float, str]


def curves(title: str, series: Mapping[str, Mapping[float, float]], across: Axis, up: Axis) -> str:
    """Up to six curves between the first and the last tick of both axes; what is beyond is left out."""
    height, left, right, top, bottom = 400, 90, 170, 62, 56
    xs, ys = ((math.log10(min(axis.ticks)), math.log10(max(axis.ticks))) for axis in (across, up))

    def at(x: float, y: float) -> tuple[float, float]:
        wide, high = ((math.log10(each) - low) / (far - low) for each, (low, far) in ((x, xs), (y, ys)))
        return left + wide * (WIDTH - left - right), height - bottom - high * (height - top - bottom)

    end = WIDTH - right
    parts = [_text(16, 28, title, "text title"), _text(16, 50, up.title, "quiet")]
    for value, words in up.ticks.items():
        y = at(min(across.ticks), value)[1]
        parts.append(f'<line class="axis" x1="{left}" x2="{end}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(_text(left - 8, y + 4, words, "quiet", anchor="end"))
    for value, words in across.ticks.items():
        parts.append(_text(at(value, min(up.ticks))[0], height - bottom + 22, words, "quiet", anchor="middle"))
    parts.append(_text((left + end) / 2, height - 10, across.title, "quiet", anchor="middle"))
    taken: list[float] = []
    shown = [(name, _inside(points, across, up)) for name, points in series.items()]
    for kind, (name, points) in zip("abcdef", shown, strict=False):
        if not points:
            continue
        places = [at(x, y) for x, y in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline class="{kind}" fill="none" stroke-width="2.5" points="{path}"/>')
        y = places[-1][1]
        while any(abs(y - other) < 16 for other in taken):
            y += 2
        taken.append(y)
        parts.append(_text(end + 10, y + 4, name, f"f{kind}"))
    return _picture(title, height, parts)


def _inside(points: Mapping[float, float], across: Axis, up: Axis) -> list[tuple[float, float]]:
    return [
        (x, y)
        for x, y in sorted(points.items())
        if min(across.ticks) <= x <= max(across.ticks) and min(up.ticks) <= y <= max(up.ticks)
    ]


def _ticks(most: float) -> list[float]:
    step = 10.0 ** math.floor(math.log10(most))
    for divisor in (1, 2, 5, 10):
        if most / (step / divisor) >= 4:
            step /= divisor
            break
    return [step * number for number in range(int(most / step) + 1)]


def _number(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _text(x: float, y: float, words: str, kind: str, *, anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _picture(title: str, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}"'
        f' height="{height:.0f}" role="img" aria-label="{escape(title, {chr(34): "&quot;"})}">\n'
        f'{_STYLE}\n<rect class="page" width="{WIDTH}" height="{height:.0f}" rx="6"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )
