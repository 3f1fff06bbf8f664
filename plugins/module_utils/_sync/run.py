# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The sync from a module's parameters to its result: check, look, decide, do, report.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ansible_collections.stowage.s3.plugins.module_utils._connection import MOST_AT_ONCE, Connection, connect
from ansible_collections.stowage.s3.plugins.module_utils._cost.options import COST_SPEC, check_costs
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._module import Failed
from ansible_collections.stowage.s3.plugins.module_utils._s3.multipart import MAX_SINGLE_PUT, MIN_PART
from ansible_collections.stowage.s3.plugins.module_utils._sync import planfile, records, report
from ansible_collections.stowage.s3.plugins.module_utils._sync.backup import check_backup_place, with_backup
from ansible_collections.stowage.s3.plugins.module_utils._sync.cache import (
    FOLDERS,
    Cache,
    State,
    default_state_dir,
    identity,
)
from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Direction
from ansible_collections.stowage.s3.plugins.module_utils._sync.filters import Filters
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import (
    Job,
    Place,
    Side,
    attributes_of,
    check_apart,
    check_places,
    contains,
    limits_of,
    local_source,
    local_target,
    parse_max_delete,
    parse_place,
    parse_size,
    prefix_of,
)
from ansible_collections.stowage.s3.plugins.module_utils._sync.listing import RANGE
from ansible_collections.stowage.s3.plugins.module_utils._sync.outcome import Outcome, carry_out
from ansible_collections.stowage.s3.plugins.module_utils._sync.plan import Plan
from ansible_collections.stowage.s3.plugins.module_utils._sync.planner import Planner
from ansible_collections.stowage.s3.plugins.module_utils._sync.uploads import Uploads

if TYPE_CHECKING:
    from ansible_collections.stowage.s3.plugins.module_utils._cost.forecast import Forecast

MAX_CONCURRENCY = 256
DEFAULT_THRESHOLD = "64M"

# Options of sync and sync_info alike.
COMMON_SPEC: dict[str, dict[str, Any]] = {
    "source": {"type": "str", "required": True},
    "destination": {"type": "str", "required": True},
    "include": {"type": "list", "elements": "str"},
    "exclude": {"type": "list", "elements": "str"},
    "rules": {
        "type": "list",
        "elements": "dict",
        "options": {
            "match": {"type": "list", "elements": "str", "required": True},
            "content_type": {"type": "str"},
            "cache_control": {"type": "str"},
            "content_encoding": {"type": "str"},
            "content_disposition": {"type": "str"},
            "content_language": {"type": "str"},
            "compress": {"type": "str", "choices": ["gzip", "zstd"]},
            "storage_class": {"type": "str"},
            "metadata": {"type": "dict"},
            "tags": {"type": "dict"},
        },
    },
    "requester_pays": {"type": "bool", "default": False},
    "symlinks": {"type": "str", "choices": ["follow", "skip", "error"], "default": "follow"},
    "unicode_form": {"type": "str", "choices": ["nfc", "nfd"]},
    "concurrency": {"type": "int"},
    "max_requests_per_second": {"type": "float"},
    "ordered_listing": {"type": "bool"},
    "expected_bucket_owner": {"type": "str"},
    "source_expected_bucket_owner": {"type": "str"},
    "max_actions": {"type": "int", "default": 100},
}

# Options of sync alone.
SYNC_SPEC: dict[str, dict[str, Any]] = {
    **COST_SPEC,
    "compare": {"type": "str", "choices": ["content", "time", "size", "existence"], "default": "content"},
    "delete": {"type": "bool", "default": False},
    "max_delete": {"type": "str"},
    "allow_empty_source": {"type": "bool", "default": False},
    "storage_class": {"type": "str"},
    "encryption": {"type": "str", "choices": ["AES256", "aws:kms", "aws:kms:dsse"]},
    "encryption_key_id": {"type": "str", "no_log": False},
    "acl": {
        "type": "str",
        "choices": [
            "private",
            "public-read",
            "public-read-write",
            "authenticated-read",
            "aws-exec-read",
            "bucket-owner-read",
            "bucket-owner-full-control",
        ],
    },
    "archived": {"type": "str", "choices": ["fail", "skip", "restore"], "default": "fail"},
    "backup_to": {"type": "str"},
    "on_conflict": {"type": "str", "choices": ["fail", "overwrite"], "default": "fail"},
    "plan_file": {"type": "path"},
    "apply_plan": {"type": "path"},
    "fsync": {"type": "bool", "default": False},
    "multipart_threshold": {"type": "str", "default": DEFAULT_THRESHOLD},
    "max_bandwidth": {"type": "str"},
    "log": {"type": "path"},
    "state_dir": {"type": "str"},
}


