# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Saved plans: written by check mode, executed once by a run that does just what stands in them.

A file of JSON lines: a header, what could not be planned, directories to keep, the actions in the order of their
execution, and last the SHA-256 of all that comes before. That shows damage; it is no signature. So whatever a file
says is held against the run's own sides, filters and valve, and each action against what it was planned for.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, NamedTuple

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import (
    STAMP_SIZE,
    SYNCED,
    Action,
    Direction,
    Entry,
    Problem,
    Row,
    Verb,
)
from ansible_collections.stowage.s3.plugins.module_utils._sync.filters import in_form
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import Job, Place, check_apart, contains, parse_place
from ansible_collections.stowage.s3.plugins.module_utils._sync.placement import unusable
from ansible_collections.stowage.s3.plugins.module_utils._sync.plan import Plan, valve
from ansible_collections.stowage.s3.plugins.module_utils._sync.records import timestamp
from ansible_collections.stowage.s3.plugins.module_utils._version import VERSION as COLLECTION

FORMAT = "stowage.s3 sync plan"
VERSION = 1
MAX_AGE = 24 * 3600  # seconds
CLOCKS = 300  # seconds by which two machines' clocks may differ
LONGEST_LINE = 1 << 20  # bytes; the longest path, each character escaped, is a tenth of it
USED = ".applied"
# What a plan depends on. Not in it: where files of our own go, how fast, and the valve, which is asked anew.
DECIDING = (
    "include",
    "exclude",
    "rules",
    "symlinks",
    "unicode_form",
    "compare",
    "delete",
    "storage_class",
    "encryption",
    "encryption_key_id",
    "acl",
    "archived",
    "backup_to",
)
_ANEW = "Make a new one: run with plan_file in check mode."
_GROUPS = ("transfers", "replacing", "deletions")


class Files(NamedTuple):
    """The plan that this run writes, and the one that it executes: "" for none, and never both."""

    write: str = ""
    apply: str = ""


class Terms(NamedTuple):
    """What a plan was made for: both sides (endpoint, bucket and prefix, or path), and a digest of its options."""

    source: Sequence[str]
    destination: Sequence[str]
    options: str


def check_files(params: Mapping[str, Any], source: Place, target: Place, state: Place, *, check_mode: bool) -> Files:
    """What `plan_file` and `apply_plan` come to. Raises StowageError before anything is touched."""
    paths: dict[str, str] = {}
    for option in ("plan_file", "apply_plan"):
        if not params[option]:
            continue
        place = parse_place(option, params[option])
        if place.remote:
            raise StowageError(f"{option}: {params[option]!r} is in S3. Give a local path.")
        check_apart(option, place, source, target)
        if contains(state, place):
            raise StowageError(f"{option}: {params[option]!r} lies inside state_dir {state.text!r}. Give another path.")
        paths[option] = os.path.realpath(place.path)
    if check_mode and "plan_file" in paths:
        _check_writable(params["plan_file"], paths["plan_file"])
        return Files(write=paths["plan_file"])
    if "apply_plan" in paths:
        _check_there(params["apply_plan"], paths["apply_plan"])
        return Files(apply=paths["apply_plan"])
    if "plan_file" in paths:
        raise StowageError(
            f"plan_file: {params['plan_file']!r} is written by check mode, and this is a run. Give apply_plan to"
            " execute a plan, run with --check to write one, or leave plan_file out to sync without."
        )
    return Files()


def _check_writable(text: str, path: str) -> None:
    folder = os.path.dirname(path)
    if not os.path.isdir(folder) or os.path.isdir(path) or not os.access(folder, os.W_OK | os.X_OK):
        raise StowageError(f"plan_file: {text!r} is no file in a directory that exists and can be written. Give one.")
    try:
        with open(path, "rb") as file:
            begin = file.read(len(_BEGIN))
    except FileNotFoundError:
        return
    except OSError as error:
        raise StowageError(f"plan_file: {text!r} cannot be read: {error.strerror}. Give another path.") from error
    if begin and begin != _BEGIN:
        raise StowageError(f"plan_file: {text!r} is there and is no plan, so it is not replaced. Give another path.")


