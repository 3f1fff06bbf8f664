# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A transition from a module's parameters to its result: check, look, decide, do, report.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ansible_collections.stowage.s3.plugins.module_utils._classes import report
from ansible_collections.stowage.s3.plugins.module_utils._classes.access import (
    ACCESS_SPEC,
    Known,
    check_access,
    check_known,
    known,
)
from ansible_collections.stowage.s3.plugins.module_utils._classes.plan import ClassPlan
from ansible_collections.stowage.s3.plugins.module_utils._classes.planner import Planner
from ansible_collections.stowage.s3.plugins.module_utils._classes.rules import RULE_SPEC, Moment, most_idle, rules_of
from ansible_collections.stowage.s3.plugins.module_utils._classes.task import (
    Task,
    check_facts,
    facts_of,
    job_of,
    restore_of,
)
from ansible_collections.stowage.s3.plugins.module_utils._connection import MOST_AT_ONCE, Connection, connect
from ansible_collections.stowage.s3.plugins.module_utils._cost.classes import CLASSES
from ansible_collections.stowage.s3.plugins.module_utils._cost.options import COST_SPEC, check_costs
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._module import Failed
from ansible_collections.stowage.s3.plugins.module_utils._sync import records
from ansible_collections.stowage.s3.plugins.module_utils._sync.cache import (
    FOLDERS,
    State,
    default_state_dir,
    identity,
)
from ansible_collections.stowage.s3.plugins.module_utils._sync.filters import Filters
from ansible_collections.stowage.s3.plugins.module_utils._sync.job import (
    Place,
    Side,
    check_log,
    check_numbers,
    check_owners,
    contains,
    limits_of,
    log_place,
    parse_place,
    prefix_of,
)
from ansible_collections.stowage.s3.plugins.module_utils._sync.notes import Notes
from ansible_collections.stowage.s3.plugins.module_utils._sync.outcome import Outcome, measured, together
from ansible_collections.stowage.s3.plugins.module_utils._sync.report import (
    PROGRESS_VARIABLE,
    Progress,
    actions,
    failure_message,
    new_run_id,
    public_failures,
)
from ansible_collections.stowage.s3.plugins.module_utils._sync.uploads import Uploads

if TYPE_CHECKING:
    from ansible_collections.stowage.s3.plugins.module_utils._cost.forecast import Forecast

SPEC: dict[str, dict[str, Any]] = {
    "bucket": {"type": "str", "required": True},
    "prefix": {"type": "str", "default": ""},
    "rules": {"type": "list", "elements": "dict", "options": RULE_SPEC},
    "storage_class": {"type": "str"},
    "include": {"type": "list", "elements": "str"},
    "exclude": {"type": "list", "elements": "str"},
    "restore": {
        "type": "dict",
        "options": {
            "tier": {"type": "str", "choices": ["standard", "bulk", "expedited"], "default": "standard"},
            "days": {"type": "int", "default": 7},
            "wait": {"type": "bool", "default": False},
            "wait_timeout": {"type": "int", "default": 86_400},
        },
    },
    "replaced_versions": {"type": "str", "choices": ["keep", "delete"], "default": "keep"},
    "requester_pays": {"type": "bool", "default": False},
    "concurrency": {"type": "int"},
    "max_requests_per_second": {"type": "float"},
    "expected_bucket_owner": {"type": "str"},
    "log": {"type": "path"},
    "state_dir": {"type": "str"},
    "max_actions": {"type": "int", "default": 100},
    "recommend": {
        "type": "dict",
        "options": {
            "candidates": {"type": "list", "elements": "str", "choices": list(CLASSES)},
            "prefix_depth": {"type": "int", "default": 1},
            "reads_per_month": {"type": "float", "default": 0.0},
            "inventory": {"type": "str"},
            "report": {"type": "path"},
        },
    },
    **ACCESS_SPEC,
    **COST_SPEC,
}
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,254}\Z")  # as in the sync
REPLACED = ("deleted", "locked", "unproven")


