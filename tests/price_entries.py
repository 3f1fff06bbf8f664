# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Entries of AWS's price list, in the shape of its own: what GetProducts answers, and a bulk offer file.

The words and figures of us-east-1 are those of public copies of 2023 to 2026; the SKUs of most are made up.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

Entry = dict[str, Any]


def entry(
    usage: str, operation: str, *bands: tuple[str, str, str], unit: str, service: str = "AmazonS3", **more: str
) -> Entry:
    """A product and its terms. bands: where each begins and ends, and its price."""
    sku = hashlib.sha256(repr((usage, operation, bands, more)).encode()).hexdigest()[:16].upper()
    where = {} if service == "AWSDataTransfer" else {"regionCode": "us-east-1", "location": "US East (N. Virginia)"}
    attributes = {"servicecode": service, **where, "usagetype": usage, "operation": operation, **more}
    dimensions = {
        f"{sku}.JRTCKXETXF.{index}": {
            "rateCode": f"{sku}.JRTCKXETXF.{index}",
            "description": f"${usd} per {unit}",
            "beginRange": begin,
            "endRange": end,
            "unit": unit,
            "pricePerUnit": {"USD": usd},
            "appliesTo": [],
        }
        # AWS gives them in no order.
        for index, (begin, end, usd) in reversed([*enumerate(bands)])
    }
    term = {
        "offerTermCode": "JRTCKXETXF",
        "sku": sku,
        "effectiveDate": "2026-07-01T00:00:00Z",
        "priceDimensions": dimensions,
        "termAttributes": {},
    }
    return {
        "product": {"sku": sku, "attributes": attributes},
        "serviceCode": service,
        "terms": {"OnDemand": {f"{sku}.JRTCKXETXF": term}},
        "version": "20260728000000",
        "publicationDate": "2026-07-28T00:00:00Z",
    }


def one(usd: str) -> tuple[str, str, str]:
    """A price without steps."""
    return "0", "Inf", usd


STEPS = (
    ("0", "51200", "0.0230000000"),
    ("51200", "512000", "0.0220000000"),
    ("512000", "Inf", "0.0210000000"),
)
_GDA = "AmazonS3GlacierDeepArchive"


