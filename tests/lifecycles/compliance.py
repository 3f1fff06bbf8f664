# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from lifecycles.case import GONE, KIB, MIB, Case, current, replaced, stays

CASES = (
    Case(
        {"prefix": "records"},
        (
            current("one", "records/a", {29: "STANDARD", 30: "STANDARD_IA", 90: "GLACIER", 40000: "GLACIER"}),
            replaced("a version", "records/a", {29: "STANDARD", 30: "STANDARD_IA", 90: "GLACIER", 40000: "GLACIER"}),
            stays("a small one", "records/a", size=MIB),
            stays("what is elsewhere", "a"),
        ),
    ),
    Case(
        {"prefix": "", "years": 7, "tags": {"keep": "7y"}, "tiers": {"GLACIER_IR": 0}, "size_greater_than": "256K"},
        (
            # Two of seven years are leap years.
            current("one", "a", {7 * 365 + 2: "GLACIER_IR", 7 * 366: GONE}, tags={"keep": "7y"}),
            current("a small one", "a", {7 * 365 + 2: "STANDARD", 7 * 366: GONE}, tags={"keep": "7y"}, size=256 * KIB),
            replaced(
                "a version", "a", {0: "GLACIER_IR", 7 * 365 + 2: "GLACIER_IR", 7 * 366: GONE}, tags={"keep": "7y"}
            ),
            stays("something else", "a"),
            stays("a version of it", "a", state="noncurrent"),
        ),
    ),
    Case(
        {"prefix": "locked", "years": 1, "noncurrent_days": 1},
        (
            current("one", "locked/a", {365: "GLACIER", 366: GONE}),
            replaced("a version", "locked/a", {0: "STANDARD", 1: GONE}),
            stays("what is elsewhere", "a"),
        ),
    ),
)
