# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How the tests of a check are written down. `test_checks.py` has the harness."""

from __future__ import annotations

import dataclasses
from typing import Any

BUCKET = "example-bucket"
ARN, OBJECTS = f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"
OWN, PARTNER = "111122223333", "444455556666"
_BUCKET = {"Effect": "Allow", "Principal": {"AWS": PARTNER}, "Action": "s3:GetObject", "Resource": OBJECTS}
_IDENTITY = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": OBJECTS}
_TRUST = {"Effect": "Allow", "Principal": {"AWS": OWN}, "Action": "sts:AssumeRole"}


@dataclasses.dataclass(frozen=True)
class Case:
    """A bad document, where the check has to find it, and a like one in which it finds nothing.

    parliament: what it says of the bad one, "" if nothing; then the file's SILENT says why, by the check. It knows no
    policies of trust and no lifecycles.
    """

    check: str
    bad: Any
    path: str
    good: Any
    type: str = "bucket"
    parliament: str = ""


def _policy(whole: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    statement = {name: value for name, value in {**whole, **parts}.items() if value is not None}
    return {"Version": "2012-10-17", "Statement": [statement]}


def bucket(**parts: Any) -> dict[str, Any]:
    """A bucket's policy of one statement, which is as it should be but for the parts given; None takes one away."""
    return _policy(_BUCKET, parts)


def identity(**parts: Any) -> dict[str, Any]:
    """The same of an identity."""
    return _policy(_IDENTITY, parts)


def trust(**parts: Any) -> dict[str, Any]:
    """The same of trust."""
    return _policy(_TRUST, parts)


def when(operator: str, key: str, *values: Any) -> dict[str, Any]:
    """A condition."""
    return {operator: {key: values[0] if len(values) == 1 else list(values)}}
