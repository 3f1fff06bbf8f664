# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The accounts of an organization as hosts: moto's, and one that answers by a script."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
from collections.abc import Callable, Iterator
from typing import Any

import botocore.exceptions
import pytest
import yaml
from examples import Example, examples
from plays import Run
from scripted import Answer, Request, Scripted, answer
from server import Server
from sources import Read, Reader, listed, write_source

ROOT = pathlib.Path(__file__).parents[2]
OWN = "123456789012"  # moto's, and there the management account
# The accounts that the tests make: unit and tags.
MADE: dict[str, tuple[str, dict[str, str]]] = {
    "media": ("Prod/Web", {"team": "web", "region": "eu-west-1"}),
    "archive": ("Prod", {"team": "store"}),
    "Shop (old)": ("Prod/Web", {"team": "{{ 1 + 1 }}"}),
    "lab": ("Test", {}),
}


@pytest.fixture(scope="module")
def ids(moto_server: Server) -> dict[str, str]:
    """The ids of accounts and units by their names; the organization is made at the first call."""
    client = moto_server.client("organizations")
    with contextlib.suppress(botocore.exceptions.ClientError):
        client.create_organization(FeatureSet="ALL")
    root = client.list_roots()["Roots"][0]["Id"]
    found = {"Root": root}
    for path in ("Prod", "Test", "Prod/Web"):
        above, _slash, name = path.rpartition("/")
        unit = client.create_organizational_unit(ParentId=found[above or "Root"], Name=name or path)
        found[path] = unit["OrganizationalUnit"]["Id"]
    for name, (unit, tags) in MADE.items():
        asked = {
            "AccountName": name,
            "Email": "a@example.com",
            "Tags": [{"Key": k, "Value": v} for k, v in tags.items()],
        }
        found[name] = client.create_account(**asked)["CreateAccountStatus"]["AccountId"]
        client.move_account(AccountId=found[name], SourceParentId=root, DestinationParentId=found[unit])
    return found


@pytest.fixture
def read(reader: Reader, moto_server: Server, ids: dict[str, str], tmp_path: pathlib.Path) -> Callable[..., Read]:
    """Read a source with these options, as moto's management account."""

    def reading(flush: bool = False, environment: dict[str, str] | None = None, **options: Any) -> Read:
        source = write_source(tmp_path, "accounts", options)
        return reader.read(source, flush=flush, **{**moto_server.env, **(environment or {})})

    return reading


def test_ansible_inventory_lists_accounts(moto_server: Server, ids: dict[str, str], tmp_path: pathlib.Path) -> None:
    source = write_source(tmp_path, "accounts", {"role_name": "stowage", "exclude_accounts": [OWN]})
    found = listed(source, **moto_server.env)
    assert sorted(found["accounts"]["hosts"]) == ["Shop-old", "archive", "lab", "media"]
    assert found["ou_prod"] == {"children": ["ou_prod_web"], "hosts": ["archive"]}
    assert sorted(found["ou_prod_web"]["hosts"]) == ["Shop-old", "media"]
    media = found["_meta"]["hostvars"]["media"]
    plain = {
        name: value.get("__ansible_unsafe", value) if isinstance(value, dict) else value
        for name, value in media.items()
    }
    assert plain["aws_account_id"] == ids["media"] and plain["ansible_connection"] == "local"


def test_a_host_has_what_playbooks_take(read: Callable[..., Read], ids: dict[str, str]) -> None:
    found = read(role_name="ops/stowage")
    assert found.errors == found.warnings == []
    assert found.hosts["media"] == {
        "aws_account_id": ids["media"],
        "aws_account_name": "media",
        "aws_account_email": "a@example.com",
        "aws_account_status": "ACTIVE",
        "aws_organizational_unit": "Root/Prod/Web",
        "aws_organizational_unit_id": ids["Prod/Web"],
        "aws_tags": MADE["media"][1],
        "aws_role_arn": f"arn:aws:iam::{ids['media']}:role/ops/stowage",
    }
    assert found.groups["accounts"] == ["Shop-old", "archive", "lab", "master", "media"]
    assert found.groups["ou_test"] == ["lab"]
    assert found.groups["ou_prod"] == ["Shop-old", "archive", "media"]


