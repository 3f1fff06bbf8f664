# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from lifecycles.case import GONE, MIB, Case, current, replaced, stays

CASES = (
    Case(
        {"prefix": "db"},
        (
            current("one", "db/a", {29: "STANDARD", 30: "STANDARD_IA", 90: "GLACIER", 9999: "GLACIER"}),
            current("a small one", "db/a", {9999: "STANDARD"}, size=MIB),
            replaced("a version", "db/a", {89: "STANDARD", 90: GONE}),
            replaced("a small version", "db/a", {90: GONE}, size=1),
            stays("what is elsewhere", "a"),
            stays("a version elsewhere", "a", state="noncurrent"),
        ),
    ),
    Case(
        {
            "prefix": "",
            "tags": {"kind": "backup"},
            "tiers": {"GLACIER_IR": 0},
            "noncurrent_tiers": {"ONEZONE_IA": 30},
            "expiration_days": 200,
            "noncurrent_days": 60,
            "newer_versions": 2,
            "size_greater_than": "128K",
        },
        (
            current("one", "a", {0: "GLACIER_IR", 199: "GLACIER_IR", 200: GONE}, tags={"kind": "backup"}),
            current("a small one", "a", {199: "STANDARD", 200: GONE}, tags={"kind": "backup"}, size=1),
            replaced("the third", "a", {29: "STANDARD", 30: "ONEZONE_IA", 60: GONE}, tags={"kind": "backup"}, newer=2),
            replaced("the second", "a", {60: "ONEZONE_IA"}, tags={"kind": "backup"}, newer=1),
            stays("something else", "a"),
            stays("a version of it", "a", state="noncurrent", newer=2),
        ),
    ),
)
