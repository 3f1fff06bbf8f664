# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The baseline over three accounts by one play: previewed, run, run again; and what it must not touch.

Each account has a third of the kinds of wrong, and with --every-bucket all of them, as `make judge` asks.
"""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest
import yaml
from mess import KINDS, LOGS, ON_PURPOSE, SITE, Account, inventory
from plays import Run
from server import Server, moto

ROOT = pathlib.Path(__file__).parents[2]
ACCOUNTS = {"web": "111122223333", "data": "222233334444", "lab": "333344445555"}
CONTROLS = ["S3.1", "S3.2", "S3.3", "S3.5", "S3.6", "S3.8", "S3.9", "S3.13", "S3.14"]
STRANGER = "stranger"  # a host with the role of one account and the number of another
TOLD = ("before", "after", "left")  # the same of a preview


def kinds(account: int, every: bool) -> list[str]:
    """Those that an account has; all of them need a bucket for logs."""
    others = [kind for kind in KINDS if kind != LOGS]
    return [*(others if every else others[account :: len(ACCOUNTS)]), LOGS]


@pytest.fixture(scope="module")
def accounts(pytestconfig: pytest.Config) -> Any:
    """Three accounts on a moto of their own, all in a mess."""
    every = pytestconfig.getoption("--every-bucket")
    with moto() as server:
        yield (
            server,
            [
                Account(server, name, number, kinds(place, every))
                for place, (name, number) in enumerate(ACCOUNTS.items())
            ],
        )


def hosts_of(folder: pathlib.Path, server: Server) -> pathlib.Path:
    """The inventory, as a file."""
    path = folder / "hosts.yml"
    place = f"{folder}/{{{{ inventory_hostname }}}}"
    files = {
        "baseline_output": {kind: f"{place}.{kind}" for kind in ("html", "json")},
        "baseline_previous": f"{place}.json",
    }
    told = inventory(server, ACCOUNTS, baseline_controls=CONTROLS, baseline_suppressions=ON_PURPOSE, **files)
    hosts = told["accounts"]["hosts"]
    hosts[STRANGER] = {**hosts["web"], "aws_account_id": "444455556666"}
    path.write_text(yaml.safe_dump(told))
    return path


def baseline(hosts: pathlib.Path, server: Server, *options: str, code: int = 0) -> Run:
    """A run of our playbook."""
    run = Run(ROOT / "playbooks/baseline.yml", "-i", hosts, *options, "--forks", "4", **server.env)
    assert run.code == code, run.why
    return run


def test_three_accounts_by_one_play(accounts: Any, tmp_path: pathlib.Path) -> None:
    server, found = accounts
    hosts = hosts_of(tmp_path, server)
    before = {account.name: account.state() for account in found}
    preview = baseline(hosts, server, "--check", "--diff", "--limit", "web")
    assert {account.name: account.state() for account in found} == before
    assert list(tmp_path.iterdir()) == [hosts]  # the preview writes no files
    run = baseline(hosts, server, "--limit", f"!{STRANGER}")
    settled = {account.name: account.state() for account in found}
    for account in found:
        done = run.results[account.name]
        if account.name in preview.results:
            seen = preview.results[account.name]
            assert {name: seen[name] for name in TOLD} == {name: done[name] for name in TOLD}
        judged = {(each["control"], each["bucket"]): each for each in done["findings"]}
        failed = {key for key, each in judged.items() if each["verdict"] == "fail" and not each["suppressed"]}
        # Nobody may take a partner's permission away, and a web site keeps the account open.
        expected = {(control, account.bucket(kind)) for kind in account.kinds for control in KINDS[kind].left}
        if SITE in account.kinds:
            expected |= {("S3.1", "")}
            site = judged["S3.2", account.bucket(SITE)]
            assert site["verdict"] == "fail" and site["suppressed"]
        assert failed == expected
        # A bucket for logs does not log itself, and once others log there it is not asked to.
        logs = ("S3.9", account.bucket(LOGS))
        assert judged[logs]["verdict"] == "not_applicable"
        assert {(each["control"], each["bucket"]) for each in done["left"]} == {*expected, logs}
        critical = sum(KINDS[kind].critical for kind in account.kinds)
        assert done["before"]["fails"]["critical"] == critical and done["after"]["fails"]["critical"] == 0
        untouched(before[account.name], settled[account.name])
        assert done["changes"]["since"] == ""
        assert account.bucket(LOGS) in (tmp_path / f"{account.name}.html").read_text()
    # Again, with one whose keys lead to another account than they should.
    again = baseline(hosts, server, code=2)
    assert {host: stats["changed"] for host, stats in again.stats.items()} == dict.fromkeys([*ACCOUNTS, STRANGER], 0)
    for account in found:
        assert {name: again.results[account.name][name] for name in ("findings", "after")} == {
            name: run.results[account.name][name] for name in ("findings", "after")
        }
        changes = again.results[account.name]["changes"]
        assert changes.pop("since") and set(map(len, changes.values())) == {0}
    assert len(again.messages) == 1 and f"belong to account {ACCOUNTS['web']}" in again.why
    assert "nothing was done" in again.why and {account.name: account.state() for account in found} == settled


def test_an_audit_alone_is_written_once_and_compared_with_the_last(moto_server: Server, tmp_path: pathlib.Path) -> None:
    files = {kind: str(tmp_path / f"audit.{kind}") for kind in ("html", "json")}
    told = {"baseline_output": files, "baseline_previous": files["json"], "baseline_account": False}
    connection = {"ansible_connection": "local", "aws_endpoint_url": moto_server.endpoint, "aws_region": "us-east-1"}
    hosts = tmp_path / "hosts.yml"
    hosts.write_text(yaml.safe_dump({"accounts": {"hosts": {"one": {**told, **connection}}}}))
    since = []
    for _number in range(2):
        run = Run(ROOT / "playbooks/audit.yml", "-i", hosts, **moto_server.env)
        assert run.code == 0, run.why
        since.append(run.results["one"]["changes"]["since"])
        since.append(json.loads((tmp_path / "audit.json").read_text())["time"])
    # The second tells what changed since what the first wrote.
    assert since[0] == "" and since[2] == since[1]


def test_every_kind_is_in_an_account() -> None:
    shares = [kinds(place, every=False) for place in range(len(ACCOUNTS))]
    assert sorted(kind for share in shares for kind in share if kind != LOGS) == sorted(KINDS.keys() - {LOGS})
    assert all(LOGS in share for share in shares)
    assert sorted(kinds(0, every=True)) == sorted(KINDS)


def untouched(before: dict[str, Any], after: dict[str, Any]) -> None:
    """What others put there stays, in its order; ours came behind."""
    for name, old in before.items():
        new = after[name]
        theirs = json.loads(old["policy"]).get("Statement", [])
        assert json.loads(new["policy"])["Statement"][: len(theirs)] == theirs
        assert new["rules"][: len(old["rules"])] == old["rules"]
        assert (new["tags"], new["queues"], new["cors"]) == (old["tags"], old["queues"], old["cors"])
