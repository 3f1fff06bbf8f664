# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""SARIF 2.1.0, which code hosts and editors show.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._audit.control import Control, Severity, Verdict
from ansible_collections.stowage.s3.plugins.module_utils._audit.finding import Finding
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.about import About, link
from ansible_collections.stowage.s3.plugins.module_utils._version import VERSION

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_KINDS = {
    Verdict.PASS: "pass",
    Verdict.FAIL: "fail",
    Verdict.UNKNOWN: "open",  # a problem that could not be decided
    Verdict.NOT_APPLICABLE: "notApplicable",
}
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}
# As code hosts sort them: 9 and above is critical, 7 high, 4 medium.
_SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}


def render(about: About) -> str:
    """The text of the file."""
    controls = list({finding.control.id: finding.control for finding in about.findings}.values())
    places = {control.id: place for place, control in enumerate(controls)}
    run = {
        "tool": {"driver": _driver(controls)},
        "invocations": [{"executionSuccessful": True, "endTimeUtc": about.moment}],
        "results": [_result(finding, places[finding.control.id]) for finding in about.findings],
        "properties": {"account": about.account},
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _driver(controls: Sequence[Control]) -> dict[str, Any]:
    return {
        "name": "stowage.s3.audit_info",
        "version": VERSION,
        "informationUri": "https://github.com/stowage/s3",
        "rules": [_rule(control) for control in controls],
    }


def _rule(control: Control) -> dict[str, Any]:
    tags = [f"{name}/{version}/{number}" for name, version, number in control.requirements]
    return {
        "id": control.id,
        "shortDescription": {"text": control.title},
        "fullDescription": {"text": f"{control.what} {control.why}"},
        "help": {"text": f"{control.remedy} What that breaks: {control.breaks}"},
        "helpUri": link(control.id),
        "defaultConfiguration": {"level": _LEVELS[control.severity]},
        "properties": {"security-severity": _SCORES[control.severity], "tags": ["security", *tags]},
    }


def _result(finding: Finding, place: int) -> dict[str, Any]:
    kind = _KINDS[finding.judgement.verdict]
    name = finding.bucket or finding.resource
    result: dict[str, Any] = {
        "ruleId": finding.control.id,
        "ruleIndex": place,
        "kind": kind,
        "level": _LEVELS[finding.control.severity] if kind == "fail" else "none",
        "message": {"text": f"{name}: {finding.judgement.evidence}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": f"s3://{finding.bucket}" if finding.bucket else "aws:account"}
                },
                "logicalLocations": [{"fullyQualifiedName": finding.resource, "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"resource/v1": f"{finding.control.id} {finding.resource}"},
        "properties": {"evidence": finding.judgement.values, **({"remedy": finding.remedy} if finding.remedy else {})},
    }
    if finding.suppressed:
        result["suppressions"] = [{"kind": "external", "justification": finding.suppressed.reason}]
    return result
