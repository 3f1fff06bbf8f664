# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from aspects.case import MOTO, RECORDER, Course, Step

ALL = ("block_public_acls", "ignore_public_acls", "block_public_policy", "restrict_public_buckets")
ON = dict.fromkeys(ALL, True)

COURSES = (
    Course(
        "one at a time, and the others stay",
        (
            Step({"public_access": ON}, changed=False),  # as AWS makes it
            Step(
                {"public_access": {"block_public_policy": False}},
                after={"public_access": {name: True for name in ALL if name != "block_public_policy"}},
            ),
            Step({"public_access": {}}),
            Step({"public_access": {"ignore_public_acls": True}}),
        ),
        (RECORDER,),
    ),
    Course("as moto makes it", (Step({"public_access": ON}), Step({"public_access": {}})), (MOTO,)),
)
REFUSALS = ()
