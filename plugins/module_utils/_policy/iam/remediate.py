# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What it takes to remedy findings: the writes of these controls, and no others.

For the role `stowage.s3.baseline`, beside `audit`, which it needs as well. Each control's remedy writes one or two
configurations of a bucket, or the account's switches, and this allows just those. Remedies only add, so nothing is
deleted; what a team has written in its policies and rules stays.

Danger: these rights are worth more than they look. Who may write a bucket's policy (S3.5) or ACL (S3.2, S3.3, S3.12)
can open it for himself, and a lifecycle rule (S3.10, S3.13) can delete everything. Keep this role apart from the one
that audits, trust few with it, and name the `controls` that you want it for.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.stowage.s3.plugins.module_utils._audit.control import Remedy
from ansible_collections.stowage.s3.plugins.module_utils._audit.table import CONTROLS
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect
from ansible_collections.stowage.s3.plugins.module_utils._bucket.table import ASPECTS
from ansible_collections.stowage.s3.plugins.module_utils._policy.iam.audit import BUCKETS, buckets
from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import grant
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import choice
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter

NAME = "StowageRemediate"
ACCOUNT = "s3:PutAccountPublicAccessBlock"
# The aspects that each control's remedy writes; of S3.1 it is the account.
REMEDIES: dict[str, tuple[str, ...]] = {
    "S3.1": (),
    "S3.2": ("public_access", "acl"),
    "S3.3": ("public_access", "acl"),
    "S3.5": ("policy",),
    "S3.8": ("public_access",),
    "S3.9": ("logging",),
    "S3.10": ("lifecycle",),
    "S3.11": ("notifications",),
    "S3.12": ("acl", "ownership"),
    "S3.13": ("lifecycle",),
    "S3.14": ("versioning",),
    "S3.17": ("encryption",),
}
_SAFE = tuple(each.id for each in CONTROLS if each.id in REMEDIES and each.klass is Remedy.SAFE)


def writes(aspect: Aspect) -> list[str]:
    """The actions that write an aspect and delete nothing."""
    return [action for action in aspect.permissions.write if not action.startswith("s3:Delete")]


def remedied(controls: Iterable[str]) -> list[Aspect]:
    """What the remedies of these controls write."""
    names = {name for control in controls for name in REMEDIES[control]}
    return [aspect for aspect in ASPECTS if aspect.name in names]


def _statements(place: Place, values: Values) -> list[Statement]:
    found = [
        grant(f"{NAME}{aspect.name.title().replace('_', '')}", writes(aspect), buckets(place, values))
        for aspect in remedied(values["controls"])
    ]
    return [*found, *([grant(f"{NAME}Account", ACCOUNT, "*")] if "S3.1" in values["controls"] else [])]


REMEDIATE = Template(
    "remediate",
    __doc__,
    _statements,
    (
        Parameter(
            "controls",
            choice(*REMEDIES),
            "The controls whose remedies are allowed. By default those of the class safe.",
            many=True,
            default=_SAFE,
        ),
        BUCKETS,
    ),
)
