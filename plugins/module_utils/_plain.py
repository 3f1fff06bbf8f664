# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The plainest way to an S3, for which botocore is not loaded: fixed keys, and another server's URL or AWS's own names.

Loading botocore takes longer than to compare a thousand files. What it would answer is plain if nothing is set that it
asks but what stands here; with anything else `plain` leaves the answer to botocore, errors included.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.stowage.s3.plugins.module_utils._s3.values import Keys

DEFAULT_REGION = "us-east-1"
ATTEMPTS = 5
# The variables whose meaning is known here. Another may change what botocore answers.
_KNOWN = {
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_CA_BUNDLE",
    "AWS_CONFIG_FILE",
    "AWS_DEFAULT_REGION",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_URL",
}
# Options that take botocore, or amazon.aws's own word on what was given.
_NOT_PLAIN = (
    "profile",
    "aws_config",
    "assume_role_arn",
    "assume_role_external_id",
    "assume_role_session_tags",
    "expected_account",
)
_FILES = {"AWS_CONFIG_FILE": "~/.aws/config", "AWS_SHARED_CREDENTIALS_FILE": "~/.aws/credentials"}
# Where botocore looks for endpoint rules before it takes its own.
_RULES = "~/.aws/models"
_AWS_HOST = re.compile(
    r"(^|\.)(amazonaws\.com(\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn|c2s\.ic\.gov|sc2s\.sgov\.gov)$"
)
# AWS's own partition has these; one more hyphen, as in "us-gov-west-1", and it is another's. Left out: pseudo regions.
_REGION = re.compile(r"(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-[0-9]+")
_LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_BUCKET = re.compile(rf"{_LABEL}(\.{_LABEL})*")


@dataclass(frozen=True)
class Plain:
    """What the options come to; the fields and methods are those of `_access.Access`."""

    fixed: Keys
    region: str
    endpoint_url: str | None
    verify: bool | str
    config: None = None
    attempts: int = ATTEMPTS

    @property
    def aws(self) -> bool:
        """S3 is Amazon's own; no URL of theirs comes here."""
        return not self.endpoint_url

    @property
    def s3_options(self) -> dict[str, Any]:
        """There are none without an AWS configuration."""
        return {}

    def keys(self) -> Keys:
        """The keys that were given."""
        return self.fixed

    def renew(self, old: Keys) -> bool:
        """There are no others."""
        return self.fixed != old


def plain(params: Mapping[str, Any], environment: Mapping[str, str]) -> Plain | None:
    """The answer, as botocore would give it; None where it has to be asked."""
    if any(name.startswith("AWS_") and name not in _KNOWN for name in environment):
        return None
    if any(params.get(name) is not None for name in _NOT_PLAIN):
        return None
    access_key, secret_key = params.get("access_key"), params.get("secret_key")
    if not (isinstance(access_key, str) and isinstance(secret_key, str) and access_key and secret_key):
        return None
    for name, usual in _FILES.items():
        if os.path.isfile(os.path.expanduser(os.path.expandvars(environment.get(name, usual)))):
            return None
    url = (
        params.get("endpoint_url") or environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL", "")
    )
    if url and (not usable_url(url) or is_aws(url)):
        return None
    region = params.get("region") or environment.get("AWS_DEFAULT_REGION") or DEFAULT_REGION
    if not url and (not _REGION.fullmatch(region) or os.path.exists(os.path.expanduser(_RULES))):
        return None
    verify: Any = params.get("validate_certs")
    if verify and params.get("aws_ca_bundle"):
        verify = params["aws_ca_bundle"]
    if verify is not False and not isinstance(verify, str):
        verify = environment.get("AWS_CA_BUNDLE") or True
    if isinstance(verify, str) and not os.path.exists(verify):
        return None
    return Plain(Keys(access_key, secret_key, params.get("session_token") or ""), region, url or None, verify)


def aws_url(bucket: str, region: str) -> str | None:
    """Where AWS has a bucket, as botocore's rules would tell; None where they have to be asked.

    Two hyphens are in names that mean more than a bucket: directory buckets, Outposts.
    """
    if not _REGION.fullmatch(region) or not 3 <= len(bucket) <= 63 or "--" in bucket or not _BUCKET.fullmatch(bucket):
        return None
    host = f"s3.{region}.amazonaws.com"
    # The certificate is valid for one label before this host.
    return f"https://{host}/{bucket}" if "." in bucket else f"https://{bucket}.{host}"


def usable_url(url: str) -> bool:
    """Whether an endpoint can be reached by this URL."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and parts.hostname and not parts.username and not parts.query
        return bool(fits) and parts.port != 0
    except ValueError:
        return False


def is_aws(url: str) -> bool:
    """Whether the URL is that of Amazon's own S3."""
    return bool(_AWS_HOST.search(urlsplit(url).hostname or ""))
