# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the aspect metrics, for every module that has it."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by the modules."""

    DOCUMENTATION = r"""
options:
  metrics:
    description:
      - Request metrics in CloudWatch, by the minute, such as how many requests fail and how long they take. V([]) removes all.
      - They cost as custom metrics do, each of some 16 in each entry. The metrics of storage, by the day, are free and need none of this.
      - An entry is for what fits all of O(metrics[].prefix), O(metrics[].tags) and O(metrics[].access_point_arn); without any for the
        whole bucket.
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - The name of the metrics, 1 to 64 letters, digits, periods, dashes and underscores. CloudWatch shows it as C(FilterId).
          - The console looks for V(EntireBucket) where it shows the whole bucket.
        type: str
        required: true
      prefix:
        description: What keys begin with, such as V(logs/).
        type: str
      tags:
        description: Tags that objects have, all of them.
        type: dict
      access_point_arn:
        description: The ARN of the access point that requests come through.
        type: str
  purge_metrics:
    description: Whether O(metrics) is the whole set. If not, those with other names stay.
    type: bool
    default: true
"""
