# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from policies.case import OWN, PARTNER, Case
from policies.trust.accounts import becomes

SERVICE = "batchoperations.s3.amazonaws.com"


def job_of(account: str) -> dict[str, str]:
    """What the service says of a job."""
    return {"aws:SourceAccount": account, "aws:SourceArn": f"arn:aws:s3:eu-central-1:{account}:job/1"}


CASES = (
    Case(
        {"account": OWN},
        (
            becomes("for a job of ours", True, SERVICE, **job_of(OWN)),
            becomes("for a job of others", False, SERVICE, **job_of(PARTNER)),
            becomes("for nobody", False, SERVICE),
            becomes("for another thing", False, SERVICE, **{**job_of(OWN), "aws:SourceArn": "arn:aws:s3:::bucket"}),
            becomes("for somebody who says so", False, SERVICE, **{**job_of(OWN), "aws:SourceAccount": PARTNER}),
            becomes("another service", False, "logging.s3.amazonaws.com", **job_of(OWN)),
        ),
    ),
)
