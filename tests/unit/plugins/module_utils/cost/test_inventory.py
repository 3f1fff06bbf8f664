# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What an S3 Inventory tells: manifests and rows as AWS writes them, and what is no such thing."""

from __future__ import annotations

import hashlib
import json
from urllib.parse import quote_plus

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._cost.classes import TIERS
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.files import InDirectory, files_at
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.inventory import (
    inventoried,
    manifest_of,
    read_manifest,
    row_reader,
)
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers.stored import NONCURRENT, Stored
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from delivered import ALL, CURRENT, Inventory
from hypothesis import given, settings
from hypothesis import strategies as st

ROWS = (
    ("a b/é+%.txt", "v1", True, False, 7, "GLACIER", "", "SSE-S3"),
    ("a b/é+%.txt", "v0", False, False, 8, "INTELLIGENT_TIERING", "ARCHIVE_INSTANT_ACCESS", "SSE-KMS"),
    ("b", "v1", True, True, "", "", "", ""),
    ("b", "v0", False, False, 9, "STANDARD_IA", "", "NOT-SSE"),
)
STORED = [
    Stored("a b/é+%.txt", 7, "GLACIER", 1795346743.0, encryption="SSE-S3"),
    Stored("a b/é+%.txt", 8, "INTELLIGENT_TIERING", 1795346743.0, NONCURRENT, "archive_instant", "SSE-KMS"),
    Stored("b", 9, "STANDARD_IA", 1795346743.0, NONCURRENT, encryption="NOT-SSE"),
]
MANIFEST = {
    "sourceBucket": "source",
    "destinationBucket": "arn:aws:s3:::target",
    "version": "2016-11-30",
    "creationTimestamp": "1514944800000",
    "fileFormat": "CSV",
    "fileSchema": "Bucket, Key, Size, LastModifiedDate, StorageClass",
    "files": [{"key": "k", "size": 1, "MD5checksum": "f11166069f1990abeb9c97ace9cdfabc"}],
}


@pytest.fixture
def inventory(tmp_path):
    """An inventory of two files in a directory."""
    made = Inventory("source", ALL, "inv/source/all/")
    made.add(ROWS[:2])
    made.add(ROWS[2:])
    made.write(tmp_path)
    return made


@pytest.mark.parametrize(
    "place",
    ["", "inv/source/all", "inv/source/all/2026-11-25T01-00Z", "inv/source/all/2026-11-25T01-00Z/manifest.json"],
)
def test_an_inventory_in_a_directory(inventory, tmp_path, place):
    files, name = files_at(str(tmp_path / place), pytest.fail)
    if not place:
        name = "inv/source/all"
    manifest = read_manifest(files, name, "source")
    assert (manifest.created, manifest.versions) == (1795568400.0, True)
    assert list(inventoried(files, manifest)) == STORED
    assert list(inventoried(files, manifest, "b")) == STORED[2:]


def test_the_newest_inventory_that_is_complete_is_read(inventory, tmp_path):
    for name in ("2026-11-26T01-00Z", "2026-11-24T01-00Z", "hive"):
        (tmp_path / inventory.folder / name).mkdir()
        (tmp_path / inventory.folder / name / "manifest.json").write_text("no manifest")
    (tmp_path / inventory.folder / "2026-11-24T01-00Z" / "manifest.checksum").touch()
    manifest = read_manifest(InDirectory(str(tmp_path)), inventory.folder, "source")
    assert manifest.created == 1795568400.0


def test_a_list_of_current_objects_has_no_versions(tmp_path):
    made = Inventory("source", CURRENT, "all/")
    made.add([("a", 5, "STANDARD")])
    made.write(tmp_path)
    files = InDirectory(str(tmp_path))
    manifest = read_manifest(files, "all/", "source")
    assert not manifest.versions
    assert list(inventoried(files, manifest)) == [Stored("a", 5, "STANDARD", 1795346743.0)]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"fileFormat": "ORC"}, "files are ORC. Only CSV is read: choose the format CSV"),
        ({"fileFormat": "Parquet"}, "files are Parquet. Only CSV"),
        ({"fileSchema": "Bucket, Key, Size"}, "lacks LastModifiedDate, StorageClass. Add to optional_fields"),
        ({"files": [{"key": "k", "size": 1}]}, "no manifest of S3 Inventory .*MD5checksum"),
        ({"files": [{"key": "k", "size": 1, "MD5checksum": "x"}]}, "has no MD5 sum"),
        ({"files": None}, "no manifest"),
        ({"creationTimestamp": "today"}, "no manifest"),
        ({"fileSchema": None}, "no manifest"),
    ],
)
def test_what_is_no_manifest_that_can_be_read_is_an_error(change, reason):
    assert manifest_of(json.dumps(MANIFEST).encode(), "m").created == 1514944800.0
    with pytest.raises(StowageError, match=f"^m.*{reason}"):
        manifest_of(json.dumps({**MANIFEST, **change}).encode(), "m")


