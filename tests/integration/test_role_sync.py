# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The role sync in playbooks that are not ours, and our playbook with our inventories.

What the role decides (which jobs, with which options) is asked of a module that tells what it was given. What comes of
it is seen on a real server.
"""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest
from plays import Run, documented, prove_options, write_play

ROOT = pathlib.Path(__file__).parents[2]
SECRET = "wJalrXUtnFEMI/K7MDENG"
ECHO = """
import json
from ansible.module_utils.basic import AnsibleModule
module = AnsibleModule(json.loads(SPEC), supports_check_mode=True)
given = {name: value for name, value in module.params.items() if value is not None and name != "secret_key"}
if given["source"] == "/broken":
    module.fail_json(msg="this job is broken")
module.exit_json(changed=True, given=given, check=module.check_mode)
"""


@pytest.fixture(scope="module", name="documented")
def of_module() -> dict[str, Any]:
    """The options of the module, as its documentation has them."""
    return documented("sync")


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory, documented: dict[str, Any]) -> pathlib.Path:
    """Collections in which stowage.s3 has our roles and playbooks, and a module that tells what it was given."""
    folder = tmp_path_factory.mktemp("collections")
    collection = folder / "ansible_collections/stowage/s3"
    (collection / "plugins/modules").mkdir(parents=True)
    for name in ("galaxy.yml", "meta", "roles", "playbooks"):
        (collection / name).symlink_to(ROOT / name)
    spec = {
        name: {"type": "raw", "required": option.get("required", False), "no_log": name == "secret_key"}
        for name, option in documented.items()
    }
    (collection / "plugins/modules/sync.py").write_text(ECHO.replace("SPEC", repr(json.dumps(spec))))
    return folder


def job(name: str, **options: Any) -> dict[str, Any]:
    return {"name": name, "source": f"/srv/{name}", "destination": f"s3://bucket/{name}", **options}


def include(*jobs: dict[str, Any], **variables: Any) -> dict[str, Any]:
    return {
        "name": "Sync what is ours",
        "ansible.builtin.include_role": {"name": "stowage.s3.sync"},
        "vars": {"sync_jobs": list(jobs), **variables},
        "tags": ["always"],
    }


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], {"docs", "media", "site"}),
        (["--tags", "docs"], {"docs"}),
        (["--tags", "nightly"], {"docs", "media", "site"}),
        (["--tags", "elsewhere"], set()),
        (["--skip-tags", "media"], {"docs", "site"}),
        (["-e", "sync_jobs_only=docs,media"], {"docs", "media"}),
        (["--tags", "docs,site", "-e", '{"sync_jobs_only": ["site", "media"]}'], {"site"}),
    ],
)
def test_jobs_are_picked_by_tags_and_by_names(echo, tmp_path, arguments, expected):
    role = {"role": "stowage.s3.sync", "tags": ["nightly"]}
    variables = {"sync_jobs": [job("docs"), job("media"), job("site")]}
    run = Run(write_play(tmp_path, roles=[role], vars=variables), *arguments, ANSIBLE_COLLECTIONS_PATH=str(echo))
    assert run.code == 0, run.why
    assert set(run.results["localhost"]) == expected


def test_a_tag_picks_a_job_of_an_included_role_and_each_include_anew(echo, tmp_path):
    play = write_play(tmp_path, include(job("docs"), job("media")), include(job("site")))
    run = Run(play, "--tags", "media", ANSIBLE_COLLECTIONS_PATH=str(echo))
    assert run.code == 0, run.why
    assert run.results["localhost"] == {}, "the second include has no such job"
    assert '"source": "/srv/media"' in run.output
    assert '"source": "/srv/docs"' not in run.output


@pytest.mark.parametrize(
    ("jobs", "variables", "words"),
    [
        (
            [job("docs"), job("Docs"), job("docs"), job("never")],
            {"sync_jobs_only": "dosc"},
            ["more than once: docs.", "never, for its name is a tag", "no job dosc. The jobs of this host are: docs,"],
        ),
        (
            [
                job("docs", compare="magic", exlude=["*.tmp"], rules=[{"cache_control": "no-cache"}]),
                {"name": "media", "source": "/srv/media"},
            ],
            {"sync_defaults": {"delete": "perhaps"}},
            ["one of: content, time, size, existence, got: magic", "exlude", "match", "destination", "perhaps"],
        ),
    ],
)
def test_what_is_wrong_in_the_variables_fails_before_any_job(echo, tmp_path, jobs, variables, words):
    run = Run(write_play(tmp_path, include(*jobs, **variables)), ANSIBLE_COLLECTIONS_PATH=str(echo))
    assert run.code != 0
    assert not run.results
    for word in words:
        assert word in run.messages[0], run.messages


def test_a_failed_job_stops_no_other_and_is_named_at_the_end(echo, tmp_path):
    jobs = [job("docs"), job("media", source="/broken"), job("site")]
    run = Run(write_play(tmp_path, include(*jobs)), ANSIBLE_COLLECTIONS_PATH=str(echo))
    assert run.code == 2
    outcomes = run.results["localhost"]
    assert {name: result["failed"] for name, result in outcomes.items()} == {
        "docs": False,
        "media": True,
        "site": False,
    }
    assert outcomes["media"]["msg"] == "this job is broken"
    assert "1 of 3 jobs failed: media." in run.messages[-1]


def test_credentials_of_a_job_are_not_printed(echo, tmp_path):
    jobs = [job("media", source="/broken", access_key="AKIAIOSFODNN7EXAMPLE", secret_key=SECRET)]
    play = write_play(tmp_path, include(*jobs))
    run = Run(play, "-vvv", ANSIBLE_COLLECTIONS_PATH=str(echo), ANSIBLE_STDOUT_CALLBACK="default")
    assert run.code == 2
    assert "this job is broken" in run.output
    assert SECRET not in run.output


def example(name: str, option: dict[str, Any]) -> Any:
    """A value of an option that is not its default."""
    if option.get("choices"):
        return next(choice for choice in option["choices"] if choice != option.get("default"))
    if option["type"] == "bool":
        return not option.get("default", False)
    if option["type"] == "list":
        return [{"match": ["*.html"], "tags": {"a": "b"}}] if option["elements"] == "dict" else ["*.txt"]
    return {"int": 7, "float": 2.5, "dict": {"retries": {"max_attempts": 2}}}.get(option["type"], f"/some/{name}")


def test_every_option_of_the_module_reaches_it_and_none_is_invented(echo, tmp_path, documented):
    own = {"source", "destination"}
    every = {name: example(name, option) for name, option in documented.items() if name not in own}
    # Ansible takes no null where there are choices.
    nulls = {name: None for name, option in documented.items() if name not in own and not option.get("choices")}
    jobs = [job("whole", **every), job("none"), job("null", **nulls)]
    run = Run(write_play(tmp_path, include(*jobs)), ANSIBLE_COLLECTIONS_PATH=str(echo))
    assert run.code == 0, run.why
    del every["secret_key"]  # which the module keeps to itself
    assert run.given()["whole"] == {"source": "/srv/whole", "destination": "s3://bucket/whole", **every}
    assert run.given()["none"] == {"source": "/srv/none", "destination": "s3://bucket/none"}
    assert run.given()["null"] == {"source": "/srv/null", "destination": "s3://bucket/null"}


def test_the_jobs_win_over_the_defaults_and_those_over_module_defaults(echo, tmp_path):
    play = write_play(
        tmp_path,
        include(
            job("plain"),
            job("own", compare="size", max_delete=None),
            sync_defaults={"compare": "time", "max_delete": "5%"},
        ),
        module_defaults={"group/stowage.s3.s3": {"compare": "existence", "region": "eu-west-1"}},
    )
    run = Run(play, ANSIBLE_COLLECTIONS_PATH=str(echo))
    assert run.code == 0, run.why
    told = {
        name: {key: given.get(key) for key in ("compare", "max_delete", "region")}
        for name, given in run.given().items()
    }
    assert told == {
        "plain": {"compare": "time", "max_delete": "5%", "region": "eu-west-1"},
        "own": {"compare": "size", "max_delete": None, "region": "eu-west-1"},
    }


def test_the_role_takes_each_option_as_the_module_does(documented):
    prove_options("sync", documented, {"source", "destination"})


def inventory(name: str) -> list[str | pathlib.Path]:
    return [ROOT / "playbooks/sync.yml", "-i", ROOT / "inventories" / name]


def test_limit_picks_an_account_and_the_inventory_says_how_to_reach_it(echo):
    run = Run(*inventory("prod"), "--limit", "archive", "--tags", "uploads", ANSIBLE_COLLECTIONS_PATH=str(echo))
    assert run.code == 0, run.why
    assert set(run.results) == {"archive"}
    assert run.given("archive") == {
        "uploads": {
            "source": "/srv/uploads",
            "destination": "s3://example-archive/uploads",
            "storage_class": "INTELLIGENT_TIERING",
            "max_delete": "5%",
            "expected_bucket_owner": "444455556666",
            "region": "eu-west-1",
            "assume_role_arn": "arn:aws:iam::444455556666:role/stowage-sync",
            "expected_account": "444455556666",
        }
    }


@pytest.mark.parametrize(
    ("name", "hosts", "jobs"),
    [
        ("local", {"local"}, {"upload", "download"}),
        ("dev", {"dev"}, {"site"}),
        ("staging", {"staging"}, {"site"}),
        ("prod", {"media", "archive"}, {"uploads", "reports"}),
    ],
)
def test_every_inventory_stands(echo, name, hosts, jobs):
    run = Run(*inventory(name), "--check", ANSIBLE_COLLECTIONS_PATH=str(echo))
    assert run.code == 0, run.why
    assert {host: set(results) for host, results in run.results.items()} == dict.fromkeys(hosts, jobs)
    for host in hosts:
        assert all(result["check"] for result in run.results[host].values())
        for given in run.given(host).values():
            # The local environment must never reach AWS, the others must never touch a wrong account.
            assert given.get("endpoint_url" if name == "local" else "expected_account")


def test_a_foreign_playbook_syncs_for_real(s3_server, bucket, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.txt").write_text("one\n")
    tasks = [
        {
            "block": [
                include(
                    {"name": "up", "source": f"{source}/", "destination": f"s3://{bucket}/up"},
                    {"name": "gone", "source": f"{tmp_path}/absent", "destination": f"s3://{bucket}/gone"},
                    {"name": "copy", "source": f"s3://{bucket}/up", "destination": f"s3://{bucket}/copy"},
                )
            ],
            "rescue": [{"ansible.builtin.debug": {"msg": "It is known: {{ ansible_failed_result.msg }}"}}],
        }
    ]
    play = write_play(tmp_path, *tasks, module_defaults={"group/stowage.s3.s3": {"state_dir": f"{tmp_path}/state"}})
    preview = Run(play, "--check", "--diff", **s3_server.env)
    assert preview.code == 0, preview.why
    assert preview.results["localhost"]["up"]["summary"]["upload"]["count"] == 1
    s3 = s3_server.client()
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)

    run = Run(play, **s3_server.env)
    assert run.code == 0, run.why
    assert "It is known: 1 of 3 jobs failed: gone." in run.output
    results = run.results["localhost"]
    assert results["up"]["summary"] == preview.results["localhost"]["up"]["summary"]
    assert results["gone"]["failed"]
    assert str(tmp_path / "absent") in results["gone"]["msg"]
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert sorted(keys) == ["copy/a.txt", "up/a.txt"]

    again = Run(play, **s3_server.env)
    assert {name: result["changed"] for name, result in again.results["localhost"].items()} == {
        "up": False,
        "gone": False,
        "copy": False,
    }
