# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What somebody says is stored and asked for, as rows: from them a ledger, and from what was found the same rows. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._cost.choose import Alike
from ansible_collections.stowage.s3.plugins.module_utils._cost.classes import CLASSES, RESTORE_TIERS, TIERS
from ansible_collections.stowage.s3.plugins.module_utils._cost.ledger import (
    DEFAULT_CLASS,
    Ledger,
    billed_bytes,
    rules_of,
)
from ansible_collections.stowage.s3.plugins.module_utils._cost.meter import Meter
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError

_SIZE = re.compile(r"(\d+)\s*([KMGTP]?)(?:i?B)?\Z", re.IGNORECASE)
MOST = 1 << 63  # bytes: eight times as much as an exabyte
_WORDS = ("storage_class", "tier", "restore_tier", "when")
# Fields of a row that are requests of its class, and the kind that bills them.
_REQUESTS = {"put_requests": "put", "get_requests": "get", "transitions": "transition"}
# Fields that no class matters for.
_PLAIN = {
    "kms_requests": Meter("kms"),
    "internet_bytes": Meter("transfer", detail="internet"),
    "region_bytes": Meter("transfer", detail="region"),
    "tags": Meter("tags"),
}
_NUMBERS = (
    "objects",
    "bytes",
    *_REQUESTS,
    "retrieved_bytes",
    "restore_requests",
    "early_days",
    *_PLAIN,
)
ROW = "{storage_class: STANDARD_IA, objects: 100000, bytes: 50G, get_requests: 2000, retrieved_bytes: 1G}"


def ledger_of(rows: Any, where: str = "usage") -> Ledger:
    """Rows as quantities. Raises StowageError, which names the row and the field."""
    ledger = Ledger()
    for row in _rows(rows, where):
        row.into(ledger)
    return ledger


def rows_alike(rows: Any, where: str = "usage") -> list[Alike]:
    """What is stored of rows, as objects that are billed alike. Raises StowageError."""
    return [alike for row in _rows(rows, where) if (alike := row.alike()) is not None]


def _rows(rows: Any, where: str) -> list[_Row]:
    if isinstance(rows, Mapping):
        rows = [rows]
    if isinstance(rows, (str, bytes)) or not isinstance(rows, Sequence):
        raise StowageError(f"{where}: {rows!r} is no list. Give a list of rows such as {ROW}.")
    return [_Row(row, f"{where}[{number}]") for number, row in enumerate(rows)]


class _Row:
    def __init__(self, row: Any, where: str) -> None:
        if not isinstance(row, Mapping):
            raise StowageError(f"{where}: {row!r} is no row. Give one such as {ROW}.")
        self._where = where
        unknown = sorted(str(name) for name in row if name not in (*_WORDS, *_NUMBERS))
        if unknown:
            raise StowageError(
                f"{where}: there is no {', '.join(unknown)}. A row may have {', '.join((*_WORDS, *_NUMBERS))}."
            )
        self._words = {name: row[name] for name in _WORDS if row.get(name) is not None}
        self._numbers = {name: self._number(name, row[name]) for name in _NUMBERS if row.get(name) is not None}
        self.storage_class = self._word("storage_class", tuple(CLASSES), DEFAULT_CLASS)
        self.tier = self._word("tier", TIERS if self.storage_class == "INTELLIGENT_TIERING" else (), "")

    def _word(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        given = self._words.get(name, default)
        if given != default and given not in allowed:
            advice = f"Give one of {', '.join(allowed)}." if allowed else "Leave it out."
            raise StowageError(f"{self._where}.{name}: {given!r} is given, and not allowed here. {advice}")
        return str(given)

    def _number(self, name: str, value: Any) -> int:
        text = str(value).strip() if not isinstance(value, bool) else ""
        match = _SIZE.match(re.sub(r"(?<=\d)\.0+\Z", "", text))
        number = MOST + 1
        if match is not None and len(match[1]) <= len(str(MOST)):
            number = int(match[1]) << (10 * " KMGTP".index(match[2].upper() or " "))
        if number > MOST:
            raise StowageError(
                f"{self._where}.{name}: {repr(value)[:80]} is no number that can be meant. Give a whole one, from 0 to"
                " 2^63; of bytes also with K, M, G, T or P, such as 50G."
            )
        return number

    def alike(self) -> Alike | None:
        """What is stored; None if nothing is, or goes."""
        objects, size = self._numbers.get("objects", 0), self._numbers.get("bytes", 0)
        if size and not objects:
            raise StowageError(
                f"{self._where}: bytes are given, and no objects. Each of them counts: say how many there are."
            )
        if not objects or self._numbers.get("early_days"):
            return None
        reads, read = self._numbers.get("get_requests", 0), self._numbers.get("retrieved_bytes", 0)
        return Alike(self.storage_class, objects, size, size // objects, reads=reads, read_bytes=read)

    def into(self, ledger: Ledger) -> None:
        name, numbers, rules = self.storage_class, self._numbers, rules_of(self.storage_class)
        once = self._word("when", ("monthly", "once"), "monthly") == "once"
        add: Callable[[Meter, int], None] = ledger.once if once else ledger.each_month
        objects, size = numbers.get("objects", 0), numbers.get("bytes", 0)
        if size and not objects and (rules.min_bytes or rules.overhead or name == "INTELLIGENT_TIERING"):
            raise StowageError(
                f"{self._where}: bytes are given, and no objects. In {name} each object counts: say how many there are."
            )
        early = numbers.get("early_days", 0)
        if early and not rules.min_days:
            raise StowageError(f"{self._where}.early_days: {name} has no minimum of days. Leave it out.")
        if early:
            # These go: what is left of their minimum is due, and nothing of them is kept.
            ledger.early(name, billed_bytes(name, size // max(objects, 1)) * max(objects, 1) * early)
        elif objects or size:
            ledger.keep_sum(name, objects=objects, size=size, least=size // max(objects, 1), tier=self.tier)
        for field, kind in _REQUESTS.items():
            if field in numbers:
                add(Meter(kind, name), numbers[field])
        if "retrieved_bytes" in numbers or "restore_requests" in numbers:
            self._retrieved(add)
        for field, meter in _PLAIN.items():
            if field in numbers:
                add(meter, numbers[field])

    def _retrieved(self, add: Callable[[Meter, int], None]) -> None:
        name, size = self.storage_class, self._numbers.get("retrieved_bytes", 0)
        tiers = RESTORE_TIERS.get(name, RESTORE_TIERS["GLACIER"] if name == "INTELLIGENT_TIERING" else ())
        tier = self._word("restore_tier", tiers, "standard" if rules_of(name).archived else "")
        if tier:
            add(Meter("restore", name, tier), self._numbers.get("restore_requests", 0))
        elif "restore_requests" in self._numbers:
            raise StowageError(f"{self._where}.restore_requests: nothing of {name} has to be restored. Leave it out.")
        if tier or rules_of(name).retrieval:
            add(Meter("retrieval", name, tier), size)
