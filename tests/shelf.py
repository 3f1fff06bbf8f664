# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A prefix whose objects change their storage class, and nothing else."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._classes import task
from ansible_collections.stowage.s3.plugins.module_utils._s3 import multipart
from ansible_collections.stowage.s3.plugins.module_utils._sync import job
from harness import run_module
from world import World

MIB = 1 << 20
# What of a HEAD is the class, or follows from a copy having been made.
CHANGES = ("StorageClass", "LastModified", "ResponseMetadata", "VersionId", "Restore", "Expiration")


def small_copies(patch: Callable[[object, str, object], None]) -> None:
    """Copies go by parts of 5 MiB, the smallest that S3 takes; `patch` is setattr, or undoes itself."""
    patch(task, "Job", functools.partial(job.Job, largest_copy=5 * MIB))
    patch(job, "COPY_PART", 5 * MIB)
    patch(multipart, "DEFAULT_PART", 5 * MIB)


class Shelf(World):
    """The module is run on what is below `app/`. Check mode comes first, and has to tell the truth."""

    def options(self, **options: Any) -> dict[str, Any]:
        """The module's parameters."""
        place = {"bucket": self.bucket, "prefix": f"{self.base}app", "state_dir": str(self.state)}
        return {**place, "concurrency": 8, **options}

    def once(self, *, check: bool = False, **options: Any) -> dict[str, Any]:
        """A run, or check mode, alone."""
        return run_module("storage_class", self.options(**options), server=self.server, check=check, diff=True)

    def move(self, **options: Any) -> dict[str, Any]:
        """Check mode, which has to change nothing, then a run, which has to do what check mode said."""
        before = self._everything()
        foretold = self.once(check=True, **options)
        assert self._everything() == before, "check mode changed something"
        result = self.once(**options)
        for name in ("actions", "actions_truncated", "summary", "states", "diff"):
            assert foretold.get(name) == result.get(name), (name, foretold, result)
        return result

    def refuse(self, **options: Any) -> str:
        """The message of a run that fails before anything is touched, in check mode and not."""
        before = self._everything()
        messages = []
        for check in (True, False):
            result = self.once(check=check, **options)
            assert result["failed"] and "actions" not in result, result
            messages.append(re.sub(r" \[request \S+\]", "", result["msg"]))
        assert self._everything() == before
        assert messages[0] == messages[1]
        return messages[0]

    def classes(self) -> dict[str, str]:
        """The storage class of each object, as a HEAD tells it."""
        return {key: self.head(key).get("StorageClass", "STANDARD") for key in self.names()}

    def kept(self) -> dict[str, Any]:
        """All that has to stay as it is, of each object."""
        found = {}
        for key in self.names():
            place = {"Bucket": self.bucket, "Key": f"{self.base}app/{key}"}
            head = {name: value for name, value in self.head(key).items() if name not in CHANGES}
            body = self.s3.get_object(**place)["Body"].read()
            tags = sorted((one["Key"], one["Value"]) for one in self.s3.get_object_tagging(**place)["TagSet"])
            found[key] = (body, tags, head)
        return found
