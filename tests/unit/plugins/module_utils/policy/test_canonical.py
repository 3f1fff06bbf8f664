# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import canonical, merged, parsed, text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

STATEMENT = {
    "Sid": "A",
    "Effect": "Allow",
    "Principal": {"AWS": ["111122223333", "arn:aws:iam::444455556666:role/r"]},
    "Action": ["s3:GetObject", "s3:PutObject"],
    "Resource": "arn:aws:s3:::b/*",
    "Condition": {"StringEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}, "Bool": {"aws:SecureTransport": "true"}},
}


def policy(*statements: Any, **parts: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements), **parts}


SAME = {
    "one statement without a list": {"Version": "2012-10-17", "Statement": STATEMENT},
    "an empty Id": policy(STATEMENT, Id=""),
    "actions in another order, and one twice": policy(
        {**STATEMENT, "Action": ["s3:PutObject", "s3:GetObject", "s3:PutObject"]}
    ),
    "actions in small letters": policy({**STATEMENT, "Action": ["s3:getobject", "s3:putobject"]}),
    "one resource in a list": policy({**STATEMENT, "Resource": ["arn:aws:s3:::b/*"]}),
    "an account by its root, and another order": policy(
        {**STATEMENT, "Principal": {"AWS": ["arn:aws:iam::444455556666:role/r", "arn:aws:iam::111122223333:root"]}}
    ),
    "another partition's root": policy(
        {**STATEMENT, "Principal": {"AWS": ["arn:aws-cn:iam::111122223333:root", "arn:aws:iam::444455556666:role/r"]}}
    ),
    "true for its text, keys in small letters, values in another order": policy(
        {
            **STATEMENT,
            "Condition": {
                "Bool": {"aws:securetransport": [True]},
                "StringEquals": {"aws:sourcevpce": ["vpce-2", "vpce-1"]},
            },
        }
    ),
}
OTHER = {
    "another version": {**policy(STATEMENT), "Version": "2008-10-17"},
    "no version, which is the old one": {"Statement": [STATEMENT]},
    "an Id": policy(STATEMENT, Id="x"),
    "another Sid": policy({**STATEMENT, "Sid": "B"}),
    "another effect": policy({**STATEMENT, "Effect": "Deny"}),
    "everything but": policy({("NotAction" if name == "Action" else name): value for name, value in STATEMENT.items()}),
    "a resource in capitals": policy({**STATEMENT, "Resource": "arn:aws:s3:::b/A*"}),
    "no condition": policy({**STATEMENT, "Condition": {}}),
    "twice": policy(STATEMENT, STATEMENT),
    "a role of the account, not the account": policy(
        {**STATEMENT, "Principal": {"AWS": ["arn:aws:iam::111122223333:role/root", "arn:aws:iam::444455556666:role/r"]}}
    ),
}


@pytest.mark.parametrize("other", SAME.values(), ids=SAME)
def test_the_same(other: dict[str, Any]) -> None:
    assert canonical(other) == canonical(policy(STATEMENT))


@pytest.mark.parametrize("other", OTHER.values(), ids=OTHER)
def test_not_the_same(other: dict[str, Any]) -> None:
    assert canonical(other) != canonical(policy(STATEMENT))


@pytest.mark.parametrize("principal", [{"AWS": "*"}, {"AWS": ["*"]}, "*"])
def test_everybody(principal: Any) -> None:
    assert canonical(policy({"Principal": principal})) == canonical(policy({"Principal": "*"}))


def test_a_service_of_the_same_name_is_no_account() -> None:
    service, account = ({"Principal": {kind: "111122223333"}} for kind in ("Service", "AWS"))
    assert canonical(policy(service)) != canonical(policy(account))


def test_the_order_of_statements_counts() -> None:
    other = {**STATEMENT, "Sid": "B"}
    assert canonical(policy(STATEMENT, other)) != canonical(policy(other, STATEMENT))


def test_none_is_none() -> None:
    assert canonical({}) == {}


