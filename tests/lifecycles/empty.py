# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from lifecycles.case import GONE, Case, Fate, Thing, current, replaced, stays

CASES = (
    Case(
        {"prefix": "old"},
        (
            current("an object", "old/a", {0: "STANDARD", 1: GONE}, size=0),
            replaced("a version", "old/a", {0: "STANDARD", 1: GONE}, size=0),
            Fate("an upload", Thing("old/a", state="upload"), {0: "STANDARD", 1: GONE}),
            Fate("a marker", Thing("old/a", state="marker"), {1: GONE}),
            stays("what is elsewhere", "older/a"),
        ),
    ),
    Case({"prefix": ""}, (current("everything", "a", {1: GONE}),)),
)
