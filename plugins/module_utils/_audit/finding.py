# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""From what was read to findings, and what people decided to leave as it is. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import datetime
import fnmatch
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._audit.control import (
    Control,
    Facts,
    Judgement,
    Scope,
    Severity,
    Unread,
    Verdict,
    ask,
)
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Values
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError

_SUPPRESSIBLE = (Verdict.FAIL, Verdict.UNKNOWN)


@dataclass(frozen=True)
class Suppression:
    """Findings that are known and left. expires: the last day on which it counts."""

    control: str
    buckets: tuple[str, ...]
    reason: str
    expires: datetime.date | None = None

    def covers(self, control: str, bucket: str) -> bool:
        """Whether it is about a finding. An account's findings have no bucket, so only * is about them."""
        return control == self.control and any(fnmatch.fnmatchcase(bucket, pattern) for pattern in self.buckets)

    def expired(self, today: datetime.date) -> bool:
        """Whether it counts no more."""
        return self.expires is not None and self.expires < today

    @property
    def shown(self) -> Values:
        """As the task wrote it."""
        until = {"expires": self.expires.isoformat()} if self.expires else {}
        return {"control": self.control, "buckets": list(self.buckets), "reason": self.reason, **until}


@dataclass(frozen=True)
class Finding:
    """What a control says of one resource. bucket: "" where it is the account's."""

    control: Control
    judgement: Judgement
    bucket: str
    resource: str
    region: str
    suppressed: Suppression | None = None

    @property
    def failed(self) -> bool:
        """Whether somebody should do something."""
        return self.judgement.verdict is Verdict.FAIL and self.suppressed is None

    @property
    def remedy(self) -> Values:
        """What to do, and the options that do it, where there are such."""
        if self.judgement.verdict is not Verdict.FAIL:
            return {}
        module = {"module": self.control.module} if self.control.module else {}
        options = {"options": self.judgement.options} if self.judgement.options else {}
        return {"text": self.control.remedy, "breaks": self.control.breaks, **module, **options}

    @property
    def shown(self) -> Values:
        """As the result has it."""
        return {
            "control": self.control.id,
            "bucket": self.bucket,
            "resource": self.resource,
            "region": self.region,
            "verdict": self.judgement.verdict.value,
            "severity": self.control.severity.value,
            "title": self.control.title,
            "evidence": {"text": self.judgement.evidence, "values": self.judgement.values},
            "remedy": self.remedy,
            "class": self.control.klass.value,
            "suppressed": self.suppressed.shown if self.suppressed else {},
            "benchmarks": self.control.benchmarks,
        }


def suppressions(given: Iterable[Mapping[str, Any]]) -> list[Suppression]:
    """From the task's form. Raises StowageError."""
    return [_suppression(f"suppressions[{place}]", each) for place, each in enumerate(given)]


def _suppression(path: str, given: Mapping[str, Any]) -> Suppression:
    expires = None
    if not given["reason"].strip():
        raise StowageError(f"{path}.reason: it is empty. Say why the finding may stay, for who reads it next year.")
    if given.get("expires"):
        try:
            expires = datetime.date.fromisoformat(given["expires"])
        except ValueError:
            raise StowageError(f"{path}.expires: {given['expires']!r} is no date. Write it like 2027-01-31.") from None
    return Suppression(given["control"], tuple(given["buckets"]), given["reason"], expires)


def of_bucket(controls: Iterable[Control], facts: Facts) -> Iterator[Finding]:
    """What the controls say of a bucket."""
    region = facts.found.get("region", "")
    arn = f"arn:{facts['partition']}:s3:::{facts.bucket}"
    for control in controls:
        if control.scope is Scope.BUCKET:
            for judgement in ask(control, facts):
                yield Finding(control, judgement, facts.bucket, arn, "" if isinstance(region, Unread) else region)


def of_account(controls: Iterable[Control], facts: Facts, number: str) -> Iterator[Finding]:
    """What the controls say of the account."""
    for control in controls:
        if control.scope is Scope.ACCOUNT:
            for judgement in ask(control, facts):
                resource = judgement.resource or f"AWS::::Account:{number}"
                region = judgement.resource.split(":")[3] if judgement.resource else ""
                yield Finding(control, judgement, judgement.bucket, resource, region)


def suppress(found: Iterable[Finding], known: Sequence[Suppression], today: datetime.date) -> list[Finding]:
    """The findings; those that are known say so, and keep their verdict."""
    valid = [each for each in known if not each.expired(today)]
    return [replace(each, suppressed=_covering(each, valid)) for each in found]


def _covering(finding: Finding, known: Iterable[Suppression]) -> Suppression | None:
    if finding.judgement.verdict not in _SUPPRESSIBLE:
        return None
    return next((each for each in known if each.covers(finding.control.id, finding.bucket)), None)


def summary(found: Sequence[Finding]) -> Values:
    """How many of each verdict; of the failures that are not suppressed, how many of each severity."""
    verdicts = Counter(each.judgement.verdict for each in found)
    severities = Counter(each.control.severity for each in found if each.failed)
    return {
        "verdicts": {each.value: verdicts[each] for each in Verdict},
        "fails": {each.value: severities[each] for each in Severity},
        "suppressed": sum(each.suppressed is not None for each in found),
    }
