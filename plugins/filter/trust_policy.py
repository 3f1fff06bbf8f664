# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: trust_policy
short_description: Make the policy that says who may be a role
version_added: 0.2.0
description:
  - Makes the trust policy of an IAM role of a list of templates, for accounts with an external ID, for S3 Batch Operations, and for who shows a token of
    an OIDC provider. It is the C(assume_role_policy_document) of M(amazon.aws.iam_role).
  - Which templates there are, what they take and whom they let in is in C(docs/policies.md) of the collection.
  - What a template is told is checked. What is unknown, missing or malformed is an error that says what is allowed.
author:
  - Stowage contributors (@stowage)
positional: _input
options:
  _input:
    description:
      - The templates, in the order of their statements. Each is a template's name, or a dict of the name and its parameters, or of the name and a list
        of parameters.
      - What has C(Effect) is a statement, and stays as it is.
    type: list
    elements: raw
    required: true
  partition:
    description: The partition of the ARNs. Without it that of O(region), and V(aws) without both.
    type: str
    choices: [aws, aws-cn, aws-us-gov]
  region:
    description: A region, which tells the partition. Jobs of S3 Batch Operations have to be there.
    type: str
seealso:
  - plugin: stowage.s3.iam_policy
    plugin_type: filter
  - plugin: stowage.s3.policy
    plugin_type: filter
"""

EXAMPLES = r"""
- name: A role that automation in another account may be
  amazon.aws.iam_role:
    name: stowage
    assume_role_policy_document: "{{ templates | stowage.s3.trust_policy }}"
    create_instance_profile: false
  vars:
    templates:
      - accounts:
          roles: ['arn:aws:iam::111122223333:role/automation']
          external_id: '{{ vault_external_id }}'
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
from ansible_collections.stowage.s3.plugins.module_utils._policy import identity


def trust_policy(templates: Any, partition: Any = None, region: Any = None) -> dict[str, Any]:
    """Who may be a role. Raises AnsibleFilterError."""
    try:
        return identity.trust_policy(templates, partition, region)
    except StowageError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {"trust_policy": trust_policy}
