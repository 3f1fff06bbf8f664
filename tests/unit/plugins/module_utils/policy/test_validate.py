# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._policy.validate import (
    denied_to_all,
    flaws,
    matches,
    open_to_all,
)

DENY = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
BOTH = {"s3:putbucketpolicy", "s3:deletebucketpolicy"}


@pytest.mark.parametrize(
    ("parts", "denied"),
    [
        ({}, BOTH),
        ({"Principal": {"AWS": "*"}}, BOTH),
        ({"Principal": {"AWS": ["111122223333", "*"]}}, BOTH),
        ({"Action": "*"}, BOTH),
        ({"Action": ["S3:PUTBUCKETPOLICY", "s3:GetObject"]}, {"s3:putbucketpolicy"}),
        ({"Action": "s3:?etBucketPolicy"}, set()),
        ({"Action": "s3:*BucketPolicy"}, BOTH),
        ({"Action": None, "NotAction": "s3:Delete*"}, {"s3:putbucketpolicy"}),
        ({"Resource": "arn:aws:s3:::b"}, BOTH),
        ({"Resource": ["arn:aws:s3:::b/*"]}, set()),
        ({"Resource": "arn:aws:s3:::b*"}, BOTH),
        ({"Resource": None, "NotResource": "arn:aws:s3:::b/*"}, BOTH),
        ({"Resource": None, "NotResource": "arn:aws:s3:::b"}, set()),
        ({"Effect": "Allow"}, set()),
        ({"Principal": {"AWS": "111122223333"}}, set()),
        ({"Principal": None, "NotPrincipal": {"AWS": "111122223333"}}, set()),
        ({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}, set()),
        ({"Condition": {}}, BOTH),
    ],
)
def test_denied_to_all(parts: dict[str, Any], denied: set[str]) -> None:
    statement = {name: value for name, value in {**DENY, **parts}.items() if value is not None}
    policy = {"Version": "2012-10-17", "Statement": statement}
    assert denied_to_all(policy, "b") == denied
    assert any("everybody" in flaw.problem for flaw in flaws(policy, "b")) == (denied == BOTH)


def test_open_to_all() -> None:
    allow = {**DENY, "Effect": "Allow"}
    fixed = {**allow, "Principal": {"AWS": "111122223333"}}
    assert open_to_all({"Statement": [fixed, allow, DENY, {**allow, "Condition": {"Bool": {"a": "b"}}}]}) == [
        ".Statement[1]"
    ]


@pytest.mark.parametrize(
    "resource", ["*", "arn:aws:s3:::*/*", "arn:aws-cn:s3:::b/*", "arn:aws:s3:::b", "arn:aws:s3:::${aws:x}/*"]
)
def test_resources_of_the_bucket(resource: str) -> None:
    policy = {"Statement": {**DENY, "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::b/x", resource]}}
    assert list(flaws(policy, "b")) == []


def test_sizes_are_bytes() -> None:
    def policy(letters: int) -> dict[str, Any]:
        return {"Statement": {**DENY, "Action": "s3:GetObject", "Sid": "é" * letters}}

    spare = 20480 - len(
        '{"Statement":{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*","Sid":""}}'
    )
    assert list(flaws(policy(spare // 2), "b")) == []
    assert "20480" in next(flaws(policy(spare // 2 + 1), "b")).problem


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [("s3:*", "s3:x", True), ("s3:?", "s3:xy", False), ("a.c", "abc", False), ("[a]", "a", False), ("*", "", True)],
)
def test_matches(pattern: str, text: str, fits: bool) -> None:
    assert matches(pattern, text) == fits
