#!/usr/bin/python
# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: bucket_encryption
short_description: Set how a bucket encrypts what it is given
version_added: 0.2.0
description:
  - Sets the encryption of objects whose writer does not say.
  - Does what M(stowage.s3.bucket) does with the same options, and nothing else. The bucket has to be there.
author:
  - Stowage contributors (@stowage)
extends_documentation_fragment:
  - stowage.s3.encryption
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
- name: Encrypt with a key of our own, and ask KMS once for many objects
  stowage.s3.bucket_encryption:
    name: example-uploads
    encryption:
      algorithm: aws:kms
      key_id: arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001
      bucket_key: true
"""

RETURN = r"""
bucket:
  description: The bucket's name and the options that the task spoke of, as they are after the task.
  returned: always
  type: dict
  sample: {name: example-uploads, encryption: {algorithm: AES256}}
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
from ansible_collections.stowage.s3.plugins.module_utils._bucket.aspects.encryption import ENCRYPTION
from ansible_collections.stowage.s3.plugins.module_utils._bucket.run import single, spec

ASPECTS = (ENCRYPTION,)


def main() -> None:
    """Configure."""
    _module.run(spec(ASPECTS), single(ASPECTS))


if __name__ == "__main__":
    main()
