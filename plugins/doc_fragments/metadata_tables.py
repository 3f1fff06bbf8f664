# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the aspect metadata_tables, for every module that has it."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by the modules."""

    DOCUMENTATION = r"""
options:
  metadata_tables:
    description:
      - Tables in S3 Tables that can be queried, and in which S3 keeps account of the bucket's objects. Rows and storage are paid for.
      - V({}) removes the configuration. The tables stay, are no longer kept and still paid for; S3 makes new ones only when those are deleted.
      - Tables that are not named stay as they are. Each is said as a whole, and V({}) turns it off.
    type: dict
    suboptions:
      journal:
        description: The table of changes, nearly as they happen. Every configuration has it.
        type: dict
        suboptions:
          record_expiration_days:
            description: After how many days records go, 7 at the least. V(0) keeps all.
            type: int
            required: true
          sse_algorithm:
            description: How the table is encrypted. Only looked at when it is made, as S3 neither tells nor changes it.
            type: str
            choices: [AES256, aws:kms]
          kms_key_arn:
            description:
              - The ARN of the key for O(metadata_tables.journal.sse_algorithm=aws:kms), in the region of the bucket.
              - Its policy has to let S3 Metadata and S3 Tables use it.
            type: str
      inventory:
        description: The table of all objects and versions, at most an hour old. S3 fills it from what is there; the more that is, the more it costs.
        type: dict
        suboptions:
          enabled:
            description: Whether S3 keeps it. If not, a table that is there stays, is paid for, and has to be deleted before it is turned on again.
            type: bool
          sse_algorithm:
            description: How the table is encrypted. Only looked at when it is made, as S3 neither tells nor changes it.
            type: str
            choices: [AES256, aws:kms]
          kms_key_arn:
            description:
              - The ARN of the key for O(metadata_tables.inventory.sse_algorithm=aws:kms), in the region of the bucket.
              - Its policy has to let S3 Metadata and S3 Tables use it.
            type: str
      annotation:
        description: The table of the annotations of objects.
        type: dict
        suboptions:
          enabled:
            description: Whether S3 keeps it. If not, a table that is there stays, and is paid for.
            type: bool
          role:
            description: The ARN of the IAM role as which S3 reads annotations.
            type: str
          sse_algorithm:
            description: How the table is encrypted. Only looked at when it is made, as S3 neither tells nor changes it.
            type: str
            choices: [AES256, aws:kms]
          kms_key_arn:
            description:
              - The ARN of the key for O(metadata_tables.annotation.sse_algorithm=aws:kms), in the region of the bucket.
              - Its policy has to let S3 Metadata and S3 Tables use it.
            type: str
"""
