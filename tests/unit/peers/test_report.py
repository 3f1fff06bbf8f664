# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Figures, targets, tables, pictures and the page, from samples that are made up."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from peers import audits, page, pictures, report, sections
from peers.measuring import Sample, summarise
from peers.report import FASTEST, Target, judge
from peers.sections import Record, Settings, Work, names, turns
from peers.tools import BUCKET, OURS, PING, Tool, small_tools

SETTINGS = Settings(
    files=10_000, many=100_000, large=[(1, 2048), (20, 64)], far=2000, memory=[10_000, 100_000], million=True,
    buckets=100, runs=3, slow=True, only=("",), works=("",),
)  # fmt: skip


def row(wall: float = 1.0, cpu: float = 1.0, memory: int = 10**8, **more: Any) -> dict[str, Any]:
    return summarise([Sample(wall, cpu, 0.5, memory, 0.1, **more)])


def works(name: str = "up", objects: int = 10_000, **rows: dict[str, Any]) -> dict[str, Any]:
    return {name: {**Work(name, "title", objects, 0)._asdict(), "rows": {OURS: rows.pop("ours"), **rows}}}


@pytest.mark.parametrize(
    ("target", "measured", "met"),
    [
        (Target("up", 0.5, ("s5cmd",)), 0.5, True),
        (Target("up", 0.49, ("s5cmd",)), 0.5, False),
        (Target("up", 1.1, (FASTEST,)), 1.0, True),
        (Target("up", 0.5, ("aws", "s5cmd")), 0.5, True),
        (Target("up", 0.2, ("aws",), more=1.0), 0.2, True),
        (Target("up", 200, what="object"), 200.0, True),
        (Target("up", 49, what="memory"), 50.0, False),
        (Target("up", 0.5, ("absent",)), None, None),
        (Target("up", 0.5, ("broken",)), None, None),
        (Target("down", 0.5, (FASTEST,)), None, None),
    ],
)
def test_targets_are_ratios_to_the_fastest_that_is_named(
    target: Target, measured: float | None, met: bool | None
) -> None:
    found = works(
        ours=row(wall=2.0, cpu=2.0, memory=50 * 10**6),
        s5cmd=row(wall=4.0),
        rclone=row(wall=2.0),
        aws=row(wall=5.0),
        broken=row(wall=0.1, failure="it did nothing"),
    )
    [verdict] = judge(found, [target])
    assert (verdict["measured"], verdict["met"]) == (pytest.approx(measured) if measured else None, met)


def test_our_own_variants_are_no_peers() -> None:
    found = works(ours=row(wall=2.0), rclone=row(wall=4.0), **{f"{OURS}, compare: size": row(wall=0.1)})
    [verdict] = judge(found, [Target("up", 0.5, (FASTEST,))])
    assert (verdict["than"], verdict["met"]) == ("rclone", True)


def test_what_was_done_wrong_has_no_figure() -> None:
    found = works(ours=row(failure="it wrote objects"), rclone=row())
    [verdict] = judge(found, [Target("up", 2.0, ("rclone",))])
    assert verdict["met"] is None
    assert report.failures(found) == [f"{OURS} (up)"]
    assert "FAILED: it wrote objects" in report.tables(found)


def test_growth_compares_with_another_work() -> None:
    found = works("memory-up-10", ours=row(memory=100)) | works("memory-up-100", ours=row(memory=121))
    [verdict] = judge(found, [Target("memory-up-100", 1.2, what="memory", other="memory-up-10")])
    assert (verdict["than"], verdict["measured"], verdict["met"]) == ("memory-up-10", pytest.approx(1.21), False)


def test_a_target_may_be_of_another_row_than_the_first() -> None:
    found = works(ours=row(wall=2.0), **{f"{OURS}, once": row(wall=1.25), "rclone": row(wall=1.0)})
    [verdict] = judge(found, [Target("up", 1.0, ("rclone",), more=0.25, row=f"{OURS}, once")])
    assert (verdict["measured"], verdict["met"]) == (pytest.approx(1.0), True)
    assert report.target_words(verdict)[0] == "up, once, wall time"


def test_a_target_spreads_over_the_works_of_its_name_and_wants_verified_downloads() -> None:
    found = works("large-1x8-down", 0, ours=row(unverified=1), s5cmd=row()) | works(
        "large-2x4-down", 0, ours=row(), s5cmd=row()
    )
    verdicts = judge(found, [Target("large-*-down", 1.1, (FASTEST,), verified=True)])
    assert [(each["work"], each["met"]) for each in verdicts] == [("large-1x8-down", False), ("large-2x4-down", True)]
    assert "1 not verified" in report.target_table(verdicts)


