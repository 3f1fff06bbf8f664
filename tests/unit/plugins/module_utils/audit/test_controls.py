# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every control: its judge on the cases of its file, and what holds for all of them."""

from __future__ import annotations

import importlib
import pathlib
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._audit.control import (
    BUCKET,
    PUBLIC_ACCESS_OF_ACCOUNT,
    Control,
    Facts,
    Remedy,
    Scope,
    Verdict,
    ask,
)
from ansible_collections.stowage.s3.plugins.module_utils._audit.look import DERIVED
from ansible_collections.stowage.s3.plugins.module_utils._audit.permissions import POLICY_STATUS
from ansible_collections.stowage.s3.plugins.module_utils._audit.table import CONTROLS
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.public_access import PUBLIC_ACCESS
from ansible_collections.stowage.s3.plugins.module_utils._bucket.plan import asked, decide
from ansible_collections.stowage.s3.plugins.module_utils._bucket.table import ASPECTS
from ansible_collections.stowage.s3.plugins.module_utils._policy.iam.remediate import REMEDIES
from audits.case import OWNER, STRANGER, Case
from audits.facts import DENIED, READING_NAMES, data, documents, facts
from generated import steady
from hypothesis import given
from hypothesis import strategies as st
from security_page import PAGE, page

ROOT = pathlib.Path(__file__).resolve().parents[5]
FILES = sorted(path.stem for path in (ROOT / "plugins/module_utils/_audit/controls").glob("s3_*.py"))
ASPECT_NAMES = {aspect.name for aspect in ASPECTS}
CASES = [
    pytest.param(control, case, id=f"{control.id}: {case.name}") for control in CONTROLS for case in data(control).CASES
]
# Remedies that a module of ours does.
REMEDIED = [param for param in CASES if param.values[0].module and param.values[1].verdict == "fail"]
every = pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)


@pytest.mark.parametrize(("control", "case"), CASES)
def test_case(control: Control, case: Case) -> None:
    found = ask(control, facts(documents(case.options), case.facts))
    assert [each.verdict.value for each in found] == list(case.each or (case.verdict,))
    for words in case.says:
        assert words in found[0].evidence


@every
def test_the_role_that_remedies_may_write_what_the_remedies_write(control: Control) -> None:
    """`REMEDIES` of the policy template `remediate`."""
    written = {
        change.aspect.name
        for case in data(control).CASES
        for judgement in ask(control, facts(documents(case.options), case.facts))
        if judgement.options and control.module == BUCKET
        for change in decide(
            ASPECTS, asked(ASPECTS, judgement.options), documents(case.options), bucket="b", aws=True, created=False
        ).changes
    }
    # Where S3.9 logs to, nobody but the user knows.
    assert written | ({"logging"} if control.id == "S3.9" else set()) == {*REMEDIES.get(control.id, ())}


@pytest.mark.parametrize(("control", "case"), REMEDIED)
def test_the_remedy_remedies_and_leaves_the_rest(control: Control, case: Case) -> None:
    """Its options, taken by the module, make the control pass; nothing is asked of what it does not speak of."""
    present = documents(case.options)
    (judgement,) = ask(control, facts(present, case.facts))
    if not judgement.options:
        assert "target_bucket" in control.remedy  # somebody has to choose one
        return
    if control.module == PUBLIC_ACCESS_OF_ACCOUNT:
        wanted = asked([PUBLIC_ACCESS], judgement.options)
        plan = decide([PUBLIC_ACCESS], wanted, {"public_access": {}}, bucket="account", aws=True, created=False)
        after = plan.changes[0].after["public_access"]
        assert ask(control, facts(present, {"account_public_access": after}))[0].verdict is Verdict.PASS
        return
    assert control.module == BUCKET
    plan = decide(ASPECTS, asked(ASPECTS, judgement.options), present, bucket="b", aws=True, created=False)
    after = {**present, **{change.aspect.name: change.new for change in plan.changes}}
    assert ask(control, facts(after, case.facts))[0].verdict is Verdict.PASS
    for change in plan.changes:
        assert change.aspect.name in control.reads
        for each in change.aspect.options:
            before, now = change.before.get(each.name), change.after.get(each.name)
            if each.name == "policy" and before:
                assert now["Statement"][: len(before["Statement"])] == before["Statement"]
            elif each.key and before:
                assert [entry for entry in now if entry in before] == before


