# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Who shows a token of an OIDC provider becomes the role: a CI job, or AWX, without any key to keep.

The provider signs a token that says for whom it is (`aud`) and who shows it (`sub`), AWS checks the signature, and this
policy the two. The account needs an *identity provider* of IAM with the issuer's address first.

Danger: a provider as GitHub's signs tokens for everybody. So `subjects` decide who comes in: name repository and branch
or environment, and be careful with `*`, which also fits what others may choose.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.kinds import (
    ACCOUNT,
    AUDIENCE,
    ISSUER,
    SUBJECT,
)
from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import SESSION_TAGS, tagging, trust
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter

NAME = "StowageTrustWebIdentity"


def _statements(place: Place, values: Values) -> list[Statement]:
    issuer, subjects = values["issuer"], values["subjects"]
    who = {"Federated": f"arn:{place.partition}:iam::{values['account']}:oidc-provider/{issuer}"}
    pattern = any(mark in each for each in subjects for mark in "*?")
    shown = {"StringEquals": {f"{issuer}:aud": values["audiences"]}}
    by = {"StringLike" if pattern else "StringEquals": {f"{issuer}:sub": subjects}}
    return [trust(NAME, who, "sts:AssumeRoleWithWebIdentity", shown, by), *tagging(f"{NAME}Tags", who, values)]


WEB_IDENTITY = Template(
    "web_identity",
    __doc__,
    _statements,
    (
        Parameter("issuer", ISSUER, "The provider's address, without https://.", required=True),
        Parameter("account", ACCOUNT, "The account of the identity provider, and of the role.", required=True),
        Parameter("subjects", SUBJECT, "Who may show the token, as sub says.", many=True, required=True),
        Parameter("audiences", AUDIENCE, "For whom it is, as aud says.", many=True, default=("sts.amazonaws.com",)),
        SESSION_TAGS,
    ),
)
