# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The matrix: what each control says of each bucket; and what is said of the account.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from ansible_collections.stowage.s3.plugins.module_utils._audit.control import Control, Scope, Verdict
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.page.item import (
    SEVERITIES,
    WORDS,
    Item,
    by_severity,
    look,
    mark,
    of_control,
    resource,
    rows,
    severity,
    table,
)
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.page.markup import (
    Html,
    hidden,
    joined,
    name,
    tag,
)


def account(found: Sequence[Item]) -> Html:
    """What is said of the account and what it has, a line for each."""
    own = [each for each in found if each.finding.control.scope is Scope.ACCOUNT]
    if not own:
        return Html("")
    lines = [
        tag(
            "tr",
            tag("th", of_control(each.finding.control.id), scope="row"),
            tag("td", severity(each.finding.control.severity.value)),
            tag("td", tag("span", mark(each), class_=f"sign {look(each)}"), " ", WORDS[each.state][0]),
            tag("td", resource(each.finding)),
            tag("td", each.finding.control.title),
            data_name=f"{each.finding.bucket} {each.finding.resource}",
        )
        for each in rows(own)
    ]
    columns = ("Control", "Severity", "Verdict", "Of", "Asks")
    return tag("section", tag("h2", "Account"), table(columns, lines, "Verdicts on the account"), id="account")


def matrix(found: Sequence[Item]) -> Html:
    """A row for each bucket, the worst first, and a column for each control, the most severe first."""
    own = [each for each in found if each.finding.control.scope is Scope.BUCKET]
    if not own:
        return Html("")
    columns = [control for control, _each in by_severity(own).values()]
    buckets: dict[str, dict[str, Item]] = {}
    for each in own:
        buckets.setdefault(each.finding.bucket, {})[each.finding.control.id] = each
    order = sorted(buckets, key=lambda bucket: (_badness(buckets[bucket].values()), bucket))
    lines = [_line(bucket, buckets[bucket], columns) for bucket in order]
    caption = tag("caption", hidden("Verdicts by buckets and controls, the worst first"))
    grid = tag("table", caption, _head(columns), tag("tbody", *lines), _foot(own, columns), class_="matrix")
    scrolls = tag(
        "div", grid, class_="wide", role="region", aria_label="Verdicts by buckets and controls", tabindex="0"
    )
    return tag("section", tag("h2", "Buckets"), _legend(), scrolls, id="buckets")


def _badness(found: Iterable[Item]) -> tuple[int, ...]:
    """The more critical failures the lower, then those of the next severity; at last what is unknown."""
    states = list(found)
    counts = Counter(each.rank for each in states)
    unknown = sum(each.state == Verdict.UNKNOWN.value for each in states)
    return (*(-counts[rank] for rank in range(len(SEVERITIES))), -unknown)


def _head(columns: Sequence[Control]) -> Html:
    groups = [(kind, len(list(of))) for kind, of in groupby(columns, key=lambda each: each.severity)]
    above = [tag("th", severity(kind.value), scope="colgroup", colspan=str(count)) for kind, count in groups]
    first = tag("th", "Bucket", scope="col", rowspan="2"), tag("th", "Fails", scope="col", rowspan="2")
    below = [tag("th", tag("a", each.id, href=f"#c-{each.id}", title=each.title), scope="col") for each in columns]
    return tag("thead", tag("tr", *first, *above), tag("tr", *below))


def _line(bucket: str, found: dict[str, Item], columns: Sequence[Control]) -> Html:
    fails = sum(each.finding.failed for each in found.values())
    cells = [_sign(found.get(each.id)) for each in columns]
    region = next((each.finding.region for each in found.values()), "")
    head = tag("th", name(bucket), *([tag("div", region, class_="more")] if region else []), scope="row")
    rank = str(min(each.rank for each in found.values()))
    return tag("tr", head, tag("td", str(fails), class_="number"), *cells, data_name=bucket, data_rank=rank)


def _sign(item: Item | None) -> Html:
    return tag("td", mark(item), class_=f"sign {look(item)}") if item else tag("td")


def _foot(found: Sequence[Item], columns: Sequence[Control]) -> Html:
    fails = Counter(each.finding.control.id for each in found if each.finding.failed)
    cells = [tag("td", str(fails[each.id]), class_="number") for each in columns]
    return tag(
        "tfoot",
        tag("tr", tag("th", "Fails", scope="row"), tag("td", str(sum(fails.values())), class_="number"), *cells),
    )


def _legend() -> Html:
    signs = [
        tag(
            "li",
            tag("span", tag("span", sign), class_=f"sign {state}{' high' if state == Verdict.FAIL.value else ''}"),
            " ",
            word,
        )
        for state, (word, sign) in WORDS.items()
    ]
    hint = "A sign leads to its evidence. With the keyboard, arrows go from sign to sign."
    return joined([tag("ul", *signs, class_="legend"), tag("p", hint, class_="scripted hint", hidden=True)])
