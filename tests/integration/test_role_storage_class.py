# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The role storage_class, the playbooks storage_class and cost, and what our inventories say of them."""

from __future__ import annotations

import csv
import json
import pathlib
import uuid
from typing import Any

import pytest
import yaml
from ansible_collections.stowage.s3.plugins.module_utils._cost.run import COST_INFO_SPEC
from plays import Run, documented, prove_options, write_play
from server import Server

ROOT = pathlib.Path(__file__).parents[2]
INVENTORIES = ["local", "dev", "staging", "prod"]
KB = 1 << 10
SECRET = "wJalrXUtnFEMI/K7MDENG"
# Of nobody else's in these tests.
ACCOUNTS = {"media": "550000000001", "archive": "550000000002"}


def put(server: Server, bucket: str, **sizes: int) -> None:
    """A bucket with objects of these sizes."""
    s3 = server.client()
    s3.create_bucket(Bucket=bucket)
    for key, size in sizes.items():
        s3.put_object(Bucket=bucket, Key=f"old/{key}", Body=bytes(size))


def classes(server: Server, bucket: str) -> dict[str, str]:
    """The class of each object."""
    listed = server.client().list_objects_v2(Bucket=bucket)["Contents"]
    return {each["Key"]: each.get("StorageClass", "STANDARD") for each in listed}


def test_the_role_takes_each_option_as_the_module_does() -> None:
    prove_options("storage_class", documented("storage_class"), {"bucket", "prefix"})


def test_the_inventories_say_what_role_and_playbook_take() -> None:
    """Their variables, whose values the runs below replace."""
    specs = yaml.safe_load((ROOT / "roles/storage_class/meta/argument_specs.yml").read_text())
    options = specs["argument_specs"]["main"]["options"]
    allowed = {"cost_buckets": {"name"}, "cost_defaults": set[str]()}
    allowed = {name: own | COST_INFO_SPEC.keys() - {"bucket"} for name, own in allowed.items()}
    allowed |= {name: set(options[name]["options"]) for name in ("storage_class_defaults", "storage_class_jobs")}
    for inventory in INVENTORIES:
        folder = ROOT / "inventories" / inventory / "group_vars/all"
        told = {
            k: v
            for name in ("cost", "storage_class")
            for k, v in yaml.safe_load((folder / f"{name}.yml").read_text()).items()
        }
        assert {"cost_defaults", "cost_buckets"} & told.keys() and "storage_class_jobs" in told
        for name, value in told.items():
            for entry in value if isinstance(value, list) else [value]:
                assert entry.keys() <= allowed[name]


def role(folder: pathlib.Path, *jobs: dict[str, Any], **variables: Any) -> pathlib.Path:
    """A playbook of the role."""
    return write_play(folder, roles=["stowage.s3.storage_class"], vars={"storage_class_jobs": jobs, **variables})


def test_a_failed_job_stops_no_other_and_a_job_wins_over_defaults(s3_server: Server, tmp_path: pathlib.Path) -> None:
    name = f"role-{uuid.uuid4().hex[:8]}"
    put(s3_server, name, a=1, b=200 * KB)
    jobs = [
        {"name": "gone", "bucket": f"{name}-gone", "access_key": "AKIAEXAMPLE", "secret_key": SECRET},
        {
            "name": "large",
            "bucket": name,
            "prefix": "old",
            "storage_class": None,
            "rules": [{"min_size": "128K", "storage_class": "GLACIER_IR"}],
        },
        {"name": "advice", "bucket": name, "storage_class": None, "recommend": {"prefix_depth": 0}},
    ]
    defaults = {"storage_class": "STANDARD_IA", "state_dir": f"{tmp_path}/state"}
    play = role(tmp_path, *jobs, storage_class_defaults=defaults)
    run = Run(play, **s3_server.env)
    assert run.code == 2 and "1 of 3 jobs failed: gone." in run.why and "storage_class_jobs_only=gone" in run.why
    results = run.results["localhost"]
    assert [name for name, result in results.items() if result["changed"]] == ["large"]
    assert results["gone"]["failed"] and "recommendations" in results["advice"]
    assert classes(s3_server, name) == {"old/a": "STANDARD", "old/b": "GLACIER_IR"}
    assert SECRET not in run.output


def test_what_is_wrong_in_the_variables_fails_before_any_job(tmp_path: pathlib.Path) -> None:
    job = {"name": "a", "bucket": "a", "storage_class": "GLACIER_IR"}
    run = Run(role(tmp_path, job, job, storage_class_jobs_only="b"))
    assert run.code == 2 and not run.results and "more than once: a." in run.why
    assert "there is no job b. The jobs of this host are: a" in run.why


