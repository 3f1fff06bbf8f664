# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""S3 Batch Operations work as the role, for jobs of your account alone.

The service `batchoperations.s3.amazonaws.com` works for everybody. The conditions `aws:SourceAccount` and
`aws:SourceArn` let it use this role only for jobs that were made in this account (otherwise it would be a confused
deputy). What the role may do says the template `batch`.

Danger: a job in another account than `account` fails.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.kinds import ACCOUNT
from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import service, source, trust
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter


def _statements(place: Place, values: Values) -> list[Statement]:
    account = values["account"]
    jobs = f"arn:{place.partition}:s3:{place.region or '*'}:{account}:job/*"
    who = service("batchoperations.s3")
    return [trust("StowageTrustBatchOperations", who, "sts:AssumeRole", source([account], [jobs]))]


BATCH_OPERATIONS = Template(
    "batch_operations",
    __doc__,
    _statements,
    (Parameter("account", ACCOUNT, "The account of the jobs, and of the role.", required=True),),
)
