# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""From lists of templates to the policies of a role: what it may do, and who may be it. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import Policy, items, sid, text
from ansible_collections.stowage.s3.plugins.module_utils._policy.compose import document, listed, somewhere
from ansible_collections.stowage.s3.plugins.module_utils._policy.iam.table import IAM_TEMPLATES
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Statement
from ansible_collections.stowage.s3.plugins.module_utils._policy.trust.table import TRUST_TEMPLATES
from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import shown

# Source: "IAM and AWS STS quotas" in the IAM user guide. White space does not count, and there is none here. Trust
# policies have 2,048 unless AWS was asked for more.
LARGEST_POLICY, LARGEST_TRUST = 6144, 4096


def iam_policy(wanted: Any, partition: Any = None, region: Any = None) -> Policy:
    """The policy of a role, as a managed policy. Raises StowageError."""
    statements = list(listed(wanted, somewhere(partition, region), IAM_TEMPLATES))
    for each in statements:
        _refuse(each, "Principal", "whom a role's policy is for is told by the role. Leave it out")
    split = "Split the list, and give the role one managed policy for each part"
    return _checked(document(statements), LARGEST_POLICY, split)


def trust_policy(wanted: Any, partition: Any = None, region: Any = None) -> Policy:
    """The policy that says who may be the role. Raises StowageError."""
    statements = list(listed(wanted, somewhere(partition, region), TRUST_TEMPLATES))
    for each in statements:
        _refuse(each, "Resource", "a trust policy is about the role that has it. Leave it out")
    return _checked(document(statements), LARGEST_TRUST, "Trust fewer, or whole accounts")


def _refuse(statement: Statement, part: str, why: str) -> None:
    if part in statement:
        raise StowageError(f"policy: the statement {shown(sid(statement))} has {part}, and {why}.")


def _checked(policy: Policy, largest: int, advice: str) -> Policy:
    """What AWS would refuse of any policy of a role. Raises StowageError."""
    if not policy:
        raise StowageError("policy: the list is empty, and a role's policy needs a statement. Name a template.")
    for each in items(policy["Statement"]):
        if not re.fullmatch("[A-Za-z0-9]*", sid(each)):
            raise StowageError(f"policy: the Sid {shown(sid(each))} is not allowed. Give letters and digits.")
    whole = text(policy)
    odd = re.search(r"[^\t\n\r\x20-\xff]", whole)
    if odd:
        raise StowageError(
            f"policy: {odd[0]!r} cannot be in the policy of a role, which has no characters above U+00FF. Give a prefix"
            " that ends before it."
        )
    if len(whole) > largest:
        raise StowageError(f"policy: it would have {len(whole)} characters, and AWS allows {largest}. {advice}.")
    return policy
