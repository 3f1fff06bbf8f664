# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What all parts of the page are made of: findings with their places in it, and how a verdict looks.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.stowage.s3.plugins.module_utils._audit.control import Control, Severity, Verdict
from ansible_collections.stowage.s3.plugins.module_utils._audit.finding import Finding
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.page.markup import (
    Html,
    hidden,
    joined,
    name,
    tag,
)
from ansible_collections.stowage.s3.plugins.module_utils._audit.table import CONTROLS

SEVERITIES = list(Severity)
SUPPRESSED = "suppressed"
# By what a finding is: in words, and its mark in the matrix. That of a pass is drawn, as not every font has one.
WORDS: Mapping[str, tuple[str, str]] = {
    Verdict.FAIL.value: ("fail", "×"),
    Verdict.UNKNOWN.value: ("unknown", "?"),
    SUPPRESSED: ("suppressed", "×"),
    Verdict.PASS.value: ("pass", ""),
    Verdict.NOT_APPLICABLE.value: ("does not apply", "–"),
}
_NUMBERS = {control.id: number for number, control in enumerate(CONTROLS)}
# Columns whose texts are more than a word or two.
_WIDE = ("Of", "Asks", "Evidence", "Judged", "Missing permission", "Other catalogues", "Reason", "Remedy")


@dataclass(frozen=True)
class Item:
    """A finding, and the id of its row."""

    id: str
    finding: Finding

    @property
    def state(self) -> str:
        """What it is, one of WORDS."""
        return SUPPRESSED if self.finding.suppressed else self.finding.judgement.verdict.value

    @property
    def rank(self) -> int:
        """The severity of a failure, 0 the worst; beyond all of them where there is nothing to do."""
        return SEVERITIES.index(self.finding.control.severity) if self.finding.failed else len(SEVERITIES)

    @property
    def place(self) -> tuple[int, int, str, str]:
        """In which order they stand: the worst first."""
        return self.rank, list(WORDS).index(self.state), self.finding.bucket, self.finding.resource


def items(findings: Iterable[Finding]) -> list[Item]:
    """With ids, in the order of the findings."""
    return [Item(f"f{number}", each) for number, each in enumerate(findings, 1)]


def by_severity(found: Iterable[Item]) -> dict[str, tuple[Control, list[Item]]]:
    """By controls, the most severe first."""
    groups: dict[str, tuple[Control, list[Item]]] = {}
    for each in sorted(found, key=lambda each: _order(each.finding.control)):
        groups.setdefault(each.finding.control.id, (each.finding.control, []))[1].append(each)
    return groups


def _order(control: Control) -> tuple[int, int]:
    return SEVERITIES.index(control.severity), _NUMBERS[control.id]


def mark(item: Item) -> Html:
    """A verdict as a sign that leads to its row. Signs differ by shape, and not by colour alone."""
    word, sign = WORDS[item.state]
    told = f"{item.finding.control.id}: {word}"
    title = f"{told}. {item.finding.judgement.evidence}"
    return tag("a", tag("span", sign, aria_hidden="true"), hidden(told), href=f"#{item.id}", title=title)


def look(item: Item) -> str:
    """The classes of a sign."""
    return f"{item.state} {item.finding.control.severity.value}" if item.finding.failed else item.state


def severity(value: str) -> Html:
    """A severity, as a badge."""
    return tag("span", value, class_=f"badge {value}")


def of_control(control: str) -> Html:
    """A control's number, which leads to what is said of it."""
    return tag("a", control, href=f"#c-{control}")


def resource(finding: Finding) -> Html:
    """What it is about."""
    own = finding.resource.endswith(f":s3:::{finding.bucket}")
    parts = [] if own else [tag("div", name(finding.resource), class_="more")]
    return joined([name(finding.bucket or "the account"), *parts])


def table(columns: Sequence[str], rows: Iterable[Html], caption: str) -> Html:
    """A table that scrolls by itself where it is too wide."""
    heads = (tag("th", each, scope="col", class_="text" if each in _WIDE else False) for each in columns)
    head = tag("thead", tag("tr", *heads))
    inner = tag("table", tag("caption", hidden(caption)), head, tag("tbody", *rows))
    return tag("div", inner, class_="wide", role="region", aria_label=caption, tabindex="0")


def row(item: Item, *cells: str) -> Html:
    """A finding's row in a table: to be found by its name, and what links lead to."""
    rank = {"data_rank": str(item.rank)} if item.finding.failed else {}
    named = f"{item.finding.bucket} {item.finding.resource}"
    first, *others = cells
    inner = [tag("th", first, scope="row"), *(tag("td", each) for each in others)]
    return tag("tr", *inner, id=item.id, tabindex="-1", data_name=named, **rank)


def counted(number: int, one: str, many: str) -> str:
    """A number of things."""
    return f"{number} {one if number == 1 else many}"


def rows(found: Iterable[Item]) -> Iterator[Item]:
    """In the order in which they stand."""
    yield from sorted(found, key=lambda each: each.place)
