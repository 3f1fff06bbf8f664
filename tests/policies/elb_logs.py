# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from policies.case import OWN, STRANGER, Case, Request

ELB, KEY = "logdelivery.elasticloadbalancing.amazonaws.com", f"lb/AWSLogs/{OWN}/elasticloadbalancing/log.gz"
OLDER = "arn:aws:iam::054676820928:role/delivery"
CASES = (
    Case(
        {"accounts": [OWN], "prefix": "lb"},
        (
            Request("delivers", True, "s3:PutObject", KEY, ELB),
            Request("delivers for others", False, "s3:PutObject", f"lb/AWSLogs/{STRANGER}/log.gz", ELB),
            Request("delivers elsewhere", False, "s3:PutObject", f"AWSLogs/{OWN}/log.gz", ELB),
            Request("reads", False, key=KEY, who=ELB),
            Request("delivers the older way", False, "s3:PutObject", KEY, OLDER),
        ),
    ),
    Case(
        {"accounts": [OWN], "prefix": "lb", "elb_account": "054676820928"},
        (
            Request("delivers the older way", True, "s3:PutObject", KEY, OLDER),
            Request("delivers", True, "s3:PutObject", KEY, ELB),
        ),
    ),
)