def sync(module: Any) -> dict[str, Any]:
    """Do the work of the module `sync`; raises StowageError, or Failed with a result."""
    started, params = time.time(), module.params
    source, target, filters = _read_common(params)
    check_costs(params)
    log_path = _check_own_files(params, source, target)
    backup = _check_backup(params, source, target)
    files = planfile.check_files(params, source, target, _state_place(params), check_mode=module.check_mode)
    connection = connect(
        module, ordered=params["ordered_listing"], concurrency=params["concurrency"], limits=limits_of(params)
    )
    with contextlib.closing(connection), contextlib.ExitStack() as stack:
        job = replace(_job(connection, params, source, target, filters), applying=bool(files.apply))
        run_id = report.new_run_id()
        if backup is not None:
            side = _backup_side(connection, params, source, target, backup, run_id)
            job = with_backup(job, side, params["encryption"], params["encryption_key_id"])
        state = _state(connection, params, source, target, module.warn)
        made_for = planfile.terms(params, *_identities(connection, job))
        if files.write:
            planfile.forget(files.write)
        saved = planfile.read(files.apply, job, made_for, started) if files.apply else None
        if saved:
            stack.callback(saved.plan.close)
        _check_buckets(job, state)
        progress = report.Progress(os.environ.get(report.PROGRESS_VARIABLE, ""))
        run = _run_of(module, job, connection, run_id, started, log_path)
        log, outcome = None, Outcome()
        try:
            pair = _pair(connection, job)
            with _cache(state, job, pair, write=not module.check_mode) as cache:
                plan = saved.plan if saved else _plan(job, cache, progress)
                with contextlib.closing(plan):
                    if files.write and not plan.refusal:
                        planfile.write(files.write, job, plan, made_for, started)
                    if not plan.source_entries and not params["delete"]:
                        module.warn(f"source {job.source.text!r} has no file that the filters take.")
                    outcome = Outcome(failures=list(plan.problems), failed=plan.problem_count, withheld=plan.withheld)
                    if not plan.refusal and not module.check_mode:
                        log = records.Log(run)
                        with contextlib.closing(log):
                            if saved:
                                saved.use()
                            done = carry_out(
                                job,
                                plan,
                                cache,
                                progress,
                                log,
                                _uploads(state, job, pair),
                                _backup_uploads(state, job, pair),
                            )
                            outcome = _together(plan, done)
                            for remark in done.remarks:
                                module.warn(remark)
                            log.end("failed" if outcome.failed else "done", outcome.counts())
                        if log.failure:
                            module.warn(f"log: {run.log!r} could not be written to its end: {log.failure}.")
                    result = _result(module, job, plan, outcome, connection, run_id, started)
        except StowageError as error:
            if not module.check_mode:
                _record(state, run, "failed", str(error), params, None, log, module.warn)
            raise
        message = plan.refusal
        if outcome.failed and not message:
            doing = "planning" if module.check_mode else "syncing"
            message = report.failure_message(outcome.failed, result["failures"], doing, outcome.withheld)
        if not module.check_mode:
            status = "refused" if plan.refusal else "failed" if message else "done"
            result["record"] = _record(state, run, status, message, params, result, log, module.warn)
    if message:
        raise Failed(message, result)
    return result


def sync_info(module: Any) -> dict[str, Any]:
    """Do the work of the module `sync_info`: compare without cache, change nothing; raises StowageError."""
    params = module.params
    source, target, filters = _read_common(params)
    connection = connect(
        module, ordered=params["ordered_listing"], concurrency=params["concurrency"], limits=limits_of(params)
    )
    with contextlib.closing(connection):
        job = _job(
            connection,
            {**params, "compare": "content", "delete": True, "archived": "fail"},
            source,
            target,
            filters,
            look_only=True,
        )
        _check_buckets(job, None)
        plan = _plan(job, None, report.Progress(os.environ.get(report.PROGRESS_VARIABLE, "")))
        with contextlib.closing(plan):
            limit = params["max_actions"]
            # Here a failure withholds nothing: what differs is only told.
            return {
                "changed": False,
                "in_sync": not len(plan) and not plan.problem_count and not plan.withheld,
                "differences": report.actions(plan, limit),
                "differences_truncated": len(plan) > limit,
                "summary": report.summary(plan),
                "failures": report.public_failures(plan.problems, limit),
            }


