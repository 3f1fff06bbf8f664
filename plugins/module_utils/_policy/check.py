# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A check: one question to a document, as data, and what it finds. Those of one subject share a file in `checks/`.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._policy.reading import Statement

BUCKET, IDENTITY, TRUST, LIFECYCLE = "bucket", "identity", "trust", "lifecycle"
POLICIES = (BUCKET, IDENTITY, TRUST)
TYPES = (*POLICIES, LIFECYCLE)
RESOURCE_POLICIES = (BUCKET, TRUST)

GRAMMAR = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_{}.html"
S3_GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/{}.html"


class Severity(Enum):
    """ERROR: AWS refuses it, or nobody can want it. WARNING: it hardly does what is meant. NOTICE: know it."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class Flaw(NamedTuple):
    """Where, as a path within the document, what is wrong, and what to do."""

    path: str
    problem: str
    remedy: str


@dataclass(frozen=True)
class Subject:
    """What is judged. bucket: that it is for, if that is known. statements: those that can be read."""

    document: Any
    type: str
    bucket: str = ""
    statements: tuple[Statement, ...] = ()

    @property
    def allows(self) -> list[Statement]:
        """The statements that let in."""
        return [each for each in self.statements if each.effect == "Allow"]


@dataclass(frozen=True)
class Check:
    """A question. meaning: what it finds; source: where AWS says so.

    types: of the documents that it is asked of. severity: of what it finds; `otherwise`: by type, where that differs.
    """

    id: str
    severity: Severity
    types: tuple[str, ...]
    meaning: str
    source: str
    find: Callable[[Any], Iterator[Flaw]] = field(repr=False)
    otherwise: Mapping[str, Severity] = field(default_factory=dict)

    def severity_in(self, kind: str) -> Severity:
        """In a document of a type."""
        return self.otherwise.get(kind, self.severity)


@dataclass(frozen=True)
class Finding:
    """What a check, or somebody else, has found. code: the check's id, or the other's word; judge: who found it."""

    code: str
    severity: Severity
    path: str
    problem: str
    remedy: str
    judge: str = "stowage"

    @property
    def shown(self) -> dict[str, str]:
        """As results have it."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "path": self.path,
            "problem": self.problem,
            "remedy": self.remedy,
            "judge": self.judge,
        }


def asked(checks: tuple[Check, ...], kind: str, subject: Any) -> Iterator[Finding]:
    """What checks find in a document of a type."""
    for check in checks:
        if kind in check.types:
            for flaw in check.find(subject):
                yield Finding(check.id, check.severity_in(kind), *flaw)
