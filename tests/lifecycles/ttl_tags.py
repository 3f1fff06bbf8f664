# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from lifecycles.case import GONE, Case, current, replaced, stays

CASES = (
    Case(
        {},
        (
            *(
                current(f"{days} days", "a", {days - 1: "STANDARD", days: GONE}, tags={"ttl": str(days)})
                for days in (1, 7, 30, 90, 365)
            ),
            stays("another number", "a", tags={"ttl": "8"}),
            stays("no tag", "a"),
        ),
    ),
    Case(
        {"prefix": "in", "key": "keep-days", "days": [3, 5], "noncurrent_days": 2},
        (
            current("three days", "in/a", {2: "STANDARD", 3: GONE}, tags={"keep-days": "3"}),
            current("five days", "in/a", {4: "STANDARD", 5: GONE}, tags={"keep-days": "5"}),
            replaced("a version", "in/a", {1: "STANDARD", 2: GONE}, tags={"keep-days": "3"}),
            replaced("another", "in/a", {1: "STANDARD", 2: GONE}, tags={"keep-days": "5"}),
            stays("what is elsewhere", "a", tags={"keep-days": "3"}),
            stays("and keeps longer", "a", tags={"keep-days": "5"}),
            stays("no tag", "in/a"),
            stays("no tag, a version", "in/a", state="noncurrent"),
        ),
    ),
)
