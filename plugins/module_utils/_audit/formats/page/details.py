# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What stands behind the signs: failures with their remedies, what is unknown, suppressed, or as it should be.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence

from ansible_collections.stowage.s3.plugins.module_utils._audit.control import Control, Verdict
from ansible_collections.stowage.s3.plugins.module_utils._audit.finding import Finding
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.about import link
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.page.item import (
    SEVERITIES,
    SUPPRESSED,
    WORDS,
    Item,
    by_severity,
    counted,
    of_control,
    resource,
    row,
    rows,
    severity,
    table,
)
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.page.markup import Html, joined, tag
from ansible_collections.stowage.s3.plugins.module_utils._audit.table import CONTROLS

_CATALOGUES = {"cis": "CIS AWS Foundations", "pci": "PCI DSS"}
_GOOD = (Verdict.PASS.value, Verdict.NOT_APPLICABLE.value)


def of_state(found: Iterable[Item], *states: str) -> list[Item]:
    """Those that are so."""
    return [each for each in found if each.state in states]


def failures(found: Sequence[Item]) -> Html:
    """By controls, the most severe first, with what to do."""
    groups = by_severity(of_state(found, Verdict.FAIL.value))
    told = [_failing(control, own) for control, own in groups.values()] or [tag("p", "Nothing fails.")]
    return tag("section", tag("h2", "Failures"), _opener(bool(groups)), *told, id="failures")


def _opener(needed: bool) -> Html:
    if not needed:
        return Html("")
    return tag("p", tag("button", "Open all", type="button", id="open-all"), class_="scripted", hidden=True)


def _failing(control: Control, found: Sequence[Item]) -> Html:
    lines = [row(each, resource(each.finding), _evidence(each.finding), _task(each.finding)) for each in rows(found)]
    numbers = _benchmarks(control)
    told = [
        ("Why", f"{control.what} {control.why}"),
        (f"Remedy ({control.klass.value})", control.remedy),
        ("It breaks", control.breaks),
        *([("Also", numbers)] if numbers else []),
        ("More", tag("a", f"AWS on {control.id}", href=link(control.id), rel="noreferrer")),
    ]
    terms = tag("dl", *(tag("div", tag("dt", term), tag("dd", text)) for term, text in told))
    count = counted(len(found), "failure", "failures")
    head = _summary(severity(control.severity.value), control, count)
    body = table(("Of", "Evidence", "Remedy"), lines, f"Failures of {control.id}")
    return tag("details", head, terms, body, class_="group", data_rank=str(SEVERITIES.index(control.severity)))


def _summary(badge: Html, control: Control, count: str) -> Html:
    title = tag("h3", f"{control.id} {control.title}")
    return tag("summary", badge, " ", title, " ", tag("span", count, class_="count"))


def _evidence(finding: Finding) -> Html:
    text, values = finding.judgement.evidence, finding.judgement.values
    return joined([text, _folded("What was looked at", _json(values))] if values else [text])


def _task(finding: Finding) -> Html:
    """As YAML, in which JSON is what it is in JSON."""
    options, module = finding.judgement.options, finding.control.module
    if not options or not module:
        return joined(["As said above: no options of a module do it alone."])
    named = {"name": finding.bucket} if finding.bucket else {}
    lines = [f"  {key}: {_json(value, indent=None)}" for key, value in {**named, **options}.items()]
    return _folded("Task", "\n".join([f"- {module}:", *(f"  {line}" for line in lines)]))


def _folded(title: str, text: str) -> Html:
    return tag("details", tag("summary", title), tag("pre", text))


def _json(value: object, indent: int | None = 2) -> str:
    return json.dumps(value, indent=indent, ensure_ascii=False)


