# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The accounts of an organization, by walking its tree; and the hosts that they become."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

with contextlib.suppress(ImportError):  # the user is told, before anything here is called
    import botocore.exceptions

from ansible_collections.stowage.s3.plugins.module_utils._access import boto_client
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._threads import side_by_side
from ansible_collections.stowage.s3.plugins.plugin_utils._inventory import Found, Host, Source
from ansible_collections.stowage.s3.plugins.plugin_utils._naming import TAKEN, group_names, host_names

AT_ONCE = 4  # Organizations answers some ten calls a second, and the whole organization shares them
_RETRIES = {"retries": {"mode": "standard", "total_max_attempts": 10}}
_ROLE = ("assume_role_arn", "assume_role_external_id", "assume_role_session_tags", "expected_account")
_ID = re.compile(r"\d{12}")
_UNIT_ID = re.compile(r"r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}")
_ROLE_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
_ROLE_PATH = re.compile(r"/?([!-~]+/)?")

_ADVICE = {
    "AWSOrganizationsNotInUseException": "The account of these credentials is in no organization: use those of the "
    "management account, or a role there ('assume_role_arn')",
    "TooManyRequestsException": "Organizations allows few calls a second: try again later, keep the answers ('cache'), "
    "or leave out the tags ('tags: false')",
}


@dataclass(frozen=True)
class Unit:
    """The root or an organizational unit. above: the ids from the root down to its parent."""

    id: str
    path: str
    above: tuple[str, ...] = ()

    @property
    def line(self) -> tuple[str, ...]:
        """The ids from the root down to itself."""
        return (*self.above, self.id)


@dataclass(frozen=True)
class Account:
    """An account. tags: None if they were not asked for."""

    id: str
    name: str
    email: str
    status: str
    partition: str
    unit: Unit
    tags: Mapping[str, str] | None = None


def find(params: dict[str, Any]) -> Found:
    """The hosts that the options of the plugin `accounts` describe. Raises StowageError."""
    refuse(params)
    source = Source({**params, "aws_config": {**_RETRIES, **(params["aws_config"] or {})}})
    client = boto_client(source, "organizations", at_once=AT_ONCE)
    units = _units(client)
    wanted = below(units, params["organizational_units"])
    works = [partial(_accounts, client, unit) for unit in wanted]
    listed = [account for found in side_by_side(works, AT_ONCE) for account in found]
    accounts, unknown = chosen(listed, params["statuses"], params["exclude_accounts"])
    asks = params["role_name"] or params["own_account"] == "exclude"
    own = _own(source) if asks else ""
    if params["own_account"] == "exclude":
        accounts = [account for account in accounts if account.id != own]
    if params["tags"]:
        tags = side_by_side([partial(_tags, client, account.id) for account in accounts], AT_ONCE)
        accounts = [replace(account, tags=found) for account, found in zip(accounts, tags, strict=True)]
    plain = own if params["own_account"] == "direct" else ""
    return Found(
        hosts(accounts, units, params["role_name"], plain, by_id=params["hostname"] == "id"),
        [f"'exclude_accounts' names {each!r}, which no account here has: correct or remove it." for each in unknown],
    )


# What is wanted: pure


def refuse(params: Mapping[str, Any]) -> None:
    """Raise StowageError for options that cannot be meant."""
    for each in params["exclude_accounts"]:
        if each.isdecimal() and not _ID.fullmatch(each):
            raise StowageError(
                f"'exclude_accounts' has {each!r}: an account's id has 12 digits. Write it in quotes, or YAML makes a "
                "number of it."
            )
    role = params["role_name"]
    if role:
        path, name = role[: role.rfind("/") + 1], role[role.rfind("/") + 1 :]
        if not _ROLE_NAME.fullmatch(name) or not (not path or _ROLE_PATH.fullmatch(path)) or role.startswith("arn:"):
            raise StowageError(
                f"'role_name' is {role!r}: a role's name is expected, with its path if it has one ('stowage', "
                "'ops/stowage'), and no ARN. The account is added for each host."
            )


def below(units: Sequence[Unit], wanted: Sequence[str]) -> list[Unit]:
    """The units that are named, by id or path, and all below them; all if none is named."""
    if not wanted:
        return list(units)
    named = {_named(units, each).id for each in wanted}
    return [unit for unit in units if named.intersection(unit.line)]


def _named(units: Sequence[Unit], wanted: str) -> Unit:
    path = wanted.strip("/")
    root = units[0].path
    if _UNIT_ID.fullmatch(wanted):
        found = [unit for unit in units if unit.id == wanted]
    else:
        found = [unit for unit in units if unit.path in (path, f"{root}/{path}")]
    if not found:
        there = ", ".join(unit.path for unit in units)
        raise StowageError(f"'organizational_units' names {wanted!r}, which is not there. There are: {there}.")
    if len(found) > 1:
        ids = ", ".join(unit.id for unit in found)
        raise StowageError(f"'organizational_units' names {wanted!r}, which may mean {ids}. Give the id instead.")
    return found[0]


