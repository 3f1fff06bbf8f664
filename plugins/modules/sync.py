#!/usr/bin/python
# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: sync
short_description: Sync a directory and a bucket, or two buckets
version_added: 0.1.0
description:
  - Makes O(destination) hold what O(source) holds, from a directory to S3, from S3 to a directory, or within S3.
  - Compares contents. What was compared once is remembered in a state cache, so that an unchanged file costs neither a hash nor a
    request.
  - Decides everything before it touches anything. Check mode returns the same RV(actions) and RV(summary) as the run that follows,
    and what it will cost.
  - One object that fails does not stop the others. The task then fails at its end, and nothing is deleted.
  - Shows its progress while it runs, if Ansible runs in a terminal.
author:
  - Stowage contributors (@stowage)
extends_documentation_fragment:
  - stowage.s3.sync
  - stowage.s3.sync.rules
  - stowage.s3.costs
  - stowage.s3.connection
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
options:
  compare:
    description:
      - How to tell whether a file and an object of the same key are the same.
      - V(content) compares digests. Where a side gives no evidence of its content (an object that others uploaded in parts or with KMS
        and without a checksum), times decide, and the result counts it as C(unproven).
      - V(time) transfers if the sizes differ or the source is newer, in whole seconds. Downloads get the object's C(LastModified) as
        their time.
      - V(size) transfers if the sizes differ, V(existence) only what is missing.
      - The size that counts is that of the content. With V(time) and V(size) it takes a request (HEAD) for every object that O(rules)
        compress on the way up, and on the way down for every object that is smaller than its file.
    type: str
    choices: [content, time, size, existence]
    default: content
  delete:
    description:
      - Delete what O(destination) has and O(source) has not.
      - Deletions run last, and not at all if anything failed or a directory could not be read.
    type: bool
    default: false
  max_delete:
    description:
      - The most deletions that may be planned, as a count (V(20)) or as a part of the keys in O(destination) that the filters take (V(5%)).
      - A plan with more is refused whole, in check mode too. The result then shows it.
      - By default half of the keys, if that is more than ten.
    type: str
  allow_empty_source:
    description: Let O(delete) empty the destination where the source has no file that the filters take.
    type: bool
    default: false
  storage_class:
    description: The storage class of what is written, such as V(STANDARD_IA) or V(INTELLIGENT_TIERING).
    type: str
  encryption:
    description: The encryption of what is written. By default the bucket's own.
    type: str
    choices: [AES256, "aws:kms", "aws:kms:dsse"]
  encryption_key_id:
    description: The KMS key for O(encryption=aws:kms), as id, alias or ARN.
    type: str
  acl:
    description: The canned ACL of what is written. Buckets refuse one unless their object ownership allows ACLs.
    type: str
    choices:
      - private
      - public-read
      - public-read-write
      - authenticated-read
      - aws-exec-read
      - bucket-owner-read
      - bucket-owner-full-control
  archived:
    description:
      - What to do where an object would have to be read that is archived (C(GLACIER), C(DEEP_ARCHIVE)).
      - V(fail) makes it a failure of this object, V(skip) leaves it out, V(restore) asks S3 to restore it for seven days. A later
        run then transfers it.
    type: str
    choices: [fail, skip, restore]
    default: fail
  backup_to:
    description:
      - Where what is replaced or deleted goes first, as V(s3://bucket/prefix) or as a path to a directory, which is made if it does not
        exist. By default nothing is kept.
      - It goes below the name of the run, RV(run_id), with the key that it has at O(destination). Nothing is replaced or deleted
        without its backup. One that fails makes a failure of its key, and its target stays.
      - Between buckets S3 copies by itself, with metadata, tags and storage class, but without the ACL. O(encryption) applies, else that of
        the bucket. A local file on the same file system is moved or linked and costs no space twice. From S3 to a directory, and
        from a directory to S3, content and modification time are kept and nothing else.
      - Archived objects cannot be copied before a restore. Where one is to be replaced or deleted, its key is a failure.
      - Nothing removes old backups. In S3, a lifecycle rule can.
    type: str
    version_added: 0.2.0
  on_conflict:
    description:
      - What to do with an object in O(destination) that changed after it was listed, because somebody else wrote or deleted it meanwhile.
      - V(fail) leaves it as it is and makes it a failure of this object, so that nobody's work is lost. V(overwrite) writes and deletes
        whatever is there.
      - S3 itself keeps watch. Every write says which C(ETag) its object has to have (C(If-Match)), or that there is none yet
        (C(If-None-Match)), and every deletion its C(ETag). For this S3 asks for C(s3:GetObject) beside C(s3:PutObject) and C(s3:DeleteObject).
      - Endpoints other than AWS may not know such conditions. The run then warns, and goes on without. To find out, the first upload and the
        first copy of a run are sent on a condition that cannot hold, which costs one request each.
      - Files of a local O(destination) that changed after they were listed are never overwritten or deleted.
    type: str
    choices: [fail, overwrite]
    default: fail
    version_added: 0.2.0
  plan_file:
    description:
      - A local file to which check mode writes its plan, for a later run with O(apply_plan). A plan that is there is replaced, another file
        never.
      - It is made of JSON lines, readable for its owner alone, and holds keys, sizes, times and ETags, but no content and no secret. It
        lies outside of O(source), O(destination) and O(state_dir).
      - A plan that the deletion valve (O(max_delete), O(allow_empty_source)) refuses is not written. What could not be planned fails in
        check mode, and again in the run that applies the plan.
      - A run that is not in check mode and has no O(apply_plan) is an error, so that nobody takes it for the execution of a plan.
    type: path
    version_added: 0.2.0
  apply_plan:
    description:
      - A local file with a plan that O(plan_file) wrote. The run executes the actions in it, and nothing else. Nothing is listed or compared.
      - The task has to have the same O(source), O(destination), filters, O(rules), O(compare), O(delete) and options of what is written as
        the one that made the plan. Filters and deletion valve are applied to the plan once more.
      - Each action is guarded by the state that it was planned for. What changed since on either side is left as it is and is a failure,
        whatever O(on_conflict) says. Towards endpoints other than AWS this takes a look at each object before it is written or deleted.
      - A plan that is damaged, was made for something else, or is older than 24 hours is refused whole. A plan that is missing is an error.
      - A plan is executed once. Before anything is done the file is renamed, with C(.applied) at its end. So its directory has to be writable.
      - In check mode the plan is read and checked, and its actions are returned; it stays unused. If O(plan_file) is given too, check mode
        writes that one, and a run executes this one. So one task can serve for both.
    type: path
    version_added: 0.2.0
  fsync:
    description:
      - Wait for the disk after every file that is downloaded.
      - By default the file system decides when data reach the disk. A crash of the machine can then leave files that look whole and
        are not; the next run finds and mends them.
    type: bool
    default: false
  multipart_threshold:
    description:
      - Objects above this size are sent and fetched in parts, several at once. From V(5M) to V(5G).
      - An upload in parts that is cut off, as by a kill or a lost connection, is resumed by the next run. Uploads of others are never touched.
    type: str
    default: 64M
  max_bandwidth:
    description:
      - The most bytes that move in a second, by all threads of the run together, such as V(10M). From V(16K) on.
      - What is sent and what is received are limited each by itself. The bodies of requests and answers are counted, their headers
        are not. Copies within S3 move nothing through this machine.
      - By default there is no limit.
    type: str
  log:
    description:
      - A local file to which a JSON line is added for every object that was acted on, one before the first and one after the last.
      - See C(docs/records.md) for the fields.
    type: path
  state_dir:
    description:
      - Where the state cache, what is under way in parts, and the records of runs are kept, as a directory or as V(s3://bucket/prefix)
        for runners that keep nothing themselves, such as AWX.
      - By default C($XDG_STATE_HOME/stowage-s3), which is C(~/.local/state/stowage-s3), of the user that the task runs as.
      - Losing it costs one comparison by digest. An upload in parts that was cut off then begins anew, and what S3 has of it stays until
        a lifecycle rule of the bucket removes it.
    type: str
notes:
  - Modification times are kept in the object's metadata as C(mtime), as rclone does, and given back on the way down.
  - File modes and owners are not kept. New files follow the umask, replaced ones keep their own.
seealso:
  - module: stowage.s3.sync_info
attributes:
  check_mode:
    description: Can run in check mode and return changed status prediction without modifying target.
    support: full
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check mode), when in diff mode.
    support: full
"""

EXAMPLES = r"""
- name: Publish a website
  stowage.s3.sync:
    source: public/
    destination: s3://example-site
    delete: true
    rules:
      - match: ['*.html']
        cache_control: no-cache
      - match: ['/assets/']
        cache_control: max-age=31536000, immutable

- name: Publish a website whose text is compressed
  stowage.s3.sync:
    source: public/
    destination: s3://example-manual
    rules:
      - match: ['*.html', '*.css', '*.js', '*.svg', '*.json']
        compress: gzip

- name: Fetch last night's exports, without the drafts
  stowage.s3.sync:
    source: s3://example-exports/nightly
    destination: /srv/exports
    exclude: ['draft-*', '/tmp/']

- name: Copy to another bucket within S3, at most 20 deletions
  stowage.s3.sync:
    source: s3://example-data/reports
    destination: s3://example-archive/reports
    storage_class: STANDARD_IA
    delete: true
    max_delete: 20

- name: Publish, and keep what is replaced or deleted
  stowage.s3.sync:
    source: handbook/
    destination: s3://example-docs/handbook
    delete: true
    backup_to: s3://example-backups/handbook

- name: Win against whoever else writes there meanwhile
  stowage.s3.sync:
    source: /srv/dashboards
    destination: s3://example-dashboards
    on_conflict: overwrite

- name: Write down what a run would do
  stowage.s3.sync:
    source: /srv/handbook
    destination: s3://example-handbook
    delete: true
    plan_file: /var/lib/deploy/handbook.plan
  check_mode: true

- name: Keep an archive where it costs less; check mode tells how much, over three years
  stowage.s3.sync:
    source: /srv/archive
    destination: s3://example-archive
    storage_class: GLACIER_IR
    horizon_months: 36

- name: Do just that, and only where nothing has changed since
  stowage.s3.sync:
    source: /srv/handbook
    destination: s3://example-handbook
    delete: true
    apply_plan: /var/lib/deploy/handbook.plan

- name: Leave room on the line, and to others who use the bucket
  stowage.s3.sync:
    source: /srv/media
    destination: s3://example-media
    max_bandwidth: 10M
    max_requests_per_second: 100

- name: Put one file under the very key
  stowage.s3.sync:
    source: build/app.tar.gz
    destination: s3://example-releases/app/1.4.0.tar.gz
"""

RETURN = r"""
run_id:
  description: The name of this run, with its start in UTC.
  returned: always
  type: str
  sample: 20261122T093000Z-1f2e3d4c
summary:
  description:
    - What was decided, the same in check mode. For each of C(upload), C(download), C(copy), C(update), C(delete) and C(skip) a dictionary
      of C(count) and C(bytes).
    - C(requests) is a dictionary of the requests that planning took and the plan will take, by kind, without retries. A file that
      will be compressed is reckoned as if it were not.
    - C(unproven) counts the decisions that times had to make, C(ignored) what was left out at a local side by kind (C(link), C(broken_link),
      C(looped_link), C(special), C(not_utf8)), C(withheld) the deletions left out after a failure.
  returned: always
  type: dict
  sample:
    upload: {count: 2, bytes: 5120}
    download: {count: 0, bytes: 0}
    copy: {count: 0, bytes: 0}
    update: {count: 0, bytes: 0}
    delete: {count: 1, bytes: 300}
    skip: {count: 997, bytes: 4083712}
    requests: {list: 1, put: 2, delete: 1}
    unproven: 0
    ignored: {}
    withheld: 0
forecast:
  description:
    - What the plan will cost, reckoned from the plan alone, in USD. C(docs/cost.md) of the collection explains it.
    - C(one_off_usd) is for what the run does, C(monthly_usd) for what is kept then and was not before, C(horizon_usd) for both over
      O(horizon_months). C(items) has a line for each, with its C(text) and the C(source) of its price.
    - C(requests) are those of RV(summary). C(storage) tells objects and bytes that come and go, by storage class.
    - C(traps) are what costs more than one would think, such as small objects in V(STANDARD_IA). C(assumptions) say what the plan does
      not know.
  returned: in check mode, and in diff mode
  type: dict
  sample:
    requests: {list: 1, put: 2}
    storage:
      - {storage_class: STANDARD, objects: 2, bytes: 5120}
    monthly_usd: 0.0
    one_off_usd: 0.000015
    horizon_months: 12.0
    horizon_usd: 0.000016
    items:
      - when: once
        kind: put
        storage_class: STANDARD
        detail: ''
        quantity: 0.003
        unit: 1,000 requests
        usd: 0.000015
        text: 0.003 x 1,000 requests of STANDARD put at $0.005
        source: AWS price list of 2026-07-28
    unpriced: []
    moves: []
    traps: []
    assumptions: []
    prices: {region: us-east-1, dated: '2026-07-28', origin: the table of 2026-07-28}
stats:
  description:
    - What was measured. Times in seconds, C(latency) in milliseconds (C(p50), C(p90), C(p99), C(max)), the rest counts and bytes.
    - Rates are over the whole C(duration), planning included.
  returned: always
  type: dict
  sample:
    failed: 0
    unverified: 0
    retries: 0
    duration: 1.52
    bytes_sent: 5120
    bytes_received: 0
    bytes_per_second: 3368
    objects_per_second: 1.3
    latency: {p50: 3.1, p90: 6.2, p99: 12.4, max: 14.9}
actions:
  description: The first O(max_actions) actions in the order of their execution, without those that are skipped.
  returned: always
  type: list
  elements: dict
  contains:
    verb:
      description: One of V(upload), V(download), V(copy), V(update) (attributes only, within S3) and V(delete).
      type: str
    key:
      description: The key, relative to source and destination.
      type: str
    size:
      description: Its size in bytes.
      type: int
    reason:
      description:
        - Why. One of V(new), V(size), V(newer), V(time), V(content), V(attributes), V(extra), V(restore).
      type: str
  sample:
    - {verb: upload, key: docs/index.html, size: 4820, reason: content}
    - {verb: delete, key: docs/old.html, size: 300, reason: extra}
actions_truncated:
  description: Whether there are more actions than RV(actions) lists.
  returned: always
  type: bool
failures:
  description: The first hundred keys that could not be synced, each with C(key), C(verb) and C(error), which says what to do.
  returned: always
  type: list
  elements: dict
  sample:
    - {key: secret.key, verb: upload, error: "It cannot be read: Permission denied. Grant read permission, or exclude it."}
record:
  description:
    - Where the record of this run stands, empty in check mode. See C(docs/records.md) for the fields.
    - A run that fails, or whose deletions are refused, has one too.
  returned: always
  type: str
  sample: /home/deploy/.local/state/stowage-s3/runs/20261122T093000Z-1f2e3d4c.json
"""

from ansible_collections.stowage.s3.plugins.module_utils import _module
from ansible_collections.stowage.s3.plugins.module_utils._sync.run import COMMON_SPEC, SYNC_SPEC, sync


def main() -> None:
    """Sync."""
    _module.run({**COMMON_SPEC, **SYNC_SPEC}, sync)


if __name__ == "__main__":
    main()
