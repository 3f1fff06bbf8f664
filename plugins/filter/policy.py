# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: policy
short_description: Make a bucket's policy of templates
version_added: 0.2.0
description:
  - Makes the whole document of a bucket's policy of a list of templates, for the option C(policy) of M(stowage.s3.bucket) and M(stowage.s3.bucket_policy).
  - Which templates there are, what they take, what they do and what they break is in C(docs/policies.md) of the collection.
  - The names of the statements (C(Sid)) begin with C(Stowage) and stay the same, so that with C(purge_policy=false) statements of others stay.
  - What a template is told is checked. What is unknown, missing or malformed is an error that says what is allowed.
author:
  - Stowage contributors (@stowage)
positional: _input, bucket
options:
  _input:
    description:
      - The templates, in the order of their statements. Each is a template's name, or a dict of the name and its parameters.
      - What has C(Effect) is a statement, and stays as it is. One whose actions are all of KMS is the key's, and is left out.
      - An empty list gives an empty policy, which removes the bucket's.
    type: list
    elements: raw
    required: true
  bucket:
    description: The name of the bucket.
    type: str
    required: true
  partition:
    description: Where the bucket is, the partition of its ARNs. Without it that of O(region), and V(aws) without both.
    type: str
    choices: [aws, aws-cn, aws-us-gov]
  region:
    description: The bucket's region.
    type: str
seealso:
  - plugin: stowage.s3.key_policy
    plugin_type: filter
  - module: stowage.s3.bucket
  - module: stowage.s3.bucket_policy
"""

EXAMPLES = r"""
- name: Nobody comes in without TLS, and another account reads
  stowage.s3.bucket_policy:
    name: example-uploads
    policy: "{{ templates | stowage.s3.policy('example-uploads') }}"
    purge_policy: false
  vars:
    templates:
      - tls_only
      - cross_account_read:
          accounts: ['111122223333']
          prefix: reports
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


def policy(templates: Any, bucket: Any, partition: Any = None, region: Any = None) -> dict[str, Any]:
    """A bucket's policy. Raises AnsibleFilterError."""
    try:
        return compose.policy(templates, compose.place(bucket, partition, region))
    except StowageError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {"policy": policy}