def chosen(
    accounts: Sequence[Account], statuses: Sequence[str], excluded: Sequence[str]
) -> tuple[list[Account], list[str]]:
    """The accounts of these statuses but for the excluded, by id or name; and what is excluded and not there."""
    known = {each for account in accounts for each in (account.id, account.name)}
    left = [
        account
        for account in accounts
        if account.status in statuses and account.id not in excluded and account.name not in excluded
    ]
    return left, [each for each in excluded if each not in known]


def hosts(accounts: Sequence[Account], units: Sequence[Unit], role: str | None, own: str, *, by_id: bool) -> list[Host]:
    """A host for each account. own: the account that is worked in without a role."""
    root = units[0]
    groups = group_names("ou", {unit.id: unit.path.removeprefix(f"{root.path}/") for unit in units if unit.above})
    taken = TAKEN.union(groups.values())
    names = host_names({account.id: account.id if by_id else account.name for account in accounts}, taken)
    found = []
    for account in accounts:
        chain = [groups[each] for each in account.unit.line if each in groups]
        variables = _variables(account, role if account.id != own else None)
        found.append(Host(names[account.id], variables, [chain] if chain else []))
    return sorted(found, key=lambda host: host.name)


def _variables(account: Account, role: str | None) -> dict[str, Any]:
    variables: dict[str, Any] = {
        "aws_account_id": account.id,
        "aws_account_name": account.name,
        "aws_account_email": account.email,
        "aws_account_status": account.status,
        "aws_organizational_unit": account.unit.path,
        "aws_organizational_unit_id": account.unit.id,
    }
    if account.tags is not None:
        variables["aws_tags"] = dict(account.tags)
    if role:
        variables["aws_role_arn"] = f"arn:{account.partition}:iam::{account.id}:role/{role.strip('/')}"
    return variables


# Asking


def _units(client: Any) -> list[Unit]:
    """The root and all units, level by level."""
    level = [Unit(each["Id"], each["Name"]) for each in _pages(client, "list_roots", "Roots")]
    if not level:
        raise StowageError("ListRoots: Organizations told no root. Check the credentials and the endpoint.")
    found: list[Unit] = []
    while level:
        found += level
        works = [partial(_children, client, unit) for unit in level]
        level = [child for children in side_by_side(works, AT_ONCE) for child in children]
    return found


def _children(client: Any, unit: Unit) -> list[Unit]:
    listed = _pages(client, "list_organizational_units_for_parent", "OrganizationalUnits", ParentId=unit.id)
    return [Unit(each["Id"], f"{unit.path}/{each['Name']}", unit.line) for each in listed]


def _accounts(client: Any, unit: Unit) -> list[Account]:
    return [
        Account(
            id=each["Id"],
            name=each.get("Name", ""),
            email=each.get("Email", ""),
            # Since 2025 "State" tells more, and "Status" is on its way out.
            status=each.get("State") or each.get("Status", ""),
            partition=each["Arn"].split(":")[1],
            unit=unit,
        )
        for each in _pages(client, "list_accounts_for_parent", "Accounts", ParentId=unit.id)
    ]


def _tags(client: Any, account: str) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in _pages(client, "list_tags_for_resource", "Tags", ResourceId=account)}


def _pages(client: Any, method: str, member: str, **arguments: str) -> Iterator[dict[str, Any]]:
    operation = client.meta.method_to_api_mapping[method]
    try:
        for page in client.get_paginator(method).paginate(**arguments):
            yield from page.get(member, ())
    except botocore.exceptions.ClientError as error:
        raise _refused(operation, error.response.get("Error", {})) from error
    except botocore.exceptions.BotoCoreError as error:
        raise StowageError(f"{operation}: {error}") from error


def _refused(operation: str, answer: Mapping[str, Any]) -> StowageError:
    code = str(answer.get("Code", ""))
    advice = _ADVICE.get(code, "")
    if code.startswith("AccessDenied"):
        advice = (
            f"The credentials need organizations:{operation}, which only the management account and delegated "
            "administrators can have"
        )
        if operation == "ListTagsForResource":
            advice += "; 'tags: false' does without"
    message = str(answer.get("Message", "")).rstrip(".")
    return StowageError(" ".join(f"{each}." for each in (f"{operation}: {code}", message, advice) if each))


def _own(source: Source) -> str:
    """The account that plays start from: that of the credentials before a role is assumed to ask Organizations."""
    plain = source
    if source.params["assume_role_arn"]:
        plain = Source({**source.params, **dict.fromkeys(_ROLE)})
    try:
        return str(boto_client(plain, "sts").get_caller_identity()["Account"])
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
        raise StowageError(f"Whose credentials these are could not be found out: {error}.") from error
