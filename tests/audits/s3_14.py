# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from audits.case import FAIL, PASS, Case

CASES = (
    Case("enabled", PASS, {"versioning": "enabled"}),
    Case("suspended", FAIL, {"versioning": "suspended"}, says=("suspended",)),
    Case("never", FAIL, says=("never",)),
)
