# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Defaults for the action groups reach the modules, from a playbook that says nothing else about the connection."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from typing import Any

from server import Server

PLAYBOOK = """
- hosts: localhost
  gather_facts: false
  module_defaults:
    group/stowage.s3.aws:
      endpoint_url: "{{ server.endpoint }}"
      access_key: "{{ server.access_key }}"
      secret_key: "{{ server.secret_key }}"
      region: "{{ server.region }}"
    group/stowage.s3.s3:
      expected_account: "{{ account }}"
  tasks:
    - amazon.aws.aws_caller_info:
      register: caller
    - amazon.aws.s3_bucket:
        name: action-groups
    - stowage.s3.sync:
        source: "{{ playbook_dir }}/tree"
        destination: s3://action-groups
"""


def play(directory: pathlib.Path, server: Server, account: str) -> list[dict[str, Any]]:
    """The tasks' results on localhost."""
    (directory / "tree").mkdir()
    (directory / "tree" / "file").write_text("content")
    (directory / "play.yml").write_text(PLAYBOOK)
    variables = {"server": {name: getattr(server, name) for name in ("endpoint", "access_key", "secret_key", "region")}}
    variables |= {"account": account, "ansible_python_interpreter": sys.executable}
    done = subprocess.run(
        [pathlib.Path(sys.executable).with_name("ansible-playbook"), "play.yml", "--extra-vars", json.dumps(variables)],
        cwd=directory,
        env={
            **os.environ,
            "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
            "XDG_STATE_HOME": str(directory / "state"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    tasks = json.loads(done.stdout)["plays"][0]["tasks"]
    return [task["hosts"]["localhost"] for task in tasks]


def test_group_defaults_reach_the_modules(tmp_path: pathlib.Path, moto_server: Server) -> None:
    caller, bucket, sync = play(tmp_path, moto_server, "123456789012")
    assert caller["account"] == "123456789012"
    assert bucket["changed"] is True
    assert sync["changed"] is True, sync
    listing = moto_server.client("s3").list_objects_v2(Bucket="action-groups")
    assert [entry["Key"] for entry in listing["Contents"]] == ["file"]


def test_own_options_are_defaults_of_own_modules_alone(tmp_path: pathlib.Path, moto_server: Server) -> None:
    caller, bucket, sync = play(tmp_path, moto_server, "111122223333")
    assert "failed" not in caller
    assert "failed" not in bucket
    assert sync["failed"] is True
    assert "111122223333" in sync["msg"]
    assert "123456789012" in sync["msg"]
