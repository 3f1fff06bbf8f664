# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from lifecycles.case import GONE, Case, Fate, Thing, replaced, stays

CASES = (
    Case(
        {},
        (
            replaced("a version", "a", {29: "STANDARD", 30: GONE}),
            replaced("a small one", "a", {30: GONE}, size=1),
            Fate("a marker", Thing("a", state="marker", size=0), {0: GONE}),
            stays("an object", "a"),
        ),
    ),
    Case(
        {"prefix": "state", "days": 90, "newer_versions": 3},
        (
            replaced("the fourth", "state/a", {89: "STANDARD", 90: GONE}, newer=3),
            stays("the third", "state/a", state="noncurrent", newer=2),
            stays("one elsewhere", "a", state="noncurrent", newer=3),
            stays("a marker elsewhere", "a", state="marker"),
        ),
    ),
)
