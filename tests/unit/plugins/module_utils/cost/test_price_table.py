# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from decimal import Decimal

import botocore.session
import pytest
from ansible_collections.stowage.s3.plugins.module_utils._cost import price_table
from ansible_collections.stowage.s3.plugins.module_utils._cost.meter import Meter
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import METERS, rates

# AWS's page "Amazon S3 pricing", Middle East (UAE), in a copy of about January 2026: another source than the table's.
UAE = {
    "storage STANDARD": "0.025",
    "storage STANDARD_IA": "0.0138",
    "storage ONEZONE_IA": "0.01104",
    "storage GLACIER_IR": "0.005",
    "storage GLACIER": "0.00405",
    "storage DEEP_ARCHIVE": "0.0018",
    "storage INTELLIGENT_TIERING frequent": "0.025",
    "storage INTELLIGENT_TIERING infrequent": "0.0138",
    "storage INTELLIGENT_TIERING archive_instant": "0.005",
    "storage INTELLIGENT_TIERING archive": "0.00405",
    "storage INTELLIGENT_TIERING deep_archive": "0.0018",
    "put STANDARD": "0.0055",
    "put STANDARD_IA": "0.01",
    "put GLACIER_IR": "0.02",
    "put GLACIER": "0.0363",
    "put DEEP_ARCHIVE": "0.0605",
    "get STANDARD": "0.00044",
    "get STANDARD_IA": "0.001",
    "get GLACIER": "0.00044",
    "get DEEP_ARCHIVE": "0.00044",
    "transition GLACIER": "0.0363",
    "transition DEEP_ARCHIVE": "0.0605",
    "retrieval GLACIER_IR": "0.03",
    "retrieval GLACIER standard": "0.011",
    "retrieval DEEP_ARCHIVE standard": "0.022",
}


def test_each_meter_has_a_price_in_us_east_1_that_somebody_vouches_for() -> None:
    found = rates(price_table.rows("us-east-1"), "table", "")
    assert found.keys() == set(METERS)
    assert all(rate.source and rate.verified for rate in found.values())
    assert len(price_table.rows("us-east-1")) == len(found)


@pytest.mark.parametrize("region", price_table.REGIONS)
def test_a_region_has_one_price_of_each_meter(region: str) -> None:
    rows = price_table.rows(region)
    found = rates(rows, region, "")
    internet = Meter("transfer", detail="internet")
    assert len(rows) == len(found) + (len(found[internet].tiers) > 1)
    assert all(rate.source for rate in found.values())


def test_every_region_that_botocore_knows_is_there() -> None:
    session = botocore.session.Session()
    known = {region for part in ("aws", "aws-us-gov") for region in session.get_available_regions("s3", part)}
    assert known == {"us-east-1", *price_table.REGIONS}


def test_the_price_list_agrees_with_awss_page() -> None:
    found = rates(price_table.rows("me-central-1"), "table", "")
    assert {str(meter): rate.tiers[0].usd for meter, rate in found.items() if str(meter) in UAE} == {
        name: Decimal(usd) for name, usd in UAE.items()
    }


def test_each_source_is_used() -> None:
    told = {row["source"] for region in ("us-east-1", *price_table.REGIONS) for row in price_table.rows(region)}
    used = {part for text in told for part in text.split("; ")}
    assert used == set(price_table.SOURCES.values())


def test_no_prices_of_a_region_that_is_not_there() -> None:
    assert price_table.rows("cn-north-1") == ()
