# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the aspect analytics, for every module that has it."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by the modules."""

    DOCUMENTATION = r"""
options:
  analytics:
    description:
      - Storage class analysis. S3 watches of what age the objects are that are read, to show when C(STANDARD_IA) would be cheaper.
        V([]) removes all.
      - It costs by the million of objects watched. The first results come after a month or so.
      - It is for the objects that fit both O(analytics[].prefix) and O(analytics[].tags); without any for the whole bucket.
    type: list
    elements: dict
    suboptions:
      id:
        description: The name of the analysis, 1 to 64 letters, digits, periods, dashes and underscores.
        type: str
        required: true
      prefix:
        description: What keys begin with, such as V(logs/).
        type: str
      tags:
        description: Tags that objects have, all of them.
        type: dict
      destination:
        description: Where S3 writes the results each day. Without it they are in the console alone.
        type: dict
        suboptions:
          bucket:
            description: The ARN of the bucket. It has to be in the same region, and its policy has to let S3 write.
            type: str
            required: true
          account_id:
            description: The account that has to own that bucket, in quotes. With it nothing goes to a stranger who took the name.
            type: str
          prefix:
            description: What the keys of the results begin with.
            type: str
          format:
            description: There is one so far.
            type: str
            choices: [CSV]
            default: CSV
          schema_version:
            description: The columns. There is one set of them so far.
            type: str
            choices: [V_1]
            default: V_1
  purge_analytics:
    description: Whether O(analytics) is the whole set. If not, those with other names stay.
    type: bool
    default: true
"""
