# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from audits.case import FAIL, PASS, Case

CASES = (
    Case("off", FAIL, says=("off",)),
    Case("on", PASS, {"object_lock": {"enabled": True}}, says=("on",)),
    Case(
        "with a default",
        PASS,
        {"object_lock": {"enabled": True, "default_retention": {"mode": "GOVERNANCE", "days": 1}}},
    ),
)
