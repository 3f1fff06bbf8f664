# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the aspect encryption, for every module that has it."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by the modules."""

    DOCUMENTATION = r"""
options:
  encryption:
    description:
      - How objects are encrypted whose writer does not say.
      - V({}) removes the configuration. AWS then encrypts with its own keys (C(AES256)), which it does with every bucket.
      - Parts that are not named stay as they are.
    type: dict
    suboptions:
      algorithm:
        description: V(AES256) with keys of S3, V(aws:kms) with a key in KMS, V(aws:kms:dsse) with that in two layers.
        type: str
        choices: [AES256, aws:kms, aws:kms:dsse]
      key_id:
        description:
          - The ARN or the ID of the KMS key. By default the one that AWS keeps for S3 in the account, which other accounts cannot use.
          - V("") removes it.
        type: str
      bucket_key:
        description: Whether S3 asks KMS once for many objects, and not for each. It saves nearly all of KMS's costs.
        type: bool
      blocked_types:
        description: Kinds of encryption that writers may not ask for. V(NONE) blocks nothing, not even what AWS blocks in new buckets.
        type: list
        elements: str
        choices: [NONE, SSE-C]
"""
