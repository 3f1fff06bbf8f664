# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the aspect intelligent_tiering, for every module that has it."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by the modules."""

    DOCUMENTATION = r"""
options:
  intelligent_tiering:
    description:
      - When objects of the storage class C(INTELLIGENT_TIERING) go to its archive tiers. Without it they go to those tiers alone that
        can be read at once. V([]) removes all.
      - It is for the objects that fit both O(intelligent_tiering[].prefix) and O(intelligent_tiering[].tags); without any for all of that class.
      - What is in an archive tier costs a fraction, and has to be restored before it can be read, which takes hours.
    type: list
    elements: dict
    suboptions:
      id:
        description: The name of the configuration.
        type: str
        required: true
      status:
        description: V(disabled) keeps the configuration without using it.
        type: str
        choices: [enabled, disabled]
        default: enabled
      prefix:
        description: What keys begin with, such as V(logs/).
        type: str
      tags:
        description: Tags that objects have, all of them.
        type: dict
      tierings:
        description: The archive tiers, one or both.
        type: list
        elements: dict
        required: true
        suboptions:
          access_tier:
            description: Restoring takes 3 to 5 hours from V(ARCHIVE_ACCESS), up to 12 from V(DEEP_ARCHIVE_ACCESS), which costs least.
            type: str
            choices: [ARCHIVE_ACCESS, DEEP_ARCHIVE_ACCESS]
            required: true
          days:
            description: Days that nobody reads an object. V(ARCHIVE_ACCESS) takes 90 to 730, V(DEEP_ARCHIVE_ACCESS) 180 to 730.
            type: int
            required: true
  purge_intelligent_tiering:
    description: Whether O(intelligent_tiering) is the whole set. If not, those with other names stay.
    type: bool
    default: true
"""
