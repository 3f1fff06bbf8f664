# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Which storage class, or which lifecycle rule, is recommended for each prefix of a bucket, and what it saves. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, localcontext
from typing import Any, NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._cost.bill import ZERO, usd
from ansible_collections.stowage.s3.plugins.module_utils._cost.choose import (
    COPY,
    LIFECYCLE,
    Alike,
    Choice,
    choices,
    together,
)
from ansible_collections.stowage.s3.plugins.module_utils._cost.groups import Groups, Sum
from ansible_collections.stowage.s3.plugins.module_utils._cost.holdings import OTHERS, Prefixes
from ansible_collections.stowage.s3.plugins.module_utils._cost.ledger import (
    DEFAULT_CLASS,
    MONTH_DAYS,
    early_byte_days,
    rules_of,
)
from ansible_collections.stowage.s3.plugins.module_utils._cost.meter import EXACT
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import Prices
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.access_logs import Access
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.metrics import Requested

# Classes that can be read at once: what others need a restore for, a user has to name.
CANDIDATES = ("STANDARD", "STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR")
_DAY = 86400
_LONGEST_ID = 255  # characters of a lifecycle rule's


class Of(NamedTuple):
    """What a recommendation is made for by itself.

    quiet: neither read nor written for as long as is known. shallow: keys that have no more parts than the prefix, and
    those below have prefixes of their own.
    """

    prefix: str
    storage_class: str
    quiet: bool
    shallow: bool


@dataclass(frozen=True)
class Known:
    """What is known of reads.

    of: those of an object, by its key (None where there was none), if logs tell them. prefix_of: the measured prefix
    that a key is below, and by_prefix: what was measured, if only that is known. days: over how many.
    per_month: GET requests that are assumed for each object where nothing is known, each of the whole object.
    apart: whether what is quiet is told apart, as copies can; lifecycle rules cannot.
    """

    of: Callable[[str], Access | None] | None = None
    prefix_of: Callable[[str], str | None] | None = None
    by_prefix: Mapping[str, Requested] = field(default_factory=dict)
    days: float = 30.0
    per_month: float = 0.0
    apart: bool = True


class Survey:
    """A bucket's objects, summed up by what a recommendation depends on."""

    def __init__(self, depth: int, now: float, known: Known) -> None:
        self._prefixes, self._now, self._known = Prefixes(depth), now, known
        self._groups: Groups[Of] = Groups()
        self._reads: dict[tuple[Of, int], list[int]] = {}
        # How many objects are below a measured prefix: in all, and of a group.
        self._below: Counter[str] = Counter()
        self._shares: dict[tuple[Of, int], Counter[str]] = {}

    def add(self, key: str, size: int, storage_class: str, modified: float) -> None:
        """An object. modified: seconds since 1970."""
        known, name = self._known, storage_class or DEFAULT_CLASS
        reads = known.of(key) if known.of is not None else None
        measured = known.prefix_of(key) if known.prefix_of is not None else None
        unread = reads is None if known.of is not None else self._unread(measured)
        quiet = known.apart and unread and self._now - modified >= known.days * _DAY
        prefix = self._prefixes.of(key)
        shallow = prefix != OTHERS and prefix.count("/") < self._prefixes.depth
        of = Of(prefix, name, quiet, shallow)
        self._groups.add(of, size, early=early_byte_days(name, size, self._now - modified))
        place = of, size.bit_length()
        if reads is not None:
            found = self._reads.setdefault(place, [0, 0])
            found[0] += reads.gets
            found[1] += reads.bytes
        if measured is not None and known.by_prefix[measured].days:
            self._below[measured] += 1
            self._shares.setdefault(place, Counter())[measured] += 1

    def _unread(self, measured: str | None) -> bool:
        found = self._known.by_prefix.get(measured) if measured is not None else None
        return found is not None and found.days > 0 and not found.gets

    def alikes(self) -> Iterator[tuple[Of, Alike]]:
        """Objects that are billed alike, with what is read of them each month."""
        for of, least, group in self._groups:
            count, size = self._monthly(of, least, group)
            yield of, Alike(of.storage_class, group.objects, group.size, least, group.early, count, size)

    def _monthly(self, of: Of, least: int, group: Sum) -> tuple[int, int]:
        known, place = self._known, (of, least.bit_length())
        part = MONTH_DAYS / known.days
        if known.of is not None:
            count, size = self._reads.get(place, (0, 0))
            return round(count * part), round(size * part)
        # Which objects of a prefix were read is not known: each as often as the others.
        shares: Mapping[str, int] = self._shares.get(place, {})
        gets = sum(known.by_prefix[each].gets * count / self._below[each] for each, count in shares.items())
        read = sum(known.by_prefix[each].bytes * count / self._below[each] for each, count in shares.items())
        rest = known.per_month * (1 - sum(shares.values()) / group.objects)
        return round(gets * part + group.objects * rest), round(read * part + group.size * rest)


