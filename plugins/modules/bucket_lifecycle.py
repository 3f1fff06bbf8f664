#!/usr/bin/python
# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: bucket_lifecycle
short_description: Set the lifecycle rules of a bucket
version_added: 0.2.0
description:
  - Sets the rules by which objects move to cheaper storage classes and expire.
  - Does what M(stowage.s3.bucket) does with the same options, and nothing else. The bucket has to be there.
author:
  - Stowage contributors (@stowage)
extends_documentation_fragment:
  - stowage.s3.lifecycle
  - stowage.s3.costs
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
seealso:
  - module: stowage.s3.bucket
attributes:
  check_mode:
    description: Can run in check mode and return changed status prediction without modifying target.
    support: full
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check mode), when in diff mode.
    support: full
"""

EXAMPLES = r"""
- name: Keep logs for a year, the older ones at a lower price
  stowage.s3.bucket_lifecycle:
    name: example-uploads
    lifecycle:
      - id: logs
        prefix: logs/
        transitions:
          - days: 30
            storage_class: STANDARD_IA
        expiration:
          days: 365

- name: Remove what uploads leave behind that never end, and leave the rules of others alone
  stowage.s3.bucket_lifecycle:
    name: example-uploads
    purge_lifecycle: false
    lifecycle:
      - id: unfinished
        abort_incomplete_multipart_days: 7
"""

RETURN = r"""
bucket:
  description: The bucket's name and the options that the task spoke of, as they are after the task.
  returned: always
  type: dict
  sample: {name: example-uploads, lifecycle: [{id: unfinished, status: enabled, abort_incomplete_multipart_days: 7}]}
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
  description: The options with which M(stowage.s3.bucket) puts back what the task changed. Empty if nothing was changed.
  returned: always
  type: dict
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
"""

from ansible_collections.stowage.s3.plugins.module_utils import _module
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.lifecycle import LIFECYCLE
from ansible_collections.stowage.s3.plugins.module_utils._bucket.run import single, spec

ASPECTS = (LIFECYCLE,)


def main() -> None:
    """Configure."""
    _module.run(spec(ASPECTS), single(ASPECTS))


if __name__ == "__main__":
    main()