def _read_common(params: dict[str, Any]) -> tuple[Place, Place, Filters]:
    source = parse_place("source", params["source"])
    target = parse_place("destination", params["destination"])
    check_places(source, target)
    if params["concurrency"] is not None and not 1 <= params["concurrency"] <= MAX_CONCURRENCY:
        raise StowageError(
            f"concurrency: {params['concurrency']} is given; allowed is 1 to {MAX_CONCURRENCY}. Leave it out to have it"
            " found out."
        )
    for option in ("expected_bucket_owner", "source_expected_bucket_owner"):
        if params[option] is not None and not re.fullmatch(r"[0-9]{12}", params[option]):
            raise StowageError(
                f"{option}: {params[option]!r} is no account. Give the 12 digits of its id (in quotes, or YAML takes a"
                " leading 0 for an octal number), or leave it out."
            )
    if params["max_actions"] < 0:
        raise StowageError(f"max_actions: {params['max_actions']} is given; allowed is 0 (list none) or more.")
    return source, target, Filters(params["include"] or (), params["exclude"] or (), params["unicode_form"] or "")


def _check_own_files(params: dict[str, Any], source: Place, target: Place) -> str:
    """Refuse a state directory or log inside of what is synced; returns the log's path."""
    state = _state_place(params)
    check_apart("state_dir", state, source, target)
    # The other way round only what the state itself occupies: it may well stand at the root of a bucket.
    for side, place in (("source", source), ("destination", target)):
        for folder in FOLDERS:
            if contains(state._replace(key=prefix_of(state.key) + folder, path=f"{state.path}/{folder}"), place):
                raise StowageError(
                    f"{side}: {place.text!r} lies inside state_dir {state.text!r}, where the sync keeps its own files."
                    " Give another state_dir."
                )
    if not params["log"]:
        return ""
    place = parse_place("log", params["log"])
    if place.remote:
        raise StowageError(f"log: {params['log']!r} is in S3, where nothing can be appended. Give a local path.")
    check_apart("log", place, source, target)
    if not os.path.isdir(os.path.dirname(place.path)) or os.path.isdir(place.path):
        raise StowageError(f"log: {params['log']!r} is no file in a directory that exists. Give one that is.")
    return place.path


def _check_backup(params: dict[str, Any], source: Place, target: Place) -> Place | None:
    if not params["backup_to"]:
        return None
    place = parse_place("backup_to", params["backup_to"])
    check_backup_place(place, source, target, _state_place(params))
    return place


def _backup_side(
    connection: Connection, params: dict[str, Any], source: Place, target: Place, place: Place, run_id: str
) -> Side:
    """The place of one run's backups, which nothing else is in."""
    if not place.remote:
        root = local_target(place, write=True, option="backup_to")
        return Side(place.text, path=f"{root}/{run_id}")
    bucket = connection.bucket(
        place.bucket,
        expected_owner=_owner(params, source, target, place),
        requester_pays=params["requester_pays"],
    )
    return Side(place.text, bucket, f"{prefix_of(place.key)}{run_id}/")


def _owner(params: dict[str, Any], source: Place, target: Place, place: Place) -> str:
    """The owner that is expected of a bucket in one role is expected of it in another, too."""
    if place.bucket == target.bucket or (not target.remote and place.bucket == source.bucket):
        return params["expected_bucket_owner"] or ""
    return (params["source_expected_bucket_owner"] or "") if place.bucket == source.bucket else ""


def _state_place(params: dict[str, Any]) -> Place:
    return parse_place("state_dir", params["state_dir"] or default_state_dir())


