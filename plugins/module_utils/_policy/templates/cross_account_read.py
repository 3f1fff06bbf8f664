# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Other accounts list and read.

Across accounts it takes two: this policy lets them in, and their own account lets one of its roles go. An account
that is named here decides itself which. Earlier versions of objects are not included.

Danger: what they copied cannot be called back. If the bucket is encrypted with KMS, they need the key, too:
`stowage.s3.key_policy` makes the statements for it; the key `aws/s3` cannot be shared. With a prefix, `HeadBucket`
and listing without the prefix answer 403.

Note that this module util is PRIVATE to the collection.
"""

from __future__ import annotations

from ansible_collections.stowage.s3.plugins.module_utils._policy.statement import (
    SHARED_WITH,
    shared_key,
    shared_reading,
)
from ansible_collections.stowage.s3.plugins.module_utils._policy.template import Place, Statement, Template, Values

NAME = "StowageCrossAccountRead"


def _statements(place: Place, values: Values) -> list[Statement]:
    return shared_reading(NAME, place, values)


def _key(place: Place, values: Values) -> list[Statement]:
    return shared_key(NAME, place, values, "kms:Decrypt")


CROSS_ACCOUNT_READ = Template(
    "cross_account_read", __doc__, _statements, parameters=SHARED_WITH, one_of=("accounts", "roles"), key=_key
)
