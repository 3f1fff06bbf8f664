# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from aspects.case import RECORDER, Course, Refusal, Step

COURSES = (
    Course(
        "off as at first, on, off",
        (
            Step({"abac": False}, changed=False),
            Step({"abac": True}, warns=("tags",)),
            Step({"abac": False}, after={}),
        ),
        (RECORDER,),
    ),
    Course(
        "tags are set before it is turned on, and after it is turned off",
        (Step({"abac": True, "tags": {"team": "web"}}), Step({"abac": False, "tags": {"team": "api"}})),
        (RECORDER,),
    ),
)
REFUSALS = (
    Refusal(
        "tags meanwhile",
        {"abac": True, "tags": {"team": "api"}},
        ("tags", "PutBucketTagging", "abac to false"),
        before={"abac": True, "tags": {"team": "web"}},
    ),
)
