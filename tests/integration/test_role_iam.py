# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The role iam, by our playbook with an inventory of ours: roles and policies as they are told, and once."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.module_utils._policy.identity import iam_policy, trust_policy
from judge import Asked, judged
from plays import Run
from policies.trust.accounts import CASES
from server import Server, moto

ROOT = pathlib.Path(__file__).parents[2]
ACCOUNT, WITHOUT_ROLE = "333344445555", "123456789012"  # the inventory's, and moto's own
JOBS = [{"name": "site", "source": "/srv/site", "destination": "s3://example-site/www", "delete": True}]
TASKS = 2  # that change something: policies, and roles
TOKEN = "AQoEXAMPLE"  # how moto's session tokens begin
TRUST, POLICY = [{"accounts": dict(CASES[0].parameters)}], [{"sync": JOBS}]
SITE: dict[str, Any] = {
    "name": "publish-site",
    "path": "/stowage/",
    "description": "Publishes the site",
    "trust": TRUST,
    "policy": POLICY,
    "managed_policies": ["stowage-audit"],
    "max_session_duration": 7200,
    "tags": {"team": "web"},
}
AUDITOR = {"name": "auditor", "trust": TRUST, "managed_policies": ["stowage-audit"], "boundary": ""}
LISTS = {
    "iam_policies": [
        {"name": "stowage-boundary", "policy": ["boundary"]},
        {"name": "stowage-audit", "policy": ["audit"], "description": "Reads configurations"},
    ],
    "iam_roles": [SITE, AUDITOR],
    "iam_boundary": "stowage-boundary",
    "iam_tags": {"made_by": "stowage"},
}


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


@pytest.fixture(scope="module")
def server() -> Any:
    """A moto of its own, as it is the account whose roles are counted."""
    with moto() as server:
        yield server


@pytest.fixture(scope="module")
def iam(server: Server) -> Any:
    """IAM of the account."""
    role = f"arn:aws:iam::{ACCOUNT}:role/test"
    keys = server.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    names = {"access_key": keys["AccessKeyId"], "secret_key": keys["SecretAccessKey"]}
    return Server(server.endpoint, region=server.region, pid=0, **names).client("iam")


def changes(run: Run) -> int:
    """How many things changed, or would."""
    assert run.code == 0, run.why
    return run.stats["media"]["changed"]


def test_roles_and_policies_are_made_and_then_left_alone(server: Server, iam: Any) -> None:
    # What is there, and not told, stays; but for policies, which are told.
    ours = trust_policy([{"accounts": {"accounts": [ACCOUNT]}}])
    iam.create_role(RoleName="auditor", AssumeRolePolicyDocument=json.dumps(ours), Description="Theirs")
    theirs = iam_policy([{"audit": {"buckets": ["theirs"]}}])
    other = iam.create_policy(PolicyName="other", PolicyDocument=json.dumps(theirs))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="auditor", PolicyArn=other)
    before = there(iam)
    assert changes(play(server, LISTS, "--check")) == TASKS
    assert there(iam) == before

    made = play(server, LISTS)
    assert changes(made) == TASKS
    arns = {name: f"arn:aws:iam::{ACCOUNT}:policy/{name}" for name in ("stowage-boundary", "stowage-audit")}
    arns["publish-site"] = f"arn:aws:iam::{ACCOUNT}:policy/stowage/publish-site"
    places = {"publish-site": "stowage/publish-site", "auditor": "auditor"}
    assert made.results["media"] == {
        "policies": arns,
        "roles": {name: f"arn:aws:iam::{ACCOUNT}:role/{place}" for name, place in places.items()},
    }
    roles, documents = there(iam)
    assert documents == {
        "stowage-boundary": iam_policy(["boundary"]),
        "stowage-audit": iam_policy(["audit"]),
        "publish-site": iam_policy(POLICY),
        "other": theirs,
    }
    site, auditor = roles["publish-site"], roles["auditor"]
    assert site["AssumeRolePolicyDocument"] == auditor["AssumeRolePolicyDocument"] == trust_policy(TRUST)
    assert site["PermissionsBoundary"]["PermissionsBoundaryArn"] == arns["stowage-boundary"]
    assert "PermissionsBoundary" not in auditor
    assert [each["MaxSessionDuration"] for each in (site, auditor)] == [7200, 3600]
    assert [each["Description"] for each in (site, auditor)] == ["Publishes the site", "Theirs"]
    assert {tag["Key"]: tag["Value"] for tag in site["Tags"]} == {"made_by": "stowage", "team": "web"}
    attached = {
        name: {each["PolicyArn"] for each in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]}
        for name in roles
    }
    assert attached == {
        "publish-site": {arns["publish-site"], arns["stowage-audit"]},
        "auditor": {arns["stowage-audit"]},
    }
    requests = CASES[0].requests
    verdicts = judged([Asked(each, site["AssumeRolePolicyDocument"], "trust") for each in requests])
    assert [verdict.allowed for verdict in verdicts] == [each.allowed for each in requests]

    # A run has nothing to do, so check mode neither; and its most talkative form shows no credentials.
    again = play(server, LISTS, "-vvv", ANSIBLE_STDOUT_CALLBACK="default")
    assert "changed=0" in again.output and "failed=0" in again.output, again.output[-3000:]
    assert TOKEN not in again.output


def test_what_cannot_be_meant_is_refused_before_anything_is_changed(server: Server, iam: Any) -> None:
    before = there(iam)
    policies = [{"name": SITE["name"], "policy": ["audit"]}]
    refused = play(server, {"iam_roles": [{**SITE, "boundary": "nobody"}, SITE], "iam_policies": policies})
    assert refused.code == 2
    for words in ("more than once: publish-site", "taken by the role: publish-site", "no policy stowage-audit, nobody"):
        assert words in refused.why
    wrong = play(server, LISTS, "-e", '{"aws_role_arn": ""}')
    assert wrong.code == 2 and f"of account {WITHOUT_ROLE}, not of {ACCOUNT}" in wrong.why
    assert there(iam) == before
