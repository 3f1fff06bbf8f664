# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Templates of lifecycles: whole, checked, and judged by what becomes of objects. Data: `tests/lifecycles/`."""

from __future__ import annotations

import importlib
import pathlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.lifecycle import LIFECYCLE, MINIMUM_OPTION
from ansible_collections.stowage.s3.plugins.module_utils._bucket.lifecycle_checks import findings
from ansible_collections.stowage.s3.plugins.module_utils._bucket.lifecycle_rules import CLASSES
from ansible_collections.stowage.s3.plugins.module_utils._bucket.policy_info import misfits
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import expand
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.class_rules.table import CLASS_RULES
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.compose import lifecycle, storage_class_rules
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Rule
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.templates.table import TEMPLATES
from ansible_collections.stowage.s3.plugins.module_utils._policy.check import Severity
from generated import steady
from hypothesis import given
from hypothesis import strategies as st
from lifecycle_page import PAGE, page
from lifecycles.case import Case, Fate, fate

ROOT = pathlib.Path(__file__).resolve().parents[5]
FOLDER = ROOT / "plugins" / "module_utils" / "_lifecycle" / "templates"
FILES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in ("__init__", "table"))
CASES: dict[str, tuple[Case, ...]] = {name: importlib.import_module(f"lifecycles.{name}").CASES for name in TEMPLATES}
EACH = [(name, number, case) for name, cases in CASES.items() for number, case in enumerate(cases)]
each_case = pytest.mark.parametrize(("name", "case"), [(name, case) for name, _number, case in EACH])


# Whole


def test_every_file_stands_in_the_table() -> None:
    assert sorted(TEMPLATES) == FILES
    for name, template in TEMPLATES.items():
        module = f"ansible_collections.stowage.s3.plugins.module_utils._lifecycle.templates.{name}"
        assert getattr(importlib.import_module(module), name.upper()) is template


def test_every_template_is_tested_and_nothing_else() -> None:
    tested = {path.stem for path in (ROOT / "tests" / "lifecycles").glob("*.py")} - {"__init__", "case"}
    assert tested == set(TEMPLATES)
    for name, template in TEMPLATES.items():
        told = {parameter for case in CASES[name] for parameter in case.parameters}
        assert told == set(template.known) - {"id"}, name


def test_the_page_is_as_the_templates_are() -> None:
    assert PAGE.read_text() == page(PAGE.read_text()), "python tests/lifecycle_page.py writes it"


def test_templates_stand_beside_each_other() -> None:
    listed = {name: cases[0].parameters for name, cases in CASES.items()}
    found = [each for name, told in listed.items() for each in lifecycle({name: told})]
    assert len({each["id"] for each in found}) == len(found)
    assert all(re.fullmatch("stowage-[a-z0-9-]+", each["id"]) for each in found)


def test_the_names_that_buckets_have() -> None:
    """Another name would leave the rules of the old one in place."""
    listed = ["abort_uploads", {"logs": {"prefix": "a", "id": "web"}}, {"logs": {"prefix": "b", "tiers": {}}}]
    assert [each["id"] for each in lifecycle(listed)] == [
        "stowage-abort-uploads",
        "stowage-logs-web",
        "stowage-logs-web-expiration",
        "stowage-logs-expiration",
    ]


# Judged


def outcome(rules: list[Rule], each: Fate) -> list[str]:
    """What becomes of something on the days that count."""
    return [fate(rules, each.thing, day) for day in each.then]


@each_case
def test_what_becomes_of_objects(name: str, case: Case) -> None:
    rules = lifecycle([{name: case.parameters}])
    for each in case.fates:
        assert outcome(rules, each) == list(each.then.values()), each.what


