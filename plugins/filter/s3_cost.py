# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: s3_cost
short_description: Tell what a workload costs
version_added: 0.2.0
description:
  - Reckons what rows of usage cost, as M(stowage.s3.cost_info) does, without a task.
  - What is unknown, missing or malformed in a row is an error that says what is allowed.
author:
  - Stowage contributors (@stowage)
positional: _input
options:
  _input:
    description: The rows, in the form of the option C(usage) of M(stowage.s3.cost_info), or one of them.
    type: list
    elements: dict
    required: true
  region:
    description: The region whose prices are used.
    type: str
    default: us-east-1
  horizon_months:
    description: The time over which C(horizon_usd) is reckoned.
    type: float
    default: 12.0
  prices:
    description: Prices of your own, in the form of the option C(prices) of M(stowage.s3.cost_info).
    type: list
    elements: dict
seealso:
  - module: stowage.s3.cost_info
"""

EXAMPLES = r"""
- name: Compare a year in two classes
  ansible.builtin.debug:
    msg: "{{ item }} {{ ({'storage_class': item, 'objects': 10000, 'bytes': '2T'} | stowage.s3.s3_cost).horizon_usd }} USD"
  loop: [STANDARD, GLACIER_IR]

- name: See that the budget holds
  ansible.builtin.assert:
    that: (usage | stowage.s3.s3_cost).monthly_usd < 50
  vars:
    usage:
      - {storage_class: STANDARD_IA, objects: 20000, bytes: 3T, get_requests: 1000, retrieved_bytes: 10G}
"""

RETURN = r"""
_value:
  description: The same as C(cost) of M(stowage.s3.cost_info), and C(prices), which says what was used, and C(warnings) of them.
  type: dict
"""

import datetime
from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.stowage.s3.plugins.module_utils._cost.bill import estimate
from ansible_collections.stowage.s3.plugins.module_utils._cost.forecast import told
from ansible_collections.stowage.s3.plugins.module_utils._cost.options import horizon
from ansible_collections.stowage.s3.plugins.module_utils._cost.price_table import BASE
from ansible_collections.stowage.s3.plugins.module_utils._cost.prices import prices as prices_of
from ansible_collections.stowage.s3.plugins.module_utils._cost.workload import ledger_of
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError


def s3_cost(rows: Any, region: str = BASE, horizon_months: float = 12.0, prices: Any = None) -> dict[str, Any]:
    """What rows of usage cost. Raises AnsibleFilterError."""
    try:
        months = horizon(horizon_months)
        priced = prices_of(str(region), prices)
        found = estimate(ledger_of(rows), priced).public(months)
    except StowageError as error:
        raise AnsibleFilterError(f"s3_cost: {error}") from error
    return {**found, "prices": told(priced), "warnings": priced.warnings(datetime.date.today())}


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """By name."""
        return {"s3_cost": s3_cost}
