# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import price_entries
import pytest
from ansible_collections.stowage.s3.plugins.module_utils._cost import price_list
from ansible_collections.stowage.s3.plugins.module_utils._cost.listed import LISTED, SERVICES, TABLE
from ansible_collections.stowage.s3.plugins.module_utils._cost.meter import Meter
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import METERS, Rate, prices, rates
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError

DAY = datetime.date(2026, 7, 28)


def read(entries: list[price_entries.Entry], region: str = "us-east-1") -> tuple[dict[Meter, Rate], list[str]]:
    _dated, products = price_list.read(price_entries.offer(entries), "offer")
    rows, notes = price_list.rows(region, products)
    return rates(rows, "rows", ""), notes


def test_a_price_list_of_us_east_1_is_the_table() -> None:
    found, notes = read(price_entries.everything())
    table = prices("us-east-1", cache_dir="/nonexistent")
    assert not notes
    assert {meter: rate.tiers for meter, rate in found.items()} == {
        meter: table.rates[meter].tiers for meter in METERS if meter in LISTED
    }


@pytest.mark.parametrize(("prefix", "region"), [("EU-", "eu-west-1"), ("USE2-", "us-east-2"), ("CPT-", "af-south-1")])
def test_a_region_has_a_prefix(prefix: str, region: str) -> None:
    found, notes = read(price_entries.everything(prefix, region), region)
    assert not notes
    assert found.keys() == LISTED


def test_what_is_listed_is_metered_once() -> None:
    assert set(METERS) >= LISTED
    assert len({each.meter for each in TABLE}) == len(TABLE)
    free = {"STANDARD", "REDUCED_REDUNDANCY", "INTELLIGENT_TIERING"}
    assert all(meter.kind in ("retrieval", "restore") and meter.storage_class in free for meter in {*METERS} - LISTED)


def test_without_the_list_of_deep_archive_its_staging_storage_is_not_taken_for_it() -> None:
    found, _notes = read([each for each in price_entries.s3() if each["serviceCode"] == "AmazonS3"])
    assert Meter("storage", "DEEP_ARCHIVE") not in found
    assert found[Meter("put", "DEEP_ARCHIVE")].tiers == found[Meter("transition", "DEEP_ARCHIVE")].tiers


def test_gov_cloud_has_no_free_transfer() -> None:
    found, _notes = read(price_entries.everything("UGW1-", "us-gov-west-1"), "us-gov-west-1")
    assert found[Meter("transfer", detail="internet")].tiers[0].usd


UNCLEAR = {
    "two prices": [
        price_entries.entry("Requests-Tier1", "", price_entries.one("0.1"), unit="Requests"),
        price_entries.entry("Requests-Tier1", "", price_entries.one("0.2"), unit="Requests", group="other"),
    ],
    "another unit": [price_entries.entry("Requests-Tier1", "", price_entries.one("0.1"), unit="GB-Mo")],
    "a gap": [price_entries.entry("Requests-Tier1", "", ("0", "5", "0.1"), ("6", "Inf", "0.1"), unit="Requests")],
    "an end": [price_entries.entry("Requests-Tier1", "", ("0", "5", "0.1"), unit="Requests")],
    "a beginning": [price_entries.entry("Requests-Tier1", "", ("5", "Inf", "0.1"), unit="Requests")],
}


@pytest.mark.parametrize("entries", UNCLEAR.values(), ids=UNCLEAR)
def test_what_is_not_clear_is_left_out_and_told(entries: list[price_entries.Entry]) -> None:
    found, notes = read(entries)
    assert not found
    assert [note.partition(":")[0] for note in notes] == ["put STANDARD", "put REDUCED_REDUNDANCY"]


BROKEN: dict[str, Any] = {
    "no JSON": "{",
    "a list": "[]",
    "no products": json.dumps({"publicationDate": "2026-07-28T00:00:00Z", "terms": {"OnDemand": {}}}),
    "no date": json.dumps({"publicationDate": "soon", "products": {}, "terms": {"OnDemand": {}}}),
    "deep": "[" * 100_000,
    "not UTF-8": b"\xff\xfe\x00",
    "a price that is none": price_entries.offer(
        [price_entries.entry("Requests-Tier1", "", ("0", "Inf", "dear"), unit="Requests")]
    ),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_what_is_no_price_list_is_refused(text: str | bytes) -> None:
    with pytest.raises(StowageError, match=r"^offer\.json: this is not a price list of AWS\. Give one such as https:"):
        price_list.read(text, "offer.json")


def test_offer_files_are_read_from_paths(tmp_path: Path) -> None:
    (tmp_path / "s3.json").write_text(price_entries.offer(price_entries.s3()))
    (tmp_path / "kms.json").write_text(price_entries.offer(price_entries.kms(), "2026-07-01T00:00:00Z"))
    dated, products = price_list.given([str(tmp_path / "s3.json"), str(tmp_path / "kms.json")])
    assert dated == datetime.date(2026, 7, 1)
    assert len(products) == len(price_entries.s3()) + len(price_entries.kms())


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        ([], "price_list: it is empty"),
        (["/nonexistent/offer.json"], "No such file or directory"),
        (["http://127.0.0.1:1/offer.json"], "Give a path on the machine that the task runs on"),
    ],
)
def test_what_cannot_be_read_is_named(sources: list[str], message: str) -> None:
    with pytest.raises(StowageError, match=message):
        price_list.given(sources)


def test_a_refresh_is_used_from_then_on(tmp_path: Path) -> None:
    dearer = [
        price_entries.entry("TimedStorage-SIA-ByteHrs", "", price_entries.one("0.0130000000"), unit="GB-Mo"),
    ]
    _dated, products = price_list.read(price_entries.offer(dearer), "offer")
    path, notes = price_list.refresh("us-east-1", DAY, products, str(tmp_path))
    assert (path, notes) == (str(tmp_path / "prices" / "us-east-1.json"), [])
    found = prices("us-east-1", cache_dir=str(tmp_path))
    assert str(found.rates[Meter("storage", "STANDARD_IA")].tiers[0].usd) == "0.013"
    assert found.rates[Meter("storage", "STANDARD_IA")].source == found.origin == "AWS's price list of 2026-07-28"
    assert found.dated == DAY
    [missing] = found.warnings(DAY)
    assert missing.startswith("AWS's price list of 2026-07-28 has no price of storage STANDARD,")
    assert "storage STANDARD_IA" not in missing


def test_a_list_older_than_the_table_is_told(tmp_path: Path) -> None:
    _dated, products = price_list.read(price_entries.offer(price_entries.everything()), "offer")
    _path, notes = price_list.refresh("us-east-1", DAY - datetime.timedelta(1), products, str(tmp_path))
    assert notes == [
        "AWS's price list of 2026-07-27 is older than the table of 2026-07-28, whose prices are used instead."
    ]


def test_a_list_of_another_region_is_no_refresh(tmp_path: Path) -> None:
    _dated, products = price_list.read(price_entries.offer(price_entries.everything()), "offer")
    with pytest.raises(StowageError, match=r"has no price of S3 in eu-west-1 in USD\. Give the offer files"):
        price_list.refresh("eu-west-1", DAY, products, str(tmp_path))
    assert not [*tmp_path.iterdir()]


def test_offers_of_a_region() -> None:
    urls = price_list.offers("eu-west-1")
    assert len(urls) == len(SERVICES)
    assert all("/eu-west-1/index.json" in url for url in urls)
