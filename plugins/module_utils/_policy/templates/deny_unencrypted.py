# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""No upload chooses a weaker encryption than these.

S3 encrypts everything: as the upload says, or else as the bucket says. So this is about uploads that ask for
something else than the bucket's `encryption`, by the header `x-amz-server-side-encryption`. A condition like "is not
aws:kms" also holds where there is no header at all, with or without `IfExists`; so that uploads without a word get
the bucket's encryption, it is asked whether there is one.

Danger: clients that name another algorithm get 403. With `require_header`, so do all that leave it to the bucket,
which most do.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import deny
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values
from ansible_collections.stowage.s3.plugins.module_utils._templates.kinds import FLAG, choice
from ansible_collections.stowage.s3.plugins.module_utils._templates.parameter import Parameter

KEY = "s3:x-amz-server-side-encryption"


def _statements(place: Place, values: Values) -> list[Statement]:
    others = {"StringNotEquals": {KEY: values["algorithms"]}}
    asked = {} if values["require_header"] else {"Null": {KEY: "false"}}
    return [deny("StowageUnencrypted", "s3:PutObject", place.objects(), others, asked)]


DENY_UNENCRYPTED = Template(
    "deny_unencrypted",
    __doc__,
    _statements,
    parameters=(
        Parameter(
            "algorithms",
            choice("AES256", "aws:kms", "aws:kms:dsse"),
            "What uploads may ask for.",
            many=True,
            default=("aws:kms", "aws:kms:dsse"),
        ),
        Parameter("require_header", FLAG, "Whether each upload has to ask.", default=False),
    ),
)
