# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An independent judge of policies: `@cloud-copilot/iam-simulate`, which knows AWS's actions and their condition keys.

All that is to be judged goes to one process, as its start takes longer than a thousand verdicts.
"""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # one imports what is deprecated, the other leaves files open
    from parliament import analyze_policy_string
    from policyuniverse.policy import Policy
from policies.case import ANONYMOUS, BUCKET, ISSUER, KEY_ARN, OWN, Request

SCRIPT = pathlib.Path(__file__).with_name("node") / "judge.mjs"
VENV = pathlib.Path(sys.executable).parents[1]
# Keys of somebody's choice, which the judge does not know to be of the service, and leaves out. So others stand for
# them that it knows, which are text as well and which no template asks for.
INSTEAD = {
    "kms:EncryptionContext:aws:s3:arn": "kms:CallerAccount",
    f"{ISSUER}:aud": "accounts.google.com:aud",
    f"{ISSUER}:sub": "accounts.google.com:sub",
}
# What comes with each request unless it says otherwise.
ALWAYS = {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3", "aws:SourceIp": "192.0.2.1"}


class Verdict(NamedTuple):
    """Whether it is allowed; and which of the request's keys AWS does not send with such a request."""

    allowed: bool
    ignored: tuple[str, ...]


class Asked(NamedTuple):
    """A request, and a policy: the bucket's, or the key's if the request is one of KMS.

    of: whose it is instead: the `role`'s that asks, its `boundary`, or the `trust` of who is asked to be.
    """

    request: Request
    policy: dict[str, Any]
    of: str = "resource"


def judged(questions: Sequence[Asked]) -> list[Verdict]:
    """A verdict for each."""
    asked = [_simulation(*each) for each in questions]
    text = json.dumps(asked)
    for key, other in INSTEAD.items():
        assert other not in text
        text = text.replace(key, other)
    done = subprocess.run(
        [VENV / "bin" / "node", SCRIPT, VENV / "node"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [_verdict(answer) for answer in json.loads(done.stdout)]


def public(policy: dict[str, Any]) -> bool:
    """Whether policyuniverse takes it for one that lets everybody in."""
    return bool(Policy(policy).is_internet_accessible())


def lint(policy: dict[str, Any]) -> list[str]:
    """What parliament finds."""
    found = analyze_policy_string(json.dumps(policy)).findings
    return [f"{each.issue}: {each.detail} {each.location}" for each in found]


def _verdict(answer: dict[str, Any]) -> Verdict:
    assert not answer.get("errors"), answer
    return Verdict(answer["overallResult"] == "Allowed", tuple(answer.get("ignoredContextKeys", ())))


EVERYTHING = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
# What a key's policy says at first: its account's policies decide.
BY_ACCOUNT = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{OWN}:root"}, "Action": "kms:*", "Resource": "*"}


def _simulation(request: Request, policy: dict[str, Any], of: str) -> dict[str, Any]:
    kms = request.action.startswith("kms:")
    resource = KEY_ARN if kms else f"arn:aws:s3:::{BUCKET}" + (f"/{request.key}" if request.key is not None else "")
    role = request.who.startswith("arn:")
    everything, own = [{"name": "everything", "policy": EVERYTHING}], [{"name": "own", "policy": policy}]
    found: dict[str, Any] = {
        "request": {
            "principal": {"type": "Anonymous"} if request.who == ANONYMOUS else request.who,
            "action": request.action,
            "resource": {"resource": request.resource or resource, "accountId": OWN},
            "contextVariables": _context(request, role),
        },
        "identityPolicies": (own if policy else []) if of == "role" else everything if role else [],
        "serviceControlPolicies": [],
        "resourceControlPolicies": [],
    }
    if of == "boundary" and policy:
        found["permissionBoundaryPolicies"] = own
    if of in ("resource", "trust") and policy:
        found["resourcePolicy"] = policy
    elif kms and of != "resource":
        found["resourcePolicy"] = {"Version": "2012-10-17", "Statement": BY_ACCOUNT}
    return found


def _context(request: Request, role: bool) -> dict[str, Any]:
    s3 = request.action.startswith("s3:")
    found: dict[str, Any] = {key: value for key, value in ALWAYS.items() if s3 or not key.startswith("s3:")}
    if role:
        found |= {
            "aws:PrincipalArn": request.who,
            "aws:PrincipalAccount": request.who.split(":")[4],
            "aws:PrincipalIsAWSService": "false",
            "aws:ViaAWSService": "false",
        }
    elif request.who != ANONYMOUS:
        found |= {"aws:PrincipalIsAWSService": "true", "aws:ViaAWSService": "false"}
    return {key: value for key, value in {**found, **request.context}.items() if value is not None}
