# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The options of every module that forecasts; documented in doc_fragments/costs.py.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError

MOST_MONTHS = 1200
COST_SPEC: dict[str, dict[str, Any]] = {
    "prices": {"type": "list", "elements": "dict"},
    "horizon_months": {"type": "float", "default": 12.0},
}


def horizon(given: Any) -> Decimal:
    """The option `horizon_months`, checked. Raises StowageError."""
    try:
        months = float(given)
    except (TypeError, ValueError):
        months = 0.0
    # Not "<= 0", which is false of what is no number.
    if not 0 < months <= MOST_MONTHS:
        said = f"{given:g}" if isinstance(given, float) else given
        raise StowageError(
            f"horizon_months: {said} is given; allowed is more than 0, up to {MOST_MONTHS}. Give the months over which"
            " a cost is reckoned and a move has to pay back."
        )
    return Decimal(str(months))


def check_costs(params: Mapping[str, Any]) -> None:
    """Check the options where nothing is reckoned yet. Raises StowageError."""
    horizon(params["horizon_months"])
    if params["prices"]:
        # Few give any, and the code that reads them is compiled for each run on a host.
        from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import rates

        rates(params["prices"], "prices", "")
    if params.get("lifecycle_usage"):
        from ansible_collections.stowage.s3.plugins.module_utils._cost.workload import rows_alike

        rows_alike(params["lifecycle_usage"], "lifecycle_usage")