@pytest.mark.parametrize("choice", ["direct", "role", "exclude"])
def test_the_own_account_is_worked_in_directly_or_by_role_or_not(read: Callable[..., Read], choice: str) -> None:
    hosts = read(role_name="r", own_account=choice, tags=False).hosts
    role = {"direct": None, "role": f"arn:aws:iam::{OWN}:role/r", "exclude": "no host"}[choice]
    assert hosts.get("master", {"aws_role_arn": "no host"}).get("aws_role_arn") == role
    assert all("aws_role_arn" in variables for name, variables in hosts.items() if name != "master")


def test_the_own_account_is_that_before_the_role_that_lists(
    read: Callable[..., Read], moto_server: Server, ids: dict[str, str]
) -> None:
    """Plays start there, and not from the management account."""
    as_lab = moto_server.within(ids["lab"]).env
    asking = {"assume_role_arn": f"arn:aws:iam::{OWN}:role/list", "expected_account": OWN}
    hosts = read(environment=as_lab, role_name="r", tags=False, **asking).hosts
    assert [name for name, variables in hosts.items() if "aws_role_arn" not in variables] == ["lab"]


def test_accounts_are_chosen(read: Callable[..., Read], ids: dict[str, str]) -> None:
    assert sorted(read(organizational_units=["Prod/Web", ids["Test"]]).hosts) == ["Shop-old", "lab", "media"]
    found = read(exclude_accounts=[ids["media"], "Shop (old)", "gone", OWN], hostname="id")
    assert sorted(found.hosts) == sorted([ids["archive"], ids["lab"]])
    (warning,) = found.warnings
    assert "'gone', which no account here has" in warning
    assert read(statuses=["SUSPENDED"]).groups == {"accounts": []}


def test_tags_make_groups_and_are_read_only_if_wanted(read: Callable[..., Read]) -> None:
    built: dict[str, Any] = {
        "keyed_groups": [{"key": "aws_tags.team", "prefix": "team"}],
        "groups": {"untagged": "aws_tags | length == 0"},
        "compose": {"aws_region": "aws_tags.region | default('eu-central-1')"},
    }
    found = read(**built)
    assert found.groups["team_web"] == ["media"] and found.groups["untagged"] == ["lab", "master"]
    assert [found.hosts[name]["aws_region"] for name in ("media", "archive")] == ["eu-west-1", "eu-central-1"]
    without = read(tags=False, **built)
    assert "aws_tags" not in without.hosts["media"] and "team_web" not in without.groups
    assert "aws_tags" in read(tags=False, strict=True, **built).errors[0]


def test_what_others_write_into_tags_is_no_template(read: Callable[..., Read], tmp_path: pathlib.Path) -> None:
    kept = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "kept")}
    (tmp_path / "kept").mkdir()
    for _time in ("asked", "from the cache"):
        found = read(**kept, keyed_groups=[{"key": "aws_tags.team", "prefix": "team"}], compose={"x": "aws_tags.team"})
        assert found.hosts["Shop-old"]["x"] == "{{ 1 + 1 }}"
        assert "team_2" not in found.groups


def test_options_may_be_templates_of_the_environment(read: Callable[..., Read]) -> None:
    found = read(environment={"UNIT": "Test"}, organizational_units=["{{ lookup('ansible.builtin.env', 'UNIT') }}"])
    assert list(found.hosts) == ["lab"]


# The cache


