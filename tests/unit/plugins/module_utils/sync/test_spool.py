# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Lists on disk and the external sort, against lists in memory as the oracle."""

from __future__ import annotations

import os

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._sync import spool
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Entry
from ansible_collections.stowage.s3.plugins.module_utils._sync.spool import CHUNK, Spool, in_key_order
from hypothesis import given, settings
from hypothesis import strategies as st

NAMES = st.text(st.sampled_from("a/-.0é\uffee\U0001f600"), min_size=1, max_size=3)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=3), max_size=30), st.integers(1, 40))
def test_a_spool_is_a_list(records: list[str], in_memory: int) -> None:
    held: Spool[str] = Spool(in_memory)
    for record in records:
        held.append(record)
    assert list(held) == records and len(held) == len(records)
    assert list(held) == records, "the second reading differs"
    held.close()
    assert list(held) == [] and len(held) == 0
    held.append("again")
    assert list(held) == ["again"]
    held.close()


def test_two_readers_do_not_disturb_each_other_nor_an_append_after() -> None:
    held: Spool[int] = Spool(10)
    numbers = list(range(3 * CHUNK + 5))
    for number in numbers:
        held.append(number)
    one, other = iter(held), iter(held)
    mixed = [(next(one), next(other)) for _number in numbers]
    assert mixed == [(number, number) for number in numbers]
    held.append(-1)
    assert list(held) == [*numbers, -1]
    held.close()


def test_a_spool_leaves_no_file_and_no_descriptor(tmp_path: os.PathLike[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = len(os.listdir("/proc/self/fd"))
    held: Spool[int] = Spool(1)
    held.append(1)
    assert os.listdir(tmp_path) == []
    assert len(os.listdir("/proc/self/fd")) > before, "it was not on disk, so this proves nothing"
    held.close()
    assert len(os.listdir("/proc/self/fd")) == before


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.lists(NAMES, max_size=40), st.integers(1, 50), st.integers(2, 4))
def test_the_sort_is_by_the_keys_bytes_and_the_later_of_equals_counts(
    names: list[str], in_memory: int, width: int
) -> None:
    listed = [Entry(name, number, 0.0) for number, name in enumerate(names)]
    latest = {entry.key: entry for entry in listed}
    expected = [latest[key] for key in sorted(latest, key=lambda key: key.encode())]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spool, "WIDTH", width)
        assert list(in_key_order(listed, in_memory)) == expected


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.lists(NAMES, max_size=40), st.integers(1, 50), st.integers(2, 4))
def test_the_sort_is_stable_where_equals_are_kept(names: list[str], in_memory: int, width: int) -> None:
    listed = [Entry(name, number, 0.0) for number, name in enumerate(names)]
    expected = sorted(listed, key=lambda entry: entry.key.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spool, "WIDTH", width)
        assert list(in_key_order(listed, in_memory, keep_equals=True)) == expected


def test_few_files_are_open_however_long_the_listing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "WIDTH", 4)
    monkeypatch.setattr(spool, "CHUNK", 1)
    before = len(os.listdir("/proc/self/fd"))
    ordered = in_key_order((Entry(f"{number:04}", 0, 0.0) for number in range(1000)), 2)
    assert next(ordered).key == "0000"
    # Of 500 runs: less than four of each size, of which there are five.
    assert 0 < len(os.listdir("/proc/self/fd")) - before <= 3 * 5
    assert sum(1 for _entry in ordered) == 999
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_sort_that_is_given_up_closes_its_files(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[int] = []
    monkeypatch.setattr(spool.Spool, "close", lambda self: closed.append(len(self)))
    ordered = in_key_order((Entry(f"{number:03}", 0, 0.0) for number in range(100)), 30)
    assert next(ordered).key == "000"
    ordered.close()  # type: ignore[attr-defined]
    assert closed == [30, 30, 30]
