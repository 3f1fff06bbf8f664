# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What AWS would refuse in a policy, what nobody can want, and what hardly does what is meant. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._policy.check import (
    BUCKET,
    Finding,
    Subject,
    asked,
)
from ansible_collections.stowage.s3.plugins.module_utils._policy.checks.grammar import (
    ELEMENT_TYPE,
    MISSING_ELEMENT,
    UNKNOWN_EFFECT,
)
from ansible_collections.stowage.s3.plugins.module_utils._policy.checks.table import GRAMMAR, MEANING
from ansible_collections.stowage.s3.plugins.module_utils._policy.reading import Statement, read

_STATEMENT = re.compile(r"Statement\[[0-9]+\]")
# Of a statement with such a flaw nobody can tell what is meant.
_UNREADABLE = (MISSING_ELEMENT.id, ELEMENT_TYPE.id, UNKNOWN_EFFECT.id)
_BUCKET = re.compile(r"arn:[^:]+:s3:::([a-z0-9][a-z0-9.-]+)")


def findings(policy: Any, kind: str = BUCKET, bucket: str = "") -> list[Finding]:
    """Everything that speaks against a policy, an object that came of JSON, in the order of the checks.

    bucket: that a bucket's policy is for, by default that of its first resource.
    """
    statements = read(policy)
    subject = Subject(policy, kind, bucket or _bucket_of(statements))
    found = list(asked(GRAMMAR, kind, subject))
    broken = {statement_of(each.path) for each in found if each.code in _UNREADABLE}
    sound = tuple(each for each in statements if each.path not in broken)
    return [*found, *asked(MEANING, kind, Subject(policy, kind, subject.bucket, sound))]


def statement_of(path: str) -> str:
    """The statement that a path leads into, or ""."""
    found = _STATEMENT.match(path)
    return found[0] if found else ""


def _bucket_of(statements: list[Statement]) -> str:
    named = (_BUCKET.match(arn) for each in statements for arn in (*each.resources, *each.not_resources))
    return next((found[1] for found in named if found), "")
