# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the aspect tags, for every module that has it."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by the modules."""

    DOCUMENTATION = r"""
options:
  tags:
    description: Tags of the bucket, for costs and permissions. V({}) removes all.
    type: dict
  purge_tags:
    description: Whether O(tags) is the whole set. If not, tags that are not named stay.
    type: bool
    default: true
"""
