# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from audits.case import FAIL, PASS, UNKNOWN, Case

TARGET = {"bucket": "arn:aws:s3:::copies"}
RULE = {"id": "all", "status": "enabled", "priority": 1, "destination": TARGET}


def rules(*parts: dict[str, object]) -> dict[str, object]:
    return {"replication": {"role": "arn:aws:iam::111122223333:role/r", "rules": [{**RULE, **each} for each in parts]}}


CASES = (
    Case("none", FAIL, says=("No replication rule",)),
    Case("to another region", PASS, rules({}), {"regions": {"copies": "eu-west-1"}}, ("copies",)),
    Case("in the same region", FAIL, rules({}), {"regions": {"copies": "eu-central-1"}}, ("eu-central-1",)),
    Case("a rule that is off", FAIL, rules({"status": "disabled"}), {"regions": {"copies": "eu-west-1"}}),
    Case(
        "one here, one elsewhere", PASS,
        rules({}, {"id": "b", "priority": 2, "destination": {"bucket": "arn:aws:s3:::far"}}),
        {"regions": {"copies": "eu-central-1", "far": "eu-west-1"}}, ("far",),
    ),
    Case(
        "one elsewhere, one that is not told", PASS,
        rules({}, {"id": "b", "priority": 2, "destination": {"bucket": "arn:aws:s3:::far"}}),
        {"regions": {"copies": "", "far": "eu-west-1"}}, ("far",),
    ),
    Case("a region that is not told", UNKNOWN, rules({}), {"regions": {"copies": ""}}, ("copies", "not known")),
)  # fmt: skip
