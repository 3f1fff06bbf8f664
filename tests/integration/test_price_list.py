# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Prices are refreshed over the wire: GetProducts by boto3 page by page, and offer files by URL."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore.config
import price_entries
import pytest
from ansible_collections.stowage.s3.plugins.module_utils._cost import price_list
from ansible_collections.stowage.s3.plugins.module_utils._cost.listed import LISTED, SERVICES
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import prices
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from scripted import DROP, Answer, Request, Scripted, answer

TODAY = datetime.date(2026, 11, 26)
PAGE = 40
_JSON = {"content-type": "application/x-amz-json-1.1"}


@pytest.fixture
def server() -> Iterator[Scripted]:
    scripted = Scripted()
    yield scripted
    scripted.stop()


@pytest.fixture
def client(server: Scripted) -> Any:
    return boto3.client(
        "pricing",
        region_name=price_list.ENDPOINT_REGION,
        endpoint_url=f"http://127.0.0.1:{server.port}",
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret",
        config=botocore.config.Config(retries={"total_max_attempts": 1}),
    )


def pages(request: Request) -> Answer:
    """A price list that is asked as AWS's is; each entry is text."""
    asked = json.loads(request.body)
    [where] = asked["Filters"]
    entries = [
        each
        for each in price_entries.everything("EU-", "eu-west-1")
        if each["serviceCode"] == asked["ServiceCode"]
        and each["product"]["attributes"].get(where["Field"]) == where["Value"]
    ]
    first = int(asked.get("NextToken", 0))
    more = {"NextToken": str(first + PAGE)} if first + PAGE < len(entries) else {}
    body = {
        "FormatVersion": "aws_v1",
        "PriceList": [json.dumps(each) for each in entries[first : first + PAGE]],
        **more,
    }
    return answer(200, json.dumps(body), _JSON)


def test_a_refresh_asks_for_all_pages_of_all_services(server: Scripted, client: Any, tmp_path: Path) -> None:
    server.play(*[pages] * 5)
    _path, notes = price_list.refresh("eu-west-1", TODAY, price_list.asked(client, "eu-west-1"), str(tmp_path))
    assert not notes
    asked = [json.loads(request.body) for request in server.requests]
    assert [(each["ServiceCode"], each.get("NextToken")) for each in asked] == [
        (SERVICES[0], None),
        (SERVICES[0], str(PAGE)),
        *((service, None) for service in SERVICES[1:]),
    ]
    assert {request.headers["x-amz-target"] for request in server.requests} == {"AWSPriceListService.GetProducts"}
    found = prices("eu-west-1", cache_dir=str(tmp_path))
    assert (found.origin, found.warnings(TODAY)) == ("AWS's price list of 2026-11-26", [])
    assert {meter for meter, rate in found.rates.items() if rate.source == found.origin} == LISTED


REFUSED = {
    "denied": (
        answer(400, '{"__type": "AccessDeniedException", "Message": "No."}', _JSON),
        r"GetProducts AmazonS3: .*AccessDenied.*\. The credentials need pricing:GetProducts\. Without them, give",
    ),
    "dropped": (DROP, r"GetProducts AmazonS3: .*onnection.* The credentials need"),
    "not a price": (
        answer(200, '{"PriceList": ["{}"]}', _JSON),
        "GetProducts AmazonS3: this is not a price list of AWS",
    ),
}


@pytest.mark.parametrize(("reply", "message"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_says_what_to_do_and_keeps_nothing(
    reply: Answer, message: str, server: Scripted, client: Any, tmp_path: Path
) -> None:
    server.play(reply)
    with pytest.raises(StowageError, match=message):
        price_list.refresh("eu-west-1", TODAY, price_list.asked(client, "eu-west-1"), str(tmp_path))
    assert not [*tmp_path.iterdir()]


def test_offer_files_are_read_from_urls(server: Scripted, tmp_path: Path) -> None:
    server.play(
        answer(200, price_entries.offer(price_entries.s3()), _JSON, connection="close"),
        answer(200, price_entries.offer(price_entries.kms(), "2026-07-29T00:00:00Z"), _JSON, connection="close"),
    )
    dated, products = price_list.given([f"http://127.0.0.1:{server.port}/{name}" for name in ("s3.json", "kms.json")])
    price_list.refresh("us-east-1", dated, products, str(tmp_path))
    assert server.targets() == ["GET /s3.json", "GET /kms.json"]
    found = prices("us-east-1", cache_dir=str(tmp_path))
    [missing] = found.warnings(TODAY)
    assert missing.startswith("AWS's price list of 2026-07-28 has no price of transfer internet, transfer region in")


def test_a_url_that_is_not_there_is_named(server: Scripted) -> None:
    server.play(answer(404, "gone", connection="close"))
    with pytest.raises(StowageError, match=r"price_list: 'http://127.*/s3\.json' cannot be read: HTTP Error 404"):
        price_list.given([f"http://127.0.0.1:{server.port}/s3.json"])
