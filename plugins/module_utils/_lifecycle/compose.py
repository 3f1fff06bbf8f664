# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""From a list of templates to the rules of a lifecycle, and to rules that say the class of what is written. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspect import Remark
from ansible_collections.stowage.s3.plugins.module_utils._bucket.keyed import MOST
from ansible_collections.stowage.s3.plugins.module_utils._bucket.lifecycle_rules import ACTIONS, COSTS, SIZES, refused
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.class_rules.table import CLASS_RULES
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.template import Rule, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle.templates.table import TEMPLATES
from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import items
from ansible_collections.stowage.s3.plugins.module_utils._sync.filters import Matcher
from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import shown
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import chosen, values

_KIND, _CLASS_KIND = "lifecycle", "storage class rules"
_FORMS = "Give a template's name, a dict of a template's name and its parameters, or a rule with {}."
_MOVES, _ENDS = (*SIZES, "transitions", "noncurrent_transitions"), ("expiration", "noncurrent_expiration")
# What is warned of where a bucket has another default for the smallest object that is moved than S3's.
_STRICTEST = "varies_by_storage_class"


def lifecycle(wanted: Any) -> list[Rule]:
    """The rules, for the option `lifecycle` of a bucket. Raises StowageError."""
    made = list(_listed(wanted, TEMPLATES, _KIND, ("id",), _of_lifecycle))
    _refuse_earlier(made)
    found = [each for template, whole in made for each in (_apart(whole) if template else [whole])]
    names = [each["id"] for each in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise StowageError(
            f"{_KIND}: the id {shown(twice)} is there twice, and each rule needs one of its own. Give one of the"
            " templates an id, as in {temporary: {prefix: tmp, id: second}}, or join them."
        )
    if len(found) > MOST:
        raise StowageError(f"{_KIND}: there are {len(found)} rules; S3 keeps {MOST}. Join those that can be one.")
    return found


def storage_class_rules(wanted: Any) -> list[Rule]:
    """The rules, for the option `rules` of a sync, or of what changes classes. Raises StowageError."""
    made = _listed(wanted, CLASS_RULES, _CLASS_KIND, ("match", "storage_class"), _of_classes)
    return [rule for _template, rule in made]


def _listed(
    wanted: Any,
    templates: Mapping[str, Template],
    kind: str,
    signs: tuple[str, ...],
    make: Callable[[Template, Values], Iterator[Rule]],
) -> Iterator[tuple[Template | None, Rule]]:
    """Rules with their templates. signs: of which a rule has one that is given as it is, and has no template."""
    for entry in items(wanted):
        if isinstance(entry, Mapping) and any(each in entry for each in signs):
            yield None, dict(entry)
            continue
        template, times = chosen(entry, templates, kind, _FORMS.format(" or ".join(signs)))
        for parameters in times:
            yield from ((template, rule) for rule in make(template, values(template, parameters, kind)))


def _of_lifecycle(template: Template, told: Values) -> Iterator[Rule]:
    """The rules of a template, each checked with all that it does to an object."""
    for whole in _made(template, told):
        for remark in _against(whole):
            raise StowageError(f"{_KIND} template {template.name}: {remark.option}: {remark.problem} {remark.remedy}")
        yield {**whole, "id": f"{whole['id']}-{told['id']}" if told["id"] else whole["id"]}


def _made(template: Template, told: Values) -> list[Rule]:
    try:
        return template.rules(told)
    except ValueError as error:
        raise StowageError(f"{_KIND} template {template.name}: {error}") from error


def _against(rule: Rule) -> Iterator[Remark]:
    """What the bucket's modules would refuse or warn of. That all objects expire was asked for, with the prefix ''."""
    yield from refused(rule, rule["id"])
    for name, rules in COSTS.items():
        if name != "sweeping":
            yield from rules(rule, rule["id"], _STRICTEST)


def _apart(rule: Rule) -> Iterator[Rule]:
    """A size is for what is moved alone, and S3 has one for a whole rule: what expires goes into a second one.

    The second one has its name whether there is a first or not, so that `purge_lifecycle: false` leaves none over.
    """
    if not any(name in rule for name in SIZES):
        yield rule
        return
    moves = {name: value for name, value in rule.items() if name not in _ENDS}
    ends = {name: value for name, value in rule.items() if name not in _MOVES}
    if any(name in moves for name in ACTIONS):
        yield moves
    if any(name in ends for name in ACTIONS):
        yield {**ends, "id": f"{rule['id']}-expiration"}


def _refuse_earlier(made: list[tuple[Template | None, Rule]]) -> None:
    """Templates that delete what another is to keep. A rule that is given as it is, is meant. Raises StowageError."""
    keepers = [(template, rule) for template, rule in made if template and template.keeps]
    for (keeper, kept), (template, rule) in product(keepers, made):
        if template and rule is not kept and _deletes_earlier(rule, kept):
            where, there = (shown(each.get("prefix", "")) for each in (rule, kept))
            raise StowageError(
                f"{_KIND}: template {template.name} with the prefix {where} deletes earlier what {keeper.name} keeps"
                f" below {there}. Choose prefixes that do not meet."
            )


def _deletes_earlier(rule: Rule, kept: Rule) -> bool:
    short, long = sorted((rule.get("prefix", ""), kept.get("prefix", "")), key=len)
    some, others = rule.get("tags", {}), kept.get("tags", {})
    # An object may have all of their tags, but not two values of one.
    meet = long.startswith(short) and all(some[name] == others[name] for name in some.keys() & others.keys())
    return meet and any(
        rule.get(part, {}).get("days", math.inf) < kept.get(part, {}).get("days", math.inf) for part in _ENDS
    )


def _of_classes(template: Template, told: Values) -> Iterator[Rule]:
    """The rules of a template below its prefix. What stays in STANDARD, or returns there, may be small and new."""
    prefix = told["prefix"]
    least = {name: told[name] for name in ("min_size", "min_age_days") if told[name] is not None}
    for each in template.rules(told):
        globs = [_below(prefix, glob) for glob in each["match"]]
        Matcher(f"{_CLASS_KIND} template {template.name}: prefix", globs)
        yield {"match": globs, **({} if each["storage_class"] == "STANDARD" else least), **_rest(each)}


def _rest(rule: Rule) -> Rule:
    return {name: value for name, value in rule.items() if name != "match"}


def _below(prefix: str, glob: str) -> str:
    return "/" + re.sub(r"([\\\[])", r"\\\1", prefix) + f"**/{glob}" if prefix else glob