def _check_there(text: str, path: str) -> None:
    if os.path.isfile(path):
        return
    if os.path.isfile(path + USED):
        raise StowageError(
            f"apply_plan: the plan {text!r} was executed already (it is {path + USED} now), and a plan is executed"
            f" once. {_ANEW}"
        )
    raise StowageError(f"apply_plan: there is no plan {text!r}. {_ANEW}")


def terms(params: Mapping[str, Any], source: Sequence[str], destination: Sequence[str]) -> Terms:
    """What a plan of these options and sides is made for. The options themselves are not told: rules may be private."""
    text = json.dumps({name: params[name] for name in DECIDING}, sort_keys=True)
    return Terms(list(source), list(destination), hashlib.sha256(text.encode()).hexdigest())


# Writing


def forget(path: str) -> None:
    """Remove an earlier plan, so that none is left that says what this check mode did not. Raises StowageError."""
    with _explained(path), contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def write(path: str, job: Job, plan: Plan, made_for: Terms, now: float) -> None:
    """Save a plan, whole or not at all. Raises StowageError."""
    part = os.path.join(os.path.dirname(path), f".stowage-{secrets.token_hex(8)}.part")
    with _explained(path):
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(part, flags, 0o600)
        try:
            digest = hashlib.sha256()
            with open(descriptor, "wb") as file:
                for line in lines(job, plan, made_for, now):
                    digest.update(line)
                    file.write(line)
                file.write(_seal(digest.hexdigest()))
            os.replace(part, path)
        except BaseException:
            os.unlink(part)
            raise


@contextlib.contextmanager
def _explained(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StowageError(
            f"plan_file: {path!r} cannot be written: {error.strerror}. Give a file in a directory that exists and can."
        ) from error


def lines(job: Job, plan: Plan, made_for: Terms, now: float) -> Iterator[bytes]:
    """All lines of a saved plan but the last. Raises StowageError for what could not be guarded later."""
    yield _line(_header(plan, made_for, now))
    for problem in plan.problems:
        yield _line({"problem": list(problem)})
    for directory in sorted(plan.marked):
        yield _line({"keep": directory})
    for group in _GROUPS:
        for action in getattr(plan, group):
            why = misfit(job, action)
            if why:
                raise StowageError(f"plan_file: {action.key!r} cannot be saved: {why}")
            yield _line(_from_action(action, group))


def _header(plan: Plan, made_for: Terms, now: float) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "collection": COLLECTION,
        "created": timestamp(now),
        **made_for._asdict(),
        "entries": [plan.source_entries, plan.target_entries],
        "summary": {verb.value: [plan.counts[verb], plan.sizes[verb]] for verb in SYNCED},
        "requests": dict(plan.requests),
        "ignored": dict(plan.ignored),
        "unproven": plan.unproven,
        "withheld": plan.withheld,
        "problems": plan.problem_count,
    }


