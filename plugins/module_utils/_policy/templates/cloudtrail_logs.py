# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""CloudTrail delivers its logs.

A trail writes down who called which API, to `[prefix/]AWSLogs/<account>/`, and that of an organisation to
`[prefix/]AWSLogs/<organisation>/` as well. CloudTrail first asks for the bucket's ACL, and writes objects of which
the bucket's owner has full control.

Danger: without the condition on the trail, which is `aws:SourceArn`, anybody's trail could write here; so name them
all. The bucket must not be one where the requester pays. A trail that is encrypted with KMS has a key of its own,
whose policy is not made here.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.kinds import ORGANIZATION, PREFIX, TRAIL
from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import OWNER_HAS_IT, allow, service
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter


def _statements(place: Place, values: Values) -> list[Statement]:
    owners = [*dict.fromkeys(arn.split(":")[4] for arn in values["trail_arns"]), values["org_id"]]
    resources = [place.objects(f"{values['prefix']}AWSLogs/{owner}/") for owner in owners if owner]
    who, of_ours = service("cloudtrail"), {"StringEquals": {"aws:SourceArn": values["trail_arns"]}}
    return [
        allow("StowageCloudtrailLogsCheck", who, "s3:GetBucketAcl", place.arn, of_ours),
        allow("StowageCloudtrailLogsWrite", who, "s3:PutObject", resources, of_ours, OWNER_HAS_IT),
    ]


CLOUDTRAIL_LOGS = Template(
    "cloudtrail_logs",
    __doc__,
    _statements,
    parameters=(
        Parameter("trail_arns", TRAIL, "The trails.", many=True, required=True),
        Parameter("prefix", PREFIX, "The prefix that the trails are set up with.", default=""),
        Parameter("org_id", ORGANIZATION, "The organisation, if they are trails of it.", default=""),
    ),
)