def _job(
    connection: Connection,
    params: dict[str, Any],
    source: Place,
    target: Place,
    filters: Filters,
    *,
    look_only: bool = False,
) -> Job:
    threshold = parse_size("multipart_threshold", params.get("multipart_threshold") or DEFAULT_THRESHOLD)
    if not MIN_PART <= threshold <= MAX_SINGLE_PUT:
        raise StowageError(
            f"multipart_threshold: {threshold} bytes are given; S3 allows {MIN_PART} (5M) to {MAX_SINGLE_PUT} (5G)."
        )
    max_delete = parse_max_delete(params.get("max_delete"))
    direction = (
        Direction.ACROSS if source.remote and target.remote else Direction.DOWN if source.remote else Direction.UP
    )
    attributes = attributes_of(params, direction)
    sides = _sides(connection, params, source, target, write=not look_only)
    if sides[0].only and params["delete"] and not look_only:
        raise StowageError(
            f"source {source.text!r} is one file, and delete is true. Deleting needs a directory to compare with:"
            " give the directory, or leave delete out."
        )
    return Job(
        direction=direction,
        source=sides[0],
        target=sides[1],
        filters=filters,
        attributes=attributes,
        compare=params["compare"],
        delete=params["delete"] and not sides[0].only,
        max_delete=max_delete,
        allow_empty_source=params.get("allow_empty_source", True),
        symlinks=params["symlinks"],
        archived=params["archived"],
        unicode_form=params["unicode_form"] or "",
        concurrency=params["concurrency"] or MOST_AT_ONCE,
        multipart_threshold=threshold,
        fsync=params.get("fsync", False),
        look_only=look_only,
        on_conflict=params.get("on_conflict", "fail"),
    )


def _sides(
    connection: Connection, params: dict[str, Any], source: Place, target: Place, *, write: bool
) -> tuple[Side, Side]:
    payer = params["requester_pays"]
    owner = params["expected_bucket_owner"] or ""
    if source.remote:
        other = params["source_expected_bucket_owner"] or ("" if target.remote else owner)
        bucket = connection.bucket(source.bucket, expected_owner=other, requester_pays=payer)
        one = Side(source.text, bucket, prefix_of(source.key))
    else:
        one = Side(source.text, path=local_source(source))
    if not target.remote:
        return one, Side(target.text, path=local_target(target, write=write))
    bucket = connection.bucket(target.bucket, expected_owner=owner, requester_pays=payer)
    if not source.remote and os.path.isfile(one.path):
        # One file goes to the very key, or under it if that ends in "/".
        whole = (
            target.key if target.key and not target.key.endswith("/") else target.key + os.path.basename(source.path)
        )
        name = whole.rpartition("/")[2]
        only = Side(source.text, path=one.path, only=name)
        return only, Side(target.text, bucket, whole.removesuffix(name), only=name)
    return one, Side(target.text, bucket, prefix_of(target.key))


def _state(connection: Connection, params: dict[str, Any], source: Place, target: Place, warn: Any) -> State:
    place = _state_place(params)
    if not place.remote:
        return State(place.path, None, "", warn)
    # The owner that is expected of a bucket is expected of it in this role, too.
    owner = ""
    if place.bucket == target.bucket or not target.remote:
        owner = params["expected_bucket_owner"] or ""
    elif place.bucket == source.bucket:
        owner = params["source_expected_bucket_owner"] or ""
    return State("", connection.bucket(place.bucket, expected_owner=owner), prefix_of(place.key), warn)


def _check_buckets(job: Job, state: State | None) -> None:
    """A bucket that is not there, or that is closed to us, fails before anything is looked at."""
    for side in (job.source, job.target, *((job.backup.target,) if job.backup is not None else ())):
        if side.bucket is not None:
            side.bucket.check(side.prefix + side.only)
    if state is not None:
        state.check()


def _identities(connection: Connection, job: Job) -> tuple[list[str], list[str]]:
    """What tells source and destination from all others."""

    def side(one: Side) -> list[str]:
        if one.bucket is None:
            return ["local", one.path]
        return [connection.endpoint_identity, one.bucket.name, one.prefix + one.only]

    return side(job.source), side(job.target)


def _pair(connection: Connection, job: Job) -> str:
    """The identity of the two roots, under which the state directory keeps what is known of them."""
    one, other = _identities(connection, job)
    return identity(source=one, target=other, unicode_form=job.unicode_form)


@contextlib.contextmanager
def _cache(state: State, job: Job, pair: str, *, write: bool) -> Iterator[Cache | None]:
    # Only a comparison of contents has a use for what was known of contents.
    if job.compare != "content":
        yield None
        return
    with state.cache(pair, write=write) as cache:
        yield cache


