# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the aspect acl, for every module that has it."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by the modules."""

    DOCUMENTATION = r"""
options:
  acl:
    description:
      - The bucket's access control list. A policy does the same and more, and AWS advises against ACLs.
      - It takes O(stowage.s3.bucket#module:ownership=BucketOwnerPreferred) or O(stowage.s3.bucket#module:ownership=ObjectWriter), as AWS
        turns ACLs off in new buckets. Both can be set in one task.
      - V({}) makes it V(private), which new buckets have.
    type: dict
    suboptions:
      canned:
        description:
          - A set of grants that AWS has a name for. The owner has all permissions in each.
          - V(public-read) lets everybody list the bucket, V(public-read-write) lets everybody write into it at your expense,
            V(authenticated-read) lets everybody list it who has an account at AWS, whosever it is.
        type: str
        choices: [private, public-read, public-read-write, authenticated-read]
      owner:
        description:
          - The canonical user ID of the account that owns the bucket. It cannot be changed, and is returned.
          - Only O(acl.grants) of a bucket that the same task creates need it.
        type: str
      grants:
        description:
          - Who may do what. It is the whole list, and what the owner is to be allowed has to be in it.
          - Each has one of O(acl.grants[].id), O(acl.grants[].uri) and O(acl.grants[].email).
          - Not with O(acl.canned).
        type: list
        elements: dict
        suboptions:
          permission:
            description: What is allowed. V(READ) lists the bucket, V(WRITE) creates objects, V(READ_ACP) and V(WRITE_ACP) are about the ACL.
            type: str
            choices: [FULL_CONTROL, WRITE, WRITE_ACP, READ, READ_ACP]
            required: true
          id:
            description: The canonical user ID of an account.
            type: str
          uri:
            description: A group, by the URI that AWS has for it. V(http://acs.amazonaws.com/groups/global/AllUsers) is everybody.
            type: str
            choices:
              - http://acs.amazonaws.com/groups/global/AllUsers
              - http://acs.amazonaws.com/groups/global/AuthenticatedUsers
              - http://acs.amazonaws.com/groups/s3/LogDelivery
          email:
            description: The e-mail address of an account. AWS has taken none since October 2025; other servers may.
            type: str
"""
