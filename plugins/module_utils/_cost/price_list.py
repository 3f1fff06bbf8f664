# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""AWS's price list as rows of prices: asked by GetProducts, or read from its bulk offer files; kept in the cache.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import datetime
import http.client
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

with contextlib.suppress(ImportError):  # the module has told the user, before anything here is called
    import botocore.exceptions

from ansible_collections.stowage.s3.plugins.module_utils._cost import price_cache, price_table
from ansible_collections.stowage.s3.plugins.module_utils._cost.listed import INTERNET, REGION, SERVICES, TABLE, Listed
from ansible_collections.stowage.s3.plugins.module_utils._cost.meter import GB, KINDS, Meter
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError

PERMISSIONS = ("pricing:GetProducts",)
# Where GetProducts can be asked for all regions.
ENDPOINT_REGION = "us-east-1"
# Where AWS has its offer files, for whoever downloads them: no credentials are needed.
OFFER_URL = "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/{service}/current/{region}/index.json"
# As in "USE2-Requests-Tier1", "EU-Requests-Tier1", and "us-east-1-KMS-Requests"; us-east-1 has none in S3.
_PREFIX = r"(?:[A-Z]{2,4}[0-9]?-|[a-z]{2}(?:-[a-z]+)+-[0-9]-)?"
_TIMEOUT = 60  # seconds
_LARGEST = 256 << 20  # bytes of an offer file; that of S3 for one region has less than one


class Band(NamedTuple):
    """A step of a price. end: None for no end."""

    begin: Decimal
    end: Decimal | None
    unit: str
    usd: Decimal


class Product(NamedTuple):
    """What is sold."""

    attributes: Mapping[str, str]
    bands: tuple[Band, ...]


# What the units of quantities are called there.
_UNITS = {
    "byte-months": ("GB-Mo",),
    "bytes": ("GB",),
    "requests": ("Requests", "Request"),
    "object-months": ("Objects", "Object"),
    "tag-months": ("Tag-Mo", "Tags", "Tag"),
}
# How many units are free, which stands in lists of its own; not in GovCloud and China.
_FREE = {"kms": price_table.FREE_KMS, "transfer internet": price_table.FREE_TRANSFER_GB}


def refresh(
    region: str, dated: datetime.date, products: Iterable[Product], cache_dir: str | None
) -> tuple[str, list[str]]:
    """Keep a region's prices in the cache; returns the file, and what the list did not tell.

    Raises StowageError: there are none, or they cannot be kept.
    """
    origin = f"AWS's price list of {dated}"
    found, notes = rows(region, products)
    if not found:
        raise StowageError(
            f"The price list has no price of S3 in {region} in USD. Give the offer files of this region:"
            f" {OFFER_URL.format(service='AmazonS3', region=region)} and so on."
        )
    if dated < price_table.DATED:
        notes.append(f"{origin} is older than the table of {price_table.DATED}, whose prices are used instead.")
    return price_cache.write(region, dated, origin, found, cache_dir), notes


def asked(client: Any, region: str) -> Iterator[Product]:
    """The products of a region, by GetProducts of a boto3 client `pricing` in ENDPOINT_REGION. Raises StowageError."""
    for service in SERVICES:
        where = "fromRegionCode" if service == "AWSDataTransfer" else "regionCode"
        filters = [{"Type": "TERM_MATCH", "Field": where, "Value": region}]
        token: dict[str, str] = {}
        while True:
            try:
                answer = client.get_products(ServiceCode=service, Filters=filters, MaxResults=100, **token)
            except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError) as error:
                raise StowageError(
                    f"GetProducts {service}: {error}. The credentials need {', '.join(PERMISSIONS)}."
                    " Without them, give the offer files, or their URLs, by price_list."
                ) from error
            for entry in answer.get("PriceList", ()):
                yield _product(_json(entry, f"GetProducts {service}"), f"GetProducts {service}")
            following = answer.get("NextToken")
            if not following or following == token.get("NextToken"):
                break
            token = {"NextToken": following}


