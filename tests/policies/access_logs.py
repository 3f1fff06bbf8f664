# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from policies.case import OWN, STRANGER, Case, Request

WHO = "logging.s3.amazonaws.com"
OURS = {"aws:SourceAccount": OWN, "aws:SourceArn": "arn:aws:s3:::example-site"}
CASES = (
    Case(
        {"source_buckets": ["example-site", "example-uploads"], "account": OWN, "prefix": "s3-"},
        (
            Request("delivers", True, "s3:PutObject", "s3-2026-11-26", WHO, OURS),
            Request("delivers elsewhere", False, "s3:PutObject", "2026-11-26", WHO, OURS),
            Request(
                "delivers for another bucket",
                False,
                "s3:PutObject",
                "s3-2026-11-26",
                WHO,
                {**OURS, "aws:SourceArn": "arn:aws:s3:::example-other"},
            ),
            Request("delivers for others", False, "s3:PutObject", "s3-a", WHO, {**OURS, "aws:SourceAccount": STRANGER}),
            Request("delivers without a word", False, "s3:PutObject", "s3-a", WHO),
            Request("reads", False, key="s3-a", who=WHO, context=OURS),
        ),
    ),
    Case(
        {"account": OWN},
        (
            Request("delivers for any bucket of ours", True, "s3:PutObject", "site/a", WHO, OURS),
            Request("delivers for others", False, "s3:PutObject", "a", WHO, {**OURS, "aws:SourceAccount": STRANGER}),
        ),
    ),
)