def s3(prefix: str = "", region: str = "us-east-1") -> list[Entry]:
    """The lines of S3 that matter, and those that are like them and do not."""

    def of(usage: str, operation: str, unit: str, usd: str, service: str = "AmazonS3", **more: str) -> Entry:
        return entry(prefix + usage, operation, one(usd), unit=unit, service=service, **{"regionCode": region, **more})

    standard = {"storageClass": "General Purpose", "volumeType": "Standard"}
    steps = {"regionCode": region, "productFamily": "Storage", **standard}
    return [
        entry(f"{prefix}TimedStorage-ByteHrs", "", *STEPS, unit="GB-Mo", **steps),
        of("TimedStorage-ByteHrs", "INTAAS3ObjectOverhead", "GB-Mo", "0.0211000000", volumeType="IntelligentTiering"),
        of("TimedStorage-ByteHrs", "", "GB-Mo", "0.0212000000", volumeType="IntelligentTieringOverhead"),
        of("Tables-TimedStorage-ByteHrs", "", "GB-Mo", "0.0265000000"),
        of("TimedStorage-RRS-ByteHrs", "", "GB-Mo", "0.0240000000"),
        of("TimedStorage-SIA-ByteHrs", "", "GB-Mo", "0.0125000000"),
        of("TimedStorage-ZIA-ByteHrs", "", "GB-Mo", "0.0100000000"),
        of("TimedStorage-GIR-ByteHrs", "", "GB-Mo", "0.0040000000"),
        of("TimedStorage-GlacierByteHrs", "", "GB-Mo", "0.0036000000"),
        of("TimedStorage-GDA-Staging", "", "GB-Mo", "0.0210000000", volumeType="Glacier Deep Archive"),
        of("TimedStorage-GDA-ByteHrs", "", "GB-Mo", "0.0009900000", _GDA, volumeType="Glacier Deep Archive"),
        entry(f"{prefix}TimedStorage-INT-FA-ByteHrs", "", *STEPS, unit="GB-Mo", regionCode=region),
        of("TimedStorage-INT-IA-ByteHrs", "", "GB-Mo", "0.0125000000"),
        of("TimedStorage-INT-AIA-ByteHrs", "", "GB-Mo", "0.0040000000"),
        of("TimedStorage-INT-AA-ByteHrs", "", "GB-Mo", "0.0036000000"),
        of("TimedStorage-INT-DAA-ByteHrs", "", "GB-Mo", "0.0009900000"),
        of("Monitoring-Automation-INT", "", "Objects", "0.0000025000"),
        of("Requests-Tier1", "", "Requests", "0.0000050000", group="S3-API-Tier1"),
        of("Requests-SIA-Tier1", "", "Requests", "0.0000100000"),
        of("Requests-ZIA-Tier1", "", "Requests", "0.0000100000"),
        of("Requests-INT-Tier1", "", "Requests", "0.0000050000"),
        of("Requests-GIR-Tier1", "", "Requests", "0.0000200000"),
        of("Requests-GLACIER-Tier1", "PutObject", "Requests", "0.0000300000"),
        of("Requests-GLACIER-Tier1", "InitiateMultipartUpload", "Requests", "0.0000050000"),
        of("Requests-GDA-Tier1", "PutObject", "Requests", "0.0000500000", _GDA),
        of("Requests-GDA-Tier1", "InitiateMultipartUpload", "Requests", "0.0000050000", _GDA),
        of("Requests-Tier2", "", "Requests", "0.0000004000"),
        of("Requests-SIA-Tier2", "", "Requests", "0.0000010000"),
        of("Requests-ZIA-Tier2", "", "Requests", "0.0000010000"),
        of("Requests-INT-Tier2", "", "Requests", "0.0000004000"),
        of("Requests-GIR-Tier2", "", "Requests", "0.0000100000"),
        of("Requests-GLACIER-Tier2", "", "Requests", "0.0000004000"),
        of("Requests-GDA-Tier2", "", "Requests", "0.0000004000"),
        of("Requests-Tier4", "S3-SIATransition", "Requests", "0.0000100000"),
        of("Requests-Tier4", "S3-ZIATransition", "Requests", "0.0000100000"),
        of("Requests-Tier4", "S3-INTTransition", "Requests", "0.0000100000"),
        of("Requests-Tier4", "S3-GIRTransition", "Requests", "0.0000200000"),
        of("Requests-Tier3", "S3-GlacierTransition", "Requests", "0.0000300000"),
        of("Requests-Tier3", "S3-GDATransition", "Requests", "0.0000500000"),
        of("Requests-Tier3", "RestoreObject", "Requests", "0.0000500000"),
        of("Requests-Tier5", "", "Requests", "0.0000000000"),
        of("Requests-Tier6", "", "Requests", "0.0100000000"),
        of("Requests-GDA-Tier3", "DeepArchiveRestoreObject", "Requests", "0.0001000000", _GDA),
        of("Requests-GDA-Tier5", "", "Requests", "0.0000250000", _GDA),
        of("Retrieval-SIA", "", "GB", "0.0100000000"),
        of("Retrieval-ZIA", "", "GB", "0.0100000000"),
        of("Retrieval-GIR", "", "GB", "0.0300000000"),
        of("Expedited-Retrieval-Bytes", "", "GB", "0.0300000000"),
        of("Standard-Retrieval-Bytes", "RestoreObject", "GB", "0.0100000000"),
        of("Standard-Retrieval-Bytes", "DeepArchiveRestoreObject", "GB", "0.0200000000"),
        of("Standard-Retrieval-Bytes", "IntDAARestoreObject", "GB", "0.0000000000"),
        of("Bulk-Retrieval-Bytes", "RestoreObject", "GB", "0.0000000000"),
        of("Bulk-Retrieval-Bytes", "DeepArchiveRestoreObject", "GB", "0.0025000000"),
        of("EarlyDelete-SIA", "", "GB-Mo", "0.0125000000"),
        of("EarlyDelete-ZIA", "", "GB-Mo", "0.0100000000"),
        of("EarlyDelete-GIR", "", "GB-Mo", "0.0040000000"),
        of("EarlyDelete-ByteHrs", "", "GB-Mo", "0.0036000000"),
        of("EarlyDelete-GDA", "", "GB-Mo", "0.0009900000", _GDA),
        of("TagStorage-TagHrs", "", "Tag-Mo", "0.0000006500"),
        # Of another region, as in the file of all of them.
        of("TimedStorage-SIA-ByteHrs", "", "GB-Mo", "9.0000000000", regionCode="eu-south-9"),
        # Sold, and not for money that we count.
        {**of("Requests-SIA-Tier1", "", "Requests", "0"), "terms": {"OnDemand": {}}},
    ]


