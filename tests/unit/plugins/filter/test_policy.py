# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The filters in a playbook, as Ansible finds and calls them."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from typing import Any

import pytest
from ansible_collections.stowage.s3.plugins.filter.iam_policy import iam_policy
from ansible_collections.stowage.s3.plugins.filter.key_policy import key_policy
from ansible_collections.stowage.s3.plugins.filter.lifecycle import lifecycle
from ansible_collections.stowage.s3.plugins.filter.policy import policy
from ansible_collections.stowage.s3.plugins.filter.storage_class_rules import storage_class_rules

LISTED = ["tls_only", {"cross_account_read": {"accounts": ["444455556666"], "prefix": "reports"}}]
JOBS = [{"name": "site", "source": "/srv/site", "destination": "s3://example-site"}]
# An account as YAML reads one that nobody put into quotes.
GIVEN = {"listed": LISTED, "account": 111122223333, "jobs": JOBS, "defaults": {"delete": True}, "days": "730"}
EXPRESSIONS = {
    "policy": "listed | stowage.s3.policy('example-bucket', region='cn-north-1')",
    "partition": "listed | stowage.s3.policy('example-bucket', partition='aws-us-gov')",
    "key": "listed | stowage.s3.key_policy('example-bucket', account)",
    "no template": "['nope'] | stowage.s3.policy('example-bucket')",
    "no account": "[] | stowage.s3.key_policy('example-bucket', 'me')",
    "of a role": "[{'sync': [defaults] | product(jobs) | map('combine')}] | stowage.s3.iam_policy(region='cn-north-1')",
    "of trust": "[{'accounts': {'accounts': account}}] | stowage.s3.trust_policy('aws-us-gov')",
    "no template of roles": "['nope'] | stowage.s3.iam_policy",
    "of a lifecycle": "['abort_uploads', {'logs': {'prefix': 'logs', 'expiration_days': days}}] | stowage.s3.lifecycle",
    "of classes": "[{'disk_images': {'prefix': 'vm'}}] | stowage.s3.storage_class_rules",
    "no template of lifecycles": "['nope'] | stowage.s3.lifecycle",
    "no template of classes": "['nope'] | stowage.s3.storage_class_rules",
    "no template of trust": "['nope'] | stowage.s3.trust_policy",
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a playbook makes of each expression: a value, or a failure's message."""
    tasks = [
        {"name": name, "ansible.builtin.debug": {"msg": "{{ " + text + " }}"}, "ignore_errors": True}
        for name, text in EXPRESSIONS.items()
    ]
    play = {"hosts": "localhost", "gather_facts": False, "vars": GIVEN}
    path = tmp_path_factory.mktemp("filter") / "play.yml"
    path.write_text(json.dumps([{**play, "tasks": tasks}]))
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ANSIBLE_"))}
    done = subprocess.run(
        [pathlib.Path(sys.executable).with_name("ansible-playbook"), path],
        env={**clean, "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json"},
        capture_output=True,
        text=True,
        check=True,
    )
    (found,) = json.loads(done.stdout)["plays"]
    return {task["task"]["name"]: task["hosts"]["localhost"]["msg"] for task in found["tasks"]}


def test_policy(told: dict[str, Any]) -> None:
    assert told["policy"] == policy(LISTED, "example-bucket", "aws-cn")
    assert told["partition"] == policy(LISTED, "example-bucket", region="us-gov-west-1")
    assert [each["Sid"] for each in told["policy"]["Statement"]] == [
        "StowageTlsOnly",
        "StowageCrossAccountReadObjects",
        "StowageCrossAccountReadList",
    ]
    assert told["policy"]["Statement"][0]["Resource"] == [
        "arn:aws-cn:s3:::example-bucket",
        "arn:aws-cn:s3:::example-bucket/*",
    ]


def test_key_policy(told: dict[str, Any]) -> None:
    assert told["key"] == key_policy(LISTED, "example-bucket", "111122223333")
    assert [each["Sid"] for each in told["key"]["Statement"]] == ["StowageKeyOwner", "StowageCrossAccountReadKey"]


def test_policies_of_roles(told: dict[str, Any]) -> None:
    assert told["of a role"] == iam_policy([{"sync": {**JOBS[0], "delete": True}}], "aws-cn")
    assert told["of trust"]["Statement"][0]["Principal"] == {"AWS": ["arn:aws-us-gov:iam::111122223333:root"]}


def test_rules(told: dict[str, Any]) -> None:
    assert told["of a lifecycle"] == lifecycle(["abort_uploads", {"logs": {"prefix": "logs/", "expiration_days": 730}}])
    assert told["of classes"] == storage_class_rules({"disk_images": {"prefix": "vm/"}})


def test_refusals_are_messages(told: dict[str, Any]) -> None:
    assert "there is no template 'nope'. There are sync, " in told["no template of roles"]
    assert "there is no template 'nope'. There are accounts, " in told["no template of trust"]
    assert "policy: there is no template 'nope'. There are tls_only, " in told["no template"]
    assert "lifecycle: there is no template 'nope'. There are abort_uploads, " in told["no template of lifecycles"]
    assert "rules: there is no template 'nope'. There are media, " in told["no template of classes"]
    assert "policy: account: 'me' is not allowed. Give an account id: 12 digits" in told["no account"]
