# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the aspect abac, for every module that has it."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by the modules."""

    DOCUMENTATION = r"""
options:
  abac:
    description:
      - Whether the bucket's tags count in policies (attribute-based access control).
      - >-
        While it is on, S3 refuses C(PutBucketTagging), so O(stowage.s3.bucket#module:tags) cannot be changed. A task that turns it on
        sets the tags before, one that turns it off sets them afterwards.
      - Policies that look at tags take effect at once. Look through them first.
    type: bool
"""
