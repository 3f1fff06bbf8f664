# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Accounts in a mess: buckets of all kinds of wrong, for what is to put them right and for who judges that."""

from __future__ import annotations

import dataclasses
import functools
import json
import uuid
from collections.abc import Callable, Iterable
from typing import Any

import boto3
from server import Server

ROLE = "arn:aws:iam::{}:role/baseline"
PARTNER = "999988887777"
TAG = uuid.uuid4().hex[:6]
LOGS, SITE = "logs", "site"  # kinds that others have to know: where logs go, and what is public on purpose

OFF = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), False)
TLS = {"Effect": "Deny", "Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}


@dataclasses.dataclass(frozen=True)
class Kind:
    """How a bucket is wrong. change: makes it so, with a client and the bucket's name. new: how it is created.

    critical: whether that fails a critical control. left: what no machine may remedy.
    """

    change: Callable[[Any, str], object] = lambda _s3, _name: None
    new: dict[str, Any] = dataclasses.field(default_factory=dict)
    critical: bool = False
    left: tuple[str, ...] = ()


def says(*statements: dict[str, Any]) -> Callable[[Any, str], object]:
    """A policy of these, about the objects where they do not say."""

    def change(s3: Any, name: str) -> None:
        arn = f"arn:aws:s3:::{name}"
        whole = [{"Resource": f"{arn}/*", **each} for each in statements]
        text = json.dumps({"Version": "2012-10-17", "Statement": whole}).replace("{bucket}", arn)
        s3.put_bucket_policy(Bucket=name, Policy=text)

    return change


def statement(sid: str, **more: Any) -> dict[str, Any]:
    """Somebody else's: the partner may read."""
    partner = {"AWS": f"arn:aws:iam::{PARTNER}:root"}
    return {"Sid": sid, "Effect": "Allow", "Principal": partner, "Action": "s3:GetObject", **more}


def puts(method: str, **arguments: Any) -> Callable[[Any, str], object]:
    """One call of botocore."""
    return lambda s3, name: getattr(s3, method)(Bucket=name, **arguments)


KINDS: dict[str, Kind] = {
    "bare": Kind(),
    "half-blocked": Kind(
        puts(
            "put_public_access_block",
            PublicAccessBlockConfiguration={**OFF, "IgnorePublicAcls": True, "RestrictPublicBuckets": True},
        )
    ),
    "open-policy": Kind(says(statement("Everybody", Principal="*")), critical=True),
    SITE: Kind(says(statement("Everybody", Principal="*"))),
    "open-acl": Kind(puts("put_bucket_acl", ACL="public-read"), {"ObjectOwnership": "ObjectWriter"}, critical=True),
    "partner": Kind(says(statement("Partner"), statement("PartnerLists", Action="s3:GetObjectTagging"))),
    "partner-too-much": Kind(says(statement("TooMuch", Action=["s3:PutObjectAcl", "s3:GetObject"])), left=("S3.6",)),
    "half-tls": Kind(says(statement("HalfTls", **{**TLS, "Action": "s3:PutObject"}))),
    "old-tls": Kind(says(statement("OldTls", **{**TLS, "Action": "s3:*", "Resource": ["{bucket}", "{bucket}/*"]}))),
    "suspended": Kind(puts("put_bucket_versioning", VersioningConfiguration={"Status": "Suspended"})),
    "ruled": Kind(
        puts(
            "put_bucket_lifecycle_configuration",
            LifecycleConfiguration={
                "Rules": [
                    {"ID": "theirs", "Status": "Disabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 9}}
                ]
            },
        )
    ),
    "tagged": Kind(puts("put_bucket_tagging", Tagging={"TagSet": [{"Key": "team", "Value": "web"}]})),
    "cors": Kind(
        puts(
            "put_bucket_cors",
            CORSConfiguration={"CORSRules": [{"ID": "read", "AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]},
        )
    ),
    "locked": Kind(new={"ObjectLockEnabledForBucket": True}),
    LOGS: Kind(says(statement("PartnerReadsLogs"))),
}


def make(s3: Any, kind: str, name: str) -> None:
    """A bucket that is wrong."""
    s3.create_bucket(Bucket=name, **KINDS[kind].new)
    KINDS[kind].change(s3, name)


@functools.cache
def _session() -> boto3.session.Session:
    # It reads the models of services, which takes longer than a bucket.
    return boto3.session.Session()


class Account:
    """One of moto's accounts, entered by a role; its buckets have its name before theirs."""

    def __init__(self, server: Server, name: str, number: str, kinds: Iterable[str] = tuple(KINDS)) -> None:
        self.name, self.number, self.kinds = name, number, tuple(kinds)
        given = server.client("sts").assume_role(RoleArn=ROLE.format(number), RoleSessionName="test")
        self.keys = given["Credentials"]
        self.s3 = _session().client(
            "s3",
            region_name=server.region,
            endpoint_url=server.endpoint,
            aws_access_key_id=self.keys["AccessKeyId"],
            aws_secret_access_key=self.keys["SecretAccessKey"],
            aws_session_token=self.keys["SessionToken"],
        )
        for kind in self.kinds:
            make(self.s3, kind, self.bucket(kind))

    def bucket(self, kind: str) -> str:
        """The name of the bucket of a kind."""
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


def inventory(server: Server, numbers: dict[str, str], **more: Any) -> dict[str, Any]:
    """A host for each account, and what the baseline is told of all of them."""
    hosts = {
        name: {"aws_account_id": number, "aws_role_arn": ROLE.format(number), "account": name}
        for name, number in numbers.items()
    }
    variables = {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "aws_endpoint_url": server.endpoint,
        "aws_region": server.region,
        "baseline_options": {
            "S3.9": {"logging": {"target_bucket": f"{{{{ account }}}}-{LOGS}-{TAG}", "target_prefix": "{bucket}/"}}
        },
        **more,
    }
    return {"accounts": {"hosts": hosts, "vars": variables}}


# What its owner says of the one bucket that is public on purpose.
ON_PURPOSE = [
    {"control": control, "buckets": [f"*-{SITE}-{TAG}"], "reason": "It is a web site."} for control in ("S3.2", "S3.8")
]
