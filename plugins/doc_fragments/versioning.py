# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the aspect versioning, for every module that has it."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by the modules."""

    DOCUMENTATION = r"""
options:
  versioning:
    description:
      - Whether the bucket keeps earlier versions of its objects, and what was deleted.
      - A bucket that had it once can never be without it; it can be V(suspended).
      - Every version costs storage. A rule in O(stowage.s3.bucket#module:lifecycle) with C(noncurrent_expiration) bounds that.
    type: str
    choices: [enabled, suspended]
  mfa_delete:
    description:
      - Whether it takes a one-time code to delete a version for good, or to change O(versioning).
      - S3 takes it from the root user of the account only, with O(mfa), and allows no O(stowage.s3.bucket#module:lifecycle) beside it.
    type: bool
  mfa:
    description: The serial number (or ARN) of the root user's device, a blank, and its present code. Only O(mfa_delete) needs it.
    type: str
"""
