# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a run tells: summary, diff and progress. Bounded, whatever the size of the sync.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import secrets
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._sync.entry import Action, Problem, Verb, printable
from ansible_collections.stowage.s3.plugins.module_utils._sync.plan import Plan

PROGRESS_VARIABLE = "STOWAGE_PROGRESS_FILE"
PROGRESS_SECONDS = 0.2
_DOING = {
    Verb.UPLOAD: "upload",
    Verb.DOWNLOAD: "download",
    Verb.COPY: "copy",
    Verb.UPDATE: "update",
    Verb.DELETE: "delete",
}
_REQUEST_KINDS = ("list", "head", "get", "put", "copy", "delete", "tags", "restore")


def new_run_id() -> str:
    """A name for a run: its start in UTC and eight random digits; sorts by time."""
    return f"{datetime.now(timezone.utc):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def summary(plan: Plan) -> dict[str, Any]:
    """What was decided: `{verb: {count, bytes}}`, `requests` by kind, `unproven`, `ignored` by kind, `withheld`."""
    result: dict[str, Any] = {verb.value: {"count": plan.counts[verb], "bytes": plan.sizes[verb]} for verb in Verb}
    result["requests"] = {kind: plan.requests[kind] for kind in _REQUEST_KINDS if plan.requests[kind]}
    result["unproven"] = plan.unproven
    result["ignored"] = dict(sorted(plan.ignored.items()))
    result["withheld"] = plan.withheld
    return result


def actions(plan: Plan, limit: int) -> list[dict[str, Any]]:
    """The first actions of the plan, in the order of their execution."""
    return [action.public() for action in itertools.islice(plan.actions(), limit)]


def diff(plan: Plan, source: str, target: str, limit: int, costs: Sequence[str] = ()) -> dict[str, str]:
    """The plan as Ansible's `--diff` shows it: grouped by verb, each key with its reason, bounded by `limit` lines.

    `costs`: what is said of a plan that is not empty.
    """
    groups: dict[Verb, list[Action]] = {}
    for action in itertools.islice(plan.actions(), limit):
        groups.setdefault(action.verb, []).append(action)
    lines = [f"{source} -> {target}"] if groups else []
    for verb, doing in _DOING.items():
        if not plan.counts[verb]:
            continue
        lines.append(f"{doing} {_count(plan.counts[verb])}, {human(plan.sizes[verb])}")
        shown = groups.get(verb, [])
        sign = {Verb.DELETE: "-", Verb.UPDATE: "~"}.get(verb, "+")
        for action in shown:
            mark = "~" if sign == "+" and action.reason != "new" else sign
            lines.append(f"  {mark} {_one_line(action.key)}  ({action.reason}, {human(action.size)})")
        if len(shown) < plan.counts[verb]:
            lines.append(f"    ... and {plan.counts[verb] - len(shown)} more")
    if plan.withheld:
        lines.append(f"delete nothing: {_count(plan.withheld)} withheld after a failure")
    if lines:
        lines += costs
    return {"prepared": "\n".join(lines) + "\n" if lines else ""}


def _count(number: int) -> str:
    return f"{number} key" + ("" if number == 1 else "s")


def _one_line(key: str) -> str:
    """Keys may hold line breaks and terminal controls: show them, do not obey them."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in printable(key))


def human(size: int) -> str:
    """Bytes for people, in powers of 1024."""
    amount = float(size)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:.0f} B" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"


def failure_message(failed: int, failures: list[dict[str, str]], attempted: str, withheld: int) -> str:
    """One text for a run that did not do everything: how much failed, the first failures, what was not done for it."""
    first = "; ".join(f"{_one_line(one['key'])!r} ({one['verb']}): {one['error']}" for one in failures[:3])
    more = f" ... and {failed - 3} more (see failures)." if failed > 3 else ""
    kept = f" {_count(withheld)} to be deleted stay, since nothing is deleted after a failure." if withheld else ""
    return f"{_count(failed)} failed while {attempted}.{kept} {first}{more}"


class Progress:
    """The state of a run for the action plugin to show; writes nothing unless the plugin named a file."""

    def __init__(self, path: str) -> None:
        """`path` is empty for none."""
        self._path = path
        self._next = 0.0
        self._state: dict[str, Any] = {
            "stage": "listing",
            "done": 0,
            "total": 0,
            "bytes": 0,
            "bytes_total": 0,
            "failed": 0,
            "key": "",
            "started": time.time(),
        }

    def update(self, **state: Any) -> None:
        """Tell some of: stage, done, total, bytes, bytes_total, failed, key. Written at most five times a second."""
        if not self._path:
            return
        changed = "stage" in state and state["stage"] != self._state["stage"]
        self._state.update(state)
        now = time.monotonic()
        if now < self._next and not changed:
            return
        self._next = now + PROGRESS_SECONDS
        part = f"{self._path}.part"
        # Progress is a courtesy: a full disk must not end a run for its sake.
        with contextlib.suppress(OSError):
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
            with open(os.open(part, flags, 0o600), "w", encoding="utf-8") as file:
                json.dump({**self._state, "key": printable(self._state["key"])}, file)
            os.replace(part, self._path)


def public_failures(problems: Iterator[Problem] | list[Problem], limit: int) -> list[dict[str, str]]:
    """The first failures as results show them."""
    return [problem.public() for problem in itertools.islice(problems, limit)]
