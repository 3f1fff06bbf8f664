# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import datetime
import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._cost import price_cache, price_table
from ansible_collections.stowage.s3.plugins.module_utils._cost.classes import CLASSES
from ansible_collections.stowage.s3.plugins.module_utils._cost.meter import KINDS, Meter
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import METERS, STALE_DAYS, Prices, Tier, prices
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from hypothesis import given, settings
from hypothesis import strategies as st

STANDARD, KMS = Meter("storage", "STANDARD"), Meter("kms")
TODAY = price_table.DATED


def of(region: str, cache: Path, *given: dict[str, Any]) -> Prices:
    return prices(region, given, str(cache))


def test_meters_are_of_all_kinds_classes_and_details() -> None:
    assert {meter.kind for meter in METERS} == set(KINDS)
    assert len(set(METERS)) == len(METERS)
    assert {(meter.kind, meter.detail) for meter in METERS} == {
        (kind.name, detail) for kind in KINDS.values() for detail in kind.details
    }
    for kind in ("storage", "put", "get", "retrieval"):
        assert {meter.storage_class for meter in METERS if meter.kind == kind} == set(CLASSES)


def test_the_table_is_used_where_nothing_else_is_given(tmp_path: Path) -> None:
    found = of("us-east-1", tmp_path)
    assert (found.region, found.dated, found.origin) == ("us-east-1", TODAY, f"the table of {TODAY}")
    assert found.rates.keys() == set(METERS)
    rate = found.rate(STANDARD)
    assert rate is not None
    assert rate.tiers == (
        Tier(Decimal(51_200), Decimal("0.023")),
        Tier(Decimal(512_000), Decimal("0.022")),
        Tier(None, Decimal("0.021")),
    )
    assert found.rate(Meter("put")) is None
    assert found.warnings(TODAY) == []


def test_a_stale_table_is_told_with_its_date(tmp_path: Path) -> None:
    found = of("us-east-1", tmp_path)
    assert not found.warnings(TODAY + datetime.timedelta(STALE_DAYS))
    [warning] = found.warnings(TODAY + datetime.timedelta(STALE_DAYS + 1))
    assert warning.startswith(f"The prices are those of {TODAY} (the table of {TODAY}), 181 days old")
    assert "Refresh" in warning


def test_a_region_without_prices_has_those_of_us_east_1_unverified(tmp_path: Path) -> None:
    found = of("cn-north-1", tmp_path)
    [warning] = found.warnings(TODAY)
    assert warning.startswith("No prices of region cn-north-1 are at hand: those of us-east-1 are used, unverified.")
    assert found.rates.keys() == set(METERS)
    assert not any(rate.verified for rate in found.rates.values())
    assert found.rates[STANDARD].source.startswith("unverified: price of us-east-1, for want of cn-north-1's own (")


def test_what_is_not_known_of_a_region_is_us_east_1s(tmp_path: Path) -> None:
    found = of("eu-central-1", tmp_path)
    assert found.warnings(TODAY) == []
    assert (found.rates[STANDARD].tiers[0].usd, found.rates[STANDARD].verified) == (Decimal("0.0245"), True)
    assert (found.rates[KMS].tiers[-1].usd, found.rates[KMS].verified) == (Decimal("0.03"), False)


def cached(cache: Path, dated: datetime.date, usd: str = "0.5", region: str = "us-east-1") -> Path:
    rows = [{"kind": "storage", "storage_class": "STANDARD", "usd": usd}, {"kind": "kms", "usd": usd}]
    return Path(price_cache.write(region, dated, "a test", rows, str(cache)))


def test_the_task_goes_before_the_cache_and_the_cache_before_the_table(tmp_path: Path) -> None:
    cached(tmp_path, TODAY)
    found = of("us-east-1", tmp_path, {"kind": "kms", "usd": 1})
    assert (found.dated, found.origin) == (TODAY, "a test")
    told = [(found.rates[meter].tiers[0].usd, found.rates[meter].source) for meter in (KMS, STANDARD)]
    assert told == [(Decimal(1), "given by the task"), (Decimal("0.5"), "a test")]
    assert found.rates[Meter("tags")].tiers[0].usd == Decimal("0.0065")
    [warning] = found.warnings(TODAY)
    assert warning.startswith("a test has no price of put STANDARD, get STANDARD, storage REDUCED_REDUNDANCY,")
    assert warning.endswith(" in us-east-1: the table's are used.")


def test_the_cache_ends_the_want_of_a_regions_prices(tmp_path: Path) -> None:
    cached(tmp_path, TODAY, region="ap-east-9")
    [warning] = of("ap-east-9", tmp_path).warnings(TODAY)
    assert warning.startswith("a test has no price of")


def test_an_older_cache_is_not_used(tmp_path: Path) -> None:
    cached(tmp_path, TODAY - datetime.timedelta(1))
    assert of("us-east-1", tmp_path) == of("us-east-1", tmp_path / "none")