def test_the_cache_answers_until_it_is_flushed_or_asked_something_else(
    read: Callable[..., Read], moto_server: Server, ids: dict[str, str], tmp_path: pathlib.Path
) -> None:
    secret, folder = "wJalrXUtnFEMI/K7MDENG", tmp_path / "kept"
    folder.mkdir()
    options = {
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(folder),
        "access_key": "testing",
        "secret_key": secret,
        "session_token": secret,
        "assume_role_arn": f"arn:aws:iam::{OWN}:role/list",
        "assume_role_external_id": secret,
        "assume_role_session_tags": {"purpose": "inventory"},
    }
    client = moto_server.client("organizations")
    first = read(**options)
    client.tag_resource(ResourceId=ids["lab"], Tags=[{"Key": "team", "Value": "lab"}])
    try:
        again = read(**options, groups={"labs": "aws_account_name == 'lab'"})
        assert again.hosts == first.hosts and again.groups["labs"] == ["lab"]
        other = read(**options, role_name="r")
        assert other.hosts["lab"]["aws_tags"] == {"team": "lab"} and "aws_role_arn" in other.hosts["lab"]
        assert read(flush=True, **options).hosts["lab"]["aws_tags"] == {"team": "lab"}
        assert read(**options).hosts["lab"]["aws_tags"] == {"team": "lab"}
    finally:
        client.untag_resource(ResourceId=ids["lab"], TagKeys=["team"])
    files = [path.read_text() for path in folder.iterdir()]
    assert len(files) == 2 and not any(secret in text for text in files)
    assert secret not in json.dumps([first.hosts, first.groups])


# Errors


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"organizational_units": ["Prd"]}, "names 'Prd', which is not there. There are: Root, Root/Prod"),
        ({"exclude_accounts": ["1"]}, "an account's id has 12 digits"),
        ({"role_name": "arn:aws:iam::1:role/x"}, "and no ARN"),
        ({"exlude_accounts": []}, "There is no option exlude_accounts: correct it. The options are access_key"),
        ({"statuses": ["active"]}, "Invalid value ['active'] for config 'statuses'"),
        ({"own_account": "no"}, "Invalid value 'no' for config 'own_account'"),
        ({"expected_account": "111122223333"}, f"belong to account {OWN}"),
        ({"assume_role_external_id": "x"}, "means nothing without 'assume_role_arn'"),
    ],
)
def test_mistakes_are_told_and_leave_no_hosts(read: Callable[..., Read], options: dict[str, Any], words: str) -> None:
    found = read(**options)
    assert words in found.errors[0] and found.hosts == {}


@pytest.mark.parametrize(
    ("name", "taken"),
    [("prod.stowage_accounts.yaml", True), ("accounts.yml", False), ("stowage_buckets.yml", False)],
)
def test_only_files_of_its_name_are_taken(
    name: str, taken: bool, read: Callable[..., Read], tmp_path: pathlib.Path, reader: Reader, moto_server: Server
) -> None:
    source = write_source(tmp_path, "accounts", {"tags": False}).rename(tmp_path / name)
    found = reader.read(source, **moto_server.env)
    assert bool(found.hosts) is taken
    assert taken or f"'{source}' could not be verified by inventory plugin 'stowage.s3.accounts'" in found.errors[0]


def test_a_host_of_another_source_is_added_to_if_it_is_the_same_account(
    reader: Reader, moto_server: Server, ids: dict[str, str], tmp_path: pathlib.Path
) -> None:
    """Two organizations may each have an account of that name, and variables of one must not lead to the other."""
    write_source(tmp_path, "accounts", {"tags": False})
    for number, fits in ((ids["media"], True), ("111122223333", False)):
        hosts = {"media": {"aws_account_id": number, "extra": "kept"}, "archive": {"extra": "kept"}}
        (tmp_path / "hosts.yml").write_text(yaml.safe_dump({"accounts": {"hosts": hosts}}))
        found = reader.read(tmp_path, **moto_server.env)
        assert ("lab" in found.hosts) is fits and found.hosts["media"]["extra"] == "kept"
        assert found.hosts["archive"].get("aws_account_id") == (ids["archive"] if fits else None)
    assert f"'media' is aws_account_id 111122223333 in another source, and aws_account_id {ids['media']} here" in str(
        found.errors
    )


# What moto does not do


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    """Organizations by a script."""
    server = Scripted()
    yield server
    server.stop()


def reached(server: Scripted) -> dict[str, str]:
    """The environment that leads there."""
    return Server(f"http://127.0.0.1:{server.port}", "AK", "SK", "us-east-1", os.getpid()).env


def told(**members: Any) -> Answer:
    return answer(body=json.dumps(members), content_type="application/x-amz-json-1.1")


