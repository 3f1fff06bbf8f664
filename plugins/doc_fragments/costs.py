# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    """What a forecast is reckoned by."""

    DOCUMENTATION = r"""
options:
  prices:
    description:
      - Prices of your own, such as those of a contract, in place of AWS's public ones. They are for the region of the bucket.
      - Each is a dictionary of C(kind), where it matters C(storage_class) and C(detail), and either C(usd) or C(tiers), a list of
        C(up_to) and C(usd).
      - Which kinds there are, and per what each is priced, is in C(docs/cost.md) of the collection.
    type: list
    elements: dict
  horizon_months:
    description: The time over which costs are reckoned, and within which a move to another storage class has to pay back.
    type: float
    default: 12.0
"""
