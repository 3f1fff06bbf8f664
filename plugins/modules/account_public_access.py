#!/usr/bin/python
# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: account_public_access
short_description: Block public access to all buckets of an account
version_added: 0.2.0
description:
  - Sets the four switches that block public access to every bucket of the account that the credentials belong to.
  - They count beside those of each bucket. The stricter one of the two wins.
author:
  - Stowage contributors (@stowage)
extends_documentation_fragment:
  - stowage.s3.public_access
  - stowage.s3.connection
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: stowage.s3.bucket
attributes:
  check_mode:
    description: Can run in check mode and return changed status prediction without modifying target.
    support: full
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check mode), when in diff mode.
    support: full
"""

EXAMPLES = r"""
- name: No bucket of this account is public, whatever its policy says
  stowage.s3.account_public_access:
    expected_account: "111122223333"
    public_access:
      block_public_acls: true
      ignore_public_acls: true
      block_public_policy: true
      restrict_public_buckets: true
"""

RETURN = r"""
account:
  description: The number of the account.
  returned: always
  type: str
public_access:
  description: The switches after the task. Those that are off are left out.
  returned: when the task speaks of it
  type: dict
  sample: {block_public_acls: true, ignore_public_acls: true}
rollback:
  description: The options with which this module puts back what the task changed. Empty if nothing was changed.
  returned: always
  type: dict
permissions:
  description: The IAM actions that this task takes, and no more.
  returned: always
  type: list
  elements: str
"""

from ansible_collections.stowage.s3.plugins.module_utils import _module
from ansible_collections.stowage.s3.plugins.module_utils._bucket.account import ACCOUNT_SPEC, account_public_access


def main() -> None:
    """Configure."""
    _module.run(ACCOUNT_SPEC, account_public_access)


if __name__ == "__main__":
    main()
