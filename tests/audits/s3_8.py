# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from audits.case import FAIL, PASS, Case, switches

CASES = (
    Case("all on", PASS, {"public_access": switches()}, says=("All four",)),
    *(
        Case(f"{name} off", FAIL, {"public_access": switches(**{name: False})}, says=(f"Off: {name}.",))
        for name in switches()
    ),
    Case("none", FAIL, says=tuple(switches())),
)
