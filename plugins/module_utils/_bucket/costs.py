# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What new lifecycle rules cost, from the plan alone: no request is made for it. Pure but for the cache of prices.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.lifecycle import MINIMUM_OPTION
from ansible_collections.stowage.s3.plugins.module_utils._bucket.plan import Change
from ansible_collections.stowage.s3.plugins.module_utils._cost import lifecycle
from ansible_collections.stowage.s3.plugins.module_utils._cost.bill import counted
from ansible_collections.stowage.s3.plugins.module_utils._cost.forecast import Forecast, not_aws
from ansible_collections.stowage.s3.plugins.module_utils._cost.options import horizon
from ansible_collections.stowage.s3.plugins.module_utils._cost.price_table import BASE
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import prices


@dataclass(frozen=True)
class Costs:
    """A forecast, and from which size on each transition pays back."""

    forecast: Forecast
    break_evens: list[dict[str, Any]]

    def public(self) -> dict[str, Any]:
        """The form of results."""
        return {**self.forecast.public(), "break_even": self.break_evens}

    def text(self) -> str:
        """For people."""
        months = counted(self.forecast.months, "month")
        shown = [
            f"  {each['id']}: objects pay back in {each['storage_class']} within {months} "
            + (f"from {counted(each['bytes'], 'byte')} on" if each["bytes"] else "at no size")
            for each in self.break_evens
        ]
        return "\n".join([*self.forecast.lines(), *shown]) + "\n"


def of_lifecycle(change: Change, params: Mapping[str, Any], region: str, today: date, *, aws: bool) -> Costs | None:
    """The forecast of the rules that are new or others than before; None if there are none."""
    before = {rule["id"]: rule for rule in change.before.get("lifecycle", ())}
    rules = [rule for rule in change.after.get("lifecycle", ()) if before.get(rule["id"]) != rule]
    if not rules:
        return None
    region = (region if aws else "") or BASE
    priced, months = prices(region, params["prices"]), horizon(params["horizon_months"])
    minimum = change.after.get(MINIMUM_OPTION) or ""
    assumptions = () if aws else (not_aws(region),)
    found = lifecycle.of_lifecycle(rules, params["lifecycle_usage"], priced, months, today, minimum, assumptions)
    return Costs(found, list(lifecycle.break_evens(rules, priced, months, today)))
