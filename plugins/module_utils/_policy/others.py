# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What other judges say of a policy, as findings: parliament, where it is installed, and IAM Access Analyzer.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import Policy, text
from ansible_collections.stowage.s3.plugins.module_utils._policy.check import BUCKET, IDENTITY, TRUST, Finding, Severity

PARLIAMENT, ANALYZER = "parliament", "access_analyzer"
# What Access Analyzer is told of a document.
QUESTIONS: Mapping[str, Mapping[str, str]] = {
    BUCKET: {"policyType": "RESOURCE_POLICY", "validatePolicyResourceType": "AWS::S3::Bucket"},
    IDENTITY: {"policyType": "IDENTITY_POLICY"},
    TRUST: {"policyType": "RESOURCE_POLICY", "validatePolicyResourceType": "AWS::IAM::AssumeRolePolicyDocument"},
}
_SEVERITIES = {
    "ERROR": Severity.ERROR,
    "SECURITY_WARNING": Severity.WARNING,
    "WARNING": Severity.WARNING,
    "SUGGESTION": Severity.NOTICE,
}


def by_parliament(policy: Policy) -> list[Finding] | None:
    """What parliament finds; None where it is not installed, or does not understand the policy, as it does not some.

    Notices all of them: its data may be older than ours, and what is found must not depend on what is installed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it imports what is deprecated
        try:
            from parliament import analyze_policy_string, enhance_finding
        except ImportError:
            return None
        try:
            found = [enhance_finding(each) for each in analyze_policy_string(text(policy)).findings]
        except Exception:  # of any kind, where a value is a list or is not what it expects
            return None
    return [
        Finding(
            each.issue, Severity.NOTICE, "", f"{each.title} {each.detail}".strip(), _place(each.location), PARLIAMENT
        )
        for each in found
    ]


def _place(location: Any) -> str:
    told = location.get("string") if isinstance(location, dict) else ""
    return f"Look at {told}." if told else ""


def by_analyzer(answer: Mapping[str, Any]) -> Iterator[Finding]:
    """What an answer of ValidatePolicy says."""
    for each in answer.get("findings", ()):
        locations = each.get("locations") or [{}]
        yield Finding(
            str(each.get("issueCode", "")),
            _SEVERITIES.get(str(each.get("findingType")), Severity.WARNING),
            _path(locations[0].get("path", ())),
            str(each.get("findingDetails", "")),
            f"See {each.get('learnMoreLink', '')}.",
            ANALYZER,
        )


def _path(parts: Any) -> str:
    """A path as ours: Statement[0].Action[1]."""
    found = ""
    for part in parts:
        if "index" in part:
            found += f"[{part['index']}]"
        elif "value" in part or "key" in part:
            found += f".{part.get('value', part.get('key'))}"
    return found.lstrip(".")