def unknown(found: Sequence[Item]) -> Html:
    """What could not be read, and which permissions would let it be."""
    own = of_state(found, Verdict.UNKNOWN.value)
    if not own:
        return Html("")
    missing = Counter(action for each in own for action in _missing(each.finding))
    grant = [
        tag("li", tag("code", action), f" ({counted(count, 'finding', 'findings')})")
        for action, count in sorted(missing.items())
    ]
    lines = [
        row(
            each,
            resource(each.finding),
            of_control(each.finding.control.id),
            joined(tag("div", tag("code", action)) for action in _missing(each.finding)) or "-",
            each.finding.judgement.evidence,
        )
        for each in rows(own)
    ]
    told = [tag("p", "It could not be read, so it is neither a pass nor a failure.")]
    if grant:
        told += [tag("p", "Whoever audits lacks these permissions:"), tag("ul", *grant)]
    body = table(("Of", "Control", "Missing permission", "Evidence"), lines, "What is unknown")
    return tag("section", tag("h2", "Unknown"), *told, body, id="unknown", class_="group")


def _missing(finding: Finding) -> list[str]:
    return [str(each) for each in finding.judgement.values.get("missing_permissions", ())]


def suppressed(found: Sequence[Item]) -> Html:
    """What is known and may stay; what counts again soonest comes first."""
    own = sorted(of_state(found, SUPPRESSED), key=lambda each: (_until(each.finding) or "~", each.place))
    if not own:
        return Html("")
    lines = [
        row(
            each,
            resource(each.finding),
            of_control(each.finding.control.id),
            severity(each.finding.control.severity.value),
            tag("span", each.finding.suppressed.reason if each.finding.suppressed else "", class_="reason"),
            tag("time", _until(each.finding)) if _until(each.finding) else "for ever",
            joined([f"{WORDS[each.finding.judgement.verdict.value][0]}. ", _evidence(each.finding)]),
        )
        for each in own
    ]
    columns = ("Of", "Control", "Severity", "Reason", "Until", "Evidence")
    told = tag("p", "Somebody decided that these may stay. They count again after their last day.")
    return tag(
        "section",
        tag("h2", "Suppressed"),
        told,
        table(columns, lines, "What is suppressed"),
        id="suppressed",
        class_="group",
    )


def _until(finding: Finding) -> str:
    expires = finding.suppressed.expires if finding.suppressed else None
    return expires.isoformat() if expires else ""


def passed(found: Sequence[Item]) -> Html:
    """What is as it should be, with why."""
    groups = by_severity(of_state(found, *_GOOD)).values()
    if not groups:
        return Html("")
    told = [_passing(control, own) for control, own in groups]
    return tag("section", tag("h2", "Passed, or does not apply"), *told, id="passed")


def _passing(control: Control, found: Sequence[Item]) -> Html:
    lines = [row(each, resource(each.finding), WORDS[each.state][0], _evidence(each.finding)) for each in rows(found)]
    head = _summary(severity(control.severity.value), control, str(len(found)))
    body = table(("Of", "Verdict", "Evidence"), lines, f"{control.id} passed or does not apply")
    return tag("details", head, body, class_="group passed")


def controls(asked: Iterable[str]) -> Html:
    """What was asked, and its numbers in other catalogues."""
    known = set(asked)
    lines = [_control(each) for each in CONTROLS if each.id in known]
    columns = ("Control", "Severity", "Asks", "Judged", "Other catalogues")
    return tag("section", tag("h2", "Controls"), table(columns, lines, "What was asked"), id="controls")


def _control(control: Control) -> Html:
    told = (severity(control.severity.value), control.title, control.how, _benchmarks(control))
    cells = [
        tag("th", tag("a", control.id, href=link(control.id), rel="noreferrer"), scope="row"),
        *(tag("td", each) for each in told),
    ]
    return tag("tr", *cells, id=f"c-{control.id}", tabindex="-1")


def _benchmarks(control: Control) -> Html:
    told = [
        tag("div", f"{_CATALOGUES[name]} " + ", ".join(f"{version}: {number}" for version, number in numbers.items()))
        for name, numbers in control.benchmarks.items()
    ]
    return joined(told)
