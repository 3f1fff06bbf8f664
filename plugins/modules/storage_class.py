#!/usr/bin/python
# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: storage_class
short_description: Move objects of a bucket to other storage classes
version_added: 0.2.0
description:
  - Moves the objects that are there to the storage class that O(rules) give them by size, age and key. S3 copies each object onto itself,
    and nothing passes through this machine.
  - A lifecycle rule of the bucket does this for less money, but only downwards, only by age and size, and only when S3 comes to it.
    This module goes in any direction, at once, and says what it will do in check mode.
  - Content, metadata, headers, tags, encryption, ACL and object lock stay as they are. Objects above 5 GiB are copied by parts.
  - The copy is a new object to S3. Its C(LastModified) is the time of the copy, and in a bucket with versioning it is a new version.
  - Decides everything before it touches anything. Check mode returns the same RV(actions) and RV(summary) as the run that follows. What has its
    class already is left alone, so that a run that was cut off is gone on with by running it again.
  - One object that fails does not stop the others. The task then fails at its end.
author:
  - Stowage contributors (@stowage)
extends_documentation_fragment:
  - stowage.s3.costs
  - stowage.s3.connection
  - stowage.s3.connection.bucket
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
options:
  bucket:
    description: The name of the bucket.
    type: str
    required: true
  prefix:
    description:
      - What the keys begin with. It always ends at a slash, written or not. V(app) means the keys below C(app/), never C(application/).
      - By default the whole bucket.
    type: str
    default: ''
  rules:
    description:
      - Which class objects get. The first rule whose conditions all hold counts. An object that no rule takes stays as it is.
      - Either this or O(storage_class), or O(recommend).
      - A rule with O(rules[].min_age_days) makes what it moves new again. Rules that would move it back in the next run are refused.
    type: list
    elements: dict
    suboptions:
      match:
        description: Globs of the keys below O(prefix) that the rule is for, written as in O(include). By default all keys.
        type: list
        elements: str
      min_size:
        description: The smallest size, such as V(128K). By default V(0).
        type: str
      max_size:
        description: The largest size, such as V(5G). By default any.
        type: str
      min_age_days:
        description: How many days ago the object was written, at least. By default V(0).
        type: float
      max_age_days:
        description: How many days ago the object was written, at most. By default any.
        type: float
      min_idle_days:
        description:
          - For how many days the object was neither read nor written, at least. It takes O(access_logs) or O(access_metrics), which have
            to reach as far back.
        type: float
      max_idle_days:
        description:
          - Only objects that are not known to have been idle for so long. Of which nothing is known counts as not idle.
          - With O(rules[].min_idle_days) of the same number in another rule, the two never mean the same object.
        type: float
      from:
        description: The classes that the object may have now. By default any.
        type: list
        elements: str
        choices: [STANDARD, REDUCED_REDUNDANCY, STANDARD_IA, INTELLIGENT_TIERING, ONEZONE_IA, GLACIER_IR, GLACIER, DEEP_ARCHIVE]
      storage_class:
        description:
          - The class that they get, one of V(STANDARD), V(REDUCED_REDUNDANCY), V(STANDARD_IA), V(INTELLIGENT_TIERING), V(ONEZONE_IA),
            V(GLACIER_IR), V(GLACIER) and V(DEEP_ARCHIVE).
        type: str
        required: true
  storage_class:
    description: The class that all objects get. Either this or O(rules), or O(recommend).
    type: str
  include:
    description:
      - Globs of the keys below O(prefix) that the run takes. By default it takes all.
      - They are written as in C(.gitignore). Without a slash a glob matches at any depth, with a leading slash it is anchored at the prefix, with
        a trailing slash it matches a directory and all below it. C(**) matches any number of directories.
      - A key is taken if any O(include) matches and no O(exclude) does.
    type: list
    elements: str
  exclude:
    description: Globs of the keys that the run leaves alone, written as in O(include).
    type: list
    elements: str
  restore:
    description:
      - What to do with archived objects (C(GLACIER), C(DEEP_ARCHIVE), and the archive tiers of C(INTELLIGENT_TIERING)) that are to get another
        class. S3 has to read them for the copy, and cannot before they are restored, which takes minutes to days.
      - Given, S3 is asked for a copy that can be read, and a later run moves the object. Left out, each such object is a failure.
    type: dict
    suboptions:
      tier:
        description: How fast, and how dear. V(expedited) is not there for C(DEEP_ARCHIVE).
        type: str
        choices: [standard, bulk, expedited]
        default: standard
      days:
        description: For how many days the readable copy stays. The archive tiers of C(INTELLIGENT_TIERING) have no such number.
        type: int
        default: 7
      wait:
        description:
          - Wait until the objects are restored, and move them in the same run.
          - To look takes a HEAD of each object, seldomer the longer it takes, every five minutes in the end. RV(summary) does not count these.
        type: bool
        default: false
      wait_timeout:
        description: How many seconds to wait at most. What is not restored by then is a failure.
        type: int
        default: 86400
  replaced_versions:
    description:
      - What becomes of the version that a copy takes the place of, in a bucket with versioning.
      - V(keep) leaves it, and it goes on costing what it did, in its old class, until a lifecycle rule or somebody removes it.
      - V(delete) deletes just that version for good, by its id, once the copy has been seen to be there with the same content. One that
        is locked stays, and so does one whose copy cannot be proven to be the same. RV(stats) counts all three. Older versions are
        never touched.
      - If a run ends between a copy and this deletion, that version stays.
    type: str
    choices: [keep, delete]
    default: keep
  access_logs:
    description:
      - Where the server access logs of the bucket are, as V(s3://bucket/prefix) or as a directory with a copy of them. They tell when each
        object was read last, for O(rules[].min_idle_days), O(rules[].max_idle_days) and O(recommend).
      - S3 delivers them within hours, and not each record for certain. What reading them takes is not in RV(summary).
    type: str
  access_metrics:
    description:
      - Ask CloudWatch for the request metrics of the bucket instead, which tell how often objects below a prefix were read.
      - A prefix without any metric counts as not known, and so does one of which there was no request of any kind. What has metrics of a
        longer prefix, too, is counted there alone.
    type: bool
    default: false
  access_days:
    description: How many days back to look.
    type: int
    default: 90
  recommend:
    description:
      - Move nothing, but say in RV(recommendations) which class or which lifecycle rule is cheapest for what is below each prefix, and
        what that saves over O(horizon_months). Nothing is recommended that costs more than to leave objects where they are.
      - Where the bucket has versioning only lifecycle rules are recommended, as a copy leaves the version that it replaces. Those go by
        prefix and size alone, and take objects of all classes above the one that they lead to.
      - Neither O(rules) nor O(storage_class) goes with it.
    type: dict
    suboptions:
      candidates:
        description:
          - The classes to choose from. By default V(STANDARD), V(STANDARD_IA), V(INTELLIGENT_TIERING) and V(GLACIER_IR), in which objects can
            be read at once.
        type: list
        elements: str
        choices: [STANDARD, REDUCED_REDUNDANCY, STANDARD_IA, INTELLIGENT_TIERING, ONEZONE_IA, GLACIER_IR, GLACIER, DEEP_ARCHIVE]
      prefix_depth:
        description:
          - How many parts of a key, up to their slashes, make a prefix of its own. V(0) takes all as one.
          - What stands beside the prefixes, such as keys without a slash, is reckoned, but there is no rule that means just that.
        type: int
        default: 1
      reads_per_month:
        description: How often each object is taken to be read in a month, where neither logs nor metrics tell.
        type: float
        default: 0.0
      inventory:
        description: Where an S3 Inventory of the bucket is, to be read in place of a listing, as M(stowage.s3.cost_info) takes it.
        type: str
      report:
        description: A local file that gets all recommendations as JSON. It is not written in check mode.
        type: path
  requester_pays:
    description: Confirm that this account pays for the requests, where a bucket asks its requesters to.
    type: bool
    default: false
  concurrency:
    description:
      - How many requests are under way at once at most, from 1 to 256. By default the run finds out, as M(stowage.s3.sync) does.
    type: int
  max_requests_per_second:
    description:
      - The most requests that are sent in a second. From V(0.1) on. By default there is no limit.
    type: float
  log:
    description:
      - A local file to which a JSON line is added for every object that was acted on, one before the first and one after the last.
      - See C(docs/records.md) for the fields.
    type: path
  state_dir:
    description:
      - Where the records of runs and what is under way in parts are kept, as a directory or as V(s3://bucket/prefix) outside of what is
        moved.
      - By default C($XDG_STATE_HOME/stowage-s3), which is C(~/.local/state/stowage-s3), of the user that the task runs as.
    type: str
  max_actions:
    description: How many actions the result lists.
    type: int
    default: 100
notes:
  - An object that changed after it was listed is left as it is and is a failure. S3 itself keeps watch (C(If-Match)).
  - Objects with a key of their writer's (SSE-C), and objects of another account than the bucket's, are failures.
  - An object that was uploaded by parts may get another C(ETag), and where parts had a checksum each, one of the whole.
  - An object without a lock gets the bucket's default retention, if it has one, as every new version does.
  - Of the bucket it takes C(s3:ListBucket), C(s3:GetBucketVersioning), C(s3:GetBucketOwnershipControls),
    C(s3:GetBucketObjectLockConfiguration) and, where the bucket's ownership allows ACLs, C(s3:GetBucketAcl).
  - Of the objects it takes C(s3:GetObject), C(s3:GetObjectTagging), C(s3:PutObject), C(s3:PutObjectTagging), and for those above 5 GiB
    C(s3:AbortMultipartUpload) and C(s3:ListMultipartUploadParts). Besides, where they have ACLs, C(s3:GetObjectAcl) and C(s3:PutObjectAcl);
    where the bucket has object lock, C(s3:GetObjectRetention), C(s3:GetObjectLegalHold), C(s3:PutObjectRetention) and
    C(s3:PutObjectLegalHold); for O(restore) C(s3:RestoreObject); for O(replaced_versions=delete) C(s3:DeleteObjectVersion).
  - O(access_logs) takes C(s3:ListBucket) and C(s3:GetObject) where they lie, O(access_metrics) C(s3:GetMetricsConfiguration) and
    C(cloudwatch:GetMetricData). O(recommend) takes these, and of the bucket what is named above, and nothing of its objects.
seealso:
  - module: stowage.s3.bucket_lifecycle
  - module: stowage.s3.sync
attributes:
  check_mode:
    description: Can run in check mode and return changed status prediction without modifying target.
    support: full
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check mode), when in diff mode.
    support: full
"""

EXAMPLES = r"""
- name: Move what is large and old to a class that is read at once and costs less
  stowage.s3.storage_class:
    bucket: example-media
    rules:
      - match: ['*.mov', '*.mp4']
        min_size: 1M
        storage_class: GLACIER_IR
      - min_size: 128K
        min_age_days: 30
        storage_class: STANDARD_IA

- name: Bring a whole prefix back to the standard class
  stowage.s3.storage_class:
    bucket: example-reports
    prefix: 2026/
    storage_class: STANDARD

- name: Take archives out of the archive, and wait until S3 has restored them
  stowage.s3.storage_class:
    bucket: example-archive
    prefix: audits
    storage_class: STANDARD_IA
    restore:
      tier: bulk
      days: 3
      wait: true

- name: Move what nobody has read for two months, and see first what it costs and when it has paid back
  stowage.s3.storage_class:
    bucket: example-footage
    rules:
      - from: [STANDARD]
        min_size: 128K
        min_idle_days: 60
        storage_class: GLACIER_IR
    access_logs: s3://example-logs/example-footage/
  check_mode: true
  diff: true

- name: Ask what would save money, with all of it in a file
  stowage.s3.storage_class:
    bucket: example-footage
    recommend:
      prefix_depth: 0
      report: /var/lib/costs/example-footage.json
  register: found

- name: Do what was recommended
  stowage.s3.storage_class:
    bucket: example-footage
    rules: "{{ found.recommendations | selectattr('by', 'eq', 'copy') | map(attribute='rule') | select }}"
"""

RETURN = r"""
run_id:
  description: The name of this run, with its start in UTC.
  returned: always
  type: str
  sample: 20261122T093000Z-1f2e3d4c
summary:
  description:
    - What was decided, the same in check mode. For each of C(transition), C(restore) and C(skip) a dictionary of C(count) and C(bytes).
    - C(by_class) tells for each pair of classes (C(from), C(to)) how many objects and bytes move, C(left) why the rest does not
      (C(same), it has its class; C(no_rule), no rule takes it).
    - C(requests) is a dictionary of the requests that planning took and the plan will take, by kind, without retries.
  returned: always
  type: dict
  sample:
    transition: {count: 2, bytes: 73400320}
    restore: {count: 0, bytes: 0}
    skip: {count: 997, bytes: 4083712}
    requests: {list: 1, head: 3, copy: 2, bucket: 3}
    by_class: [{from: STANDARD, to: GLACIER_IR, count: 2, bytes: 73400320}]
    left: {same: 900, no_rule: 97}
states:
  description: How many archived objects were to be moved, by their state (C(restored), C(restoring), C(archived)).
  returned: always
  type: dict
  sample: {restored: 0, restoring: 0, archived: 0}
forecast:
  description:
    - What the plan will cost and save, reckoned from the plan alone, in USD. The form is that of C(forecast) of M(stowage.s3.sync), and
      C(docs/cost.md) of the collection explains it.
    - C(moves) tell for each pair of classes when the move has paid for itself (C(break_even_days), null for never), C(traps) what costs
      more than one would think, such as a move that does not pay back within O(horizon_months).
  returned: in check mode, and in diff mode
  type: dict
  sample:
    requests: {bucket: 3, copy: 2, head: 3, list: 1}
    storage:
      - {storage_class: GLACIER_IR, objects: 2, bytes: 73400320}
      - {storage_class: STANDARD, objects: -2, bytes: -73400320}
    monthly_usd: -0.001299
    one_off_usd: 0.000047
    horizon_months: 12.0
    horizon_usd: -0.015541
    items: []
    unpriced: []
    moves:
      - from: STANDARD
        to: GLACIER_IR
        objects: 2
        bytes: 73400320
        monthly_usd: 0.001572
        monthly_usd_then: 0.000273
        one_off_usd: 0.000041
        break_even_days: 1
    traps: []
    assumptions: []
    prices: {region: us-east-1, dated: '2026-07-28', origin: the table of 2026-07-28}
recommendations:
  description:
    - With O(recommend) the first O(max_actions) recommendations, the largest saving first. The only other values are then RV(saving_usd),
      C(horizon_months), C(assumptions), C(prices) and RV(recommendations_truncated).
    - Each tells C(prefix), the classes C(from) and C(to), whether it is C(by) V(copy) (this module) or V(lifecycle), C(objects) and C(bytes),
      a month's cost now (C(monthly_usd)) and then (C(monthly_usd_then)), C(one_off_usd), C(saving_usd), C(break_even_days), and the C(rule), for
      O(rules) or for the option C(lifecycle) of M(stowage.s3.bucket_lifecycle). It is empty where none can mean just these objects.
  returned: with O(recommend)
  type: list
  elements: dict
  sample:
    - prefix: clips/
      from: STANDARD
      to: GLACIER_IR
      by: lifecycle
      objects: 12000
      bytes: 1099511627776
      monthly_usd: 23.552
      monthly_usd_then: 4.096
      one_off_usd: 0.24
      saving_usd: 233.232
      break_even_days: 1
      rule:
        id: recommended-standard-to-glacier-ir-67108864-clips/
        prefix: clips/
        size_greater_than: 67108863
        transitions: [{days: 0, storage_class: GLACIER_IR}]
recommendations_truncated:
  description: Whether there are more recommendations than RV(recommendations) lists. O(recommend.report) has all.
  returned: with O(recommend)
  type: bool
saving_usd:
  description: What all recommendations save over O(horizon_months).
  returned: with O(recommend)
  type: float
  sample: 233.232
stats:
  description:
    - What was measured. Times in seconds, C(latency) in milliseconds (C(p50), C(p90), C(p99), C(max)), the rest counts and bytes.
    - C(versions_deleted), C(versions_locked) and C(versions_unproven) count the versions that O(replaced_versions=delete) deleted or left.
  returned: always
  type: dict
  sample:
    failed: 0
    unverified: 0
    retries: 0
    duration: 1.52
    bytes_sent: 0
    bytes_received: 0
    bytes_per_second: 0
    objects_per_second: 1.3
    latency: {p50: 3.1, p90: 6.2, p99: 12.4, max: 14.9}
    versions_deleted: 0
    versions_locked: 0
    versions_unproven: 0
actions:
  description: The first O(max_actions) actions, without those that are skipped.
  returned: always
  type: list
  elements: dict
  contains:
    verb:
      description: One of V(transition) and V(restore).
      type: str
    key:
      description: The key, relative to the prefix.
      type: str
    size:
      description: Its size in bytes.
      type: int
    reason:
      description: Why. One of V(rule), V(archived) (of a restore) and V(restored) (of a transition that waits for one).
      type: str
    from:
      description: The class that it has.
      type: str
    to:
      description: The class that it gets.
      type: str
  sample:
    - {verb: transition, key: clips/1.mov, size: 73400000, reason: rule, from: STANDARD, to: GLACIER_IR}
actions_truncated:
  description: Whether there are more actions than RV(actions) lists.
  returned: always
  type: bool
failures:
  description: The first hundred keys that could not be moved, each with C(key), C(verb) and C(error), which says what to do.
  returned: always
  type: list
  elements: dict
  sample: []
record:
  description: Where the record of this run stands, empty in check mode. See C(docs/records.md) for the fields.
  returned: always
  type: str
  sample: /home/deploy/.local/state/stowage-s3/runs/20261122T093000Z-1f2e3d4c.json
"""

from ansible_collections.stowage.s3.plugins.module_utils import _module
from ansible_collections.stowage.s3.plugins.module_utils._classes.run import SPEC, storage_class


def main() -> None:
    """Move objects to other storage classes."""
    _module.run(SPEC, storage_class)


if __name__ == "__main__":
    main()
