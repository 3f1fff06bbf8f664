#!/usr/bin/python
# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: bucket
short_description: Create, configure and delete a bucket
version_added: 0.2.0
description:
  - Makes a bucket be as the task says, in one task, with every sub-resource that S3 has.
  - What the task does not speak of is neither read nor touched. An empty value (V({}), V([]), V("")) removes what is configured.
  - Check mode and diff mode tell exactly what the run will do. What S3 would refuse is refused before anything is changed.
  - After a write it looks until S3 shows the new value.
author:
  - Stowage contributors (@stowage)
extends_documentation_fragment:
  - stowage.s3.ownership
  - stowage.s3.tags
  - stowage.s3.encryption
  - stowage.s3.versioning
  - stowage.s3.object_lock
  - stowage.s3.public_access
  - stowage.s3.acl
  - stowage.s3.policy
  - stowage.s3.lifecycle
  - stowage.s3.costs
  - stowage.s3.cors
  - stowage.s3.logging
  - stowage.s3.website
  - stowage.s3.accelerate
  - stowage.s3.request_payment
  - stowage.s3.abac
  - stowage.s3.intelligent_tiering
  - stowage.s3.analytics
  - stowage.s3.inventory
  - stowage.s3.metrics
  - stowage.s3.notifications
  - stowage.s3.replication
  - stowage.s3.metadata_tables
  - stowage.s3.object_lock.token
  - stowage.s3.connection
  - stowage.s3.connection.bucket
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
options:
  name:
    description: The name of the bucket.
    type: str
    required: true
    aliases: [bucket]
  state:
    description: Whether the bucket is there. V(absent) deletes it, if it is empty or O(force) is given.
    type: str
    choices: [present, absent]
    default: present
  force:
    description:
      - With O(state=absent), delete everything in the bucket first, all versions and unfinished uploads too.
      - Check mode tells how many. What object lock protects is not deleted, and the bucket stays then.
    type: bool
    default: false
  namespace:
    description:
      - In which namespace a new bucket gets its name. Names of V(account-regional) are the account's own, so nobody else can take them.
      - Only looked at when the bucket is created.
    type: str
    choices: [account-regional, global]
attributes:
  check_mode:
    description: Can run in check mode and return changed status prediction without modifying target.
    support: full
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check mode), when in diff mode.
    support: full
"""

EXAMPLES = r"""
- name: A bucket for uploads
  stowage.s3.bucket:
    name: example-uploads
    versioning: enabled
    encryption:
      algorithm: AES256
    tags:
      team: web

- name: Nobody from outside, no ACLs, and TLS alone
  stowage.s3.bucket:
    name: example-private
    ownership: BucketOwnerEnforced
    public_access:
      block_public_acls: true
      ignore_public_acls: true
      block_public_policy: true
      restrict_public_buckets: true
    policy: "{{ ['tls_only'] | stowage.s3.policy('example-private') }}"
    purge_policy: false
    logging:
      target_bucket: example-logs
      target_prefix: example-private/
      key_format: partitioned_event_time

- name: A web site
  stowage.s3.bucket:
    name: example-site
    website:
      index_document: index.html
      error_document: error.html
    cors:
      - id: fonts
        allowed_methods: [GET]
        allowed_origins: ["https://www.example.com"]
        max_age_seconds: 3600

- name: A bucket whose grants are of the older kind
  stowage.s3.bucket:
    name: example-older
    ownership: BucketOwnerPreferred
    acl:
      canned: private

- name: What grows old goes to cheaper storage, and what is old goes
  stowage.s3.bucket:
    name: example-archive
    lifecycle:
      - id: logs
        filter:
          prefix: logs/
          size_greater_than: 131072
        transitions:
          - days: 30
            storage_class: STANDARD_IA
        expiration:
          days: 365
      - id: unfinished-uploads
        abort_incomplete_multipart_days: 7
    intelligent_tiering:
      - id: cold
        prefix: data/
        tierings:
          - access_tier: ARCHIVE_ACCESS
            days: 180

- name: Versions that nobody deletes for a month
  stowage.s3.bucket:
    name: example-records
    versioning: enabled
    object_lock:
      enabled: true
      default_retention:
        mode: GOVERNANCE
        days: 30