def _uploads(state: State, job: Job, pair: str) -> Uploads | None:
    side = job.target
    return None if side.bucket is None else Uploads(state.notes("uploads", pair), side.bucket, side.prefix)


def _backup_uploads(state: State, job: Job, pair: str) -> Uploads | None:
    if job.backup is None or job.backup.target.bucket is None:
        return None
    side = job.backup.target
    # Each run has a place of its own there: what a killed one left is beside this one's.
    prefix = prefix_of(side.prefix.rstrip("/").rpartition("/")[0])
    return Uploads(state.notes("uploads", f"{pair} backup"), side.s3, prefix)


def _plan(job: Job, cache: Cache | None, progress: report.Progress) -> Plan:
    planner = Planner(job, lambda done: progress.update(stage="planning", done=done))
    return planner.make(cache.rows() if cache else (), cache.splits(RANGE) if cache else ())


def _together(plan: Plan, done: Outcome) -> Outcome:
    """What planning and doing found, as one."""
    return Outcome(
        done.done,
        plan.problem_count + done.failed,
        done.unverified,
        plan.withheld + done.withheld,
        # Threads fail in any order; what is shown should not.
        sorted([*plan.problems, *done.failures]),
    )


def _result(
    module: Any, job: Job, plan: Plan, outcome: Outcome, connection: Connection, run_id: str, started: float
) -> dict[str, Any]:
    limit = module.params["max_actions"]
    stats = connection.stats
    duration = max(time.time() - started, 0.001)
    planned = len(plan)
    result: dict[str, Any] = {
        "changed": not plan.refusal and bool(planned if module.check_mode else outcome.done),
        "run_id": run_id,
        "summary": report.summary(plan),
        "stats": {
            "failed": outcome.failed,
            "unverified": outcome.unverified,
            "retries": stats.retries,
            "duration": round(duration, 3),
            "bytes_sent": stats.bytes_sent,
            "bytes_received": stats.bytes_received,
            "bytes_per_second": round((stats.bytes_sent + stats.bytes_received) / duration),
            "objects_per_second": round(outcome.done / duration, 1),
            "latency": stats.latency(),
        },
        "actions": report.actions(plan, limit),
        "actions_truncated": planned > limit,
        "failures": report.public_failures(outcome.failures, 100),
        "record": "",
    }
    costs = _forecast(module, job, plan, started) if module.check_mode or module._diff else None
    if costs is not None:
        result["forecast"] = costs.public()
    if module._diff:
        result["diff"] = report.diff(plan, job.source.text, job.target.text, limit, costs.lines() if costs else ())
    return result


def _forecast(module: Any, job: Job, plan: Plan, started: float) -> Forecast:
    # Most runs do not show it, and on a host all that it needs would be compiled for each of them.
    from ansible_collections.stowage.s3.plugins.module_utils._sync.costs import of_sync

    found = of_sync(job, plan, module.params["prices"], module.params["horizon_months"], started)
    for warning in found.prices.warnings(datetime.date.fromtimestamp(started)):
        module.warn(warning)
    return found


def _run_of(module: Any, job: Job, connection: Connection, run_id: str, started: float, log_path: str) -> records.Run:
    side = job.backup.target if job.backup is not None else None
    backup = "" if side is None else side.path or f"s3://{side.s3.name}/{side.prefix}"
    endpoint, ansible = connection.endpoint_identity, str(module.ansible_version)
    return records.Run(run_id, started, job.source.text, job.target.text, endpoint, ansible, log_path, backup)


def _record(
    state: State,
    run: records.Run,
    status: str,
    message: str,
    params: dict[str, Any],
    result: dict[str, Any] | None,
    log: records.Log | None,
    warn: Any,
) -> str:
    """Store the run's record; a record that cannot be stored is a warning, since the sync itself is done."""
    # The sync's own options alone: those of the connection hold secrets.
    options = {name: params[name] for name in (*COMMON_SPEC, *SYNC_SPEC) if params[name] is not None}
    whole = records.record(run, status=status, message=message, options=options, result=result, log=log)
    try:
        return state.record(run.run_id, whole)
    except StowageError as error:
        warn(f"The run's record could not be stored: {error}")
        return ""