def lessened(rule: Rule) -> Iterator[tuple[str, Rule | None]]:
    """A rule without a part of it; None: no rule."""
    yield "rule", None
    for name, value in rule.items():
        if name != "id":
            yield name, {part: rule[part] for part in rule if part != name}
        members = [{k: v for k, v in value.items() if k != key} for key in value] if isinstance(value, dict) else []
        if isinstance(value, list):
            members = [[each for each in value if each is not one] for one in value]
        for number, left in enumerate(members):
            yield f"{name} {number}", {**rule, name: left}


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_part_of_a_template_counts(name: str) -> None:
    """Without it something becomes of an object that should not, or the other way round."""
    counts: dict[str, bool] = {}
    for case in CASES[name]:
        rules = lifecycle([{name: case.parameters}])
        for place, rule in enumerate(rules):
            for what, changed in lessened(rule):
                spoilt = [*rules[:place], *([changed] if changed else []), *rules[place + 1 :]]
                noticed = any(outcome(spoilt, each) != list(each.then.values()) for each in case.fates)
                part = f"{rule['id']} {what}"
                counts[part] = counts.get(part, False) or noticed
    assert [part for part, found in counts.items() if not found] == []


# What the bucket's modules and AWS's model say


def objections(rules: list[Rule]) -> set[tuple[Severity, str]]:
    """Everything but notices, whatever the bucket's smallest object to be moved."""
    documents = [rules, {"lifecycle": rules, MINIMUM_OPTION: "varies_by_storage_class"}]
    found = [each for document in documents for each in findings(document, misfits)]
    sent = LIFECYCLE.arguments(
        expand(LIFECYCLE.options, {"lifecycle": [{"status": "enabled", **r} for r in rules]}, {})
    )
    assert misfits(sent["LifecycleConfiguration"]) == []
    return {(each.severity, each.code) for each in found if each.severity is not Severity.NOTICE}


SWEEPING = {(Severity.WARNING, "lifecycle_sweeping")}


@each_case
def test_nothing_speaks_against_it(name: str, case: Case) -> None:
    whole = case.parameters.get("prefix") == "" and "tags" not in case.parameters
    assert objections(lifecycle([{name: case.parameters}])) == (SWEEPING if whole else set())


DAYS = st.integers(1, 40) | st.integers(30, 36500)
STEPS = st.lists(st.tuples(st.sampled_from(CLASSES), st.integers(30, 400)), max_size=3, unique_by=lambda step: step[0])


def descent(steps: list[tuple[str, int]]) -> dict[str, int]:
    """From warm to cold, each so many days after the one before."""
    found, day = {}, 0
    for storage_class, days in sorted(steps, key=lambda step: CLASSES.index(step[0])):
        day += days
        found[storage_class] = day
    return found


TIERS = STEPS.map(descent) | st.dictionaries(st.sampled_from(CLASSES), DAYS | st.just(0), max_size=3)
# Most of what is drawn is allowed by itself; whether it goes together is the template's business.
BY_KIND: dict[str, st.SearchStrategy[Any]] = {
    "prefix, as a folder": st.sampled_from(["", "a", "a/b/", "é"]) | st.text(max_size=5),
    "prefix, as a folder, not empty": st.sampled_from(["a", "b/c", "raw"]) | st.text(max_size=5),
    "dict of storage classes and days": TIERS,
    "dict of tags": st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.integers(), max_size=3),
    "size from 128K": st.integers(131072, 1 << 40) | st.sampled_from(["128K", "1M", "5G"]),
    "name of a tag": st.text(max_size=130),
    "name": st.from_regex("[a-z0-9-]{1,4}", fullmatch=True),
}


