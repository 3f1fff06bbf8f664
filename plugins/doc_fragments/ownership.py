# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the aspect ownership, for every module that has it."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by the modules."""

    DOCUMENTATION = r"""
options:
  ownership:
    description:
      - Who owns the objects that other accounts upload, and whether the bucket has ACLs at all.
      - V(BucketOwnerEnforced) turns ACLs off. It is AWS's default, and the safe one.
      - V("") removes the setting, which means V(ObjectWriter).
    type: str
    choices: [BucketOwnerEnforced, BucketOwnerPreferred, ObjectWriter, ""]
"""
