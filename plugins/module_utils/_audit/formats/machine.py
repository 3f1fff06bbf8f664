# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""JSON, the whole of an audit for other programs and for the next audit, which reads it. docs/security.md describes it.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._audit import finding
from ansible_collections.stowage.s3.plugins.module_utils._audit.changes import Reach
from ansible_collections.stowage.s3.plugins.module_utils._audit.control import Severity, Verdict
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.about import About
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Values
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._version import VERSION

FORMAT = 1  # counts up when a field is removed, renamed or changes its meaning
_TOOL = "stowage.s3.audit_info"
_TEXTS = ("control", "bucket", "resource", "title")  # what is needed of a finding, besides
_VERDICTS, _SEVERITIES = {each.value for each in Verdict}, {each.value for each in Severity}


@dataclass(frozen=True)
class Earlier:
    """An audit that was written down."""

    time: str
    account: str  # "" where it was not known
    reach: Reach
    findings: list[Values]


def render(about: About) -> str:
    """The text of the file."""
    whole = {
        "version": FORMAT,
        "tool": {"name": _TOOL, "version": VERSION},
        "time": about.moment,
        "account": about.account,
        "region": about.region,
        "partition": about.partition,
        "asked": {"name": about.reach.name, "controls": sorted(about.reach.controls)},
        "summary": finding.summary(about.findings),
        "findings": [each.shown for each in about.findings],
    }
    return json.dumps(whole, indent=2) + "\n"


def read(text: str) -> Earlier:
    """What `render` wrote. Raises StowageError, with why it is nothing of the kind."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StowageError(f"it is no JSON ({error})") from None
    tool = whole.get("tool") if isinstance(whole, dict) else None
    if not isinstance(tool, dict) or tool.get("name") != _TOOL:
        raise StowageError(f"it is no audit of {_TOOL}")
    if whole.get("version") != FORMAT:
        raise StowageError(f"it has version {whole.get('version')!r} of the format, and only {FORMAT} is known here")
    try:
        asked, findings = whole["asked"], whole["findings"]
        reach = Reach(_text(asked["name"]), frozenset(map(_text, asked["controls"])))
        return Earlier(_text(whole["time"]), _text(whole["account"]), reach, [_finding(each) for each in findings])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise StowageError(f"it is damaged ({type(error).__name__}: {error})") from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _finding(found: Any) -> Values:
    for name in _TEXTS:
        _text(found[name])
    if found["verdict"] not in _VERDICTS or found["severity"] not in _SEVERITIES:
        raise ValueError(f"{found['verdict']!r}, {found['severity']!r}")
    return {**found, "suppressed": dict(found["suppressed"])}
