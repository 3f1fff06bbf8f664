# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What of a bucket's policy is refused before it is written, and what is warned of. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Remark, State
from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import Policy, canonical, statements
from ansible_collections.stowage.s3.plugins.module_utils._policy.check import BUCKET, Severity
from ansible_collections.stowage.s3.plugins.module_utils._policy.checks.reach import denied_to_all, without_tls
from ansible_collections.stowage.s3.plugins.module_utils._policy.public import openings
from ansible_collections.stowage.s3.plugins.module_utils._policy.validate import findings, statement_of

# A server that was seen to enforce policies, by what it calls itself. Others may, for some or for all.
_ENFORCING = "SeaweedFS"


def refused(state: State, policy: Policy) -> Iterator[Remark]:
    """What S3 does not take, or nobody can want."""
    yield from _found(state, policy, Severity.ERROR)
    if state.aws or state.server.startswith(_ENFORCING):
        yield from _shut_out(state, policy)
    for path in _blocked(state, policy):
        yield Remark(
            f"policy.{path}",
            "it is public, and public_access.block_public_policy is on.",
            "Name principals, or set that to false.",
        )


def warned(state: State, policy: Policy) -> Iterator[Remark]:
    """What hardly does what is meant."""
    yield from _found(state, policy, Severity.WARNING)
    yield from _shut_out(state, policy)


def _found(state: State, policy: Policy, severity: Severity) -> Iterator[Remark]:
    """What is found in it, but for the statements that are there: S3 took them, and they may be another owner's."""
    present = statements(canonical(state.before.get("policy") or {}))
    kept = {f"Statement[{place}]" for place, each in enumerate(statements(canonical(policy))) if each in present}
    for each in findings(policy, BUCKET, state.bucket):
        if each.severity is severity and statement_of(each.path) not in kept:
            yield Remark(f"policy.{each.path}".rstrip("."), each.problem, each.remedy)


def _shut_out(state: State, policy: Policy) -> Iterator[Remark]:
    """What the task would shut itself out by."""
    whatever = denied_to_all(policy, state.bucket)
    if state.plain and denied_to_all(policy, state.bucket, without_tls) - whatever:
        yield Remark(
            "policy",
            "it denies requests without TLS, as this task's own are: once it is written, nobody can read, change or"
            " remove it through this http:// endpoint, if that enforces policies.",
            "Use an https:// endpoint_url, or leave that statement out where there is no TLS.",
        )


def _blocked(state: State, policy: Policy) -> list[str]:
    """Public statements that S3 does not take, and those that a task wants and blocks at once.

    Others' do not hinder that public access is blocked, which ends them.
    """
    before, after = (
        bool((each.get("public_access") or {}).get("block_public_policy")) for each in (state.before, state.after)
    )
    present, whole = canonical(state.before.get("policy") or {}), canonical(policy)
    rejected = before and present != whole
    own = statements(canonical(state.wanted.get("policy") or {}))
    mine = {f"Statement[{place}]" for place, each in enumerate(statements(whole)) if each in own}
    return [each.path for each in openings(policy) if after and (rejected or each.path in mine)]
