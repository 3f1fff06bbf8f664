# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Public or not: by AWS's examples, and with policyuniverse as another judge."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._policy.public import is_public, openings
from generated import steady
from hypothesis import given
from hypothesis import strategies as st

with warnings.catch_warnings(action="ignore", category=ResourceWarning):  # it leaves a file open
    from policyuniverse.policy import Policy as Judge

ACCOUNT, ROLE = "111122223333", "arn:aws:iam::111122223333:role/r"
POINTS = f"arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/*"
VPC = {"StringEquals": {"aws:SourceVpc": "vpc-1a2b3c4d"}}
EVERYBODY = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}


def when(operator: str, key: str, *values: Any) -> dict[str, Any]:
    """A condition."""
    return {"Condition": {operator: {key: list(values)}}}


# Parts of a statement, whether it is public then, and whether policyuniverse is of another opinion, and why.
AGREED: list[tuple[str, dict[str, Any], bool]] = [
    ("everybody", {}, True),
    ("everybody, as a dict", {"Principal": {"AWS": "*"}}, True),
    ("everybody among others", {"Principal": {"AWS": [ROLE, "*"]}}, True),
    ("an account", {"Principal": {"AWS": ACCOUNT}}, False),
    ("a role", {"Principal": {"AWS": [ROLE]}}, False),
    ("everybody but a role", {"Principal": None, "NotPrincipal": {"AWS": ROLE}}, True),
    ("denied", {"Effect": "Deny"}, False),
    ("an organization", when("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"), False),
    ("a VPC", when("StringEquals", "aws:SourceVpc", "vpc-1a2b3c4d"), False),
    ("a VPC endpoint", when("StringEquals", "aws:SourceVpce", "vpce-1a2b3c4d"), False),
    ("an account as source", when("StringEquals", "aws:SourceAccount", ACCOUNT), False),
    ("an owner as source", when("StringEquals", "aws:SourceOwner", ACCOUNT), False),
    ("an ARN as source", when("ArnEquals", "aws:SourceArn", f"arn:aws:sns:eu-west-1:{ACCOUNT}:t"), False),
    ("addresses", when("IpAddress", "aws:SourceIp", "203.0.113.0/24"), False),
    ("all addresses", when("IpAddress", "aws:SourceIp", "0.0.0.0/0"), True),
    ("any ARN as source", when("ArnLike", "aws:SourceArn", "*"), True),
    ("another key", when("StringEquals", "aws:UserAgent", "x"), True),
    ("a role's sessions", when("StringLike", "aws:userid", "AROAEXAMPLEID:*"), False),
    ("in other letters", when("StringEquals", "AWS:SOURCEVPC", "vpc-1a2b3c4d"), False),
]
# Where AWS's page says more than policyuniverse knows.
ALONE: list[tuple[str, dict[str, Any], bool]] = [
    ("an identity provider", {"Principal": {"Federated": "graph.facebook.com"}}, True),
    ("a service", {"Principal": {"Service": "cloudfront.amazonaws.com"}}, False),
    ("a canonical user", {"Principal": {"CanonicalUser": "1" * 64}}, False),
    ("half of all addresses", when("IpAddress", "aws:SourceIp", "0.0.0.0/1"), True),
    ("a range just small enough", when("IpAddress", "aws:SourceIp", "10.0.0.0/8"), False),
    ("a range just too wide", when("IpAddress", "aws:SourceIp", "10.0.0.0/7"), True),
    ("IPv6, small enough", when("IpAddress", "aws:SourceIp", "2001:db8::/32"), False),
    ("IPv6, too wide", when("IpAddress", "aws:SourceIp", "2001:db8::/31"), True),
    ("no address", when("IpAddress", "aws:SourceIp", "here"), True),
    ("a wildcard", when("StringLike", "aws:SourceVpc", "vpc-*"), True),
    ("a question mark", when("StringLike", "aws:SourceVpc", "vpc-?a2b3c4d"), True),
    ("a variable", when("StringEquals", "aws:SourceVpc", "${aws:PrincipalTag/v}"), True),
    ("one of two is open", when("StringLike", "aws:SourceVpc", "vpc-1a2b3c4d", "*"), True),
    ("no values", when("StringEquals", "aws:SourceVpc"), True),
    ("a negation", when("StringNotEquals", "aws:SourceVpc", "vpc-1a2b3c4d"), True),
    ("other addresses", when("NotIpAddress", "aws:SourceIp", "203.0.113.0/24"), True),
    ("only if there is one", when("StringEqualsIfExists", "aws:SourceVpc", "vpc-1a2b3c4d"), True),
    ("all of none", when("ForAllValues:StringEquals", "aws:SourceVpc", "vpc-1a2b3c4d"), True),
    ("any of some", when("ForAnyValue:StringEquals", "aws:PrincipalOrgPaths", "o-1/r-1/ou-1/"), False),
    ("TLS", when("Bool", "aws:SecureTransport", True), True),
    ("a wildcard behind a role's", when("StringLike", "aws:userid", "AIDAEXAMPLE*"), True),
    ("any access point of an account", when("ArnLike", "s3:DataAccessPointArn", POINTS), False),
    ("any access point", when("ArnLike", "s3:DataAccessPointArn", "arn:aws:s3:*:*:accesspoint/*"), True),
    ("an account of access points", when("StringEquals", "s3:DataAccessPointAccount", ACCOUNT), False),
    ("two conditions", {"Condition": {"Bool": {"aws:SecureTransport": "true"}, **VPC}}, False),
    ("a wildcard in a principal", {"Principal": {"AWS": "arn:aws:iam::*:root"}}, True),
    ("nobody", {"Principal": None}, False),
]  # fmt: skip