WORDS = st.sampled_from(["", "*", "S3:Get*", "111122223333", "arn:aws:iam::111122223333:root", "é"])
PLAIN = st.none() | st.booleans() | st.integers() | WORDS
VALUES = PLAIN | st.lists(PLAIN, max_size=3) | st.dictionaries(WORDS, PLAIN | st.lists(PLAIN, max_size=2), max_size=2)
ELEMENTS = ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "Resource", "Condition", "x"]
STATEMENTS = st.dictionaries(st.sampled_from(ELEMENTS), VALUES, max_size=4)
POLICIES = st.dictionaries(
    st.sampled_from(["Version", "Id", "Statement"]), VALUES | STATEMENTS | st.lists(STATEMENTS, max_size=2)
)


@settings(derandomize=True, max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(POLICIES)
def test_whatever_it_is_its_canonical_form_is_its_own(anything: dict[str, Any]) -> None:
    assert canonical(canonical(anything)) == canonical(anything)


def test_merged_by_sid() -> None:
    a, b, c = ({**STATEMENT, "Sid": name} for name in "ABC")
    unnamed = {"Effect": "Deny"}
    new = {**b, "Effect": "Deny"}
    assert merged(policy(unnamed, a, b), policy(c, new)) == policy(unnamed, a, new, c)


def test_merged_keeps_id_and_version_that_are_not_said() -> None:
    found = merged({"Version": "2008-10-17", "Id": "x", "Statement": []}, {"Statement": STATEMENT})
    assert found == {"Version": "2008-10-17", "Id": "x", "Statement": [STATEMENT]}


VARIABLE = {**STATEMENT, "Sid": "B", "Resource": "arn:aws:s3:::b/${aws:username}/*"}
OURS = {**STATEMENT, "Sid": "Ours"}


@pytest.mark.parametrize("version", [{"Version": "2008-10-17"}, {}])
def test_merged_brings_no_variable_to_life(version: dict[str, str]) -> None:
    present = {**version, "Statement": [VARIABLE]}
    assert merged(present, policy(OURS)) == {**version, "Statement": [VARIABLE, OURS]}
    with pytest.raises(ValueError, match="has version 2008-10-17"):
        merged(present, policy({**OURS, "Resource": "arn:aws:s3:::b/${aws:userid}"}))
    # Where none is there but in what is replaced, the new version is as good.
    assert merged(present, policy({**VARIABLE, "Effect": "Deny"}))["Version"] == "2012-10-17"
    assert merged({**version, "Statement": [STATEMENT]}, policy(OURS))["Version"] == "2012-10-17"


def test_merged_takes_no_variable_its_life() -> None:
    old = {"Version": "2008-10-17", "Statement": [OURS]}
    assert merged(policy(VARIABLE), old) == policy(VARIABLE, OURS)
    assert merged(policy(STATEMENT), old)["Version"] == "2008-10-17"


@pytest.mark.parametrize(
    ("statements", "says"), [([{"Effect": "Deny"}], "none"), ([STATEMENT, STATEMENT], "twice"), (["x"], "none")]
)
def test_merged_wants_one_name_each(statements: list[Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        merged(policy(), policy(*statements))


@pytest.mark.parametrize("value", ["", " \n", "{}", {}])
def test_parsed_none(value: Any) -> None:
    assert parsed(value) == {}


def test_parsed_and_back() -> None:
    assert parsed(text(policy(STATEMENT))) == parsed(policy(STATEMENT)) == policy(STATEMENT)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("{", "no JSON"),
        ("[]", "no object"),
        ("null", "no object"),
        ([], "no object"),
        ('{"a": {"b": 1, "b": 2}}', "b stands twice"),
        ('{"a": "\\ud800"}', "half a character"),
        ('{"a": NaN}', "NaN"),
        ('{"a": 1e999}', "JSON compliant"),
        ('{"a": ' * 100000, "nested too deeply"),
    ],
)
def test_parsed_refuses(value: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parsed(value)


def test_text_has_no_byte_too_many() -> None:
    assert text({"Id": "é", "Statement": []}) == '{"Id":"é","Statement":[]}'
