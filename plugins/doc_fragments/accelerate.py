# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the aspect accelerate, for every module that has it."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by the modules."""

    DOCUMENTATION = r"""
options:
  accelerate:
    description:
      - Transfer acceleration, by which the bucket has a second endpoint, at the edge of AWS's network that is nearest to who asks.
      - Each GB through that endpoint costs extra. A bucket with a dot in its name cannot have it.
      - Once enabled it can be suspended, not removed, which is the same.
    type: str
    choices: [enabled, suspended]
"""