def transfers(prefix: str = "", region: str = "us-east-1") -> list[Entry]:
    """The lines of AWSDataTransfer for a region."""
    steps = (
        ("0", "10240", "0.0900000000"),
        ("10240", "51200", "0.0850000000"),
        ("51200", "153600", "0.0700000000"),
        ("153600", "Inf", "0.0500000000"),
    )

    def of(usage: str, kind: str, *bands: tuple[str, str, str], **more: str) -> Entry:
        about = {"fromRegionCode": region, "fromLocationType": "AWS Region", "transferType": kind, **more}
        return entry(usage, "", *bands, unit="GB", service="AWSDataTransfer", **about)

    def out(to: str, usd: str, code: str = "AWS-Out-Bytes", **more: str) -> Entry:
        about = {"toRegionCode": to, "toLocationType": "AWS Region", **more}
        return of(f"USE1-{to}-{code}", "InterRegion Outbound", one(usd), **about)

    internet = {"toLocation": "External", "toLocationType": "Other"}
    return [
        of(f"{prefix}DataTransfer-Out-Bytes", "AWS Outbound", *steps, **internet),
        of(f"{prefix}DataTransfer-Out-Bytes", "AWS Outbound", one("0.0000000000"), **internet, free="yes"),
        of("Global-DataTransfer-Out-Bytes", "AWS Outbound", one("0.0100000000"), **internet),
        of(f"{prefix}DataTransfer-In-Bytes", "AWS Inbound", one("0.0000000000"), toLocation="US East (N. Virginia)"),
        out("EUC1", "0.0200000000"),
        out("USE2", "0.0100000000"),
        out("EUW2", "0.0200000000"),
        out("APS7", "0.0800000000"),
        out("EUC1", "0.0400000000", "AWS-Out-ABytes-T1"),
        out("LAX1", "0.0300000000", toLocationType="AWS Local Zone"),
        {**out("EUC1", "7", "AWS-Out-Bytes"), "product": {"attributes": {"servicecode": "AWSDataTransfer"}}},
    ]


def kms(region: str = "us-east-1") -> list[Entry]:
    """The lines of awskms."""
    where = {"regionCode": region}
    return [
        entry(f"{region}-KMS-Requests", "", one("0.0000030000"), unit="Requests", service="awskms", **where),
        entry(f"{region}-KMS-Keys", "", one("1.0000000000"), unit="Keys", service="awskms", **where),
    ]


def everything(prefix: str = "", region: str = "us-east-1") -> list[Entry]:
    """All that is asked for."""
    return [*s3(prefix, region), *transfers(prefix, region), *kms(region)]


def offer(entries: list[Entry], published: str = "2026-07-28T18:46:45Z") -> str:
    """The bulk offer file of these."""
    products, terms = {}, {}
    for number, each in enumerate(entries):
        sku = f"SKU{number}"
        products[sku] = {**each["product"], "sku": sku}
        terms[sku] = each["terms"]["OnDemand"]
    return json.dumps(
        {
            "formatVersion": "v1.0",
            "disclaimer": "This pricing list is for informational purposes only.",
            "offerCode": "AmazonS3",
            "version": "20260728184645",
            "publicationDate": published,
            "products": products,
            "terms": {"OnDemand": terms},
        }
    )
