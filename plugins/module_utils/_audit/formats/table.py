# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""CSV (RFC 4180), a line for each finding.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import csv
import io

from ansible_collections.stowage.s3.plugins.module_utils._audit.finding import Finding
from ansible_collections.stowage.s3.plugins.module_utils._audit.formats.about import About

COLUMNS = (
    "account", "control", "severity", "verdict", "bucket", "resource", "region", "title", "evidence", "remedy", "class",
    "suppressed", "expires",
)  # fmt: skip
# What a spreadsheet takes for a formula, which may run programs.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(about: About) -> str:
    """The text of the file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_defused(each) for each in _row(about, finding)] for finding in about.findings)
    return text.getvalue()


def _row(about: About, finding: Finding) -> list[str]:
    shown = finding.shown
    cells = {
        **shown,
        "account": about.account,
        "evidence": finding.judgement.evidence,
        "remedy": finding.remedy.get("text", ""),
        "suppressed": shown["suppressed"].get("reason", ""),
        "expires": shown["suppressed"].get("expires", ""),
    }
    return [str(cells[column]) for column in COLUMNS]


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
