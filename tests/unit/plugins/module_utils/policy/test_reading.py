# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Patterns that meet, and statements in all the forms that they come in."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._policy.patterns import matches, overlap
from ansible_collections.stowage.s3.plugins.module_utils._policy.reading import account_of, read
from generated import steady
from hypothesis import given
from hypothesis import strategies as st

TEXTS = ["".join(letters) for size in range(7) for letters in itertools.product("ab", repeat=size)]
PATTERNS = st.text("ab*?", max_size=3)


@given(PATTERNS, PATTERNS)
@steady(200)
def test_patterns_overlap_where_some_text_fits_both(one: str, other: str) -> None:
    """Two that meet at all meet in a text that is no longer than both together."""
    meet = any(matches(one, text) and matches(other, text) for text in TEXTS)
    assert overlap(one, other) == overlap(one=other, other=one)
    assert overlap(one, other) == meet


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("a*b*a", "*bb*", True),
        ("a?", "?b", True),
        ("a*", "b*", False),
        ("", "*", True),
        ("?", "", False),
        ("ab*", "*ba", True),
    ],
)
def test_overlap(one: str, other: str, meet: bool) -> None:
    assert overlap(one, other) == meet


@pytest.mark.parametrize(
    ("principal", "account"),
    [
        ("111122223333", "111122223333"),
        ("arn:aws:iam::111122223333:root", "111122223333"),
        ("arn:aws-cn:sts::111122223333:assumed-role/r/s", "111122223333"),
        ("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1", "cloudfront"),
        ("AIDAEXAMPLE", ""),
        ("*", ""),
    ],
)
def test_account_of(principal: str, account: str) -> None:
    assert account_of(principal) == account


@pytest.mark.parametrize("policy", [None, [], 3, "x", {}, {"Statement": None}, {"Statement": ["x", 1]}])
def test_what_is_no_policy_says_nothing(policy: Any) -> None:
    assert read(policy) == []


def test_a_statement() -> None:
    (found,) = read(
        {
            "Statement": {
                "Effect": "Allow",
                "Principal": {"AWS": ["1", "*"], "Service": "s"},
                "Action": "S3:Get*",
                "Resource": "arn:aws:s3:::b/*",
                "Condition": {"ForAnyValue:StringEqualsIfExists": {"aws:Tag": [True, 1]}, "Bool": {"b": False}},
            }
        }
    )
    assert found.name == "Statement[0]" and found.for_everybody
    assert found.principals == (("AWS", "1"), ("AWS", "*"), ("Service", "s"))
    first, second = found.conditions
    assert (first.operator, first.of_set, first.if_exists) == ("stringequals", "foranyvalue", True)
    assert (first.key, first.values) == ("aws:tag", ("true", "1"))
    assert (second.operator, second.of_set, second.if_exists, second.values) == ("bool", "", False, ("false",))
    assert found.covers_action("s3:GetObject") and not found.covers_action("s3:*")
    assert found.touches_action("s3:*") and not found.touches_action("s3:put*")
    assert found.covers_resource("b/*") and found.covers_resource("b/x") and not found.covers_resource("b")
