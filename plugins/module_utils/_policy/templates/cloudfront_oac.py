# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""CloudFront distributions read, and nobody else needs to.

CloudFront serves the bucket to the world, while the bucket itself stays closed. With an origin access control (OAC)
it signs its requests as `cloudfront.amazonaws.com` and tells for which distribution, `aws:SourceArn`; without that
condition, everybody's distribution could read.

Danger: everything below the prefix is then on the web. Without `list`, a key that is not there answers 403 rather
than 404; with it, a distribution without a default root object shows the list of the keys at its root.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.kinds import DISTRIBUTION, PREFIX
from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import allow, service
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import FLAG
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter


def _from(values: Values) -> dict[str, dict[str, list[str]]]:
    return {"StringEquals": {"aws:SourceArn": values["distribution_arns"]}}


def _statements(place: Place, values: Values) -> list[Statement]:
    who, of_ours = service("cloudfront"), _from(values)
    found = [allow("StowageCloudfrontOac", who, "s3:GetObject", place.objects(values["prefix"]), of_ours)]
    if values["list"]:
        found.append(allow("StowageCloudfrontOacList", who, "s3:ListBucket", place.arn, of_ours))
    return found


def _key(_place: Place, values: Values) -> list[Statement]:
    return [allow("StowageCloudfrontOacKey", service("cloudfront"), "kms:Decrypt", "*", _from(values))]


CLOUDFRONT_OAC = Template(
    "cloudfront_oac",
    __doc__,
    _statements,
    parameters=(
        Parameter("distribution_arns", DISTRIBUTION, "The distributions.", many=True, required=True),
        Parameter("prefix", PREFIX, "Only what is below it. It ends at a slash.", default=""),
        Parameter(
            "list", FLAG, "Whether CloudFront may tell a key that is not there from one that is denied.", default=False
        ),
    ),
    key=_key,
)
