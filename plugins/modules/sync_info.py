#!/usr/bin/python
# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: sync_info
short_description: Tell whether a directory and a bucket, or two buckets, hold the same
version_added: 0.1.0
description:
  - Compares O(source) and O(destination) by content, as M(stowage.s3.sync) does, and changes nothing.
  - Ignores the state cache. Every local file is read and hashed, and every object's checksum is asked for where its ETag is no proof.
author:
  - Stowage contributors (@stowage)
extends_documentation_fragment:
  - stowage.s3.sync
  - stowage.s3.sync.rules
  - stowage.s3.connection
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: stowage.s3.sync
attributes:
  check_mode:
    description: Can run in check mode and return changed status prediction without modifying target.
    support: full
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check mode), when in diff mode.
    support: none
"""

EXAMPLES = r"""
- name: Prove that the backup holds what the server has
  stowage.s3.sync_info:
    source: /srv/data
    destination: s3://example-backup/data
  register: backup

- name: Stop if it does not
  ansible.builtin.assert:
    that: backup.in_sync
    fail_msg: "{{ backup.differences }}"
"""

RETURN = r"""
in_sync:
  description:
    - Whether both sides hold the same keys with the same content, and everything could be read.
    - C(unproven) in RV(summary) counts the keys for which only times could be compared.
  returned: always
  type: bool
differences:
  description: The first O(max_actions) differences, as the actions that M(stowage.s3.sync) with O(stowage.s3.sync#module:delete=true) would take.
  returned: always
  type: list
  elements: dict
  sample:
    - {verb: upload, key: docs/index.html, size: 4820, reason: content}
differences_truncated:
  description: Whether there are more differences than RV(differences) lists.
  returned: always
  type: bool
summary:
  description: As RV(stowage.s3.sync#module:summary), of what a sync with O(stowage.s3.sync#module:delete=true) would do.
  returned: always
  type: dict
failures:
  description: The first keys that could not be compared, each with C(key), C(verb) and C(error).
  returned: always
  type: list
  elements: dict
"""

from ansible_collections.stowage.s3.plugins.module_utils import _module
from ansible_collections.stowage.s3.plugins.module_utils._sync.run import COMMON_SPEC, sync_info


def main() -> None:
    """Compare."""
    _module.run(COMMON_SPEC, sync_info)


if __name__ == "__main__":
    main()
