# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._policy.checks.reach import denied_to_all, without_tls
from ansible_collections.stowage.s3.plugins.module_utils._policy.patterns import matches
from ansible_collections.stowage.s3.plugins.module_utils._policy.validate import findings

DENY = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
READ, BOTH = "s3:getbucketpolicy", {"s3:putbucketpolicy", "s3:deletebucketpolicy"}


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
    assert denied_to_all(policy, "b") - {READ} == denied
    assert ("lock_out" in codes(policy, "b")) == (denied == BOTH)
    assert ("unchangeable" in codes(policy, "b")) == (denied == BOTH - {"s3:deletebucketpolicy"})


TLS, VERSION = "aws:SecureTransport", "s3:TlsVersion"


@pytest.mark.parametrize(
    ("condition", "shut_out"),
    [
        ({"Bool": {TLS: "false"}}, True),
        ({"BoolIfExists": {TLS: [False]}}, True),
        ({"StringEquals": {TLS: "false"}}, True),
        ({"Bool": {TLS: "true"}}, False),
        ({"Null": {VERSION: "true"}}, True),
        ({"NumericLessThanIfExists": {VERSION: "1.2"}}, True),
        ({"NumericLessThan": {VERSION: "1.2"}}, False),
        ({"Bool": {TLS: "false"}, "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/a"}}, False),
        ({}, True),
    ],
)
def test_denied_without_tls(condition: dict[str, Any], shut_out: bool) -> None:
    policy = {"Statement": {**DENY, "Condition": condition}}
    assert denied_to_all(policy, "b", without_tls) == ({READ, *BOTH} if shut_out else set())


def codes(policy: Any, bucket: str = "") -> list[str]:
    """The checks that find something worth a warning."""
    return [each.code for each in findings(policy, bucket=bucket) if each.severity.value != "notice"]


def test_without_a_name_the_bucket_is_that_of_the_first_resource() -> None:
    def policy(*resources: str) -> dict[str, Any]:
        return {"Version": "2012-10-17", "Statement": {**DENY, "Action": "s3:GetObject", "Resource": list(resources)}}

    assert codes(policy("*", "arn:aws:s3:::one/a", "arn:aws:s3:::one/*")) == []
    assert codes(policy("arn:aws:s3:::one/a", "arn:aws:s3:::two/*")) == ["other_bucket"]
    assert codes({"Version": "2012-10-17", "Statement": {**DENY, "Resource": "arn:aws:s3:::one"}}) == ["lock_out"]


def test_what_cannot_be_read_is_not_judged_and_the_rest_is() -> None:
    unreadable, odd = {**DENY, "Action": 3}, {**DENY, "Action": "s3:GetObjekt"}
    assert codes({"Version": "2012-10-17", "Statement": [unreadable, odd]}) == ["element_type", "unknown_action"]


@pytest.mark.parametrize(
    "resource", ["*", "arn:aws:s3:::*/*", "arn:aws-cn:s3:::b/*", "arn:aws:s3:::b", "arn:aws:s3:::${aws:x}/*"]
)
def test_resources_of_the_bucket(resource: str) -> None:
    policy = {"Statement": {**DENY, "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::b/x", resource]}}
    assert "other_bucket" not in codes(policy, "b")


def test_sizes_are_bytes() -> None:
    def policy(letters: int) -> dict[str, Any]:
        return {"Statement": {**DENY, "Action": "s3:GetObject", "Sid": "é" * letters}}

    spare = 20480 - len(
        '{"Statement":{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*","Sid":""}}'
    )
    assert codes(policy(spare // 2), "b") == []
    assert codes(policy(spare // 2 + 1), "b") == ["size"]


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [("s3:*", "s3:x", True), ("s3:?", "s3:xy", False), ("a.c", "abc", False), ("[a]", "a", False), ("*", "", True)],
)
def test_matches(pattern: str, text: str, fits: bool) -> None:
    assert matches(pattern, text) == fits


def test_patterns_of_many_stars_take_no_time() -> None:
    assert not matches("a*" * 200 + "c", "a" * 2000)
    assert matches("*a" * 200 + "***", "a" * 2000)
