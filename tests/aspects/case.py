# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How the tests of an aspect are written down. The harness is `tests/integration/test_bucket_aspects.py`."""

from __future__ import annotations

import dataclasses
from typing import Any

RECORDER, MOTO, SEAWEEDFS = "recorder", "moto", "seaweedfs"


@dataclasses.dataclass(frozen=True)
class Step:
    """Options of one task, and what is there afterwards.

    after: the options as the result shows them, where that is not what the task said. changed: what a first run says.
    final: it cannot be undone, so nothing is rolled back. warns: what the first run's warnings say.
    """

    options: dict[str, Any]
    after: dict[str, Any] | None = None
    changed: bool = True
    final: bool = False
    warns: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Course:
    """Steps, one after the other, on a new bucket. Each is done as check, run, check again, run again.

    bucket: its name, where the options have it.
    """

    name: str
    steps: tuple[Step, ...]
    servers: tuple[str, ...] = (RECORDER, MOTO)
    bucket: str = ""


@dataclasses.dataclass(frozen=True)
class Refusal:
    """Options that are refused, in check mode too, before anything was called; given a bucket as `before` made it."""

    name: str
    options: dict[str, Any]
    says: tuple[str, ...]
    before: dict[str, Any] = dataclasses.field(default_factory=dict)
    bucket: str = "b"
