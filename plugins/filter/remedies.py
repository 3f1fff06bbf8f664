# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: remedies
short_description: Make tasks of the findings of an audit
version_added: 0.2.0
description:
  - Makes one set of options of M(stowage.s3.bucket) for each bucket of all that M(stowage.s3.audit_info) found to fail, and tells what is left and why.
  - What is suppressed is left. Public access is not blocked for a bucket that a suppression of S3.2 or S3.3 lets be public, nor for the account then.
  - A bucket that others log to does not log itself, and is not encrypted with KMS keys, as S3 delivers no logs there then.
  - The role stowage.s3.baseline does the rest.
author:
  - Stowage contributors (@stowage)
positional: _input, classes
options:
  _input:
    description: The RV(stowage.s3.audit_info#module:findings).
    type: list
    elements: dict
    required: true
  classes:
    description: Which classes of remedies. V(opt_in) changes who may do what, deletes, or costs.
    type: list
    elements: str
    choices: [safe, opt_in]
    default: [safe]
  options:
    description: By control, options of M(stowage.s3.bucket) beside those that the audit knows. In texts C({bucket}) stands for the bucket's name.
    type: dict
    default: {}
  account:
    description:
      - The account's number, RV(stowage.s3.audit_info#module:account).
      - With it, a bucket that the options of S3.9 name as O(stowage.s3.bucket#module:logging.target_bucket) gets a statement in its policy that lets S3 write
        logs of this account's buckets there, if it is one of the audited buckets. It comes first in RV(_value).
    type: str
    default: ""
seealso:
  - module: stowage.s3.audit_info
"""

EXAMPLES = r"""
- name: Judge
  stowage.s3.audit_info:
  register: audit

- name: Remedy what is safe to remedy
  stowage.s3.bucket: "{{ {'name': item.name} | combine(item.options) }}"
  loop: "{{ (audit.findings | stowage.s3.remedies(['safe'])).buckets }}"
  loop_control:
    label: "{{ item.name }}: {{ item.controls | join(', ') }}"
"""

RETURN = r"""
_value:
  description:
    - C(buckets), a list of C(name), C(controls) and C(options); C(account), with C(controls) and the C(options) of M(stowage.s3.account_public_access);
      C(left), a list of C(control), C(bucket) and C(reason).
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.stowage.s3.plugins.module_utils._audit import remedy
from ansible_collections.stowage.s3.plugins.module_utils._errors import StowageError


def remedies(
    findings: Any, classes: Any = (remedy.CHOOSABLE[0],), options: Any = None, account: Any = ""
) -> dict[str, Any]:
    """What remedies findings. Raises AnsibleFilterError."""
    if not isinstance(findings, list) or not all(isinstance(each, dict) for each in findings):
        raise AnsibleFilterError("remedies: what comes before the filter is no list of findings of audit_info.")
    try:
        return remedy.remedies(findings, list(classes), options or {}, str(account or ""))
    except StowageError as error:
        raise AnsibleFilterError(f"remedies: {error}") from error
    except KeyError as error:
        raise AnsibleFilterError(f"remedies: a finding lacks {error}, which those of audit_info have.") from error


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {"remedies": remedies}
