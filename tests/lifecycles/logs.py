# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from lifecycles.case import GONE, KIB, MIB, Case, current, replaced, stays

CASES = (
    Case(
        {"prefix": "logs"},
        (
            current(
                "a large one",
                "logs/a",
                {29: "STANDARD", 30: "STANDARD_IA", 89: "STANDARD_IA", 90: "GLACIER", 364: "GLACIER", 365: GONE},
            ),
            current("a small one", "logs/a", {364: "STANDARD", 365: GONE}, size=MIB),
            stays("what is elsewhere", "logs"),
            stays("a version", "logs/a", state="noncurrent"),
        ),
    ),
    Case(
        {
            "prefix": "",
            "tags": {"kind": "log"},
            "tiers": {"GLACIER_IR": 10},
            "expiration_days": 400,
            "noncurrent_days": 5,
            "size_greater_than": "256K",
        },
        (
            current(
                "a log", "a", {9: "STANDARD", 10: "GLACIER_IR", 399: "GLACIER_IR", 400: GONE}, tags={"kind": "log"}
            ),
            current("a small one", "a", {399: "STANDARD", 400: GONE}, tags={"kind": "log"}, size=256 * KIB),
            replaced("a version", "a", {4: "STANDARD", 5: GONE}, tags={"kind": "log"}),
            stays("something else", "a"),
            stays("a version of it", "a", state="noncurrent"),
        ),
    ),
)
