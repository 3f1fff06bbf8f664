# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the aspect policy, for every module that has it."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by the modules."""

    DOCUMENTATION = r"""
options:
  policy:
    description:
      - The bucket's policy, as a dict or as JSON text. V({}) removes it. The filter P(stowage.s3.policy#filter) makes one of templates.
      - >-
        It is compared by what it means: a text and a list of it alone are the same, lists of actions, resources, principals and values have no order,
        an account is the same as its root's ARN. The order of statements counts.
      - >-
        What S3 would refuse is refused before anything is changed, such as an operation for an action, an action on objects with the bucket alone, or a
        public policy beside O(stowage.s3.bucket#module:public_access.block_public_policy); and so is a Deny that keeps everybody from changing and
        deleting the policy again. What hardly does what is meant is warned of. M(stowage.s3.policy_info) asks the same of a document.
      - >-
        A policy that denies requests without TLS is refused through an C(http://) endpoint that is known to enforce policies, as the task would shut
        itself out, and warned of through others.
    type: json
  purge_policy:
    description:
      - Whether O(policy) is the whole policy. If not, its statements replace those of the same Sid or are added at the end, and the others stay in place.
      - Then each statement needs a Sid.
      - >-
        Where statements of others hold C(${...}), the policy keeps its version, by which that is a variable or text. If yours do, too, and the policy is to
        have another version, the task fails.
    type: bool
    default: true
"""
