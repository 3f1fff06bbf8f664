# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from audits.case import FAIL, NOT_APPLICABLE, PASS, Case

RULE = {"id": "a", "status": "enabled", "expiration": {"days": 30}}

CASES = (
    Case("on", PASS, {"versioning": "enabled", "mfa_delete": True}, says=("on",)),
    Case("off", FAIL, {"versioning": "enabled"}, says=("off",)),
    Case("no versioning", FAIL),
    Case("lifecycle rules", NOT_APPLICABLE, {"versioning": "enabled", "lifecycle": [RULE]}),
    Case("a rule that is off excludes it, too", NOT_APPLICABLE, {"lifecycle": [{**RULE, "status": "disabled"}]}),
)
