# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How the tests of a control are written down; `test_controls.py` among the unit tests is the harness."""

from __future__ import annotations

import dataclasses
from typing import Any

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = "pass", "fail", "unknown", "not_applicable"
OWNER = "111122223333"
STRANGER = "444455556666"


@dataclasses.dataclass(frozen=True)
class Case:
    """What is there, and what the control says of it.

    options: a bucket as stowage.s3.bucket configures it. facts: what was read besides. says: parts of the evidence.
    each: the verdicts, where there is one for each of several resources.
    """

    name: str
    verdict: str
    options: dict[str, Any] = dataclasses.field(default_factory=dict)
    facts: dict[str, Any] = dataclasses.field(default_factory=dict)
    says: tuple[str, ...] = ()
    each: tuple[str, ...] = ()


def statement(**parts: Any) -> dict[str, Any]:
    """A statement that lets everybody read, with other parts; None leaves one out."""
    whole = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", **parts}
    return {name: value for name, value in whole.items() if value is not None}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    """Options with a policy."""
    return {"policy": {"Version": "2012-10-17", "Statement": list(statements)}}


def switches(**off: bool) -> dict[str, bool]:
    """All four switches on, but for those that are given."""
    names = ("block_public_acls", "ignore_public_acls", "block_public_policy", "restrict_public_buckets")
    return {**dict.fromkeys(names, True), **off}


NONE = dict.fromkeys(switches(), False)
