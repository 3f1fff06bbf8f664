# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from flaws.case import OBJECTS, OWN, Case, bucket, trust, when

ROLE = f"arn:aws:iam::{OWN}:role/app"
GITHUB = f"arn:aws:iam::{OWN}:oidc-provider/token.actions.githubusercontent.com"
SUB, AUD = (f"token.actions.githubusercontent.com:{each}" for each in ("sub", "aud"))
WEB = "sts:AssumeRoleWithWebIdentity"


def federated(key):
    """Whom GitHub vouches for."""
    return trust(Principal={"Federated": GITHUB}, Action=WEB, Condition=when("StringEquals", key, "x"))


CASES = (
    Case("principal_form", bucket(Principal={"AWS": f"{ROLE}*"}), "Statement[0].Principal.AWS", bucket()),
    Case(
        "principal_form",
        bucket(Principal={"AWS": ["12345"]}),
        "Statement[0].Principal.AWS[0]",
        bucket(),
        parliament="UNKNOWN_PRINCIPAL",
    ),
    Case(
        "principal_form",
        bucket(Principal={"AWS": f"arn:aws:iam::{OWN}:group/all"}),
        "Statement[0].Principal.AWS",
        bucket(Principal={"AWS": f"arn:aws:sts::{OWN}:assumed-role/app/session"}),
    ),
    Case(
        "principal_form",
        bucket(Principal={"User": ROLE}),
        "Statement[0].Principal.User",
        bucket(),
        parliament="UNKNOWN_PRINCIPAL",
    ),
    Case("principal_form", trust(Principal={"Service": "ec2"}), "Statement[0].Principal.Service", trust(), "trust"),
    Case(
        "principal_form",
        bucket(Principal={"CanonicalUser": "someone"}),
        "Statement[0].Principal.CanonicalUser",
        bucket(Principal={"CanonicalUser": "0a" * 32}),
        parliament="UNKNOWN_PRINCIPAL",
    ),
    Case("principal_form", trust(Principal={"Federated": "x"}), "Statement[0].Principal.Federated", trust(), "trust"),
    Case(
        "deleted_principal",
        bucket(Principal={"AWS": [OWN, "AROAEXAMPLEEXAMPLE123"]}),
        "Statement[0].Principal.AWS[1]",
        bucket(Principal={"AWS": [OWN, ROLE]}),
        parliament="UNKNOWN_PRINCIPAL",
    ),
    Case(
        "allow_not_principal", bucket(Principal=None, NotPrincipal={"AWS": ROLE}), "Statement[0].NotPrincipal", bucket()
    ),
    Case(
        "deny_not_principal",
        bucket(Effect="Deny", Principal=None, NotPrincipal={"AWS": ROLE}),
        "Statement[0].NotPrincipal",
        bucket(Effect="Deny", Principal="*", Condition=when("ArnNotLike", "aws:PrincipalArn", ROLE), Resource=OBJECTS),
    ),
    Case(
        "any_federated",
        bucket(Principal={"Federated": GITHUB}),
        "Statement[0].Principal.Federated",
        bucket(),
        parliament="UNKNOWN_FEDERATION_SOURCE",
    ),
    Case("any_federated", federated(AUD), "Statement[0].Principal.Federated", federated(SUB), "trust"),
)
# Why parliament says nothing.
SILENT = {
    "principal_form": "it looks for accounts and names, not at what follows in an ARN",
    "allow_not_principal": "it does not look at NotPrincipal",
    "deny_not_principal": "it does not look at NotPrincipal",
}
