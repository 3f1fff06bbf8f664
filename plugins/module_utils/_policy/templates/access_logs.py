# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""S3 delivers the access logs of other buckets.

A bucket with the option `logging` has a line written for each request, into this bucket, by
`logging.s3.amazonaws.com`. `aws:SourceArn` and `aws:SourceAccount` tell for which; without `source_buckets` it is
any bucket of the account.

Danger: both buckets have to be of one account and region. The logs' bucket takes encryption with S3's keys only
(`AES256`), and no object lock with a default retention. A bucket that logs to itself logs its own logs.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.kinds import ACCOUNT, BUCKET, START
from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import allow, service, source
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter


def _statements(place: Place, values: Values) -> list[Statement]:
    of_ours = source([values["account"]], [place.other(each) for each in values["source_buckets"]])
    objects = place.objects(values["prefix"])
    return [allow("StowageAccessLogs", service("logging.s3"), "s3:PutObject", objects, of_ours)]


ACCESS_LOGS = Template(
    "access_logs",
    __doc__,
    _statements,
    parameters=(
        Parameter("source_buckets", BUCKET, "The buckets that are logged.", many=True, default=()),
        Parameter("account", ACCOUNT, "Their account.", required=True),
        Parameter(
            "prefix", START, "What the keys begin with; taken as it is, as in `logging.target_prefix`.", default=""
        ),
    ),
)
