# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The role buckets in playbooks that are not ours, and our playbooks with our inventories."""

from __future__ import annotations

import pathlib
import uuid
from typing import Any

import pytest
from plays import Run, write_play
from recorder import OWNER, recording
from server import Server

ROOT = pathlib.Path(__file__).parents[2]
CHANGED = ["one", "three"]


def role(folder: pathlib.Path, **variables: Any) -> pathlib.Path:
    """A playbook of the role."""
    return write_play(folder, roles=[{"role": "stowage.s3.buckets"}], vars=variables)


def test_each_bucket_gets_its_own_options_and_those_of_all(tmp_path: pathlib.Path) -> None:
    """One that is refused does not stop the others, and is named."""
    entries = [
        {"name": "one", "tags": {"team": "web"}},
        {"name": "two", "versioning": "never"},
        {"name": "three", "versioning": "suspended"},
    ]
    play = role(tmp_path, buckets_defaults={"versioning": "enabled", "tags": {"team": "all"}}, buckets=entries)
    with recording() as recorder:
        environment = recorder.server.env
        preview = Run(play, "--check", "--diff", **environment)
        assert recorder.buckets == {}
        run = Run(play, **environment)
        assert preview.code == run.code == 2
        assert "1 of 3 buckets failed: two." in run.why and "buckets_only=two" in run.why
        for results in (preview.results["localhost"], run.results["localhost"]):
            assert [name for name, result in results.items() if result["changed"]] == CHANGED
            shown = {name: [results[name]["bucket"][option] for option in ("versioning", "tags")] for name in CHANGED}
            assert shown == {"one": ["enabled", {"team": "web"}], "three": ["suspended", {"team": "all"}]}
        assert set(recorder.buckets) == {"one", "three"}
        again = Run(play, "-e", "buckets_only=three,one", **environment)
        assert again.code == 0, again.why
        results = again.results["localhost"]
        assert sorted(results) == CHANGED and not any(result["changed"] for result in results.values())


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"buckets": [{"name": "a"}, {"name": "a"}]}, "more than once: a"),
        ({"buckets": [{"name": "a"}], "buckets_only": "b"}, "there is no bucket b. The buckets of this host are: a."),
    ],
)
def test_names_that_pick_nothing_or_two_are_refused(
    variables: dict[str, Any], says: str, tmp_path: pathlib.Path
) -> None:
    with recording() as recorder:
        run = Run(role(tmp_path, **variables), **recorder.server.env)
        assert run.code == 2 and says in run.why
        assert recorder.requests == []


def test_secrets_of_an_entry_are_not_shown(tmp_path: pathlib.Path) -> None:
    secret = "wJalrXUtnFEMI/K7MDENG"
    entry = {"name": "one", "versioning": "never", "access_key": "AKIAEXAMPLE", "secret_key": secret}
    with recording() as recorder:
        environment = {**recorder.server.env, "ANSIBLE_STDOUT_CALLBACK": "default"}
        run = Run(role(tmp_path, buckets=[entry]), "-vvv", **environment)
    assert run.code == 2 and secret not in run.output


@pytest.mark.parametrize("name", ["local", "dev", "staging", "prod"])
def test_every_inventory_stands(name: str) -> None:
    """An account per host, each with its own buckets. The endpoint is ours, so that no other is ever asked."""
    with recording() as recorder:
        settings = ["-e", f"aws_endpoint_url={recorder.server.endpoint}", "-e", '{"aws_role_arn": ""}']
        playbook = [ROOT / "playbooks/buckets.yml", "-i", ROOT / "inventories" / name]
        run = Run(*playbook, "--check", *settings, "-e", "aws_account_id= aws_profile=", **recorder.server.env)
        assert run.code == 0, run.why
        assert all(result["changed"] for results in run.results.values() for result in results.values())
        assert recorder.writes() == []


# From nothing


def setup(server: Server, folder: pathlib.Path, name: str, *options: str) -> Run:
    """The playbook setup with the local inventory, whose upload and download are of our trees."""
    variables = {"local_bucket": name, "local_source": f"{folder}/tree/", "local_copy": f"{folder}/copy"}
    given = [option for key, value in variables.items() for option in ("-e", f"{key}={value}")]
    playbook = [ROOT / "playbooks/setup.yml", "-i", ROOT / "inventories/local"]
    state = {"XDG_STATE_HOME": str(folder / "state")}
    return Run(*playbook, *given, *options, **server.env, **state)


def changes(run: Run) -> int:
    """How many tasks of a run that succeeded changed something."""
    assert run.code == 0, run.why
    return run.stats["local"]["changed"]


def test_setup_makes_a_secured_bucket_and_syncs(s3_server: Server, tmp_path: pathlib.Path) -> None:
    server, name = s3_server, f"setup-{uuid.uuid4().hex[:8]}"
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/a.txt").write_text("one\n")
    s3 = server.client("s3")
    site = ["-e", f'{{"buckets": [{{"name": "{name}-site", "versioning": "enabled"}}]}}']
    assert changes(setup(server, tmp_path, name, *site, "--check", "--diff")) == 2
    assert not {each["Name"] for each in s3.list_buckets()["Buckets"]} & {name, f"{name}-site"}
    assert changes(setup(server, tmp_path, name, *site)) == 3  # two tasks for buckets, one for two jobs
    assert (tmp_path / "copy/a.txt").read_text() == "one\n"
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    rules = {rule["ID"]: rule for rule in s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]}
    assert rules["stowage-old-versions"]["NoncurrentVersionExpiration"]["NoncurrentDays"] == 90
    assert rules["stowage-unfinished-uploads"]["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] == 7
    for options in (["--check"], []):
        assert changes(setup(server, tmp_path, name, *site, *options)) == 0
    (tmp_path / "tree/b.txt").write_text("two\n")
    preview = setup(server, tmp_path, name, *site, "--check")
    assert changes(preview) == 1 and preview.results["local"]["upload"]["summary"]["upload"]["count"] == 1


def test_setup_leaves_what_others_put_into_the_bucket(tmp_path: pathlib.Path) -> None:
    """Told as if it were AWS: with a policy, keys of S3, no ACLs and no public access."""
    theirs = {
        "Sid": "Theirs",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{OWNER}:root"},
        "Action": "s3:ListBucket",
        "Resource": "arn:aws:s3:::shared",
    }
    with recording() as recorder:
        seed = {
            "name": "shared",
            "policy": {"Version": "2012-10-17", "Statement": [theirs]},
            "lifecycle": [{"id": "theirs", "expiration": {"days": 9}, "prefix": "tmp/"}],
        }
        first = Run(role(tmp_path, buckets=[seed]), **recorder.server.env)
        assert first.code == 0, first.why
        options = [
            "-e",
            "aws_endpoint_url=",
            "-e",
            '{"buckets": [], "sync_jobs": [{"name": "up", "source": "/absent", "destination": "s3://shared/tree"}]}',
        ]
        run = setup(recorder.server, tmp_path, "shared", *options)
        assert run.code == 2 and "1 of 1 jobs failed: up." in run.why  # this server has no objects
        policy = recorder.text("shared", "policy")
        assert "Theirs" in policy and "StowageTlsOnly" in policy
        lifecycle = recorder.text("shared", "lifecycle")
        assert all(name in lifecycle for name in ("theirs", "stowage-old-versions", "stowage-unfinished-uploads"))
        assert "BucketOwnerEnforced" in recorder.text("shared", "ownershipControls")
        assert recorder.text("shared", "publicAccessBlock").count("true") == 4
