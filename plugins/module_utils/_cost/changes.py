# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a plan changes of what costs: one form for all plans, whether they upload, move or delete. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ansible_collections.stowage.s3.plugins.module_utils._cost.groups import Groups
from ansible_collections.stowage.s3.plugins.module_utils._cost.ledger import Ledger, rules_of
from ansible_collections.stowage.s3.plugins.module_utils._cost.meter import Meter

# Kinds of requests that are priced as GET, by the class that is read.
_GET = ("get", "head", "tags", "acl", "lock", "bucket")


class Changes:
    """What comes, goes and moves, and the requests that it takes.

    added, removed: objects by class. moved: by the class they leave and the one they come to. by: how they move,
    choose.COPY or choose.LIFECYCLE. staying: versions that a move replaces and that stay, by class.
    requests: all of them, by kind. kms: requests to KMS, at most.
    """

    def __init__(self, by: str) -> None:
        self.by = by
        self.added: Groups[str] = Groups()
        self.removed: Groups[str] = Groups()
        self.moved: Groups[tuple[str, str]] = Groups()
        self.staying: Groups[str] = Groups()
        self.requests: Counter[str] = Counter()
        self.kms = 0
        self._done = Ledger()

    def asked(self, requests: Mapping[str, int], *, read: str = "STANDARD", written: str = "STANDARD") -> None:
        """Requests by kind, as plans count them, and the classes that they read and write."""
        self.requests.update(requests)
        for kind, count in requests.items():
            if kind in ("put", "copy"):
                if count > 1:
                    self._done.parts(written, count)
                else:
                    self._done.write(written, count)
            elif kind == "list":
                self._done.write("STANDARD", count)
            elif kind in _GET:
                self._done.read(read, count=count)

    def retrieved(self, storage_class: str, size: int) -> None:
        """Bytes that are read from a class."""
        self._done.retrieve(storage_class, size)

    def restored(self, storage_class: str, size: int, tier: str, days: int) -> None:
        """An archived object is asked for, and a copy of it stands in STANDARD for some days."""
        self._done.once(Meter("restore", storage_class, tier), 1)
        self._done.once(Meter("retrieval", storage_class, tier), size)
        if rules_of(storage_class).archived:  # INTELLIGENT_TIERING moves the object itself, and makes no copy
            self._done.for_days("STANDARD", size, days)

    def transferred(self, where: str, size: int) -> None:
        """Bytes that leave S3."""
        self._done.once(Meter("transfer", "", where), size)

    def transitions(self, storage_class: str, count: int) -> None:
        """Objects that a lifecycle rule moves."""
        self.requests["transition"] += count
        self._done.once(Meter("transition", storage_class), count)

    def ledger(self) -> Ledger:
        """All of it as quantities."""
        ledger = Ledger()
        ledger.add(self._done)
        for name, least, group in self.added:
            ledger.keep_sum(name, objects=group.objects, size=group.size, least=least)
        for name, least, group in self.staying:
            ledger.keep_sum(name, objects=group.objects, size=group.size, least=least)
        for name, least, group in self.removed:
            ledger.keep_sum(name, objects=-group.objects, size=-group.size, least=least)
            ledger.early(name, group.early)
        for (source, target), least, group in self.moved:
            ledger.keep_sum(source, objects=-group.objects, size=-group.size, least=least)
            ledger.keep_sum(target, objects=group.objects, size=group.size, least=least)
            ledger.early(source, group.early)
        if self.kms:
            ledger.once(Meter("kms"), self.kms)
        return ledger
