# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the aspect metrics, for every module that has it."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by the modules."""

    DOCUMENTATION = r"""
options:
  metrics:
    description: Request metrics in CloudWatch, by name. They cost as CloudWatch's own metrics do. V([]) removes all.
    type: list
    elements: dict
    suboptions:
      id:
        description: The name of the metrics.
        type: str
        required: true
  purge_metrics:
    description: Whether O(metrics) is the whole set. If not, those with other names stay.
    type: bool
    default: true
"""