def test_every_target_names_works_and_rows_that_are_measured() -> None:
    measured = names(SETTINGS)
    tools = [
        *small_tools(),
        *sections.many_tools(),
        *sections.large_tools(),
        *sections.configure_tools(),
        *audits.tools(),
    ]
    rows = {FASTEST, PING, *(tool.name for tool in tools)}
    for target in report.TARGETS:
        pattern = re.escape(target.work).replace(r"\*", ".*")
        assert any(re.fullmatch(pattern, name) for name in measured), target
        assert not target.other or target.other in measured, target
        assert {target.row, *target.than} <= rows, target


def test_rows_are_medians_with_their_spread() -> None:
    found = summarise([Sample(wall, 1.0, 0.5, 7, 0.1) for wall in (3.0, 1.0, 2.0)])
    assert (found["wall"], found["wall_min"], found["wall_max"], found["runs"]) == (2.0, 1.0, 3.0, 3)


def test_requests_and_changes_are_shown_where_they_were_counted() -> None:
    samples = [Sample(1.0, 1.0, 0.5, 10**6, 0.1, requests=count, changed=("s3_cors",)) for count in (3, 9, 4)]
    found = {"w": {**Work("w", "title", 0, 0)._asdict(), "rows": {BUCKET: row(), "theirs": summarise(samples)}}}
    heads = [column.head for column in report.columns_of(found["w"])]
    cells = [dict(zip(heads, line[1:], strict=True)) for line in report.rows_of(found["w"])]
    assert [(each["requests"], each["changed"]) for each in cells] == [("-", "-"), ("4", "s3_cors")]
    assert "| theirs | 1.00 | 1.00 |" in page.section("w", found)
    assert "requests" not in page.section("up", works(ours=row()))


def test_tools_take_turns() -> None:
    tools = [Tool("a", {}), Tool("b", {}, slow=True), Tool("a-fast", {}, "a")]
    assert [tool.name for tool in turns(tools, 0, slow=False)] == ["a", "b", "a-fast"]
    assert [tool.name for tool in turns(tools, 1, slow=False)] == ["a", "a-fast"]
    assert [tool.name for tool in turns(tools, 1, slow=True)] == ["b", "a", "a-fast"]


def test_ours_comes_first_in_a_table() -> None:
    record = Record(loud=False)
    for tool in ("s5cmd sync", OURS):
        record.add(Work("up", "title", 1, 0), tool, Sample(1.0, 1.0, 0.0, 1, 0.0))
    assert list(record.report()["up"]["rows"]) == [OURS, "s5cmd sync"]


def test_blocks_are_filled_and_the_rest_is_kept() -> None:
    text = "mine\n<!-- begin a: made -->\nold\n<!-- end a -->\nmine too\n<!-- begin ab -->\nkept\n<!-- end ab -->\n"
    once = page.fill(text, {"a": r"new \1"})
    assert once == text.replace("old", "\nnew \\1\n")
    assert page.fill(once, {"a": r"new \1"}) == once
    with pytest.raises(ValueError, match="0 blocks"):
        page.fill(text, {"absent": ""})


def test_the_page_has_every_block() -> None:
    page.fill(page.PAGE.read_text(), dict.fromkeys(("machine", "targets", "memory", *page.BLOCKS), ""))


def test_every_work_has_a_place_on_the_page() -> None:
    kinds = tuple(kind for each in page.BLOCKS.values() for kind in each)
    assert [name for name in names(SETTINGS) if not name.startswith((*kinds, "memory-"))] == []


def test_memory_becomes_a_line_for_each_work() -> None:
    found = {}
    for count in (10, 1000):
        found |= works(f"memory-up-{count}", count, ours=row(memory=count * 10**6))
    series = page.memory_series(found)
    assert series == {"up": {10: 10.0, 1000: 1000.0}}
    assert "| up | 10 MB | 1000 MB |" in page.memory(series)


def test_bars_are_as_long_as_their_figures() -> None:
    bars = [pictures.Bar("a & <b>", 1.0, ours=True), pictures.Bar("c", 4.0, ours=False)]
    svg = ET.fromstring(pictures.bars("x", [pictures.Panel("up", bars)], "s"))  # noqa: S314 - our own text
    found = {
        each.attrib["class"]: float(each.attrib["width"])
        for each in svg.iter("{http://www.w3.org/2000/svg}rect")
        if each.attrib["class"] != "page"
    }
    assert found["peer"] == pytest.approx(4 * found["ours"], abs=0.5)


def test_lines_rise_with_their_figures() -> None:
    text = pictures.lines("x", {"up": {10: 20.0, 1000: 40.0}, "same": {}}, 120, "MB")
    svg = ET.fromstring(text)  # noqa: S314 - our own text
    dots = [
        (float(each.attrib["cx"]), float(each.attrib["cy"])) for each in svg.iter("{http://www.w3.org/2000/svg}circle")
    ]
    assert dots[0][0] < dots[1][0] and dots[0][1] > dots[1][1]
