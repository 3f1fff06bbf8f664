# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a sync asks of S3, by its options: at each place the IAM actions, and the keys that they are about. Pure.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._sync.job import Place, check_places, parse_place, prefix_of

# What a write takes that may go by parts: they are given up after a failure, and looked at after a cut.
WRITE = ("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject")
# Every action that is about objects, in any job.
OBJECT_ACTIONS = (
    *WRITE,
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:GetObjectTagging",
    "s3:PutObjectAcl",
    "s3:PutObjectTagging",
    "s3:RestoreObject",
)

_MATCH = {"match"}  # the part of a rule that asks for nothing


class Use(NamedTuple):
    """What is done with the keys of a place. keys: what they begin with, or one key if it is `whole`."""

    keys: str
    actions: tuple[str, ...]
    whole: bool = False


@dataclass(frozen=True)
class At:
    """What a job does in one bucket: it looks for it, and lists those keys, too.

    name: the place's, as in the job's options. acl: the only one that is given.
    """

    name: str
    bucket: str
    uses: tuple[Use, ...]
    acl: str = ""


def permissions(params: Mapping[str, Any], *, file: bool = False) -> list[At]:
    """What a job needs, by its options as the module takes them. `file`: the local source is one file.

    Raises StowageError: places that cannot be synced.
    """
    source, target = parse_place("source", params["source"]), parse_place("destination", params["destination"])
    check_places(source, target)
    job = _Job(params, source, target, file)
    found = [job.at_source(), job.at_target()]
    if params.get("backup_to"):
        found.append(job.at_backup(parse_place("backup_to", params["backup_to"])))
    if params.get("state_dir"):
        found.append(job.at_state(parse_place("state_dir", params["state_dir"])))
    return [each for each in found if each is not None]


class _Job:
    def __init__(self, params: Mapping[str, Any], source: Place, target: Place, file: bool) -> None:
        self._params, self._source, self._target = params, source, target
        self._file = file and not source.remote
        self._across = source.remote and target.remote
        self._content = params["compare"] == "content"
        self._rules = [rule for rule in params["rules"] if any(rule[name] is not None for name in rule.keys() - _MATCH)]
        # What rules ask of an object of the right content is brought about by a copy of it onto itself.
        self._updates = self._content and bool(self._rules) and target.remote

    def at_source(self) -> At | None:
        """Read, and restored if it is archived."""
        if not self._source.remote:
            return None
        actions = ["s3:GetObject"]
        if self._across:
            actions.append("s3:GetObjectTagging")  # a copy carries the tags
        if self._params["archived"] == "restore":
            actions.append("s3:RestoreObject")
        return _below("source", self._source, actions)

    def at_target(self) -> At | None:
        """Written, and looked at as far as the comparison and the conditions on writes do."""
        if not self._target.remote:
            return None
        actions = [*WRITE, *self._reading(), *self._tagging()]
        if self._params["delete"]:
            actions.append("s3:DeleteObject")
        acl = self._params["acl"] or ""
        if not self._file:
            return _below("destination", self._target, actions, acl)
        key = self._target.key
        if not key or key.endswith("/"):
            key += posixpath.basename(self._source.path)
        return At("destination", self._target.bucket, (Use(key, _sorted(actions), whole=True),), acl)

    def _reading(self) -> Iterator[str]:
        """A condition on an ETag takes the permission to read it, at writes and at deletions."""
        params = self._params
        conditions = params["on_conflict"] != "overwrite" or params["apply_plan"]
        compressed = any(each.get("compress") for each in self._rules) and not self._source.remote
        if self._content or conditions or compressed or params["backup_to"] or self._file:
            yield "s3:GetObject"
        if self._updates or (params["backup_to"] and parse_place("backup_to", params["backup_to"]).remote):
            yield "s3:GetObjectTagging"

    def _tagging(self) -> Iterator[str]:
        if self._across or self._updates or any(each.get("tags") for each in self._rules):
            yield "s3:PutObjectTagging"

    def at_backup(self, place: Place) -> At | None:
        """Written alone: each run has a place of its own there."""
        if not place.remote:
            return None
        return _below("backup_to", place, [*WRITE, *(["s3:PutObjectTagging"] if self._target.remote else [])])

    def at_state(self, place: Place) -> At | None:
        """The record of the run, the state cache, and notes of the uploads by parts that are under way."""
        if not place.remote:
            return None
        above, backup = prefix_of(place.key), self._params["backup_to"]
        uses = [Use(f"{above}runs/", ("s3:PutObject",))]
        if self._content:
            uses.append(Use(f"{above}cache/", ("s3:GetObject", "s3:PutObject")))
        if self._target.remote or (backup and parse_place("backup_to", backup).remote):
            uses.append(Use(f"{above}uploads/", ("s3:DeleteObject", "s3:GetObject", "s3:PutObject")))
        return At("state_dir", place.bucket, tuple(uses))


def _below(name: str, place: Place, actions: list[str], acl: str = "") -> At:
    prefix = prefix_of(place.key)
    return At(name, place.bucket, (Use(prefix, _sorted(actions)),), acl)


def _sorted(actions: list[str]) -> tuple[str, ...]:
    return tuple(sorted(set(actions)))
