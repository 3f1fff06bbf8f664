# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from lifecycles.case import GONE, Case, current, replaced, stays

CASES = (
    Case(
        {"prefix": "tmp", "noncurrent_days": 2},
        (
            current("scratch", "tmp/a", {6: "STANDARD", 7: GONE}),
            current("a small one", "tmp/a", {7: GONE}, size=0),
            replaced("a version", "tmp/a", {1: "STANDARD", 2: GONE}),
            stays("what is elsewhere", "tmp2/a"),
            stays("a version elsewhere", "a", state="noncurrent"),
        ),
    ),
    Case(
        {"prefix": "", "days": 1, "tags": {"scratch": "yes", "team": "web"}},
        (
            current("scratch", "a", {0: "STANDARD", 1: GONE}, tags={"scratch": "yes", "team": "web", "more": ""}),
            stays("another team's", "a", tags={"scratch": "yes", "team": "data"}),
            stays("no scratch", "a", tags={"team": "web"}),
            stays("a version", "a", state="noncurrent", tags={"scratch": "yes", "team": "web"}),
        ),
    ),
)
