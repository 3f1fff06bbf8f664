# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What AWS meters, and in which units it is priced. Pure.

Quantities are counted in base units (bytes, byte-months, requests, object-months), always exactly; prices are per the
unit that AWS's price list names. `KINDS` is the one place that knows both.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import NamedTuple

# A gigabyte of AWS's bills: 2^30 bytes, as the worked examples of its FAQ have it.
GB = 1 << 30


class Meter(NamedTuple):
    """One thing that is billed.

    kind: a name of KINDS. storage_class: of the object, "" where it does not matter. detail: what else makes a price
    its own: a tier of INTELLIGENT_TIERING (storage), a restore tier (retrieval, restore), where bytes go (transfer).
    """

    kind: str
    storage_class: str = ""
    detail: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in self if part)


@dataclass(frozen=True)
class Kind:
    """A kind of meter. base: the unit of quantities. unit: the unit of prices, which is `per` base units. details: the
    words that a meter may have as detail; none for ("").
    """

    name: str
    base: str
    unit: str
    per: int
    text: str
    details: tuple[str, ...] = ("",)


KINDS: Mapping[str, Kind] = {
    each.name: each
    for each in (
        Kind(
            "storage",
            "byte-months",
            "GB-month",
            GB,
            "What is stored.",
            ("", "frequent", "infrequent", "archive_instant", "archive", "deep_archive"),
        ),
        Kind(
            "monitoring",
            "object-months",
            "1,000 object-months",
            1_000,
            "What INTELLIGENT_TIERING takes to watch an object of 128 KB or more.",
        ),
        Kind("put", "requests", "1,000 requests", 1_000, "PUT, COPY, POST and LIST requests."),
        Kind("get", "requests", "1,000 requests", 1_000, "GET, HEAD and all other requests; DELETE costs nothing."),
        Kind("transition", "requests", "1,000 requests", 1_000, "What a lifecycle rule moves into the class."),
        Kind(
            "retrieval",
            "bytes",
            "GB",
            GB,
            "What is read, or restored.",
            ("", "expedited", "standard", "bulk"),
        ),
        Kind(
            "restore",
            "requests",
            "1,000 requests",
            1_000,
            "Requests to restore an archived object.",
            ("expedited", "standard", "bulk"),
        ),
        Kind(
            "early_deletion",
            "byte-months",
            "GB-month",
            GB,
            "What an object that goes before its class's minimum is billed for the rest of it.",
        ),
        Kind("kms", "requests", "10,000 requests", 10_000, "Requests to KMS."),
        Kind(
            "transfer",
            "bytes",
            "GB",
            GB,
            "What leaves S3: to the internet, or to another region.",
            ("internet", "region"),
        ),
        Kind("tags", "tag-months", "10,000 tag-months", 10_000, "Tags of objects."),
    )
}
# Enough digits that nothing is rounded: a byte is a gigabyte's 2^-30, and sums of prices stay sums.
EXACT = Context(prec=80)
# Quantities by meter, in base units.
Usage = Mapping[Meter, Decimal]