def policy(parts: dict[str, Any]) -> dict[str, Any]:
    """A policy of one statement."""
    statement = {name: value for name, value in {**EVERYBODY, **parts}.items() if value is not None}
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.mark.parametrize(
    ("parts", "public"), [case[1:] for case in AGREED + ALONE], ids=[case[0] for case in AGREED + ALONE]
)
def test_is_public(parts: dict[str, Any], public: bool) -> None:
    assert is_public(policy(parts)) == public


@pytest.mark.parametrize(("parts", "public"), [case[1:] for case in AGREED], ids=[case[0] for case in AGREED])
def test_policyuniverse_says_the_same(parts: dict[str, Any], public: bool) -> None:
    assert Judge(policy(parts)).is_internet_accessible() == public


_PARTS = st.sampled_from([parts for _name, parts, _public in AGREED])


@given(st.lists(_PARTS, min_size=1, max_size=4))
@steady(100)
def test_policyuniverse_says_the_same_of_several_statements(all_parts: list[dict[str, Any]]) -> None:
    whole = {"Version": "2012-10-17", "Statement": [policy(parts)["Statement"][0] for parts in all_parts]}
    assert is_public(whole) == Judge(whole).is_internet_accessible()


@pytest.mark.parametrize(
    ("action", "reads", "writes"),
    [
        ({"Action": "s3:GetObject"}, True, False),
        ({"Action": "s3:PutObject"}, False, True),
        ({"Action": ["s3:ListBucket", "s3:DeleteObject"]}, True, True),
        ({"Action": "s3:*Object"}, True, True),
        ({"Action": "s3:*"}, True, True),
        ({"Action": "*"}, True, True),
        ({"Action": "s3:AbortMultipartUpload"}, False, True),
        ({"Action": "ec2:*"}, False, False),
        ({"Action": None, "NotAction": "s3:*"}, False, False),
        ({"Action": None, "NotAction": ["s3:Get*", "s3:List*", "s3:Describe*", "s3:Head*"]}, False, True),
        ({"Action": None, "NotAction": ["s3:Put*", "s3:Delete*"]}, True, False),
    ],
)
def test_what_is_open(action: dict[str, Any], reads: bool, writes: bool) -> None:
    (found,) = openings(policy(action))
    assert (found.reads, found.writes) == (reads, writes)
