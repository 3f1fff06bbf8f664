#!/usr/bin/python
# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: cost_info
short_description: Tell what a bucket, a directory or a workload costs
version_added: 0.2.0
description:
  - Reckons what is stored in O(bucket), what O(path) would cost in S3, or what O(usage) says, in USD a month and over
    O(horizon_months), and explains each line.
  - Storage counts as AWS bills it, with the least size and the index of each object, noncurrent versions, unfinished uploads and the
    fee for monitoring. A GB is 2^30 bytes.
  - Prices are those of a dated table, newer ones that O(refresh) has fetched, or your own in O(prices). Each line names the source of
    its price.
author:
  - Stowage contributors (@stowage)
extends_documentation_fragment:
  - stowage.s3.sync.rules
  - stowage.s3.costs
  - stowage.s3.connection
  - stowage.s3.connection.bucket
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
options:
  bucket:
    description: The name of a bucket whose contents are priced.
    type: str
  prefix:
    description: Only what begins so.
    type: str
    default: ''
  by:
    description:
      - How to learn what is in O(bucket).
      - V(listing) lists it, which takes a request for each 1,000 objects, and one or more for each unfinished upload.
      - V(inventory) reads the newest S3 Inventory in O(inventory), a day or a week old. It is the way for many millions of objects, and
        tells tiers of C(INTELLIGENT_TIERING).
      - V(metrics) asks CloudWatch for the storage metrics of the whole bucket, one or two days old, by one request.
    type: str
    choices: [listing, inventory, metrics]
    default: listing
  inventory:
    description:
      - Where the inventory lies, as V(s3://bucket/prefix/source-bucket/id/), as a manifest in it, or as a local copy of either.
      - It has to be in CSV, with C(Size), C(LastModifiedDate) and C(StorageClass).
    type: str
  versions:
    description: With O(by=listing), reckon noncurrent versions, too.
    type: bool
    default: true
  uploads:
    description: With O(by=listing), reckon unfinished uploads, too.
    type: bool
    default: true
  prefix_depth:
    description: Tell the cost of each prefix of so many parts, such as V(1) for what is before the first C(/) of a key.
    type: int
    default: 0
  path:
    description: A directory, or a file, that is priced as if it were uploaded.
    type: path
  include:
    description: As in M(stowage.s3.sync), of O(path).
    type: list
    elements: str
  exclude:
    description: As in M(stowage.s3.sync), of O(path).
    type: list
    elements: str
  storage_class:
    description: The storage class of what is in O(path), where no rule says another.
    type: str
  usage:
    description:
      - What is stored and done, as rows that are added to whatever else is asked for. RV(usage) has the same form.
      - A row may have C(storage_class), C(tier), C(objects), C(bytes), C(put_requests), C(get_requests), C(transitions), C(retrieved_bytes),
        C(restore_tier), C(restore_requests), C(early_days), C(kms_requests), C(internet_bytes), C(region_bytes), C(tags), and C(when), which is
        V(monthly) or V(once). See C(docs/cost.md) of the collection.
    type: list
    elements: dict
  refresh:
    description:
      - Fetch the prices of the region, which is that of O(bucket) if there is one, from AWS's price list first, and keep them in a cache
        for all tasks of this user.
      - It takes the permission C(pricing:GetProducts), unless O(price_list) is given.
    type: bool
    default: false
  price_list:
    description:
      - With O(refresh), offer files of AWS's price list to read instead, as paths or URLs.
      - It takes those of the region of C(AmazonS3), C(AmazonS3GlacierDeepArchive), C(AWSDataTransfer) and C(awskms) to have all prices.
    type: list
    elements: str
  requester_pays:
    description: Pay for the requests to a bucket of another account that wants it.
    type: bool
    default: false
notes:
  - Of O(rules), which are for O(path), only the storage class matters here.
  - Changes nothing but the cache of prices, C($XDG_CACHE_HOME/stowage-s3/prices), and that not in check mode.
seealso:
  - plugin: stowage.s3.s3_cost
    plugin_type: filter
  - module: stowage.s3.storage_class
attributes:
  check_mode:
    description: Can run in check mode and return changed status prediction without modifying target.
    support: full
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check mode), when in diff mode.
    support: none
"""

EXAMPLES = r"""
- name: See what a bucket costs, and which of its prefixes costs most
  stowage.s3.cost_info:
    bucket: example-uploads
    prefix_depth: 1
  register: found

