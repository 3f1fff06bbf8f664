# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Keeping what is replaced or deleted: where it goes, and what cannot be kept. `keeper` keeps it.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import os
from dataclasses import replace

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._sync.attributes import Attributes
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Action, Direction, there
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import Job, Place, Side, check_apart, contains
from ansible_collections.stowage.s3.plugins.module_utils._sync.listing import MAX_KEY
from ansible_collections.stowage.s3.plugins.module_utils._sync.placement import Placement, unusable
from ansible_collections.stowage.s3.plugins.module_utils._sync.plan import ARCHIVED, backup_of

# Where


def check_backup_place(place: Place, source: Place, target: Place, state: Place) -> None:
    """Refuse a place for backups that the run would sync, or that it keeps its own files in; raises StowageError."""
    check_apart("backup_to", place, source, target)
    for option, other in (("source", source), ("destination", target)):
        if contains(place, other):
            raise StowageError(
                f"{option}: {other.text!r} lies inside backup_to {place.text!r}, so backups and what they are of would"
                " mix. Give a backup_to outside of it."
            )
    if contains(state, place):
        raise StowageError(
            f"backup_to: {place.text!r} lies inside state_dir {state.text!r}, where the sync keeps its own files. Give"
            " a place outside of it."
        )


def with_backup(job: Job, side: Side, encryption: str | None, encryption_key_id: str | None) -> Job:
    """The job with its backup, which goes to `side`: the place of this run alone."""
    source = job.target
    direction = Direction.UP if source.bucket is None else Direction.DOWN if side.bucket is None else Direction.ACROSS
    backup = replace(
        job,
        direction=direction,
        source=source,
        target=side,
        attributes=Attributes(encryption=encryption, encryption_key_id=encryption_key_id),
        compare="content",
        symlinks="skip",
        delete=False,
        on_conflict="overwrite",  # each run has a place of its own there
        applying=False,
    )
    return replace(job, backup=backup)


def backup_place(job: Job, action: Action) -> str:
    """Where the backup of what an action replaces or deletes stands; "" if it has none."""
    kept = backup_of(job, action)
    if kept is None:
        return ""
    side = there(job.backup).target
    return f"s3://{side.bucket.name}/{side.prefix}{kept.key}" if side.bucket is not None else f"{side.path}/{kept.key}"


# What cannot be kept


class Keepable:
    """Tells in advance what cannot be backed up, so that check mode knows it too. Wants actions in key order."""

    def __init__(self, job: Job) -> None:
        self._job, self._backup = job, there(job.backup)
        side = self._backup.target
        self._placement = Placement(side.path) if side.bucket is None else None
        self._ancestors: list[str] = []

    def why_not(self, action: Action) -> str:
        """Why what an action replaces or deletes cannot be backed up; "" if it can, or nothing is to be."""
        kept = backup_of(self._job, action)
        if kept is None:
            return ""
        target, source = there(kept.source), self._job.target
        if source.bucket is None:
            path = source.local_path(target)
            if not os.access(path, os.R_OK) and os.path.exists(path):
                return (
                    "It is to be replaced or deleted, and cannot be read to be backed up first: Permission denied."
                    " Grant read permission, or exclude it."
                )
        elif target.storage_class in ARCHIVED and not target.restored:
            return (
                f"It is to be replaced or deleted, and is archived ({target.storage_class}), so that it cannot be"
                " backed up before a restore. Restore it, exclude it, or leave backup_to out."
            )
        if self._placement is None:
            size = len(self._backup.target.remote_key(kept.key).encode())
            return "" if size <= MAX_KEY else _no_name(f"its key would have {size} bytes, and S3 allows {MAX_KEY}")
        return self._no_place(kept, self._placement) if source.bucket is not None else ""

    def _no_place(self, kept: Action, placement: Placement) -> str:
        key = kept.key.rstrip("/")
        while self._ancestors and not key.startswith(self._ancestors[-1]):
            self._ancestors.pop()
        why = unusable(kept.key) or placement.look(kept.key).text
        if why:
            return _no_name(why)
        if kept.key.endswith("/"):
            return _no_name("its key ends in '/', but it has content") if kept.size else ""
        above = [one for one in self._ancestors if key.startswith(one + "/")]
        if above:
            return _no_name(f"{above[0]!r} is to be kept as well, and a file cannot be a directory")
        if placement.collides(key):
            return _no_name("another key differs from it in upper and lower case alone")
        self._ancestors.append(key)
        return ""


def _no_name(reason: str) -> str:
    return (
        f"It is to be replaced or deleted, and cannot be backed up in backup_to: {reason.rstrip('.')}. Give another"
        " backup_to (in S3 any key can be kept), or exclude it."
    )
