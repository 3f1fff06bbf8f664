# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: storage_class_rules
short_description: Make rules for the storage class of objects of templates
version_added: 0.2.0
description:
  - Makes rules that say which keys get which storage class, for the option C(rules) of M(stowage.s3.sync) and
    of M(stowage.s3.storage_class), of a list of templates.
  - Which templates there are, what they take and which class they give is in C(docs/lifecycle.md) of the collection.
  - The first rule that matches a key counts, so the order of the list matters.
  - What a template is told is checked. What is unknown, missing or malformed is an error that says what is allowed.
author:
  - Stowage contributors (@stowage)
positional: _input
options:
  _input:
    description:
      - The templates, in the order of their rules. Each is a template's name, or a dict of the name and its parameters, or of the name and a list of
        parameters.
      - What has C(match) or C(storage_class) is a rule, and stays as it is.
    type: list
    elements: raw
    required: true
seealso:
  - plugin: stowage.s3.lifecycle
    plugin_type: filter
  - module: stowage.s3.storage_class
  - module: stowage.s3.sync
"""

EXAMPLES = r"""
- name: Keep originals cold, and previews at hand
  stowage.s3.sync:
    source: /srv/media
    destination: s3://example-media
    rules: "{{ templates | stowage.s3.storage_class_rules }}"
  vars:
    templates:
      - media:
          originals: DEEP_ARCHIVE
      - match: ['*.srt']
        cache_control: no-cache
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


def storage_class_rules(templates: Any) -> list[dict[str, Any]]:
    """Rules for the storage class of objects. Raises AnsibleFilterError."""
    try:
        return compose.storage_class_rules(templates)
    except StowageError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {"storage_class_rules": storage_class_rules}