- name: Tell it
  ansible.builtin.debug:
    msg: "{{ found.cost.monthly_usd }} USD a month, most of it for {{ found.prefixes[0].prefix }}"

- name: See what a directory would cost in an archive for three years
  stowage.s3.cost_info:
    path: /srv/archive
    storage_class: DEEP_ARCHIVE
    horizon_months: 36

- name: Reckon with a month of reading, at a contract's price
  stowage.s3.cost_info:
    usage:
      - {storage_class: STANDARD_IA, objects: 100000, bytes: 5T, get_requests: 20000, retrieved_bytes: 50G}
      - {internet_bytes: 50G}
    prices:
      - {kind: transfer, detail: internet, usd: 0.05}

- name: Price a bucket by its metrics
  stowage.s3.cost_info:
    bucket: example-uploads
    by: metrics

- name: Fetch the prices of the region
  stowage.s3.cost_info:
    region: eu-central-1
    refresh: true
"""

RETURN = r"""
cost:
  description:
    - What it costs, in USD. C(monthly_usd) is of a month of what is kept, C(one_off_usd) of what is done once (the upload of O(path)),
      C(horizon_usd) of both over C(horizon_months).
    - C(items) has a line for each thing that is billed, C(unpriced) names what has no price and is not in the sums.
  returned: always
  type: dict
  sample:
    monthly_usd: 1.15
    one_off_usd: 0.0
    horizon_months: 12.0
    horizon_usd: 13.8
    items:
      - when: monthly
        kind: storage
        storage_class: STANDARD
        detail: ''
        quantity: 50.0
        unit: GB-month
        usd: 1.15
        text: 50 GB-months of STANDARD storage at $0.023 per GB-month
        source: public copies of AWS's price list, the latest of 2026-07-28
    unpriced: []
storage:
  description:
    - What is stored, a row for each C(storage_class), C(tier) and C(state) (V(current), V(noncurrent) or V(upload)), with C(objects),
      C(bytes) and C(monthly_usd). Where nothing was listed it has the class, objects and bytes alone.
  returned: always
  type: list
  elements: dict
  sample:
    - {storage_class: STANDARD, tier: '', state: current, objects: 51200, bytes: 53687091200, monthly_usd: 1.15}
prefixes:
  description: The hundred dearest prefixes, each with C(prefix), C(objects), C(bytes) and C(monthly_usd).
  returned: always
  type: list
  elements: dict
  sample:
    - {prefix: logs/, objects: 51200, bytes: 53687091200, monthly_usd: 1.15}
prefixes_truncated:
  description: Whether there are more prefixes.
  returned: always
  type: bool
usage:
  description:
    - What is in O(bucket) or O(path) as rows of O(usage), for the filter P(stowage.s3.s3_cost#filter) or another task.
    - Empty with O(by=metrics), which does not tell how many objects a class has.
  returned: always
  type: list
  elements: dict
  sample:
    - {storage_class: STANDARD, objects: 51200, bytes: 53687091200}
traps:
  description: What costs more than one would think, each with C(name), C(objects), C(bytes), C(usd), C(when) and C(text), which says what to do.
  returned: always
  type: list
  elements: dict
  sample:
    - name: unfinished_uploads
      storage_class: ''
      objects: 3
      bytes: 3221225472
      usd: 0.069
      when: monthly
      text: >-
        Unfinished uploads cost $0.0690 a month: 3 uploads (3,221,225,472 bytes), which no listing of objects shows. A lifecycle rule can
        end them (abort_incomplete_multipart_days).
assumptions:
  description: What could not be known, in sentences.
  returned: always
  type: list
  elements: str
problems:
  description: Files of O(path) that could not be read, at most a hundred.
  returned: always
  type: list
  elements: str
prices:
  description: Which prices were used, with C(region), C(dated) and C(origin).
  returned: always
  type: dict
  sample: {region: us-east-1, dated: '2026-07-28', origin: the table of 2026-07-28}
refreshed:
  description: The file that the prices were put into. Empty without O(refresh), and in check mode.
  returned: always
  type: str
"""

from ansible_collections.stowage.s3.plugins.module_utils import _module
from ansible_collections.stowage.s3.plugins.module_utils._cost.run import COST_INFO_SPEC, cost_info


def main() -> None:
    """Reckon."""
    _module.run(COST_INFO_SPEC, cost_info)


if __name__ == "__main__":
    main()
