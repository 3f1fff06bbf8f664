# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a job that moves objects to other storage classes needs, by its own options.

Give it the options of the module `stowage.s3.storage_class`, or a job of the role `storage_class`; those that make no
difference are passed over. Keys are listed, read and copied below the job's prefix alone, archives are restored only
with `restore`, and replaced versions deleted only with `replaced_versions: delete`. A job with `recommend` may touch no
object. Several jobs are a list, `storage_class: "{{ storage_class_jobs }}"`; a job's name becomes a part of the names
of its statements.

Danger: no option tells whether the bucket's objects have ACLs (`acls`), whether they may be locked (`locks`), and which
KMS keys encrypt them (`keys`). Without these such objects cannot be moved.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._classes.permissions import permissions
from ansible_collections.stowage.s3.plugins.module_utils._classes.run import SPEC
from ansible_collections.stowage.s3.plugins.module_utils._cost.readers import cloudwatch
from ansible_collections.stowage.s3.plugins.module_utils._module import AWS_SPEC, CONNECTION_SPEC
from ansible_collections.stowage.s3.plugins.module_utils._policy.iam.sync import PLACE, SWITCH, TEXT
from ansible_collections.stowage.s3.plugins.module_utils._policy.kinds import BUCKET, KEY
from ansible_collections.stowage.s3.plugins.module_utils._policy.places import granted, named, reading
from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import grant
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import parse_place, prefix_of
from ansible_collections.stowage.s3.plugins.module_utils._sync.permissions import At, Use
from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import Kind, choice, shown
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter

NAME = "StowageStorageClass"
_PARTS = {"bucket": "Objects", "access_logs": "Logs", "inventory": "Inventory", "state_dir": "State"}
_KEYS = {"bucket": "keys", "inventory": "inventory_keys", "state_dir": "state_keys"}
LISTING, FILTERS = "s3:ListBucket", "s3:GetMetricsConfiguration"
# The record of a run, and notes of the copies by parts that are under way.
STATE = {"runs/": ("s3:PutObject",), "uploads/": ("s3:DeleteObject", "s3:GetObject", "s3:PutObject")}


def _dict(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(f"{shown(value)} is not allowed. {DICT.allowed}")
    return dict(value)


DICT = Kind("dict", "Give a dict, as the option of stowage.s3.storage_class.", _dict)
PARAMETERS = (
    Parameter("bucket", BUCKET, "The job's.", required=True),
    Parameter("prefix", TEXT, "The job's.", default=""),
    Parameter("name", TEXT, "The job's. Its letters and digits go into the names of the statements.", default=""),
    Parameter("restore", DICT, "The job's. With it, copies of archived objects are asked for."),
    Parameter(
        "replaced_versions",
        choice(*SPEC["replaced_versions"]["choices"]),
        "With delete, versions are deleted.",
        default="keep",
    ),
    Parameter("recommend", DICT, "The job's. With it, nothing is moved."),
    Parameter("access_logs", PLACE, "The job's."),
    Parameter("access_metrics", SWITCH, "The job's.", default=False),
    Parameter("state_dir", PLACE, "The job's."),
    Parameter("acls", SWITCH, "Whether the objects have ACLs (not with BucketOwnerEnforced).", default=False),
    Parameter("locks", SWITCH, "Whether the bucket has object lock.", default=False),
    Parameter("keys", KEY, "The KMS keys of the bucket.", many=True, default=()),
    Parameter("inventory_keys", KEY, "The KMS keys of the inventory in recommend.", many=True, default=()),
    Parameter("state_keys", KEY, "The KMS keys of the state directory.", many=True, default=()),
)


def _statements(place: Place, values: Values) -> list[Statement]:
    name = named(NAME, values["name"])
    needed = permissions(values, acls=values["acls"], locks=values["locks"])
    of_bucket = sorted([*needed.bucket, *([FILTERS] if values["access_metrics"] else [])])
    of_bucket.remove(LISTING)  # which is about a prefix
    found = [grant(f"{name}Bucket", of_bucket, place.other(values["bucket"]))]
    if values["access_metrics"]:
        found.append(grant(f"{name}Metrics", list(cloudwatch.PERMISSIONS), "*"))
    moved = () if values["recommend"] is not None else tuple(sorted(needed.objects))
    for at in [At("bucket", values["bucket"], (Use(prefix_of(values["prefix"]), moved),)), *_beside(values)]:
        found += granted(f"{name}{_PARTS[at.name]}", place, at, values.get(_KEYS.get(at.name, ""), []))
    return found


def _beside(values: Values) -> Iterator[At]:
    """What is read and written elsewhere. What only looks keeps no state."""
    read = {"access_logs": values["access_logs"], "inventory": (values["recommend"] or {}).get("inventory")}
    for name, text in read.items():
        yield from reading(name, text) if text else ()
    if values["recommend"] is None and values["state_dir"]:
        state = parse_place("state_dir", values["state_dir"])
        if state.remote:
            above = prefix_of(state.key)
            yield At("state_dir", state.bucket, tuple(Use(above + each, actions) for each, actions in STATE.items()))


_KNOWN = frozenset(each.name for each in PARAMETERS)
_OPTIONS = chain.from_iterable(
    (name, *spec.get("aliases", ())) for specs in (SPEC, CONNECTION_SPEC, AWS_SPEC) for name, spec in specs.items()
)

STORAGE_CLASS = Template("storage_class", __doc__, _statements, PARAMETERS, ignored=frozenset(_OPTIONS) - _KNOWN)
