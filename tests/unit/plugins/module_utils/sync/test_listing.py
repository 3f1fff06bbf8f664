# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Walking a directory in S3's order, with the sorted bytes of the keys as the oracle."""

from __future__ import annotations

import fcntl
import itertools
import os
import pathlib
import shutil

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._sync.filters import Filters
from ansible_collections.stowage.s3.plugins.module_utils._sync.listing import Findings, Walk
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

STEADY = settings(
    derandomize=True, max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# Characters around "/" (0x2f) in the order of bytes, and those whose UTF-16 order is another one.
NAMES = st.text(st.sampled_from("a!-./0 é\uffee\U0001f600".replace("/", "")), min_size=1, max_size=3).filter(
    lambda name: name not in (".", "..")
)
KEYS = st.lists(st.lists(NAMES, min_size=1, max_size=4).map("/".join), max_size=14)
NUMBER = itertools.count()


def possible(keys: list[str]) -> set[str]:
    """The keys that can be files beside each other: none is a directory of another."""
    above = {key[:at] for key in keys for at, char in enumerate(key) if char == "/"}
    return set(keys) - above


def make(top: pathlib.Path, keys: set[str]) -> None:
    top.mkdir()
    for key in keys:
        path = top / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(key)


def walk(top: pathlib.Path, filters: Filters, *, links: str = "follow") -> tuple[list[str], Findings, list[str]]:
    findings, problems = Findings(), list[str]()
    entries = Walk(str(top), filters, findings, lambda key, _error: problems.append(key), links=links).entries()
    return [entry.key for entry in entries], findings, problems


@STEADY
@given(KEYS)
@example(["a-b/y", "a.txt", "a/x"])
@example(["a/x", "a0", "a-", "a.b/c", "a!"])
@example(["\uffee", "\U0001f600", "\uffee0/x", "\U0001f600a/x"])
def test_a_walk_gives_the_order_of_the_keys_bytes(tmp_path: pathlib.Path, keys: list[str]) -> None:
    top = tmp_path / str(next(NUMBER))
    make(top, possible(keys))
    found, findings, problems = walk(top, Filters())
    assert found == sorted(possible(keys), key=str.encode)
    assert findings.entries == len(found) and not findings.incomplete and not findings.ignored and not problems
    shutil.rmtree(top)


@STEADY
@given(
    KEYS, st.sampled_from([[], ["*a*"], ["/a/", "*0"], ["a/**"]]), st.sampled_from([[], ["a/"], ["a/*"], ["/a*", "-"]])
)
def test_a_walk_gives_what_the_filters_take_whatever_it_does_not_read(
    tmp_path: pathlib.Path, keys: list[str], include: list[str], exclude: list[str]
) -> None:
    top = tmp_path / str(next(NUMBER))
    make(top, possible(keys))
    filters = Filters(include, exclude)
    found, findings, _problems = walk(top, filters)
    assert found == sorted(filter(filters.takes, possible(keys)), key=str.encode)
    assert findings.entries == len(found)
    shutil.rmtree(top)


def test_what_is_excluded_is_not_even_opened(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "top", {"keep/a", "tmp/b/c", "x/tmp/d", "y"})
    opened, scandir = [], os.scandir

    def noting(path: str) -> object:
        opened.append(os.path.relpath(path, tmp_path / "top"))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", noting)
    assert walk(tmp_path / "top", Filters([], ["tmp/"]))[0] == ["keep/a", "y"]
    assert sorted(opened) == [".", "keep", "x"]


def test_links_have_the_place_of_what_they_lead_to(tmp_path: pathlib.Path) -> None:
    make(tmp_path / "top", {"a.txt", "z"})
    make(tmp_path / "elsewhere", {"x"})
    (tmp_path / "top" / "a").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "top" / "a-b").symlink_to(tmp_path / "elsewhere" / "x")
    assert walk(tmp_path / "top", Filters())[0] == ["a-b", "a.txt", "a/x", "z"]
    found, findings, _problems = walk(tmp_path / "top", Filters(), links="target")
    assert found == ["a.txt", "z"] and findings.ignored == {"link": 2}
    assert findings.protects("a") and findings.protects("a/x") and findings.protects("a-b")
    assert not findings.protects("a.txt") and not findings.protects("ab")


def test_the_syncs_own_temporary_files_do_not_exist(tmp_path: pathlib.Path) -> None:
    own = ".stowage-0123456789abcdef.part"
    make(tmp_path / "top", {own, f"d/{own}", f"{own}x", "a"})
    assert walk(tmp_path / "top", Filters())[0] == [f"{own}x", "a"]
    # Only in a target, and only when no run can still be writing it.
    assert walk(tmp_path / "top", Filters())[1].stale == []
    with open(tmp_path / "top" / own) as used:
        fcntl.flock(used, fcntl.LOCK_EX)
        assert walk(tmp_path / "top", Filters(), links="target")[1].stale == [f"{tmp_path}/top/d/{own}"]
    os.utime(tmp_path / "top" / own, (2**33, 2**33))  # made after the walk began
    assert walk(tmp_path / "top", Filters(), links="target")[1].stale == [f"{tmp_path}/top/d/{own}"]
