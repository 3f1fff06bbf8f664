# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from audits.case import FAIL, NOT_APPLICABLE, PASS, Case

RULE = {"id": "a", "noncurrent_expiration": {"days": 30}}
ON = {"versioning": "enabled"}

CASES = (
    Case("no versioning", NOT_APPLICABLE),
    Case("suspended", NOT_APPLICABLE, {"versioning": "suspended"}),
    Case("no rules", FAIL, ON, says=("no lifecycle rules",)),
    Case("a rule", PASS, {**ON, "lifecycle": [{**RULE, "status": "enabled"}]}, says=("1",)),
    Case(
        "a rule of another kind",
        PASS,
        {**ON, "lifecycle": [{"id": "a", "status": "enabled", "expiration": {"days": 9}}]},
    ),
    Case("a rule that is off", FAIL, {**ON, "lifecycle": [{**RULE, "status": "disabled"}]}, says=("off",)),
)
