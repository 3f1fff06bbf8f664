# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""ASFF, the form of findings that Security Hub imports: a list, of which BatchImportFindings takes 100 at a time.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._audit.control import Verdict
from ansible_collections.stowage.s3.plugins.module_utils._audit.finding import Finding
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.about import About, link
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError

_STATUS = {
    Verdict.PASS: "PASSED",
    Verdict.FAIL: "FAILED",
    Verdict.UNKNOWN: "WARNING",
    Verdict.NOT_APPLICABLE: "NOT_AVAILABLE",
}
_TYPE = "Software and Configuration Checks/AWS Security Best Practices"
_DESCRIPTION, _RECOMMENDATION, _NOTE = 1024, 512, 512  # characters, at most
_BY = "stowage.s3.audit_info"


def render(about: About) -> str:
    """The text of the file. Raises StowageError."""
    if not about.account:
        raise StowageError(
            "output.asff: findings have to say the account, which could not be found out. Allow"
            " sts:GetCallerIdentity, or leave this format out."
        )
    return json.dumps([_finding(about, finding) for finding in about.findings], indent=2) + "\n"


def _finding(about: About, finding: Finding) -> dict[str, Any]:
    moment = about.now.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    control, judgement = finding.control, finding.judgement
    region = finding.region or about.region
    product = f"arn:{about.partition}:securityhub:{about.region}:{about.account}"
    found: dict[str, Any] = {
        "SchemaVersion": "2018-10-08",
        "Id": f"{_BY}/{control.id}/{finding.resource}",
        # The account's own product: what it imports itself.
        "ProductArn": f"{product}:product/{about.account}/default",
        "ProductName": _BY,
        "GeneratorId": f"{_BY}/{control.id}",
        "AwsAccountId": about.account,
        "Types": [_TYPE],
        "CreatedAt": moment,
        "UpdatedAt": moment,
        "Severity": {"Label": control.severity.value.upper() if judgement.verdict is Verdict.FAIL else "INFORMATIONAL"},
        "Title": f"{control.id} {control.title}",
        "Description": _short(judgement.evidence, _DESCRIPTION),
        "Remediation": {"Recommendation": {"Text": _short(control.remedy, _RECOMMENDATION), "Url": link(control.id)}},
        "Resources": [
            {"Type": _kind(finding.resource), "Id": finding.resource, "Partition": about.partition, "Region": region}
        ],
        "Compliance": {"Status": _STATUS[judgement.verdict]},
        "Workflow": {"Status": "SUPPRESSED" if finding.suppressed else "NEW"},
        "RecordState": "ACTIVE",
    }
    requirements = [f"{name.upper()} {version}/{number}" for name, version, number in control.requirements]
    if requirements:
        found["Compliance"]["RelatedRequirements"] = requirements
    if finding.suppressed:
        found["Note"] = {"Text": _short(finding.suppressed.reason, _NOTE), "UpdatedBy": _BY, "UpdatedAt": moment}
    return found


def _kind(resource: str) -> str:
    if resource.startswith("AWS::::Account"):
        return "AwsAccount"
    parts = resource.split(":")
    if parts[2:5] == ["s3", "", ""]:
        return "AwsS3Bucket"
    return "AwsS3AccessPoint" if parts[2] == "s3" and parts[3] else "Other"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."
