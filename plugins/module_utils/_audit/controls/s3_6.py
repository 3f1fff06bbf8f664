# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Whether the policy gives other accounts what they could take the bucket over with.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.stowage.s3.plugins.module_utils._audit.control import (
    Control,
    Facts,
    Judgement,
    Remedy,
    Scope,
    Severity,
    judged,
)
from ansible_collections.stowage.s3.plugins.module_utils._audit.judges import words
from ansible_collections.stowage.s3.plugins.module_utils._policy.reading import Statement, account_of, read

_SENSITIVE = (
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutBucketPolicy",
    "s3:PutEncryptionConfiguration",
    "s3:PutObjectAcl",
)
# AWS's services are no accounts, and who asks for them is another question.
_NO_ACCOUNTS = ("Service", "Federated")


def _sensitive(statement: Statement) -> list[str]:
    return [action for action in _SENSITIVE if statement.covers_action(action)] if statement.effect == "Allow" else []


def _others(statement: Statement, facts: Facts) -> bool:
    if statement.not_principals or statement.for_everybody:
        return True
    named = [name for kind, name in statement.principals if kind not in _NO_ACCOUNTS]
    return bool(named) and any(account_of(name) != facts["account"] for name in named)


def _judge(facts: Facts) -> Iterator[Judgement]:
    granting = [(each, actions) for each in read(facts["policy"]["policy"]) if (actions := _sensitive(each))]
    found = [(each.name, actions) for each, actions in granting if _others(each, facts)]
    actions = sorted({action for _name, actions in found for action in actions})
    if found:
        evidence = f"Other accounts may {words(actions)}, by statements {words(name for name, _actions in found)}."
    else:
        evidence = "No other account may change policy, ACLs or encryption."
    yield judged(not found, evidence, {"policy_statements": [name for name, _actions in found], "actions": actions})


S3_6 = Control(
    id="S3.6",
    severity=Severity.HIGH,
    title="Other accounts may not change policy, ACLs or encryption",
    scope=Scope.BUCKET,
    reads=("policy",),
    consults=("account",),
    judge=_judge,
    what="A policy can give other AWS accounts permissions on the bucket. Five of them are enough to take it over:"
    f" {', '.join(_SENSITIVE[:-1])} and {_SENSITIVE[-1]}.",
    why="Whoever may write the policy may give themselves everything else.",
    how="Fails if a statement allows one of the five, also by a wildcard or NotAction, to everybody or to a principal"
    " that is not of this account. Conditions do not count, as AWS Config looks at principals alone. Principals that"
    " are services do not count either.",
    remedy="Take the five actions out of the statements that name other accounts.",
    breaks="What the partners do with them. Ask them first.",
    klass=Remedy.REPORT_ONLY,
)
