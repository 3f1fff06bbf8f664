# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The connection options that amazon.aws does not have; they come after its own fragments (common.modules, region.modules)."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by the modules."""

    DOCUMENTATION = r"""
options:
  assume_role_arn:
    description:
      - The ARN of an IAM role to work as. A role is a set of permissions that one identity hands out to others for a
        while; it is the usual way from one account into another.
      - It is assumed with the credentials that the other connection options give, and anew before its session ends.
    type: str
  assume_role_external_id:
    description:
      - The external ID that the role's trust policy asks for. It keeps a third party, which works for many customers,
        from being talked into using one customer's role for another.
      - Needs O(assume_role_arn).
    type: str
  assume_role_session_tags:
    description:
      - Names and values that the session carries. Policies can look at them as C(aws:PrincipalTag), and CloudTrail writes them down, so that
        one role serves many jobs with different permissions.
      - Needs O(assume_role_arn), and C(sts:TagSession) in the role's trust policy.
    type: dict
  expected_account:
    description:
      - The 12-digit ID of the AWS account that the credentials (after O(assume_role_arn)) must belong to.
      - It is compared before anything else is done, and the task fails when it is another one. Write it in quotes, or
        YAML makes a number of it.
    type: str
"""

    BUCKET = r"""
options:
  expected_bucket_owner:
    description:
      - The 12-digit ID of the account that must own the bucket.
      - S3 checks it on every call, and refuses when a bucket of that name belongs to somebody else. Write it in quotes.
    type: str
"""
