# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The playbook under ansible-runner, as AWX runs it.

Job types check and run, credentials in the environment of the job, and nothing on the disk from one job to the next.
"""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from typing import Any

from server import Server

ROOT = pathlib.Path(__file__).parents[2]


def run_job(folder: pathlib.Path, server: Server, cmdline: str, extra: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """What the sync returned, and all that the job printed."""
    (folder / "env").mkdir(parents=True)
    (folder / "home").mkdir()
    (folder / "project").symlink_to(ROOT)
    (folder / "env/envvars").write_text(json.dumps(server.env))
    (folder / "env/extravars").write_text(json.dumps(extra))
    (folder / "env/cmdline").write_text(cmdline)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ANSIBLE_", "XDG_"))
    }
    environment |= {
        "HOME": str(folder / "home"),
        "PATH": f"{pathlib.Path(sys.executable).parent}:{environment['PATH']}",
        "TERM": "xterm",
    }
    playbook = ["--playbook", "playbooks/sync.yml", "--inventory", ROOT / "inventories/local"]
    done = subprocess.run(
        ["ansible-runner", "run", folder, "--ident", "job", *playbook],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    artifacts = folder / "artifacts/job"
    output = (artifacts / "stdout").read_text()
    assert done.returncode == 0, output
    assert (artifacts / "status").read_text() == "successful"
    events = [json.loads(path.read_text()) for path in (artifacts / "job_events").glob("*.json")]
    results = [
        event["event_data"]["res"]
        for event in events
        if event["event"] == "runner_item_on_ok" and event["event_data"]["task_action"] == "stowage.s3.sync"
    ]
    assert len(results) == 1, output
    return results[0], output


def test_jobs_of_both_types_need_nothing_but_the_environment(s3_server, bucket, tmp_path):
    source = tmp_path / "source"
    (source / "deep").mkdir(parents=True)
    (source / "a.txt").write_text("one\n")
    (source / "deep/b.txt").write_text("two\n")
    extra = {
        "local_source": f"{source}/",
        "local_bucket": bucket,
        "sync_defaults": {"state_dir": f"s3://{bucket}/state"},
    }
    s3 = s3_server.client()

    preview, printed = run_job(tmp_path / "check", s3_server, "--tags upload --check --diff", extra)
    assert preview["changed"]
    assert preview["summary"]["upload"]["count"] == 2
    assert "deep/b.txt" in printed
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)

    done, printed = run_job(tmp_path / "run", s3_server, "--tags upload", extra)
    assert {part: done[part] for part in ("changed", "summary", "actions")} == {
        part: preview[part] for part in ("changed", "summary", "actions")
    }
    # The runner gives a terminal that nobody looks at; the progress line would fill the log.
    assert "\x1b[J" not in printed
    assert s3_server.secret_key not in printed
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="tree/")["Contents"]
    assert [each["Key"] for each in listed] == ["tree/a.txt", "tree/deep/b.txt"]

    again, _printed = run_job(tmp_path / "again", s3_server, "--tags upload", extra)
    assert not again["changed"]
    assert again["summary"]["skip"]["count"] == 2
