# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""JUnit's XML, which CI systems show: a suite for each control, a case for each resource.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence

from ansible_collections.stowage.s3.plugins.module_utils._audit.control import Verdict
from ansible_collections.stowage.s3.plugins.module_utils._audit.finding import Finding
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.about import About

# By verdict: the element that says it.
_ELEMENTS = {Verdict.FAIL: "failure", Verdict.UNKNOWN: "error", Verdict.NOT_APPLICABLE: "skipped"}
# What XML has no way to say.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(about: About) -> str:
    """The text of the file."""
    root = ET.Element("testsuites", {"name": "stowage.s3.audit_info", **_counts(about.findings)})
    controls = {finding.control.id: finding.control for finding in about.findings}
    for control in controls.values():
        own = [finding for finding in about.findings if finding.control.id == control.id]
        named = {"name": f"{control.id} {control.title}", "timestamp": about.now.isoformat()}
        suite = ET.SubElement(root, "testsuite", {**named, **_counts(own)})
        for finding in own:
            case = ET.SubElement(
                suite, "testcase", classname=f"stowage.s3.{control.id}", name=_text(finding.bucket or finding.resource)
            )
            _say(case, finding)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _element(finding: Finding) -> str:
    return "skipped" if finding.suppressed else _ELEMENTS.get(finding.judgement.verdict, "")


def _counts(findings: Sequence[Finding]) -> dict[str, str]:
    elements = [_element(finding) for finding in findings]
    counted = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    return {
        "tests": str(len(elements)),
        **{name: str(elements.count(element)) for name, element in counted.items()},
    }


def _say(case: ET.Element, finding: Finding) -> None:
    element = _element(finding)
    if not element:
        return
    said = ET.SubElement(case, element, message=_text(finding.judgement.evidence))
    if finding.suppressed:
        said.set("message", _text(f"{finding.suppressed.reason} ({finding.judgement.evidence})"))
    elif element == "failure":
        said.set("type", finding.control.severity.value)
        said.text = _text(finding.control.remedy)


def _text(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
