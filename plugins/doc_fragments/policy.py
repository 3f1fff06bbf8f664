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
        What S3 would refuse is refused before anything is changed: more than 20480 bytes, a statement without Effect, Principal, Action or Resource,
        an element that S3 does not know, a resource in another bucket, a public policy beside O(stowage.s3.bucket#module:public_access.block_public_policy).
      - A policy is refused, too, whose Deny keeps everybody from changing and deleting it again.
    type: json
  purge_policy:
    description:
      - Whether O(policy) is the whole policy. If not, its statements replace those of the same Sid or are added at the end, and the others stay in place.
      - Then each statement needs a Sid.
    type: bool
    default: true
"""