def refused(code: str, status: int = 400) -> Answer:
    return answer(status, json.dumps({"__type": code, "message": "No."}), content_type="application/x-amz-json-1.1")


def account(number: int, **more: str) -> dict[str, str]:
    arn = f"arn:aws-us-gov:organizations::1:account/o-a/{number:012}"
    return {"Id": f"{number:012}", "Arn": arn, "Name": "web", "Email": "a@example.com", **more}


def by_operation(answers: dict[str, list[Answer]]) -> Callable[[Request], Answer]:
    """The next answer of the operation that is asked for."""
    return lambda request: answers[request.headers["x-amz-target"].partition(".")[2]].pop(0)


ONE_ROOT = told(Roots=[{"Id": "r-ab12", "Name": "Root"}])
NO_UNITS = told(OrganizationalUnits=[])


def test_pages_are_followed_and_haste_is_forgiven(reader: Reader, scripted: Scripted, tmp_path: pathlib.Path) -> None:
    """An empty page is no end, and the state goes before the status that AWS takes away."""
    answers = {
        "ListRoots": [told(Roots=[], NextToken="a"), refused("TooManyRequestsException"), ONE_ROOT],
        "ListOrganizationalUnitsForParent": [
            told(OrganizationalUnits=[{"Id": "ou-ab12-00000001", "Name": "A"}], NextToken="b"),
            told(OrganizationalUnits=[]),
            NO_UNITS,
        ],
        "ListAccountsForParent": [
            told(Accounts=[account(1, Status="ACTIVE", State="CLOSED")], NextToken="c"),
            told(Accounts=[account(2, State="ACTIVE"), account(3, Status="ACTIVE")]),
        ],
        "ListTagsForResource": [
            told(Tags=[{"Key": "a", "Value": "1"}], NextToken="d"),
            told(Tags=[{"Key": "b", "Value": "2"}]),
        ],
    }
    source = write_source(
        tmp_path,
        "accounts",
        {"organizational_units": ["A"], "role_name": "r", "own_account": "role", "exclude_accounts": ["000000000003"]},
    )
    identity = "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>9</Account></GetCallerIdentityResult>"
    sts = answer(body=f"{identity}</GetCallerIdentityResponse>", content_type="text/xml")
    next_one = by_operation(answers)
    scripted.play(*[lambda request: next_one(request) if "x-amz-target" in request.headers else sts] * 11)
    found = reader.read(source, **reached(scripted))
    assert found.errors == []
    assert list(found.hosts) == ["web"]
    assert found.hosts["web"]["aws_account_id"] == "000000000002"
    assert found.hosts["web"]["aws_role_arn"] == "arn:aws-us-gov:iam::000000000002:role/r"
    assert found.hosts["web"]["aws_tags"] == {"a": "1", "b": "2"}


def test_an_organization_without_a_root_is_told_of(reader: Reader, scripted: Scripted, tmp_path: pathlib.Path) -> None:
    scripted.play(told(Roots=[]))
    found = reader.read(write_source(tmp_path, "accounts", {}), **reached(scripted))
    assert "told no root" in found.errors[0]


@pytest.mark.parametrize(
    ("operation", "code", "words"),
    [
        ("ListRoots", "AccessDeniedException", "need organizations:ListRoots, which only the management account"),
        ("ListOrganizationalUnitsForParent", "AccessDeniedException", "organizations:ListOrganizationalUnitsForParent"),
        ("ListAccountsForParent", "AccessDeniedException", "need organizations:ListAccountsForParent"),
        ("ListTagsForResource", "AccessDeniedException", "organizations:ListTagsForResource, which"),
        ("ListTagsForResource", "AccessDeniedException", "'tags: false' does without"),
        ("ListRoots", "AWSOrganizationsNotInUseException", "is in no organization: use those of the management"),
        ("ListAccountsForParent", "TooManyRequestsException", "keep the answers ('cache')"),
    ],
)
def test_what_organizations_refuses_is_told(
    operation: str, code: str, words: str, reader: Reader, scripted: Scripted, tmp_path: pathlib.Path
) -> None:
    answers = {
        "ListRoots": [ONE_ROOT],
        "ListOrganizationalUnitsForParent": [NO_UNITS],
        "ListAccountsForParent": [told(Accounts=[account(1, State="ACTIVE")])],
        "ListTagsForResource": [told(Tags=[])],
    }
    answers[operation] = [refused(code)]
    scripted.play(*[by_operation(answers)] * (list(answers).index(operation) + 1))
    source = write_source(tmp_path, "accounts", {"aws_config": {"retries": {"total_max_attempts": 1}}})
    found = reader.read(source, **reached(scripted))
    assert f"{operation}: {code}. No. " in found.errors[0] and words in found.errors[0]
    assert found.hosts == {}


