# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from typing import Any

from audits.case import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Case

RULE = {"id": "a", "status": "enabled", "expiration": {"days": 7}}


def buckets(*rules: list[dict[str, Any]], unreached: tuple[str, ...] = ()) -> dict[str, Any]:
    arn = "arn:aws:s3express:eu-west-1:111122223333:bucket/"
    names = [(f"b{place}--euw1-az1--x-s3", each) for place, each in enumerate(rules)]
    found = [{"name": name, "arn": arn + name, "lifecycle": each} for name, each in names]
    return {"directory_buckets": {"buckets": found, "unreached": list(unreached)}}


CASES = (
    Case("none", NOT_APPLICABLE, facts=buckets()),
    Case("a rule", PASS, facts=buckets([RULE])),
    Case("no rule", FAIL, facts=buckets([]), says=("no lifecycle rules",)),
    Case("a rule that is off", FAIL, facts=buckets([{**RULE, "status": "disabled"}])),
    Case("no endpoint", UNKNOWN, facts=buckets(unreached=("eu-south-1",)), says=("eu-south-1",)),
    Case("no endpoint in one region", "", facts=buckets([RULE], unreached=("eu-south-1",)), each=(PASS, UNKNOWN)),
    Case("each by itself", "", facts=buckets([RULE], []), each=(PASS, FAIL)),
)
