# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The parts of docs/security.md that are made from the controls, and from what Prowler says otherwise.

`python tests/security_page.py` writes them.
"""

from __future__ import annotations

import pathlib
import sys
from collections.abc import Iterator

from ansible_collections.stowage.s3.plugins.module_utils._audit.control import Control
from ansible_collections.stowage.s3.plugins.module_utils._audit.permissions import permissions
from ansible_collections.stowage.s3.plugins.module_utils._audit.table import CONTROLS
from capabilities import filled
from second_opinion import tables

PAGE = pathlib.Path(__file__).resolve().parents[1] / "docs" / "security.md"
_NAMES = {"cis": "CIS AWS Foundations", "pci": "PCI DSS"}


def reads(control: Control) -> str:
    """The IAM actions that a control takes besides those that each run takes."""
    own = set(permissions([control], listing=False)) - set(permissions([], listing=False))
    return ", ".join(f"`{each}`" for each in sorted(own))


def _numbers(control: Control) -> str:
    return "; ".join(
        f"{_NAMES[catalogue]} {', '.join(f'{version}: {number}' for version, number in numbers.items())}"
        for catalogue, numbers in control.benchmarks.items()
    )


def _section(control: Control) -> Iterator[str]:
    yield f"### {control.id}: {control.title}"
    yield f"{control.what} {control.why}"
    yield f"**Judged:** {control.how}"
    yield f"**Remedy** ({control.klass.value}): {control.remedy} **It breaks:** {control.breaks}"
    told = [
        f"Severity: {control.severity.value}",
        f"Reads with {reads(control)}",
        *([_numbers(control)] if control.benchmarks else []),
    ]
    yield f"{'. '.join(told)}."


def sections() -> str:
    """An overview, and what is said of each control."""
    lines = ["| control | asks | of | severity | remedy |", "|---|---|---|---|---|"]
    for each in CONTROLS:
        anchor = f"{each.id}: {each.title}".lower().replace(".", "").replace(":", "").replace(",", "").replace(" ", "-")
        link = f"[{each.id}](#{anchor})"
        lines.append(f"| {link} | {each.title} | {each.scope.value} | {each.severity.value} | {each.klass.value} |")
    actions = ", ".join(f"`{each}`" for each in permissions(CONTROLS, listing=True))
    taken = f"All of them together take these IAM actions, and no others: {actions}."
    return "\n\n".join(["\n".join(lines), taken, *(part for each in CONTROLS for part in _section(each))])


def page(text: str) -> str:
    """TEXT of the page with the controls, and the differences, as they are now."""
    return filled(filled(text, "controls", sections()), "prowler", tables())


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
    sys.stdout.write(f"wrote {PAGE}\n")
