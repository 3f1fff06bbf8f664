# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from lifecycles.case import KIB, MIB, Case, current, replaced, stays

CASES = (
    Case(
        {},
        (
            current(
                "a large one",
                "a",
                {
                    29: "STANDARD",
                    30: "STANDARD_IA",
                    89: "STANDARD_IA",
                    90: "GLACIER_IR",
                    364: "GLACIER_IR",
                    365: "DEEP_ARCHIVE",
                    9999: "DEEP_ARCHIVE",
                },
            ),
            stays("a small one", "a", size=MIB),
            stays("a version", "a", state="noncurrent"),
        ),
    ),
    Case(
        {
            "prefix": "films/raw",
            "tags": {"state": "done"},
            "tiers": {"GLACIER_IR": 0},
            "noncurrent_tiers": {"GLACIER": 1},
            "size_greater_than": 200 * KIB,
            "size_less_than": "4M",
        },
        (
            current("one", "films/raw/a", {0: "GLACIER_IR"}, size=MIB, tags={"state": "done"}),
            replaced("a version", "films/raw/a", {0: "STANDARD", 1: "GLACIER"}, size=MIB, tags={"state": "done"}),
            stays("a small one", "films/raw/a", size=200 * KIB, tags={"state": "done"}),
            stays("a large one", "films/raw/a", size=4 * MIB, tags={"state": "done"}),
            stays("without the tag", "films/raw/a", size=MIB),
            stays("what is elsewhere", "films/rawer/a", size=MIB, tags={"state": "done"}),
        ),
    ),
    Case(
        {"tiers": {"STANDARD_IA": 30}}, (current("128 KiB and a byte", "a", {30: "STANDARD_IA"}, size=128 * KIB + 1),)
    ),
)
