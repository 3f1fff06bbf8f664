# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from typing import Any

from policies.case import OWN, PARTNER, PARTNER_ROLE, STRANGER_ROLE, Case, Request

ROLE = f"arn:aws:iam::{OWN}:role/stowage"
WORD = {"sts:ExternalId": "the-external-id"}
TAGS = {"aws:TagKeys": ["team"]}


def becomes(what: str, allowed: bool, who: str, action: str = "sts:AssumeRole", **context: Any) -> Request:
    """Somebody asks to be the role."""
    return Request(what, allowed, action, who=who, context=context, resource=ROLE)


CASES = (
    Case(
        {"roles": [PARTNER_ROLE], "external_id": "the-external-id", "session_tags": ["team", "purpose"]},
        (
            becomes("one who knows the word", True, PARTNER_ROLE, **WORD),
            becomes("one who does not say it", False, PARTNER_ROLE),
            becomes("one who guesses", False, PARTNER_ROLE, **{"sts:ExternalId": "guess"}),
            becomes("a stranger", False, STRANGER_ROLE, **WORD),
            becomes("one of the account", False, f"arn:aws:iam::{PARTNER}:role/other", **WORD),
            becomes("with a tag", True, PARTNER_ROLE, "sts:TagSession", **TAGS),
            becomes("with another tag", False, PARTNER_ROLE, "sts:TagSession", **{"aws:TagKeys": ["team", "admin"]}),
            becomes("a stranger with a tag", False, STRANGER_ROLE, "sts:TagSession", **TAGS),
        ),
    ),
    Case(
        {"accounts": [PARTNER]},
        (
            becomes("one of the account", True, PARTNER_ROLE),
            becomes("with a tag", False, PARTNER_ROLE, "sts:TagSession", **TAGS),
            becomes("a stranger", False, STRANGER_ROLE),
        ),
    ),
)
