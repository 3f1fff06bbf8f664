# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""All checks of policies, in the order of the documentation.

Written out, as Ansible finds the files that a module needs by reading its imports; a test finds one that is forgotten.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.check import Check
from ansible_collections.stowage.s3.plugins.module_utils._policy.checks import (
    actions,
    conditions,
    grammar,
    principals,
    reach,
    resources,
)

# What the others take for granted.
GRAMMAR: tuple[Check, ...] = (
    grammar.STATEMENTS,
    grammar.UNKNOWN_ELEMENT,
    grammar.MISPLACED_ELEMENT,
    grammar.MISSING_ELEMENT,
    grammar.ELEMENT_TYPE,
    grammar.UNKNOWN_VERSION,
    grammar.OLD,
    grammar.UNKNOWN_EFFECT,
    grammar.REPEATED_SID,
    grammar.SID_CHARACTERS,
    grammar.SIZE,
    grammar.LENGTH,
)
MEANING: tuple[Check, ...] = (
    principals.PRINCIPAL_FORM,
    principals.DELETED_PRINCIPAL,
    principals.ALLOW_NOT_PRINCIPAL,
    principals.DENY_NOT_PRINCIPAL,
    principals.ANY_FEDERATED,
    actions.ACTION_FORM,
    actions.FOREIGN_ACTION,
    actions.OPERATION,
    actions.UNKNOWN_ACTION,
    actions.ALLOW_ALL_BUT,
    actions.ALLOW_EVERYTHING,
    resources.RESOURCE_FORM,
    resources.OTHER_BUCKET,
    resources.UNKNOWN_PARTITION,
    resources.MIXED_PARTITIONS,
    resources.RESOURCE_MISMATCH,
    resources.UNUSED_RESOURCE,
    conditions.UNKNOWN_OPERATOR,
    conditions.CONDITION_VALUE,
    conditions.NO_VALUES,
    conditions.OPERATOR_TYPE,
    conditions.UNKNOWN_KEY,
    conditions.SET_OPERATOR,
    conditions.KEY_NOT_SENT,
    conditions.ANY_ADDRESS,
    conditions.PRIVATE_ADDRESS,
    conditions.NEGATED_ALLOW,
    conditions.NEGATED_DENY,
    conditions.FOR_ALL_VALUES,
    conditions.IF_EXISTS,
    conditions.LITERAL_VARIABLE,
    reach.PUBLIC,
    reach.HARDLY_RESTRICTED,
    reach.CONFUSED_DEPUTY,
    reach.LOCK_OUT,
    reach.UNCHANGEABLE,
)
CHECKS = (*GRAMMAR, *MEANING)
