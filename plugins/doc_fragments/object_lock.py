# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the aspect object_lock, for every module that has it."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by the modules."""

    DOCUMENTATION = r"""
options:
  object_lock:
    description:
      - Protects versions of objects from deletion, each for its time. It takes O(versioning=enabled), which a bucket that is made with a lock has.
      - B(It can never be turned off again), and O(versioning) can never again be suspended. What is protected is paid for as long.
      - Parts that are not named stay as they are.
    type: dict
    suboptions:
      enabled:
        description: Whether objects can be locked at all. Possible for new buckets and for those that are there.
        type: bool
      default_retention:
        description:
          - The time that new objects get whose writer does not say. Those that are there keep theirs.
          - V({}) removes it, and leaves the lock as it is. It is said as a whole.
        type: dict
        suboptions:
          mode:
            description:
              - V(GOVERNANCE) can be lifted by those who have C(s3:BypassGovernanceRetention).
              - V(COMPLIANCE) can be lifted by nobody, the root user of the account included.
            type: str
            choices: [GOVERNANCE, COMPLIANCE]
          days:
            description: For how many days, 1 to 36500. Give this or O(object_lock.default_retention.years).
            type: int
          years:
            description: For how many years, 1 to 100.
            type: int
          event_hold_days:
            description:
              - New objects get an event hold of so many days, 1 to 36500.
              - Give this or O(object_lock.default_retention.event_hold_years), with or without a mode and a time.
            type: int
          event_hold_years:
            description: The same in years, 1 to 100.
            type: int
"""

    TOKEN = r"""
options:
  object_lock_token:
    description:
      - A token of AWS's support for O(object_lock) or O(replication) of buckets that are there already. S3 asks for none since 2023.
      - Only looked at when they change.
    type: str
"""  # noqa: S105
