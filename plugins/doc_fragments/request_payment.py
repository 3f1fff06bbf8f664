# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the aspect request_payment, for every module that has it."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by the modules."""

    DOCUMENTATION = r"""
options:
  request_payment:
    description:
      - Who pays for requests and transfers. Storage is always paid by the owner.
      - With V(requester) S3 refuses requests that do not say that they pay, and those without an account; the bucket
        can have no website then, and receive no access logs.
    type: str
    choices: [bucket_owner, requester]
"""
