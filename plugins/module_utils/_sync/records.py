# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What remains of a run: its log, a line for every object, and its record. Their schema is in docs/records.md.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import IO, TYPE_CHECKING, Any

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._s3.stats import Tally
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Action, Verb, printable
from ansible_collections.stowage.s3.plugins.module_utils._version import VERSION

if TYPE_CHECKING:
    from ansible_collections.stowage.s3.plugins.module_utils._sync.attempt import Done

RECORD_VERSION = 1
LOG_VERSION = 1
RECORDED = 100  # objects that a record shows; the log has all


def timestamp(seconds: float) -> str:
    """RFC 3339 in UTC with milliseconds."""
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class Run:
    """What is known of a run from its start: what its log and its record begin with.

    started: seconds since the epoch. ansible: the version of ansible-core. backup: the place of this run's backups, ""
    for none. log: the log's path, "" for none. endpoint: which S3, as the state cache knows it.
    """

    run_id: str
    started: float
    source: str
    destination: str
    endpoint: str
    ansible: str
    log: str = ""
    backup: str = ""

    def public(self) -> dict[str, Any]:
        """The fields that log and record share."""
        return {
            "run_id": self.run_id,
            "source": printable(self.source),
            "destination": printable(self.destination),
            "endpoint": self.endpoint,
            "backup": printable(self.backup),
            "host": platform.node(),
            "versions": {"collection": VERSION, "ansible": self.ansible, "python": platform.python_version()},
        }


class Log:
    """NDJSON: a line when the run begins to act, one for every object that it acted on, and one at its end.

    Each line stands alone and is whole, also where several runs share a file; a log without the last line is that of a
    run that was killed. The first lines are kept for the record.
    """

    def __init__(self, run: Run) -> None:
        """Raises StowageError if it cannot be opened; what fails later is told by `failure`, and ends the log alone."""
        self._run = run
        self._file: IO[bytes] | None = None
        self.failure = ""
        self.objects: list[dict[str, Any]] = []
        self.count = 0
        if run.log:
            try:
                descriptor = os.open(run.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
            except OSError as error:
                raise StowageError(
                    f"log: {run.log!r} cannot be written: {error.strerror}. Give a file in a directory that exists and"
                    " can."
                ) from error
            # One write a line, at the end of the file: lines do not tear, and those of a run that is killed are there.
            self._file = open(descriptor, "ab", buffering=0)  # noqa: SIM115 - closed by close()
        self._line({"event": "start", "version": LOG_VERSION, "time": timestamp(time.time()), **run.public()})

    def names_versions(self, count: int) -> bool:
        """Whether it is worth a longer answer of S3 to know the versions of `count` objects more."""
        return self._file is not None or self.count + count <= RECORDED

    def write(
        self,
        action: Action,
        *,
        error: str,
        seconds: float,
        tally: Tally | None = None,
        done: Done | None = None,
        replaced: str = "",
        backup: str = "",
    ) -> None:
        """One object's outcome; `seconds` is how long it took, `replaced` the version id of what was there before."""
        self.count += 1
        if self._file is None and len(self.objects) >= RECORDED:
            return
        tally = tally or Tally()
        line: dict[str, Any] = {
            "event": "object",
            "time": timestamp(time.time()),
            "run_id": self._run.run_id,
            **action.public(),
            "key": printable(action.key),
            "outcome": "failed" if error else "done",
            "duration": round(seconds, 6),
            "attempts": tally.retries + 1,
            "bytes_sent": tally.bytes_sent,
            "bytes_received": tally.bytes_received,
        }
        if error:
            line["error"] = printable(error)
        else:
            line |= _told(action, done, replaced, backup)
        if len(self.objects) < RECORDED:
            self.objects.append(line)
        self._line(line)

    def end(self, status: str, outcome: Mapping[str, int]) -> None:
        """The last line: how the run ended, and the counts of what it did."""
        end = {"event": "end", "time": timestamp(time.time()), "run_id": self._run.run_id, "status": status, **outcome}
        self._line(end)

    def _line(self, line: dict[str, Any]) -> None:
        if self._file is None:
            return
        data = json.dumps(line, ensure_ascii=False).encode() + b"\n"
        try:
            # A disk that becomes full may take a part of a line, and says so by the count alone.
            self.failure = "" if self._file.write(data) == len(data) else "its last line is cut off"
        except OSError as error:
            # The transfers are worth more than their log.
            self.failure = error.strerror or str(error)
        if self.failure:
            self.close()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _told(action: Action, done: Done | None, replaced: str, backup: str) -> dict[str, str]:
    """What S3 told of the object before and after, where it did."""
    before, row = action.target, done.row if done is not None else None
    known = row.etag if row is not None else done.etag if done is not None else ""
    told = {
        "etag": known if action.verb is not Verb.DELETE else "",
        "version_id": done.version_id if done is not None else "",
        "replaced_etag": before.etag if before is not None and action.reason != "restore" else "",
        "replaced_version_id": replaced,
        "backup": printable(backup),
    }
    return {name: value for name, value in told.items() if value}


def record(
    run: Run,
    *,
    status: str,
    message: str,
    options: Mapping[str, Any],
    result: Mapping[str, Any] | None,
    log: Log | None,
) -> dict[str, Any]:
    """The record of a run. `status` is done, failed or refused; `result` is the module's, None if it came to none."""
    known: dict[str, Any] = {"changed": False, "summary": None, "stats": None, "failures": []}
    if result is not None:
        known = {name: result[name] for name in known}
    objects = log.objects if log is not None else []
    return {
        "version": RECORD_VERSION,
        **run.public(),
        "log": printable(run.log),
        "start": timestamp(run.started),
        "end": timestamp(time.time()),
        "status": status,
        "message": printable(message),
        "options": dict(options),
        **known,
        "objects": [{name: value for name, value in one.items() if name not in ("event", "run_id")} for one in objects],
        "objects_truncated": log is not None and log.count > len(objects),
    }
