# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the aspect inventory, for every module that has it."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by the modules."""

    DOCUMENTATION = r"""
options:
  inventory:
    description:
      - Inventories, which are lists of all objects that S3 writes to a bucket. V([]) removes all.
      - They cost by the million of objects listed, which is much less than listing them, and the space that they take. The first can take
        two days.
    type: list
    elements: dict
    suboptions:
      id:
        description: The name of the inventory, 1 to 64 letters, digits, periods, dashes and underscores.
        type: str
        required: true
      enabled:
        description: Whether lists are written.
        type: bool
        default: true
      prefix:
        description: What the keys begin with that are listed. By default all are.
        type: str
      included_object_versions:
        description: Whether all versions are listed or the current ones.
        type: str
        choices: [All, Current]
        required: true
      frequency:
        description: How often a list is written. Weekly ones come on Sundays.
        type: str
        choices: [Daily, Weekly]
        required: true
      optional_fields:
        description: What is told of an object besides its bucket and key, and with V(All) its version.
        type: list
        elements: str
        choices:
          - BucketKeyStatus
          - ChecksumAlgorithm
          - ETag
          - EncryptionStatus
          - IntelligentTieringAccessTier
          - IntelligentTieringReferenceDate
          - IsMultipartUploaded
          - LastModifiedDate
          - LifecycleExpirationDate
          - ObjectAccessControlList
          - ObjectLockEventHoldDuration
          - ObjectLockEventHoldStatus
          - ObjectLockLegalHoldStatus
          - ObjectLockMode
          - ObjectLockRetainUntilDate
          - ObjectOwner
          - ReplicationStatus
          - Size
          - StorageClass
      destination:
        description: Where the lists go.
        type: dict
        required: true
        suboptions:
          bucket:
            description: The ARN of the bucket. It has to be in the same region, and its policy has to let S3 write.
            type: str
            required: true
          account_id:
            description: The account that has to own that bucket, in quotes. With it nothing goes to a stranger who took the name.
            type: str
          prefix:
            description: What the keys of the lists begin with.
            type: str
          format:
            description: The form of the lists. Programs read V(ORC) and V(Parquet) faster.
            type: str
            choices: [CSV, ORC, Parquet]
            required: true
          encryption:
            description: How the lists are encrypted. By default as the bucket says to which they go.
            type: str
            choices: [AES256, aws:kms]
          encryption_key_id:
            description: The ARN of the KMS key for O(inventory[].destination.encryption=aws:kms). Its policy has to let S3 use it.
            type: str
  purge_inventory:
    description: Whether O(inventory) is the whole set. If not, those with other names stay.
    type: bool
    default: true
"""