# Plays


def inventory(folder: pathlib.Path, options: dict[str, Any], variables: dict[str, Any]) -> pathlib.Path:
    """A directory with a source and the variables of all accounts."""
    folder.mkdir()
    write_source(folder, "accounts", options)
    (folder / "group_vars").mkdir()
    (folder / "group_vars" / "accounts.yml").write_text(yaml.safe_dump(variables))
    return folder


def buckets_of(server: Server, account: str) -> list[str]:
    """The buckets of an account, as a role of it sees them."""
    return [each["Name"] for each in server.within(account).client().list_buckets()["Buckets"]]


def test_a_play_works_in_each_account_and_in_no_other(
    moto_server: Server, ids: dict[str, str], tmp_path: pathlib.Path
) -> None:
    """Three accounts side by side, one of which is not the account that its variables say."""
    options = {"role_name": "stowage", "organizational_units": ["Prod", "Test"], "exclude_accounts": ["Shop (old)"]}
    variables = {"aws_endpoint_url": moto_server.endpoint, "buckets": [{"name": "{{ inventory_hostname }}-example"}]}
    folder = inventory(tmp_path / "prod", options, variables)
    (folder / "host_vars").mkdir()
    (folder / "host_vars" / "lab.yml").write_text(f'aws_account_id: "{ids["media"]}"\n')
    run = Run(ROOT / "playbooks/buckets.yml", "-i", folder, "--forks", "3", **moto_server.env)
    assert run.code == 2 and sorted(run.stats) == ["archive", "lab", "media"]
    assert [name for name, stats in run.stats.items() if stats["failures"]] == ["lab"]
    assert f"belong to account {ids['lab']}" in run.output and f"'expected_account' is {ids['media']}" in run.output
    assert buckets_of(moto_server, ids["media"]) == ["media-example"]
    assert buckets_of(moto_server, ids["archive"]) == ["archive-example"]
    assert buckets_of(moto_server, ids["lab"]) == []


# Examples

PAGE = examples("docs/accounts.md")
SOURCES = [
    one for one in [*PAGE, *examples("plugins/inventory/accounts.py")] if "plugin: stowage.s3.accounts" in one.text
]


@pytest.mark.parametrize("example", SOURCES, ids=str)
def test_sources_of_the_documentation_can_be_read(
    example: Example, read: Callable[..., Read], tmp_path: pathlib.Path, ids: dict[str, str]
) -> None:
    (tmp_path / "kept").mkdir()
    options = yaml.safe_load(example.text.replace("999988887777", OWN))
    options.pop("plugin")
    if options.get("cache_connection"):
        options["cache_connection"] = str(tmp_path / "kept")
    found = read(**options)
    assert found.errors == [] and "media" in found.hosts


def test_the_play_of_the_documentation_runs(moto_server: Server, ids: dict[str, str], tmp_path: pathlib.Path) -> None:
    (text,) = [one.text for one in PAGE if "hosts: accounts" in one.text]
    (tmp_path / "play.yml").write_text(text)
    options = {"role_name": "stowage", "organizational_units": ["Prod/Web"]}
    folder = inventory(tmp_path / "prod", options, {"aws_endpoint_url": moto_server.endpoint})
    run = Run(tmp_path / "play.yml", "-i", folder, **moto_server.env)
    assert run.code == 0, run.why
    assert {name: stats["changed"] for name, stats in run.stats.items()} == {"Shop-old": 1, "media": 1}
