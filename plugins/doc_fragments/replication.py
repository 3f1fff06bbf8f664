# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the aspect replication, for every module that has it."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by the modules."""

    DOCUMENTATION = r"""
options:
  replication:
    description:
      - Which new objects S3 copies to which other buckets. V({}) stops it and removes all rules.
      - It takes O(versioning=enabled), here and in the destinations. What is in the bucket already is not copied; S3 Batch Replication does that.
      - Copies cost their storage, a request each, and the transfer to another region.
    type: dict
    suboptions:
      role:
        description: The ARN of the IAM role as which S3 reads here and writes there. It stays as it is if it is not named.
        type: str
      rules:
        description: What is copied where. Each rule is said as a whole.
        type: list
        elements: dict
        suboptions:
          id:
            description: The name of the rule. O(purge_replication=false) knows rules by it.
            type: str
            required: true
          priority:
            description:
              - Where several rules fit an object and go to the same bucket, the one with the highest number counts. Each rule needs its own.
              - Rules of S3's older form have none. They can stay so as long as all rules of the bucket are.
            type: int
          status:
            description: Whether the rule works.
            type: str
            choices: [enabled, disabled]
            default: enabled
          prefix:
            description: How the keys begin. By default all.
            type: str
          tags:
            description: Tags that an object has to have, all of them.
            type: dict
          delete_marker_replication:
            description:
              - Whether a deletion that leaves a delete marker is repeated there. Deletions of versions never are.
              - Not possible with O(replication.rules[].tags).
            type: bool
          sse_kms_encrypted_objects:
            description: Whether objects under KMS are copied too. It takes O(replication.rules[].destination.replica_kms_key_id).
            type: bool
          replica_modifications:
            description: Whether changes of tags, ACLs and locks of a copy are brought back, where the other bucket replicates to this one.
            type: bool
          existing_object_replication:
            description: Whether what is there already is copied. S3 no longer takes it, but where its support has turned it on.
            type: bool
          destination:
            description: Where copies go.
            type: dict
            required: true
            suboptions:
              bucket:
                description: The ARN of the bucket, such as V(arn:aws:s3:::example-copies).
                type: str
                required: true
              account:
                description: The account that the bucket has to belong to.
                type: str
              owner:
                description: V(Destination) gives the copies to O(replication.rules[].destination.account). By default they belong to the owner of the original.
                type: str
                choices: [Destination]
              storage_class:
                description: The storage class of the copies. By default that of the original.
                type: str
                choices:
                  - STANDARD
                  - REDUCED_REDUNDANCY
                  - STANDARD_IA
                  - ONEZONE_IA
                  - INTELLIGENT_TIERING
                  - GLACIER
                  - DEEP_ARCHIVE
                  - OUTPOSTS
                  - GLACIER_IR
                  - SNOW
                  - EXPRESS_ONEZONE
                  - FSX_OPENZFS
                  - FSX_ONTAP
                  - AWS_BACKUP_WARM
                  - AWS_BACKUP_LOW_COST_WARM
              replica_kms_key_id:
                description: The ARN of the KMS key, in the region of the destination, for copies of O(replication.rules[].sse_kms_encrypted_objects).
                type: str
              metrics:
                description:
                  - Whether CloudWatch gets figures of what is pending and what failed, and S3 sends events of it.
                  - The figures cost as CloudWatch's own metrics do.
                type: bool
              metrics_event_threshold_minutes:
                description:
                  - After how long an event tells that an object is late. S3 knows 15 minutes alone.
                  - It goes with O(replication.rules[].destination.replication_time_minutes).
                type: int
              replication_time_minutes:
                description:
                  - S3's promise of how soon copies are there. S3 knows 15 minutes alone, and asks for a price per GB.
                  - It takes O(replication.rules[].destination.metrics) and
                    O(replication.rules[].destination.metrics_event_threshold_minutes).
                type: int
  purge_replication:
    description: Whether O(replication.rules) is the whole set. If not, rules with other names stay.
    type: bool
    default: true
"""
