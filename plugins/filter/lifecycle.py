# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: lifecycle
short_description: Make a bucket's lifecycle rules of templates
version_added: 0.2.0
description:
  - Makes the rules for the option C(lifecycle) of M(stowage.s3.bucket) and M(stowage.s3.bucket_lifecycle) of a list of templates.
  - Which templates there are, what they take, what they do and what they delete is in C(docs/lifecycle.md) of the collection.
  - The ids of the rules begin with C(stowage-) and stay the same, so that with C(purge_lifecycle=false) rules of others stay.
  - What a template is told is checked. What is unknown, missing or malformed, what S3 would refuse, and what would cost more than it saves is an error
    that says what is allowed.
author:
  - Stowage contributors (@stowage)
positional: _input
options:
  _input:
    description:
      - The templates, in the order of their rules. Each is a template's name, or a dict of the name and its parameters, or of the name and a list of
        parameters.
      - What has C(id) is a rule, and stays as it is.
      - An empty list gives no rules, which removes those of the bucket.
    type: list
    elements: raw
    required: true
seealso:
  - plugin: stowage.s3.storage_class_rules
    plugin_type: filter
  - module: stowage.s3.bucket
  - module: stowage.s3.bucket_lifecycle
  - module: stowage.s3.storage_class
"""

EXAMPLES = r"""
- name: Keep logs for two years, the older ones at a lower price, and no leftovers of uploads
  stowage.s3.bucket_lifecycle:
    name: example-uploads
    lifecycle: "{{ templates | stowage.s3.lifecycle }}"
    purge_lifecycle: false
  vars:
    templates:
      - abort_uploads
      - logs:
          prefix: logs
          expiration_days: 730
"""

RETURN = r"""
_value:
  description: The rules.
  type: list
  elements: dict
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError
from ansible_collections.stowage.s3.plugins.module_utils._lifecycle import compose


def lifecycle(templates: Any) -> list[dict[str, Any]]:
    """A bucket's lifecycle rules. Raises AnsibleFilterError."""
    try:
        return compose.lifecycle(templates)
    except StowageError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {"lifecycle": lifecycle}
