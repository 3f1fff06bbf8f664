# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the aspect lifecycle, for every module that has it."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation shared by the modules."""

    DOCUMENTATION = r"""
options:
  lifecycle:
    description:
      - Rules that move objects to cheaper storage classes and delete them, by age or at a date. V([]) removes all rules.
      - S3 applies a rule to what is in the bucket already too, within a day or two. What has expired is gone, unless the bucket has versioning.
      - A rule is for the objects that fit all of O(lifecycle[].prefix), O(lifecycle[].tags), O(lifecycle[].size_greater_than) and
        O(lifecycle[].size_less_than); without any of them it is for the whole bucket. They may stand in O(lifecycle[].filter) instead,
        as AWS writes them; results have them side by side.
      - S3 allows none in a bucket with MFA delete.
      - Rules that S3 would refuse are refused before anything is changed. What costs more than it saves is warned of when it is new.
      - The filter P(stowage.s3.lifecycle#filter) makes rules of templates.
    type: list
    elements: dict
    suboptions:
      id:
        description: The name of the rule, up to 255 characters. A rule keeps its name when its filter changes, so it is never there twice.
        type: str
        required: true
      status:
        description: V(disabled) keeps the rule without using it.
        type: str
        choices: [enabled, disabled]
        default: enabled
      prefix:
        description: What keys begin with, such as V(logs/).
        type: str
      tags:
        description: Tags that objects have, all of them.
        type: dict
      size_greater_than:
        description:
          - Bytes that objects are larger than.
          - With any size in the rule, O(transition_default_minimum_object_size) does not count for it.
        type: int
      size_less_than:
        description: Bytes that objects are smaller than.
        type: int
      filter:
        description: Another place for the four options above. Each of them is written here or there.
        type: dict
        suboptions:
          prefix:
            description: As O(lifecycle[].prefix).
            type: str
          tags:
            description: As O(lifecycle[].tags).
            type: dict
          size_greater_than:
            description: As O(lifecycle[].size_greater_than).
            type: int
          size_less_than:
            description: As O(lifecycle[].size_less_than).
            type: int
      expiration:
        description:
          - When objects are deleted. Where there is versioning, they get a delete marker, and the version stays.
          - It takes one of its parts, in the same way as O(lifecycle[].transitions), by days or at a date.
        type: dict
        suboptions:
          days:
            description: Days after the object was made, 1 or more.
            type: int
          date:
            description: The day, such as V(2027-01-31), from which it counts, at midnight UTC. Later objects expire at once from then on.
            type: str
          expired_object_delete_marker:
            description: Whether delete markers are removed that stand for no version any more. Not for tags and sizes.
            type: bool
      transitions:
        description:
          - When objects go to other storage classes. Each move costs a request for each object.
          - The classes go from warm to cold, each on a later day, and expiration is later than all of them.
        type: list
        elements: dict
        suboptions:
          days:
            description: Days after the object was made. V(STANDARD_IA) and V(ONEZONE_IA) take 30 or more, the others 0 or more.
            type: int
          date:
            description: The day, such as V(2027-01-31), at midnight UTC.
            type: str
          storage_class:
            description:
              - Where objects go.
              - V(GLACIER) and V(DEEP_ARCHIVE) have to be restored before they can be read, which takes minutes to days.
              - V(STANDARD_IA) and V(ONEZONE_IA) bill at least 30 days, V(GLACIER_IR) and V(GLACIER) 90, V(DEEP_ARCHIVE) 180, and
                all but V(INTELLIGENT_TIERING) bill small objects as larger ones.
              - V(ONEZONE_IA) keeps them in one zone alone.
            type: str
            choices: [STANDARD_IA, INTELLIGENT_TIERING, ONEZONE_IA, GLACIER_IR, GLACIER, DEEP_ARCHIVE]
            required: true
      noncurrent_expiration:
        description: When versions are deleted for good that are no longer the current one.
        type: dict
        suboptions:
          days:
            description: Days after another version took its place, 1 or more.
            type: int
            required: true
          newer_versions:
            description: How many of the newest noncurrent versions stay whatever their age, 1 to 100.
            type: int
      noncurrent_transitions:
        description: When versions go to other storage classes that are no longer the current one.
        type: list
        elements: dict
        suboptions:
          days:
            description: Days after another version took its place. V(STANDARD_IA) and V(ONEZONE_IA) take 30 or more.
            type: int
            required: true
          newer_versions:
            description: How many of the newest noncurrent versions stay where they are, 1 to 100.
            type: int
          storage_class:
            description: Where they go, as in O(lifecycle[].transitions[].storage_class).
            type: str
            choices: [STANDARD_IA, INTELLIGENT_TIERING, ONEZONE_IA, GLACIER_IR, GLACIER, DEEP_ARCHIVE]
            required: true
      abort_incomplete_multipart_days:
        description:
          - Days after which the parts of an unfinished upload are deleted. They cost as objects do, and no listing of objects shows them.
          - Not for tags and sizes.
        type: int
  lifecycle_usage:
    description:
      - What the rules of O(lifecycle) are for, so that the forecast can tell what they cost and save, in the form of the option C(usage)
        of M(stowage.s3.cost_info), which returns it as C(usage), too.
      - Nothing is asked of the bucket for the forecast. Without this it is reckoned for 1,000 objects of 1 MiB.
    type: list
    elements: dict
  purge_lifecycle:
    description: Whether O(lifecycle) is the whole set. If not, rules with other names stay.
    type: bool
    default: true
  transition_default_minimum_object_size:
    description:
      - Which objects are too small to be moved by rules without a size.
      - V(all_storage_classes_128K), which AWS does by default, moves none below 128 KiB. V(varies_by_storage_class) moves them to
        V(GLACIER) and V(DEEP_ARCHIVE), where millions of small objects can cost more than they save.
      - It is kept with the rules, so there have to be some. When only O(lifecycle) is given, it stays as it is.
      - V("") goes back to the default.
    type: str
    choices: [all_storage_classes_128K, varies_by_storage_class, ""]
"""
