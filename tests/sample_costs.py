# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What templates of lifecycles and of rules cost and save for a TB, as lines of the documentation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._cost.bill import estimate, money
from ansible_collections.stowage.s3.plugins.module_utils._cost.changes import Changes
from ansible_collections.stowage.s3.plugins.module_utils._cost.choose import COPY, kept
from ansible_collections.stowage.s3.plugins.module_utils._cost.forecast import Forecast, forecast
from ansible_collections.stowage.s3.plugins.module_utils._cost.ledger import Ledger, rules_of
from ansible_collections.stowage.s3.plugins.module_utils._cost.lifecycle import of_lifecycle
from cost_page import PRICES, TB, YEAR, alike, size_of

MOVED_SIZES, WRITTEN_SIZES = (8 << 20, 256 << 10), (8 << 20, 64 << 10)
TODAY = date(2026, 1, 1)  # no template has a date
GOES = "It moves nothing, and S3 takes nothing for it. Each TB that goes from `STANDARD` costs {} a month less."
Rule = dict[str, Any]


def of_rules(rules: Sequence[Rule]) -> list[str]:
    """What the rules of a lifecycle cost and save."""
    scopes = _moving(rules)
    if not scopes:
        return ["", GOES.format(_month("STANDARD", MOVED_SIZES[0]))]
    named = len(scopes) > 1
    return ["", *(_moved(size, each, named) for each in scopes for size in MOVED_SIZES)]


def _moving(rules: Iterable[Rule]) -> list[list[Rule]]:
    """Those that are for the same objects together, if they move any."""
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        found.setdefault(rule.get("prefix", ""), []).append(rule)
    return [each for each in found.values() if any("transitions" in rule for rule in each)]


def _moved(size: int, rules: Sequence[Rule], named: bool) -> str:
    below = f" below `{rules[0]['prefix']}`" if named else ""
    moving = _forecast([{name: rule[name] for name in rule if name != "expiration"} for rule in rules], size)
    moves = sorted(moving.moves, key=lambda move: rules_of(move.target).order)
    ends = [rule["expiration"]["days"] for rule in rules if "days" in rule.get("expiration", {})]
    gone = f" After {min(ends)} days it is gone." if ends else ""
    if not moves:
        return f"- {_tb(size)}{below} stays in `STANDARD`.{gone}"
    saving = moves[0].before_usd - moves[-1].after_usd
    paid = ", ".join(f"`{move.target}` after {move.break_even_days} days" for move in moves)
    costs = f"{money(moving.estimate.once.usd)} once, then {money(saving)} a month less"
    return f"- {_tb(size)}{below}: {costs}. Paid back: {paid}.{gone}{_traps(_forecast(rules, size))}"


def _forecast(rules: Sequence[Rule], size: int) -> Forecast:
    usage = [{"storage_class": "STANDARD", "objects": TB // size, "bytes": TB}]
    return of_lifecycle(rules, usage, PRICES, YEAR, TODAY)


def of_classes(rules: Sequence[Rule]) -> list[str]:
    """What it costs to write into the classes of rules, beside what `STANDARD` costs."""
    names = dict.fromkeys(rule["storage_class"] for rule in rules if rule["storage_class"] != "STANDARD")
    return ["", *(_written(name, size) for name in names for size in WRITTEN_SIZES)]


def _written(name: str, size: int) -> str:
    costs = (f"{_requests(each, size)} and {_month(each, size)} a month" for each in (name, "STANDARD"))
    changes = Changes(COPY)
    changes.added.add(name, size, count=TB // size)
    return f"- {_tb(size)} in `{name}`: {' (in `STANDARD` '.join(costs)}).{_traps(forecast(changes, PRICES, YEAR))}"


def _requests(name: str, size: int) -> str:
    ledger = Ledger()
    ledger.write(name, TB // size)
    return f"{money(estimate(ledger, PRICES).once.usd)} to write"


def _month(name: str, size: int) -> str:
    return money(estimate(kept(alike(size, TB // size), name), PRICES).monthly.usd)


def _tb(size: int) -> str:
    return f"1 TB of {size_of(size)} each"


_WHEN = {"monthly": " a month", "once": " once", "horizon": " more within a year", "": ""}


def _traps(found: Forecast) -> str:
    told = [f"`{each.name}`{f' ({money(each.usd)}{_WHEN[each.when]})' if each.usd else ''}" for each in found.traps]
    return f" [Traps](cost.md#traps): {', '.join(told)}." if told else ""
