#!/usr/bin/python
# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: audit_info
short_description: Judge buckets and the account by AWS's security controls for S3
version_added: 0.2.0
description:
  - Asks of one bucket, of those whose names fit a pattern, or of all, what AWS Security Hub asks, and of the account, too. Each question is a
    control, with Security Hub's number (V(S3.8)). L(docs/security.md,https://github.com/stowage/s3/blob/main/docs/security.md) explains each.
  - Reads every configuration once, all buckets side by side, and changes nothing.
  - What may not be read is unknown, with the permission that is missing. It is never taken for a pass or a failure.
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
  controls:
    description: Which controls to ask. By default all.
    type: list
    elements: str
    choices: [S3.1, S3.2, S3.3, S3.5, S3.6, S3.7, S3.8, S3.9, S3.10, S3.11, S3.12, S3.13, S3.14, S3.15, S3.17, S3.19, S3.20, S3.22, S3.23, S3.24, S3.25]
  account:
    description:
      - Whether to ask what is about the account and not about a bucket, that is its own switches against public access, access points, trails
        and directory buckets.
      - Access points and directory buckets are looked for in the regions of the audited buckets.
    type: bool
    default: true
  suppressions:
    description:
      - Findings that are known and may stay. Such a finding keeps its verdict, and says that it is suppressed and why; it no longer counts among the
        failures of RV(summary).
    type: list
    elements: dict
    default: []
    suboptions:
      control:
        description: The control.
        type: str
        required: true
        choices: [S3.1, S3.2, S3.3, S3.5, S3.6, S3.7, S3.8, S3.9, S3.10, S3.11, S3.12, S3.13, S3.14, S3.15, S3.17, S3.19, S3.20, S3.22, S3.23, S3.24, S3.25]
      buckets:
        description: Names or patterns of the buckets. What is about the account has no bucket, so only V(*) is about it.
        type: list
        elements: str
        default: ["*"]
      reason:
        description: Why it may stay, for who reads it next year.
        type: str
        required: true
      expires:
        description:
          - The last day on which it counts, like V(2027-01-31), in UTC. Afterwards the finding is a failure again, and a warning says why.
          - By default it counts for ever.
        type: str
  assume:
    description:
      - Values that count instead of those that are read, to see the verdicts that a change would lead to. Each is the RV(stowage.s3.bucket#module:bucket) of
        a task of M(stowage.s3.bucket) in check mode, the name and options of a bucket. One without a name is the account, and has the four switches of
        M(stowage.s3.account_public_access).
      - What cannot be read stays unknown.
    type: list
    elements: dict
    default: []
  output:
    description:
      - Files to write the findings to, by their format. A file is written whole or not at all, and not in check mode.
      - That a file was written is no change.
    type: dict
    suboptions:
      asff:
        description:
          - The form of Security Hub, as a list. C(aws securityhub batch-import-findings --findings file://...) takes 100 of them at a time.
        type: path
      csv:
        description:
          - For spreadsheets (RFC 4180). A cell that one would take for a formula has an apostrophe before it.
        type: path
      junit:
        description: For CI systems, as XML. A failure is a failed test, what is unknown an error, what is suppressed or does not apply is skipped.
        type: path
      sarif:
        description: For code hosts and editors, SARIF 2.1.0.
        type: path
seealso:
  - module: stowage.s3.bucket
  - module: stowage.s3.bucket_info
  - module: stowage.s3.account_public_access
attributes:
  check_mode:
    description: Can run in check mode and return changed status prediction without modifying target.
    support: full
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check mode), when in diff mode.
    support: none
"""

EXAMPLES = r"""
- name: Judge all buckets and the account
  stowage.s3.audit_info:
  register: audit

- name: Name what is critical
  ansible.builtin.debug:
    msg: "{{ item.bucket }}: {{ item.title }}. {{ item.evidence.text }}"
  loop: "{{ audit.findings | selectattr('verdict', 'eq', 'fail') | selectattr('severity', 'eq', 'critical') }}"
  loop_control:
    label: "{{ item.control }}"

- name: Judge the buckets of a team by four controls, and leave one finding as it is
  stowage.s3.audit_info:
    name: example-*
    controls: [S3.2, S3.3, S3.5, S3.8]
    account: false
    suppressions:
      - control: S3.8
        buckets: [example-site]
        reason: A public web site, until CloudFront is there
        expires: "2099-12-31"
    output:
      sarif: "{{ playbook_dir }}/audit.sarif"
      csv: "{{ playbook_dir }}/audit.csv"
"""

RETURN = r"""
findings:
  description: What each control says of each bucket, after what it says of the account.
  returned: always
  type: list
  elements: dict
  contains:
    control:
      description: The control's number at Security Hub.
      type: str
      sample: S3.8
    bucket:
      description: The bucket, empty where the finding is about the account.
      type: str
      sample: example-uploads
    resource:
      description: The ARN of what was judged.
      type: str
      sample: arn:aws:s3:::example-uploads
    region:
      description: The region of what was judged, empty where it has none or does not tell.
      type: str
      sample: eu-central-1
    verdict:
      description: V(pass), V(fail), V(unknown) where it could not be read, or V(not_applicable) where the question does not arise.
      type: str
      sample: fail
    severity:
      description: V(critical), V(high), V(medium) or V(low).
      type: str
      sample: high
    title:
      description: What should be so.
      type: str
      sample: The bucket blocks public access
    evidence:
      description: Why, in words (C(text)) and with what was looked at (C(values)). What is unknown has C(values.missing_permissions).
      type: dict
      sample:
        text: "Off: restrict_public_buckets."
        values:
          public_access:
            {block_public_acls: true, ignore_public_acls: true, block_public_policy: true, restrict_public_buckets: false}
    remedy:
      description:
        - Of a failure, what to do (C(text)), what that breaks (C(breaks)), and where a module of this collection does it, that C(module).
        - C(options) are options of that module which remedy it and leave alone what they do not speak of. Where somebody has to decide
          something first, there are none.
      type: dict
      sample:
        text: Turn all four switches of public_access on.
        breaks: Public web sites.
        module: stowage.s3.bucket
        options: {public_access: {restrict_public_buckets: true}}
    class:
      description:
        - How far a machine may go with the remedy. V(safe), with a look beforehand; V(opt_in), as it changes who may do what, deletes or costs;
          V(report_only), as it takes a decision; V(impossible), as what fails has to be made anew.
      type: str
      sample: safe
    suppressed:
      description: The suppression, if there is one.
      type: dict
    benchmarks:
      description: The numbers of the control in other catalogues, by their versions.
      type: dict
      sample: {cis: {v3.0: 2.1.4}}
summary:
  description:
    - How many findings of each verdict there are (C(verdicts)), how many failures of each severity that are not suppressed (C(fails)), and how many are
      suppressed (C(suppressed)).
  returned: always
  type: dict
  sample:
    verdicts: {pass: 30, fail: 4, unknown: 1, not_applicable: 5}
    fails: {critical: 0, high: 1, medium: 2, low: 0}
    suppressed: 1
suppressions:
  description: The suppressions of the task, with how many C(findings) each was about, and whether it is C(expired).
  returned: always
  type: list
  elements: dict
account:
  description: The number of the account, empty where it could not be found out.
  returned: always
  type: str
  sample: "111122223333"
permissions:
  description: The IAM actions that this task takes, and no more.
  returned: always
  type: list
  elements: str
calls:
  description: How many calls of AWS's APIs were made.
  returned: always
  type: int
"""

from ansible_collections.stowage.s3.plugins.module_utils import _module
from ansible_collections.stowage.s3.plugins.module_utils._audit.run import AUDIT_SPEC, audit_info


def main() -> None:
    """Audit."""
    _module.run(AUDIT_SPEC, audit_info)


if __name__ == "__main__":
    main()