class Accounts:
    """Two accounts of the inventory of production, with a bucket each that is named alike."""

    def __init__(self, moto: Server, folder: pathlib.Path) -> None:
        self.moto, self.folder = moto, folder
        self.servers = {name: moto.within(number) for name, number in ACCOUNTS.items()}
        hosts = {name: {"aws_account_id": number} for name, number in ACCOUNTS.items()}
        (folder / "hosts.yml").write_text(yaml.safe_dump({"accounts": {"hosts": hosts}}))
        self.tag = uuid.uuid4().hex[:6]

    def bucket(self, account: str) -> str:
        """Its name."""
        return f"{account}-{self.tag}"

    def play(self, name: str, variables: dict[str, Any], *arguments: str) -> Run:
        """One of our playbooks, in both accounts."""
        places = ["-i", ROOT / "inventories/prod", "-i", self.folder / "hosts.yml"]
        told = {"aws_endpoint_url": self.moto.endpoint, **variables}
        state = {"XDG_STATE_HOME": str(self.folder / "state"), "XDG_CACHE_HOME": str(self.folder / "cache")}
        return Run(
            ROOT / f"playbooks/{name}.yml", *places, "-e", json.dumps(told), *arguments, **self.moto.env, **state
        )


@pytest.fixture(scope="module")
def accounts(moto_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Accounts:
    """Both, with an object below the least size of cold classes and one above it."""
    found = Accounts(moto_server, tmp_path_factory.mktemp("accounts"))
    for name, server in found.servers.items():
        put(server, found.bucket(name), small=1, large=1024 * KB)
    return found


def test_objects_of_several_accounts_are_moved_as_previewed_and_then_left_alone(accounts: Accounts) -> None:
    rules = [{"min_size": "128K", "storage_class": "GLACIER_IR"}]
    job = {"name": "cold", "bucket": f"{{{{ inventory_hostname }}}}-{accounts.tag}", "prefix": "old", "rules": rules}
    variables = {"storage_class_jobs": [job]}
    preview = accounts.play("storage_class", variables, "--check", "--diff")
    assert preview.code == 0, preview.why
    run = accounts.play("storage_class", variables, "--diff")
    again = accounts.play("storage_class", variables)
    for name, server in accounts.servers.items():
        seen, done, left = (each.results[name]["cold"] for each in (preview, run, again))
        same = ("summary", "actions", "forecast", "changed")
        assert {key: seen[key] for key in same} == {key: done[key] for key in same}
        assert [each["key"] for each in done["actions"]] == ["large"] and done["forecast"]["horizon_months"] == 24
        assert not left["changed"]
        assert classes(server, accounts.bucket(name)) == {"old/small": "STANDARD", "old/large": "GLACIER_IR"}


def test_what_several_accounts_cost(accounts: Accounts, tmp_path: pathlib.Path) -> None:
    """All their buckets, where the inventory names none."""
    put(accounts.servers["media"], f"{accounts.tag}-second", a=2048 * KB)
    files = {"json": str(tmp_path / "costs.json"), "csv": str(tmp_path / "costs.csv")}
    variables = {
        "cost_buckets": [],
        "cost_output": files,
        "cost_defaults": {"prefix_depth": 1, "prices": [{"kind": "storage", "storage_class": "STANDARD", "usd": 1024}]},
    }
    checked = accounts.play("cost", variables, "--check")
    assert checked.code == 0, checked.why
    assert list(tmp_path.iterdir()) == []
    closed = {"aws_account_id": "550000000003", "aws_role_arn": "arn:aws:iam::550000000004:role/wrong"}
    (tmp_path / "closed.yml").write_text(yaml.safe_dump({"accounts": {"hosts": {"closed": closed}}}))
    run = accounts.play("cost", variables, "-i", str(tmp_path / "closed.yml"))
    assert run.code == 2 and run.messages[0].count("550000000003") == 1 == len(run.messages)
    assert run.results == checked.results
    told = json.loads(pathlib.Path(files["json"]).read_text())
    assert told["buckets"] == [each for name in ACCOUNTS for each in run.results[name]] and told["unasked"] == [
        "closed"
    ]
    costs = {each["bucket"]: each["monthly_usd"] for each in told["buckets"]}
    assert list(costs) == [accounts.bucket("media"), f"{accounts.tag}-second", accounts.bucket("archive")]
    assert costs[f"{accounts.tag}-second"] == 2.0 and told["monthly_usd"] == pytest.approx(sum(costs.values()))
    with open(files["csv"], newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["account"], row["bucket"], float(row["monthly_usd"])) for row in rows] == [
        (each["account"], each["bucket"], each["monthly_usd"]) for each in told["buckets"]
    ]
    assert f"{accounts.tag}-second: $2.00 a month, 2.00 MB" in run.output
    assert f"${told['monthly_usd']:.2f} a month for 3 buckets of 2 accounts, without closed" in run.output


def test_a_bucket_that_cannot_be_priced_stops_no_other(accounts: Accounts, tmp_path: pathlib.Path) -> None:
    entries = [
        {"name": "no-such-bucket"},
        {"name": accounts.bucket("media"), "prefix": "old/small", "horizon_months": 1},
    ]
    variables = {"cost_buckets": entries, "cost_output": {"json": str(tmp_path / "costs.json")}}
    run = accounts.play("cost", variables, "--limit", "media")
    assert run.code == 2 and "1 of 2 buckets could not be priced: no-such-bucket." in run.why
    (priced,) = json.loads((tmp_path / "costs.json").read_text())["buckets"]
    assert (priced["bytes"], priced["horizon_months"]) == (1, 1.0)
    assert "no-such-bucket: not known, its error stands above" in run.output
    wrong = accounts.play("cost", {"cost_output": {"xml": "a"}}, "--limit", "media")
    assert wrong.code == 2 and "cost_output: xml is given; allowed are csv and json" in wrong.why and not wrong.results
