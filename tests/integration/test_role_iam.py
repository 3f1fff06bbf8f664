# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The role iam, by our playbook with an inventory of ours: roles and policies as they are told, and once."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._policy.identity import iam_policy, trust_policy
from examples import examples, pages
from judge import Asked, judged
from plays import Run
from policies.trust.accounts import CASES
from server import Server

ROOT = pathlib.Path(__file__).parents[2]
ACCOUNT, WITHOUT_ROLE = "333344445555", "123456789012"  # the inventory's, and moto's own
JOBS = [{"name": "site", "source": "/srv/site", "destination": "s3://example-site/www", "delete": True}]
TASKS = 2  # that change something: policies, and roles
TOKEN = "AQoEXAMPLE"  # how moto's session tokens begin
TRUST, POLICY = [{"accounts": dict(CASES[0].parameters)}], [{"sync": JOBS}]
SITE: dict[str, Any] = {
    "name": "publish-site",
    "path": "/stowage/",
    "trust": TRUST,
    "policy": POLICY,
    "tags": {"a": "1"},
}
LISTS = {"iam_roles": [SITE], "iam_tags": {"a": "2", "b": "2"}}


def play(server: Server, lists: dict[str, Any], *arguments: str, **environment: str) -> Run:
    """The playbook, in one account of the inventory."""
    variables = {"aws_endpoint_url": server.endpoint, **lists}
    playbook = [ROOT / "playbooks/iam.yml", "-i", ROOT / "inventories/prod", "--limit", "media"]
    return Run(*playbook, "-e", json.dumps(variables), *arguments, **{**server.env, **environment})


def there(iam: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The roles by name, and the documents of the managed policies that are ours."""
    roles = {each["RoleName"]: iam.get_role(RoleName=each["RoleName"])["Role"] for each in iam.list_roles()["Roles"]}
    documents = {
        each["PolicyName"]: iam.get_policy_version(PolicyArn=each["Arn"], VersionId=each["DefaultVersionId"])[
            "PolicyVersion"
        ]["Document"]
        for each in iam.list_policies(Scope="Local")["Policies"]
    }
    return roles, documents


def attached(iam: Any, role: str) -> set[str]:
    """The ARNs of a role's policies."""
    return {each["PolicyArn"] for each in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]}


@pytest.fixture(scope="module")
def iam(moto_server: Server) -> Any:
    """IAM of the account, in which nobody else makes roles."""
    return moto_server.within(ACCOUNT).client("iam")


def test_examples(moto_server: Server, tmp_path: pathlib.Path) -> None:
    """Those of the documentation, in moto's own account."""
    found = [one for page in pages() for one in examples(page) if one.of_roles]
    assert len(found) == 2
    plays = [one.data if one.kind == "playbook" else [{"hosts": "localhost", "tasks": one.data}] for one in found]
    path = tmp_path / "examples.yml"
    path.write_text(json.dumps([{**each, "gather_facts": False} for play in plays for each in play]))
    run = Run(path, "-e", "vault_external_id=the-word", **moto_server.env)
    assert run.code == 0, run.why
    roles, documents = there(moto_server.client("iam"))
    assert roles.keys() >= {"publish-site", "audit-buckets"}
    assert documents.keys() >= {"stowage-boundary", "stowage-read", "publish-site"}
    arns = {name: f"arn:aws:iam::{WITHOUT_ROLE}:policy/{name}" for name in documents}
    for name in ("publish-site", "audit-buckets"):
        assert roles[name]["PermissionsBoundary"]["PermissionsBoundaryArn"] == arns["stowage-boundary"]
    assert attached(moto_server.client("iam"), "publish-site") == {arns["publish-site"]}
    assert attached(moto_server.client("iam"), "audit-buckets") == {arns["stowage-read"]}


def changes(run: Run) -> int:
    """How many things changed, or would."""
    assert run.code == 0, run.why
    return run.stats["media"]["changed"]


def test_roles_and_policies_are_made_and_then_left_alone(moto_server: Server, iam: Any) -> None:
    assert changes(play(moto_server, LISTS, "--check")) == TASKS
    assert there(iam) == ({}, {})

    made = play(moto_server, LISTS)
    assert changes(made) == TASKS
    own = f"arn:aws:iam::{ACCOUNT}:policy/stowage/publish-site"
    assert made.results["media"] == {
        "policies": {"publish-site": own},
        "roles": {"publish-site": f"arn:aws:iam::{ACCOUNT}:role/stowage/publish-site"},
    }
    roles, documents = there(iam)
    assert documents == {"publish-site": iam_policy(POLICY)}
    role = roles["publish-site"]
    assert role["AssumeRolePolicyDocument"] == trust_policy(TRUST)
    assert {tag["Key"]: tag["Value"] for tag in role["Tags"]} == {"a": "1", "b": "2"}
    assert attached(iam, "publish-site") == {own}
    requests = CASES[0].requests
    verdicts = judged([Asked(each, role["AssumeRolePolicyDocument"], "trust") for each in requests])
    assert [verdict.allowed for verdict in verdicts] == [each.allowed for each in requests]

    # What is not told stays as somebody has set it.
    iam.update_role(RoleName="publish-site", Description="Theirs", MaxSessionDuration=7200)
    iam.put_role_permissions_boundary(RoleName="publish-site", PermissionsBoundary=own)
    before = there(iam)
    again = play(moto_server, LISTS, "-vvv", ANSIBLE_STDOUT_CALLBACK="default")
    assert "changed=0" in again.output and "failed=0" in again.output, again.output[-3000:]
    assert there(iam) == before
    # The most talkative form shows no credentials.
    assert TOKEN not in again.output


def test_what_cannot_be_meant_is_refused_before_anything_is_changed(moto_server: Server, iam: Any) -> None:
    before = there(iam)
    policies = [{"name": SITE["name"], "policy": ["audit"]}]
    refused = play(moto_server, {"iam_roles": [{**SITE, "boundary": "nobody"}, SITE], "iam_policies": policies})
    assert refused.code == 2
    for words in (
        "more than once: publish-site",
        "taken by the role: publish-site",
        "no policy nobody",
    ):
        assert words in refused.why
    unknown = play(moto_server, {"iam_roles": [{**SITE, "name": "new", "trust": ["somebody"]}]})
    assert unknown.code == 2 and "there is no template 'somebody'" in unknown.why
    wrong = play(moto_server, LISTS, "-e", '{"aws_role_arn": ""}')
    assert wrong.code == 2 and f"of account {WITHOUT_ROLE}, not of {ACCOUNT}" in wrong.why
    assert there(iam) == before
