# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Prices of AWS as of a date. Data only: USD, per the unit that `meter.KINDS` names. `prices` says how they are used.

Nobody of this project could ask AWS's own price list: each row names the public copies that it was taken from.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

DATED = datetime.date(2026, 7, 28)
# The region whose prices stand in for those that are not here.
BASE = "us-east-1"

_50_TB, _500_TB = 50 * 1024, 500 * 1024

# What a row's `source` stands for.
SOURCES: Mapping[str, str] = {
    "list": "public copies of AWS's price list, the latest of 2026-07-28",
    "unverified": "unverified: from memory of AWS's price page",
}

_STANDARD_TIERS = ({"up_to": _50_TB, "usd": "0.023"}, {"up_to": _500_TB, "usd": "0.022"}, {"usd": "0.021"})
_ROWS: tuple[tuple[Any, ...], ...] = (
    ("storage", "STANDARD", "", _STANDARD_TIERS, "list"),
    ("storage", "REDUCED_REDUNDANCY", "", "0.024", "list"),
    ("storage", "STANDARD_IA", "", "0.0125", "list"),
    ("storage", "ONEZONE_IA", "", "0.01", "list"),
    ("storage", "GLACIER_IR", "", "0.004", "list"),
    ("storage", "GLACIER", "", "0.0036", "list"),
    ("storage", "DEEP_ARCHIVE", "", "0.00099", "list"),
    ("storage", "INTELLIGENT_TIERING", "frequent", _STANDARD_TIERS, "list"),
    ("storage", "INTELLIGENT_TIERING", "infrequent", "0.0125", "list"),
    ("storage", "INTELLIGENT_TIERING", "archive_instant", "0.004", "list"),
    ("storage", "INTELLIGENT_TIERING", "archive", "0.0036", "list"),
    ("storage", "INTELLIGENT_TIERING", "deep_archive", "0.00099", "list"),
    ("monitoring", "INTELLIGENT_TIERING", "", "0.0025", "list"),
    ("put", "STANDARD", "", "0.005", "list"),
    ("put", "REDUCED_REDUNDANCY", "", "0.005", "list"),
    ("put", "STANDARD_IA", "", "0.01", "list"),
    ("put", "ONEZONE_IA", "", "0.01", "list"),
    ("put", "INTELLIGENT_TIERING", "", "0.005", "list"),
    ("put", "GLACIER_IR", "", "0.02", "list"),
    ("put", "GLACIER", "", "0.03", "list"),
    ("put", "DEEP_ARCHIVE", "", "0.05", "list"),
    ("get", "STANDARD", "", "0.0004", "list"),
    ("get", "REDUCED_REDUNDANCY", "", "0.0004", "list"),
    ("get", "STANDARD_IA", "", "0.001", "list"),
    ("get", "ONEZONE_IA", "", "0.001", "list"),
    ("get", "INTELLIGENT_TIERING", "", "0.0004", "list"),
    ("get", "GLACIER_IR", "", "0.01", "list"),
    ("get", "GLACIER", "", "0.0004", "list"),
    ("get", "DEEP_ARCHIVE", "", "0.0004", "list"),
    ("transition", "STANDARD_IA", "", "0.01", "list"),
    ("transition", "ONEZONE_IA", "", "0.01", "list"),
    ("transition", "INTELLIGENT_TIERING", "", "0.01", "list"),
    ("transition", "GLACIER_IR", "", "0.02", "list"),
    ("transition", "GLACIER", "", "0.03", "list"),
    ("transition", "DEEP_ARCHIVE", "", "0.05", "list"),
    ("retrieval", "STANDARD", "", "0", "list"),
    ("retrieval", "REDUCED_REDUNDANCY", "", "0", "list"),
    ("retrieval", "STANDARD_IA", "", "0.01", "list"),
    ("retrieval", "ONEZONE_IA", "", "0.01", "list"),
    ("retrieval", "GLACIER_IR", "", "0.03", "list"),
    ("retrieval", "INTELLIGENT_TIERING", "", "0", "list"),
    ("retrieval", "INTELLIGENT_TIERING", "expedited", "0.03", "unverified"),
    ("retrieval", "INTELLIGENT_TIERING", "standard", "0", "unverified"),
    ("retrieval", "INTELLIGENT_TIERING", "bulk", "0", "unverified"),
    ("retrieval", "GLACIER", "expedited", "0.03", "list"),
    ("retrieval", "GLACIER", "standard", "0.01", "list"),
    ("retrieval", "GLACIER", "bulk", "0", "list"),
    ("retrieval", "DEEP_ARCHIVE", "standard", "0.02", "list"),
    ("retrieval", "DEEP_ARCHIVE", "bulk", "0.0025", "list"),
    ("restore", "INTELLIGENT_TIERING", "expedited", "10", "unverified"),
    ("restore", "INTELLIGENT_TIERING", "standard", "0", "unverified"),
    ("restore", "INTELLIGENT_TIERING", "bulk", "0", "unverified"),
    ("restore", "GLACIER", "expedited", "10", "list"),
    ("restore", "GLACIER", "standard", "0.05", "list"),
    ("restore", "GLACIER", "bulk", "0", "unverified"),
    ("restore", "DEEP_ARCHIVE", "standard", "0.10", "list"),
    ("restore", "DEEP_ARCHIVE", "bulk", "0.025", "list"),
    # As much as the storage that was not used.
    ("early_deletion", "STANDARD_IA", "", "0.0125", "list"),
    ("early_deletion", "ONEZONE_IA", "", "0.01", "list"),
    ("early_deletion", "GLACIER_IR", "", "0.004", "list"),
    ("early_deletion", "GLACIER", "", "0.0036", "list"),
    ("early_deletion", "DEEP_ARCHIVE", "", "0.00099", "list"),
    ("kms", "", "", "0.03", "unverified"),
    (
        "transfer",
        "",
        "internet",
        (
            # Free in all of an account's regions and services together.
            {"up_to": 100, "usd": "0"},
            {"up_to": 10 * 1024, "usd": "0.09"},
            {"up_to": 50 * 1024, "usd": "0.085"},
            {"up_to": 150 * 1024, "usd": "0.07"},
            {"usd": "0.05"},
        ),
        "unverified",
    ),
    ("transfer", "", "region", "0.02", "unverified"),
    ("tags", "", "", "0.0065", "list"),
)


def rows(region: str) -> tuple[dict[str, Any], ...]:
    """The rows of a region; none if it has no prices here."""
    if region != BASE:
        return ()
    return tuple(
        {
            "kind": kind,
            "storage_class": storage_class,
            "detail": detail,
            ("usd" if isinstance(price, str) else "tiers"): price,
            "source": SOURCES[source],
        }
        for kind, storage_class, detail, price, source in _ROWS
    )
