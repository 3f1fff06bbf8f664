#!/usr/bin/python
# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: bucket_info
short_description: Read the configuration of buckets
version_added: 0.2.0
description:
  - Reads every sub-resource of one bucket, of those whose names fit a pattern, or of all, side by side.
  - Values have the form of the options of M(stowage.s3.bucket), so they can be given to it.
  - What may not be read is told so (in C(unread), with the permission that is missing), and never taken for what is not configured.
author:
  - Stowage contributors (@stowage)
extends_documentation_fragment:
  - stowage.s3.connection
  - stowage.s3.connection.bucket
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
options:
  name:
    description: The name of a bucket, or a pattern with V(*), V(?) and V([]). By default all buckets of the account.
    type: str
    default: "*"
    aliases: [bucket]
  aspects:
    description: What to read. By default everything.
    type: list
    elements: str
    choices:
      - ownership
      - tags
      - encryption
      - versioning
      - object_lock
      - public_access
      - acl
      - policy
      - lifecycle
      - cors
      - logging
      - website
      - accelerate
      - request_payment
      - abac
      - intelligent_tiering
      - analytics
      - inventory
      - metrics
      - notifications
      - replication
      - metadata_tables
seealso:
  - module: stowage.s3.bucket
attributes:
  check_mode:
    description: Can run in check mode and return changed status prediction without modifying target.
    support: full
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check mode), when in diff mode.
    support: none
"""

EXAMPLES = r"""
- name: Read everything of one bucket
  stowage.s3.bucket_info:
    name: example-uploads

- name: Look at the encryption of all buckets of a team
  stowage.s3.bucket_info:
    name: example-*
    aspects: [encryption, tags]
  register: found

- name: Name those that use no KMS key
  ansible.builtin.debug:
    msg: "{{ found.buckets | rejectattr('encryption.algorithm', 'eq', 'aws:kms') | map(attribute='name') }}"
"""

RETURN = r"""
buckets:
  description:
    - A dict for each bucket that is there, with C(name), C(region) and the values of the options of M(stowage.s3.bucket).
    - What could not be read is missing there, and stands in C(unread) by its name, with C(denied) and the permission that is missing, or
      with C(unsupported) where the endpoint does not know it.
  returned: always
  type: list
  elements: dict
  sample:
    - name: example-uploads
      region: eu-central-1
      versioning: enabled
      mfa_delete: false
      tags: {team: web}
      unread: {cors: {denied: "s3:GetBucketCORS"}}
calls:
  description: How many calls of the S3 API were made.
  returned: always
  type: int
"""

from ansible_collections.stowage.s3.plugins.module_utils import _module
from ansible_collections.stowage.s3.plugins.module_utils._bucket.info import INFO_SPEC, bucket_info


def main() -> None:
    """Read."""
    _module.run(INFO_SPEC, bucket_info)


if __name__ == "__main__":
    main()
