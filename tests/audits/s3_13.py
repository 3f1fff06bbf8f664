# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from audits.case import FAIL, PASS, Case

CASES = (
    Case("none", FAIL, says=("no lifecycle rules",)),
    Case("a rule", PASS, {"lifecycle": [{"id": "a", "status": "enabled", "expiration": {"days": 30}}]}),
    Case(
        "a rule that is off",
        FAIL,
        {"lifecycle": [{"id": "a", "status": "disabled", "expiration": {"days": 30}}]},
        says=("off",),
    ),
)