def storage_class(module: Any) -> dict[str, Any]:
    """Do the work of the module; raises StowageError, or Failed with a result."""
    started, params = time.time(), module.params
    if params["recommend"] is not None:
        # Much that a transition has no use for.
        from ansible_collections.stowage.s3.plugins.module_utils._classes.recommend import recommend

        return recommend(module)
    place, state_place = places(params)
    rules, restore, idle_days = rules_of(params), restore_of(params), most_idle(params)
    check_access(params, idle_days)
    check_costs(params)
    filters = Filters(params["include"] or (), params["exclude"] or ())
    check_numbers(params)
    check_owners(params, "expected_bucket_owner")
    log_path = check_log(log_place(params["log"])) if params["log"] else ""
    connection = connect(module, concurrency=params["concurrency"], limits=limits_of(params))
    with contextlib.closing(connection), contextlib.ExitStack() as stack:
        side = side_of(connection, params, place)
        state = _state(connection, params, place, state_place, module.warn)
        side.s3.check(side.prefix)
        state.check()
        delete = params["replaced_versions"] == "delete"
        job = job_of(side, filters, params["concurrency"] or MOST_AT_ONCE)
        reads = stack.enter_context(known(module, connection, side.s3, started))
        check_known(reads, idle_days, started)
        moment = Moment(started, _reader(reads, side.prefix) if reads is not None else None)
        task = Task(job, rules, restore, facts_of(side.s3), delete, moment)
        check_facts(task)
        endpoint, ansible = connection.endpoint_identity, str(module.ansible_version)
        run = records.Run(new_run_id(), started, place.text, place.text, endpoint, ansible, log_path)
        progress = Progress(os.environ.get(PROGRESS_VARIABLE, ""))
        here = identity(transition=[endpoint, side.s3.name, side.prefix])
        try:
            with _alone(module, state, here):
                plan = Planner(task, lambda done: progress.update(stage="planning", done=done)).make()
                with contextlib.closing(plan.plan):
                    facts = task.facts
                    plan.plan.requests.update({"head": 1, "bucket": facts.requests, "acl": facts.acl_requests})
                    notes = state.notes("uploads", here)
                    result, message, log = _done(module, task, plan, connection, notes, run, progress)
        except StowageError as error:
            if not module.check_mode:
                _record(state, run, params, str(error))
            raise
        if not module.check_mode:
            result["record"] = _record(state, run, params, message, result, log)
    if message:
        raise Failed(message, result)
    return result


def _done(
    module: Any,
    task: Task,
    plan: ClassPlan,
    connection: Connection,
    notes: Notes,
    run: records.Run,
    progress: Progress,
) -> tuple[dict[str, Any], str, records.Log | None]:
    """The result, why it is a failure (empty if it is none), and the log."""
    found = plan.plan
    outcome = Outcome(failures=list(found.problems), failed=found.problem_count)
    replaced: Counter[str] = Counter()
    log = None
    if not module.check_mode:
        log = records.Log(run)
        with contextlib.closing(log):
            done, replaced = _carry_out(task, plan, progress, log, Uploads(notes, task.side.s3, task.side.prefix))
            for remark in done.remarks:
                module.warn(remark)
            outcome = together(found, done)
            log.end("failed" if outcome.failed else "done", outcome.counts())
        if log.failure:
            module.warn(f"log: {run.log!r} could not be written to its end: {log.failure}.")
    result = _result(module, task, plan, outcome, replaced, connection, run)
    message = ""
    if outcome.failed:
        doing = "planning" if module.check_mode else "changing storage classes"
        message = failure_message(outcome.failed, result["failures"], doing, 0)
    return result, message, log


def _record(
    state: State,
    run: records.Run,
    params: Mapping[str, Any],
    message: str,
    result: dict[str, Any] | None = None,
    log: records.Log | None = None,
) -> str:
    """Store the run's record."""
    # The module's own options alone: those of the connection hold secrets.
    options = {name: params[name] for name in SPEC if params[name] is not None}
    status = "failed" if message else "done"
    whole = records.record(run, status=status, message=message, options=options, result=result, log=log)
    return state.try_record(run.run_id, whole)


def _carry_out(
    task: Task, plan: ClassPlan, progress: Progress, log: records.Log, uploads: Uploads
) -> tuple[Outcome, Counter[str]]:
    outcome, replaced = Outcome(), Counter[str]()
    found = plan.plan
    progress.update(stage="transfer", total=len(found), bytes_total=sum(found.sizes.values()))
    if len(found):
        # What moves objects is much code, and on a host it is compiled for each run.
        from ansible_collections.stowage.s3.plugins.module_utils._classes.execute import Execution

        outcome, replaced = Execution(task, plan, progress, log, uploads).run()
    uploads.abort_rest(lambda key: task.job.filters.takes(key.removeprefix(task.side.prefix)))
    progress.update(stage="done")
    return outcome, replaced