- name: To delete a version takes the root user and a code
  stowage.s3.bucket:
    name: example-vault
    versioning: enabled
    mfa_delete: true
    mfa: arn:aws:iam::111122223333:mfa/root-account-mfa-device 123456

- name: Copies in another region
  stowage.s3.bucket:
    name: example-media
    versioning: enabled
    replication:
      role: arn:aws:iam::111122223333:role/replication
      rules:
        - id: everything
          priority: 1
          delete_marker_replication: true
          destination:
            bucket: arn:aws:s3:::example-copies
            storage_class: STANDARD_IA

- name: Tell a queue of this stack what is new; others' notifications stay
  stowage.s3.bucket:
    name: example-uploads
    notifications:
      - id: thumbnails
        queue_arn: arn:aws:sqs:eu-central-1:111122223333:thumbnails
        events: ["s3:ObjectCreated:*"]
        suffix: .jpg
    purge_notifications: false
    event_bridge: true

- name: Know what is in a bucket, and what it is used for
  stowage.s3.bucket:
    name: example-data
    inventory:
      - id: weekly
        frequency: Weekly
        included_object_versions: Current
        destination:
          bucket: arn:aws:s3:::example-lists
          format: Parquet
    analytics:
      - id: reads
        prefix: data/
    metrics:
      - id: EntireBucket
    metadata_tables:
      journal:
        record_expiration_days: 30
      inventory:
        enabled: true

- name: Uploads from far away, readers who pay, and permissions by tags
  stowage.s3.bucket:
    name: example-data
    accelerate: enabled
    request_payment: requester
    tags:
      project: maps
    abac: true

- name: Look what would change
  stowage.s3.bucket:
    name: example-uploads
    versioning: suspended
  check_mode: true
  diff: true

- name: Delete it with everything in it
  stowage.s3.bucket:
    name: example-uploads
    state: absent
    force: true
"""

RETURN = r"""
bucket:
  description: The bucket's name and the options that the task spoke of, as they are after the task. Empty values are not configured.
  returned: always
  type: dict
  sample: {name: example-uploads, versioning: enabled, mfa_delete: ""}
calls:
  description: How many calls of the S3 API were made.
  returned: always
  type: int
forecast:
  description:
    - What new or changed lifecycle rules will cost once they have done their work, in USD. C(docs/cost.md) of the collection explains it.
    - C(one_off_usd) is for the transitions, C(monthly_usd) the difference of a month's storage, C(traps) what costs more than one would
      think. C(break_even) tells for each transition from which size on an object pays back within O(horizon_months).
  returned: in check mode and in diff mode, if lifecycle rules change
  type: dict
  sample:
    requests: {transition: 1000}
    storage:
      - {storage_class: STANDARD, objects: -1000, bytes: -1048576000}
      - {storage_class: STANDARD_IA, objects: 1000, bytes: 1048576000}
    monthly_usd: -0.010254
    one_off_usd: 0.01
    horizon_months: 12.0
    horizon_usd: -0.113047
    items: []
    unpriced: []
    moves: []
    traps: []
    assumptions: []
    break_even:
      - {id: logs, storage_class: STANDARD_IA, bytes: 131072}
    prices: {region: us-east-1, dated: '2026-07-28', origin: the table of 2026-07-28}
rollback:
  description:
    - The options with which this module puts back what the task changed. Empty if nothing was changed.
    - What cannot be undone is left out, see RV(irreversible).
  returned: always
  type: dict
  sample: {name: example-uploads, versioning: suspended}
irreversible:
  description: What of the changes cannot be undone, in check mode too.
  returned: always
  type: list
  elements: str
permissions:
  description: The IAM actions that this task takes, and no more.
  returned: always
  type: list
  elements: str
  sample: ["s3:GetBucketVersioning", "s3:ListBucket", "s3:PutBucketVersioning"]
deleted:
  description: How many versions, delete markers and unfinished uploads were deleted with the bucket.
  returned: when O(state=absent) and O(force=true)
  type: dict
  sample: {versions: 1200, delete_markers: 3, uploads: 0}
"""

from ansible_collections.stowage.s3.plugins.module_utils import _module
from ansible_collections.stowage.s3.plugins.module_utils._bucket.run import BUCKET_SPEC, bucket


def main() -> None:
    """Configure."""
    _module.run(BUCKET_SPEC, bucket)


if __name__ == "__main__":
    main()
