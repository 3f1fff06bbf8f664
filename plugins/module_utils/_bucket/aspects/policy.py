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
from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import (
    Policy,
    canonical,
    merged,
    parsed,
    statements,
    text,
)
from ansible_collections.stowage.s3.plugins.module_utils._policy.validate import denied_to_all, flaws, open_to_all


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
    if not policy:
        return
    for flaw in flaws(policy, state.bucket):
        yield Remark(f"policy{flaw.path}", flaw.problem, flaw.remedy)
    for path in _blocked(state, policy):
        yield Remark(
            f"policy{path}",
            "it is public, and public_access.block_public_policy is on.",
            "Name principals, or set that to false.",
        )


def _blocked(state: State, policy: Policy) -> list[str]:
    """Public statements that S3 does not take, and those that a task wants and blocks at once.

    Others' do not hinder that public access is blocked, which ends them.
    """
    before, after = (
        bool((each.get("public_access") or {}).get("block_public_policy")) for each in (state.before, state.after)
    )
    present, whole = canonical(state.before.get("policy") or {}), canonical(policy)
    refused = before and present != whole
    own = statements(canonical(state.wanted.get("policy") or {}))
    mine = {f".Statement[{place}]" for place, each in enumerate(statements(whole)) if each in own}
    return [path for path in open_to_all(policy) if after and (refused or path in mine)]


def _warn(state: State) -> Iterator[Remark]:
    policy = state.after.get("policy") or {}
    if canonical(policy) == canonical(state.before.get("policy") or {}):
        return
    for path in open_to_all(policy):
        yield Remark(f"policy{path}", "everybody may do that, without an account.", "Name principals, unless meant.")
    if denied_to_all(policy, state.bucket) == {"s3:putbucketpolicy"}:
        yield Remark("policy", "nobody will be able to change it.", "To do so, remove it first, with policy: {}.")


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