@dataclass(frozen=True)
class Recommendation:
    """Objects of one prefix and class, by size from `least` to `most` (both included; None: no end), and where to.

    stay, move: what they cost where they are and there. beside: there are quiet ones of the same prefix and class,
    which are not meant.
    """

    of: Of
    least: int
    most: int | None
    objects: int
    size: int
    stay: Choice
    move: Choice
    beside: bool = False

    @property
    def saving(self) -> Decimal:
        """USD over the time that was asked for."""
        return self.stay.horizon_usd - self.move.horizon_usd

    def public(self, quiet_days: int, above: str = "") -> dict[str, Any]:
        """The form of results. The rule is one for the module that does it; none where no rule can mean just these.

        above: what stands before all keys in the bucket, which a lifecycle rule has to say, too.
        """
        return {
            "prefix": self.of.prefix,
            "from": self.of.storage_class,
            "to": self.move.storage_class,
            "by": self.move.by,
            "objects": self.objects,
            "bytes": self.size,
            "monthly_usd": usd(self.stay.monthly_usd),
            "monthly_usd_then": usd(self.move.monthly_usd),
            "one_off_usd": usd(self.move.one_off_usd),
            "saving_usd": usd(self.saving),
            "break_even_days": self.move.break_even_days,
            "rule": self._lifecycle(above) if self.move.by == LIFECYCLE else self._rule(quiet_days),
        }

    def _rule(self, quiet_days: int) -> dict[str, Any]:
        prefix = self.of.prefix
        # Patterns that mean a folder's own files mean its folders, too; and none has an empty part.
        if self.of.shallow or any(part in ("", ".", "..") for part in prefix.split("/")[:-1]):
            return {}
        found: dict[str, Any] = {"from": [self.of.storage_class], "storage_class": self.move.storage_class}
        if prefix:
            found["match"] = [_glob(prefix)]
        if self.least:
            found["min_size"] = str(self.least)
        if self.most is not None:
            found["max_size"] = str(self.most)
        if self.of.quiet:
            found["min_idle_days"] = quiet_days
        elif self.beside:
            found["max_idle_days"] = quiet_days
        return found

    def _lifecycle(self, above: str) -> dict[str, Any]:
        name, prefix = self.move.storage_class, above + self.of.prefix
        # What is written to a class with a minimum waits for its end.
        days = max(rules_of(name).min_age_days, rules_of(self.of.storage_class).min_days)
        way = f"{self.of.storage_class}-to-{name}".lower().replace("_", "-")
        found: dict[str, Any] = {
            "id": _bounded(f"recommended-{way}-{self.least}-{prefix or 'all'}"),
            "transitions": [{"days": days, "storage_class": name}],
        }
        if prefix:
            found["prefix"] = prefix
        if self.least:
            found["size_greater_than"] = self.least - 1
        if self.most is not None:
            found["size_less_than"] = self.most + 1
        return found


def recommended(
    alikes: Iterable[tuple[Of, Alike]],
    candidates: Sequence[str],
    months: Decimal,
    prices: Prices,
    ways: Sequence[str] = (COPY, LIFECYCLE),
) -> list[Recommendation]:
    """What to move where, the largest saving first. Never anything that costs more than to stay, over the time.

    ways: those that are possible: a copy leaves the version that it replaces where there is versioning, and a lifecycle
    rule knows nothing of reads.
    """
    by_of = [(of, [alike for _of, alike in same]) for of, same in itertools.groupby(alikes, key=lambda each: each[0])]
    quiet = {of._replace(quiet=False) for of, _alikes in by_of if of.quiet}
    found: list[Recommendation] = []
    for of, same in by_of:
        if of.prefix == OTHERS:
            continue  # no rule can name what is not told apart
        beside = of in quiet
        allowed = [way for way in ways if way == COPY or not (of.quiet or of.shallow or beside)]
        found += _joined(
            _recommendation(of, alike, choices(alike, candidates, months, prices), allowed, beside=beside)
            for alike in same
        )
    return sorted(found, key=lambda each: (-each.saving, each.of, each.least))


def _recommendation(
    of: Of, alike: Alike, found: Sequence[Choice], allowed: Sequence[str], *, beside: bool
) -> Recommendation:
    """The cheapest of what is allowed, which may be to stay."""
    best = next(each for each in found if not each.by or each.by in allowed)
    stay = next(each for each in found if not each.by)
    return Recommendation(of, alike.least, None, alike.objects, alike.size, stay, best, beside)


def _joined(found: Iterable[Recommendation]) -> list[Recommendation]:
    """Those that move, with sizes side by side that go the same way as one. found: of all sizes, in their order."""
    joined: list[Recommendation] = []
    last: Recommendation | None = None
    for each in found:
        if last is not None and (last.move.storage_class, last.move.by) == (each.move.storage_class, each.move.by):
            each = replace(
                last,
                objects=last.objects + each.objects,
                size=last.size + each.size,
                stay=together(last.stay, each.stay),
                move=together(last.move, each.move),
            )
        elif last is not None:
            joined.append(replace(last, most=each.least - 1))
        last = each
    return [each for each in (*joined, *([last] if last is not None else [])) if each.move.by]


def total(found: Iterable[Recommendation]) -> Decimal:
    """What all of them save, USD over the time."""
    with localcontext(EXACT):
        return sum((each.saving for each in found), ZERO)


def _glob(prefix: str) -> str:
    """What fits everything below a prefix, as filters are written."""
    return "/" + "".join(f"[{char}]" if char in "*?[" else "\\\\" if char == "\\" else char for char in prefix)


def _bounded(identifier: str) -> str:
    """An id that S3 takes, and that stays its own where keys are long."""
    if len(identifier) <= _LONGEST_ID:
        return identifier
    digest = hashlib.sha256(identifier.encode()).hexdigest()[:16]
    return f"{identifier[: _LONGEST_ID - 17]}-{digest}"
