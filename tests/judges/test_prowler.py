# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Prowler judges accounts in a mess before our baseline and after it. `make judge` runs this; it takes minutes."""

from __future__ import annotations

import pathlib
import re
import subprocess
from collections.abc import Callable
from typing import Any

import second_opinion
import yaml
from ansible_collections.stowage.s3.plugins.module_utils._audit.table import CONTROLS
from mess import KINDS, ON_PURPOSE, Account, inventory
from peers import prowler
from plays import Run, clean_environment
from second_opinion import ACCOUNT, CHECKS, FAIL, JUDGED, PASS, Said
from server import Server, moto

ROOT = pathlib.Path(__file__).parents[2]
# One has a bucket that is public on purpose, so it is not shut as a whole, and Prowler looks at each bucket.
ACCOUNTS = {"site": "111122223333", "shut": "222233334444"}
# Its remedy is known to be lost.
FORGOTTEN = [{"control": "S3.11", "reason": "moto does not keep that events go to EventBridge."}]
# It takes what is not configured for an error.
NO_ERROR = "ServerSideEncryptionConfigurationNotFoundError"


def judged(account: Account, server: Server, folder: pathlib.Path) -> list[prowler.Row]:
    """Prowler's findings. It has to have read everything, and to have gone nowhere else."""
    (folder / "home").mkdir(parents=True)
    keys = {"ACCESS_KEY_ID": "AccessKeyId", "SECRET_ACCESS_KEY": "SecretAccessKey", "SESSION_TOKEN": "SessionToken"}
    entered = {f"AWS_{name}": account.keys[key] for name, key in keys.items()}
    done = subprocess.run(
        prowler.command(folder),
        env={**clean_environment(), **server.env, **entered, "HOME": str(folder / "home")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    errors = [line for line in re.findall("(?:ERROR|CRITICAL): .*", done.stderr) if NO_ERROR not in line]
    assert (done.returncode, errors) == (0, []), done.stderr[-2000:]
    return prowler.read(folder)


def test_every_check_is_known() -> None:
    assert prowler.checks() == CHECKS.keys()
    assert {check.control for check in CHECKS.values() if check.control} <= {control.id for control in CONTROLS}


def test_prowler_sees_what_we_remedied(tmp_path: pathlib.Path, record_property: Callable[[str, Any], None]) -> None:
    with moto() as server:
        accounts = [Account(server, name, number) for name, number in ACCOUNTS.items()]
        path = tmp_path / "hosts.yml"
        told = inventory(server, ACCOUNTS, baseline_classes=["safe", "opt_in"], baseline_suppressions=FORGOTTEN)
        told["accounts"]["hosts"]["site"]["baseline_suppressions"] = [*FORGOTTEN, *ON_PURPOSE]
        path.write_text(yaml.safe_dump(told))
        theirs: dict[tuple[str, str], Said] = {}
        ours: dict[tuple[str, str], Said] = {}
        runs: dict[str, Run] = {}
        for moment, playbook in {"before": "audit", "after": "baseline"}.items():
            runs[moment] = Run(ROOT / f"playbooks/{playbook}.yml", "-i", path, **server.env)
            assert runs[moment].code == 0, runs[moment].why
            for account in accounts:
                kinds = {account.bucket(kind): kind for kind in KINDS}
                key, findings = (moment, account.name), runs[moment].results[account.name]["findings"]
                rows = judged(account, server, tmp_path / account.name / moment)
                theirs[key] = second_opinion.theirs(rows, account.number, kinds)
                ours[key] = second_opinion.ours(findings, kinds)
    for (moment, name), said in theirs.items():
        assert second_opinion.differences(ours[moment, name], said) == second_opinion.listed(moment), (moment, name)
        record_property("verdicts compared", len(said))
    for account in accounts:
        kinds = {account.bucket(kind): kind for kind in KINDS}
        remedied = {
            (control, kinds.get(entry.get("name", ""), ACCOUNT))
            for entry in runs["after"].results[account.name]["remedied"]
            for control in entry["controls"]
            if control in JUDGED.values()
        }
        before, after = (theirs[moment, account.name] for moment in ("before", "after"))
        loose, strict = ({each[:2] for each in second_opinion.listed(moment)} for moment in ("before", "after"))
        assert {after[pair] for pair in remedied - strict} == {PASS}
        assert {before[pair] for pair in remedied - strict - loose} == {FAIL}
        record_property("verdicts that turned from FAIL to PASS", len(remedied - strict - loose))
