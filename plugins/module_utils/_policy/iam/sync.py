# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a sync job needs, by its own options.

Give it the options of the module `stowage.s3.sync`, or a job of the role `sync`; those that make no difference are
passed over. What it allows follows from what the job does: its direction, what it compares by, whether it deletes,
keeps backups, restores archived objects, sets tags or an ACL, and where its state is. Keys are listed, read and written
below the job's prefixes alone. Several jobs are a list, `sync: "{{ sync_jobs }}"`; a job's name becomes a part of the
names of its statements.

Danger: which KMS key encrypts a bucket by default, no option tells: then give `source_keys`, `destination_keys`,
`backup_keys` or `state_keys`. In another account the bucket's policy, and the key's, have to allow it as well.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._module import AWS_SPEC, CONNECTION_SPEC
from ansible_collections.stowage.s3.plugins.module_utils._policy.canonical import items
from ansible_collections.stowage.s3.plugins.module_utils._policy.kinds import KEY
from ansible_collections.stowage.s3.plugins.module_utils._policy.places import granted, named
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import parse_place
from ansible_collections.stowage.s3.plugins.module_utils._sync.permissions import permissions
from ansible_collections.stowage.s3.plugins.module_utils._sync.run import COMMON_SPEC, SYNC_SPEC
from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import FLAG, Kind, choice, shown, word
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter

NAME = "StowageSync"
_SPEC = {**COMMON_SPEC, **SYNC_SPEC}
_PARTS = {"source": "Source", "destination": "Destination", "backup_to": "Backup", "state_dir": "State"}


def _switch(value: Any) -> bool:
    try:
        return bool(boolean(value))
    except TypeError as error:
        raise ValueError(f"{shown(value)} is not allowed. {FLAG.allowed}") from error


def _rules(value: Any) -> list[Any]:
    rules = items(value)
    if not all(isinstance(rule, Mapping) for rule in rules):
        raise ValueError(f"{shown(value)} is not allowed. {RULES.allowed}")
    return rules


SWITCH = Kind(FLAG.name, FLAG.allowed, _switch)
RULES = Kind("list of rules", "Give a list of dicts, as the option rules of stowage.s3.sync.", _rules)
TEXT = word("text", "(?s:.+)", "text")
PLACE = word("path or s3://bucket/prefix", "(?s:.+)", "a path or s3://bucket/prefix")


def _option(name: str, kind: Kind, text: str, **more: Any) -> Parameter:
    return Parameter(name, kind, text, **{"default": _SPEC[name].get("default"), **more})


def _chosen(name: str, text: str) -> Parameter:
    return _option(name, choice(*_SPEC[name]["choices"]), text)


PARAMETERS = (
    _option("source", PLACE, "The job's.", required=True),
    _option("destination", PLACE, "The job's.", required=True),
    Parameter("name", TEXT, "The job's. Its letters and digits go into the names of the statements.", default=""),
    Parameter("file", SWITCH, "Whether the local source is one file, and not a directory.", default=False),
    _chosen("compare", "Content takes reading what is compared, also in the destination of an upload."),
    _chosen("on_conflict", "Unless it is overwrite, writes and deletions have conditions, which take reading as well."),
    _option("delete", SWITCH, "The job's."),
    _option("backup_to", PLACE, "The job's."),
    _chosen("archived", "With restore, copies of archived objects are asked for."),
    _option("rules", RULES, "Tags, and what is changed of objects that are there.", default=()),
    _chosen("acl", "The job's; no other ACL may be given then."),
    _option("state_dir", PLACE, "The job's."),
    _option("apply_plan", TEXT, "Executing a saved plan has conditions, whatever on_conflict is."),
    _chosen("encryption", "The job's."),
    _option("encryption_key_id", TEXT, "The job's. If it is the ARN of a key, that key may be used."),
    *(
        Parameter(f"{name}_keys", KEY, f"The KMS keys of {text}.", many=True, default=())
        for name, text in {
            "source": "what is read",
            "destination": "what is written",
            "backup": "backups",
            "state": "the state directory",
        }.items()
    ),
)


def _statements(place: Place, values: Values) -> list[Statement]:
    keys = _keys(values)
    found: list[Statement] = []
    name = named(NAME, values["name"])
    for at in permissions(values, file=values["file"]):
        found += granted(f"{name}{_PARTS[at.name]}", place, at, keys[at.name])
    return found


def _keys(values: Values) -> dict[str, list[str]]:
    """The KMS keys of each place. Raises StowageError where one is used and cannot be told."""
    found = {name: list(values[f"{name.split('_')[0]}_keys"]) for name in _PARTS}
    told = values["encryption_key_id"]
    if not told:
        return found
    written = [name for name in ("destination", "backup_to") if values[name] and parse_place(name, values[name]).remote]
    try:
        arn = KEY.read(told)
    except ValueError as error:
        lacking = [f"{name.split('_')[0]}_keys" for name in written if not found[name]]
        if lacking:
            raise StowageError(
                f"policy template sync: encryption_key_id: {shown(told)} is no ARN, and a policy names keys by their"
                f" ARNs. Give that of the key in {' and '.join(lacking)}."
            ) from error
        return found
    return {name: list(dict.fromkeys([*each, arn])) if name in written else each for name, each in found.items()}


_KNOWN = frozenset(each.name for each in PARAMETERS)
_SPECS = (COMMON_SPEC, SYNC_SPEC, CONNECTION_SPEC, AWS_SPEC)
_OPTIONS = chain.from_iterable((name, *spec.get("aliases", ())) for specs in _SPECS for name, spec in specs.items())

SYNC = Template("sync", __doc__, _statements, PARAMETERS, ignored=frozenset(_OPTIONS) - _KNOWN)
