# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be done to a bucket: what stays, what is refused, in which order."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect, Permissions, Remark, Turn
from ansible_collections.stowage.s3.plugins.module_utils._bucket.plan import Plan, asked, decide
from ansible_collections.stowage.s3.plugins.module_utils._bucket.report import changed_values, rollback
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import DATE, FLAG, TAGS, Field
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError


def aspect(name: str, *options: Field, **more: Any) -> Aspect:
    return Aspect(
        name=name,
        options=options or (Field(name, "Value"),),
        get=f"get_{name}",
        put=f"put_{name}",
        document=lambda answer: answer,
        arguments=lambda document: document,
        permissions=Permissions((), ()),
        **more,
    )


RULES = aspect("rules", Field("rules", "Rules", many=True, key="id", of=(Field("id", "ID"), Field("days", "Days"))))
LOCK = aspect("lock", Field("lock", "", of=(Field("mode", "Mode"), Field("on", "On", FLAG, absent=False))))
MARKS = aspect("marks", Field("marks", "Set", TAGS, union=lambda present, wanted: {**present, **wanted}))


def plan(aspects: list[Aspect], params: dict[str, Any], present: dict[str, Any], *, created: bool = False) -> Plan:
    everything = {each.name: None for one in aspects for each in one.options}
    return decide(aspects, asked(aspects, {**everything, **params}), present, bucket="b", aws=True, created=created)


def after(one: Aspect, params: dict[str, Any], present: Any) -> Any:
    return changed_values(plan([one], params, {one.name: present}))[1][one.name]


MARK = {"Key": "b", "Value": "1"}
A, B, C = ({"id": name, "days": "1"} for name in "abc")
LATER = {"id": "a", "days": "2"}
AWS_A, AWS_B = {"ID": "a", "Days": "1", "Newer": "kept"}, {"ID": "b", "Days": "1"}


@pytest.mark.parametrize(
    ("one", "params", "present", "expected"),
    [
        (RULES, {"rules": [C]}, {"Rules": [AWS_A, AWS_B]}, [C]),
        (RULES, {"rules": [C], "purge_rules": False}, {"Rules": [AWS_A, AWS_B]}, [A, B, C]),
        (RULES, {"rules": [LATER], "purge_rules": False}, {"Rules": [AWS_A, AWS_B]}, [LATER, B]),
        (RULES, {"rules": []}, {"Rules": [AWS_A]}, []),
        (LOCK, {"lock": {"mode": "x", "on": None}}, {"Mode": "y", "On": True}, {"mode": "x", "on": True}),
        (LOCK, {"lock": {"mode": "", "on": None}}, {"Mode": "y", "On": True}, {"on": True}),
        (LOCK, {"lock": {"mode": None, "on": False}}, {"Mode": "y", "On": True}, {"mode": "y"}),
        (LOCK, {"lock": {"mode": None, "on": None}}, {"Mode": "y"}, {}),
        (MARKS, {"marks": {"a": "2"}}, {"Set": [{"Key": "b", "Value": "1"}]}, {"a": "2"}),
        (MARKS, {"marks": {"a": "2"}, "purge_marks": False}, {"Set": [MARK]}, {"b": "1", "a": "2"}),
    ],
)  # fmt: skip
def test_what_the_task_did_not_speak_of_stays(one: Aspect, params: Any, present: Any, expected: Any) -> None:
    assert after(one, params, present) == expected


@pytest.mark.parametrize(
    ("one", "params", "present"),
    [
        (RULES, {"rules": None}, {"Rules": [AWS_A]}),
        (RULES, {"rules": [B, A]}, {"Rules": [AWS_A, AWS_B]}),  # in whatever order
        (RULES, {"rules": [], "purge_rules": False}, {"Rules": [AWS_A]}),
        (LOCK, {"lock": {"mode": None, "on": False}}, {"Mode": "y"}),
        (MARKS, {"marks": {}}, {}),
    ],
)
def test_nothing_to_do(one: Aspect, params: Any, present: Any) -> None:
    assert plan([one], params, {one.name: present}).changes == ()


def test_what_aws_says_beyond_our_words_goes_back_to_it() -> None:
    (change,) = plan([RULES], {"rules": [{**A, "days": "2"}]}, {"rules": {"Rules": [AWS_A], "Top": 1}}).changes
    assert change.new == {"Rules": [{**AWS_A, "Days": "2"}], "Top": 1}


def test_all_refusals_are_told_at_once() -> None:
    def refuse(state: Any) -> Any:
        yield Remark("one", f"{state.after['one']} is not allowed.", "Write y.")

    one, other = (
        aspect("one", refuse=refuse),
        aspect("other", refuse=lambda _state: iter([Remark("other", "no.", "Stop.")])),
    )
    with pytest.raises(StowageError) as told:
        plan([one, other], {"one": "x", "other": "z"}, {"one": {}, "other": {}})
    assert str(told.value) == "b: refused, and nothing was changed. one: x is not allowed. Write y. other: no. Stop."


def test_a_name_stands_for_one_entry_and_no_name_for_any_number() -> None:
    with pytest.raises(StowageError, match="rules: id 'a' is there twice"):
        plan([RULES], {"rules": [A, B, A]}, {"rules": {}})
    assert plan([RULES], {"rules": [{"id": "", "days": "1"}, {"id": "", "days": "2"}]}, {"rules": {}}).changes


def test_settings_come_in_order_and_removals_the_other_way_round() -> None:
    names = ["first", "second", "third", "fourth", "early", "late"]
    turns = {"early": Turn.FIRST, "late": Turn.LAST}
    aspects = [
        aspect(name, **({"turn": lambda _before, _after, turn=turns[name]: turn} if name in turns else {}))
        for name in names
    ]
    present = {name: {"Value": "old"} for name in names}
    wanted = {name: "" if name in ("first", "third") else "new" for name in names}
    done = [change.aspect.name for change in plan(aspects, wanted, present).changes]
    assert done == ["early", "second", "fourth", "third", "first", "late"]


def test_the_way_back_says_every_part_and_leaves_out_what_is_final() -> None:
    final = aspect("final", irreversible=lambda _state: iter([Remark("final", "it is final.", "")]))
    decided = plan(
        [LOCK, RULES, final],
        {"lock": {"mode": None, "on": True}, "rules": [A], "final": "x"},
        {"lock": {"Mode": "y"}, "rules": {}, "final": {}},
    )
    assert rollback(decided) == {"lock": {"mode": "y", "on": False}, "rules": []}


def test_a_value_that_cannot_be_read_names_its_option() -> None:
    with pytest.raises(StowageError, match=r"^day: .*2026-13-01"):
        plan([aspect("day", Field("day", "Day", DATE))], {"day": "2026-13-01"}, {"day": {}})