# What holds for all

NOTHING = facts(documents({}), {})


def test_every_file_stands_in_the_table() -> None:
    assert [control.id.lower().replace(".", "_") for control in sorted(CONTROLS, key=lambda each: each.id)] == FILES
    assert [int(control.id[3:]) for control in CONTROLS] == sorted({int(control.id[3:]) for control in CONTROLS})
    for control in CONTROLS:
        name = control.id.replace(".", "_")
        module = importlib.import_module(
            f"ansible_collections.stowage.s3.plugins.module_utils._audit.controls.{name.lower()}"
        )
        assert getattr(module, name) is control


@every
def test_every_control_is_tested_both_ways(control: Control) -> None:
    verdicts = {verdict for case in data(control).CASES for verdict in (case.each or (case.verdict,))}
    assert {"pass", "fail"} <= verdicts


@every
def test_every_control_is_whole(control: Control) -> None:
    readable = ASPECT_NAMES | set(DERIVED) if control.scope is Scope.BUCKET else READING_NAMES
    assert control.reads and set(control.reads) <= readable and set(control.consults) <= {*READING_NAMES, POLICY_STATUS}
    for text in (control.what, control.why, control.how, control.remedy, control.breaks):
        assert text.endswith(".") and "  " not in text
    assert control.title and not control.title.endswith(".")
    assert bool(control.module) == (control.klass in (Remedy.SAFE, Remedy.OPT_IN))


@every
def test_what_may_not_be_read_is_unknown(control: Control) -> None:
    for case in data(control).CASES:
        whole = facts(documents(case.options), case.facts)
        for name in set(control.reads) - {"partition", "log_sources", "regions"}:
            (judgement,) = ask(control, Facts("b", {**whole.found, name: DENIED}))
            assert judgement.verdict is Verdict.UNKNOWN
            assert name in judgement.evidence and judgement.values == {"missing_permissions": ["s3:X"]}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
WORDS = st.sampled_from(
    ["Allow", "Deny", "*", "s3:*", "s3:Put*", "arn:aws:s3:::b", OWNER, STRANGER, "${aws:x}", "false"]
)
VALUES = WORDS | st.lists(WORDS, max_size=2) | st.dictionaries(st.sampled_from(["AWS", "Service"]), WORDS) | JSON
NAMES = ("Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition", "Sid")
CONDITIONS = st.dictionaries(
    st.sampled_from(["Bool", "StringEquals", "IpAddress", "ForAnyValue:StringLike"]),
    st.dictionaries(st.sampled_from(["aws:SecureTransport", "aws:SourceIp", "aws:userid"]), VALUES, max_size=2) | JSON,
    max_size=2,
)
STATEMENTS = st.dictionaries(st.sampled_from(NAMES), VALUES | CONDITIONS, max_size=6)
POLICIES = st.fixed_dictionaries({"Statement": st.lists(STATEMENTS | JSON, max_size=3) | STATEMENTS | JSON}) | JSON


@given(POLICIES)
@steady(300)
def test_any_json_as_a_policy_gives_a_verdict(policy: Any) -> None:
    whole = Facts("b", {**NOTHING.found, "policy": {"policy": policy}, "account": OWNER})
    for control in CONTROLS:
        if "policy" in control.reads:
            (judgement,) = ask(control, whole)
            assert judgement.verdict in (Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN)


def test_the_page_is_the_controls() -> None:
    """`python tests/security_page.py` writes it."""
    assert PAGE.read_text() == page(PAGE.read_text())
