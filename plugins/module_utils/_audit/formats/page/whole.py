# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""HTML for people, in one file that loads nothing: the matrix of verdicts, what stands behind it, and what changed.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence

from ansible_collections.stowage.s3.plugins.module_utils._audit import finding
from ansible_collections.stowage.s3.plugins.module_utils._audit.control import Scope, Verdict
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.about import About
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.page import changed, details, matrix
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.page.item import (
    SEVERITIES,
    Item,
    counted,
    items,
)
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.page.markup import Html, name, tag
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.page.script import SCRIPT
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.page.style import STYLE
from ansible_collections.stowage.s3.plugins.module_utils._version import VERSION


def render(about: About) -> str:
    """The text of the file."""
    found = items(about.findings)
    sections = {
        "Changes": changed.changed(about.since, found),
        "Buckets": matrix.matrix(found),
        "Account": matrix.account(found),
        "Failures": details.failures(found),
        "Unknown": details.unknown(found),
        "Suppressed": details.suppressed(found),
        "Passed": details.passed(found),
        "Controls": details.controls(each.finding.control.id for each in found),
    }
    links = [tag("li", tag("a", title, href=f"#{title.lower()}")) for title, section in sections.items() if section]
    body = [
        _header(about),
        _summary(about, found),
        tag("nav", tag("ul", *links), aria_label="Parts of this page"),
        _filter(),
        tag("main", *sections.values()),
        tag(
            "footer",
            tag(
                "p",
                f"Made by stowage.s3.audit_info {VERSION}. Links lead to AWS's documentation; the page loads nothing.",
            ),
        ),
        tag("script", Html(SCRIPT)),
    ]
    return f"<!DOCTYPE html>\n{tag('html', _head(about), tag('body', *body), lang='en')}\n"


def _head(about: About) -> Html:
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy()),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", f"S3 audit of {about.account or 'an account'}, {about.moment[:10]}"),
        tag("style", Html(STYLE)),
    )


def _policy() -> str:
    """Nothing but this style and this script, by their hashes: what slips into the page is never run."""
    style, script = (base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in (STYLE, SCRIPT))
    return (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}';"
        " base-uri 'none'; form-action 'none'"
    )


def _header(about: About) -> Html:
    told = [
        ("Account", name(about.account or "unknown")),
        ("Buckets", name("all" if about.reach.name == "*" else about.reach.name)),
        ("Region", about.region),
        ("Time", tag("time", about.now.strftime("%Y-%m-%d %H:%M UTC"), datetime=about.moment)),
    ]
    terms = [tag("div", tag("dt", term), tag("dd", value)) for term, value in told]
    return tag("header", tag("h1", "S3 audit"), tag("dl", *terms))


def _summary(about: About, found: Sequence[Item]) -> Html:
    counts = finding.summary(about.findings)
    verdicts = Counter(each.state for each in found)
    tiles = [(counts["fails"][each.value], each.value, f"{each.value} failures") for each in SEVERITIES]
    tiles += [
        (verdicts[Verdict.UNKNOWN.value], "unknown", "unknown"),
        (counts["suppressed"], "suppressed", "suppressed"),
        (verdicts[Verdict.PASS.value], "pass", "passed"),
    ]
    listed = [
        tag("li", tag("b", str(count)), " ", word, class_=f"tile {kind if count else 'none'}")
        for count, kind, word in tiles
    ]
    return tag("section", tag("ul", *listed, class_="tiles"), tag("p", _sentence(found)), aria_label="Summary")


def _sentence(found: Sequence[Item]) -> str:
    own = [each for each in found if each.finding.control.scope is Scope.BUCKET]
    buckets = {each.finding.bucket for each in own}
    failing = {each.finding.bucket for each in own if each.finding.failed}
    controls = {each.finding.control.id for each in found}
    asked = counted(len(controls), "control", "controls")
    return f"{len(failing)} of {counted(len(buckets), 'bucket has', 'buckets have')} failures. {asked} were asked."


def _filter() -> Html:
    """The script shows it: without one it would do nothing."""
    choices = [("", "whatever fails"), *((str(rank), f"{each.value} or worse") for rank, each in enumerate(SEVERITIES))]
    choices[1] = ("0", "critical")
    parts = [
        tag(
            "label", "Name has ", tag("input", type="search", id="filter-name", autocomplete="off", spellcheck="false")
        ),
        tag(
            "label",
            "Failures ",
            tag("select", *(tag("option", word, value=value) for value, word in choices), id="filter-severity"),
        ),
        tag("button", "Clear", type="button", id="filter-clear"),
        tag("output", id="filter-count", aria_live="polite"),
    ]
    return tag("form", *parts, id="filter", role="search", aria_label="Filter", class_="scripted", hidden=True)
