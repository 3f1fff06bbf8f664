# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A policy that wants TLS, written without: refused where it is enforced, warned of where nobody knows."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.policy import POLICY
from ansible_collections.stowage.s3.plugins.module_utils._bucket.plan import Plan, Wanted, decide
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._policy.compose import place, policy

TLS = policy("tls_only", place("b-1"))
REFUSED, WARNED, TAKEN = "refused", "warned", "taken"


def planned(document: dict[str, Any], present: str = "", **parts: Any) -> Plan:
    """The plan for bucket b-1."""
    documents = {"policy": {"Policy": present}} if present else {}
    parts = {"aws": False, **parts}
    return decide([POLICY], Wanted({"policy": document}), documents, bucket="b-1", created=False, **parts)


@pytest.mark.parametrize(
    ("parts", "outcome"),
    [
        ({"plain": True, "aws": True}, REFUSED),
        ({"plain": True, "server": "SeaweedFS 8000GB 4.48"}, REFUSED),
        ({"plain": True, "server": "MinIO"}, WARNED),
        ({"plain": True, "server": "Werkzeug/3.1"}, WARNED),
        ({"plain": True}, WARNED),
        ({"aws": True}, TAKEN),
        ({"server": "SeaweedFS 8000GB 4.48"}, TAKEN),
    ],
)
def test_tls_only(parts: dict[str, Any], outcome: str) -> None:
    if outcome == REFUSED:
        with pytest.raises(StowageError, match="denies requests without TLS"):
            planned(TLS, **parts)
    else:
        assert ["without TLS" in each.problem for each in planned(TLS, **parts).warnings] == [True] * (
            outcome == WARNED
        )


def test_who_is_exempt_may_write_it() -> None:
    (statement,) = TLS["Statement"]
    exempt = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/deploy"}}
    document = {**TLS, "Statement": [{**statement, "Condition": {**statement["Condition"], **exempt}}]}
    assert planned(document, plain=True, aws=True).warnings == ()


def test_what_is_there_already_shuts_nobody_out_now() -> None:
    assert planned(TLS, present=POLICY.options[0].kind.expand(TLS), plain=True).warnings == ()
