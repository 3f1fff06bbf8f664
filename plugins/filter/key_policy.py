# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: key_policy
short_description: Make the policy of the KMS key that encrypts a bucket
version_added: 0.2.0
description:
  - Whoever reads or writes objects that are encrypted with a KMS key needs the key, too, and of another account also by the key's own policy.
  - Makes that policy of the same list of templates as P(stowage.s3.policy#filter) the bucket's. Templates that concern no key add nothing.
  - The first statement lets the key's own account manage it, by its IAM policies, as a key whose policy lets nobody do so stays unmanageable.
  - It is a whole policy. No module of this collection writes it; see C(aws_kms) or C(kms_key) of C(amazon.aws).
author:
  - Stowage contributors (@stowage)
positional: _input, bucket, account
options:
  _input:
    description:
      - The templates, as for P(stowage.s3.policy#filter). Of statements, those whose actions are all of KMS stay as they are, and the others are left out.
    type: list
    elements: raw
    required: true
  bucket:
    description: The name of the bucket.
    type: str
    required: true
  account:
    description: The account that owns the key.
    type: str
    required: true
  partition:
    description: Where bucket and key are, the partition of their ARNs. Without it that of O(region), and V(aws) without both.
    type: str
    choices: [aws, aws-cn, aws-us-gov]
  region:
    description: The bucket's region. Without it the key may be used through S3 of every region.
    type: str
seealso:
  - plugin: stowage.s3.policy
    plugin_type: filter
"""

EXAMPLES = r"""
- name: The key of a bucket that another account reads
  amazon.aws.kms_key:
    alias: example-uploads
    policy: "{{ templates | stowage.s3.key_policy('example-uploads', '444455556666', region='eu-central-1') }}"
  vars:
    templates:
      - tls_only
      - cross_account_read:
          accounts: ['111122223333']
"""

RETURN = r"""
_value:
  description: The document.
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._policy import compose


def key_policy(templates: Any, bucket: Any, account: Any, partition: Any = None, region: Any = None) -> dict[str, Any]:
    """The policy of the bucket's key. Raises AnsibleFilterError."""
    try:
        return compose.key_policy(templates, compose.place(bucket, partition, region), account)
    except StowageError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {"key_policy": key_policy}
