# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: iam_policy
short_description: Make the least policy of a role for its task
version_added: 0.2.0
description:
  - Makes the policy of an IAM role of a list of templates, with what the task needs and no more. Some are a sync and a move to other storage classes, told
    by the options of their jobs, others are what tells costs, an audit, its remedies, a job of S3 Batch Operations, and the boundary of all of them.
  - Which templates there are, what they take and what they allow is in C(docs/policies.md) of the collection.
  - What a template is told is checked. What is unknown, missing or malformed is an error that says what is allowed, and so is a policy that is too long
    for a managed policy.
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
    description: A region, which tells the partition.
    type: str
seealso:
  - plugin: stowage.s3.trust_policy
    plugin_type: filter
  - plugin: stowage.s3.policy
    plugin_type: filter
"""

EXAMPLES = r"""
- name: The policy of a role that publishes a site
  amazon.aws.iam_managed_policy:
    name: publish-site
    policy: "{{ templates | stowage.s3.iam_policy }}"
  vars:
    templates:
      - sync:
          source: /srv/site
          destination: s3://example-site/www
          delete: true
          state_dir: s3://example-state/site
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


def iam_policy(templates: Any, partition: Any = None, region: Any = None) -> dict[str, Any]:
    """The policy of a role. Raises AnsibleFilterError."""
    try:
        return identity.iam_policy(templates, partition, region)
    except StowageError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {"iam_policy": iam_policy}
