# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the aspect notifications, for every module that has it."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by the modules."""

    DOCUMENTATION = r"""
options:
  notifications:
    description:
      - What S3 tells to whom when something happens in the bucket. V([]) removes all, and leaves O(event_bridge) as it is.
      - Each entry names one of O(notifications[].queue_arn), O(notifications[].topic_arn) and O(notifications[].lambda_function_arn).
        S3 tests it when it is written, so the policy of the destination has to let S3 in before.
      - Events come at least once, in any order. They tell names of objects to the destination, in whichever account that is.
    type: list
    elements: dict
    suboptions:
      id:
        description: The name of the entry, unique in the bucket. O(purge_notifications=false) knows entries by it.
        type: str
        required: true
      queue_arn:
        description: The ARN of an SQS queue in the region of the bucket. FIFO queues are not possible.
        type: str
      topic_arn:
        description: The ARN of an SNS topic in the region of the bucket. FIFO topics are not possible.
        type: str
      lambda_function_arn:
        description: The ARN of a Lambda function in the region of the bucket, or of one of its versions or aliases.
        type: str
      events:
        description:
          - What is told. V(*) stands for all of its kind.
          - AWS tells an event to one entry only, so entries of the same events have to differ in O(notifications[].prefix) or
            O(notifications[].suffix).
        type: list
        elements: str
        required: true
        choices:
          - "s3:IntelligentTiering"
          - "s3:LifecycleExpiration:*"
          - "s3:LifecycleExpiration:Delete"
          - "s3:LifecycleExpiration:DeleteMarkerCreated"
          - "s3:LifecycleTransition"
          - "s3:ObjectAcl:Put"
          - "s3:ObjectAnnotation:*"
          - "s3:ObjectAnnotation:Delete"
          - "s3:ObjectAnnotation:Put"
          - "s3:ObjectCreated:*"
          - "s3:ObjectCreated:CompleteMultipartUpload"
          - "s3:ObjectCreated:Copy"
          - "s3:ObjectCreated:Post"
          - "s3:ObjectCreated:Put"
          - "s3:ObjectRemoved:*"
          - "s3:ObjectRemoved:Delete"
          - "s3:ObjectRemoved:DeleteMarkerCreated"
          - "s3:ObjectRestore:*"
          - "s3:ObjectRestore:Completed"
          - "s3:ObjectRestore:Delete"
          - "s3:ObjectRestore:Post"
          - "s3:ObjectRetention:Put"
          - "s3:ObjectTagging:*"
          - "s3:ObjectTagging:Delete"
          - "s3:ObjectTagging:Put"
          - "s3:ReducedRedundancyLostObject"
          - "s3:Replication:*"
          - "s3:Replication:OperationFailedReplication"
          - "s3:Replication:OperationMissedThreshold"
          - "s3:Replication:OperationNotTracked"
          - "s3:Replication:OperationReplicatedAfterThreshold"
      prefix:
        description: How the keys begin. There are no wildcards; special characters are written as in a URL, a blank as V(+).
        type: str
      suffix:
        description: How the keys end, such as V(.jpg). Written as O(notifications[].prefix) is.
        type: str
  purge_notifications:
    description: Whether O(notifications) is the whole set. If not, entries with other names stay, such as those of other stacks.
    type: bool
    default: true
  event_bridge:
    description:
      - Whether all events go to EventBridge too, where rules send them on. It takes some minutes to begin.
      - O(notifications) leaves it as it is.
    type: bool
  skip_destination_validation:
    description: Whether to write O(notifications) without a test of the destinations. Only looked at when they change.
    type: bool
"""
