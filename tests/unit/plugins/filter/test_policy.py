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
from ansible_collections.stowage.s3.plugins.filter.key_policy import key_policy
from ansible_collections.stowage.s3.plugins.filter.policy import policy

LISTED = ["tls_only", {"cross_account_read": {"accounts": ["444455556666"], "prefix": "reports"}}]
EXPRESSIONS = {
    "policy": "listed | stowage.s3.policy('example-bucket', region='cn-north-1')",
    "partition": "listed | stowage.s3.policy('example-bucket', partition='aws-us-gov')",
    "key": "listed | stowage.s3.key_policy('example-bucket', account)",
    "no template": "['nope'] | stowage.s3.policy('example-bucket')",
    "no account": "[] | stowage.s3.key_policy('example-bucket', 'me')",
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a playbook makes of each expression: a value, or a failure's message."""
    tasks = [
        {"name": name, "ansible.builtin.debug": {"msg": "{{ " + text + " }}"}, "ignore_errors": True}
        for name, text in EXPRESSIONS.items()
    ]
    # As YAML reads an account that nobody put into quotes.
    play = {"hosts": "localhost", "gather_facts": False, "vars": {"listed": LISTED, "account": 111122223333}}
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


def test_refusals_are_messages(told: dict[str, Any]) -> None:
    assert "policy: there is no template 'nope'. There are tls_only, " in told["no template"]
    assert "policy: account: 'me' is not allowed. Give an account id: 12 digits" in told["no account"]
