# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A control: one question to a bucket or an account, as data. Each has a file of its own in `controls/`.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Values

BUCKET, PUBLIC_ACCESS_OF_ACCOUNT = "stowage.s3.bucket", "stowage.s3.account_public_access"


class Verdict(str, Enum):
    """What a control says. A read that was denied makes it unknown, never anything else."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Severity(str, Enum):
    """As Security Hub rates it, the worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Remedy(str, Enum):
    """How far a machine may go."""

    SAFE = "safe"  # with checks beforehand
    OPT_IN = "opt_in"  # it changes who may do what, deletes, or costs
    REPORT_ONLY = "report_only"  # it takes a decision, the root user, or what no module here can do
    IMPOSSIBLE = "impossible"  # not in place: what fails has to be made anew


class Scope(str, Enum):
    """What a control is asked of."""

    BUCKET = "bucket"
    ACCOUNT = "account"


@dataclass(frozen=True)
class Unread:
    """What could not be read, and why. permissions: what is missing, if that is it."""

    reason: str
    permissions: tuple[str, ...] = ()


class NotRead(Exception):
    """A judge looked at what was not read."""

    def __init__(self, name: str, unread: Unread) -> None:
        super().__init__(name)
        self.name, self.unread = name, unread


@dataclass(frozen=True)
class Facts:
    """What was read. found: by the names of aspects and readings, values in the form of the module's options."""

    bucket: str  # "" for an account
    found: Mapping[str, Any | Unread]

    def __getitem__(self, name: str) -> Any:
        """What was found. Raises NotRead."""
        value = self.found[name]
        if isinstance(value, Unread):
            raise NotRead(name, value)
        return value

    def missing(self, names: Iterable[str]) -> dict[str, Unread]:
        """What could not be read, of these."""
        found = {name: self.found[name] for name in names}
        return {name: value for name, value in found.items() if isinstance(value, Unread)}


@dataclass(frozen=True)
class Judgement:
    """What a judge says of a bucket, or of one of an account's resources.

    evidence: in words; values: what it looked at. options: those of the remedy's module, merge-only.
    resource: an ARN, where it is neither the bucket nor the account. bucket: whose it is.
    """

    verdict: Verdict
    evidence: str
    values: Values = field(default_factory=dict)
    options: Values = field(default_factory=dict)
    resource: str = ""
    bucket: str = ""


def judged(
    good: bool, evidence: str, values: Values, options: Values | None = None, *, resource: str = "", bucket: str = ""
) -> Judgement:
    """Pass or fail. `options`: what would remedy it."""
    verdict = Verdict.PASS if good else Verdict.FAIL
    return Judgement(verdict, evidence, values, {} if good else options or {}, resource, bucket)


def not_applicable(evidence: str, values: Values | None = None) -> Judgement:
    """The question does not arise."""
    return Judgement(Verdict.NOT_APPLICABLE, evidence, values or {})


@dataclass(frozen=True, repr=False)
class Control:
    """One question.

    id: Security Hub's. reads: the aspects and readings that it needs; a denied one makes it unknown. consults: what it
    looks at only where those leave it open. judge: pure, from what was read to one judgement, or one for each resource.
    what, why, how, remedy and breaks: for people, in sentences; what it asks, why, how it is decided, what to do, and
    what doing so breaks. klass: how far a machine may go; module: whose options do it, "" where none of ours does.
    cis: the number in each version of the CIS AWS Foundations Benchmark.
    """

    id: str
    severity: Severity
    title: str
    scope: Scope
    reads: tuple[str, ...]
    judge: Callable[[Facts], Iterator[Judgement]]
    what: str
    why: str
    how: str
    remedy: str
    breaks: str
    klass: Remedy
    module: str = ""
    consults: tuple[str, ...] = ()
    cis: Mapping[str, str] = field(default_factory=dict)
    pci: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Control {self.id}>"

    @property
    def benchmarks(self) -> dict[str, dict[str, str]]:
        """The numbers in other catalogues, by catalogue and version: they move from version to version."""
        return {name: dict(numbers) for name, numbers in (("cis", self.cis), ("pci", self.pci)) if numbers}

    @property
    def requirements(self) -> list[tuple[str, str, str]]:
        """The same, one by one: catalogue, version and number."""
        return [
            (catalogue, version, number)
            for catalogue, versions in self.benchmarks.items()
            for version, numbers in versions.items()
            for number in numbers.split(", ")
        ]


def ask(control: Control, facts: Facts) -> list[Judgement]:
    """What a control says; unknown where it takes what could not be read."""
    missing = facts.missing(control.reads)
    if missing:
        return [_unknown(missing)]
    try:
        return list(control.judge(facts))
    except NotRead as error:
        return [_unknown({error.name: error.unread})]


def _unknown(missing: Mapping[str, Unread]) -> Judgement:
    reasons = " ".join(f"{name}: {unread.reason}." for name, unread in missing.items())
    wanted = sorted({each for unread in missing.values() for each in unread.permissions})
    values = {"missing_permissions": wanted} if wanted else {}
    return Judgement(Verdict.UNKNOWN, f"It could not be read. {reasons}", values)
