# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from aspects.case import Course, Refusal, Step

COURSES = (
    Course(
        "suspended as at first, on, off",
        (
            Step({"accelerate": "suspended"}, changed=False),
            Step({"accelerate": "enabled"}, warns=("costs extra",)),
            Step({"accelerate": "suspended"}),
        ),
    ),
)
REFUSALS = (Refusal("a name with dots", {"accelerate": "enabled"}, ("accelerate", "dots"), bucket="example.com"),)