def _line(record: Mapping[str, Any]) -> bytes:
    # ASCII, so that names which are no text at all (lone surrogates) survive too.
    return json.dumps(record, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def _seal(digest: str) -> bytes:
    return _line({"sha256": digest})


_BEGIN = _line({"format": FORMAT})[:-2] + b","


def _from_action(action: Action, group: str) -> dict[str, Any]:
    record: dict[str, Any] = {**action.public()}
    if group == "replacing":
        record["replacing"] = True
    for name, entry in (("source", action.source), ("target", action.target)):
        if entry is not None:
            values = entry._replace(stamp=b"")._asdict()
            del values["key"]
            record[name] = {name: value for name, value in values.items() if value != _PLAIN[name]}
            if entry.stamp:
                record[name]["stamp"] = entry.stamp.hex()
    if action.row is not None:
        row = action.row
        record["row"] = [row.stamp.hex(), row.digest.hex(), row.attributes.hex(), row.etag, row.clean, row.proven]
    return record


_PLAIN: dict[str, Any] = Entry("", -1, -1.0)._asdict()  # what goes without saying


# Reading


@dataclass
class Saved:
    """A plan that was read, found whole, and fits this run."""

    plan: Plan
    path: str
    identity: tuple[int, int]

    def use(self) -> None:
        """Mark the plan as used, before anything of it is done. Raises StowageError if another run was faster."""
        used = self.path + USED
        try:
            # Of two runs, one renames it, and the other finds nothing to rename.
            os.rename(self.path, used)
        except FileNotFoundError as error:
            raise StowageError(
                f"apply_plan: another run has taken {self.path!r} meanwhile, and a plan is executed once. Nothing was"
                " done."
            ) from error
        except OSError as error:
            raise StowageError(
                f"apply_plan: {self.path!r} cannot be renamed to {used!r}, which marks it as used: {error.strerror}."
                " Nothing was done. Put it into a directory that this user can write."
            ) from error
        if _identity(os.lstat(used)) != self.identity:
            os.rename(used, self.path)
            raise StowageError(
                f"apply_plan: {self.path!r} was replaced by another plan while it was read. Nothing was done. Run"
                " again."
            )


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def read(path: str, job: Job, made_for: Terms, now: float) -> Saved:
    """Read a saved plan for the run of `job`; raises StowageError if it is not whole, of other sides or options, or too
    old, and changes nothing.

    The plan's `refusal` is set where the deletion valve, as it stands now, does not let it pass.
    """
    plan = Plan()
    try:
        with open(path, "rb") as file:
            identity = _identity(os.fstat(file.fileno()))
            # Whole first: what a damaged file seems to say is not worth telling.
            for _line_of_it in _sealed(file):
                pass
            file.seek(0)
            sealed = _sealed(file)
            header = _decoded(next(sealed, b""))
            why = _foreign(header, made_for) or _age(header, now)
            if why:
                raise StowageError(f"apply_plan: {path!r} {why} Nothing was done. {_ANEW}")
            _fill(plan, job, header, sealed)
    except OSError as error:
        plan.close()
        raise StowageError(f"apply_plan: {path!r} cannot be read: {error.strerror}. Give a plan that can.") from error
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        plan.close()
        raise StowageError(
            f"apply_plan: {path!r} is damaged or no plan ({error}). Nothing was done. {_ANEW}"
        ) from error
    except BaseException:
        plan.close()
        raise
    plan.refusal = valve(job, len(plan.deletions) + plan.withheld, plan.source_entries, plan.target_entries)
    return Saved(plan, path, identity)


def _sealed(file: IO[bytes]) -> Iterator[bytes]:
    """The lines of a file but its seal; raises ValueError at the end if the seal is not theirs."""
    digest = hashlib.sha256()
    last = file.readline(LONGEST_LINE)
    while line := file.readline(LONGEST_LINE):
        digest.update(last)
        yield last
        last = line
    if last != _seal(digest.hexdigest()):
        raise ValueError("its end is missing, or its content is not what was written")


def _decoded(line: bytes) -> dict[str, Any]:
    record = json.loads(line)
    if not isinstance(record, dict):
        raise ValueError("a line is no record")
    return record


def _fill(plan: Plan, job: Job, header: dict[str, Any], rest: Iterable[bytes]) -> None:
    """Fill a plan with what stands in the lines. Raises StowageError for what this run may not do."""
    group = 0
    for line in rest:
        record = _decoded(line)
        if "problem" in record:
            plan.problems.append(Problem(*record["problem"]))
        elif "keep" in record:
            plan.marked.add(_text(record["keep"]))
        else:
            action = _to_action(record)
            at = 2 if action.verb is Verb.DELETE else 1 if record.get("replacing") else 0
            why = "its lines are not in order" if at < group else misfit(job, action)
            if why:
                raise StowageError(f"apply_plan: {action.key!r} is no action of this run: {why} Nothing was done.")
            group = at
            plan.count(action)
            getattr(plan, _GROUPS[at]).append(action)
    plan.source_entries, plan.target_entries = (_count(number) for number in header["entries"])
    plan.problem_count, plan.unproven = _count(header["problems"]), _count(header["unproven"])
    plan.withheld = _count(header["withheld"])
    plan.requests, plan.ignored = _counter(header["requests"]), _counter(header["ignored"])
    for verb in SYNCED:
        count, size = (_count(number) for number in header["summary"][verb.value])
        if verb is not Verb.SKIP and (count, size) != (plan.counts[verb], plan.sizes[verb]):
            raise ValueError("its header counts other actions")
        plan.counts[verb], plan.sizes[verb] = count, size


def _to_action(record: dict[str, Any]) -> Action:
    key = _text(record["key"])
    return Action(
        Verb(record["verb"]),
        key,
        _count(record["size"]),
        _text(record["reason"]),
        _to_entry(key, record.get("source")),
        _to_entry(key, record.get("target")),
        _to_row(key, record.get("row")),
    )


def _to_row(key: str, values: list[Any] | None) -> Row | None:
    if values is None:
        return None
    stamp, digest, attributes, etag, clean, proven = values
    if not isinstance(clean, bool) or not isinstance(proven, bool):
        raise ValueError("a row of the state cache is none")
    fromhex = bytes.fromhex
    return Row(key, fromhex(stamp), fromhex(digest), fromhex(attributes), _text(etag), clean, proven)


def _to_entry(key: str, values: dict[str, Any] | None) -> Entry | None:
    if values is None:
        return None
    entry = Entry(key, **{**values, "stamp": bytes.fromhex(values.get("stamp", ""))})
    _count(entry.size)
    for text in (entry.etag, entry.storage_class, entry.name):
        _text(text)
    if not isinstance(entry.modified, (int, float)) or entry.restored not in (None, True, False):
        raise ValueError("a time or state is none")
    return entry


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{value!r} is no count")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    return value


def _counter(value: dict[str, Any]) -> Counter[str]:
    return Counter({_text(name): _count(number) for name, number in value.items()})


def _foreign(header: Mapping[str, Any], made_for: Terms) -> str:
    if header["format"] != FORMAT or header["version"] != VERSION:
        return "is of another version of this collection."
    for name, mine in made_for._asdict().items():
        if header[name] == mine:
            continue
        if name == "options":
            return "was made with other options (filters, rules, delete, compare or attributes)."
        return f"was made for another {name}: {' '.join(map(str, header[name]))}, not {' '.join(mine)}."
    return ""


def _age(header: Mapping[str, Any], now: float) -> str:
    created = datetime.fromisoformat(header["created"].replace("Z", "+00:00")).timestamp()
    if created > now + CLOCKS:
        return f"is of {header['created']}, which is yet to come: see to this machine's clock."
    if created < now - MAX_AGE:
        return f"is of {header['created']}, and a plan is good for {MAX_AGE // 3600} hours."
    return ""


def misfit(job: Job, action: Action) -> str:
    """Why an action is none that a saved plan of this run may hold; "" if it may. Pure.

    It must be of this run's direction, within its filters and boundary, and say what guards it.
    """
    source, target = action.source, action.target
    if not job.filters.takes(action.key):
        return "the filters do not take it."
    if action.verb is Verb.DELETE:
        fits = job.delete and source is None and target is not None
    elif action.verb is Verb.UPDATE:
        fits = source is not None and (target is not None or action.reason == "restore")
    else:
        fits = action.verb is job.direction.value and source is not None
    if not fits or (job.source.only and action.key != job.source.only):
        return "it does not fit the source and destination."
    for side, entry, local in (
        (job.source, source, job.direction is Direction.UP),
        (job.target, target, job.direction is Direction.DOWN),
    ):
        name = (entry.name if entry is not None else "") or action.key
        if not name or in_form(name, job.unicode_form) != action.key:
            return "its name is another one's."
        why = unusable(name) if local else ""
        if why:
            return why
        if entry is None:
            continue
        if local and len(entry.stamp) != STAMP_SIZE:
            return f"the state of {side.local_path(entry)!r} was not noted."
        if not local and not entry.etag:
            return "its server lists no ETags, by which a later change could be told."
    return ""