def _result(
    module: Any,
    task: Task,
    plan: ClassPlan,
    outcome: Outcome,
    replaced: Mapping[str, int],
    connection: Connection,
    run: records.Run,
) -> dict[str, Any]:
    limit, planned = module.params["max_actions"], len(plan.plan)
    versions = {f"versions_{what}": replaced.get(what, 0) for what in REPLACED}
    result: dict[str, Any] = {
        "changed": bool(planned if module.check_mode else outcome.done),
        "run_id": run.run_id,
        "summary": report.summary(plan),
        "states": report.states(plan),
        "stats": {**measured(outcome, connection.stats, time.time() - task.moment.now), **versions},
        "actions": actions(plan.plan, limit),
        "actions_truncated": planned > limit,
        "failures": public_failures(outcome.failures, 100),
        "record": "",
    }
    costs = _forecast(module, task, plan) if module.check_mode or module._diff else None
    if costs is not None:
        result["forecast"] = costs.public()
    if module._diff:
        result["diff"] = report.diff(plan, task.side.text, limit, costs.lines() if costs else ())
    return result


def _alone(module: Any, state: State, here: str) -> contextlib.AbstractContextManager[None]:
    """Two runs at once would copy each object twice."""
    if module.check_mode:
        return contextlib.nullcontext()
    return state.locked("uploads", here, "changes the storage classes of the same prefix")


def _forecast(module: Any, task: Task, plan: ClassPlan) -> Forecast:
    # Most runs do not show it, and on a host all that it needs would be compiled for each of them.
    from ansible_collections.stowage.s3.plugins.module_utils._classes.costs import of_transitions

    found = of_transitions(task, plan, module.params)
    for warning in found.prices.warnings(datetime.date.fromtimestamp(task.moment.now)):
        module.warn(warning)
    return found


def _reader(reads: Known, prefix: str) -> Callable[[str], float | None]:
    return lambda key: reads.read(prefix + key)


# Places


def places(params: Mapping[str, Any]) -> tuple[Place, Place]:
    """Where the objects are, and where state is kept; raises StowageError."""
    name, prefix = params["bucket"], prefix_of(params["prefix"])
    if not _NAME.match(name):
        raise StowageError(
            f"bucket: {name!r} is no bucket's name. Give the name alone, of 3 to 63 lower-case letters, digits, '.' and"
            " '-'; what its keys begin with goes into prefix."
        )
    if name.endswith("--x-s3"):
        raise StowageError(
            f"bucket: {name!r} is a directory bucket, in which objects have no other class than EXPRESS_ONEZONE. Give a"
            " general purpose bucket."
        )
    if prefix.startswith("/") or "\0" in prefix:
        raise StowageError(
            f"prefix: {params['prefix']!r} begins with a '/', as hardly any key does. Leave the '/' out."
        )
    place = Place(f"s3://{name}/{prefix}", name, prefix)
    state = parse_place("state_dir", params["state_dir"] or default_state_dir())
    for folder in FOLDERS:
        kept = state._replace(key=prefix_of(state.key) + folder)
        if state.remote and (contains(place, kept) or contains(kept, place)):
            raise StowageError(
                f"state_dir: {state.text!r} lies inside {place.text!r}, so the run would move what it writes itself."
                " Give a place outside of it."
            )
    return place, state


def side_of(connection: Connection, params: Mapping[str, Any], place: Place) -> Side:
    owner = params["expected_bucket_owner"] or ""
    bucket = connection.bucket(place.bucket, expected_owner=owner, requester_pays=params["requester_pays"])
    return Side(place.text, bucket, place.key)


def _state(connection: Connection, params: Mapping[str, Any], place: Place, state: Place, warn: Any) -> State:
    if not state.remote:
        return State(state.path, None, "", warn)
    owner = params["expected_bucket_owner"] if state.bucket == place.bucket else ""
    return State("", connection.bucket(state.bucket, expected_owner=owner or ""), prefix_of(state.key), warn)
