# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: accounts
short_description: The accounts of an AWS organization as hosts
version_added: 0.2.0
description:
  - AWS Organizations puts the accounts of a company into a tree of I(organizational units). This inventory has a host for each account, in the group
    C(accounts), with the variables that the playbooks of this collection take.
  - A host is named as its account, with hyphens for what a host name cannot hold. Accounts of one name get their id appended, so C(web-111122223333).
  - "The group of the unit C(Root/Prod/Web) is C(ou_prod_web). It is a child of C(ou_prod), which so holds all accounts below."
  - The file is YAML, and its name ends in V(stowage_accounts.yml) or V(stowage_accounts.yaml).
  - "The variables: C(aws_account_id), C(aws_account_name), C(aws_account_email), C(aws_account_status), C(aws_organizational_unit) (the path from the root),
    C(aws_organizational_unit_id), C(aws_tags) and, with O(role_name), C(aws_role_arn)."
  - The group C(accounts) has C(ansible_connection=local) and the interpreter of Ansible itself, as the work is done where Ansible runs. Variables in
    C(group_vars/) win.
author:
  - Stowage contributors (@stowage)
extends_documentation_fragment:
  - stowage.s3.connection
  - stowage.s3.connection.plugins
  - amazon.aws.common.plugins
  - amazon.aws.region.plugins
  - amazon.aws.boto3
  - constructed
  - inventory_cache
options:
  plugin:
    description: V(stowage.s3.accounts), by which Ansible knows whose file it is.
    type: str
    required: true
    choices: [stowage.s3.accounts]
  role_name:
    description:
      - The role that each account has for the work, with its path if it has one, so V(stowage) or V(ops/stowage).
      - "From it comes C(aws_role_arn), so V(arn:aws:iam::111122223333:role/stowage). Without it there is no such variable."
    type: str
  own_account:
    description:
      - What becomes of the account that the credentials belong to before O(assume_role_arn) is assumed. Plays start from there.
      - V(direct) makes it a host without C(aws_role_arn), so that plays work there with the credentials as they are.
      - V(role) makes it a host like any other. The role has to be there, too, and trust its own account.
      - V(exclude) leaves it out.
    type: str
    choices: [direct, role, exclude]
    default: direct
  organizational_units:
    description:
      - Only accounts in these units or below them. An id such as V(ou-ab12-34567890), or a path such as V(Prod/Web), with or without the root.
      - By default all accounts.
    type: list
    elements: str
    default: []
  exclude_accounts:
    description: Accounts to leave out, by id (in quotes) or by name. One that is not there is warned of.
    type: list
    elements: str
    default: []
  statuses:
    description: The states of the accounts to take. In others than V(ACTIVE) nobody can work.
    type: list
    elements: str
    choices: [PENDING_ACTIVATION, ACTIVE, SUSPENDED, PENDING_CLOSURE, CLOSED]
    default: [ACTIVE]
  tags:
    description: Whether to read the tags of the accounts, which takes a call for each.
    type: bool
    default: true
  hostname:
    description:
      - What hosts are named after.
      - A new account of the same name renames its namesake's host, and files in C(host_vars/) then miss it. An V(id) never changes.
    type: str
    choices: [name, id]
    default: name
notes:
  - Only the management account and delegated administrators may ask Organizations. Needed are C(organizations:ListRoots),
    C(organizations:ListOrganizationalUnitsForParent), C(organizations:ListAccountsForParent), and C(organizations:ListTagsForResource) for O(tags).
  - An option that does not exist is an error.
  - When an inventory source fails, Ansible warns and goes on with the others. Set C(any_unparsed_is_failed) in the section C(inventory) of
    C(ansible.cfg) to stop there.
  - The cache holds what Organizations told, and no credentials. Groups and variables of O(compose), O(groups) and O(keyed_groups) are made anew
    from it. Other options, or another profile, are another entry.
seealso:
  - plugin: stowage.s3.buckets
    plugin_type: inventory
"""

EXAMPLES = r"""
# inventories/prod/all.stowage_accounts.yml
plugin: stowage.s3.accounts
assume_role_arn: arn:aws:iam::999988887777:role/list-accounts
role_name: stowage
organizational_units: [Prod]
exclude_accounts: ["111122223333"]
keyed_groups:
  - key: aws_tags.team
    prefix: team
compose:
  aws_region: aws_tags.region | default('eu-central-1')
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/stowage
"""

from typing import Any

from ansible_collections.stowage.s3.plugins.plugin_utils._inventory import Found, Inventory
from ansible_collections.stowage.s3.plugins.plugin_utils._organization import find


class InventoryModule(Inventory):
    """Accounts as hosts."""

    NAME = "stowage.s3.accounts"
    SUFFIX = "stowage_accounts"
    GROUP = "accounts"

    def find(self, params: dict[str, Any]) -> Found:
        """Ask Organizations."""
        return find(params)
