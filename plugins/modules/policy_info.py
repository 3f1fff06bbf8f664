#!/usr/bin/python
# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: policy_info
short_description: Validate policies and lifecycles before they are anywhere
version_added: 0.2.0
description:
  - Looks for what AWS would refuse, for what nobody can want, and for what hardly does what is meant, in the policy of a bucket, of an identity, in a
    role's trust policy, or in a lifecycle. L(docs/policies.md,https://github.com/stowage/s3/blob/main/docs/policies.md#checks) has a table of all checks.
  - A document that is given is validated without any connection. The documents of a bucket that is named are read, and nothing is changed.
  - M(stowage.s3.bucket) and M(stowage.s3.bucket_policy) ask the same before they write, refuse errors and warn of warnings.
author:
  - Stowage contributors (@stowage)
extends_documentation_fragment:
  - stowage.s3.connection
  - stowage.s3.connection.bucket
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
options:
  policy:
    description:
      - The document, as a dict or as JSON text, for instance of P(ansible.builtin.file#lookup).
      - A lifecycle is a list of rules in the form of O(stowage.s3.bucket#module:lifecycle), a dict with that option, or AWS's form, a dict with C(Rules).
      - Without it the policy and the lifecycle of the bucket O(name) are read.
    type: raw
  type:
    description:
      - What the document is. V(identity) is a policy of a role, user or group, V(trust) says who may take a role.
      - By default V(bucket) for a document that is given. Of a bucket that is read, V(bucket) or V(lifecycle) takes one of the two; by default both are.
    type: str
    choices: [bucket, identity, trust, lifecycle]
  name:
    description:
      - The name of the bucket that the document is for. By default that of its first resource.
      - Without O(policy), the bucket whose documents are read.
    type: str
    aliases: [bucket]
  parliament:
    description:
      - Whether to ask parliament as well, where that Python package is installed on the host.
      - What it finds are notices, as its list of actions may be older. So the verdict does not depend on whether it is installed.
    type: bool
    default: true
  access_analyzer:
    description:
      - Whether to ask IAM Access Analyzer as well, which knows what AWS takes. That needs a connection and the permission C(access-analyzer:ValidatePolicy).
      - The task fails if it cannot be asked.
    type: bool
    default: false
  fail_on:
    description: Fail the task if there are findings of this severity or a worse one. The result is the same.
    type: str
    choices: [never, error, warning]
    default: never
seealso:
  - module: stowage.s3.bucket_policy
  - module: stowage.s3.audit_info
attributes:
  check_mode:
    description: Can run in check mode and return changed status prediction without modifying target.
    support: full
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check mode), when in diff mode.
    support: none
"""

EXAMPLES = r"""
- name: Validate a policy before anything is done with it
  stowage.s3.policy_info:
    name: example-uploads
    fail_on: warning
    policy:
      Version: "2012-10-17"
      Statement:
        - Sid: Partner
          Effect: Allow
          Principal: {AWS: "444455556666"}
          Action: s3:GetObject
          Resource: arn:aws:s3:::example-uploads/reports/*

- name: Validate a role's trust policy
  stowage.s3.policy_info:
    type: trust
    policy: |
      {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "batchoperations.s3.amazonaws.com"},
        "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}]}

- name: Validate lifecycle rules
  stowage.s3.policy_info:
    type: lifecycle
    policy:
      - id: archive
        prefix: logs/
        transitions:
          - {days: 90, storage_class: GLACIER_IR}
        expiration: {days: 400}

- name: Validate what a bucket has
  stowage.s3.policy_info:
    name: example-uploads
  register: found

- name: Show what was found
  ansible.builtin.debug:
    msg: "{{ item.severity }} {{ item.code }} at {{ item.path }}: {{ item.problem }} {{ item.remedy }}"
  loop: "{{ found.findings }}"
  loop_control:
    label: "{{ item.code }}"
"""

RETURN = r"""
valid:
  description: Whether there is no error.
  returned: always
  type: bool
findings:
  description: What was found, in the order of the checks.
  returned: always
  type: list
  elements: dict
  contains:
    type:
      description: The type of the document, as O(type).
      type: str
      sample: bucket
    code:
      description: The id of the check, or the other judge's own word.
      type: str
      sample: resource_mismatch
    severity:
      description:
        - V(error), which AWS refuses or nobody can want; V(warning), which hardly does what is meant; V(notice), which is good to know.
      type: str
      sample: error
    path:
      description: Where in the document, empty for the whole.
      type: str
      sample: Statement[0].Action[1]
    problem:
      description: What is wrong.
      type: str
      sample: s3:GetObject is about objects, and none of the resources is such.
    remedy:
      description: What to do.
      type: str
      sample: Add arn:aws:s3:::example-uploads/*.
    judge:
      description: Who found it. V(stowage), V(parliament) or V(access_analyzer).
      type: str
      sample: stowage
summary:
  description: How many findings of each severity there are.
  returned: always
  type: dict
  sample: {error: 1, warning: 0, notice: 2}
judged:
  description: The types of the documents that were validated. Empty where a bucket has none.
  returned: always
  type: list
  elements: str
  sample: [bucket, lifecycle]
judges:
  description: Who was asked. That is V(stowage), and V(parliament) and V(access_analyzer) where they were.
  returned: always
  type: list
  elements: str
  sample: [stowage]
calls:
  description: How many calls of AWS's API were made. None for a document that is given, without Access Analyzer.
  returned: always
  type: int
"""

from ansible_collections.stowage.s3.plugins.module_utils import _module
from ansible_collections.stowage.s3.plugins.module_utils._bucket.policy_info import POLICY_INFO_SPEC, policy_info


def main() -> None:
    """Validate."""
    _module.run(POLICY_INFO_SPEC, policy_info)


if __name__ == "__main__":
    main()
