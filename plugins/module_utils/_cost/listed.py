# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What AWS's price list calls the meters. Data only.

A product is known by its usage type without the region's prefix, and by its operation: one usage type has several
prices. Source: "Understanding your AWS billing and usage reports for Amazon S3" in the S3 user guide, and price lists.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from typing import NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._cost.meter import Meter

# DEEP_ARCHIVE has a price list of its own; S3's has its staging storage alone, which costs twenty times as much.
SERVICES = ("AmazonS3", "AmazonS3GlacierDeepArchive", "AWSDataTransfer", "awskms")
_S3 = SERVICES[:2]


class Listed(NamedTuple):
    """Where the price of a meter stands: the first usage type, and operation, that there is."""

    meter: Meter
    usages: tuple[tuple[str, tuple[str, ...]], ...]
    services: tuple[str, ...] = _S3


def _listed(meter: str, *usages: tuple[str, str], services: tuple[str, ...] = _S3) -> Listed:
    kind, storage_class, detail = (*meter.split(), "", "")[:3]
    # "-" stands for no operation.
    each = tuple(
        (usage, tuple("" if word == "-" else word for word in operations.split())) for usage, operations in usages
    )
    return Listed(Meter(kind, storage_class, detail), each, services)


# In the price list of transfers, the names of places matter instead: see `price_list`.
INTERNET, REGION = TRANSFERS = (Meter("transfer", detail="internet"), Meter("transfer", detail="region"))
TABLE = (
    _listed("storage STANDARD", ("TimedStorage-ByteHrs", "-")),
    _listed("storage REDUCED_REDUNDANCY", ("TimedStorage-RRS-ByteHrs", "-")),
    _listed("storage STANDARD_IA", ("TimedStorage-SIA-ByteHrs", "-")),
    _listed("storage ONEZONE_IA", ("TimedStorage-ZIA-ByteHrs", "-")),
    _listed("storage GLACIER_IR", ("TimedStorage-GIR-ByteHrs", "-")),
    _listed("storage GLACIER", ("TimedStorage-GlacierByteHrs", "-")),
    _listed("storage DEEP_ARCHIVE", ("TimedStorage-GDA-ByteHrs", "-")),
    _listed("storage INTELLIGENT_TIERING frequent", ("TimedStorage-INT-FA-ByteHrs", "-")),
    _listed("storage INTELLIGENT_TIERING infrequent", ("TimedStorage-INT-IA-ByteHrs", "-")),
    _listed("storage INTELLIGENT_TIERING archive_instant", ("TimedStorage-INT-AIA-ByteHrs", "-")),
    _listed("storage INTELLIGENT_TIERING archive", ("TimedStorage-INT-AA-ByteHrs", "-")),
    _listed("storage INTELLIGENT_TIERING deep_archive", ("TimedStorage-INT-DAA-ByteHrs", "-")),
    _listed("monitoring INTELLIGENT_TIERING", ("Monitoring-Automation-INT", "-")),
    _listed("put STANDARD", ("Requests-Tier1", "-")),
    _listed("put REDUCED_REDUNDANCY", ("Requests-Tier1", "-")),
    _listed("put STANDARD_IA", ("Requests-SIA-Tier1", "-")),
    _listed("put ONEZONE_IA", ("Requests-ZIA-Tier1", "-")),
    _listed("put INTELLIGENT_TIERING", ("Requests-INT-Tier1", "-")),
    _listed("put GLACIER_IR", ("Requests-GIR-Tier1", "-")),
    _listed("put GLACIER", ("Requests-GLACIER-Tier1", "PutObject PostObject")),
    _listed("put DEEP_ARCHIVE", ("Requests-GDA-Tier1", "PutObject PostObject"), ("Requests-Tier3", "S3-GDATransition")),
    _listed("get STANDARD", ("Requests-Tier2", "-")),
    _listed("get REDUCED_REDUNDANCY", ("Requests-Tier2", "-")),
    _listed("get STANDARD_IA", ("Requests-SIA-Tier2", "-")),
    _listed("get ONEZONE_IA", ("Requests-ZIA-Tier2", "-")),
    _listed("get INTELLIGENT_TIERING", ("Requests-INT-Tier2", "-")),
    _listed("get GLACIER_IR", ("Requests-GIR-Tier2", "-")),
    _listed("get GLACIER", ("Requests-GLACIER-Tier2", "-")),
    _listed("get DEEP_ARCHIVE", ("Requests-GDA-Tier2", "-")),
    _listed("transition STANDARD_IA", ("Requests-Tier4", "S3-SIATransition -")),
    _listed("transition ONEZONE_IA", ("Requests-Tier4", "S3-ZIATransition -")),
    _listed("transition INTELLIGENT_TIERING", ("Requests-Tier4", "S3-INTTransition -")),
    _listed("transition GLACIER_IR", ("Requests-Tier4", "S3-GIRTransition")),
    _listed("transition GLACIER", ("Requests-Tier3", "S3-GlacierTransition")),
    _listed("transition DEEP_ARCHIVE", ("Requests-Tier3", "S3-GDATransition")),
    _listed("retrieval STANDARD_IA", ("Retrieval-SIA", "-")),
    _listed("retrieval ONEZONE_IA", ("Retrieval-ZIA", "-")),
    _listed("retrieval GLACIER_IR", ("Retrieval-GIR", "-")),
    _listed("retrieval GLACIER expedited", ("Expedited-Retrieval-Bytes", "RestoreObject -")),
    _listed("retrieval GLACIER standard", ("Standard-Retrieval-Bytes", "RestoreObject")),
    _listed("retrieval GLACIER bulk", ("Bulk-Retrieval-Bytes", "RestoreObject")),
    _listed("retrieval DEEP_ARCHIVE standard", ("Standard-Retrieval-Bytes", "DeepArchiveRestoreObject")),
    _listed("retrieval DEEP_ARCHIVE bulk", ("Bulk-Retrieval-Bytes", "DeepArchiveRestoreObject")),
    _listed("restore GLACIER expedited", ("Requests-Tier6", "RestoreObject -")),
    _listed("restore GLACIER standard", ("Requests-Tier3", "RestoreObject")),
    _listed("restore GLACIER bulk", ("Requests-Tier5", "RestoreObject -")),
    _listed(
        "restore DEEP_ARCHIVE standard",
        ("Requests-GDA-Tier3", "DeepArchiveRestoreObject -"),
        ("Requests-Tier3", "DeepArchiveRestoreObject"),
    ),
    _listed(
        "restore DEEP_ARCHIVE bulk",
        ("Requests-GDA-Tier5", "DeepArchiveRestoreObject -"),
        ("Requests-Tier5", "DeepArchiveRestoreObjectBulk"),
    ),
    _listed("early_deletion STANDARD_IA", ("EarlyDelete-SIA", "-")),
    _listed("early_deletion ONEZONE_IA", ("EarlyDelete-ZIA", "-")),
    _listed("early_deletion GLACIER_IR", ("EarlyDelete-GIR", "-")),
    _listed("early_deletion GLACIER", ("EarlyDelete-ByteHrs", "-")),
    _listed("early_deletion DEEP_ARCHIVE", ("EarlyDelete-GDA", "-")),
    _listed("kms", ("KMS-Requests", "-"), services=("awskms",)),
    _listed("tags", ("TagStorage-TagHrs", "-")),
)
# What a price list can tell. It has no lines for what is free, and none that is known for the archive tiers' restores.
LISTED = frozenset((*(each.meter for each in TABLE), *TRANSFERS))
