# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The baseline over three accounts by one play: previewed, run, run again; and what it must not touch."""

from __future__ import annotations

import json
import pathlib
import uuid
from typing import Any

import boto3
import pytest
import yaml
from plays import Run
from server import Server, moto

ROOT = pathlib.Path(__file__).parents[2]
ACCOUNTS = {"web": "111122223333", "data": "222233334444", "lab": "333344445555"}
ROLE = "arn:aws:iam::{}:role/baseline"
TAG = uuid.uuid4().hex[:6]
TOLD = ("before", "after", "left")  # the same of a preview
PARTNER = "999988887777"


class Account:
    """One of moto's accounts, entered by a role; its buckets have its name before theirs."""

    def __init__(self, server: Server, name: str) -> None:
        self.name, self.number = name, ACCOUNTS[name]
        given = server.client("sts").assume_role(RoleArn=ROLE.format(self.number), RoleSessionName="test")
        keys = given["Credentials"]
        self.session = boto3.session.Session(
            keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region_name=server.region
        )
        self.s3 = self.session.client("s3", endpoint_url=server.endpoint)

    def bucket(self, kind: str) -> str:
        """The name of a bucket."""
        return f"{self.name}-{kind}-{TAG}"

    def state(self) -> dict[str, Any]:
        """What others put into the buckets: statements of policies, rules, notifications, tags."""
        found = {}
        for each in self.s3.list_buckets()["Buckets"]:
            name = each["Name"]
            found[name] = {
                "policy": self._answer("get_bucket_policy", name).get("Policy", "{}"),
                "rules": self._answer("get_bucket_lifecycle_configuration", name).get("Rules", []),
                "tags": self._answer("get_bucket_tagging", name).get("TagSet", []),
                "queues": self._answer("get_bucket_notification_configuration", name).get("QueueConfigurations", []),
                "cors": self._answer("get_bucket_cors", name).get("CORSRules", []),
            }
        return found

    def _answer(self, method: str, name: str) -> dict[str, Any]:
        try:
            return dict(getattr(self.s3, method)(Bucket=name))
        except self.s3.exceptions.ClientError:
            return {}


def statement(name: str, sid: str, **more: Any) -> dict[str, Any]:
    """Somebody else's."""
    plain = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{PARTNER}:root"}, "Action": "s3:GetObject"}
    return {"Sid": sid, **plain, "Resource": f"arn:aws:s3:::{name}/*", **more}


OFF = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), False)