def offers(region: str) -> list[str]:
    """The URLs of a region's offer files."""
    return [OFFER_URL.format(service=service, region=region) for service in SERVICES]


def given(sources: Sequence[str]) -> tuple[datetime.date, list[Product]]:
    """Offer files by path or URL: when the oldest of them was published, and their products. Raises StowageError."""
    found = [read(_load(source), source) for source in sources]
    if not found:
        raise StowageError("price_list: it is empty. Give paths or URLs of offer files.")
    return min(dated for dated, _products in found), [each for _dated, products in found for each in products]


def _load(source: str) -> bytes:
    from ansible.module_utils.urls import open_url  # it takes a fifth of a second, and most runs have no use for it

    try:
        if source.startswith(("http://", "https://")):
            with contextlib.closing(open_url(source, timeout=_TIMEOUT)) as answer:
                return bytes(answer.read(_LARGEST + 1))
        with open(os.path.expanduser(source), "rb") as file:
            return file.read(_LARGEST + 1)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise StowageError(
            f"price_list: {source!r} cannot be read: {error}. Give a path on the machine that the task runs on, or a"
            " URL that it can reach."
        ) from error


def read(text: str | bytes, where: str) -> tuple[datetime.date, list[Product]]:
    """A bulk offer file: when it was published, and its products. Raises StowageError, which names `where`."""
    if len(text) > _LARGEST:
        raise StowageError(f"{where}: larger than {_LARGEST >> 20} MiB. Give the offer file of one region.")
    offer = _json(text, where)
    try:
        dated = datetime.date.fromisoformat(offer["publicationDate"][:10])
        terms = offer["terms"]["OnDemand"]
        entries = [
            {"product": product, "terms": {"OnDemand": terms.get(sku, {})}}
            for sku, product in offer["products"].items()
        ]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise _no_list(where) from error
    return dated, [_product(entry, where) for entry in entries]


def _json(text: Any, where: str) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError) as error:
        raise _no_list(where) from error


def _no_list(where: str) -> StowageError:
    example = OFFER_URL.format(service="AmazonS3", region="eu-west-1")
    return StowageError(f"{where}: this is not a price list of AWS. Give one such as {example}.")


def _product(entry: Any, where: str) -> Product:
    try:
        attributes = entry["product"]["attributes"]
        terms = sorted(entry["terms"].get("OnDemand", {}).values(), key=lambda term: str(term.get("effectiveDate", "")))
        dimensions = terms[-1]["priceDimensions"].values() if terms else ()
        bands = [_band(each) for each in dimensions if "USD" in each["pricePerUnit"]]
        return Product({**attributes}, tuple(sorted(bands, key=lambda band: band.begin)))
    except (KeyError, TypeError, AttributeError, InvalidOperation) as error:
        raise _no_list(where) from error


def _band(dimension: Mapping[str, Any]) -> Band:
    end = str(dimension.get("endRange", "Inf"))
    return Band(
        Decimal(str(dimension.get("beginRange", "0"))),
        None if end == "Inf" else Decimal(end),
        str(dimension.get("unit", "")),
        Decimal(str(dimension["pricePerUnit"]["USD"])),
    )


