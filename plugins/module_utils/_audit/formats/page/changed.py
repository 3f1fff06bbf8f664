# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What changed since an earlier audit.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ansible_collections.stowage.s3.plugins.module_utils._audit.changes import Change, Kind
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.about import Since
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.page.item import (
    WORDS,
    Item,
    counted,
    of_control,
    severity,
    table,
)
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.page.markup import Html, joined, name, tag

_TITLES = {
    Kind.WORSE: ("Worse", "They fail, and did not before."),
    Kind.UNCLEAR: ("No longer known", "They could not be read this time, which is no improvement."),
    Kind.GONE: (
        "No longer there",
        "They were not found. Access points and directory buckets are looked for where buckets are.",
    ),
    Kind.SUPPRESSED: ("Suppressed", "Somebody decided that they may stay: nothing was mended."),
    Kind.BETTER: ("Better", "They pass or do not apply, and did not before."),
}


def changed(since: Since | None, found: Sequence[Item]) -> Html:
    """Nothing where nobody asked."""
    if since is None:
        return Html("")
    return tag("section", tag("h2", "Changes"), *_told(since, found), id="changes")


def _told(since: Since, found: Sequence[Item]) -> list[Html]:
    if not since.time:
        return [tag("p", "There is no earlier audit to compare this one with. The next one tells what changed.")]
    places = {(each.finding.control.id, each.finding.resource): each for each in found}
    fails = Counter(each.finding.bucket for each in found if each.finding.failed)
    parts = [_kind(kind, since.changes.of(kind), places) for kind in Kind if since.changes.of(kind)]
    if since.changes.new:
        new = [joined([name(each), f" ({counted(fails[each], 'failure', 'failures')})"]) for each in since.changes.new]
        parts.append(_buckets("New buckets", new))
    if since.changes.gone:
        parts.append(_buckets("Buckets that are gone", [name(each) for each in since.changes.gone]))
    when = tag("time", f"{since.time[:10]} {since.time[11:16]} UTC", datetime=since.time)
    return [tag("p", "Since the audit of ", when, "." if parts else ": nothing changed."), *parts]


def _kind(kind: Kind, changes: Sequence[Change], places: dict[tuple[str, str], Item]) -> Html:
    title, told = _TITLES[kind]
    lines = [_line(each, places) for each in changes]
    body = table(("Of", "Control", "Severity", "Asks", "Before", "Now"), lines, title)
    return _part(title, len(changes), tag("p", told), body, open=kind is Kind.WORSE)


def _line(change: Change, places: dict[tuple[str, str], Item]) -> Html:
    each = change.finding
    item = places.get((each["control"], each["resource"]))
    now = _word(change.after)
    return tag(
        "tr",
        tag("th", name(each["bucket"] or each["resource"]), scope="row"),
        tag("td", of_control(each["control"]) if item else each["control"]),
        tag("td", severity(each["severity"])),
        tag("td", each["title"]),
        tag("td", _word(change.before)),
        tag("td", tag("a", now, href=f"#{item.id}") if item else now),
    )


def _word(word: str) -> str:
    return WORDS[word][0] if word else "not there"


def _buckets(title: str, found: Sequence[Html]) -> Html:
    return _part(title, len(found), tag("ul", *(tag("li", each) for each in found)))


def _part(title: str, count: int, *inner: Html, open: bool = False) -> Html:  # noqa: A002 - HTML's own word
    head = tag("summary", tag("h3", f"{title} ({count})"))
    return tag("details", head, *inner, class_="change", open=open)
