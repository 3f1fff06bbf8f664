# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Kinds of values that policies hold: what is allowed, and how it is written. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import ipaddress
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import Kind, beginning, folder, refused, word

_ARN = "arn:aws(?:-cn|-us-gov)?"


def _network(value: Any) -> str:
    try:
        network = ipaddress.ip_network(str(value) if isinstance(value, str) else "")
    except ValueError as error:
        raise refused(value, f"{NETWORK.allowed} ({error})") from error
    if not network.prefixlen:
        raise refused(value, "That is every address. Leave the template out, or give fewer.")
    return str(network)


NETWORK = Kind(
    "CIDR block",
    "Give a network as 203.0.113.0/24 or 2001:db8::/32, with no bit set behind its length.",
    _network,
)
# What policies take for patterns and variables is not text.
START = beginning(
    "beginning of keys",
    "*?$",
    "Give the beginning of keys: text without *, ?, $ and control characters, not from a /.",
)
PREFIX = folder("prefix, as a folder", START)

ACCOUNT = word("account id", "[0-9]{12}", "an account id: 12 digits, in quotes, since it may begin with 0")
BUCKET = word("bucket", "[A-Za-z0-9._-]{3,255}", "the name of a bucket, not its ARN")
ORGANIZATION = word("organisation id", "o-[a-z0-9]{10,32}", "the id of an organisation, as o-exampleorgid")
ENDPOINT = word("VPC endpoint id", "vpce-[0-9a-f]{8,17}", "the id of a VPC endpoint, as vpce-0123456789abcdef0")
VPC = word("VPC id", "vpc-[0-9a-f]{8,17}", "the id of a VPC, as vpc-0123456789abcdef0")
REGION = word("region", "[a-z0-9-]{1,40}", "the name of a region, as eu-central-1")
PRINCIPAL = word(
    "role or user ARN",
    f"{_ARN}:iam::[0-9]{{12}}:(?:role|user)/[A-Za-z0-9+=,.@_/-]+",
    "the ARN of a role or user, as arn:aws:iam::111122223333:role/example, without wildcards",
)
PRINCIPALS = word(
    "ARN pattern of roles or users",
    f"{_ARN}:iam::[0-9]{{12}}:(?:root|(?:role|user)/[A-Za-z0-9+=,.@_/*?-]+)",
    "the ARN of a role or user, as arn:aws:iam::111122223333:role/example; its name may have * and ?",
)
KEY = word(
    "KMS key ARN",
    f"{_ARN}:kms:[a-z0-9-]+:[0-9]{{12}}:key/[A-Za-z0-9-]+",
    "the ARN of a key, as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab, no alias",
)
DISTRIBUTION = word(
    "distribution ARN",
    f"{_ARN}:cloudfront::[0-9]{{12}}:distribution/[A-Z0-9]+",
    "the ARN of a distribution, as arn:aws:cloudfront::111122223333:distribution/EDFDVBD632BHDS5",
)
TRAIL = word(
    "trail ARN",
    f"{_ARN}:cloudtrail:[a-z0-9-]+:[0-9]{{12}}:trail/[A-Za-z0-9._-]+",
    "the ARN of a trail, as arn:aws:cloudtrail:eu-central-1:111122223333:trail/example",
)
EXTERNAL_ID = word(
    "external id", "[A-Za-z0-9_+=,.@:/-]{2,1224}", "2 to 1,224 letters, digits and any of _+=,.@:/-, without spaces"
)
TAG = word("name of a tag", "[A-Za-z0-9 _.:/=+@-]{1,128}", "1 to 128 letters, digits, spaces and any of _.:/=+@-")
ISSUER = word(
    "OIDC issuer",
    "[A-Za-z0-9.-]+(?:/[A-Za-z0-9._~/-]*[A-Za-z0-9._~-])?",
    "the issuer's address without https:// and without a slash at its end, as token.actions.githubusercontent.com",
)
AUDIENCE = word("audience", "[^*?$\\x00-\\x20]{1,255}", "what the tokens have in aud, without wildcards")
SUBJECT = word(
    "subject",
    "(?![*?]+\\Z)[^$\\x00-\\x1f]{1,255}",
    "what the tokens have in sub; it may have * and ?, beside something else",
)
