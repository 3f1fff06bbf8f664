# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Load balancers deliver their access logs.

Application and Classic Load Balancers write a line for each request, to `[prefix/]AWSLogs/<account>/`. The service
that does it is `logdelivery.elasticloadbalancing.amazonaws.com`. In regions from before August 2022 it was an account
of AWS's own, another one in each region: `elb_account` lets that in, too, where it is still needed.

Danger: such a bucket takes encryption with S3's keys only (`AES256`): with KMS nothing arrives, and nothing tells
you. It has to be in the region of the load balancers. Network Load Balancers deliver under another name, and are not
included.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.kinds import ACCOUNT, PREFIX
from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import allow, service
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter


def _statements(place: Place, values: Values) -> list[Statement]:
    resources = [place.objects(f"{values['prefix']}AWSLogs/{account}/") for account in values["accounts"]]
    found = [allow("StowageElbLogs", service("logdelivery.elasticloadbalancing"), "s3:PutObject", resources)]
    if values["elb_account"]:
        older = {"AWS": [place.root(values["elb_account"])]}
        found.append(allow("StowageElbLogsLegacy", older, "s3:PutObject", resources))
    return found


ELB_LOGS = Template(
    "elb_logs",
    __doc__,
    _statements,
    parameters=(
        Parameter("accounts", ACCOUNT, "The accounts of the load balancers.", many=True, required=True),
        Parameter("prefix", PREFIX, "The prefix that the load balancers are set up with.", default=""),
        Parameter(
            "elb_account",
            ACCOUNT,
            "AWS's own account for them in this region, as its page on access logs has it, for the older way.",
            default="",
        ),
    ),
)
