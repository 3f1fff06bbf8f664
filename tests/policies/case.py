# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How the tests of a template are written down. `test_templates.py` has the harness."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

BUCKET = "example-bucket"
OWN, PARTNER, STRANGER = "111122223333", "444455556666", "777788889999"
APP = f"arn:aws:iam::{OWN}:role/app"
ADMIN = f"arn:aws:iam::{OWN}:role/admin"
PARTNER_ROLE = f"arn:aws:iam::{PARTNER}:role/reader"
STRANGER_ROLE = f"arn:aws:iam::{STRANGER}:role/any"
ANONYMOUS = "anonymous"
ORG, OTHER_ORG = "o-exampleorgid", "o-anotherorgid"
VPCE, VPC = "vpce-0123456789abcdef0", "vpc-0123456789abcdef0"
KEY_ARN = f"arn:aws:kms:eu-central-1:{OWN}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ISSUER = "token.actions.githubusercontent.com"
# An ACL that leaves the object to the bucket's owner.
FULL_CONTROL = {"s3:x-amz-acl": "bucket-owner-full-control"}


@dataclasses.dataclass(frozen=True)
class Request:
    """A request, and whether it has to be allowed. Roles are allowed everything by their own account.

    key: of the object; None for the bucket. resource: an ARN in place of both. context: over what comes with every
    request; None takes a key away.
    """

    what: str
    allowed: bool
    action: str = "s3:GetObject"
    key: str | None = "a/key"
    who: str = APP
    context: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    resource: str = ""


@dataclasses.dataclass(frozen=True)
class Case:
    """Parameters of a template, and requests that are made of a bucket with its statements and those `beside` them.

    about_key: requests that are made of the bucket's KMS key, with the key's own policy.
    """

    parameters: dict[str, Any]
    requests: tuple[Request, ...]
    about_key: tuple[Request, ...] = ()
    beside: tuple[dict[str, Any], ...] = ()


def everybody_may(*actions: str, who: Any = "*") -> dict[str, Any]:
    """A statement that lets them in, as something to be kept out."""
    resources = [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]
    return {"Sid": "Open", "Effect": "Allow", "Principal": who, "Action": list(actions), "Resource": resources}
