# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: buckets
short_description: The buckets of an AWS account as hosts
version_added: 0.2.0
description:
  - This inventory has a host for each bucket of the account that the credentials belong to, named as the bucket, in the group C(buckets) and in one for
    its region, so C(region_eu_central_1).
  - The file is YAML, and its name ends in V(stowage_buckets.yml) or V(stowage_buckets.yaml).
  - "The variables: C(bucket_name), C(bucket_region), C(bucket_arn), C(bucket_created) (ISO 8601), C(bucket_tags), and C(aws_account_id) where AWS's token
    service or O(expected_account) tells it."
  - What may not be read is missing from the variables, with a warning that names the permission. It is never taken for empty.
  - The group C(buckets) has C(ansible_connection=local) and the interpreter of Ansible itself, as the work is done where Ansible runs. Variables in
    C(group_vars/) win.
author:
  - Stowage contributors (@stowage)
extends_documentation_fragment:
  - stowage.s3.connection
  - stowage.s3.connection.bucket
  - stowage.s3.connection.plugins
  - amazon.aws.common.plugins
  - amazon.aws.region.plugins
  - amazon.aws.boto3
  - constructed
  - inventory_cache
options:
  plugin:
    description: V(stowage.s3.buckets), by which Ansible knows whose file it is.
    type: str
    required: true
    choices: [stowage.s3.buckets]
  name:
    description:
      - Names of buckets, or patterns with V(*), V(?) and V([]).
      - Names alone need no C(s3:ListAllMyBuckets), but C(bucket_created) is missing then.
    type: list
    elements: str
    default: ["*"]
    aliases: [names]
  regions:
    description: Only buckets of these regions. By default of all.
    type: list
    elements: str
    default: []
  tags:
    description: Whether to read the tags of the buckets, which takes a call for each.
    type: bool
    default: true
notes:
  - Needed are C(s3:ListAllMyBuckets), C(s3:GetBucketTagging) for O(tags), and C(s3:ListBucket) where S3 does not tell the regions with the listing.
  - An option that does not exist is an error.
  - When an inventory source fails, Ansible warns and goes on with the others. Set C(any_unparsed_is_failed) in the section C(inventory) of
    C(ansible.cfg) to stop there.
  - The cache holds what S3 told, and no credentials. Groups and variables of O(compose), O(groups) and O(keyed_groups) are made anew from it. Other
    options, or another profile, are another entry.
seealso:
  - module: stowage.s3.bucket
  - module: stowage.s3.bucket_info
  - plugin: stowage.s3.accounts
    plugin_type: inventory
"""

EXAMPLES = r"""
# inventories/media/stowage_buckets.yml
plugin: stowage.s3.buckets
profile: media
expected_account: "111122223333"
name: [example-*]
regions: [eu-central-1, eu-west-1]
keyed_groups:
  - key: bucket_tags.team
    prefix: team
groups:
  untagged: bucket_tags is defined and bucket_tags | length == 0
"""

from typing import Any

from ansible_collections.stowage.s3.plugins.plugin_utils._buckets import find
from ansible_collections.stowage.s3.plugins.plugin_utils._inventory import Found, Inventory


class InventoryModule(Inventory):
    """Buckets as hosts."""

    NAME = "stowage.s3.buckets"
    SUFFIX = "stowage_buckets"
    GROUP = "buckets"

    def find(self, params: dict[str, Any]) -> Found:
        """Ask S3."""
        return find(params)