def rows(region: str, products: Iterable[Product]) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of a region, of the shape that `prices` takes, and notes on what is not clear. Pure."""
    here, transfers = _sorted(region, products)
    notes: list[str] = []
    found: list[dict[str, Any]] = []
    for meter, fitting in (
        *((each.meter, _fitting(each, here)) for each in TABLE),
        (INTERNET, _internet(transfers)),
        (REGION, _between_regions(transfers)),
    ):
        prices = {product.bands for product in fitting}
        if not prices:
            continue
        free = 0 if region.startswith(("us-gov-", "cn-")) else _FREE.get(str(meter), 0)
        row = _row(meter, prices.pop(), free) if len(prices) == 1 else None
        if row is None:
            notes.append(f"{meter}: the price list is not clear, its price there is not used.")
        else:
            found.append(row)
    return found, notes


def _sorted(region: str, products: Iterable[Product]) -> tuple[dict[tuple[str, str], list[Product]], list[Product]]:
    """The region's products with a price by usage type and operation; and its transfers."""
    here: dict[tuple[str, str], list[Product]] = {}
    transfers = []
    for product in products:
        about = product.attributes
        if not product.bands:
            continue
        if about.get("fromRegionCode") == region and about.get("servicecode") == "AWSDataTransfer":
            transfers.append(product)
        elif about.get("regionCode") == region:
            key = (re.sub(f"^{_PREFIX}", "", about.get("usagetype", "")), about.get("operation", ""))
            here.setdefault(key, []).append(product)
    return here, transfers


def _fitting(listed: Listed, here: Mapping[tuple[str, str], Sequence[Product]]) -> list[Product]:
    for usage, operations in listed.usages:
        for operation in operations:
            fitting = [
                each
                for each in here.get((usage, operation), ())
                if each.attributes.get("servicecode") in listed.services
                # Overhead of INTELLIGENT_TIERING is sold by the usage type of STANDARD.
                and (usage != "TimedStorage-ByteHrs" or each.attributes.get("volumeType", "Standard") == "Standard")
            ]
            if fitting:
                return fitting
    return []


def _internet(transfers: Sequence[Product]) -> list[Product]:
    """What leaves for the internet; the same words also sell what is free of it."""
    return [
        each
        for each in transfers
        if each.attributes.get("transferType") == "AWS Outbound"
        and each.attributes.get("toLocation") == "External"
        and re.fullmatch(f"{_PREFIX}DataTransfer-Out-Bytes", each.attributes.get("usagetype", ""))
        and any(band.usd for band in each.bands)
    ]


def _between_regions(transfers: Sequence[Product]) -> list[Product]:
    """What leaves for another region: the price that most of them have, as where to is not metered."""
    pairs = [
        each
        for each in transfers
        if each.attributes.get("transferType") == "InterRegion Outbound"
        and each.attributes.get("toLocationType", "AWS Region") == "AWS Region"
        and each.attributes.get("usagetype", "").endswith("-AWS-Out-Bytes")
    ]
    if not pairs:
        return []
    usual, _count = max(Counter(each.bands for each in pairs).items(), key=lambda item: (item[1], item[0][0].usd))
    return [each for each in pairs if each.bands == usual]


def _row(meter: Meter, bands: Sequence[Band], free: int) -> dict[str, Any] | None:
    """A row per priced unit; None where the list does not count as we do, or has gaps."""
    kind = KINDS[meter.kind]
    if any(band.unit not in _UNITS[kind.base] for band in bands):
        return None
    # AWS's prices are of one GB already, but of one request.
    per = Decimal(1 if kind.per == GB else kind.per)
    ends = [None if band.end is None else band.end / per for band in bands]
    begins = [band.begin / per for band in bands]
    if begins != [Decimal(0), *ends[:-1]] or ends[-1] is not None:
        return None
    tiers = [(end, band.usd * per) for end, band in zip(ends, bands, strict=True)]
    if free and tiers[0][1]:
        tiers.insert(0, (Decimal(free), Decimal(0)))
    price: dict[str, Any]
    if len(tiers) == 1:
        price = {"usd": _text(tiers[0][1])}
    else:
        price = {"tiers": [{**({} if end is None else {"up_to": _text(end)}), "usd": _text(usd)} for end, usd in tiers]}
    return {**{name: word for name, word in meter._asdict().items() if word}, **price}


def _text(number: Decimal) -> str:
    """Without the zeros that AWS adds."""
    return format(number.normalize(), "f")