@pytest.mark.parametrize("text", [b"", b"[]", b"null", b"{", b'"x"', b"\xff"])
def test_what_is_no_manifest_at_all_is_an_error(text):
    with pytest.raises(StowageError, match="no manifest of S3 Inventory"):
        manifest_of(text, "m")


def test_the_inventory_of_another_bucket_is_an_error(inventory, tmp_path):
    with pytest.raises(StowageError, match="of the bucket 'source', not of 'other'"):
        read_manifest(InDirectory(str(tmp_path)), inventory.folder, "other")


def test_a_place_without_an_inventory_is_an_error(tmp_path):
    with pytest.raises(StowageError, match="has no inventory"):
        read_manifest(InDirectory(str(tmp_path)), "", "source")
    with pytest.raises(StowageError, match="cannot be read: No such file"):
        read_manifest(InDirectory(str(tmp_path / "absent")), "", "source")


def test_a_file_that_is_another_one_is_an_error_before_any_of_it_is_taken(inventory, tmp_path):
    first = tmp_path / inventory.files[0]["key"]
    first.write_bytes(first.read_bytes()[:-1] + b"x")
    files = InDirectory(str(tmp_path))
    found = inventoried(files, read_manifest(files, inventory.folder, "source"))
    with pytest.raises(StowageError, match="not the file that the manifest names"):
        next(found)


def test_a_file_that_is_not_there_is_an_error(inventory, tmp_path):
    (tmp_path / inventory.files[1]["key"]).unlink()
    files = InDirectory(str(tmp_path))
    found = inventoried(files, read_manifest(files, inventory.folder, "source"))
    with pytest.raises(StowageError, match="No such file"):
        list(found)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b'"source","a","v"\n', "line 1: it has 3 columns, and the manifest names 11"),
        (b'"source","a","v","true","false","x","2026-11-22T11:25:43.000Z","e","STANDARD","",""\n', "line 1: invalid"),
        (b'"source","a","v","true","false","1","yesterday","e","STANDARD","",""\n', "line 1"),
        (b'"source","\xff', "line 0"),
        (None, "line 0: "),
    ],
)
def test_rows_that_cannot_be_read_are_an_error(tmp_path, text, reason):
    made = Inventory("source", ALL, "all/")
    made.add_text(text) if text else made.add_bytes(b"no gzip")
    made.write(tmp_path)
    files = InDirectory(str(tmp_path))
    with pytest.raises(StowageError, match=reason):
        list(inventoried(files, read_manifest(files, "all/", "source")))


def test_a_file_that_ends_early_is_an_error(tmp_path):
    made = Inventory("source", ALL, "all/")
    made.add(ROWS)
    whole = made.contents.popitem()[1]
    made.files.clear()
    made.add_bytes(whole[:-9])
    made.write(tmp_path)
    files = InDirectory(str(tmp_path))
    with pytest.raises(StowageError, match="end-of-stream"):
        list(inventoried(files, read_manifest(files, "all/", "source")))


def test_a_name_that_leads_elsewhere_is_refused(tmp_path):
    (tmp_path / "secret").write_bytes(b"x")
    with pytest.raises(StowageError, match="leads out of its folder"):
        InDirectory(str(tmp_path / "in")).open("../secret")


@settings(derandomize=True, max_examples=200, deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30),
    st.integers(0, 2**45),
    st.sampled_from(["FREQUENT", "INFREQUENT", "ARCHIVE_INSTANT_ACCESS", "ARCHIVE_ACCESS", "DEEP_ARCHIVE_ACCESS", ""]),
    st.booleans(),
    st.permutations(ALL),
)
def test_columns_may_come_in_any_order(key, size, tier, latest, columns):
    row = dict.fromkeys(ALL, "") | {
        "Key": quote_plus(key),
        "Size": str(size),
        "IsLatest": str(latest).lower(),
        "IsDeleteMarker": "false",
        "LastModifiedDate": "1970-01-01T00:00:09.000Z",
        "StorageClass": "INTELLIGENT_TIERING",
        "IntelligentTieringAccessTier": tier,
    }
    stored = row_reader(columns)([row[name] for name in columns])
    assert (stored.key, stored.size, stored.modified) == (key, size, 9.0)
    assert (stored.state == NONCURRENT) is not latest
    assert stored.tier in ("", *TIERS) and stored.tier == tier.lower().removesuffix("_access")


def test_a_python_without_md5_reads_all_the_same(inventory, tmp_path, monkeypatch):
    def refuse(*_arguments, **_options):
        raise ValueError

    monkeypatch.setattr(hashlib, "md5", refuse)
    files = InDirectory(str(tmp_path))
    manifest = read_manifest(files, inventory.folder, "source")
    assert list(inventoried(files, manifest)) == STORED
    with (tmp_path / inventory.files[0]["key"]).open("ab") as file:
        file.write(b"\0")
    with pytest.raises(StowageError, match="not the file that the manifest names"):
        list(inventoried(files, manifest))
