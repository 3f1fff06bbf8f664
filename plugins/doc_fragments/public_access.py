# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the aspect public_access, for every module that has it."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by the modules."""

    DOCUMENTATION = r"""
options:
  public_access:
    description:
      - Blocks public access to the bucket, whatever its policy and its ACLs say. AWS turns all four switches on in new buckets.
      - Switches that are not named stay as they are. V({}) turns all of them off.
      - The account has the same switches. The stricter one of the two counts.
    type: dict
    suboptions:
      block_public_acls:
        description: Refuse ACLs that grant access to everybody.
        type: bool
      ignore_public_acls:
        description: Ignore ACLs that grant access to everybody.
        type: bool
      block_public_policy:
        description: Refuse a policy that grants access to everybody.
        type: bool
      restrict_public_buckets:
        description: Under a policy that grants access to everybody, let in only AWS services and the bucket's own account.
        type: bool
"""
