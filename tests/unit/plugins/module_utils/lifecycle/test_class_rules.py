# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Templates of rules for storage classes: whole, and judged by the sync's own rules. Data: `tests/class_rules/`."""

from __future__ import annotations

import importlib
import pathlib
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.class_rules.table import CLASS_RULES
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.compose import storage_class_rules
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Rule
from ansible_collections.stowage.s3.plugins.module_utils._sync.attributes import Attributes
from ansible_collections.stowage.s3.plugins.module_utils._sync.filters import Matcher
from class_rules.case import Case
from generated import steady
from hypothesis import given
from hypothesis import strategies as st

ROOT = pathlib.Path(__file__).resolve().parents[5]
FOLDER = ROOT / "plugins" / "module_utils" / "_lifecycle" / "class_rules"
FILES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in ("__init__", "table"))
CASES: dict[str, tuple[Case, ...]] = {
    name: importlib.import_module(f"class_rules.{name}").CASES for name in CLASS_RULES
}
each_case = pytest.mark.parametrize(("name", "case"), [(name, case) for name in CASES for case in CASES[name]])
COMMON = {"prefix", "min_size", "min_age_days"}


def test_every_file_stands_in_the_table() -> None:
    assert sorted(CLASS_RULES) == FILES
    for name, template in CLASS_RULES.items():
        module = f"ansible_collections.stowage.s3.plugins.module_utils._lifecycle.class_rules.{name}"
        assert getattr(importlib.import_module(module), name.upper()) is template


def test_every_template_is_tested_and_nothing_else() -> None:
    tested = {path.stem for path in (ROOT / "tests" / "class_rules").glob("*.py")} - {"__init__", "case"}
    assert tested == set(CLASS_RULES)
    for name, template in CLASS_RULES.items():
        told = {parameter for case in CASES[name] for parameter in case.parameters}
        assert told - COMMON == set(template.known) - COMMON, name


def classes(rules: list[Rule], case: Case) -> dict[str, str]:
    """The class of each key of a case, as a sync gives it."""
    attributes = Attributes(rules)
    keys = [key for each in case.keys.values() for key in each]
    return {key: attributes.asked(key).headers.get("x-amz-storage-class", "") for key in keys}


def wanted(case: Case) -> dict[str, str]:
    """What they have to be."""
    return {key: each for each, keys in case.keys.items() for key in keys}


@each_case
def test_which_class_keys_get(name: str, case: Case) -> None:
    assert classes(storage_class_rules([{name: case.parameters}]), case) == wanted(case)


@pytest.mark.parametrize("name", CLASS_RULES)
def test_every_glob_of_a_template_counts(name: str) -> None:
    (case, *_others) = CASES[name]
    rules = storage_class_rules([{name: case.parameters}])
    for place, rule in enumerate(rules):
        for glob in rule["match"]:
            left = {**rule, "match": [each for each in rule["match"] if each != glob]}
            assert classes([*rules[:place], left, *rules[place + 1 :]], case) != wanted(case), glob


def test_what_goes_to_a_colder_class_may_have_to_be_large_and_old() -> None:
    first, *others = storage_class_rules({"media": {"min_size": "1M", "min_age_days": 30}})
    assert (first["storage_class"], len(first)) == ("STANDARD", 2)
    assert all((each["min_size"], each["min_age_days"]) == (1 << 20, 30) for each in others)


def test_rules_of_ones_own_stay_where_they_are() -> None:
    own = {"match": ["*.srt"], "cache_control": "no-cache"}
    found = storage_class_rules([own, "logs", {"logs": {"prefix": "b", "storage_class": "GLACIER_IR"}}])
    assert found[0] == own
    assert [each.get("storage_class") for each in found] == [None, "STANDARD_IA", "GLACIER_IR"]
    assert storage_class_rules([]) == []
    large = {"min_size": "1G", "storage_class": "DEEP_ARCHIVE"}
    assert storage_class_rules([large]) == [large]


# Names of keys may have anything that globs are written with, but for what a prefix is refused for.
@steady(100)
@given(st.text("ab[]\\!^-é /{}", min_size=1, max_size=6))
def test_a_prefix_is_taken_as_it_is(prefix: str) -> None:
    try:
        rules = storage_class_rules({"archives": {"prefix": prefix}})
    except StowageError:
        assert prefix.startswith("/") or "//" in prefix
        return
    (first, last) = (Matcher("match", each["match"]) for each in rules)
    below = prefix if prefix.endswith("/") else f"{prefix}/"
    assert first.matches(f"{below}a.csv") and last.matches(f"{below}a/b")
    assert not last.matches(f"x{below}a") and not last.matches(f"{below[:-1]}")


REFUSALS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "unknown": ("films", ("there is no template 'films'", "media, ", "a rule with match or storage_class")),
    "an unknown parameter": ({"media": {"storage_class": "GLACIER"}}, ("media: 'storage_class'", "originals")),
    "no class": ({"media": {"originals": "COLD"}}, ("originals: 'COLD'", "GLACIER_IR")),
    "a class of old": ({"logs": {"storage_class": "REDUCED_REDUNDANCY"}}, ("storage_class", "STANDARD or")),
    "a wildcard": ({"media": {"prefix": "films/*"}}, ("prefix: 'films/*'", "without *")),
    "an empty folder": ({"media": {"prefix": "a//b"}}, ("media: prefix", "empty path component")),
    "a small size": ({"media": {"min_size": 1}}, ("min_size: 1", "128K or more")),
    "an age of less than nothing": ({"media": {"min_age_days": -1}}, ("min_age_days: -1", "0 to 36500")),
}


@pytest.mark.parametrize(("listed", "says"), REFUSALS.values(), ids=REFUSALS)
def test_refused(listed: Any, says: tuple[str, ...]) -> None:
    with pytest.raises(StowageError) as refusal:
        storage_class_rules(listed)
    for text in ("storage class rules", *says):
        assert text in str(refusal.value)
