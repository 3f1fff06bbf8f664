# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which accounts are taken, and what their hosts look like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.plugin_utils._organization import (
    Account,
    Unit,
    below,
    chosen,
    hosts,
    refuse,
)

ROOT = Unit("r-ab12", "Root")
PROD = Unit("ou-ab12-00000001", "Root/Prod", ROOT.line)
WEB = Unit("ou-ab12-00000002", "Root/Prod/Web", PROD.line)
TEST = Unit("ou-ab12-00000003", "Root/Test", ROOT.line)
UNITS = [ROOT, PROD, TEST, WEB]
GIVEN: dict[str, Any] = {"exclude_accounts": [], "role_name": None}


def account(number: int, name: str, unit: Unit = WEB, status: str = "ACTIVE", partition: str = "aws") -> Account:
    return Account(f"{number:012}", name, f"{name}@example.com", status, partition, unit)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ([], UNITS),
        (["Prod"], [PROD, WEB]),
        (["Root/Prod"], [PROD, WEB]),
        (["/Prod/Web/"], [WEB]),
        ([WEB.id, "Test"], [TEST, WEB]),
        ([ROOT.id], UNITS),
        (["Root"], UNITS),
    ],
)
def test_units_and_all_below_them(wanted: Sequence[str], found: Sequence[Unit]) -> None:
    assert below(UNITS, wanted) == found


@pytest.mark.parametrize("wanted", ["prod", "Web", "ou-ab12-99999999", "Prod/We"])
def test_a_unit_that_is_not_there_is_refused(wanted: str) -> None:
    with pytest.raises(StowageError, match=f"{wanted!r}, which is not there. There are: Root, Root/Prod, Root/Test"):
        below(UNITS, [wanted])


def test_a_path_that_means_two_units_is_refused() -> None:
    slash = Unit("ou-ab12-00000004", "Root/Prod/Web", ROOT.line)  # one unit with a slash in its name
    with pytest.raises(StowageError, match=f"may mean {WEB.id}, {slash.id}. Give the id"):
        below([*UNITS, slash], ["Prod/Web"])


def test_accounts_are_left_out_by_status_id_and_name() -> None:
    accounts = [account(1, "a"), account(2, "b"), account(3, "c"), account(4, "d", status="SUSPENDED")]
    assert chosen(accounts, ["ACTIVE"], ["000000000001", "b"]) == ([accounts[2]], [])
    assert chosen(accounts, ["SUSPENDED"], []) == ([accounts[3]], [])
    assert chosen(accounts, ["ACTIVE"], ["B", "d"])[1] == ["B"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"exclude_accounts": ["11122223333"]}, "'11122223333': an account's id has 12 digits. Write it in quotes"),
        ({"role_name": "arn:aws:iam::111122223333:role/a"}, "and no ARN"),
        ({"role_name": "a b"}, "a role's name is expected"),
        ({"role_name": "ops//"}, "a role's name is expected"),
    ],
)
def test_what_cannot_be_meant_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(StowageError, match=words):
        refuse({**GIVEN, **options})


@pytest.mark.parametrize("role", ["stowage", "/stowage", "ops/stowage", "/ops/x/stowage", "a+=,.@-_1"])
def test_names_and_paths_of_roles_are_taken(role: str) -> None:
    refuse({**GIVEN, "role_name": role})
    (host,) = hosts([account(1, "a")], UNITS, role, "", by_id=False)
    assert host.variables["aws_role_arn"] == f"arn:aws:iam::000000000001:role/{role.strip('/')}"


def test_a_host_says_where_its_account_is_and_how_to_get_there() -> None:
    found = hosts(
        [account(2, "web", partition="aws-cn"), account(1, "own", ROOT)], UNITS, "r", "000000000001", by_id=False
    )
    assert [host.name for host in found] == ["own", "web"]
    own, web = found
    assert web.groups == [["ou_prod", "ou_prod_web"]] and own.groups == []
    assert web.variables == {
        "aws_account_id": "000000000002",
        "aws_account_name": "web",
        "aws_account_email": "web@example.com",
        "aws_account_status": "ACTIVE",
        "aws_organizational_unit": "Root/Prod/Web",
        "aws_organizational_unit_id": WEB.id,
        "aws_role_arn": "arn:aws-cn:iam::000000000002:role/r",
    }
    assert "aws_role_arn" not in own.variables


def test_hosts_may_be_named_by_id_and_never_as_a_group() -> None:
    accounts = [account(1, "ou_prod"), account(2, "b")]
    assert [host.name for host in hosts(accounts, UNITS, None, "", by_id=True)] == ["000000000001", "000000000002"]
    assert [host.name for host in hosts(accounts, UNITS, None, "", by_id=False)] == ["b", "ou_prod-000000000001"]
