# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""S3's storage classes: the rules by which each is billed and may be used. Pure data; prices are elsewhere.

Source: "Understanding and managing Amazon S3 storage classes" in the S3 user guide, and the notes of AWS's price page.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass

KB = 1 << 10
INDEX_BYTES = 32 * KB  # of each archived object, billed as the class itself
NAME_BYTES = 8 * KB  # of each archived object, billed as STANDARD


@dataclass(frozen=True)
class StorageClass:
    """A class that objects of a general purpose bucket can have.

    min_days: an object that goes earlier is billed as if it had stayed. min_bytes: a smaller one is billed as if it had
    this size. archived: it cannot be read before a restore. overhead: each object is billed INDEX_BYTES and NAME_BYTES
    more. min_age_days: the earliest lifecycle transition into it. retrieval: reading costs by the byte. one_zone: it is
    lost with its availability zone. order: how far down the waterfall; a lifecycle rule only goes to a higher one.
    """

    name: str
    order: int
    min_days: int = 0
    min_bytes: int = 0
    min_age_days: int = 0
    archived: bool = False
    overhead: bool = False
    retrieval: bool = False
    one_zone: bool = False


# In the order of the waterfall.
CLASSES = {
    each.name: each
    for each in (
        StorageClass("STANDARD", 0),
        # The class of old for what can be made again. It costs more than STANDARD today.
        StorageClass("REDUCED_REDUNDANCY", 0),
        StorageClass("STANDARD_IA", 1, min_days=30, min_bytes=128 * KB, min_age_days=30, retrieval=True),
        StorageClass("INTELLIGENT_TIERING", 2),
        StorageClass("ONEZONE_IA", 3, min_days=30, min_bytes=128 * KB, min_age_days=30, retrieval=True, one_zone=True),
        StorageClass("GLACIER_IR", 4, min_days=90, min_bytes=128 * KB, retrieval=True),
        StorageClass("GLACIER", 5, min_days=90, archived=True, overhead=True, retrieval=True),
        StorageClass("DEEP_ARCHIVE", 6, min_days=180, archived=True, overhead=True, retrieval=True),
    )
}


def leads_down(source: str, target: str) -> bool:
    """Whether a lifecycle rule can move objects from one class to another; of names that are none it cannot."""
    here, there = CLASSES.get(source), CLASSES.get(target)
    # Of one zone alone there is no way to the one class that is in three zones and read at once.
    lost = (source, target) == ("ONEZONE_IA", "GLACIER_IR")
    return here is not None and there is not None and here.order < there.order and not lost


# INTELLIGENT_TIERING moves objects between these by itself, and watches only those that are large enough.
TIERS = ("frequent", "infrequent", "archive_instant", "archive", "deep_archive")
MONITORED_BYTES = 128 * KB
# Lifecycle rules leave smaller objects where they are, unless the configuration says otherwise (since September 2024).
TRANSITION_BYTES = 128 * KB
# How an archived object can be asked for.
RESTORE_TIERS = {"GLACIER": ("expedited", "standard", "bulk"), "DEEP_ARCHIVE": ("standard", "bulk")}
