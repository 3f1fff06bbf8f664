#!/usr/bin/python
# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: bucket_versioning
short_description: Turn versioning of a bucket on, or suspend it
version_added: 0.2.0
description:
  - Sets whether a bucket keeps earlier versions of its objects.
  - Does what M(stowage.s3.bucket) does with the same options, and nothing else. The bucket has to be there.
author:
  - Stowage contributors (@stowage)
extends_documentation_fragment:
  - stowage.s3.versioning
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
- name: Keep earlier versions
  stowage.s3.bucket_versioning:
    name: example-uploads
    versioning: enabled
"""

RETURN = r"""
bucket:
  description: The bucket's name and the options that the task spoke of, as they are after the task.
  returned: always
  type: dict
  sample: {name: example-uploads, versioning: enabled, mfa_delete: false}
calls:
  description: How many calls of the S3 API were made.
  returned: always
  type: int
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
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.versioning import VERSIONING
from ansible_collections.stowage.s3.plugins.module_utils._bucket.run import single, spec

ASPECTS = (VERSIONING,)


def main() -> None:
    """Configure."""
    _module.run(spec(ASPECTS), single(ASPECTS))


if __name__ == "__main__":
    main()
