# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from audits.case import FAIL, NOT_APPLICABLE, PASS, Case

CASES = (
    Case("none", FAIL, says=("not logged",)),
    Case("a target", PASS, {"logging": {"target_bucket": "logs"}}, says=("logs",)),
    Case("into itself", PASS, {"logging": {"target_bucket": "b"}}, says=("itself",)),
    Case("others log here", NOT_APPLICABLE, facts={"log_sources": ["site", "uploads"]}, says=("site, uploads",)),
)
