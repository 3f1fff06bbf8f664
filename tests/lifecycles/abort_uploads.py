# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from lifecycles.case import GONE, Case, Fate, Thing, stays

CASES = (
    Case({}, (Fate("an upload", Thing("a", state="upload"), {6: "STANDARD", 7: GONE}), stays("an object", "a"))),
    Case(
        {"prefix": "in", "days": 2},
        (
            Fate("an upload", Thing("in/a", state="upload"), {1: "STANDARD", 2: GONE}),
            stays("one elsewhere", "inner/a", state="upload"),
        ),
    ),
)
