# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""From a list of templates to a policy: of a bucket, and of the KMS key that encrypts it. Pure.

`listed` and `document` are for policies of other kinds as well; see `identity`.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import Policy, items, sid
from ansible_collections.stowage.s3.plugins.module_utils._policy.kinds import ACCOUNT, BUCKET, REGION
from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import allow
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import PARTITIONS, Place, Statement, Template
from ansible_collections.stowage.s3.plugins.module_utils._policy.templates.table import TEMPLATES
from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import Kind, choice, shown
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import chosen

VERSION = "2012-10-17"
_FORMS = "Give a template's name, a dict of a template's name and its parameters, or a statement with Effect."


def place(bucket: Any, partition: Any = None, region: Any = None) -> Place:
    """Which bucket it is for. The partition is the region's, and AWS's main one without any. Raises StowageError."""
    return replace(somewhere(partition, region), bucket=_checked("bucket", BUCKET, bucket))


def somewhere(partition: Any = None, region: Any = None) -> Place:
    """The same of what is no bucket's. Raises StowageError."""
    where = _checked("region", REGION, region) if region else ""
    found = next((each for each, start in PARTITIONS.items() if start and where.startswith(start)), "aws")
    if partition:
        given = _checked("partition", choice(*PARTITIONS), partition)
        if where and given != found:
            raise StowageError(
                f"policy: partition: {where} is in {found}, not in {given}. Give one of them, or make them agree."
            )
        found = given
    return Place(partition=found, region=where)


def policy(wanted: Any, where: Place) -> Policy:
    """The bucket's policy; none for an empty list. Raises StowageError."""
    return document([each for each in listed(wanted, where) if not _of_key(each)])


def key_policy(wanted: Any, where: Place, account: Any) -> Policy:
    """The key's policy: what the same list takes there, and that its account may manage it. Raises StowageError."""
    # A key whose policy lets nobody manage it stays so.
    owner = {"AWS": [where.root(_checked("account", ACCOUNT, account))]}
    statements = [each for each in listed(wanted, where, made_by=lambda template: template.key) if _of_key(each)]
    return document([allow("StowageKeyOwner", owner, "kms:*", "*"), *statements])


def _checked(name: str, kind: Kind, value: Any) -> str:
    try:
        return str(kind.read(value))
    except ValueError as error:
        raise StowageError(f"policy: {name}: {error}") from error


def of_policy(template: Template) -> Callable[[Place, Any], list[Statement]] | None:
    """What makes a template's statements of the policy itself, and not of the key's."""
    return template.statements


def listed(
    wanted: Any,
    where: Place,
    templates: Mapping[str, Template] = TEMPLATES,
    *,
    made_by: Callable[[Template], Callable[[Place, Any], list[Statement]] | None] = of_policy,
) -> Iterator[Statement]:
    """The statements of a list of templates, those that are given as they are among them. Raises StowageError."""
    for entry in items(wanted):
        if isinstance(entry, Mapping) and "Effect" in entry:
            yield dict(entry)
            continue
        template, times = chosen(entry, templates, "policy", _FORMS)
        for parameters in times:
            values = template.values(parameters, where.partition)
            make = made_by(template)
            for each in make(where, values) if make else ():
                yield {**each, "Sid": f"{each['Sid']}{values['id']}"}


def _of_key(statement: Statement) -> bool:
    """Whether a statement is about a key: all its actions are of KMS."""
    actions = items(statement.get("Action") or statement.get("NotAction") or [])
    return bool(actions) and all(isinstance(each, str) and each.lower().startswith("kms:") for each in actions)


def document(statements: list[Statement]) -> Policy:
    """A policy of statements; none without any. Raises StowageError for two of one name."""
    if not statements:
        return {}
    names = [sid(each) for each in statements]
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice:
        raise StowageError(
            f"policy: the Sid {shown(twice)} is there twice, and each statement needs a name of its own. Give one of"
            " the templates an id, as in {min_tls: {id: Second}}, or join them."
        )
    return {"Version": VERSION, "Statement": statements}
