# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What two audits say differently: from earlier findings and present ones to what got worse, and what better. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from ansible_collections.stowage.s3.plugins.module_utils._audit.control import Severity, Verdict
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Values

_ORDER = [severity.value for severity in Severity]
_Findings = Mapping[tuple[str, str], Values]  # by control and resource


class Kind(str, Enum):
    """What became of a finding: it follows from what it is now."""

    WORSE = "worse"  # it fails
    UNCLEAR = "unclear"  # it could not be read, so that nobody knows; never taken for better
    GONE = "gone"  # what it was about is not there, or nobody looked where it is: never taken for better
    SUPPRESSED = "suppressed"  # it may stay: nothing was mended
    BETTER = "better"  # it passes, or the question does not arise any more


@dataclass(frozen=True)
class Reach:
    """What an audit asked: the buckets of a name or pattern, these controls."""

    name: str
    controls: frozenset[str]

    def takes(self, finding: Values) -> bool:
        """Whether it is about a finding. What is the account's it asked for whatever buckets."""
        named = not _of_bucket(finding) or fnmatch.fnmatchcase(finding["bucket"], self.name)
        return named and finding["control"] in self.controls


@dataclass(frozen=True)
class Change:
    """A finding that is another than before. before, after: verdicts, "" where there was none; `suppressed` says so."""

    kind: Kind
    finding: Values  # the present one; the earlier one where it is gone
    before: str
    after: str

    @property
    def shown(self) -> Values:
        """As the result has it."""
        named = {name: self.finding[name] for name in ("control", "bucket", "resource", "severity", "title")}
        return {**named, "before": self.before, "after": self.after}


@dataclass(frozen=True)
class Changes:
    """All of them, the most severe first. new, gone: names of buckets, whose findings are not among the changes."""

    changes: tuple[Change, ...] = ()
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def of(self, kind: Kind) -> list[Change]:
        """Those of a kind."""
        return [each for each in self.changes if each.kind is kind]

    @property
    def shown(self) -> Values:
        """As the result has them."""
        kinds = {kind.value: [each.shown for each in self.of(kind)] for kind in Kind}
        return {**kinds, "new_buckets": list(self.new), "gone_buckets": list(self.gone)}


def shared(findings: Iterable[Values], one: Reach, other: Reach) -> list[Values]:
    """The findings that both audits asked for: what only one of them looked at is neither new nor gone."""
    return [each for each in findings if one.takes(each) and other.takes(each)]


def compare(before: Sequence[Values], after: Sequence[Values]) -> Changes:
    """What changed between two audits that asked the same, from their findings as `audit_info` returns them."""
    had, has = _buckets(before), _buckets(after)
    both = had & has
    old, new = (
        _by_key(each for each in side if not _of_bucket(each) or each["bucket"] in both) for side in (before, after)
    )
    keys = [key for key in {**old, **new} if not _answered_elsewhere(key, old, new)]
    found = (_change(key, old, new) for key in keys)
    changes = sorted((each for each in found if each), key=_place)
    return Changes(tuple(changes), tuple(sorted(has - had)), tuple(sorted(had - has)))


def _by_key(findings: Iterable[Values]) -> _Findings:
    return {(each["control"], _resource(each)): each for each in findings}


def _resource(finding: Values) -> str:
    """ "" is the account, whose number may have been unknown to one of the audits."""
    return "" if finding["resource"].startswith("AWS::::Account") else finding["resource"]


def _answered_elsewhere(key: tuple[str, str], old: _Findings, new: _Findings) -> bool:
    """Whether only one audit has a finding on the account, as the other names resources, each compared with it."""
    return (
        key[1] == ""
        and not (key in old and key in new)
        and any(control == key[0] and resource for findings in (old, new) for control, resource in findings)
    )


def _buckets(findings: Iterable[Values]) -> set[str]:
    return {each["bucket"] for each in findings if _of_bucket(each)}


def _of_bucket(finding: Values) -> bool:
    """Whether it is a bucket's own; that of an access point names a bucket, too."""
    return bool(finding["bucket"]) and finding["resource"].endswith(f":s3:::{finding['bucket']}")


def _change(key: tuple[str, str], old: _Findings, new: _Findings) -> Change | None:
    # Where a resource is not listed, what is said of the account counts, such as that it could not be read. That there
    # are none does not count: nobody looks in a region that has no bucket any more.
    account = (key[0], "")
    before, after = old.get(key) or old.get(account), new.get(key) or new.get(account)
    if after and key not in new and _kind(after) is not Kind.UNCLEAR:
        after = None
    was = _kind(before) if before else Kind.BETTER
    now = _kind(after) if after else Kind.GONE
    finding = new.get(key) or old[key]
    if was is now or (now is Kind.GONE and was is Kind.BETTER):
        return None
    return Change(now, finding, _word(before), _word(after))


def _kind(finding: Values) -> Kind:
    if finding["suppressed"]:
        return Kind.SUPPRESSED
    kinds = {Verdict.FAIL.value: Kind.WORSE, Verdict.UNKNOWN.value: Kind.UNCLEAR}
    return kinds.get(finding["verdict"], Kind.BETTER)


def _word(finding: Values | None) -> str:
    if finding is None:
        return ""
    return "suppressed" if finding["suppressed"] else str(finding["verdict"])


def _place(change: Change) -> tuple[int, str, str]:
    each = change.finding
    return _ORDER.index(each["severity"]), each["bucket"], each["resource"]