def test_the_cache_is_below_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cached(tmp_path / "stowage-s3", TODAY)
    assert prices("us-east-1").origin == "a test"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert price_cache.default_dir() == str(tmp_path / ".cache" / "stowage-s3")


def changed(**fields: Any) -> str:
    content = {"format": price_cache.FORMAT, "region": "us-east-1", "dated": str(TODAY), "origin": "o", "rows": []}
    return json.dumps({**content, **fields})


FOREIGN = {
    "empty": "",
    "no JSON": "{",
    "a list": "[]",
    "deep": "[" * 100_000,
    "another format": changed(format="other"),
    "another region": changed(region="eu-west-1"),
    "no date": changed(dated="soon"),
    "no rows": changed(rows={}),
    "no origin": changed(origin=None),
    "rows of another version": changed(rows=[{"kind": "storage", "storage_class": "TAPE", "usd": 1}]),
}


@pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN)
def test_a_broken_or_foreign_cache_is_none(text: str, tmp_path: Path) -> None:
    path = cached(tmp_path, TODAY)
    path.write_text(text)
    found = of("us-east-1", tmp_path)
    assert found.rates == of("us-east-1", tmp_path / "none").rates
    [warning] = found.warnings(TODAY)
    assert warning.startswith(f"{path}: not used as prices of us-east-1: ")
    assert warning.endswith("Refresh the prices, or remove the file.")


def test_a_cache_that_may_not_be_read_is_none(tmp_path: Path) -> None:
    path = cached(tmp_path, TODAY)
    path.unlink()
    path.mkdir()
    [warning] = of("us-east-1", tmp_path).warnings(TODAY)
    assert "Is a directory" in warning


def test_a_cache_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = cached(tmp_path, TODAY)
    before = path.read_text()
    with pytest.raises(TypeError):
        price_cache.write("us-east-1", TODAY, "a test", [{"usd": object()}], str(tmp_path))
    assert path.read_text() == before
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize("region", ["", "../../etc", "us-east-1/..", "mars"])
def test_a_name_that_is_no_region_is_no_path(region: str, tmp_path: Path) -> None:
    assert of(region, tmp_path).warnings(TODAY)
    with pytest.raises(StowageError, match="is not a region of AWS"):
        price_cache.write(region, TODAY, "a test", [], str(tmp_path))


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "prices").write_text("")
    with pytest.raises(StowageError, match="Give a cache directory that can be written to"):
        cached(tmp_path, TODAY)


OWN: dict[str, tuple[dict[str, Any], Meter, tuple[Tier, ...]]] = {
    "a number": ({"kind": "kms", "usd": 0.1}, KMS, (Tier(None, Decimal("0.1")),)),
    "text": ({"kind": "kms", "usd": " 0.10 "}, KMS, (Tier(None, Decimal("0.10")),)),
    "free": ({"kind": "kms", "usd": 0}, KMS, (Tier(None, Decimal(0)),)),
    "nulls, as Ansible gives them": (
        {"kind": "kms", "storage_class": None, "detail": None, "usd": 1, "tiers": None, "source": None},
        KMS,
        (Tier(None, Decimal(1)),),
    ),
    "a detail": (
        {"kind": "restore", "storage_class": "DEEP_ARCHIVE", "detail": "bulk", "usd": 1},
        Meter("restore", "DEEP_ARCHIVE", "bulk"),
        (Tier(None, Decimal(1)),),
    ),
    "tiers": (
        {"kind": "storage", "storage_class": "STANDARD", "tiers": [{"up_to": 5, "usd": "2"}, {"usd": 1}]},
        STANDARD,
        (Tier(Decimal(5), Decimal(2)), Tier(None, Decimal(1))),
    ),
    "one tier": (
        {"kind": "kms", "tiers": [{"up_to": None, "usd": 1}]},
        KMS,
        (Tier(None, Decimal(1)),),
    ),
}


@pytest.mark.parametrize(("row", "meter", "tiers"), OWN.values(), ids=OWN)
def test_rows_of_the_task(row: dict[str, Any], meter: Meter, tiers: tuple[Tier, ...], tmp_path: Path) -> None:
    rate = of("us-east-1", tmp_path, row).rates[meter]
    assert (rate.tiers, rate.source) == (tiers, "given by the task")


def test_a_row_may_name_its_source_and_the_last_one_counts(tmp_path: Path) -> None:
    rows = [{"kind": "kms", "usd": 1}, {"kind": "kms", "usd": 2, "source": "our contract"}]
    rate = of("us-east-1", tmp_path, *rows).rates[KMS]
    assert (rate.tiers[0].usd, rate.source) == (Decimal(2), "our contract")


