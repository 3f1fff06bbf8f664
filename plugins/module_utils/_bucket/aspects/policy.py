# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The bucket's policy: compared by what it means, changed as a whole or by statement.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Aspect, Permissions, Remark, State
from ansible_collections.stowage.s3.plugins.module_utils._bucket.shape import Document, Field, Kind
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import canonical, merged, parsed, text


def _document(answer: dict[str, Any]) -> Document:
    policy = answer.get("Policy")
    if not policy:
        return {}
    try:
        json.loads(policy)
    except ValueError as error:
        raise StowageError(f"policy: what this endpoint answers is no JSON: {error}") from error
    return {"Policy": policy}


def _refuse(state: State) -> Iterator[Remark]:
    policy = state.after.get("policy")
    if policy:
        yield from _rules().refused(state, policy)


def _warn(state: State) -> Iterator[Remark]:
    policy = state.after.get("policy") or {}
    if canonical(policy) != canonical(state.before.get("policy") or {}):
        yield from _rules().warned(state, policy)


def _rules() -> Any:
    """All the checks of policies, which tasks without one do not load: that takes longer than most else of theirs."""
    from ansible_collections.stowage.s3.plugins.module_utils._bucket import policy_rules

    return policy_rules


POLICY = Aspect(
    name="policy",
    options=(Field("policy", "Policy", Kind("json", text, json.loads), said=parsed, union=merged),),
    get="get_bucket_policy",
    put="put_bucket_policy",
    delete="delete_bucket_policy",
    missing=("NoSuchBucketPolicy",),
    document=_document,
    arguments=lambda document: document,
    permissions=Permissions(("s3:GetBucketPolicy",), ("s3:DeleteBucketPolicy", "s3:PutBucketPolicy")),
    needs=("public_access",),
    normal=lambda values: {"policy": canonical(values.get("policy") or {})},
    refuse=_refuse,
    warn=_warn,
)
