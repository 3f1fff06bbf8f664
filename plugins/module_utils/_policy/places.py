# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""From what a task does at places to the statements that allow it. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import re

from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import (
    grant,
    key_use,
    listing,
    objects,
    pattern,
)
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import parse_place
from ansible_collections.stowage.s3.plugins.module_utils._sync.permissions import At, Use

# The files of an inventory lie beside the folders of its manifests.
_MANIFEST = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}-[0-9]{2}Z/.*\Z", re.DOTALL)
KEY_READS, KEY_WRITES = ["kms:Decrypt"], ["kms:Decrypt", "kms:GenerateDataKey"]


def named(name: str, of: str) -> str:
    """The beginning of statements' names, with the letters and digits of what a job is called."""
    return name + "".join(each[0].upper() + each[1:] for each in re.findall("[A-Za-z0-9]+", of))


def reading(name: str, text: str) -> list[At]:
    """Files in a bucket that are read: logs, or an inventory; none of a directory. Raises StowageError."""
    place = parse_place(name, text)
    keys = _MANIFEST.sub("", place.key)
    return [At(name, place.bucket, (Use(keys, ("s3:GetObject",)),))] if place.remote else []


def granted(sid: str, place: Place, at: At, keys: list[str]) -> list[Statement]:
    """What is done in one bucket. keys: KMS keys that encrypt what is there."""
    wheres = [pattern(use.keys, whole=use.whole) for use in at.uses]
    arns = [objects(place, at.bucket, where) for where in wheres]
    found = [listing(f"{sid}List", place, at.bucket, wheres)]
    found += [
        grant(f"{sid}{_folder(at, use)}", list(use.actions), arn)
        for use, arn in zip(at.uses, arns, strict=True)
        if use.actions
    ]
    if at.acl:
        found.append(grant(f"{sid}Acl", "s3:PutObjectAcl", arns, {"StringEquals": {"s3:x-amz-acl": at.acl}}))
    writes = any("s3:PutObject" in use.actions for use in at.uses)
    whole = [place.other(at.bucket), *arns]
    return found + key_use(f"{sid}Key", place, keys, KEY_WRITES if writes else KEY_READS, whole)


def _folder(at: At, use: Use) -> str:
    """What tells statements of a state directory, which has folders, from each other."""
    return use.keys.rstrip("/").rpartition("/")[2].capitalize() if at.name == "state_dir" else ""