def parameters(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Something for parameters that there are."""

    def value(each: Any) -> st.SearchStrategy[Any]:
        one = BY_KIND.get(each.kind.name, DAYS)
        return st.lists(one, max_size=4) if each.many else one

    known = TEMPLATES[name].known.values()
    return st.fixed_dictionaries(
        {each.name: value(each) for each in known if each.required},
        optional={each.name: value(each) for each in known if not each.required},
    )


@pytest.mark.parametrize("name", TEMPLATES)
def test_whatever_is_told_makes_sound_rules_or_is_refused(name: str) -> None:
    made = 0

    @steady(30)
    @given(parameters(name))
    def tried(told: dict[str, Any]) -> None:
        nonlocal made
        try:
            rules = lifecycle([{name: told}])
        except StowageError:
            return
        made += 1
        whole = not told.get("prefix") and not told.get("tags")
        assert rules and objections(rules) <= (SWEEPING if whole else set())

    tried()
    assert made >= 8, "nearly all of it was refused, and so nothing is proven"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["", "a", "GLACIER"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
TOLD = st.sampled_from(
    [(name, each.name) for table in (TEMPLATES, CLASS_RULES) for name in table for each in table[name].known.values()]
)
ENTRIES = (
    JSON
    | st.builds(lambda known, value: {known[0]: {"prefix": "a", known[1]: value}}, TOLD, JSON)
    | st.builds(lambda known, value: {known[0]: value}, TOLD, JSON)
    | st.dictionaries(st.sampled_from(["id", "match", "prefix"]), JSON)
)


@steady(200)
@given(JSON | st.lists(ENTRIES, max_size=3))
def test_whatever_it_is_it_makes_rules_or_is_refused(wanted: Any) -> None:
    for make in (lifecycle, storage_class_rules):
        try:
            found = make(wanted)
        except StowageError:
            continue
        assert all(isinstance(each, dict) for each in found)


# Refused

P = {"prefix": "a"}
REFUSALS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "unknown": ("log", ("there is no template 'log'", "abort_uploads, ", "a rule with id")),
    "a number": (7, ("7 is not allowed", "a rule with id")),
    "two in one": ({"logs": P, "empty": P}, ("is not allowed",)),
    "no parameters but a list": ({"logs": ["a"]}, ("logs", "dict of prefix, ")),
    "an unknown parameter": ({"logs": {**P, "expire": 3}}, ("logs: 'expire'", "expiration_days")),
    "without saying where": ("logs", ("prefix", "not given", "'' is the whole bucket")),
    "a wildcard": ({"temporary": {"prefix": "logs/*"}}, ("prefix: 'logs/*'", "without *")),
    "from the root": ({"temporary": {"prefix": "/logs"}}, ("prefix: '/logs'", "not from a /")),
    "no text": ({"temporary": {"prefix": 7}}, ("prefix: 7",)),
    "too long a prefix": ({"temporary": {"prefix": "é" * 451}}, ("prefix",)),
    "no days": ({"temporary": {**P, "days": 0}}, ("days: 0", "from 1 to 36500")),
    "a class that there is not": ({"logs": {**P, "tiers": {"COLD": 1}}}, ("tiers: 'COLD'", "STANDARD_IA or")),
    "a list of tiers": ({"logs": {**P, "tiers": ["GLACIER"]}}, ("tiers", "{STANDARD_IA: 30, GLACIER: 90}")),
    "too early": ({"logs": {**P, "tiers": {"STANDARD_IA": 29}}}, ("STANDARD_IA", "before 30 days", "29")),
    "too soon after": ({"logs": {**P, "tiers": {"STANDARD_IA": 30, "GLACIER": 59}}}, ("GLACIER", "30 days")),
    "back to a warmer class": ({"archive_tiers": {"tiers": {"GLACIER": 1, "STANDARD_IA": 99}}}, ("warm to cold",)),
    "gone before it is moved": ({"logs": {**P, "expiration_days": 60}}, ("expiration", "not later")),
    "gone before it is paid off": ({"logs": {**P, "expiration_days": 120}}, ("leave GLACIER", "90 are billed")),
    "no tier": ({"archive_tiers": {"tiers": {}}}, ("does nothing",)),
    "no tags": ({"logs": {**P, "tags": {}}}, ("tags: {}", "{team: web}")),
    "too many tags": ({"logs": {**P, "tags": {str(n): "" for n in range(11)}}}, ("tags", "1 to 10")),
    "tags that are none": ({"logs": {**P, "tags": {"a": {}}}}, ("tags: {}", "value of a tag")),
    "a size that costs": ({"archive_tiers": {"size_greater_than": "64K"}}, ("'64K'", "128K or more")),
    "no size": ({"archive_tiers": {"size_greater_than": True}}, ("True", "128K or more")),
    "sizes that no object has": (
        {"archive_tiers": {"size_greater_than": "2M", "size_less_than": "1M"}},
        ("size_less_than", "no object"),
    ),
    "too many versions": ({"old_versions": {"newer_versions": 101}}, ("newer_versions: 101", "1 to 100")),
    "zones in each other": ({"data_lake": {"staging_prefix": "raw/tmp"}}, ("'raw/tmp/' is in 'raw/'",)),
    "a zone of everything": ({"data_lake": {"staging_prefix": ""}}, ("staging_prefix: ''", "and not ''")),
    "an id that is no part of a name": ({"empty": {**P, "id": "a b"}}, ("id: 'a b'", "hyphens")),
    "one template twice": ({"empty": [P, P]}, ("'stowage-empty'", "twice", "id: second")),
    "a rule of the same id": ([{"id": "stowage-empty"}, {"empty": P}], ("'stowage-empty'", "twice")),
    "records that a template deletes": (
        [{"compliance": {"prefix": "a/records", "years": 2}}, {"temporary": P}],
        ("temporary with the prefix 'a/'", "what compliance keeps below 'a/records/'", "do not meet"),
    ),
    "records that are kept for ever": ([{"logs": {"prefix": "a/b"}}, {"compliance": P}], ("logs", "compliance")),
    "records of more years": (
        {"compliance": [{**P, "years": 1}, {"prefix": "a/b", "years": 2, "id": "b"}]},
        ("prefix 'a/' deletes earlier", "below 'a/b/'"),
    ),
    "versions of records": ([{"compliance": {**P, "years": 1}}, "old_versions"], ("old_versions", "prefix ''")),
    "too many rules": ({"ttl_tags": {"days": list(range(1, 1002))}}, ("1001 rules", "1000")),
}


@pytest.mark.parametrize(("wanted", "says"), REFUSALS.values(), ids=REFUSALS)
def test_refused(wanted: Any, says: tuple[str, ...]) -> None:
    with pytest.raises(StowageError) as refusal:
        lifecycle(wanted)
    for text in ("lifecycle", *says):
        assert text in str(refusal.value)


RECORDS = {"compliance": {"prefix": "records", "years": 1, "tags": {"keep": "1y"}}}
BESIDE = {
    "elsewhere": [{"temporary": {"prefix": "tmp"}}],
    "another tag": [{"temporary": {"prefix": "", "tags": {"keep": "7d"}}}],
    "later": [{"backups": {"prefix": "", "tiers": {"GLACIER_IR": 0}, "expiration_days": 400, "noncurrent_days": 366}}],
    "uploads alone": ["abort_uploads"],
    "other records": [{"compliance": {"prefix": "long", "id": "long", "years": 9}}],
    "a rule of one's own": [{"id": "own", "expiration": {"days": 1}}],
}


@pytest.mark.parametrize("beside", BESIDE.values(), ids=BESIDE)
def test_what_may_stand_beside_records(beside: list[Any]) -> None:
    assert lifecycle([RECORDS, *beside]) == [*lifecycle(RECORDS), *lifecycle(beside)]


# Forms


def test_forms() -> None:
    assert lifecycle("abort_uploads") == lifecycle(["abort_uploads"]) == lifecycle([{"abort_uploads": None}])
    assert lifecycle({"abort_uploads": {"days": "7", "prefix": None}}) == lifecycle("abort_uploads")
    assert lifecycle([]) == []
    own = {"id": "own", "expiration": {"days": 1}}
    assert lifecycle([own, "abort_uploads"])[0] == own


def test_a_prefix_ends_at_a_slash() -> None:
    short, long = ({"temporary": {"prefix": prefix}} for prefix in ("a/b", "a/b/"))
    assert lifecycle(short) == lifecycle(long)
    assert lifecycle(short)[0]["prefix"] == "a/b/"


def test_one_template_more_than_once() -> None:
    listed = {"temporary": [P, {"prefix": "b", "id": "b"}]}
    assert [(each["id"], each["prefix"]) for each in lifecycle(listed)] == [
        ("stowage-temporary", "a/"),
        ("stowage-temporary-b", "b/"),
    ]


def test_what_expires_does_so_whatever_its_size() -> None:
    for name, _number, case in EACH:
        for each in lifecycle([{name: case.parameters}]):
            assert not ({"expiration", "noncurrent_expiration"} & each.keys() and "size_greater_than" in each)
