# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from policies.case import ISSUER, OWN, Case, Request
from policies.trust.accounts import TAGS, becomes

PROVIDER = f"arn:aws:iam::{OWN}:oidc-provider/{ISSUER}"
BRANCH = "repo:example/site:ref:refs/heads/main"


def shows(what: str, allowed: bool, sub: str | None = BRANCH, aud: str | None = "sts.amazonaws.com") -> Request:
    """Somebody shows a token."""
    token = {f"{ISSUER}:sub": sub, f"{ISSUER}:aud": aud}
    return becomes(what, allowed, PROVIDER, "sts:AssumeRoleWithWebIdentity", **token)


CASES = (
    Case(
        {"issuer": ISSUER, "account": OWN, "subjects": [BRANCH], "session_tags": ["team"]},
        (
            shows("the branch", True),
            shows("another branch", False, BRANCH.replace("main", "try")),
            shows("another repository", False, BRANCH.replace("example", "stranger")),
            shows("a token for others", False, aud="https://example.com"),
            shows("a token without a subject", False, None),
            becomes("with a tag", True, PROVIDER, "sts:TagSession", **TAGS),
            becomes("with another tag", False, PROVIDER, "sts:TagSession", **{"aws:TagKeys": ["admin"]}),
        ),
    ),
    Case(
        {"issuer": ISSUER, "account": OWN, "subjects": ["repo:example/site:*"], "audiences": ["stowage"]},
        (
            shows("any branch", True, aud="stowage"),
            shows("another repository", False, "repo:example/site-2:ref:refs/heads/main", "stowage"),
            shows("a token for AWS", False),
        ),
    ),
)
