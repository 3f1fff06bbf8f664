# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the aspect logging, for every module that has it."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by the modules."""

    DOCUMENTATION = r"""
options:
  logging:
    description:
      - Server access logging, a record of each request. V({}) turns it off.
      - Parts that are not named stay as they are.
      - The logs cost what their storage costs, and nobody deletes them but a lifecycle rule.
    type: dict
    suboptions:
      target_bucket:
        description:
          - The bucket that receives the logs. It is in the same region and account, and its policy lets C(logging.s3.amazonaws.com) write.
          - Not the bucket itself, as each log would be logged.
        type: str
      target_prefix:
        description: What the keys of the logs begin with. It should end in a slash.
        type: str
      key_format:
        description:
          - How the keys go on. V(simple) has the time and a random part; AWS does it by default.
          - >-
            V(partitioned_event_time) and V(partitioned_delivery_time) have account, region, bucket, year, month and day as directories before
            that, by the time of the requests or of the delivery, so that queries read less.
        type: str
        choices: [simple, partitioned_event_time, partitioned_delivery_time]
      grants:
        description:
          - Who may read the logs besides the owner of O(logging.target_bucket), which has to allow ACLs (see
            O(stowage.s3.bucket#module:ownership)). V([]) removes all.
          - Each has one of O(logging.grants[].id), O(logging.grants[].uri) and O(logging.grants[].email).
        type: list
        elements: dict
        suboptions:
          permission:
            description: What is allowed.
            type: str
            choices: [FULL_CONTROL, READ, WRITE]
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
