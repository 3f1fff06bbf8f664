# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from audits.case import FAIL, PASS, Case

QUEUE = {"id": "q", "queue_arn": "arn:aws:sqs:eu-central-1:111122223333:q", "events": ["s3:ObjectCreated:*"]}

CASES = (
    Case("none", FAIL, says=("nobody",)),
    Case("a queue", PASS, {"notifications": [QUEUE]}, says=("1 notifications",)),
    Case("EventBridge", PASS, {"event_bridge": True}, says=("EventBridge",)),
    Case("both", PASS, {"notifications": [QUEUE], "event_bridge": True}, says=("and",)),
)
