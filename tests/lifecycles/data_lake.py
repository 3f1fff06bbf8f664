# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from lifecycles.case import GONE, KIB, Case, current, stays

CASES = (
    Case(
        {},
        (
            current("raw", "raw/a", {89: "STANDARD", 90: "GLACIER_IR"}),
            stays("small and raw", "raw/a", size=128 * KIB),
            current("curated", "curated/a", {29: "STANDARD", 30: "INTELLIGENT_TIERING"}),
            stays("small and curated", "curated/a", size=128 * KIB),
            current("staging", "staging/a", {13: "STANDARD", 14: GONE}, size=1),
            stays("what is elsewhere", "a"),
        ),
    ),
    Case(
        {
            "raw_prefix": "in",
            "raw_tiers": {"GLACIER": 1},
            "curated_prefix": "gold",
            "curated_tiers": {},
            "staging_prefix": "tmp",
            "staging_days": 1,
        },
        (
            current("raw", "in/a", {0: "STANDARD", 1: "GLACIER"}),
            stays("small and raw", "in/a", size=1024 * KIB),
            stays("curated", "gold/a"),
            current("staging", "tmp/a", {0: "STANDARD", 1: GONE}),
            stays("what is elsewhere", "raw/a"),
        ),
    ),
)
