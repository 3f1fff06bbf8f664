# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A moto that enforces IAM: what a policy of a role lets pass, and what it does not."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import http.client
import json
import urllib.parse
from collections.abc import Callable, Iterator

from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import Policy, items, sid
from server import Server
from world import Gateway, Reply, Request, error_reply

# What of a bucket is asked without listing it.
CONFIGURED = frozenset({"acl", "object-lock", "ownershipControls", "versioning"})
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def without(policy: Policy, left_out: Callable[[str, str], bool]) -> Policy:
    """A policy without some actions, by statement."""
    found = [
        {**each, "Action": [action for action in items(each["Action"]) if not left_out(sid(each), action)]}
        for each in policy["Statement"]
    ]
    return {**policy, "Statement": [each for each in found if each["Action"]]}


class Account:
    """A moto that enforces IAM, behind a gateway: an administrator, and a user who has one policy."""

    def __init__(self, server: Server, gateway: Gateway) -> None:
        self.gateway = gateway
        self._iam = server.client("iam")
        self.admin, self.user = self._user("admin"), self._user("sync")
        self._iam = self.admin.client("iam")
        # How many calls are made before the first that is enforced.
        at = http.client.HTTPConnection(urllib.parse.urlsplit(server.endpoint).netloc)
        with contextlib.closing(at):
            at.request("POST", "/moto-api/reset-auth", b"0")
            assert at.getresponse().status == 200

    def _user(self, name: str) -> Server:
        self._iam.create_user(UserName=name)
        key = self._iam.create_access_key(UserName=name)["AccessKey"]
        self._allow(name, EVERYTHING)
        return dataclasses.replace(
            self.gateway.server, access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"]
        )

    def _allow(self, name: str, policy: Policy) -> None:
        self._iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps(policy))

    def allow(self, policy: Policy) -> None:
        """Give the user this policy, as moto understands it."""
        self._allow("sync", _for_moto(policy))

    @contextlib.contextmanager
    def as_aws(self) -> Iterator[list[Request]]:
        """The requests that pass meanwhile, with the answers that AWS gives to who may list below a prefix alone."""
        self.gateway.requests.clear()

        def before(request: Request) -> Reply | None:
            lists = not request.key and request.method in ("HEAD", "GET") and not CONFIGURED & request.query.keys()
            return error_reply(403, "AccessDenied") if lists and not request.query.get("prefix") else None

        def after(request: Request, reply: Reply) -> None:
            if reply.status == 404 and request.key and request.method in ("GET", "HEAD"):
                reply.status, reply.body = 403, error_reply(403, "AccessDenied").body

        self.gateway.before, self.gateway.after = before, after
        try:
            yield self.gateway.requests
        finally:
            self.gateway.before, self.gateway.after = lambda _request: None, lambda _request, _reply: None


def _for_moto(policy: Policy) -> Policy:
    """It takes a condition for a denial, asks at the bucket for a deletion of several keys, and asks for s3:HeadBucket,
    which AWS does not know.
    """
    found = copy.deepcopy(policy)
    for statement in found["Statement"]:
        statement.pop("Condition", None)
        if "s3:ListBucket" in items(statement["Action"]):
            statement["Action"] = [*items(statement["Action"]), "s3:HeadBucket"]
        if "s3:DeleteObject" in items(statement["Action"]):
            whole = items(statement["Resource"])
            statement["Resource"] = [*whole, *(each.partition("/")[0] for each in whole)]
    return found
