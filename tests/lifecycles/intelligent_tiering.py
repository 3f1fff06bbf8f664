# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from lifecycles.case import KIB, MIB, Case, current, stays

CASES = (
    Case({}, (current("one", "a", {0: "INTELLIGENT_TIERING"}), stays("a small one", "a", size=128 * KIB))),
    Case(
        {"prefix": "in/", "tags": {"a": "b"}, "days": 30, "size_greater_than": "1M", "size_less_than": "10M"},
        (
            current("one", "in/a", {29: "STANDARD", 30: "INTELLIGENT_TIERING"}, tags={"a": "b"}),
            stays("a small one", "in/a", size=MIB, tags={"a": "b"}),
            stays("a large one", "in/a", size=10 * MIB, tags={"a": "b"}),
            stays("without the tag", "in/a"),
            stays("what is elsewhere", "a", tags={"a": "b"}),
        ),
    ),
)