BAD: dict[str, tuple[Any, str]] = {
    "not a row": (5, r"prices\[0\]: 5 is not a row\. Give one such as"),
    "no kind": ({"usd": 1}, r"prices\[0\]\.kind: None is not a kind\. Give one of storage, monitoring, put"),
    "another kind": ({"kind": "disk", "usd": 1}, r"prices\[0\]\.kind: 'disk' is not a kind"),
    "an unknown field": ({"kind": "kms", "price": 1}, r"prices\[0\]: unknown price\. A row may have kind,"),
    "no class": ({"kind": "put", "usd": 1}, r"storage_class: '' does not fit kind put\. Give one of STANDARD,"),
    "another class": ({"kind": "put", "storage_class": "TAPE", "usd": 1}, r"'TAPE' does not fit kind put"),
    "a class too many": (
        {"kind": "kms", "storage_class": "GLACIER", "usd": 1},
        r"'GLACIER' does not fit kind kms\. Leave it out",
    ),
    "no transition back": (
        {"kind": "transition", "storage_class": "STANDARD", "usd": 1},
        r"'STANDARD' does not fit kind transition\. Give one of STANDARD_IA",
    ),
    "no detail": (
        {"kind": "retrieval", "storage_class": "GLACIER", "usd": 1},
        r"detail: '' does not fit kind retrieval of GLACIER\. Give one of expedited, standard, bulk",
    ),
    "another detail": (
        {"kind": "retrieval", "storage_class": "INTELLIGENT_TIERING", "detail": "fast", "usd": 1},
        r"Give one of expedited, standard, bulk, or leave it out",
    ),
    "no price": ({"kind": "kms"}, r"prices\[0\]: neither of usd and tiers is given"),
    "two prices": ({"kind": "kms", "usd": 1, "tiers": [{"usd": 1}]}, r"prices\[0\]: both of usd and tiers is given"),
    "negative": ({"kind": "kms", "usd": -1}, r"prices\[0\]\.usd: -1 is not a price"),
    "not to be meant": (
        {"kind": "kms", "usd": "1e13"},
        r"usd: '1e13' is not a price. Give a number from 0 to 1,000,000,000,000",
    ),
    "infinite": ({"kind": "kms", "usd": float("inf")}, r"usd: inf is not a price"),
    "no number": ({"kind": "kms", "usd": "nan"}, r"usd: 'nan' is not a price"),
    "a word": ({"kind": "kms", "usd": "cheap"}, r"usd: 'cheap' is not a price"),
    "a truth": ({"kind": "kms", "usd": True}, r"usd: True is not a price"),
    "tiers that are none": ({"kind": "kms", "tiers": "0.1"}, r"prices\[0\]\.tiers: '0\.1' is not a list"),
    "no tiers": ({"kind": "kms", "tiers": []}, r"prices\[0\]\.tiers: \[\] is not a list"),
    "a tier that is none": ({"kind": "kms", "tiers": [1]}, r"tiers\[0\]: 1 is not a tier"),
    "an unknown field of a tier": ({"kind": "kms", "tiers": [{"to": 1}]}, r"tiers\[0\]: unknown to"),
    "a tier without a price": ({"kind": "kms", "tiers": [{}]}, r"tiers\[0\]\.usd: None is not a price"),
    "no last tier": ({"kind": "kms", "tiers": [{"up_to": 1, "usd": 1}]}, r"tiers: up_to is 1\. Let each be larger"),
    "two last tiers": ({"kind": "kms", "tiers": [{"usd": 1}, {"usd": 1}]}, r"up_to is not given, not given"),
    "tiers in no order": (
        {"kind": "kms", "tiers": [{"up_to": 2, "usd": 1}, {"up_to": 2, "usd": 1}, {"usd": 1}]},
        r"up_to is 2, 2, not given",
    ),
}


@pytest.mark.parametrize(("row", "message"), BAD.values(), ids=BAD)
def test_rows_that_cannot_be_meant_are_refused(row: Any, message: str, tmp_path: Path) -> None:
    with pytest.raises(StowageError, match=message):
        of("us-east-1", tmp_path, row)


def test_rows_are_a_list(tmp_path: Path) -> None:
    with pytest.raises(StowageError, match=r"^prices: \{'kind': 'kms'\} is not a list\. Give a list of rows such as"):
        prices("us-east-1", {"kind": "kms"}, str(tmp_path))  # type: ignore[arg-type]


_ANY: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
_FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(sorted(KINDS)) | _ANY,
        "storage_class": st.sampled_from(sorted(CLASSES)) | _ANY,
        "detail": st.sampled_from(["", "bulk", "internet"]) | _ANY,
        "usd": st.decimals(0, 10, places=3).map(str) | _ANY,
        "tiers": _ANY | st.lists(st.fixed_dictionaries({}, optional={"up_to": _ANY, "usd": _ANY}), max_size=2),
    },
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_FIELDS | _ANY, max_size=2))
def test_any_rows_are_taken_or_refused(rows: list[Any]) -> None:
    try:
        found = prices("us-east-1", rows, "/nonexistent")
    except StowageError:
        return
    assert found.rates.keys() == set(METERS)
