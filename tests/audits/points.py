# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the two controls of access points are tested with."""

from __future__ import annotations

from typing import Any

from audits.case import FAIL, NOT_APPLICABLE, PASS, Case, switches


def cases(name: str, arn: str) -> tuple[Case, ...]:
    """Cases of a control about a reading; `arn`: how the ARNs begin."""

    def points(*blocks: dict[str, bool]) -> dict[str, Any]:
        named = [(f"p{place}", block) for place, block in enumerate(blocks)]
        return {name: [{"name": each, "arn": arn + each, "bucket": "b", "public_access": on} for each, on in named]}

    return (
        Case("none", NOT_APPLICABLE, facts=points()),
        Case("one", PASS, facts=points(switches())),
        *(Case(f"{each} off", FAIL, facts=points(switches(**{each: False})), says=(each,)) for each in switches()),
        Case("each by itself", "", facts=points(switches(), switches(block_public_acls=False)), each=(PASS, FAIL)),
    )
