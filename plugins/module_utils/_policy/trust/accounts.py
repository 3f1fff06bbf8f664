# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Accounts, roles or users become the role, if they know the external id.

For a role per account, as `assume_role_arn` of this collection's modules takes it. The *external id* is a word that who
assumes the role has to say (`assume_role_external_id`). It keeps a service that works for many from being talked into
using your role for somebody else (the confused deputy). `session_tags` are the names of tags that a session may carry
(`assume_role_session_tags`); policies see them as `aws:PrincipalTag`, CloudTrail writes them down.

Danger: an account that is trusted decides by itself who of it may. Name its roles where you can. Leave the external id
out within one company only.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.kinds import EXTERNAL_ID
from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import (
    SESSION_TAGS,
    SHARED_WITH,
    Condition,
    shared_with,
    tagging,
    trust,
)
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter

NAME = "StowageTrustAccounts"


def _statements(place: Place, values: Values) -> list[Statement]:
    who, word = shared_with(place, values), values["external_id"]
    known: Condition = {"StringEquals": {"sts:ExternalId": word}} if word else {}
    return [trust(NAME, who, "sts:AssumeRole", known), *tagging(f"{NAME}Tags", who, values)]


ACCOUNTS = Template(
    "accounts",
    __doc__,
    _statements,
    (
        *SHARED_WITH[:2],
        Parameter("external_id", EXTERNAL_ID, "The word that they have to say.", default=""),
        SESSION_TAGS,
    ),
    one_of=("accounts", "roles"),
)