def wrong(account: Account) -> None:
    """Fifteen buckets of all kinds of wrong."""
    s3 = account.s3

    def new(kind: str, *statements: dict[str, Any], **more: Any) -> str:
        name = account.bucket(kind)
        s3.create_bucket(Bucket=name, **more)
        if statements:
            document = {
                "Version": "2012-10-17",
                "Statement": [{**each, "Resource": f"arn:aws:s3:::{name}/*"} for each in statements],
            }
            s3.put_bucket_policy(Bucket=name, Policy=json.dumps(document))
        return name

    def block(name: str, **on: bool) -> None:
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration={**OFF, **on})

    everybody = statement("", "Everybody", Principal="*")
    new("bare")
    block(new("half-blocked"), BlockPublicAcls=True, IgnorePublicAcls=True)
    new("open-policy", everybody)
    new("site", everybody)  # on purpose
    new("open-acl", ObjectOwnership="ObjectWriter")
    s3.put_bucket_acl(Bucket=account.bucket("open-acl"), ACL="public-read")
    new("partner", statement("", "Partner"), statement("", "PartnerLists", Action="s3:GetObjectTagging"))
    new("partner-too-much", statement("", "TooMuch", Action=["s3:PutObjectAcl", "s3:GetObject"]))
    half = statement("", "HalfTls", Effect="Deny", Principal="*", Action="s3:GetObject")
    new("half-tls", {**half, "Condition": {"Bool": {"aws:SecureTransport": "false"}}})
    old = new("old-tls")
    whole = statement("", "OldTls", Effect="Deny", Principal="*", Action="s3:*")
    whole |= {
        "Resource": [f"arn:aws:s3:::{old}", f"arn:aws:s3:::{old}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    s3.put_bucket_policy(Bucket=old, Policy=json.dumps({"Version": "2012-10-17", "Statement": [whole]}))
    suspended = new("suspended")
    s3.put_bucket_versioning(Bucket=suspended, VersioningConfiguration={"Status": "Suspended"})
    ruled = new("ruled")
    rule = {"ID": "theirs", "Status": "Disabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 9}}
    s3.put_bucket_lifecycle_configuration(Bucket=ruled, LifecycleConfiguration={"Rules": [rule]})
    tagged = new("tagged")
    s3.put_bucket_tagging(Bucket=tagged, Tagging={"TagSet": [{"Key": "team", "Value": "web"}]})
    cors = new("cors")
    s3.put_bucket_cors(
        Bucket=cors,
        CORSConfiguration={"CORSRules": [{"ID": "read", "AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]},
    )
    new("locked", ObjectLockEnabledForBucket=True)
    delivery = {"Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject"}
    new("logs", statement("", "Logs", **delivery))


@pytest.fixture(scope="module")
def accounts() -> Any:
    """Three accounts on a moto of their own, all in a mess."""
    with moto() as server:
        found = [Account(server, name) for name in ACCOUNTS]
        for account in found:
            wrong(account)
        yield server, found


def inventory(folder: pathlib.Path, server: Server, **more: Any) -> pathlib.Path:
    """A host for each account."""
    hosts = {
        name: {"aws_account_id": number, "aws_role_arn": ROLE.format(number), "account": name}
        for name, number in ACCOUNTS.items()
    }
    variables = {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "aws_endpoint_url": server.endpoint,
        "aws_region": server.region,
        "baseline_controls": ["S3.1", "S3.2", "S3.3", "S3.5", "S3.6", "S3.8", "S3.9", "S3.13", "S3.14"],
        "baseline_options": {
            "S3.9": {"logging": {"target_bucket": f"{{{{ account }}}}-logs-{TAG}", "target_prefix": "{bucket}/"}}
        },
        "baseline_suppressions": [
            {"control": control, "buckets": [f"*-site-{TAG}"], "reason": "It is a web site."}
            for control in ("S3.2", "S3.8")
        ],
        "baseline_output": {kind: f"{folder}/{{{{ inventory_hostname }}}}.{kind}" for kind in ("html", "json")},
        "baseline_previous": f"{folder}/{{{{ inventory_hostname }}}}.json",
        **more,
    }
    path = folder / "hosts.yml"
    path.write_text(yaml.safe_dump({"accounts": {"hosts": hosts, "vars": variables}}))
    return path


def baseline(hosts: pathlib.Path, server: Server, *options: str) -> Run:
    """A run of our playbook that succeeds."""
    run = Run(ROOT / "playbooks/baseline.yml", "-i", hosts, *options, "--forks", "3", **server.env)
    assert run.code == 0, run.why
    return run


def test_three_accounts_by_one_play(accounts: Any, tmp_path: pathlib.Path) -> None:
    server, found = accounts
    hosts = inventory(tmp_path, server)
    before = {account.name: account.state() for account in found}
    preview = baseline(hosts, server, "--check", "--diff", "--limit", "web")
    assert {account.name: account.state() for account in found} == before
    assert list(tmp_path.iterdir()) == [hosts]  # the preview writes no files
    run = baseline(hosts, server)
    for account in found:
        done = run.results[account.name]
        if account.name in preview.results:
            seen = preview.results[account.name]
            assert {name: seen[name] for name in TOLD} == {name: done[name] for name in TOLD}
        judged = {(each["control"], each["bucket"]): each for each in done["findings"]}
        failed = {key for key, each in judged.items() if each["verdict"] == "fail" and not each["suppressed"]}
        site = account.bucket("site")
        # Nobody may take a partner's permission away, and a web site keeps the account open.
        assert failed == {("S3.1", ""), ("S3.6", account.bucket("partner-too-much"))}
        assert {(each["control"], each["bucket"]) for each in done["left"]} == failed
        assert judged["S3.2", site]["verdict"] == "fail" and judged["S3.2", site]["suppressed"]
        assert done["before"]["fails"]["critical"] == 2 and done["after"]["fails"]["critical"] == 0
        untouched(before[account.name], account.state())
        assert done["changes"]["since"] == ""
        assert account.bucket("site") in (tmp_path / f"{account.name}.html").read_text()
    again = baseline(hosts, server)
    for account in found:
        told = again.results[account.name]["changes"]
        assert told.pop("since") and set(map(len, told.values())) == {0}
    assert {host: stats["changed"] for host, stats in again.stats.items()} == dict.fromkeys(ACCOUNTS, 0)


def untouched(before: dict[str, Any], after: dict[str, Any]) -> None:
    """What others put there stays, in its order; ours came behind."""
    for name, old in before.items():
        new = after[name]
        theirs = json.loads(old["policy"]).get("Statement", [])
        assert json.loads(new["policy"])["Statement"][: len(theirs)] == theirs
        assert new["rules"][: len(old["rules"])] == old["rules"]
        assert (new["tags"], new["queues"], new["cors"]) == (old["tags"], old["queues"], old["cors"])


def test_a_wrong_account_is_refused(accounts: Any, tmp_path: pathlib.Path) -> None:
    server, found = accounts
    before = found[0].state()
    hosts = inventory(tmp_path, server)
    run = Run(
        ROOT / "playbooks/baseline.yml",
        "-i",
        hosts,
        "--limit",
        "web",
        "-e",
        "aws_account_id=444455556666",
        **server.env,
    )
    assert run.code == 2 and "belong to account 111122223333" in run.why and "nothing was done" in run.why
    assert found[0].state() == before
