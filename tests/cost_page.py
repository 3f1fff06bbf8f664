# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the documentation says of costs, from the code.

`python tests/cost_page.py` writes the made parts of docs/cost.md and docs/storage-classes.md, and their pictures.
"""

from __future__ import annotations

import pathlib
import sys
from collections.abc import Callable
from decimal import Decimal

from ansible_collections.stowage.s3.plugins.module_utils._cost import price_table
from ansible_collections.stowage.s3.plugins.module_utils._cost.bill import estimate, money
from ansible_collections.stowage.s3.plugins.module_utils._cost.choose import COPY, LIFECYCLE, Alike, choice, kept
from ansible_collections.stowage.s3.plugins.module_utils._cost.classes import CLASSES, KB
from ansible_collections.stowage.s3.plugins.module_utils._cost.lifecycle import break_even_bytes
from ansible_collections.stowage.s3.plugins.module_utils._cost.meter import GB, KINDS
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import Prices, prices
from peers.pictures import Axis, curves

DOCS = pathlib.Path(__file__).resolve().parents[1] / "docs"
PRICES: Prices = prices(price_table.BASE, cache_dir="/nonexistent")
COLD = ("STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE")
ALL = ("STANDARD", "STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE")
TB = GB << 10
YEAR = Decimal(12)
SIZES = [round(KB * 2 ** (step / 4)) for step in range(81)]  # 1 KiB to 1 GiB
SIZE_TICKS = {
    1 << 10: "1 KiB",
    1 << 14: "16 KiB",
    1 << 17: "128 KiB",
    1 << 20: "1 MiB",
    1 << 22: "4 MiB",
    1 << 24: "16 MiB",
    1 << 30: "1 GiB",
}
SHARE_TICKS = {0.01: "0.01", 0.1: "0.1", 1.0: "1", 10.0: "10", 100.0: "100"}


def alike(size: int, count: int = 1, storage_class: str = "STANDARD", reads: int = 0, read_bytes: int = 0) -> Alike:
    """Objects of one size."""
    return Alike(storage_class, count, size * count, size, reads=reads, read_bytes=read_bytes)


# Pictures


def break_even_picture() -> str:
    """Days until the move of an object out of STANDARD by a lifecycle rule has paid for itself, by its size."""
    series: dict[str, dict[float, float]] = {}
    for name in COLD:
        days = {size: choice(alike(size), name, LIFECYCLE, YEAR, PRICES).break_even_days for size in SIZES}
        series[name] = {size: day for size, day in days.items() if day}
    ticks = {1.0: "1", 7.0: "7", 30.0: "30", 90.0: "90", 365.0: "365", 3650.0: "3,650"}
    return curves(
        "When a lifecycle transition has paid for itself",
        series,
        Axis("size of an object", {size: words for size, words in SIZE_TICKS.items() if 1 << 14 <= size <= 1 << 22}),
        Axis("days after the move", ticks),
    )


def size_picture() -> str:
    """A month of a TB, by the size of the objects that it is made of."""
    series = {name: {size: float(_month(alike(size, TB // size), name)) for size in SIZES} for name in ALL}
    ticks = {1.0: "$1", 4.0: "$4", 10.0: "$10", 23.55: "$23.55", 100.0: "$100", 1000.0: "$1,000"}
    return curves(
        "What a TB costs a month, by what it is made of",
        series,
        Axis("size of each object", {size: words for size, words in SIZE_TICKS.items() if size != 1 << 22}),
        Axis("USD a month", ticks),
    )


def reads_picture() -> str:
    """A month of a TB of objects of 1 MiB, by how much of it is read."""
    shares = [10 ** (step / 8) for step in range(-16, 17)]  # per cent
    series = {name: {share: float(_month(_read(share), name)) for share in shares} for name in ALL}
    ticks = {1.0: "$1", 4.0: "$4", 10.0: "$10", 23.55: "$23.55", 100.0: "$100"}
    return curves(
        "What a TB costs a month, by how much of it is read",
        series,
        Axis("per cent of the objects that are read each month", SHARE_TICKS),
        Axis("USD a month, for storage and reading", ticks),
    )


def _read(share: float) -> Alike:
    """A TB of which a share is read each month, in per cent."""
    return alike(1 << 20, TB >> 20, reads=int((TB >> 20) * share / 100), read_bytes=int(TB * share / 100))


def _month(of: Alike, name: str) -> Decimal:
    return estimate(kept(of, name), PRICES).monthly.usd


PICTURES: dict[str, Callable[[], str]] = {
    "cost-break-even.svg": break_even_picture,
    "cost-by-size.svg": size_picture,
    "cost-by-reads.svg": reads_picture,
}


# Tables


def kinds() -> str:
    """What can be priced."""
    lines = ["| kind | priced per | `detail` | what it is |", "|---|---|---|---|"]
    for each in KINDS.values():
        details = ", ".join(f"`{word}`" for word in each.details if word)
        lines.append(f"| `{each.name}` | {each.unit} | {details} | {each.text} |")
    return "\n".join(lines)


def classes() -> str:
    """The rules of each class."""
    lines = [
        "| class | least days | least size | reading | lifecycle from | a month of a TB of objects of 1 MiB |",
        "|---|---|---|---|---|---|",
    ]
    for each in CLASSES.values():
        least = f"{each.min_bytes // KB} KB" if each.min_bytes else "+ 40 KB of index each" if each.overhead else ""
        reading = "after a restore" if each.archived else "costs by the GB" if each.retrieval else ""
        age = f"day {each.min_age_days}" if each.order else ""
        month = money(_month(alike(1 << 20, TB >> 20), each.name))
        lines.append(f"| `{each.name}` | {each.min_days or ''} | {least} | {reading} | {age} | {month} |")
    return "\n".join(lines)


def break_evens() -> str:
    """From which size on objects pay back."""
    lines = [
        "| to | by lifecycle, in a year | in three years | by `storage_class`, in a year | in three years |",
        "|---|---|---|---|---|",
    ]
    for name in COLD:
        cells = [
            size_of(break_even_bytes("STANDARD", name, months, PRICES, by))
            for by in (LIFECYCLE, COPY)
            for months in (YEAR, YEAR * 3)
        ]
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def size_of(size: int | None) -> str:
    if size is None:
        return "never"
    for shift, unit in ((20, "MiB"), (10, "KiB")):
        if size >= 1 << shift:
            return f"{size / (1 << shift):.3g} {unit}"
    return f"{size} B"


def table() -> str:
    """The prices of the base region."""
    lines = ["| kind | class | detail | USD | per |", "|---|---|---|---|---|"]
    for meter, rate in PRICES.rates.items():
        tiers = ", ".join(
            f"{tier.usd.normalize():f}" + (f" up to {tier.up_to:,f}" if tier.up_to is not None else "")
            for tier in rate.tiers
        )
        mark = "" if rate.verified else " (unverified)"
        lines.append(
            f"| {meter.kind} | {meter.storage_class} | {meter.detail} | {tiers}{mark} | {KINDS[meter.kind].unit} |"
        )
    return "\n".join(lines)


PARTS: dict[str, dict[str, Callable[[], str]]] = {
    "cost.md": {"kinds": kinds, "prices": table},
    "storage-classes.md": {"classes": classes, "break-evens": break_evens},
}


def page(name: str, text: str) -> str:
    """TEXT of a page with its made parts as they are now."""
    for part, make in PARTS[name].items():
        begin, end = f"<!-- begin {part} -->", f"<!-- end {part} -->"
        before, rest = text.split(begin)
        text = f"{before}{begin}\n{make()}\n{end}{rest.split(end)[1]}"
    return text


def main() -> None:
    for name in PARTS:
        path = DOCS / name
        path.write_text(page(name, path.read_text()))
    for name, make in PICTURES.items():
        (DOCS / "pictures" / name).write_text(make())


if __name__ == "__main__":
    sys.exit(main())
